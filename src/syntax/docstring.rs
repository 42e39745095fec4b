//! What a Python file says to its readers: docstrings and blocks of comments.
//!
//! Found by quotes and lines, without a grammar, so that files that are broken, large or of another
//! version are read as well. What stands in the texts is for others.

use super::lexical::{self, Kind};
use crate::text::Span;

/// A text for readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    /// The content of a string that is a statement of its own, between its quotes.
    Docstring(Span),
    /// Lines of comments with nothing between them, from the first `#` to the last line's end.
    Comment(Span),
}

/// The texts in the Python file `text`, in order.
pub fn texts(text: &str) -> Vec<Text> {
    let mut found: Vec<Text> = Vec::new();
    let mut open = 0;
    // What stands on the line before the part, where nothing but code without strings does.
    let mut before = Some("");
    for (kind, span) in lexical::split(text) {
        let part = text.get(span.range()).unwrap_or("");
        match (kind, before.map(str::trim_start)) {
            (Kind::Plain, _) => {
                open = brackets(part, open);
                before = match part.rfind('\n') {
                    Some(end) => Some(&part[end + 1..]),
                    None => before.filter(|_| span.start() == 0).map(|_| part),
                };
                continue;
            }
            (Kind::Comment, Some("")) => match found.last_mut() {
                Some(Text::Comment(last)) if is_next_line(text, *last, span) => {
                    *last = last.cover(span);
                }
                _ => found.push(Text::Comment(span)),
            },
            (Kind::Quoted, Some(word)) if open == 0 && is_prefix(word) && is_end(text, span) => {
                found.extend(content(text, span).map(Text::Docstring));
            }
            _ => {}
        }
        before = None;
    }
    found
}

/// The brackets that are open behind the code `part`, when `open` were before it. A definition
/// stands in none, whatever was left open above it.
fn brackets(part: &str, open: i32) -> i32 {
    let headers = ["def ", "class ", "async def ", "@"];
    let mut open = open;
    for line in part.lines() {
        if headers.iter().any(|header| line.trim_start().starts_with(header)) {
            open = 0;
        }
        for byte in line.bytes() {
            match byte {
                b'(' | b'[' | b'{' => open += 1,
                b')' | b']' | b'}' => open = (open - 1).max(0),
                _ => {}
            }
        }
        // A header that ends has closed its brackets, or its author forgot to.
        if headers[..3].iter().any(|header| line.trim_start().starts_with(header))
            && line.trim_end().ends_with(':')
        {
            open = 0;
        }
    }
    open
}

/// Whether `word` may stand before the quotes of a text: nothing, or that it is raw or Unicode.
fn is_prefix(word: &str) -> bool {
    word.len() <= 2 && word.bytes().all(|byte| b"rRuU".contains(&byte))
}

/// Whether nothing but a comment stands behind `span` on its line.
fn is_end(text: &str, span: Span) -> bool {
    let rest = text.get(span.end()..).unwrap_or("").trim_start_matches([' ', '\t', ';']);
    rest.is_empty() || rest.starts_with(['#', '\n'])
}

/// The span between the quotes of the string at `span`; `None` where they are not closed.
fn content(text: &str, span: Span) -> Option<Span> {
    let string = text.get(span.range())?;
    let mark = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|mark| string.starts_with(mark))?;
    let closed = string.len() >= 2 * mark.len() && string.ends_with(mark);
    closed.then(|| Span::new(span.start() + mark.len(), span.end() - mark.len()))
}

/// Whether the comment at `next` begins on the line below the one that ends with `last`.
fn is_next_line(text: &str, last: Span, next: Span) -> bool {
    let between = text.get(last.end()..next.start()).unwrap_or("");
    between.matches('\n').count() == 1 && between.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docstrings_and_comments_are_found() {
        let shown = |text: &str| -> Vec<String> {
            let show = |found: Text| match found {
                Text::Docstring(at) => format!("d:{}", &text[at.range()]),
                Text::Comment(at) => format!("c:{}", &text[at.range()]),
            };
            texts(text).into_iter().map(show).collect()
        };
        assert_eq!(shown("\"\"\"a\nb\"\"\"\nx = '''c'''\n"), ["d:a\nb"]);
        assert_eq!(shown("def f():\n    r'one \\d'  # why\n"), ["d:one \\d"]);
        assert_eq!(shown("# a\n# b\n\n# c\nx  # d\n"), ["c:# a\n# b", "c:# c"]);
        assert_eq!(shown("f(\n  'a'\n)\nx = [\nclass A:\n    'b'\n"), ["d:b"]);
        assert_eq!(shown("def f(a, b:\n    'd'\n"), ["d:d"]);
        assert_eq!(shown("b'a'\nf'b'\n'c' + d\n'''open"), [] as [&str; 0]);
        assert_eq!(shown(""), [] as [&str; 0]);
    }
}
