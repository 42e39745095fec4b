//! Tabs in indentation become spaces.
//!
//! Where a text is indented by tabs alone, each is four columns; where tabs and spaces are mixed,
//! a tab goes to the next multiple of eight, as Python 2 and terminals count. Tabs in strings, and
//! all tabs of a text with a heredoc, are content.

use super::{Rule, indent, lines};
use crate::syntax::lexical::{self, Kind};
use crate::text::{Replace, Span};

pub(super) const RULE: Rule = Rule { name: "tabs", edits };

fn edits(text: &str) -> Vec<Replace> {
    if !text.contains('\t') || text.contains("<<") {
        return Vec::new();
    }
    let strings: Vec<Span> = lexical::split(text)
        .into_iter()
        .filter(|(kind, _)| *kind == Kind::Quoted)
        .map(|(_, span)| span)
        .collect();
    let mixed = lines(text).any(|(_, line)| line[..indent(line)].contains(' '));
    let width = if mixed { 8 } else { 4 };
    lines(text)
        .filter(|(start, line)| {
            let inside = strings.iter().any(|span| span.start() < *start && *start < span.end());
            line[..indent(line)].contains('\t') && !inside
        })
        .map(|(start, line)| {
            let blank = &line[..indent(line)];
            let columns = blank.chars().fold(0, |column, c| match c {
                '\t' => column / width * width + width,
                _ => column + 1,
            });
            Replace { at: Span::new(start, start + blank.len()), with: " ".repeat(columns) }
        })
        .collect()
}
