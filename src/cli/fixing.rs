//! Documents whose shown output is brought up to date, or what that would change.
//!
//! Writes nothing that would make other examples of a document than there were.

use std::path::Path;

use similar::TextDiff;

use super::Here;
use super::select::Holding;
use super::talk::print;
use crate::config::Config;
use crate::error::Error;
use crate::model::{Document, Rewrite, Summary};
use crate::store::Held;
use crate::text::visible;
use crate::{pipeline, rewrite, store};

/// What is to be done about shown output that differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fixing {
    /// It is told only.
    Nothing,
    /// Documents are rewritten.
    Write,
    /// A unified diff shows how they would be.
    Show,
}

impl Fixing {
    /// What was asked for.
    ///
    /// # Errors
    /// When documents are to be rewritten where nobody would see it.
    pub(crate) fn new(args: &super::args::FixArgs, here: &Here) -> Result<Self, Error> {
        match (args.fix_outputs, args.diff) {
            (_, true) => Ok(Self::Show),
            (true, false) if here.ci && !args.force => Err(Error::usage(
                "`--fix-outputs` rewrites documents, and `CI` is set; `--force` does it all the same",
            )),
            (true, false) => Ok(Self::Write),
            (false, false) => Ok(Self::Nothing),
        }
    }
}

/// Does it for all documents of a check.
///
/// # Errors
/// When standard output is closed. A document that cannot be written is told, and the others follow.
pub(crate) fn fix(
    fixing: Fixing,
    holding: &Holding,
    summary: &Summary,
    config: &Config,
    here: &Here,
) -> Result<(), Error> {
    if fixing == Fixing::Nothing {
        return Ok(());
    }
    for (document, held) in holding.documents.iter().zip(&holding.held) {
        let outcomes = summary.outcomes.iter().filter(|one| one.doc == document.path);
        let rewrites: Vec<Rewrite> =
            outcomes.flat_map(|outcome| &outcome.run.rewrites).cloned().collect();
        if rewrites.is_empty() {
            continue;
        }
        let name = visible(document.path.as_str());
        let (edits, refusals) = rewrite::edits(document, &rewrites);
        for refusal in refusals {
            here.talk.warn(format!("{name}:{}: left as it is: {}", refusal.line, refusal.why));
        }
        if edits.is_empty() {
            continue;
        }
        if holding.piped.as_ref() == Some(&document.path) && fixing == Fixing::Write {
            here.talk
                .warn(format!("{name}: standard input cannot be rewritten; `--diff` shows it"));
            continue;
        }
        let text = rewrite::apply(document.text.as_bytes(), &document.text, &edits);
        let Some(text) = text.and_then(|text| String::from_utf8(text).ok()) else { continue };
        if !is_same(document, held, &text) {
            here.talk.warn(format!("{name}: left as it is: it would show other examples then"));
            continue;
        }
        if fixing == Fixing::Show {
            print(&unified(document, &text))?;
            continue;
        }
        match write(document, &edits, &config.root) {
            Ok(()) => here.talk.note(format!("{name}: rewrote {} shown outputs", edits.len())),
            Err(error) => here.talk.warn(error),
        }
    }
    Ok(())
}

/// Whether the document would hold the same code if it had this `text`.
fn is_same(document: &Document, held: &Held, text: &str) -> bool {
    let mut changed = Document::new(document.path.clone(), text.to_owned());
    changed.format.clone_from(&document.format);
    let again = store::hold(&changed, &pipeline::find(&changed));
    let codes = |held: &Held| -> Vec<String> {
        held.stored.iter().map(|stored| bare(&stored.code)).collect()
    };
    codes(held) == codes(&again)
}

/// Code without its comments, in which output may be shown.
fn bare(code: &str) -> String {
    let lines = code.lines().map(|line| line.split('#').next().unwrap_or_default().trim_end());
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn unified(document: &Document, text: &str) -> String {
    let name = document.path.as_str();
    let diff = TextDiff::from_lines(document.text.as_str(), text);
    let old = format!("a/{name}");
    let new = format!("b/{name}");
    diff.unified_diff().context_radius(3).header(&old, &new).to_string()
}

fn write(document: &Document, edits: &[crate::text::Replace], root: &Path) -> Result<(), Error> {
    let path = Path::new(document.path.as_str());
    let bytes = store::read(root, path)?;
    let fixed = bytes.and_then(|bytes| rewrite::apply(&bytes, &document.text, edits));
    match fixed {
        Some(bytes) => store::write(root, path, &bytes),
        None => Err(Error::invalid(
            "rewrite",
            path,
            "it is not UTF-8, or no longer what it was when it was read",
        )),
    }
}
