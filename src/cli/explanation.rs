//! Everything about one example or skipped region, in words.
//!
//! Looks nothing up and prints nothing.

use std::fmt::Write;

use super::carets::{self, Pointed};
use crate::model::{Document, Evidence, Skip, Snippet};
use crate::text::{Span, visible};

/// Why a region is no example.
pub(crate) fn skip(document: &Document, skip: &Skip, color: bool) -> String {
    let (start, end) = document.lines.lines_of(skip.at);
    let path = visible(document.path.as_str());
    let reason = visible(&skip.reason.to_string());
    let mut text = format!("{path}:{start}-{end}: not an example: {reason}\n");
    text += &format!("  origin    {}\n", skip.cue);
    text + &evidence(document, skip.at, &skip.evidence, Some, color)
}

/// What an example is, what that rests on, what was changed, and how to run it.
pub(crate) fn example(document: &Document, snippet: &Snippet, color: bool) -> String {
    let (start, end) = document.lines.lines_of(snippet.at);
    let classification = &snippet.classification;
    let accepts: Vec<&str> = classification.accepts.iter().map(|lang| lang.as_str()).collect();
    let path = visible(document.path.as_str());
    let mut text = format!("{path}:{start}-{end}: example {}\n", snippet.id);
    let class = classification.lang;
    text += &format!(
        "  class     {class} (accepted by {}; {} % sure)\n",
        accepts.join(", "),
        classification.confidence
    );
    text += &format!("  origin    {}\n", snippet.cue);
    if let Some(tag) = &snippet.tag {
        text += &format!("  tag       {}\n", visible(tag));
    }
    let place = |at| snippet.code.origin_span(at);
    text += &evidence(document, snippet.at, &classification.evidence, place, color);
    for edit in &snippet.edits {
        let place = edit
            .at
            .map_or_else(String::new, |at| format!("line {}: ", document.lines.line(at.start())));
        let with = visible(&edit.with);
        text += &format!("  edit      {place}{}, now `{with}`\n", edit.rule.0);
    }
    text += "  code\n";
    let lines = snippet.code.source_lines(&document.lines);
    for (line, number) in snippet.code.text().lines().zip(lines) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {number:>6} | {}", visible(line));
    }
    text += &format!("  run it    stillruns check --verbose {path}:{start}\n");
    text
}

/// The evidence, at the lines of `region`; `place` leads from its places to those of `document`.
fn evidence(
    document: &Document,
    region: Span,
    all: &[Evidence],
    place: impl Fn(Span) -> Option<Span>,
    color: bool,
) -> String {
    let (first, last) = document.lines.lines_of(region);
    let shown = document.lines.lines_span(first, last);
    let inside = |at: Span| {
        let start = at.start().checked_sub(shown.start())?;
        (at.end() <= shown.end()).then(|| Span::new(start, at.end() - shown.start()))
    };
    let seen: Vec<Pointed<'_>> =
        all.iter().map(|one| (one, one.at.and_then(&place).and_then(inside))).collect();
    let text = document.text.get(shown.range()).unwrap_or("");
    let path = document.path.as_str();
    carets::unplaced(&seen) + &carets::placed(path, text, first, &seen, color)
}
