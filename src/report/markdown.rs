//! A summary in Markdown, for a pull request or the summary of a CI step.
//!
//! It stays below what a comment may hold, and says how many examples it leaves out. It begins
//! with an invisible mark by which a bot finds its own comment again.

use std::io::{self, Write};

use super::tell;
use super::{Options, Report};
use crate::model::{Counts, DocPath, Outcome, Summary, Verdict};
use crate::text::visible;

/// The format.
pub(super) const REPORT: Report =
    Report { name: "markdown", about: "a summary for a pull request", write };

/// Characters that all lists together may take: a comment holds 65,536.
const MOST: usize = 48_000;

/// Characters of one cell.
const CELL: usize = 200;

/// The most documents in the table of counts.
const DOCUMENTS: usize = 50;

fn write(summary: &Summary, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<!-- stillruns -->")?;
    writeln!(out, "## {}\n", headline(summary))?;
    counts(summary, out)?;
    let mut room = MOST;
    let (new, known): (Vec<_>, Vec<_>) =
        tell::problems(summary).into_iter().partition(|one| one.newly_broken());
    let open = summary.outcomes.iter().filter(|one| matches!(one.verdict, Verdict::Unjudged(_)));
    let open: Vec<&Outcome> = open.collect();
    if !new.is_empty() {
        writeln!(out, "\n### Newly broken\n")?;
        list(&new, options, &mut room, out)?;
    }
    for (title, outcomes) in [("known to be broken", known), ("unjudged", open)] {
        if outcomes.is_empty() {
            continue;
        }
        writeln!(out, "\n<details><summary>{} {title}</summary>\n", outcomes.len())?;
        list(&outcomes, options, &mut room, out)?;
        writeln!(out, "\n</details>")?;
    }
    if !summary.gone.is_empty() {
        let gone = tell::plural(summary.gone.len(), "recorded example");
        writeln!(out, "\n{gone} no longer there.")?;
    }
    Ok(())
}

fn headline(summary: &Summary) -> String {
    let examples = tell::plural(summary.outcomes.len(), "example");
    match summary.newly_broken() {
        0 => format!("{examples}, nothing newly broken"),
        new => format!("{new} of {examples} newly broken"),
    }
}

/// The counts of every document with a problem, and of all.
fn counts(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| document | pass | fail | unjudged | skipped |")?;
    writeln!(out, "|---|--:|--:|--:|--:|")?;
    let row = |name: &str, counts: Counts| {
        let Counts { pass, fail, unjudged, skipped } = counts;
        format!("| {name} | {pass} | {fail} | {unjudged} | {skipped} |")
    };
    let (shown, rest) = summary.documents.split_at(summary.documents.len().min(DOCUMENTS));
    for (doc, counts) in shown {
        writeln!(out, "{}", row(&code(doc.as_str()), *counts))?;
    }
    if !rest.is_empty() {
        let documents = rest.to_vec();
        let rest = Summary { documents, ..Summary::default() };
        let name = format!("{} more", rest.documents.len());
        writeln!(out, "{}", row(&name, rest.totals()))?;
    }
    let documents = tell::plural(summary.documents.len(), "document");
    writeln!(out, "{}", row(&format!("**{documents}**"), summary.totals()))
}

/// One row per example, as long as there is room.
fn list(
    outcomes: &[&Outcome],
    options: &Options,
    room: &mut usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "| example | class | why |\n|---|---|---|")?;
    for (at, outcome) in outcomes.iter().enumerate() {
        let reason = tell::reason(&outcome.verdict).unwrap_or_default();
        let place = place(&outcome.doc, tell::line(outcome), options);
        let row = format!("| {place} | {} | {} |", outcome.class, code(&reason));
        let Some(left) = room.checked_sub(row.len()) else {
            *room = 0;
            let more = outcomes.len() - at;
            return writeln!(out, "| and {more} more, which the other reports list | | |");
        };
        *room = left;
        writeln!(out, "{row}")?;
    }
    Ok(())
}

/// The place, as a link where the document lies in the repository.
fn place(doc: &DocPath, line: u32, options: &Options) -> String {
    let shown = code(&format!("{doc}:{line}"));
    let path = tell::path(doc, &options.within);
    if path.starts_with('/') || path.starts_with("../") || path.len() > CELL {
        return shown;
    }
    format!("[{shown}]({}#L{line})", tell::uri(&path))
}

/// `text` as code in one cell: every character that means something to Markdown or HTML is spelled
/// as a reference, of which none is left.
fn code(text: &str) -> String {
    let mut escaped = String::from("<code>");
    for character in tell::cut(&visible(text), CELL).chars() {
        match character {
            ' ' | '-' | '/' | '.' | ',' => escaped.push(character),
            other if other.is_ascii_punctuation() => {
                escaped.push_str(&format!("&#{};", u32::from(other)));
            }
            other => escaped.push(other),
        }
    }
    escaped + "</code>"
}
