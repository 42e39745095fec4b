//! IPython cells in text: `In [n]:` on a line of its own, the code below it, the result below that.
//!
//! Markup knows nothing of cells and reads comments in them as headings and blocks as indented
//! code, so their lines are taken away from the blocks before those are looked at.

use std::ops::Range;

use super::lines_at;
use crate::model::{Block, BlockKind, Cue, Document, Region};
use crate::syntax::shape::{self, Shape};
use crate::syntax::{lexicon, session};
use crate::text::Mapped;

/// Takes the cells out of `blocks`: their regions, code and output, and what is left.
pub(super) fn carve(document: &Document, blocks: Vec<Block>) -> (Vec<Region>, Vec<Block>) {
    let closed = closed_lines(document, &blocks);
    let mut regions = Vec::new();
    let mut taken = vec![false; document.lines.count() as usize + 2];
    let mut number = 1;
    while number <= document.lines.count() {
        if closed[number as usize] || !is_marker(document.line(number)) {
            number += 1;
            continue;
        }
        let cell = Cell::read(document, number, &closed);
        taken[number as usize..cell.end as usize].fill(true);
        regions.extend(cell.regions(document));
        number = cell.end;
    }
    if regions.is_empty() {
        return (regions, blocks);
    }
    let left = blocks.into_iter().filter_map(|block| without(document, block, &taken)).collect();
    (regions, left)
}

/// The lines where no cell can be: all but those of indented code, and those that are prose from
/// end to end. What is only part of a line has markup beside it.
fn closed_lines(document: &Document, blocks: &[Block]) -> Vec<bool> {
    let mut closed = vec![true; document.lines.count() as usize + 2];
    for block in blocks {
        if matches!(block.kind, BlockKind::Indented(_)) {
            let (first, last) = document.lines.lines_of(block.at);
            closed[first as usize..=last as usize].fill(false);
        } else if block.kind == BlockKind::Prose {
            let mut number = 1;
            for span in &block.lines {
                number = document.lines.line_near(number, span.start());
                closed[number as usize] &= *span != document.lines.span(number);
            }
        }
    }
    closed
}

/// Whether `line` is `In [n]:` and nothing else.
fn is_marker(line: &str) -> bool {
    line.trim_start().starts_with("In")
        && matches!(session::prompt(line), Some((session::Kind::Ipython, len)) if line[len..].trim().is_empty())
}

fn is_out(line: &str) -> bool {
    line.trim_start().strip_prefix("Out").is_some_and(|rest| rest.trim_start().starts_with('['))
}

/// One cell by its lines: marker, code up to `code_end`, output up to `end`; both exclusive.
struct Cell {
    marker: u32,
    code_end: u32,
    output: u32,
    end: u32,
}

impl Cell {
    fn read(document: &Document, marker: u32, closed: &[bool]) -> Self {
        let limit = (marker + 1..=document.lines.count())
            .find(|&line| {
                closed[line as usize]
                    || session::prompt(document.line(line))
                        .is_some_and(|(kind, _)| kind == session::Kind::Ipython)
            })
            .unwrap_or(document.lines.count() + 1);
        let paragraphs = paragraphs(document, marker + 1, limit);
        let mut code_end = marker + 1;
        let mut last = None;
        let mut rest = paragraphs.iter().copied().peekable();
        while let Some((first, end)) = rest.next_if(|&(first, end)| {
            first == marker + 1 || last.is_some_and(|last| continues(document, last, first..end))
        }) {
            let out = (first..end).find(|&line| is_out(document.line(line)));
            code_end = out.unwrap_or(end);
            let code = (first..code_end).rev().map(|number| document.line(number));
            last = code.into_iter().find(|line| begins_statement(line)).or(last);
            if out.is_some() {
                break;
            }
        }
        // What is marked as the result is output up to the end of its paragraph.
        let marked = (code_end < limit && is_out(document.line(code_end))).then_some(code_end);
        let output = marked.or_else(|| rest.peek().map(|&(first, _)| first.max(code_end)));
        let output = output.unwrap_or(code_end);
        let marked_end = paragraphs.iter().find(|&&(_, end)| end > code_end).map(|&(_, end)| end);
        let printed = rest.take_while(|&(first, _)| !is_prose(document.line(first)));
        let end = printed.last().map(|(_, end)| end).or(marked_end.filter(|_| marked.is_some()));
        let end = end.unwrap_or(code_end);
        Self { marker, code_end, output, end }
    }

    fn regions(&self, document: &Document) -> Vec<Region> {
        let region = |first: u32, end: u32, cue| {
            let spans: Vec<_> = (first..end).map(|line| document.lines.span(line)).collect();
            Region {
                at: lines_at(document, first, end - 1),
                cue,
                tag: None,
                code: Mapped::cut_lines(&document.text, &spans),
                restored: None,
                printed: None,
                directives: Vec::new(),
                numbers: None,
            }
        };
        let mut regions = vec![region(self.marker, self.code_end, Cue::Ipython)];
        if self.output.max(self.code_end) < self.end {
            regions.push(region(self.output.max(self.code_end), self.end, Cue::Output));
        }
        regions
    }
}

/// First line and end, exclusive, of the paragraphs in `first..end`.
fn paragraphs(document: &Document, first: u32, end: u32) -> Vec<(u32, u32)> {
    let mut found: Vec<(u32, u32)> = Vec::new();
    for line in (first..end).filter(|&line| !document.line(line).trim().is_empty()) {
        match found.last_mut() {
            Some((_, last)) if *last == line => *last = line + 1,
            _ => found.push((line, line + 1)),
        }
    }
    found
}

/// Whether `line` begins a statement of a cell, as far as its margin tells.
fn begins_statement(line: &str) -> bool {
    !line.starts_with([' ', '\t', ')', ']', '}', '#']) && !line.trim().is_empty()
}

/// Whether the paragraph `next` is code of the cell whose last statement so far begins with the
/// line `last`: that prints nothing, so it cannot be its output, and it looks like code.
fn continues(document: &Document, last: &str, next: Range<u32>) -> bool {
    let word = last.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    let silent = ["def", "class", "import", "from", "async"].contains(&word)
        || shape::is_telling_statement(last) && last.contains('=');
    let first = document.line(next.start);
    let body = first.starts_with([' ', '\t']) && shape::is_header(last);
    // Comments alone would be headings.
    let code = next
        .map(|number| document.line(number))
        .find(|line| !line.starts_with('#'))
        .is_some_and(|line| shape::shape(line) == Shape::Python || line.starts_with('@'));
    silent && (code || body)
}

/// Whether `line` begins ordinary text: a heading, a list item, a link, or a sentence.
pub(super) fn is_prose(line: &str) -> bool {
    let trimmed = line.trim_start();
    let small = trimmed.split_whitespace().filter(|word| lexicon::is_small_word(word)).count();
    let listed = ["* ", "- ", "+ ", "> ", "[", "**"].iter().any(|mark| line.starts_with(mark));
    line.starts_with('#')
        || listed && small > 0
        || small >= 2
        || trimmed.starts_with("[") && trimmed.contains("](")
}

/// `block` without the lines in `taken`; `None` when nothing is left.
fn without(document: &Document, mut block: Block, taken: &[bool]) -> Option<Block> {
    if !matches!(block.kind, BlockKind::Indented(_) | BlockKind::Prose | BlockKind::CodeSpan) {
        return Some(block);
    }
    block.lines.retain(|span| !taken[document.lines.line(span.start()) as usize]);
    let (first, last) = (*block.lines.first()?, *block.lines.last()?);
    if matches!(block.kind, BlockKind::Indented(_)) {
        block.at = document
            .lines
            .lines_span(document.lines.line(first.start()), document.lines.line(last.start()));
    }
    Some(block)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DocPath;

    fn found(text: &str) -> Vec<(Cue, u32, u32)> {
        let document = Document::new(DocPath::new("a.md"), text.to_owned());
        let all = Block::new(
            BlockKind::Prose,
            document.lines.lines_span(1, document.lines.count()),
            (1..=document.lines.count()).map(|line| document.lines.span(line)).collect(),
        );
        let (regions, _) = carve(&document, vec![all]);
        let lines = |region: &Region| document.lines.lines_of(region.at);
        regions.iter().map(|region| (region.cue, lines(region).0, lines(region).1)).collect()
    }

    #[test]
    fn code_ends_where_something_is_printed() {
        let text = "In [1]:\nx = f(3)\n\ny = x\n\nIn [2]:\n# look\ny\n\n[1, 2]\n\n### Next\n";
        let cells = found(text);
        assert_eq!(
            cells,
            [
                (Cue::Ipython, 1, 2),
                (Cue::Output, 4, 4),
                (Cue::Ipython, 6, 8),
                (Cue::Output, 10, 10),
            ]
        );
    }

    #[test]
    fn a_definition_goes_on_below_a_blank_line() {
        let text =
            "In [1]:\ndef f():\n    a = 1\n\n    return a\n\ng = f()\n\nIn [2]:\ng\nOut[2]: 1\n";
        assert_eq!(
            found(text),
            [(Cue::Ipython, 1, 7), (Cue::Ipython, 9, 10), (Cue::Output, 11, 11)]
        );
    }
}
