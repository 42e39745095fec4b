//! The lines of a block of prose without what markup puts before them.
//!
//! List markers and quote marks say nothing about code; behind them a line is judged as it stands.

use crate::model::{Block, Document};
use crate::syntax::{numbering, statements};
use crate::text::Span;

/// A line of prose.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'d> {
    /// One-based number in the document.
    pub number: u32,
    /// The bytes that count, in the document.
    pub at: Span,
    /// The text of those bytes.
    pub text: &'d str,
    /// Columns of white space before the text; a tab counts eight.
    pub indent: usize,
    /// Whether a list marker stands before the text.
    pub listed: bool,
    /// Whether the line was printed with its number, which is cut off.
    pub numbered: bool,
}

impl Line<'_> {
    /// Takes `len` bytes off the start.
    fn cut(&mut self, len: usize) {
        self.at = Span::new(self.at.start() + len, self.at.end());
        self.text = &self.text[len..];
        let blank = self.text.len() - self.text.trim_start().len();
        self.indent = columns(&self.text[..blank]);
    }

    /// Leaves nothing of the text.
    fn blank(&mut self) {
        self.cut(self.text.len());
        self.listed = false;
    }
}

/// The lines of `block`, numbered, markers cut off.
pub(super) fn of<'d>(document: &'d Document, block: &Block) -> Vec<Line<'d>> {
    let mut number = 1;
    let line = |span: &Span| {
        number = document.lines.line_near(number, span.start());
        line(document, *span, number)
    };
    let mut lines: Vec<Line<'d>> = block.lines.iter().map(line).collect();
    blank_hunks(&mut lines);
    unnumber(&mut lines);
    lines
}

/// Makes the hunks of patches blank: their lines are those of a file, and stand behind signs that
/// look like the markers of a list.
fn blank_hunks(lines: &mut [Line<'_>]) {
    let mut left = 0;
    for line in lines {
        let header = line.text.starts_with("@@ -").then(|| hunk(line.text)).flatten();
        if let Some(count) = header {
            left = count;
        } else if left > 0 {
            left -= 1;
        } else {
            continue;
        }
        line.blank();
    }
}

/// Number of lines that a hunk with the header `text` takes at most.
fn hunk(text: &str) -> Option<u32> {
    let (old, rest) = text.strip_prefix("@@ -")?.split_once(" +")?;
    let (new, _) = rest.split_once(" @@")?;
    let count = |range: &str| {
        let count = range.split_once(',').map_or("1", |(_, count)| count);
        count.parse::<u32>().ok()
    };
    // Lines that both files have are counted in both.
    Some(count(old)?.max(count(new)?).min(10_000))
}

/// Cuts the numbers off that lines were printed with.
fn unnumber(lines: &mut [Line<'_>]) {
    let mut at = 0;
    while at < lines.len() {
        let first = lines[at].number as usize;
        let joined = |(offset, line): &(usize, &Line<'_>)| {
            line.number as usize == first + offset && !line.listed
        };
        let below = lines[at..].iter().enumerate().take_while(joined);
        let count = numbering::listing(below.map(|(_, line)| line.text));
        for line in &mut lines[at..at + count] {
            let len = numbering::mark(line.text).map_or(0, |(_, len)| len);
            line.cut(len);
            line.numbered = true;
        }
        at += count.max(1);
    }
}

fn line(document: &Document, span: Span, number: u32) -> Line<'_> {
    let whole = document.text.get(span.range()).unwrap_or("");
    let unquoted = quote_mark(whole);
    let marker = list_marker(&whole[unquoted..]);
    let start = unquoted + marker.unwrap_or(0);
    let start = start + usize::from(is_moved_colon(&whole[start..]));
    let text = &whole[start..];
    let blank = text.len() - text.trim_start().len();
    let at = Span::new(span.start() + start, span.end());
    Line {
        number,
        at,
        text,
        indent: columns(&text[..blank]),
        listed: marker.is_some(),
        numbered: false,
    }
}

/// Whether `text` begins with the colon of the line before it, which a scraper moved here, right
/// in front of code.
fn is_moved_colon(text: &str) -> bool {
    text.strip_prefix(':').is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_alphabetic() || c == '@')
            && statements::tail(rest).is_some_and(|span| span.start() == 0)
    })
}

/// Columns that the white space of `text` fills, a tab to the next multiple of eight.
pub(super) fn columns(text: &str) -> usize {
    text.chars().fold(0, |column, c| if c == '\t' { column / 8 * 8 + 8 } else { column + 1 })
}

/// Length of `> ` marks at the start of `text`.
fn quote_mark(text: &str) -> usize {
    let mut len = 0;
    while let Some(rest) = text[len..].trim_start_matches(' ').strip_prefix('>') {
        // `>>>` is a prompt, and `>>` a redirection or a nested quote of mail.
        if rest.starts_with('>') {
            break;
        }
        let marked = text.len() - rest.len();
        len = marked + usize::from(rest.starts_with(' '));
    }
    len
}

/// Length of a list marker with the white space on both sides; `None` where there is none.
fn list_marker(text: &str) -> Option<usize> {
    let trimmed = text.trim_start();
    let indent = text.len() - trimmed.len();
    let first = trimmed.chars().next()?;
    let marker = match first {
        '-' | '*' | '+' | '•' | '◦' | '▪' | '‣' | '·' | '–' => first.len_utf8(),
        _ => {
            let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
            let closed = trimmed[digits..].starts_with(['.', ')']);
            // Lists are not filled up with zeros; numbers of lines are.
            let filled = digits > 1 && first == '0';
            if !(1..=3).contains(&digits) || !closed || filled {
                return None;
            }
            digits + 1
        }
    };
    let rest = &trimmed[marker..];
    let gap = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    (gap > 0).then_some(indent + marker + gap)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BlockKind, DocPath};

    #[test]
    fn markers_are_cut_off() {
        let cases = [
            ("- import os", "import os", true),
            ("  • ls -l", "ls -l", true),
            ("12. x = 1", "x = 1", true),
            ("> > said", "said", false),
            (">>> f()", ">>> f()", false),
            ("-x", "-x", false),
            ("\tf()", "\tf()", false),
            ("3.5 is", "3.5 is", false),
        ];
        for (text, expected, listed) in cases {
            let document = Document::new(DocPath::new("a"), text.to_owned());
            let block =
                Block::new(BlockKind::Prose, document.lines.span(1), vec![document.lines.span(1)]);
            let found = of(&document, &block);
            assert_eq!((found[0].text, found[0].listed), (expected, listed), "{text}");
        }
    }
}
