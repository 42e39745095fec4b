//! What stands around the code: the tag, the prompt, the cell, the first line.

use super::Candidate;
use super::tags::{self, Declared};
use crate::model::{Cue, Evidence, Lang, Region, Signal, Strength, Versions};
use crate::syntax::session;

/// What the author says that `region` is: by the prompts that it was `typed` behind, which are
/// nearest to the code, by a cell, or by a tag.
pub(super) fn said(region: &Region, typed: Option<session::Kind>) -> Option<Declared> {
    let prompt = typed.map(|kind| match kind {
        session::Kind::Shell => Declared::Shell,
        session::Kind::Doctest | session::Kind::Ipython => Declared::Python(None),
    });
    let tag = region.tag.as_deref().map(tags::declared);
    match tag {
        Some(Declared::Other) => tag,
        _ => prompt.or(tag).or((region.cue == Cue::Ipython).then_some(Declared::Python(None))),
    }
}

pub(super) fn observe(candidate: &Candidate<'_>, evidence: &mut Vec<Evidence>) {
    let region = candidate.region;
    if let Some(tag) = &region.tag {
        evidence.push(match tags::declared(tag) {
            Declared::Python(version) => python(Signal::Tag(tag.clone()), version),
            Declared::Shell => Evidence::new(Signal::Tag(tag.clone()), Some(Lang::Shell), None),
            Declared::Other => Evidence::new(Signal::ForeignTag(tag.clone()), None, None),
        });
    }
    let mut note = |signal, lang| evidence.push(Evidence::new(signal, Some(lang), None));
    // A notebook says of its cells what they are.
    if let Some(confidence) = region.restored {
        note(Signal::Restored(confidence), Lang::Py3);
    }
    if region.cue == Cue::Ipython && region.tag.is_none() {
        note(Signal::Cell, Lang::Py3);
    }
    if let Some(kind) = candidate.typed {
        let lang = match kind {
            session::Kind::Shell => Lang::Shell,
            session::Kind::Doctest | session::Kind::Ipython => Lang::Py3,
        };
        note(Signal::Prompt(kind.name()), lang);
    }
    if let Some((program, declared)) = shebang(candidate.code) {
        let signal = Signal::Shebang(program);
        evidence.push(match declared {
            Declared::Python(version) => python(signal, version),
            _ => Evidence::new(signal, Some(Lang::Shell), None),
        });
    }
}

/// `signal` says that it is Python, of a version where it names one.
fn python(signal: Signal, version: Option<Lang>) -> Evidence {
    let versions = match version {
        Some(Lang::Py2) => Versions::PY2,
        Some(_) => Versions::PY3,
        None => Versions::ALL,
    };
    Evidence::of(versions, Strength::Weak, signal, None)
}

/// The program that a `#!` line names, where it is one of ours.
fn shebang(code: &str) -> Option<(String, Declared)> {
    let line = code.lines().next()?.strip_prefix("#!")?;
    let mut words =
        line.split(['/', ' ']).filter(|word| !word.is_empty() && !word.starts_with('-'));
    let program = words.rfind(|word| !matches!(*word, "usr" | "bin" | "env" | "local"))?;
    let declared = match program {
        _ if program.starts_with("python2") => Declared::Python(Some(Lang::Py2)),
        _ if program.starts_with("python3") => Declared::Python(Some(Lang::Py3)),
        _ if program.starts_with("python") => Declared::Python(None),
        "sh" | "bash" | "dash" | "zsh" | "ksh" => Declared::Shell,
        _ => return None,
    };
    Some((program.to_owned(), declared))
}
