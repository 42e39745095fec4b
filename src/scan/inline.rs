//! Code spans that are a whole command or statement.
//!
//! Most code spans only name something; one that stands alone says what to type.

use crate::model::{Block, Cue, Document, Region};
use crate::syntax::shape::{self, Shape};
use crate::text::Mapped;

/// The region of the code span `block`; `None` where the span only names something.
pub(super) fn region(document: &Document, block: &Block) -> Option<Region> {
    let code = Mapped::cut_written(&document.text, &block.lines, &block.written);
    let text = code.text().trim();
    let whole = match shape::shape(text) {
        Shape::Python => !is_signature(text) || stands_alone(document, block),
        Shape::Shell => text.contains(' '),
        Shape::Blank | Shape::Other => false,
    };
    whole.then_some(Region {
        at: block.at,
        cue: Cue::Inline,
        tag: None,
        code,
        restored: None,
        printed: None,
    })
}

/// Whether `text` is a call whose arguments are bare names, or none: inside a sentence that tells
/// how something is called, not to call it.
fn is_signature(text: &str) -> bool {
    let call = text.strip_suffix(')').and_then(|rest| rest.split_once('('));
    call.is_some_and(|(callee, arguments)| {
        let name = |word: &str| shape::is_identifier(word.trim_matches(['[', ']', ' ', '*']));
        let dotted = callee.split('.').all(shape::is_identifier);
        dotted && (arguments.trim().is_empty() || arguments.split(',').all(name))
    })
}

/// Whether the span has its line to itself, but for punctuation behind it, or a colon leads to it.
/// A list item that is nothing but a name lists it.
fn stands_alone(document: &Document, block: &Block) -> bool {
    let line = document.lines.span(document.lines.line(block.at.start()));
    let before = document.text.get(line.start()..block.at.start()).unwrap_or("").trim();
    let after = document.text.get(block.at.end()..line.end()).unwrap_or("").trim();
    let led = before.is_empty() || before.ends_with(':');
    led && !after.contains(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::super::scan;
    use crate::model::{Cue, DocPath, Document};

    #[test]
    fn a_span_is_code_when_it_is_whole() {
        let cases = [
            ("- `pip install  six`", 1),
            ("`node.refresh()`", 1),
            ("one call to `refresh_all()` does it", 0),
            ("a call to `node.refresh()` does it", 0),
            ("- `node.refresh()`", 0),
            ("To refresh: `node.refresh()`", 1),
            ("### `node.rename(old, new)`", 0),
            ("with `fs.rename(old, new[, mode])` it moves", 0),
            ("with `name=\"value\"` it is named", 0),
            ("| `node.refresh()` | refreshes |", 0),
            ("see `npm stage [--all] [<name>]`", 0),
            ("set `gc.set_debug(gc.DEBUG_LEAK)`", 1),
            ("see `json.dumps` and `.start()`", 0),
            ("start it with `docker compose up`.", 1),
            ("`git`", 0),
        ];
        for (text, expected) in cases {
            let document = Document::new(DocPath::new("a.md"), text.to_owned());
            let found = scan(&document);
            let inline = found.iter().filter(|region| region.cue == Cue::Inline).count();
            assert_eq!(inline, expected, "{text}");
        }
    }
}
