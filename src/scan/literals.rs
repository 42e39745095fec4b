//! Code spans between two equal marks, as light markups other than Markdown know them.
//!
//! Their rules are alike: a span opens where no word ends and closes where no word begins, and
//! white space stands at neither end of it. Spans that go over a line's end are not looked for.

use crate::model::{Block, BlockKind, Document};
use crate::syntax::shape;
use crate::text::Span;

/// The code spans in `prose` that have the shape of a command or statement. `marks` are ASCII; of
/// two that stand at the same place the first counts.
pub(super) fn blocks(document: &Document, prose: &Block, marks: &[&str]) -> Vec<Block> {
    let mut found = Vec::new();
    for line in &prose.lines {
        let text = document.text.get(line.range()).unwrap_or("");
        for (around, inner) in spans(text, marks) {
            let at = |start: usize, end: usize| Span::new(line.start() + start, line.start() + end);
            if shape::is_typeable(&text[inner.range()]) {
                let lines = vec![at(inner.start(), inner.end())];
                let around = at(around.start(), around.end());
                found.push(Block::new(BlockKind::CodeSpan, around, lines));
            }
        }
    }
    found
}

/// The spans of `text` with their marks, and without them. A mark that is never closed hides
/// nothing.
fn spans(text: &str, marks: &[&str]) -> Vec<(Span, Span)> {
    let last_closed = |mark: &&str| {
        text.rmatch_indices(*mark).map(|(at, _)| at).find(|&at| closes(text, at, mark)).unwrap_or(0)
    };
    let last: Vec<usize> = marks.iter().map(last_closed).collect();
    let mut found = Vec::new();
    let mut open: Option<(&str, usize)> = None;
    let mut at = 0;
    while at < text.len() && last.iter().any(|&last| at <= last) {
        let rest = &text.as_bytes()[at..];
        match open {
            Some((mark, start)) => {
                if at > start && rest.starts_with(mark.as_bytes()) && closes(text, at, mark) {
                    let around = Span::new(start - mark.len(), at + mark.len());
                    found.push((around, inside(text, Span::new(start, at), marks)));
                    open = None;
                    at += mark.len() - 1;
                }
            }
            None => {
                let begun = marks.iter().zip(&last).find(|(mark, last)| {
                    let end = at + mark.len();
                    end < **last && rest.starts_with(mark.as_bytes()) && opens(text, at, mark)
                });
                if let Some((mark, _)) = begun {
                    open = Some((mark, at + mark.len()));
                    at += mark.len() - 1;
                }
            }
        }
        at += 1;
    }
    found
}

/// `inner` without a second pair of marks.
fn inside(text: &str, inner: Span, marks: &[&str]) -> Span {
    let whole = &text[inner.range()];
    let second = marks.iter().find(|mark| {
        whole.len() > 2 * mark.len() && whole.starts_with(**mark) && whole.ends_with(**mark)
    });
    let len = second.map_or(0, |mark| mark.len());
    Span::new(inner.start() + len, inner.end() - len)
}

fn opens(text: &str, at: usize, mark: &str) -> bool {
    let before = text[..at].chars().next_back();
    let after = text[at + mark.len()..].chars().next();
    before.is_none_or(|c| !c.is_alphanumeric() && !mark.contains(c) && c != '\\')
        && after.is_some_and(|c| !c.is_whitespace() && !mark.contains(c))
}

fn closes(text: &str, at: usize, mark: &str) -> bool {
    let before = text[..at].chars().next_back();
    let after = text[at + mark.len()..].chars().next();
    before.is_some_and(|c| !c.is_whitespace())
        && after.is_none_or(|c| !c.is_alphanumeric() && !mark.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_stand_between_words() {
        let cases: [(&str, &[&str], &[&str]); 8] = [
            ("see ``ls -l``, or ``x``", &["``"], &["ls -l", "x"]),
            ("``never closed", &["``"], &[]),
            ("a=b and =ls= and c=d", &["=", "~"], &["ls"]),
            ("=x and ~ls -l~.", &["=", "~"], &["ls -l"]),
            ("~a=b=c~", &["=", "~"], &["a=b=c"]),
            ("é=é= =é=", &["="], &["é"]),
            ("= x =", &["="], &[]),
            ("`+a b+` +c+", &["`", "+"], &["a b", "c"]),
        ];
        for (text, marks, expected) in cases {
            let found: Vec<&str> =
                spans(text, marks).iter().map(|(_, span)| &text[span.range()]).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
