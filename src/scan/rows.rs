//! A document by its lines, for formats that are read line by line: how deep each stands, what lies
//! inside a column, and which of them are prose because no markup holds them.
//!
//! Knows no format.

use super::lines::columns;
use crate::model::{Block, BlockKind, Document};
use crate::text::Span;

/// The lines of a document, all of them prose until markup takes them.
pub(super) struct Rows<'d> {
    document: &'d Document,
    /// What of each line is prose; the first entry is that of line one.
    prose: Vec<Option<Span>>,
}

impl<'d> Rows<'d> {
    pub(super) fn new(document: &'d Document) -> Self {
        let lines = 1..=document.lines.count();
        Self { document, prose: lines.map(|line| Some(document.lines.span(line))).collect() }
    }

    /// Number of lines.
    pub(super) fn count(&self) -> u32 {
        self.document.lines.count()
    }

    /// One-based `line` without its newline; empty past the end.
    pub(super) fn text(&self, line: u32) -> &'d str {
        self.document.line(line)
    }

    pub(super) fn is_blank(&self, line: u32) -> bool {
        self.text(line).trim().is_empty()
    }

    /// Columns of white space before the text of `line`.
    pub(super) fn column(&self, line: u32) -> usize {
        let text = self.text(line);
        columns(&text[..text.len() - text.trim_start().len()])
    }

    /// The first line from `line` on that is not blank.
    pub(super) fn filled(&self, line: u32) -> Option<u32> {
        (line..=self.count()).find(|&line| !self.is_blank(line))
    }

    /// The last filled line of the lines from `first` on that are blank or stand at `column` or
    /// deeper; `None` where there is none.
    pub(super) fn body(&self, first: u32, column: usize) -> Option<u32> {
        let mut last = None;
        for line in first..=self.count() {
            if self.is_blank(line) {
                continue;
            }
            if self.column(line) < column {
                break;
            }
            last = Some(line);
        }
        last
    }

    /// The smallest column that a filled line of `first..=last` stands at.
    pub(super) fn edge(&self, first: u32, last: u32) -> usize {
        let filled = (first..=last).filter(|&line| !self.is_blank(line));
        filled.map(|line| self.column(line)).min().unwrap_or(0)
    }

    /// The lines `first..=last` without up to `column` columns of white space.
    pub(super) fn cut(&self, first: u32, last: u32, column: usize) -> Vec<Span> {
        (first..=last)
            .map(|line| {
                let whole = self.document.lines.span(line);
                let (mut start, mut reached) = (0, 0);
                for c in self.text(line).chars().take_while(|c| c.is_whitespace()) {
                    if reached >= column {
                        break;
                    }
                    reached = if c == '\t' { reached / 8 * 8 + 8 } else { reached + 1 };
                    start += c.len_utf8();
                }
                Span::new(whole.start() + start, whole.end())
            })
            .collect()
    }

    /// The block of `kind` that is `first..=last` in the document and holds `inner` of its lines,
    /// cut at `column`. Takes all of them.
    pub(super) fn block(
        &mut self,
        kind: BlockKind,
        (first, last): (u32, u32),
        inner: std::ops::RangeInclusive<u32>,
        column: usize,
    ) -> Block {
        self.take(first, last);
        let lines = self.cut(*inner.start(), *inner.end(), column);
        Block::new(kind, self.document.lines.lines_span(first, last), lines)
    }

    /// The lines `first..=last` are markup or code, not prose.
    pub(super) fn take(&mut self, first: u32, last: u32) {
        let (first, last) = (first.max(1) as usize, last.min(self.count()) as usize);
        if first <= last {
            self.prose[first - 1..last].fill(None);
        }
    }

    /// Of `line` only what follows its first `bytes` bytes is prose.
    pub(super) fn narrow(&mut self, line: u32, bytes: usize) {
        let whole = self.document.lines.span(line);
        if let Some(prose) = self.prose.get_mut((line as usize).wrapping_sub(1)) {
            *prose = Some(Span::new((whole.start() + bytes).min(whole.end()), whole.end()));
        }
    }

    /// The prose that is left.
    pub(super) fn prose(self) -> Block {
        let at = self.document.lines.lines_span(1, self.count());
        Block::new(BlockKind::Prose, at, self.prose.into_iter().flatten().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DocPath;

    #[test]
    fn what_is_taken_is_not_prose() {
        let document = Document::new(DocPath::new("a"), "a\n\n\t  b\n    c\nd".to_owned());
        let mut rows = Rows::new(&document);
        assert_eq!(rows.body(2, 1), Some(4));
        assert_eq!(rows.edge(2, 4), 4);
        let cut = rows.block(BlockKind::Indented(None), (2, 4), 3..=4, 4);
        let texts: Vec<&str> = cut.lines.iter().map(|span| &document.text[span.range()]).collect();
        assert_eq!(texts, ["  b", "c"]);
        rows.narrow(5, 9);
        let prose = rows.prose();
        assert_eq!(prose.lines.len(), 2);
        assert!(prose.lines[1].is_empty());
    }
}
