//! Python files as documents: examples in their docstrings and comments.
//!
//! The code of the file is no example. A docstring is read as what it looks like, Markdown where it
//! holds a fence and plain text otherwise; blocks of comments only where they hold a session, since
//! other code in comments was switched off. Escapes in docstrings stay as they are written.

use super::{Format, no_trouble};
use crate::model::{Block, BlockKind, Document};
use crate::syntax::docstring::{self, Text};
use crate::text::Span;

pub(super) const FORMAT: Format = Format { name: "pydoc", sniff, blocks, trouble: no_trouble };

fn sniff(document: &Document) -> bool {
    let extension = document.path.extension();
    extension.is_some_and(|extension| matches!(extension.as_str(), "py" | "pyi" | "pyw"))
}

fn blocks(document: &Document) -> Vec<Block> {
    docstring::texts(&document.text).into_iter().filter_map(|text| block(document, text)).collect()
}

fn block(document: &Document, text: Text) -> Option<Block> {
    let (at, lines) = match text {
        Text::Docstring(at) => (at, dedented(document, cut(document, at), 1)),
        Text::Comment(at) => (at, dedented(document, comment(document, at)?, 0)),
    };
    let is_fence = |span: &Span| {
        let line = document.text.get(span.range()).unwrap_or("").trim_start();
        line.starts_with("```") || line.starts_with("~~~")
    };
    let format = if lines.iter().any(is_fence) { "markdown" } else { "rst" };
    let filled = lines.iter().any(|span| !span.is_empty());
    filled.then(|| Block::new(BlockKind::Inner(format), at, lines))
}

/// The lines of `at`; the first is without the blanks behind the quotes, as `inspect.cleandoc` has
/// it.
fn cut(document: &Document, at: Span) -> Vec<Span> {
    let (first, last) = document.lines.lines_of(at);
    let whole = (first..=last).map(|line| document.lines.span(line));
    let mut lines: Vec<Span> = whole
        .map(|line| Span::new(line.start().max(at.start()), line.end().min(at.end())))
        .collect();
    if let Some(line) = lines.first_mut() {
        *line = Span::new(line.start() + blanks(document, *line), line.end());
    }
    lines
}

/// The lines of the comments at `at` without their marks; `None` where they hold no session.
fn comment(document: &Document, at: Span) -> Option<Vec<Span>> {
    let mut lines = cut(document, at);
    let mut session = false;
    for line in &mut lines {
        let start = line.start() + blanks(document, *line);
        *line = Span::new((start + 1).min(line.end()), line.end());
        let text = document.text.get(line.range()).unwrap_or("");
        session |= text.trim_start().starts_with(">>>");
    }
    session.then_some(lines)
}

/// `lines` without the white space that all of them begin with, from the one at `from` on; those
/// before it too, where they begin with as much.
fn dedented(document: &Document, mut lines: Vec<Span>, from: usize) -> Vec<Span> {
    let filled = |line: &&Span| blanks(document, **line) < line.len();
    let indent = lines.iter().skip(from).filter(filled).map(|line| blanks(document, *line)).min();
    for line in &mut lines {
        let cut = indent.unwrap_or(0).min(blanks(document, *line));
        *line = Span::new(line.start() + cut, line.end());
    }
    lines
}

/// Bytes of blanks that the text at `span` begins with.
fn blanks(document: &Document, span: Span) -> usize {
    let text = document.text.get(span.range()).unwrap_or("");
    text.len() - text.trim_start_matches([' ', '\t']).len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DocPath;
    use crate::text::Mapped;

    fn found(text: &str) -> Vec<(&'static str, String)> {
        let document = Document::new(DocPath::new("a.py"), text.to_owned());
        let shown = |block: Block| {
            let BlockKind::Inner(format) = block.kind else { panic!("{block:?}") };
            (format, Mapped::cut_lines(text, &block.lines).text().to_owned())
        };
        blocks(&document).into_iter().map(shown).collect()
    }

    #[test]
    fn texts_lose_quotes_marks_and_indentation() {
        let cases = [
            ("def f():\n    \"\"\" A.\n\n      b\n    c\n    \"\"\"\n", "rst", "A.\n\n  b\nc\n\n"),
            ("'''\n```\nx\n```\n'''", "markdown", "\n```\nx\n```\n"),
            ("# a\n#     >>> f()\n#     1\n", "rst", "a\n    >>> f()\n    1\n"),
            ("if x:\n\t#>>> f()\n\t#1\n", "rst", ">>> f()\n1\n"),
        ];
        for (text, format, expected) in cases {
            assert_eq!(found(text), [(format, expected.to_owned())], "{text}");
        }
        assert_eq!(found("# x = 1\n''\n"), []);
    }
}
