//! Tabs in indentation become spaces.
//!
//! Where a text is indented by tabs alone, each is four columns; where tabs and spaces are mixed,
//! a tab goes to the next multiple of eight, as Python 2 and terminals count. Where lines are
//! deeper or not depending on that, Python 3 refuses the text, and it stays as it is; unless it is
//! an excerpt from something deeper, whose columns are needed to dedent it. Tabs in strings, and
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
    if mixed && depends_on_width(text, &strings) {
        return Vec::new();
    }
    let width = if mixed { 8 } else { 4 };
    lines(text)
        .filter(|(start, line)| {
            let inside = strings.iter().any(|span| span.start() < *start && *start < span.end());
            line[..indent(line)].contains('\t') && !inside
        })
        .map(|(start, line)| {
            let blank = &line[..indent(line)];
            let columns = columns(blank, width);
            Replace { at: Span::new(start, start + blank.len()), with: " ".repeat(columns) }
        })
        .collect()
}

/// The column behind the white space `blank`.
fn columns(blank: &str, width: usize) -> usize {
    blank.chars().fold(0, |column, c| match c {
        '\t' => column / width * width + width,
        _ => column + 1,
    })
}

/// Whether the width of a tab decides which of two lines that follow each other is deeper.
fn depends_on_width(text: &str, strings: &[Span]) -> bool {
    let filled = lines(text).filter(|(start, line)| {
        let inside = strings.iter().any(|span| span.start() < *start && *start < span.end());
        !inside && !line.trim().is_empty()
    });
    let blanks: Vec<&str> = filled.map(|(_, line)| &line[..indent(line)]).collect();
    let whole = blanks.first().is_some_and(|blank| blank.is_empty());
    whole && blanks.windows(2).any(|pair| {
        let order = |width| columns(pair[0], width).cmp(&columns(pair[1], width));
        order(8) != order(1)
    })
}
