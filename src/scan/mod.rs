//! Where code may be: a document in, its regions out, in document order.
//!
//! A format says where its blocks are; finding cells, sessions and code-looking lines in what is
//! left is the same for all formats. Nothing here decides whether a region is code: scanning
//! proposes and cannot fail.

mod cells;
mod commonmark;
mod dialects;
mod directive;
mod directives;
mod elements;
mod entities;
mod grid;
mod inline;
mod inner;
mod json;
mod kramdown;
mod lines;
mod literals;
mod magics;
mod marks;
mod outputs;
mod page;
mod prospect;
mod rows;
mod runs;
mod sessions;
mod setting;

pub use setting::settings;

use std::collections::HashMap;

use crate::model::{Block, BlockKind, Cue, Document, Region, Remark};
use crate::syntax::session;
use crate::text::{Mapped, Span};

/// A format of documents.
struct Format {
    /// Its name, as people say it.
    name: &'static str,
    /// Whether a document is of this format, judged by its name and its text.
    sniff: fn(&Document) -> bool,
    /// The document's blocks. Every line that no block of code holds must be in a block of prose.
    blocks: fn(&Document) -> Vec<Block>,
    /// What keeps a document of this format from being read as one: its one-based line and a
    /// sentence. The document is then read as plain text, so that nothing is lost.
    trouble: fn(&Document) -> Option<(u32, String)>,
}

/// For formats that can read everything.
fn no_trouble(_: &Document) -> Option<(u32, String)> {
    None
}

/// Declares the modules of the formats and lists them; the first that takes a document wins.
macro_rules! formats {
    ($($format:ident),+ $(,)?) => {
        $(mod $format;)+
        const FORMATS: &[Format] = &[$($format::FORMAT),+];
    };
}

formats![ipynb, percent, pydoc, html, org, asciidoc, rst, wiki, markdown, plain];

/// The names of all formats.
pub fn format_names() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().map(|format| format.name)
}

/// The name of the format that `document` is read in.
pub fn format_name(document: &Document) -> &'static str {
    format_of(document).name
}

/// What keeps `document` from being read in its format: its one-based line and a sentence.
pub fn trouble(document: &Document) -> Option<(u32, String)> {
    (format_of(document).trouble)(document)
}

/// Every region of `document` that may be code, by position.
pub fn scan(document: &Document) -> Vec<Region> {
    scan_telling(document).0
}

/// [`scan`], and what is wrong with the directives of `document`.
pub fn scan_telling(document: &Document) -> (Vec<Region>, Vec<Remark>) {
    let mut remarks = Vec::new();
    let reach = Reach { depth: 0, prose: true };
    (regions(document, format_of(document), reach, &mut remarks), remarks)
}

/// The regions that the markup of `document` sets apart, by position: [`scan`] without its search
/// in prose, which costs the most.
pub fn marked(document: &Document) -> Vec<Region> {
    let reach = Reach { depth: 0, prose: false };
    regions(document, format_of(document), reach, &mut Vec::new())
}

/// How far a document is looked into.
#[derive(Clone, Copy)]
struct Reach {
    /// How many documents it lies inside.
    depth: usize,
    /// Whether code is looked for in prose.
    prose: bool,
}

/// The regions of `document` as far as `reach`; what is wrong with its directives goes to
/// `remarks`.
fn regions(
    document: &Document,
    format: &Format,
    reach: Reach,
    remarks: &mut Vec<Remark>,
) -> Vec<Region> {
    let blocks = (format.blocks)(document);
    let (mut regions, blocks) = cells::carve(document, blocks);
    let mut around = HashMap::new();
    for block in &blocks {
        let known = regions.len();
        match &block.kind {
            BlockKind::Fenced(info) => {
                regions.push(set_apart(document, block, Cue::Fenced, tag(info)));
            }
            BlockKind::Indented(tag) => {
                regions.extend(indented(document, block, tag.clone()));
            }
            BlockKind::CodeSpan => regions.extend(inline::region(document, block)),
            BlockKind::Cell(language) => {
                let tag = (!language.is_empty()).then(|| language.clone());
                regions.push(set_apart(document, block, Cue::Ipython, tag));
            }
            BlockKind::Output => regions.push(set_apart(document, block, Cue::Output, None)),
            BlockKind::Inner(name) => {
                regions.extend(inner::regions(document, block, name, reach, remarks));
                continue;
            }
            BlockKind::Prose if reach.prose => {
                regions.extend(prospect::regions(document, block));
                continue;
            }
            BlockKind::Prose => {}
        }
        around.extend(regions[known..].iter().map(|region| (region.at, block)));
    }
    regions.sort_by_key(|region| region.at);
    let mut regions = apart(regions);
    inline::drop_foreign(document, format.name, &mut regions);
    outputs::attach(document, &mut regions);
    remarks.extend(directive::attach(document, format.name, &around, &mut regions));
    let mut regions = sessions::part(regions);
    for region in regions.iter_mut().filter(|region| region.numbers.is_none()) {
        region.numbers = session::numbers(region.code.text());
        if region.numbers.is_some() {
            region.code = magics::tamed(&region.code);
        }
    }
    regions
}

/// `regions`, by position, without those that are part of other code: the marks of a code span mean
/// something else there, and prose with code set apart in it is no more code than other prose.
fn apart(regions: Vec<Region>) -> Vec<Region> {
    let weight = |region: &Region| match region.cue {
        Cue::Inline => 0,
        Cue::Unfenced => 1,
        _ => 2,
    };
    let mut kept: Vec<Region> = Vec::with_capacity(regions.len());
    for region in regions {
        let mut lost = false;
        while let Some(last) = kept.last().filter(|last| last.at.overlaps(region.at)) {
            lost = weight(last) > weight(&region) || weight(&region) == 0;
            if lost || weight(last) == weight(&region) {
                break;
            }
            kept.pop();
        }
        if !lost {
            kept.push(region);
        }
    }
    kept
}

fn format_of(document: &Document) -> &'static Format {
    let named = document.format.as_deref();
    let asked = named.and_then(format_named);
    let known = || FORMATS.iter().find(|format| (format.sniff)(document));
    asked.or_else(known).unwrap_or(&plain::FORMAT)
}

fn format_named(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// The region of a block that markup calls code. It lies where its content does: fences and
/// attribute lines are not part of it, unless there is nothing else.
fn set_apart(document: &Document, block: &Block, cue: Cue, tag: Option<String>) -> Region {
    let code = Mapped::cut_written(&document.text, &block.lines, &block.written);
    let filled =
        |span: &&Span| document.text.get(span.range()).is_some_and(|line| !line.trim().is_empty());
    let first = block.lines.iter().find(filled);
    let last = block.lines.iter().rfind(filled);
    let at = first.zip(last).map_or(block.at, |(first, last)| first.cover(*last));
    let printed = outputs::of(document, &block.printed);
    let numbers = block.number.map(|number| (number, number));
    Region { at, cue, tag, code, restored: None, printed, directives: Vec::new(), numbers }
}

/// An indented block; `None` where it is blank.
fn indented(document: &Document, block: &Block, tag: Option<String>) -> Option<Region> {
    let region = set_apart(document, block, Cue::Indented, tag);
    (!region.code.text().trim().is_empty()).then_some(region)
}

/// The language in an info string: its first word, or the first class in braces, without the
/// attributes and options that some programs glue to it.
fn tag(info: &str) -> Option<String> {
    let info = info.trim();
    let (info, braced) = match info.strip_prefix('{') {
        Some(inner) => (inner.split('}').next().unwrap_or(inner), true),
        None => (info, false),
    };
    let mut words = info.split([' ', '\t', ',', ';']).filter(|word| !word.is_empty());
    // In braces an id may come before the language.
    let first = words.clone().next()?;
    let word = match braced {
        true => words.find(|word| word.starts_with('.')).unwrap_or(first),
        false => first,
    };
    let word = word.trim_start_matches(['.', ':']);
    let word = word.split(['{', '}', '=', ':', '[', '(', '!', '|']).next()?;
    (!word.is_empty() && !word.starts_with('#')).then(|| word.to_owned())
}

/// Where a region of whole lines lies: from the first byte of its first line that is not blank to
/// the last byte of its last.
fn lines_at(document: &Document, first: u32, last: u32) -> Span {
    document.lines.lines_span(first, last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DocPath;

    /// What `format` finds in `text` besides prose: the kind and the content of every block.
    pub(super) fn code_in(format: &Format, name: &str, text: &str) -> Vec<(BlockKind, String)> {
        let document = Document::new(DocPath::new(name), text.to_owned());
        let blocks = (format.blocks)(&document);
        let code = blocks.into_iter().filter(|block| block.kind != BlockKind::Prose);
        code.map(|block| {
            let cut = Mapped::cut_written(&document.text, &block.lines, &block.written);
            (block.kind, cut.text().to_owned())
        })
        .collect()
    }

    #[test]
    fn the_tag_is_the_first_word_of_the_info_string() {
        let cases = [
            ("python", Some("python")),
            ("Python title=\"a.py\"", Some("Python")),
            ("{.python .numberLines}", Some("python")),
            ("{python}", Some("python")),
            ("bash,ignore", Some("bash")),
            ("py{3}", Some("py")),
            ("python:a.py", Some("python")),
            ("python{1,3}", Some("python")),
            ("{#listing .python}", Some("python")),
            ("{python, echo=FALSE}", Some("python")),
            ("{#listing}", None),
            ("c++", Some("c++")),
            ("", None),
            ("  ", None),
        ];
        for (info, expected) in cases {
            assert_eq!(tag(info).as_deref(), expected, "{info}");
        }
    }
}
