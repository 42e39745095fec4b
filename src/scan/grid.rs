//! Tables that are drawn with plus signs and bars: each cell is a document of its own.
//!
//! Cells that span several columns keep the bars inside them as text. What is drawn around, and
//! which row is the head, is not asked.

use super::rows::Rows;
use crate::model::{Block, BlockKind, Document};
use crate::text::Span;

/// Adds the cells of the table whose upper border is at `line`, read in `format`, to `found`, and
/// returns the first line behind it; `None` where none begins there.
pub(super) fn read(
    document: &Document,
    rows: &mut Rows<'_>,
    line: u32,
    format: &'static str,
    found: &mut Vec<Block>,
) -> Option<u32> {
    let top = rows.text(line);
    let columns = columns(top)?;
    let start = top.len() - top.trim_start().len();
    let inside = |text: &str| {
        text.get(start..).is_some_and(|text| text.starts_with(['|', '+']))
            && text.trim_end().ends_with(['|', '+'])
    };
    let last = (line..=rows.count()).take_while(|&line| inside(rows.text(line))).last()?;
    let borders: Vec<u32> = (line..=last).filter(|&line| is_border(rows.text(line))).collect();
    if borders.len() < 2 {
        return None;
    }
    for pair in borders.windows(2) {
        for column in columns.windows(2) {
            found.extend(cell(
                document,
                rows,
                pair[0] + 1..pair[1],
                column[0] + 1..column[1],
                format,
            ));
        }
    }
    rows.take(line, last);
    Some(last + 1)
}

/// The cell in these lines and bytes of them; `None` where it holds no more than a line, or its
/// bars are not where the border has them.
fn cell(
    document: &Document,
    rows: &Rows<'_>,
    lines: std::ops::Range<u32>,
    bytes: std::ops::Range<usize>,
    format: &'static str,
) -> Option<Block> {
    if lines.len() < 2 {
        return None;
    }
    let at = document.lines.lines_span(lines.start, lines.end - 1);
    let cut = |line: u32| {
        let text = rows.text(line);
        let (before, inner) = (text.get(bytes.start - 1..bytes.start)?, text.get(bytes.clone())?);
        let after = text.get(bytes.end..)?;
        let barred = before == "|" && after.starts_with('|');
        // The blank beside a bar is no indentation.
        let blank = usize::from(inner.starts_with(' '));
        let start = document.lines.span(line).start() + bytes.start;
        barred.then(|| Span::new(start + blank, start + inner.trim_end().len().max(blank)))
    };
    let lines: Option<Vec<Span>> = lines.map(cut).collect();
    Some(Block::new(BlockKind::Inner(format), at, lines?))
}

/// Where the plus signs of the border `text` stand; `None` where it is none.
fn columns(text: &str) -> Option<Vec<usize>> {
    is_border(text).then(|| text.match_indices('+').map(|(at, _)| at).collect())
}

fn is_border(text: &str) -> bool {
    let text = text.trim();
    text.len() >= 5
        && text.starts_with('+')
        && text.ends_with('+')
        && (text.contains("--") || text.contains("=="))
        && text.bytes().all(|byte| matches!(byte, b'+' | b'-' | b'=' | b':'))
}
