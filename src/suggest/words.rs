//! Slips in words and operators: a keyword mistyped, `=` for `==`, `&&` for `and`.

use super::spot::{Candidate, HEADERS, Spot};
use crate::syntax::near;
use crate::text::Span;

/// Every word that only the language may use, and those that act like one in some version.
const KEYWORDS: &[&str] = &[
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif",
    "else", "except", "exec", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "print", "raise", "return", "try", "while", "with",
    "yield",
];

/// Operators of other languages, and of none.
const OPERATORS: &[(&str, &str)] = &[
    ("===", "=="),
    ("!==", "!="),
    ("&&", "and"),
    ("||", "or"),
    ("<>", "!="),
    ("=<", "<="),
    ("=>", ">="),
    ("=!", "!="),
    ("++", "+= 1"),
    ("--", "-= 1"),
    ("else if ", "elif "),
    ("elseif ", "elif "),
    ("elsif ", "elif "),
];

pub(super) fn slips(spot: &Spot<'_>, found: &mut Vec<Candidate>) {
    for word in spot.words() {
        let text = &spot.code[word.range()];
        // What a statement begins with is right when it is a keyword.
        let right = word.start() == spot.begin() && KEYWORDS.contains(&text);
        let alike = |keyword: &&&str| !right && near::is_slip_of_keyword(text, keyword);
        for keyword in KEYWORDS.iter().filter(alike) {
            found.push(spot.candidate(word, keyword, 1));
        }
        // `importos`, `defname`: the blank is lost.
        for keyword in ["import", "from", "def", "class", "return"] {
            if word.start() == spot.begin()
                && text.len() > keyword.len()
                && text.starts_with(keyword)
            {
                let at = word.start() + keyword.len();
                found.push(spot.candidate(Span::new(at, at), " ", 6));
            }
        }
    }
    for (wrong, right) in OPERATORS {
        for (at, _) in spot.text().match_indices(wrong) {
            let at = Span::new(spot.at.start() + at, spot.at.start() + at + wrong.len());
            if is_plain(spot, at) {
                found.push(spot.candidate(at, right, 2));
            }
        }
    }
    headers(spot, found);
    hyphen(spot, found);
}

/// `max-size = 3`: `-` is no part of a name.
fn hyphen(spot: &Spot<'_>, found: &mut Vec<Candidate>) {
    let line = &spot.code[spot.begin()..spot.at.end()];
    let Some((target, value)) = line.split_once('=') else { return };
    let target = target.trim_end();
    let is_word = |part: &str| {
        part.starts_with(char::is_alphabetic)
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    if target.contains('-') && target.split('-').all(is_word) && !value.starts_with('=') {
        let at = Span::new(spot.begin(), spot.begin() + target.len());
        found.push(spot.candidate(at, &target.replace('-', "_"), 0));
    }
}

/// In a line that begins like the header of a block: the colon at its end, and `=` for `==`.
fn headers(spot: &Spot<'_>, found: &mut Vec<Candidate>) {
    let Some(first) = spot.words().first().copied() else { return };
    let keyword = &spot.code[first.range()];
    if first.start() != spot.begin() || !HEADERS.contains(&keyword) {
        return;
    }
    let end = spot.end();
    let code = &spot.code[spot.at.start()..end];
    match code.as_bytes().last() {
        Some(b':') => {}
        Some(b';' | b'.' | b',') => {
            found.push(spot.candidate(Span::new(end - 1, end), ":", 1));
        }
        _ => found.push(spot.candidate(Span::new(end, end), ":", 1)),
    }
    if !matches!(keyword, "if" | "elif" | "while") {
        return;
    }
    let bytes = spot.code.as_bytes();
    for (at, _) in spot.chars().filter(|(_, c)| *c == '=') {
        let part_of_other =
            |byte: Option<&u8>| byte.is_some_and(|byte| b"=!<>+-*/%&|^:".contains(byte));
        if !part_of_other(at.checked_sub(1).and_then(|at| bytes.get(at)))
            && bytes.get(at + 1) != Some(&b'=')
        {
            found.push(spot.candidate(Span::new(at, at + 1), "==", 1));
        }
    }
}

fn is_plain(spot: &Spot<'_>, at: Span) -> bool {
    spot.plain.iter().any(|part| part.start() <= at.start() && at.end() <= part.end())
}
