//! The code that CommonMark sees in a text: blocks by fence or indentation, and code spans.
//!
//! The parser makes a tree of all that it is given, many times as large as the text. So it is
//! given a window at a time, and the next window begins with the last block that stands by itself;
//! nothing that follows can change what a finished block was. What dialects add is not known here.

use std::borrow::Cow;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::html;
use crate::model::{Block, BlockKind, Document};
use crate::syntax::shape;
use crate::text::{Replace, Span};

/// How much the parser is given at a time, in bytes; more where a single block is larger.
const WINDOW: usize = 1 << 20;

/// What a line holds beyond this many bytes is text and nothing else. Nobody writes such lines, and
/// every mark in one takes room.
const LONGEST_LINE: usize = 64 * 1024;

/// The blocks of code and the code spans in `text` from the byte `skip` on. `text` is that of
/// `document` but for what is hidden, byte for byte.
pub(super) fn read(document: &Document, text: &str, skip: usize) -> Vec<Block> {
    let mut reader = Reader {
        document,
        text,
        skip,
        blocks: Vec::new(),
        open: None,
        in_table: false,
        span_from: None,
    };
    let (mut start, mut size) = (skip, WINDOW);
    while start < text.len() {
        let end = line_end(text, start + size);
        match reader.take_window(start, end) {
            Some(next) => (start, size) = (next, WINDOW),
            None => size *= 2,
        }
    }
    reader.blocks
}

/// The end of the line that holds byte `at` of `text`, behind its newline.
fn line_end(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or(&[]);
    rest.iter().position(|&byte| byte == b'\n').map_or(text.len(), |end| at + end + 1)
}

/// The start of the line at which the outermost block at byte `at` of `text` begins, if a reader
/// that begins there sees the same block: below a blank line, or where it is not so deep that it
/// would be code. The first block of all is none.
fn alone(text: &str, at: usize) -> Option<usize> {
    let line = text[..at].rfind('\n')? + 1;
    let blank = &text[line..at];
    (text[..line - 1].ends_with('\n') || blank.len() < 4 && !blank.contains('\t')).then_some(line)
}

/// `text` with letters for what its long lines hold beyond the bound, byte for byte as long.
fn bounded(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST_LINE || text.split('\n').all(|line| line.len() <= LONGEST_LINE) {
        return Cow::Borrowed(text);
    }
    let mut made = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let content = line.strip_suffix('\n').unwrap_or(line);
        let kept = content.floor_char_boundary(LONGEST_LINE);
        made.push_str(&content[..kept]);
        made.extend(std::iter::repeat_n('x', content.len() - kept));
        made.push_str(&line[content.len()..]);
    }
    Cow::Owned(made)
}

struct Reader<'d> {
    document: &'d Document,
    text: &'d str,
    skip: usize,
    blocks: Vec<Block>,
    open: Option<Block>,
    in_table: bool,
    /// The tag of HTML that begins a code span.
    span_from: Option<Span>,
}

impl Reader<'_> {
    /// Takes what begins in the bytes `start..end`, which are whole lines, and returns where to go
    /// on; `None` where no block but the first stands by itself, and nothing is taken.
    fn take_window(&mut self, start: usize, end: usize) -> Option<usize> {
        let text = bounded(self.text.get(start..end).unwrap_or(""));
        let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
        let last = end >= self.text.len();
        let before = self.blocks.len();
        self.span_from = None;
        let (mut depth, mut apart) = (0usize, None);
        for (event, range) in Parser::new_ext(&text, options).into_offset_iter() {
            match &event {
                Event::Start(_) => {
                    if depth == 0 && !last {
                        let next = alone(&text, range.start).map(|line| start + line);
                        apart = next.map(|next| (next, self.blocks.len())).or(apart);
                    }
                    depth += 1;
                }
                Event::End(_) => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.take(event, Span::new(range.start + start, range.end + start));
        }
        if last {
            return Some(end);
        }
        self.blocks.truncate(apart.map_or(before, |(_, known)| known));
        apart.map(|(next, _)| next)
    }

    fn take(&mut self, event: Event<'_>, at: Span) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let kind = match kind {
                    CodeBlockKind::Fenced(info) => BlockKind::Fenced(info.into_string()),
                    CodeBlockKind::Indented => BlockKind::Indented(None),
                };
                self.open = Some(Block::new(kind, self.whole_lines(at), Vec::new()));
            }
            Event::Start(Tag::HtmlBlock) => {
                self.open =
                    Some(Block::new(BlockKind::Inner("html"), self.whole_lines(at), Vec::new()));
            }
            Event::End(TagEnd::HtmlBlock) => {
                let block = self.open.take().filter(|block| self.holds_code(block.at));
                self.blocks.extend(block);
            }
            Event::Html(_) => {
                if let Some(block) = &mut self.open {
                    push_lines(self.text, at, &mut block.lines);
                }
            }
            Event::InlineHtml(tag) if html::begins_code(&tag) => self.span_from = Some(at),
            Event::InlineHtml(tag) if html::ends_code(&tag) => {
                if let Some(start) = self.span_from.take() {
                    self.blocks.extend(html::spans(self.document, start.cover(at)));
                }
            }
            // A span ends where its paragraph does.
            Event::End(
                TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::TableCell,
            ) => {
                self.span_from = None;
            }
            Event::End(TagEnd::CodeBlock) => self.blocks.extend(self.open.take()),
            Event::Text(_) => {
                if let Some(block) = &mut self.open {
                    push_lines(self.text, at, &mut block.lines);
                }
            }
            Event::Code(_) => self.blocks.extend(code_span(self.text, at, self.in_table)),
            Event::Start(Tag::Table(_)) => self.in_table = true,
            Event::End(TagEnd::Table) => self.in_table = false,
            _ => {}
        }
    }

    /// Whether the HTML at `at` holds code that is not left open: a blank line ends it for
    /// CommonMark, not for browsers.
    fn holds_code(&self, at: Span) -> bool {
        let text = self.text.get(at.range()).unwrap_or("");
        match html::opens_pre(text) {
            true => html::closes_pre(text),
            false => html::begins_code(text),
        }
    }

    /// `at` without the blanks and line ends that the parser counts to a block.
    fn whole_lines(&self, at: Span) -> Span {
        let text = self.text.get(at.range()).unwrap_or("");
        let end = at.start() + text.trim_end().len();
        let (first, last) = self.document.lines.lines_of(Span::new(at.start().max(self.skip), end));
        self.document.lines.lines_span(first, last)
    }
}

/// Adds the lines of the text event at `at`: the parser gives a line, or several, at a time, and
/// its spans leave out the prefixes of quotes and lists.
fn push_lines(source: &str, at: Span, lines: &mut Vec<Span>) {
    let Some(text) = source.get(at.range()) else { return };
    let mut start = at.start();
    for line in text.split_inclusive('\n') {
        let content = line.strip_suffix('\n').unwrap_or(line);
        let joins = lines.last().is_some_and(|last| last.end() == start);
        match lines.last_mut() {
            // A line cut in two by the parser, as at a tab that is half indentation.
            Some(last) if joins && !source[..start].ends_with('\n') => {
                *last = Span::new(last.start(), start + content.len());
            }
            _ => lines.push(Span::new(start, start + content.len())),
        }
        start += line.len();
    }
}

/// A code span without its backticks; `None` where it goes over a line's end or has not the shape
/// of a command or statement. In tables a bar is written `\|`.
fn code_span(source: &str, at: Span, in_table: bool) -> Option<Block> {
    let text = source.get(at.range())?;
    let ticks = text.bytes().take_while(|&byte| byte == b'`').count();
    let inner = text.get(ticks..text.len().checked_sub(ticks)?)?;
    let span = Span::new(at.start() + ticks, at.end() - ticks);
    // Documents hold many spans that only name something: those are dropped at once.
    if !shape::is_typeable(inner) || inner.contains('\n') {
        return None;
    }
    let mut block = Block::new(BlockKind::CodeSpan, at, vec![span]);
    if in_table {
        let escaped = inner.match_indices("\\|").map(|(found, _)| span.start() + found);
        let bar = |start| Replace { at: Span::new(start, start + 1), with: String::new() };
        block.written = escaped.map(bar).collect();
    }
    Some(block)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DocPath;

    fn found(text: &str) -> Vec<Block> {
        read(&Document::new(DocPath::new("a.md"), text.to_owned()), text, 0)
    }

    /// Everything in a block moved by `by` bytes.
    fn moved(block: &Block, by: usize) -> Block {
        let moved = |span: Span| Span::new(span.start() + by, span.end() + by);
        let lines = block.lines.iter().map(|span| moved(*span)).collect();
        Block::new(block.kind.clone(), moved(block.at), lines)
    }

    #[test]
    fn windows_are_not_seen_in_what_is_found() {
        let parts = [
            "# Title\ntext with `ls -l` in it\n\n",
            "- item\n\n  ```py\n  a\n\n  # b\n  ```\n\n      ls -l\n\n",
            "```sh\nls\n\n# not a heading\n\n- no item\n```\ntext\n\n",
            "    indented\n\n    more\n\n[a]: b\n\n> ```\n> a\n> ```\n\n",
            "<!-- `ls -l`\n\n    no code\n\n-->\n\n",
            "1. a\n\n       b\n\n2. `rm -r c`\n\n",
        ];
        let part = parts.concat();
        let one = found(&part);
        let times = 2 * WINDOW / part.len() + 3;
        let all = found(&part.repeat(times));
        assert_eq!(all.len(), times * one.len());
        for (at, block) in all.iter().enumerate() {
            let by = at / one.len() * part.len();
            assert_eq!(*block, moved(&one[at % one.len()], by));
        }
    }

    #[test]
    fn a_block_may_be_larger_than_a_window() {
        let body = "x = 1\n\n# y\n\n".repeat(2 * WINDOW / 12);
        let all = found(&format!("a\n\n```py\n{body}```\n\nb `ls -l`\n"));
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].lines.len(), body.lines().count());
    }

    #[test]
    fn the_end_of_a_very_long_line_is_text() {
        let long = "`ls -l` é ".repeat(LONGEST_LINE / 5);
        let all = found(&format!("{long}\n\n```\n{long}\n```\n"));
        let spans = all.iter().filter(|block| block.kind == BlockKind::CodeSpan).count();
        assert!((1..=LONGEST_LINE / 10).contains(&spans));
        let fence = all.last().expect("the fence");
        assert_eq!(fence.lines[0].len(), long.len());
    }
}
