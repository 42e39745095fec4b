//! Byte offset to one-based line and column, and back.
//!
//! Lines end at `\n` only; decoding has turned every other line end into one.

use super::Span;

/// Where the lines of one text begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineIndex {
    starts: Vec<u32>,
    len: u32,
}

/// A place in a text as people name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// One-based line.
    pub line: u32,
    /// One-based column, in bytes.
    pub column: u32,
}

impl LineIndex {
    /// Indexes `text`; an empty text has one empty line.
    pub fn new(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at as u32 + 1)).collect();
        Self { starts, len: text.len() as u32 }
    }

    /// Number of lines; a text that ends in a newline has an empty last line.
    pub fn count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// One-based line that holds byte `offset`; past the end it is the last line.
    pub fn line(&self, offset: usize) -> u32 {
        self.starts.partition_point(|&start| start as usize <= offset) as u32
    }

    /// [`Self::line`], where that is probably line `near` or one of the next two.
    pub fn line_near(&self, near: u32, offset: usize) -> u32 {
        let starts = |line: u32| self.starts.get((line as usize).wrapping_sub(1));
        let holds = |line: u32| {
            starts(line).is_some_and(|&start| start as usize <= offset)
                && starts(line + 1).is_none_or(|&next| offset < next as usize)
        };
        (near..=near + 2).find(|line| holds(*line)).unwrap_or_else(|| self.line(offset))
    }

    /// One-based line and column of byte `offset`.
    pub fn position(&self, offset: usize) -> Position {
        let line = self.line(offset);
        let start = self.starts[line as usize - 1] as usize;
        Position { line, column: (offset.max(start) - start) as u32 + 1 }
    }

    /// The bytes of one-based `line` without its newline; an empty span past the end.
    pub fn span(&self, line: u32) -> Span {
        let Some(&start) = self.starts.get((line as usize).wrapping_sub(1)) else {
            return Span::new(self.len as usize, self.len as usize);
        };
        let end = self.starts.get(line as usize).map_or(self.len, |next| next - 1);
        Span::new(start as usize, end as usize)
    }

    /// The bytes of the lines `first..=last` without the last newline.
    pub fn lines_span(&self, first: u32, last: u32) -> Span {
        self.span(first).cover(self.span(last))
    }

    /// First and last one-based line that `span` touches.
    pub fn lines_of(&self, span: Span) -> (u32, u32) {
        let last = if span.is_empty() { span.start() } else { span.end() - 1 };
        (self.line(span.start()), self.line(last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_and_lines_agree() {
        let index = LineIndex::new("ab\n\nc");
        assert_eq!(index.count(), 3);
        assert_eq!([0, 2, 3, 4, 5].map(|at| index.line(at)), [1, 1, 2, 3, 3]);
        for near in 0..5 {
            let found = [0, 2, 3, 4, 5].map(|at| index.line_near(near, at));
            assert_eq!(found, [1, 1, 2, 3, 3], "{near}");
        }
        assert_eq!(index.span(1), Span::new(0, 2));
        assert_eq!(index.span(2), Span::new(3, 3));
        assert_eq!(index.span(3), Span::new(4, 5));
        assert_eq!(index.span(9), Span::new(5, 5));
        assert_eq!(index.position(4), Position { line: 3, column: 1 });
        assert_eq!(index.lines_of(Span::new(0, 5)), (1, 3));
    }
}
