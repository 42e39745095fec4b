//! The words of one logical line, as a shell would part them.
//!
//! Says nothing of what they mean.

use crate::syntax::shape;
use crate::text::Span;

/// One word or operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word<'t> {
    /// As written, quotes and all.
    pub(super) text: &'t str,
    /// Where in the line.
    pub(super) at: Span,
    /// Whether it is an operator: `|`, `&&`, `;`, `>`, `(` and their like.
    pub(super) operator: bool,
}

impl Word<'_> {
    /// Whether any of it is quoted: what stands in quotes is no word of a sentence.
    pub(super) fn is_quoted(&self) -> bool {
        self.text.contains(['"', '\''])
    }
}

/// Words beyond these tell nothing more.
const MOST: usize = 40;

/// The first words of `line`, up to its comment.
pub(super) fn words(line: &str) -> Vec<Word<'_>> {
    let bytes = line.as_bytes();
    let mut words = Vec::new();
    let mut at = 0;
    while at < bytes.len() && words.len() < MOST {
        let start = at;
        let byte = bytes[at];
        let operator = is_operator(byte);
        if byte.is_ascii_whitespace() || byte == b'\\' && bytes.get(at + 1) == Some(&b'\n') {
            at += 1 + usize::from(byte == b'\\');
            continue;
        } else if byte == b'#' {
            at = line[at..].find('\n').map_or(bytes.len(), |end| at + end);
            continue;
        } else if operator {
            while at < bytes.len() && bytes[at] == byte {
                at += 1;
            }
        } else {
            at = word_end(bytes, at);
        }
        words.push(Word { text: &line[start..at], at: Span::new(start, at), operator });
    }
    words
}

fn is_operator(byte: u8) -> bool {
    matches!(byte, b'|' | b'&' | b';' | b'<' | b'>' | b'(' | b')')
}

fn word_end(bytes: &[u8], start: usize) -> usize {
    let (mut quote, mut depth, mut at) = (None, 0_usize, start);
    while at < bytes.len() {
        let byte = bytes[at];
        match quote {
            Some(open) if byte == open => quote = None,
            Some(_) => at += usize::from(byte == b'\\' && quote == Some(b'"')),
            None if byte == b'\\' => at += 1,
            None if matches!(byte, b'\'' | b'"') => quote = Some(byte),
            // `$(…)`, `=(…)`, `@(…)` belong to the word.
            None if byte == b'('
                && (depth > 0 || at > start && matches!(bytes[at - 1], b'$' | b'=' | b'@')) =>
            {
                depth += 1;
            }
            None if byte == b')' && depth > 0 => depth -= 1,
            None if depth == 0 && (byte.is_ascii_whitespace() || is_operator(byte)) => break,
            None => {}
        }
        at += 1;
    }
    at.min(bytes.len())
}

/// The name of the function whose definition `line` begins.
pub(super) fn function_name(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let named = line.strip_prefix("function ").map(str::trim_start);
    let rest = named.unwrap_or(line);
    let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | ':' | '.')));
    let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
    let after = after.trim_start();
    let called = after.strip_prefix('(').and_then(|after| after.trim_start().strip_prefix(')'));
    let body = called.or(named.map(|_| after))?.trim_start();
    let begins = body.is_empty() && called.is_some()
        || body.starts_with('{')
        || body.starts_with('(') && !body.starts_with("()");
    // With brackets it must be a plain name: `a.b()` is a call.
    let plain = !name.is_empty() && (named.is_some() || name.split('-').all(shape::is_identifier));
    (plain && begins).then_some(name)
}

/// The name and the value of `NAME=value`, `NAME+=value`, `NAME[i]=value`.
pub(super) fn assignment(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let name = name.strip_suffix('+').unwrap_or(name);
    let plain = name.split_once('[').map_or(name, |(name, _)| name);
    (shape::is_identifier(plain) && !value.starts_with(['=', '~'])).then_some((plain, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_parted_as_a_shell_parts_them() {
        let texts = |line| words(line).iter().map(|word| word.text.to_owned()).collect::<Vec<_>>();
        assert_eq!(texts("a 'b c' | d>e # f"), ["a", "'b c'", "|", "d", ">", "e"]);
        assert_eq!(texts("x=$(a | b) y=(1 2) z"), ["x=$(a | b)", "y=(1 2)", "z"]);
        assert_eq!(texts("f() {"), ["f", "(", ")", "{"]);
    }

    #[test]
    fn functions_and_assignments_have_names() {
        for line in ["f() {", "function f {", "f ()", "function f() {"] {
            assert_eq!(function_name(line), Some("f"), "{line}");
        }
        for line in ["f(x) {", "a.f() {", "f()()", "f();", "function of time", "f() + 1"] {
            assert_eq!(function_name(line), None, "{line}");
        }
        assert_eq!(assignment("PATH=a:b"), Some(("PATH", "a:b")));
        assert_eq!(assignment("a==b"), None);
    }
}
