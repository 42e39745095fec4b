//! Documents inside documents: the bodies of admonitions, the cells of text in a notebook,
//! docstrings.
//!
//! Their lines are read as a document of their own, in the format that is named; what is found is
//! given back by its place in the document around it. What makes a body is for the formats.

use super::{Format, Reach, format_named, plain};
use crate::model::{Block, Document, Region, Remark};
use crate::text::{Mapped, Span};

/// Documents that lie deeper than this are read as plain text: each step reads its text anew.
const DEEPEST: usize = 8;

/// The regions in the lines of `block`, read in the format of that name, or else as plain text.
/// `reach` is that of `document`, and `remarks` are about it.
pub(super) fn regions(
    document: &Document,
    block: &Block,
    name: &'static str,
    reach: Reach,
    remarks: &mut Vec<Remark>,
) -> Vec<Region> {
    let outer = Mapped::cut_written(&document.text, &block.lines, &block.written);
    let mut inner = Document::new(document.path.clone(), outer.text().to_owned());
    inner.format = Some(name.to_owned());
    let format: &Format =
        format_named(name).filter(|_| reach.depth < DEEPEST).unwrap_or(&plain::FORMAT);
    let reach = Reach { depth: reach.depth + 1, ..reach };
    let mut told = Vec::new();
    let mut found = super::regions(&inner, format, reach, &mut told);
    let place = |span: Span| outer.origin_span(span).unwrap_or(block.at);
    remarks.extend(told.into_iter().map(|remark| Remark { at: place(remark.at), ..remark }));
    for region in &mut found {
        let copied = outer.origin_span(region.at);
        region.at = copied.unwrap_or_else(|| whole_lines(&inner, block, region.at));
        region.code = region.code.through(&outer);
        if let Some(printed) = &mut region.printed {
            printed.text = printed.text.through(&outer);
            printed.spans = printed.spans.iter().map(|span| place(*span)).collect();
        }
        for directive in &mut region.directives {
            directive.at = place(directive.at);
        }
    }
    found
}

/// The lines of `block` that `at` of the `inner` document touches: where all of it is written in
/// another way, no byte of it leads back.
fn whole_lines(inner: &Document, block: &Block, at: Span) -> Span {
    let (first, last) = inner.lines.lines_of(at);
    let line = |number: u32| block.lines.get(number as usize - 1).copied();
    line(first).zip(line(last)).map_or(block.at, |(first, last)| first.cover(last))
}
