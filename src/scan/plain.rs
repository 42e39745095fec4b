//! Text without markup that is known: everything is prose, except that paragraphs which stand
//! deeper than the text around them may be code.
//!
//! The last format: it takes every document.

use super::{Format, lines, no_trouble};
use crate::model::{Block, BlockKind, Document};
use crate::syntax::shape::{self, Shape};

pub(super) const FORMAT: Format = Format { name: "plain", sniff: |_| true, blocks, trouble: no_trouble };

fn blocks(document: &Document) -> Vec<Block> {
    let count = document.lines.count();
    let whole = (1..=count).map(|line| document.lines.span(line)).collect();
    let mut prose = Block::new(BlockKind::Prose, document.lines.lines_span(1, count), whole);
    let lines = lines::of(document, &prose);
    let deep = deep_paragraphs(&lines);
    let mut blocks = Vec::with_capacity(deep.len() + 1);
    for (first, last) in &deep {
        let inside = lines[*first as usize - 1..*last as usize].iter().map(|line| line.at).collect();
        let at = document.lines.lines_span(*first, *last);
        blocks.push(Block::new(BlockKind::Indented(None), at, inside));
    }
    let mut taken = deep.into_iter().peekable();
    prose.lines.retain(|span| {
        let number = document.lines.line(span.start());
        while taken.next_if(|(_, last)| *last < number).is_some() {}
        taken.peek().is_none_or(|(first, _)| number < *first)
    });
    blocks.push(prose);
    blocks
}

/// Columns that the text around each of `lines` stands at: zero, but below a title in capitals, as
/// manuals have it, with a line right below that stands off the margin. What follows stands as deep
/// as that line, up to the next one at the margin.
fn margins(lines: &[lines::Line<'_>]) -> Vec<usize> {
    let mut margin = 0;
    let mut found = Vec::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        if line.indent == 0 && !line.text.trim().is_empty() {
            let below = lines.get(at + 1).filter(|below| !below.text.trim().is_empty());
            let set = below.filter(|below| is_title(line.text) && below.indent >= DEEP);
            margin = set.map_or(0, |below| below.indent);
        }
        found.push(margin);
    }
    found
}

/// Whether `line` is in capitals.
fn is_title(line: &str) -> bool {
    const LONGEST: usize = 60;
    let spoken = |c: char| c.is_alphanumeric() || " -/&,".contains(c);
    line.len() <= LONGEST
        && line.contains(char::is_uppercase)
        && !line.contains(char::is_lowercase)
        && line.trim_end().chars().all(spoken)
}

/// Columns by which a paragraph stands off when it is no ordinary text.
const DEEP: usize = 4;

/// First and last line of every paragraph that follows a blank line, stands four columns deeper
/// than the text around it or more, and does not go on with code above it.
fn deep_paragraphs(lines: &[lines::Line<'_>]) -> Vec<(u32, u32)> {
    let mut found: Vec<(u32, u32)> = Vec::new();
    let mut code_above = false;
    // Number of the last line that is not blank, and indentation of the first in its paragraph.
    let mut above = (0, 0);
    let mut after_blank = true;
    for (line, margin) in lines.iter().zip(margins(lines)) {
        if line.text.trim().is_empty() {
            after_blank = true;
            continue;
        }
        let deep = !line.listed && line.indent >= margin + DEEP;
        // Below a blank line code goes on that stands as deep.
        let goes_on = |last: u32| {
            let code = is_code(line.text) || line.indent > above.1;
            last + 1 == line.number || code_above && last == above.0 && line.indent >= above.1 && code
        };
        let joins = found.last_mut().filter(|(_, last)| goes_on(*last));
        match joins {
            Some(block) if deep => {
                block.1 = line.number;
                code_above |= is_code(line.text);
            }
            _ => {
                if deep && after_blank && !code_above {
                    found.push((line.number, line.number));
                }
                code_above = is_code(line.text) || deep && code_above;
                above.1 = line.indent;
            }
        }
        // A rule under a title sets apart as a blank line does.
        after_blank = is_rule(line.text);
        above.0 = line.number;
    }
    found
}

/// Whether `line` is a line of equal marks, as under titles.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 3 && ['-', '=', '~', '*'].iter().any(|mark| line.chars().all(|c| c == *mark))
}

fn is_code(line: &str) -> bool {
    matches!(shape::shape(line), Shape::Python | Shape::Shell)
        || line.trim_start().starts_with('@') && shape::is_inner_line(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DocPath;

    #[test]
    fn deep_paragraphs_are_set_apart_unless_code_goes_on() {
        let text = "Then:\n\n\timport a\n\ta.b()\n\nrm *.o\n\n\trm *.a\n    lazy\n";
        let document = Document::new(DocPath::new("a"), text.to_owned());
        let found = blocks(&document);
        let at: Vec<_> = found.iter().map(|block| document.lines.lines_of(block.at)).collect();
        assert_eq!(at[0], (3, 4));
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].lines.len(), document.lines.count() as usize - 2);
    }
}
