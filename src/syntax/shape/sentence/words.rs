//! The words of a sentence that may hold code: what is in quotes, and what is punctuation.
//!
//! Knows no commands.

use crate::syntax::lexicon;

/// A word of a line; a string in quotes with blanks inside is one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'l> {
    pub(super) start: usize,
    pub(super) text: &'l str,
}

impl Word<'_> {
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

pub(super) fn words(line: &str) -> Vec<Word<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(gap) = line[at..].find(|c: char| !c.is_whitespace()) {
        let start = at + gap;
        let rest = &line[start..];
        let len = quoted(rest).unwrap_or_else(|| word_len(rest));
        found.push(Word { start, text: &rest[..len] });
        at = start + len;
    }
    found
}

/// Length of the string in quotes that `rest` begins with, and of what is glued to it.
fn quoted(rest: &str) -> Option<usize> {
    const MOST: usize = 200;
    let (skip, close) = quote(rest)?;
    let inside = &rest[skip..];
    let limit =
        inside.char_indices().map(|(at, _)| at).find(|at| *at >= MOST).unwrap_or(inside.len());
    let end = inside[..limit]
        .match_indices(close)
        .map(|(at, _)| at)
        .find(|at| !inside[at + close.len()..].starts_with(char::is_alphanumeric))?;
    let end = skip + end + close.len();
    Some(end + word_len(&rest[end..]))
}

/// Length of the quote that `text` opens with, and what closes it.
pub(super) fn quote(text: &str) -> Option<(usize, &'static str)> {
    const PAIRS: &[(&str, &str)] =
        &[("``", "''"), ("`", "'"), ("\"", "\""), ("'", "'"), ("“", "”"), ("‘", "’")];
    PAIRS.iter().find(|(open, _)| text.starts_with(open)).map(|(open, close)| (open.len(), *close))
}

fn word_len(rest: &str) -> usize {
    // An argument such as `--name="a b"` goes on to where its quote closes.
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let mark = rest[..end].find("=\"").map(|at| at + 2).filter(|at| !rest[*at..end].contains('"'));
    let close = mark.and_then(|at| rest[at..].find('"').map(|close| at + close + 1));
    close.filter(|close| *close < 200).unwrap_or(end)
}

/// `text` without the marks that a sentence puts behind it.
pub(super) fn bare(text: &str) -> &str {
    text.trim_end_matches([',', ';', ':', '.', '!', '?'])
}

/// `text` without the punctuation of a sentence at its end.
pub(super) fn unpunctuated(text: &str) -> &str {
    if matches!(text, "." | ".." | "||" | "&&" | "|")
        || text.ends_with("/.")
        || text.ends_with("/..")
    {
        return text;
    }
    // `host.example.org:` is where a file goes.
    if text.ends_with(':') && text.contains(['@', '.']) {
        return text;
    }
    let cut = text.trim_end_matches([',', ';', ':', '!', '?']);
    let cut = match cut.strip_suffix(')') {
        Some(inner) if !inner.contains('(') => inner.trim_end_matches('.'),
        _ => cut,
    };
    match cut.strip_suffix('.') {
        Some(before) if !before.ends_with(['.', '/']) => before,
        _ => cut,
    }
}

/// Whether `word` is the sentence's.
pub(in crate::syntax::shape) fn is_end(word: &str) -> bool {
    lexicon::is_small_word(word) || ENDS.contains(&word)
}

/// Words that end a command though some commands take them.
const ENDS: &[&str] = &[
    "then",
    "first",
    "again",
    "once",
    "now",
    "instead",
    "later",
    "afterwards",
    "too",
    "also",
    "after",
    "before",
    "until",
    "per",
    "via",
    "makes",
    "gives",
    "shows",
    "prints",
    "tells",
    "does",
    "here",
    "twice",
    "followed",
];
