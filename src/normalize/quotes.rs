//! Typographic quotes and dashes that a page put where code has ASCII.
//!
//! Only outside strings and comments: inside them they may be meant.

use super::Rule;
use crate::syntax::lexical::{self, Kind};
use crate::text::{Replace, Span};

pub(super) const RULE: Rule = Rule { name: "quotes", edits };

fn edits(text: &str) -> Vec<Replace> {
    let mut found: Vec<Replace> = Vec::new();
    let mut plain = text.to_owned();
    // A replaced quote begins a string, which changes what is outside: so one at a time, on a
    // copy in which each is replaced by as many bytes.
    while let Some((at, c, with)) = first(&plain, found.last()) {
        let end = at + c.len_utf8();
        let padded = format!("{with}{}", "\u{1}".repeat(c.len_utf8() - with.len()));
        plain.replace_range(at..end, &padded);
        found.push(Replace { at: Span::new(at, end), with: with.to_owned() });
        if found.len() >= MOST {
            break;
        }
    }
    found
}

/// More than these in one region are the text's own style.
const MOST: usize = 200;

/// The first typographic mark outside strings and comments behind the last replaced one.
fn first(text: &str, last: Option<&Replace>) -> Option<(usize, char, &'static str)> {
    let from = last.map_or(0, |last| last.at.end());
    for (kind, span) in lexical::split(text) {
        if span.end() <= from {
            continue;
        }
        let start = span.start().max(from);
        let part = &text[start..span.end()];
        let open = kind == Kind::Quoted && last.is_some_and(|last| opened(text, last, span));
        if kind != Kind::Plain && !open {
            continue;
        }
        for (at, c) in part.char_indices() {
            if let Some(with) = ascii(c) {
                return Some((start + at, c, with));
            }
        }
    }
    None
}

/// Whether the string at `span` was begun by the replaced quote `last`, so that the typographic
/// quote that ends it is the next one.
fn opened(text: &str, last: &Replace, span: Span) -> bool {
    span.start() == last.at.start() && text[span.range()].contains(['”', '“', '’', '‘', '„'])
}

fn ascii(c: char) -> Option<&'static str> {
    match c {
        '“' | '”' | '„' | '‟' | '″' => Some("\""),
        '‘' | '’' | '‚' | '‛' | '′' => Some("'"),
        '–' | '‐' | '‑' | '−' => Some("-"),
        '—' => Some("--"),
        _ => None,
    }
}
