//! Text whose every byte knows where in its source it came from, or that it was added.
//!
//! ```text
//! source   > $ ls -l     cut    ls -l       replace   ls -l⏎
//! origin                        4 5 6 7 8             4 5 6 7 8 (added)
//! ```
//!
//! The pieces are private: offsets into the source only grow, and a copied byte is the source's
//! byte. Deciding what to cut or replace is for others.

use super::{LineIndex, Span};

/// A text made of copied and added pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapped {
    text: String,
    pieces: Vec<Piece>,
}

/// `len` bytes of the text, beginning at `at`; copied from `origin` of the source, or added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    at: u32,
    len: u32,
    origin: Option<u32>,
}

/// One replacement: the bytes of `at` give way to `with`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replace {
    /// What is replaced; empty to insert.
    pub at: Span,
    /// What stands there afterwards; empty to delete.
    pub with: String,
}

impl Mapped {
    /// Copies `spans` of `source`, one after the other; spans that step back are left out.
    pub fn cut(source: &str, spans: impl IntoIterator<Item = Span>) -> Self {
        let mut made = Self::default();
        let mut done = 0;
        for span in spans {
            if span.start() >= done
                && let Some(copied) = source.get(span.range())
            {
                made.push(copied, Some(span.start() as u32));
                done = span.end();
            }
        }
        made
    }

    /// Copies whole lines given without their newline; between two a newline is copied when the
    /// source has one there, and added otherwise.
    pub fn cut_lines(source: &str, lines: &[Span]) -> Self {
        Self::cut_written(source, lines, &[])
    }

    /// [`Self::cut_lines`], but what the source writes in another way, given by spans of the source
    /// in ascending order, is added as what it stands for.
    pub fn cut_written(source: &str, lines: &[Span], written: &[Replace]) -> Self {
        let mut made = Self::default();
        for span in lines {
            if source.get(span.range()).is_none() {
                continue;
            }
            let first = written.partition_point(|replace| replace.at.start() < span.start());
            let mut done = span.start();
            for replace in &written[first..] {
                let Some(copied) = source.get(done..replace.at.start()) else { continue };
                if replace.at.end() > span.end() {
                    break;
                }
                made.push(copied, Some(done as u32));
                made.push(&replace.with, None);
                done = replace.at.end();
            }
            made.push(source.get(done..span.end()).unwrap_or(""), Some(done as u32));
            match source.as_bytes().get(span.end()) {
                Some(b'\n') => made.push("\n", Some(span.end() as u32)),
                _ => made.push("\n", None),
            }
        }
        made
    }

    /// This text, whose source is the text of `outer`, with its origins in the source of `outer`.
    pub fn through(&self, outer: &Self) -> Self {
        let mut made = Self::default();
        for piece in &self.pieces {
            let (at, len) = (piece.at as usize, piece.len as usize);
            match piece.origin {
                Some(origin) => outer.copy(origin as usize..origin as usize + len, &mut made),
                None => made.push(&self.text[at..at + len], None),
            }
        }
        made
    }

    /// Adds the text of `more`, whose source is the same; what would step back in the source is
    /// added without an origin.
    pub fn append(&mut self, more: &Self) {
        let mut done = self.pieces.iter().rev().find_map(|piece| Some(piece.origin? + piece.len));
        for piece in &more.pieces {
            let (at, len) = (piece.at as usize, piece.len as usize);
            let origin = piece.origin.filter(|origin| done.is_none_or(|done| *origin >= done));
            done = origin.map(|origin| origin + piece.len).or(done);
            self.push(&more.text[at..at + len], origin);
        }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Offset in the source of the byte at `offset` of the text; `None` for an added byte and
    /// past the end.
    pub fn origin(&self, offset: usize) -> Option<usize> {
        let piece = self.pieces[..self.piece_after(offset)].last()?;
        let into = offset - piece.at as usize;
        (into < piece.len as usize).then_some(piece.origin? as usize + into)
    }

    /// The span of the source from the first to the last copied byte of `span`.
    pub fn origin_span(&self, span: Span) -> Option<Span> {
        let end = span.end().min(self.text.len());
        let first = (span.start()..end).find_map(|at| self.origin(at))?;
        let last = (span.start()..end).rev().find_map(|at| self.origin(at))?;
        Some(Span::new(first, last + 1))
    }

    /// Applies `edits`, given in the text's own offsets; of overlapping ones the first wins, and
    /// one that cuts a character in two is left out.
    pub fn replace(&self, edits: &[Replace]) -> Self {
        let mut sorted: Vec<&Replace> = edits.iter().collect();
        sorted.sort_by_key(|edit| edit.at);
        let mut made = Self::default();
        let mut done = 0;
        for edit in sorted {
            let (start, end) = (edit.at.start(), edit.at.end());
            if start < done
                || !self.text.is_char_boundary(start)
                || !self.text.is_char_boundary(end)
            {
                continue;
            }
            self.copy(done..start, &mut made);
            made.push(&edit.with, None);
            done = end;
        }
        self.copy(done..self.text.len(), &mut made);
        made
    }

    /// The one-based source line of every line of the text, `lines` being the source's index.
    /// A line without a copied byte takes the line before it.
    pub fn source_lines(&self, lines: &LineIndex) -> Vec<u32> {
        let mut found: Vec<u32> = Vec::new();
        let mut at = 0;
        for line in self.text.split_inclusive('\n') {
            let origin = (at..at + line.len()).find_map(|offset| self.origin(offset));
            let known = origin.map(|offset| lines.line(offset));
            found.push(known.or(found.last().copied()).unwrap_or(1));
            at += line.len();
        }
        found
    }

    /// Where in `span` of the text copied stretches begin, and the offsets in the source that they
    /// came from.
    pub fn stretches(&self, span: Span) -> impl Iterator<Item = (usize, usize)> {
        let first = self.piece_after(span.start()).saturating_sub(1);
        let inside = self.pieces[first.min(self.pieces.len())..].iter();
        inside.take_while(move |piece| (piece.at as usize) < span.end()).filter_map(move |piece| {
            let (at, len) = (piece.at as usize, piece.len as usize);
            let start = at.max(span.start());
            (start < at + len).then_some((start, piece.origin? as usize + (start - at)))
        })
    }

    fn piece_after(&self, offset: usize) -> usize {
        self.pieces.partition_point(|piece| piece.at as usize <= offset)
    }

    fn copy(&self, range: std::ops::Range<usize>, into: &mut Self) {
        let first = self.piece_after(range.start).saturating_sub(1);
        for piece in &self.pieces[first.min(self.pieces.len())..] {
            let (at, len) = (piece.at as usize, piece.len as usize);
            let (start, end) = (at.max(range.start), (at + len).min(range.end));
            if at >= range.end {
                break;
            }
            if start < end {
                let origin = piece.origin.map(|origin| origin + (start - at) as u32);
                into.push(&self.text[start..end], origin);
            }
        }
    }

    fn push(&mut self, text: &str, origin: Option<u32>) {
        if text.is_empty() {
            return;
        }
        let (at, len) = (self.text.len() as u32, text.len() as u32);
        self.text.push_str(text);
        match self.pieces.last_mut() {
            Some(last) if continues(last, origin) => last.len += len,
            _ => self.pieces.push(Piece { at, len, origin }),
        }
    }
}

fn continues(last: &Piece, origin: Option<u32>) -> bool {
    match (last.origin, origin) {
        (Some(before), Some(next)) => before + last.len == next,
        (None, None) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_of_a_cut_leads_to_the_first_source() {
        let source = "a\\\"b\\n  c";
        let written = [Replace { at: Span::new(1, 3), with: "\"".into() }];
        let outer = Mapped::cut_written(source, &[Span::new(0, 4), Span::new(8, 9)], &written);
        assert_eq!(outer.text(), "a\"b\nc\n");
        let inner = Mapped::cut(outer.text(), [Span::new(1, 5)]).through(&outer);
        assert_eq!(inner.text(), "\"b\nc");
        assert_eq!([0, 1, 2, 3].map(|at| inner.origin(at)), [None, Some(3), None, Some(8)]);
    }

    #[test]
    fn bytes_know_their_origin_through_cuts_and_replacements() {
        let source = "> $ ls\n> $ pwd\n";
        let code = Mapped::cut_lines(source, &[Span::new(4, 6), Span::new(11, 14)]);
        assert_eq!(code.text(), "ls\npwd\n");
        assert_eq!(code.origin(3), Some(11));
        let edited = code.replace(&[
            Replace { at: Span::new(0, 0), with: "# ".into() },
            Replace { at: Span::new(2, 3), with: String::new() },
        ]);
        assert_eq!(edited.text(), "# lspwd\n");
        assert_eq!(edited.origin(0), None);
        assert_eq!(edited.origin(4), Some(11));
        assert_eq!(edited.source_lines(&LineIndex::new(source)), [1]);
        assert_eq!(code.source_lines(&LineIndex::new(source)), [1, 2]);
    }
}
