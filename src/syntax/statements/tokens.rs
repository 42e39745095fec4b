//! Words, strings, brackets and comments of a line that may be broken.
//!
//! A quote right behind a word closes what was never opened, and begins no string: otherwise one
//! slip would swallow all that follows.

use super::word_starts;
use crate::syntax::shape;
use crate::text::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Name,
    Number,
    Quoted,
    Open,
    Close,
    Sign,
    Comment,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Span,
    /// Whether white space stands before it.
    pub(super) spaced: bool,
}

/// The tokens of `line`, in order.
pub(super) fn tokens(line: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let mut at = 0;
    let mut spaced = false;
    while let Some(c) = line[at..].chars().next() {
        if c.is_whitespace() {
            at += c.len_utf8();
            spaced = true;
            continue;
        }
        let operand = |last: &Token| matches!(last.kind, Kind::Name | Kind::Number | Kind::Close);
        let glued = !spaced && found.last().is_some_and(operand);
        let (kind, end) = token(line, at, c, !glued);
        found.push(Token { kind, span: Span::new(at, end), spaced });
        at = end;
        spaced = false;
    }
    found
}

/// The token that begins at `at` with `c`: its kind and its end. Only where it is `free` of a word
/// or bracket before it does a quote begin a string, or a `#` a comment.
fn token(line: &str, at: usize, c: char, free: bool) -> (Kind, usize) {
    let rest = &line[at..];
    let while_true = |is: fn(char) -> bool| at + rest.find(|c| !is(c)).unwrap_or(rest.len());
    match c {
        '#' if free => (Kind::Comment, at + comment(rest)),
        '"' | '\'' => match quoted(rest).filter(|_| free) {
            Some(len) => (Kind::Quoted, at + len),
            None => (Kind::Sign, at + 1),
        },
        '(' | '[' | '{' => (Kind::Open, at + 1),
        ')' | ']' | '}' => (Kind::Close, at + 1),
        _ if c.is_ascii_digit() => (Kind::Number, while_true(|c| c.is_alphanumeric() || c == '.')),
        _ if c.is_alphanumeric() || c == '_' => {
            let end = while_true(|c| c.is_alphanumeric() || c == '_');
            match prefixed(&line[at..end], &line[end..]) {
                Some(len) => (Kind::Quoted, end + len),
                None => (Kind::Name, end),
            }
        }
        '.' if rest.starts_with("...") => (Kind::Sign, at + 3),
        '=' if rest.starts_with("==") => (Kind::Sign, at + 2),
        _ => (Kind::Sign, at + c.len_utf8()),
    }
}

/// Length of the string behind a prefix such as `r` or `b`; `None` for every other word.
fn prefixed(word: &str, rest: &str) -> Option<usize> {
    let prefix = word.len() <= 2 && word.chars().all(|c| "rbufRBUF".contains(c));
    if prefix && rest.starts_with(['"', '\'']) { quoted(rest) } else { None }
}

/// Length of the string literal that `rest` begins with; `None` where it does not end.
fn quoted(rest: &str) -> Option<usize> {
    let quote = &rest[..1];
    let tripled = quote.repeat(3);
    let (mark, skip) = if rest.starts_with(&tripled) { (tripled.as_str(), 3) } else { (quote, 1) };
    let mut at = skip;
    while at < rest.len() {
        if rest[at..].starts_with(mark) {
            return Some(at + mark.len());
        }
        let c = rest[at..].chars().next()?;
        at += c.len_utf8();
        if c == '\\' {
            at += rest[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    None
}

/// Length of a comment: to the next one, or to where an assignment or a definition goes on.
fn comment(rest: &str) -> usize {
    let marks = rest.len() - rest.trim_start_matches('#').len();
    let words: Vec<(usize, &str)> = word_starts(rest).filter(|(at, _)| *at > marks).collect();
    let ends = words.iter().enumerate().find(|(number, (_, word))| {
        let next = words.get(number + 1).map_or("", |(_, next)| *next);
        let assigned = next == "=" && word.split('.').all(shape::is_identifier);
        word.starts_with('#') || assigned || matches!(*word, "def" | "class") && *number > 0
    });
    let end = ends.map_or(rest.len(), |(_, (at, _))| *at);
    rest[..end].trim_end().len()
}
