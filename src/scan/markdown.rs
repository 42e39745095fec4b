//! CommonMark, as pulldown-cmark reads it, with what its dialects add.
//!
//! Code blocks and code spans come from the parser; every line that no code block holds is prose
//! for the common search. Where `dialects` finds what the parser takes for something else, those
//! lines are hidden and the rest is parsed again.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::dialects::{self, Additions, Reading};
use super::directives::{self, Content};
use super::{Format, kramdown, no_trouble};
use crate::model::{Block, BlockKind, Document};
use crate::syntax::shape;
use crate::text::{Replace, Span};

pub(super) const FORMAT: Format = Format { name: "markdown", sniff, blocks, trouble: no_trouble };

const EXTENSIONS: &[&str] = &["md", "markdown", "mdown", "mkd", "mdx", "kramdown", "qmd", "rmd"];

fn sniff(document: &Document) -> bool {
    match document.path.extension() {
        Some(extension) if EXTENSIONS.contains(&extension.as_str()) => true,
        _ => signs(document) >= 2,
    }
}

/// How many different signs of Markdown the document shows, counted up to what is needed.
fn signs(document: &Document) -> usize {
    let mut heading = 0;
    let (mut fence, mut link, mut front, mut span) = (false, false, false, 0);
    for (number, line) in document.text.lines().enumerate().take(5000) {
        let marks = line.bytes().take_while(|&byte| byte == b'#').count();
        heading += usize::from((1..=6).contains(&marks) && line[marks..].starts_with(' '));
        fence |= line.starts_with("```") || line.starts_with("~~~");
        link |= line.contains("](");
        front |= number == 0 && line == "---";
        span += usize::from(line.matches('`').count() == 2);
    }
    [heading >= 2, heading >= 10, fence, link, front, span >= 3].iter().filter(|sign| **sign).count()
}

/// What is hidden may have looked like the start of a fence, below which nothing was seen.
const MOST_READINGS: usize = 3;

fn blocks(document: &Document) -> Vec<Block> {
    let front = kramdown::front_matter(document);
    let mut blocks = parse(document, &document.text, front);
    let mut added = dialects::find(document, &readings(document, &blocks, front));
    let mut hidden = Vec::new();
    for _ in 0..MOST_READINGS {
        if added.hidden == hidden {
            break;
        }
        blocks = parse(document, &hide(document, &added), front);
        hidden = added.hidden;
        added = dialects::find(document, &readings(document, &blocks, front));
    }
    blocks.extend(added.blocks);
    let mut claimed = attributes(document, &mut blocks);
    claimed.extend(added.marks);
    for block in &mut blocks {
        finish(document, block);
    }
    blocks.push(prose(document, &blocks, front, &claimed));
    blocks
}

/// The blocks of code that CommonMark sees in `text`, which is that of `document` but for what is
/// hidden.
fn parse(document: &Document, text: &str, front: u32) -> Vec<Block> {
    let skip = if front == 0 { 0 } else { document.lines.span(front + 1).start() };
    let mut reader =
        Reader { document, text, skip, blocks: Vec::new(), open: None, in_table: false };
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
    let body = text.get(skip..).unwrap_or("");
    for (event, range) in Parser::new_ext(body, options).into_offset_iter() {
        reader.take(event, Span::new(range.start + skip, range.end + skip));
    }
    reader.blocks
}

/// What CommonMark says of every line of `document`, by number.
fn readings(document: &Document, blocks: &[Block], front: u32) -> Vec<Reading> {
    let mut readings = vec![Reading::Text; document.lines.count() as usize + 2];
    readings[..=front as usize].fill(Reading::Closed);
    for block in blocks.iter().filter(|block| is_code(block)) {
        let (first, last) = document.lines.lines_of(block.at);
        let fenced = matches!(block.kind, BlockKind::Fenced(_));
        readings[first as usize..=last as usize]
            .fill(if fenced { Reading::Closed } else { Reading::Indented });
    }
    readings
}

/// The text of `document` with blanks in the place of the hidden lines, byte for byte.
fn hide(document: &Document, added: &Additions) -> String {
    let mut text = String::with_capacity(document.text.len());
    for line in &added.hidden {
        let span = document.lines.span(*line);
        if let Some(kept) = document.text.get(text.len()..span.start()) {
            text.push_str(kept);
            text.extend(std::iter::repeat_n(' ', span.len()));
        }
    }
    text.push_str(document.text.get(text.len()..).unwrap_or(""));
    text
}

/// Settles what `block` is by its info string and its first lines.
fn finish(document: &Document, block: &mut Block) {
    let line = |span: &Span| document.text.get(span.range()).unwrap_or("");
    let first = block.lines.first().and_then(|span| directives::first_line(line(span)));
    match &block.kind {
        BlockKind::Fenced(info) => match directives::content(info) {
            Some(content) => {
                let options = directives::options(block.lines.iter().map(line));
                block.lines.drain(..options);
                block.kind = match content {
                    Content::Code(info) => BlockKind::Fenced(info),
                    Content::Output => BlockKind::Output,
                    Content::Text => BlockKind::Inner("markdown"),
                };
            }
            None if info.trim().is_empty() && first.is_some() => {
                block.lines.remove(0);
                block.kind = BlockKind::Fenced(first.unwrap_or_default());
            }
            None => {}
        },
        BlockKind::Indented(None) if first.is_some() => {
            block.lines.remove(0);
            block.kind = BlockKind::Indented(first);
        }
        // MDX has no code by indentation.
        BlockKind::Indented(None)
            if document.path.extension().as_deref() == Some("mdx")
                || hides_fence(block.lines.iter().map(line)) =>
        {
            block.kind = BlockKind::Inner("markdown");
        }
        _ => {}
    }
}

/// Whether `lines` hold a fence and its end: dialects indent what belongs to an item or a term
/// further than CommonMark does.
fn hides_fence<'t>(lines: impl Iterator<Item = &'t str>) -> bool {
    let mut fences = lines.map(str::trim).filter_map(|line| {
        let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let rest = line.trim_start_matches(mark);
        (line.len() - rest.len() >= 3 && !rest.contains('`')).then_some((mark, rest.is_empty()))
    });
    let open = fences.next();
    open.is_some_and(|(mark, _)| fences.any(|(other, closes)| closes && other == mark))
}

struct Reader<'d> {
    document: &'d Document,
    text: &'d str,
    skip: usize,
    blocks: Vec<Block>,
    open: Option<Block>,
    in_table: bool,
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>, at: Span) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let kind = match kind {
                    CodeBlockKind::Fenced(info) => BlockKind::Fenced(info.into_string()),
                    CodeBlockKind::Indented => BlockKind::Indented(None),
                };
                self.open = Some(Block::new(kind, self.whole_lines(at), Vec::new()));
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

/// Gives each code block the language of the attribute line that belongs to it, and returns the
/// lines of attributes.
fn attributes(document: &Document, blocks: &mut [Block]) -> Vec<u32> {
    let mut claimed = Vec::new();
    for block in blocks.iter_mut().filter(|block| is_code(block)) {
        let (first, last) = document.lines.lines_of(block.at);
        let below = kramdown::attribute_line(document.line(last + 1)).map(|tag| (last + 1, tag));
        let above = || {
            let line = first.checked_sub(1).filter(|line| *line > 0)?;
            kramdown::attribute_line(document.line(line)).map(|tag| (line, tag))
        };
        let Some((line, tag)) = below.or_else(above) else { continue };
        claimed.push(line);
        match (&mut block.kind, tag) {
            (BlockKind::Fenced(info), Some(tag)) if info.trim().is_empty() => *info = tag,
            (BlockKind::Indented(known), Some(tag)) => *known = Some(tag),
            _ => {}
        }
    }
    claimed
}

fn is_code(block: &Block) -> bool {
    matches!(block.kind, BlockKind::Fenced(_) | BlockKind::Indented(_))
}

/// Every line that no code block, attribute or front matter holds.
fn prose(document: &Document, blocks: &[Block], front: u32, claimed: &[u32]) -> Block {
    let count = document.lines.count();
    let mut taken = vec![false; count as usize + 2];
    taken[..=front as usize].fill(true);
    let set_apart = |block: &&Block| block.kind != BlockKind::CodeSpan;
    for block in blocks.iter().filter(set_apart) {
        let (first, last) = document.lines.lines_of(block.at);
        taken[first as usize..=last as usize].fill(true);
    }
    for line in claimed {
        taken[*line as usize] = true;
    }
    let lines: Vec<Span> =
        (1..=count).filter(|line| !taken[*line as usize]).map(|line| document.lines.span(line)).collect();
    Block::new(BlockKind::Prose, document.lines.lines_span(1, count), lines)
}

#[cfg(test)]
mod tests {
    use super::super::tests::code_in;
    use super::*;
    use crate::model::DocPath;

    fn code(text: &str) -> Vec<(BlockKind, String)> {
        code_in(&FORMAT, "a.md", text)
    }

    #[test]
    fn blocks_lose_the_prefixes_of_their_containers() {
        let fenced = |info: &str, code: &str| vec![(BlockKind::Fenced(info.into()), code.to_owned())];
        let indented = |code: &str| vec![(BlockKind::Indented(None), code.to_owned())];
        assert_eq!(code("> ```py\n> a\n>  b\n> ```\n"), fenced("py", "a\n b\n"));
        assert_eq!(code("- x\n\n  ~~~ sh\n  a\n\n  b\n  ~~~\n"), fenced("sh", "a\n\nb\n"));
        assert_eq!(code("a\n\n\tb\n\t\tc\n\nd"), indented("b\n\tc\n"));
        assert_eq!(code("~~~\na\n~~~\n{: .language-python}\n"), fenced("python", "a\n"));
        assert_eq!(code("```\nnever closed\n"), fenced("", "never closed\n"));
        assert_eq!(code("a `ls -l` d"), [(BlockKind::CodeSpan, "ls -l\n".to_owned())]);
    }

    #[test]
    fn front_matter_is_neither_code_nor_prose() {
        let document = Document::new(DocPath::new("a.md"), "---\na: b\n---\ntext\n".to_owned());
        let found = blocks(&document);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].lines.len(), 2);
    }
}
