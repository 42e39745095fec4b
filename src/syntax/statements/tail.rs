//! Code that was run into a line of prose.
//!
//! Strict, because every line of prose is asked: two statements at least, most of them likely.

use super::{Statement, split, word_starts};
use crate::syntax::shape::{self, Shape};
use crate::text::Span;

/// Where the code is in a line of prose that several statements were run into: behind a colon or
/// a sentence, up to where prose goes on. Only what holds two statements, most of them likely, and
/// one that begins with a keyword or an assignment.
pub fn tail(line: &str) -> Option<Span> {
    const LONGEST: usize = 4000;
    const MOST_TRIES: usize = 12;
    if line.len() > LONGEST {
        return None;
    }
    let starts = starts(line);
    starts.into_iter().take(MOST_TRIES).find_map(|(start, strong)| {
        let rest = &line[start..];
        let mut kept = split(rest);
        while kept.last().is_some_and(|last| !last.comment && !is_likely(&rest[last.span.range()]))
        {
            kept.pop();
        }
        let code = kept.iter().filter(|one| !one.comment).count();
        let likely = kept.iter().filter(|one| is_likely(&rest[one.span.range()])).count();
        let many = if strong { 2 } else { 3 };
        let enough = code >= many || strong && code > 0 && kept.len() >= 2 && kept[0].header;
        let alone = |one: &Statement| {
            let text = &rest[one.span.range()];
            shape::is_identifier(text) && !is_likely(text)
        };
        (enough && likely * 4 >= kept.len() * 3 && !kept.iter().any(alone)).then(|| {
            let end = kept.last().map_or(0, |last| last.span.end());
            Span::new(start, start + end)
        })
    })
}

/// Where code may begin in `line`, and whether what stands there hardly stands anywhere else.
fn starts(line: &str) -> Vec<(usize, bool)> {
    let mut found = Vec::new();
    for (at, word) in word_starts(line) {
        // `property:@property` and `3.3:def`: the break behind the colon is gone as well.
        let glued = word.rfind(':').map(|colon| colon + 1).filter(|len| *len < word.len());
        let behind = line[..at].trim_end().ends_with(':') || at == 0;
        let glued = glued.map(|len| (at + len, true));
        for (start, led) in [Some((at, behind)), glued].into_iter().flatten() {
            let rest = &line[start..];
            let first =
                rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or("");
            let keyword = matches!(
                first,
                "def" | "class" | "import" | "from" | "with" | "for" | "while" | "if"
            ) && rest[first.len()..].starts_with(' ');
            let decorator = rest.starts_with('@') && !rest.starts_with("@ ");
            let call = rest.split_whitespace().next().is_some_and(|word| {
                let callee = word.split('(').next().unwrap_or("");
                word.contains('(')
                    && callee.contains('.')
                    && callee.split('.').all(shape::is_identifier)
            });
            let assigned = led && rest.split_whitespace().nth(1) == Some("=");
            if !rest.is_empty() && (keyword || decorator || assigned || call) {
                found.push((start, !call));
            }
        }
    }
    found
}

/// Whether `text`, one statement, looks like one. What cannot be mistaken for a sentence counts
/// even when it is wrong.
pub fn is_likely(text: &str) -> bool {
    let word = text.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or("");
    let rest = text[word.len()..].trim();
    let bare = ALONE.contains(&text);
    let begun = matches!(word, "def" | "class") && text.ends_with(':') || text.starts_with('@');
    let kept = text.starts_with(['"', '\'', '#']) || text == "...";
    // Among other statements a formula is an assignment, and a keyword with a value is enough.
    let assigned = text.split_once("= ").is_some_and(|(target, value)| {
        let target = target.trim_end_matches(['+', '-', '*', '/']).strip_suffix(' ');
        target.is_some_and(shape::is_identifier) && !value.is_empty() && !shape::is_wordy(value)
    });
    let keyword = KEYWORDS.contains(&word)
        && text[word.len()..].starts_with(' ')
        && !rest.ends_with('.')
        && !shape::is_wordy(rest);
    let annotated = text.split_once(':').is_some_and(|(name, value)| {
        shape::is_identifier(name) && value.contains('=') && !shape::is_wordy(value)
    });
    bare || begun
        || kept
        || assigned
        || keyword
        || annotated
        || shape::shape(text) == Shape::Python
        || text.starts_with('(') && text.contains(").")
}

/// Statements that are one word, or one word and a colon.
const ALONE: &[&str] = &[
    "else:", "try:", "finally:", "except:", "pass", "break", "continue", "print", "return",
    "yield", "raise",
];

/// Keywords that a value follows.
const KEYWORDS: &[&str] = &[
    "return", "raise", "yield", "del", "assert", "global", "nonlocal", "print", "if", "elif",
    "while", "except", "await",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_cut_out_of_prose() {
        let cases = [
            (
                "as a method:@property def a(self): return self.b",
                Some("@property def a(self): return self.b"),
            ),
            ("(new):from a import b @c def d(): pass", Some("from a import b @c def d(): pass")),
            ("do it! with a.b('c') as d: d.e = f(1)", Some("with a.b('c') as d: d.e = f(1)")),
            (":for a in b: c.d(a)", Some("for a in b: c.d(a)")),
            (
                "Quoting a.b(c, d) e = f.g(h) # 3 i = f.g(j)",
                Some("a.b(c, d) e = f.g(h) # 3 i = f.g(j)"),
            ),
            ("for more on this see: the end", None),
            ("with this in mind: go on reading", None),
            ("from here you can import what you need", None),
            ("a.b() becomes c('d').e()", None),
            ("I said: import this and be happy", None),
        ];
        for (line, expected) in cases {
            assert_eq!(tail(line).map(|span| &line[span.range()]), expected, "{line}");
        }
    }
}
