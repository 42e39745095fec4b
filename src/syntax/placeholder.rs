//! Places that the author left for the reader to fill in: `<name>` outside strings.
//!
//! Whether that excuses anything is for others to judge.

use super::lexical::{self, Kind};
use crate::text::Span;

/// Longer ones are comparisons or markup.
const LONGEST: usize = 60;

/// Every `<words>` of `code` outside strings and comments that stands where a value could: behind
/// a blank, a bracket, a comma, an `=` and the like.
pub fn spans(code: &str) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    for (kind, part) in lexical::split(code) {
        if kind != Kind::Plain {
            continue;
        }
        for (at, _) in code[part.range()].match_indices('<') {
            let start = part.start() + at;
            let taken = found.last().is_some_and(|last| start < last.end());
            if let Some(end) = end(&code[..part.end()], start).filter(|_| !taken) {
                found.push(Span::new(start, end));
            }
        }
    }
    found
}

/// `code` with every placeholder made a name of the same length, so that a grammar can read it.
pub fn filled(code: &str) -> String {
    let mut text = code.to_owned();
    for span in spans(code) {
        text.replace_range(span.range(), &"_".repeat(span.len()));
    }
    text
}

/// Where the placeholder that may begin at `start` ends.
fn end(code: &str, start: usize) -> Option<usize> {
    let before = code[..start].chars().next_back();
    let free = before.is_none_or(|c| c.is_whitespace() || "([{=,:/@'\"".contains(c));
    // Looking to the end for each `<` would be quadratic.
    let mut near = code[start + 1..].char_indices().take(LONGEST + 1);
    let (len, _) = near.find(|(_, c)| *c == '>')?;
    let inner = &code[start + 1..start + 1 + len];
    let named = inner.starts_with(char::is_alphabetic)
        && inner.ends_with(char::is_alphanumeric)
        && inner.chars().all(|c| c.is_alphanumeric() || "-_ ./|".contains(c));
    (free && named).then(|| start + inner.len() + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_in_place() {
        let cases = [
            ("f(port=<front port>, x)", "f(port=____________, x)"),
            ("deploy -p <profile> <instance>", "deploy -p _________ __________"),
            ("f('<name>')", "f('<name>')"),
            ("if a < b and c > d:", "if a < b and c > d:"),
            ("cat < file > out", "cat < file > out"),
            ("Vec<u8>", "Vec<u8>"),
        ];
        for (code, expected) in cases {
            assert_eq!(filled(code), expected);
        }
    }
}
