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
    let mut prose = Block::new(BlockKind::Prose, document.lines.lines_span(1, count), (1..=count).map(|line| document.lines.span(line)).collect());
    let deep = deep_paragraphs(&lines::of(document, &prose));
    let mut blocks = Vec::with_capacity(deep.len() + 1);
    for (first, last) in &deep {
        blocks.push(Block::new(BlockKind::Indented(None), document.lines.lines_span(*first, *last), (*first..=*last).map(|line| document.lines.span(line)).collect()));
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

/// First and last line of every paragraph that follows a blank line, stands four columns deep or
/// more, and does not go on with code above it.
fn deep_paragraphs(lines: &[lines::Line<'_>]) -> Vec<(u32, u32)> {
    let mut found: Vec<(u32, u32)> = Vec::new();
    let mut code_above = false;
    let mut after_blank = true;
    for line in lines {
        if line.text.trim().is_empty() {
            after_blank = true;
            continue;
        }
        let deep = !line.listed && line.indent >= 4;
        let joins = found.last_mut().filter(|(_, last)| *last + 1 == line.number);
        match joins {
            Some(block) if deep => block.1 = line.number,
            _ => {
                if deep && after_blank && !code_above {
                    found.push((line.number, line.number));
                }
                let code = matches!(shape::shape(line.text), Shape::Python | Shape::Shell);
                code_above = code || deep && code_above;
            }
        }
        after_blank = false;
    }
    found
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
