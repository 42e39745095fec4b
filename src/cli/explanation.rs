//! Everything about one example or skipped region, in words.
//!
//! Looks nothing up and prints nothing.

use std::fmt::Write;

use crate::model::{Document, Evidence, Skip, Snippet};
use crate::text::{Mapped, visible};

/// Why a region is no example.
pub(crate) fn skip(document: &Document, skip: &Skip) -> String {
    let (start, end) = document.lines.lines_of(skip.at);
    let path = visible(document.path.as_str());
    let reason = visible(&skip.reason.to_string());
    let mut text = format!("{path}:{start}-{end}: not an example: {reason}\n");
    text += &format!("  origin    {}\n", skip.cue);
    text += &evidence(&skip.evidence, document, None);
    text
}

/// What an example is, what that rests on, what was changed, and how to run it.
pub(crate) fn example(document: &Document, snippet: &Snippet) -> String {
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
    text += &evidence(&classification.evidence, document, Some(&snippet.code));
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

fn evidence(all: &[Evidence], document: &Document, code: Option<&Mapped>) -> String {
    let line = |one: &Evidence| {
        let at = one.at.and_then(|at| code?.origin_span(at));
        let place =
            at.map_or_else(String::new, |at| format!("line {}: ", document.lines.line(at.start())));
        let about = one.speaks_for.map_or("not code", |lang| lang.as_str());
        let what = visible(&one.to_string());
        format!("  evidence  {place}{what} ({about})\n")
    };
    all.iter().map(line).collect()
}
