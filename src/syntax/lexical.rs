//! Strings and comments, told apart from the rest without a grammar.
//!
//! Python and shell quote alike enough for one pass; it is used on text that may be neither, so it
//! never fails. Heredocs are not known here.

use std::borrow::Cow;

use crate::text::Span;

/// What a stretch of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Code, or anything that is neither of the others.
    Plain,
    /// A string literal, quotes included.
    Quoted,
    /// A comment, from its `#` to the end of the line.
    Comment,
}

/// Splits `text` into stretches that cover it from first to last byte. A quote that is not closed
/// on its line ends there, unless it is tripled.
pub fn split(text: &str) -> Vec<(Kind, Span)> {
    let bytes = text.as_bytes();
    let mut parts = Vec::new();
    let (mut at, mut plain) = (0, 0);
    while at < bytes.len() {
        let (kind, end) = match bytes[at] {
            b'"' | b'\'' => (Kind::Quoted, quoted_end(bytes, at)),
            b'#' if at == 0 || bytes[at - 1].is_ascii_whitespace() || bytes[at - 1] == b';' => {
                (Kind::Comment, line_end(bytes, at))
            }
            b'\\' => {
                at += 2;
                continue;
            }
            _ => {
                at += 1;
                continue;
            }
        };
        if plain < at {
            parts.push((Kind::Plain, Span::new(plain, at)));
        }
        parts.push((kind, Span::new(at, end)));
        at = end;
        plain = end;
    }
    if plain < bytes.len() {
        parts.push((Kind::Plain, Span::new(plain, bytes.len())));
    }
    parts
}

/// `text` with every string literal reduced to `""` and every comment left out.
pub fn mask(text: &str) -> Cow<'_, str> {
    // Every line of prose is asked several times, and most hold none of these.
    if !text.bytes().any(|byte| matches!(byte, b'"' | b'\'' | b'#')) {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len());
    for (kind, span) in split(text) {
        match kind {
            Kind::Plain => masked.push_str(&text[span.range()]),
            Kind::Quoted => masked.push_str("\"\""),
            Kind::Comment => {}
        }
    }
    Cow::Owned(masked)
}

fn quoted_end(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let tripled = bytes[start..].starts_with(&[quote; 3]);
    let mut at = start + if tripled { 3 } else { 1 };
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'\n' if !tripled => return at,
            byte if byte == quote && !tripled => return at + 1,
            byte if byte == quote && bytes[at..].starts_with(&[quote; 3]) => return at + 3,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn line_end(bytes: &[u8], start: usize) -> usize {
    bytes[start..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |end| start + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_are_masked() {
        let cases = [
            ("a = 'x # y' # z", "a = \"\" "),
            ("echo $# it\\'s", "echo $# it\\'s"),
            ("'''a\nb''' + c", "\"\" + c"),
            ("don't\nx = 'y'", "don\"\"\nx = \"\""),
            ("url#anchor", "url#anchor"),
        ];
        for (text, masked) in cases {
            assert_eq!(mask(text), masked, "{text}");
        }
    }

    #[test]
    fn the_parts_cover_the_text() {
        for text in ["", "\\", "'", "a'b\\", "\"\"\"x", "é'ü'#"] {
            let parts = split(text);
            let mut at = 0;
            for (_, span) in parts {
                assert_eq!(span.start(), at);
                at = span.end().min(text.len());
            }
            assert_eq!(at, text.len());
        }
    }
}
