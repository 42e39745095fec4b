//! Indentation that all lines share, or all lines but the first.

use super::{Rule, indent, lines};
use crate::syntax::lexical;
use crate::text::{Replace, Span};

pub(super) const RULE: Rule = Rule { name: "dedent", edits };

fn edits(text: &str) -> Vec<Replace> {
    let filled: Vec<(usize, &str)> =
        lines(text).filter(|(_, line)| !line.trim().is_empty()).collect();
    let common = common(&filled);
    if common > 0 {
        return cut(&filled, common);
    }
    match filled.split_first() {
        // The first line stood behind something, a list marker say, that is gone.
        Some(((_, first), rest)) if !opens(first) && indent(first) == 0 && !in_string(text) => {
            cut(rest, self::common(rest))
        }
        _ => Vec::new(),
    }
}

/// Bytes of white space that all lines begin with, character for character.
fn common(lines: &[(usize, &str)]) -> usize {
    let Some((_, first)) = lines.first() else { return 0 };
    lines.iter().fold(indent(first), |common, (_, line)| {
        let same = first.bytes().zip(line.bytes()).take_while(|(a, b)| a == b).count();
        common.min(same).min(indent(line))
    })
}

fn cut(lines: &[(usize, &str)], len: usize) -> Vec<Replace> {
    if len == 0 {
        return Vec::new();
    }
    let at = |start: usize| Span::new(start, start + len);
    lines.iter().map(|(start, _)| Replace { at: at(*start), with: String::new() }).collect()
}

/// Whether the lines below `line` may well be deeper than it.
fn opens(line: &str) -> bool {
    let masked = lexical::mask(line);
    let masked = masked.trim_end();
    let word = masked.split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
    // A header without its colon is the author's mistake, and its body is still its body.
    BLOCKS.contains(&word)
        || masked.ends_with([':', '\\', ',', '(', '[', '{', '|', '&', ';'])
        || masked.ends_with("then")
        || masked.ends_with("do")
        || masked.contains("<<")
        || crate::syntax::shape::depth(line) > 0
}

/// Words that begin a block in Python or shell.
const BLOCKS: &[&str] = &[
    "async", "case", "class", "def", "elif", "else", "except", "finally", "for", "function", "if",
    "match", "select", "try", "until", "while", "with",
];

/// Whether some string goes over several lines, so that indentation may be content.
fn in_string(text: &str) -> bool {
    text.contains("\"\"\"") || text.contains("'''")
}
