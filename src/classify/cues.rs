//! What stands around the code: the tag, the prompt, the cell, the first line.

use super::Candidate;
use super::tags::{self, Declared};
use crate::model::{Cue, Evidence, Lang, Region, Signal};
use crate::syntax::session;

/// What the author says that `region` is: by a prompt, which is nearest to the code, by a cell, or
/// by a tag.
pub(super) fn said(region: &Region) -> Option<Declared> {
    let prompt = session::split(region.code.text()).map(|session| match session.kind {
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
    let mut note = |signal, speaks_for| {
        evidence.push(Evidence { signal, speaks_for, at: None });
    };
    let region = candidate.region;
    if let Some(tag) = &region.tag {
        match tags::declared(tag) {
            Declared::Python(version) => {
                note(Signal::Tag(tag.clone()), Some(version.unwrap_or(Lang::Py3)));
            }
            Declared::Shell => note(Signal::Tag(tag.clone()), Some(Lang::Shell)),
            Declared::Other => note(Signal::ForeignTag(tag.clone()), None),
        }
    }
    // A notebook says of its cells what they are.
    if let Some(confidence) = region.restored {
        note(Signal::Restored(confidence), Some(Lang::Py3));
    }
    if region.cue == Cue::Ipython && region.tag.is_none() {
        note(Signal::Cell, Some(Lang::Py3));
    }
    if let Some(session) = session::split(region.code.text()) {
        let lang = match session.kind {
            session::Kind::Shell => Lang::Shell,
            session::Kind::Doctest | session::Kind::Ipython => Lang::Py3,
        };
        note(Signal::Prompt(session.kind.name()), Some(lang));
    }
    if let Some((program, lang)) = shebang(candidate.code) {
        note(Signal::Shebang(program), Some(lang));
    }
}

/// The program that a `#!` line names, where it is one of ours.
fn shebang(code: &str) -> Option<(String, Lang)> {
    let line = code.lines().next()?.strip_prefix("#!")?;
    let mut words = line.split(['/', ' ']).filter(|word| !word.is_empty() && !word.starts_with('-'));
    let program = words.rfind(|word| !matches!(*word, "usr" | "bin" | "env" | "local"))?;
    let lang = match program {
        _ if program.starts_with("python2") => Lang::Py2,
        _ if program.starts_with("python") => Lang::Py3,
        "sh" | "bash" | "dash" | "zsh" | "ksh" => Lang::Shell,
        _ => return None,
    };
    Some((program.to_owned(), lang))
}
