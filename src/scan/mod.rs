//! Where code may be: a document in, its regions out, in document order.
//!
//! A format says where its blocks are; finding cells, sessions and code-looking lines in what is
//! left is the same for all formats. Nothing here decides whether a region is code: scanning
//! proposes and cannot fail.

mod cells;
mod elements;
mod entities;
mod inline;
mod kramdown;
mod lines;
mod literals;
mod prospect;
mod rows;

use crate::model::{Block, BlockKind, Cue, Document, Region};
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

formats![html, org, asciidoc, rst, markdown, plain];

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
    let blocks = (format_of(document).blocks)(document);
    let (mut regions, blocks) = cells::carve(document, blocks);
    for block in &blocks {
        match &block.kind {
            BlockKind::Fenced(info) => {
                regions.push(marked(document, block, Cue::Fenced, tag(info)));
            }
            BlockKind::Indented(tag) => {
                regions.extend(indented(document, block, tag.clone()));
            }
            BlockKind::CodeSpan => regions.extend(inline::region(document, block)),
            BlockKind::Cell(language) => {
                let tag = (!language.is_empty()).then(|| language.clone());
                regions.push(marked(document, block, Cue::Ipython, tag));
            }
            BlockKind::Output => regions.push(marked(document, block, Cue::Output, None)),
            BlockKind::Prose => regions.extend(prospect::regions(document, block)),
        }
    }
    regions.sort_by_key(|region| region.at);
    regions
}

fn format_of(document: &Document) -> &'static Format {
    let named = document.format.as_deref();
    let asked = FORMATS.iter().find(|format| Some(format.name) == named);
    let known = || FORMATS.iter().find(|format| (format.sniff)(document));
    asked.or_else(known).unwrap_or(&plain::FORMAT)
}

/// The region of a block that markup calls code. It lies where its content does: fences and
/// attribute lines are not part of it, unless there is nothing else.
fn marked(document: &Document, block: &Block, cue: Cue, tag: Option<String>) -> Region {
    let code = Mapped::cut_written(&document.text, &block.lines, &block.written);
    let filled =
        |span: &&Span| document.text.get(span.range()).is_some_and(|line| !line.trim().is_empty());
    let first = block.lines.iter().find(filled);
    let last = block.lines.iter().rfind(filled);
    let at = first.zip(last).map_or(block.at, |(first, last)| first.cover(*last));
    Region { at, cue, tag, code, restored: None }
}

/// An indented block; `None` where it is blank.
fn indented(document: &Document, block: &Block, tag: Option<String>) -> Option<Region> {
    let region = marked(document, block, Cue::Indented, tag);
    (!region.code.text().trim().is_empty()).then_some(region)
}

/// The language in an info string: its first word, without braces, dots and attributes.
fn tag(info: &str) -> Option<String> {
    let info = info.trim().trim_start_matches('{').trim_start_matches(['.', ' ']);
    let word =
        info.split(|c: char| c.is_whitespace() || matches!(c, ',' | '{' | '}' | ';')).next()?;
    let word = word.split('=').next()?;
    (!word.is_empty()).then(|| word.to_owned())
}

/// Where a region of whole lines lies: from the first byte of its first line that is not blank to
/// the last byte of its last.
fn lines_at(document: &Document, first: u32, last: u32) -> Span {
    document.lines.lines_span(first, last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_is_the_first_word_of_the_info_string() {
        let cases = [
            ("python", Some("python")),
            ("Python title=\"a.py\"", Some("Python")),
            ("{.python .numberLines}", Some("python")),
            ("{python}", Some("python")),
            ("bash,ignore", Some("bash")),
            ("py{3}", Some("py")),
            ("", None),
            ("  ", None),
        ];
        for (info, expected) in cases {
            assert_eq!(tag(info).as_deref(), expected, "{info}");
        }
    }
}
