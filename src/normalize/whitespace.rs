//! Blanks that are no spaces, characters without width, and blanks at line ends.

use super::{Rule, lines};
use crate::syntax::lexical::{self, Kind};
use crate::text::{Replace, Span};

pub(super) const RULE: Rule = Rule { name: "whitespace", edits };

fn edits(text: &str) -> Vec<Replace> {
    let mut found = Vec::new();
    let mut strings = Vec::new();
    for (kind, span) in lexical::split(text) {
        if kind == Kind::Quoted {
            strings.push(span);
            continue;
        }
        for (at, c) in text[span.range()].char_indices() {
            let start = span.start() + at;
            if let Some(with) = plain(c) {
                let at = Span::new(start, start + c.len_utf8());
                found.push(Replace { at, with: with.to_owned() });
            }
        }
    }
    found.extend(trailing(text, &strings));
    found
}

/// What stands for an odd blank; `None` for every other character.
fn plain(c: char) -> Option<&'static str> {
    match c {
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Some(" "),
        '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => Some(""),
        _ => None,
    }
}

/// ASCII blanks at line ends. Those behind a backslash stay, they are the author's mistake, and
/// those inside a string that goes on: they are content.
fn trailing(text: &str, strings: &[Span]) -> Vec<Replace> {
    lines(text)
        .filter_map(|(start, line)| {
            let kept = line.trim_end_matches([' ', '\t']);
            let end = start + line.len();
            let inside = |span: &Span| span.start() < end && end < span.end();
            let cut = kept.len() < line.len()
                && !kept.ends_with('\\')
                && !strings.iter().any(inside);
            let at = Span::new(start + kept.len(), end);
            cut.then(|| Replace { at, with: String::new() })
        })
        .collect()
}
