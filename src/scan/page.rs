//! The text of an HTML page as readers see it, line by line: without tags, references decoded.
//!
//! Each part of the page is a document of its own, so that nothing goes on from one to the next.
//! Preformatted text and code spans are found elsewhere.

use super::elements::Piece;
use super::entities;
use super::html::{is_block, is_code};
use crate::model::{Block, BlockKind, Document};
use crate::text::{Replace, Span};

/// The text in `pieces`, which are all of `document` but preformatted text. Lines with code spans in
/// them are left out: those are found on their own.
pub(super) fn prose<'d>(
    document: &'d Document,
    pieces: impl Iterator<Item = (Span, Piece<'d>)>,
) -> Vec<Block> {
    let mut page = Page::new(document);
    let mut done = 0;
    for (at, piece) in pieces {
        if at.start() > done {
            // Preformatted text stands here.
            page.part_here(at.start());
        }
        done = at.end();
        page.take(at, piece);
    }
    page.part_here(document.text.len());
    page.found
}

/// The text of a page while it is read.
struct Page<'d> {
    document: &'d Document,
    found: Vec<Block>,
    /// The piece of text that is read.
    lines: Vec<Span>,
    written: Vec<Replace>,
    /// The line that is read: its text so far, and whether a code span is in it.
    line: Option<(Span, bool)>,
    in_code: bool,
    /// Whether the line of the document has shown text, and whether it has tags that part text.
    filled: bool,
    tagged: bool,
}

impl<'d> Page<'d> {
    fn new(document: &'d Document) -> Self {
        Self {
            document,
            found: Vec::new(),
            lines: Vec::new(),
            written: Vec::new(),
            line: None,
            in_code: false,
            filled: false,
            tagged: false,
        }
    }

    fn take(&mut self, at: Span, piece: Piece<'_>) {
        match piece {
            Piece::Text => self.text(at),
            Piece::Open(name, _) | Piece::Close(name) if is_part(name) => {
                self.in_code = false;
                self.part_here(at.start());
            }
            Piece::Open(name, _) | Piece::Close(name) if name.eq_ignore_ascii_case("br") => {
                // A break behind nothing is a blank line.
                if self.line.is_none() {
                    self.blank(at.start());
                }
                self.end_line(at.start());
                self.filled = true;
            }
            Piece::Open(name, _) | Piece::Close(name) if is_block(name) => {
                self.tagged = true;
                self.in_code = false;
                self.end_line(at.start());
            }
            Piece::Open(name, _) if is_code(name) => self.in_code = true,
            Piece::Close(name) if is_code(name) => self.in_code = false,
            Piece::Hidden => self.tagged = true,
            Piece::Open(..) | Piece::Close(_) => {}
        }
    }

    fn text(&mut self, at: Span) {
        let text = self.document.text.get(at.range()).unwrap_or("");
        let mut start = at.start();
        for part in text.split_inclusive('\n') {
            let content = part.strip_suffix('\n').unwrap_or(part);
            if !content.trim().is_empty() || self.line.is_some() && !content.is_empty() {
                self.show(Span::new(start, start + content.len()), content);
            }
            start += part.len();
            if content.len() < part.len() {
                self.end_line(start);
                match (self.filled, self.tagged) {
                    (true, _) => {}
                    // A line of tags alone sets apart what stands above and below.
                    (false, true) => self.part_here(start - 1),
                    (false, false) => self.blank(start - 1),
                }
                (self.filled, self.tagged) = (false, false);
            }
        }
    }

    /// Adds `text`, which stands at `at`, to the line; what stands between is markup.
    fn show(&mut self, at: Span, text: &str) {
        let known = self.line.map(|(line, _)| line);
        if let Some(line) = known.filter(|line| line.end() < at.start()) {
            let between = Span::new(line.end(), at.start());
            self.written.push(Replace { at: between, with: String::new() });
        }
        let mut done = 0;
        for (offset, _) in text.match_indices('&').filter(|_| text.contains(';')) {
            if offset >= done
                && let Some((len, with)) = entities::reference(&text[offset..])
            {
                let place = at.start() + offset;
                self.written.push(Replace { at: Span::new(place, place + len), with });
                done = offset + len;
            }
        }
        let coded = self.in_code || self.line.is_some_and(|(_, coded)| coded);
        self.line = Some((known.map_or(at, |line| line.cover(at)), coded));
        self.filled = true;
    }

    fn end_line(&mut self, place: usize) {
        match self.line.take() {
            Some((line, false)) => self.lines.push(line),
            Some((_, true)) => self.blank(place),
            None => {}
        }
    }

    fn blank(&mut self, place: usize) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(Span::new(place, place));
        }
    }

    /// Ends the piece of text at `place`.
    fn part_here(&mut self, place: usize) {
        self.end_line(place);
        let lines = dedented(self.document, std::mem::take(&mut self.lines));
        let mut written = std::mem::take(&mut self.written);
        written.retain(|replace| {
            let line = lines.partition_point(|line| line.start() <= replace.at.start());
            line > 0 && lines[line - 1].end() >= replace.at.end()
        });
        if let (Some(first), Some(last)) = (lines.first(), lines.last()) {
            let at = first.cover(*last);
            self.found.push(Block { written, ..Block::new(BlockKind::Inner("plain"), at, lines) });
        }
    }
}

/// Whether elements of this name are parts of a page, no more than their neighbours by chance.
fn is_part(name: &str) -> bool {
    let known = [
        "ul",
        "ol",
        "dl",
        "table",
        "section",
        "article",
        "aside",
        "nav",
        "blockquote",
        "hr",
        "pre",
    ];
    let heading = name.len() == 2
        && name.starts_with(['h', 'H'])
        && name.ends_with(|c: char| c.is_ascii_digit());
    heading || known.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// `lines` without the indentation that those between two blank ones share: how deep a page is
/// nested says nothing about its text.
fn dedented(document: &Document, mut lines: Vec<Span>) -> Vec<Span> {
    let indent = |line: &Span| {
        let text = document.text.get(line.range()).unwrap_or("");
        text.len() - text.trim_start_matches([' ', '\t']).len()
    };
    for group in lines.split_mut(|line| line.is_empty()) {
        let shared = group.iter().map(indent).min().unwrap_or(0);
        for (at, line) in group.iter_mut().enumerate() {
            let cut = if at == 0 { indent(line) } else { shared };
            *line = Span::new(line.start() + cut, line.end());
        }
    }
    lines
}
