//! Examples and skipped regions as `stillruns list` shows them.
//!
//! Chooses nothing and prints nothing.

use serde::Serialize;

use super::args::ListFormat;
use super::select::Selection;
use crate::model::{Document, Evidence, Skip, Snippet, StepEntry};
use crate::text::visible;

/// One example or skipped region.
pub(crate) enum Listed {
    Example(Example),
    Skipped(Skipped),
}

/// One line of the list.
#[derive(Serialize)]
pub(crate) struct Example {
    doc: String,
    start: u32,
    end: u32,
    origin: &'static str,
    class: &'static str,
    accepts: Vec<&'static str>,
    code: String,
    steps: Vec<StepEntry>,
    id: String,
    evidence: Vec<String>,
}

/// One line of the list.
#[derive(Serialize)]
pub(crate) struct Skipped {
    doc: String,
    start: u32,
    end: u32,
    origin: &'static str,
    skipped: &'static str,
    reason: String,
    evidence: Vec<String>,
}

/// What was chosen, in document order, and on request what is no example.
pub(crate) fn listed(selection: &Selection, skipped: bool) -> Vec<Listed> {
    let chosen = selection.only_chosen();
    let mut all = Vec::new();
    for (document, found) in selection.documents.iter().zip(&chosen) {
        let mut here: Vec<_> =
            found.snippets.iter().map(|one| (one.at, example(document, one))).collect();
        if skipped {
            here.extend(found.skips.iter().map(|one| (one.at, skip(document, one))));
        }
        here.sort_by_key(|(at, _)| *at);
        all.extend(here.into_iter().map(|(_, listed)| listed));
    }
    all
}

fn example(document: &Document, snippet: &Snippet) -> Listed {
    let (start, end) = document.lines.lines_of(snippet.at);
    let classification = &snippet.classification;
    Listed::Example(Example {
        doc: document.path.to_string(),
        start,
        end,
        origin: snippet.cue.as_str(),
        class: classification.lang.as_str(),
        accepts: classification.accepts.iter().map(|lang| lang.as_str()).collect(),
        code: snippet.code.text().to_owned(),
        steps: snippet.entries(&document.lines),
        id: snippet.id.to_string(),
        evidence: told(&classification.evidence),
    })
}

fn skip(document: &Document, skip: &Skip) -> Listed {
    let (start, end) = document.lines.lines_of(skip.at);
    Listed::Skipped(Skipped {
        doc: document.path.to_string(),
        start,
        end,
        origin: skip.cue.as_str(),
        skipped: skip.reason.kind(),
        reason: skip.reason.to_string(),
        evidence: told(&skip.evidence),
    })
}

fn told(evidence: &[Evidence]) -> Vec<String> {
    evidence.iter().map(ToString::to_string).collect()
}

/// The list in the format that was asked for.
pub(crate) fn render(listed: &[Listed], format: ListFormat) -> String {
    let json = |one: &Listed| {
        let text = match one {
            Listed::Example(example) => serde_json::to_string(example),
            Listed::Skipped(skipped) => serde_json::to_string(skipped),
        };
        text.expect("strings and numbers are always JSON")
    };
    match format {
        ListFormat::Text => listed.iter().map(text).collect(),
        ListFormat::Jsonl => listed.iter().map(|one| json(one) + "\n").collect(),
        ListFormat::Json => {
            let objects: Vec<String> = listed.iter().map(json).collect();
            format!("[{}]\n", objects.join(",\n "))
        }
    }
}

fn text(listed: &Listed) -> String {
    let line = match listed {
        Listed::Example(Example { doc, start, end, id, class, origin, evidence, .. }) => {
            format!("{doc}:{start}-{end}  {id}  {class}  {origin}  {}", evidence.join("; "))
        }
        Listed::Skipped(Skipped { doc, start, end, origin, reason, .. }) => {
            format!("{doc}:{start}-{end}  skipped  {origin}  {reason}")
        }
    };
    visible(&line) + "\n"
}
