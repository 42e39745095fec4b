//! Examples and skipped regions as `stillruns list` shows them.
//!
//! Chooses nothing, and writes to whatever it is given.

use std::io::{self, Write};

use serde::Serialize;

use super::args::ListFormat;
use super::dot;
use super::select::Selection;
use crate::model::{Document, Evidence, Found, LaterEntry, LinkEntry, Skip, StepEntry};
use crate::text::{Span, visible};

/// One example or skipped region.
enum Listed {
    Example(Example),
    Skipped(Skipped),
}

/// One line of the list.
#[derive(Serialize)]
struct Example {
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
    links: Vec<LinkEntry>,
    later: Vec<LaterEntry>,
}

/// One line of the list.
#[derive(Serialize)]
struct Skipped {
    doc: String,
    start: u32,
    end: u32,
    origin: &'static str,
    skipped: &'static str,
    reason: String,
    evidence: Vec<String>,
}

/// What is listed, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listing {
    /// How.
    pub(crate) format: ListFormat,
    /// Whether with what is no example.
    pub(crate) skipped: bool,
    /// Whether people are told the links.
    pub(crate) links: bool,
}

/// Writes what was chosen, in document order, and on request what is no example; one at a time,
/// because all of them at once take several times the room of the documents.
///
/// # Errors
/// When `out` cannot be written.
pub(crate) fn write(
    selection: &Selection,
    listing: Listing,
    out: &mut impl Write,
) -> io::Result<()> {
    let Listing { format, skipped, .. } = listing;
    if format == ListFormat::Dot {
        return dot::write(selection, out);
    }
    let mut first = true;
    for (document, found) in selection.documents.iter().zip(&selection.found) {
        let chosen = selection.chosen_of(document, found);
        let chosen = chosen.map(|(place, one)| (one.at, One::Snippet(place)));
        let skips = found.skips.iter().filter(|_| skipped).map(|one| (one.at, One::Skip(one)));
        let mut here: Vec<(Span, One<'_>)> = chosen.chain(skips).collect();
        here.sort_by_key(|(at, _)| *at);
        for (_, one) in here {
            let listed = match one {
                One::Snippet(place) => example(document, found, place),
                One::Skip(one) => skip(document, one),
            };
            write_one(&listed, listing, first, out)?;
            first = false;
        }
    }
    match format {
        ListFormat::Json if first => out.write_all(b"[]\n"),
        ListFormat::Json => out.write_all(b"]\n"),
        _ => Ok(()),
    }
}

/// Something in a document that can be listed.
enum One<'s> {
    /// By its place.
    Snippet(usize),
    Skip(&'s Skip),
}

fn write_one(
    listed: &Listed,
    listing: Listing,
    first: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    match listing.format {
        ListFormat::Text | ListFormat::Dot => {
            out.write_all(text(listed).as_bytes())?;
            match listed {
                Listed::Example(example) if listing.links => {
                    out.write_all(links(example).as_bytes())
                }
                _ => Ok(()),
            }
        }
        ListFormat::Jsonl => writeln!(out, "{}", json(listed)),
        ListFormat::Json if first => write!(out, "[{}", json(listed)),
        ListFormat::Json => write!(out, ",\n {}", json(listed)),
    }
}

fn json(listed: &Listed) -> String {
    let text = match listed {
        Listed::Example(example) => serde_json::to_string(example),
        Listed::Skipped(skipped) => serde_json::to_string(skipped),
    };
    text.expect("strings and numbers are always JSON")
}

fn example(document: &Document, found: &Found, place: usize) -> Listed {
    let snippet = &found.snippets[place];
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
        links: found.link_entries(place, &document.lines),
        later: found.later_entries(place, &document.lines),
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

/// What an example needs, one line for each.
fn links(example: &Example) -> String {
    let needs = example
        .links
        .iter()
        .map(|link| format!("    needs {}:{}  {}  {}", example.doc, link.line, link.id, link.kind));
    let later = example.later.iter().map(|later| {
        format!("    needs {}, which {}:{} defines later", later.name, example.doc, later.line)
    });
    needs.chain(later).map(|line| visible(&line) + "\n").collect()
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
