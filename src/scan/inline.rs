//! Code spans that are a whole command or statement.
//!
//! Most code spans only name something; one that stands alone says what to type.

use crate::model::{Block, Cue, Document, Region};
use crate::syntax::shape::{self, Leading, Shape};
use crate::text::Mapped;

/// The region of the code span `block`; `None` where the span only names something.
pub(super) fn region(document: &Document, block: &Block) -> Option<Region> {
    let code = Mapped::cut_written(&document.text, &block.lines, &block.written);
    let text = code.text().trim();
    let whole = match shape::shape(text) {
        Shape::Python if shape::is_signature(text) => stands_alone(document, block),
        Shape::Python if is_value(text) => alone_or_told(document, block),
        Shape::Python => true,
        // A name and a verb are spoken about as often as they are typed.
        Shape::Shell if text.split_whitespace().count() == 2 && !has_option(text) => {
            is_item(document, block)
                || stands_alone(document, block)
                || matches!(leading(document, block), Leading::Told | Leading::Used)
        }
        Shape::Shell => text.contains(' '),
        Shape::Other if text.contains(' ') && shape::names_command(text) => {
            is_item(document, block) || alone_or_told(document, block)
        }
        Shape::Blank | Shape::Other => false,
    };
    whole.then_some(Region {
        at: block.at,
        cue: Cue::Inline,
        tag: None,
        code,
        restored: None,
        printed: None,
        directives: Vec::new(),
        numbers: None,
    })
}

/// Drops code spans that look like Python from sections whose marked code is in another language: a
/// call looks the same in most of them. `regions` are by position.
pub(super) fn drop_foreign(document: &Document, format: &str, regions: &mut Vec<Region>) {
    let apart = |pair: &[Region]| {
        let between = document.text.get(pair[0].at.end()..pair[1].at.start()).unwrap_or("");
        holds_heading(format, between)
    };
    let ends = regions.windows(2).enumerate().filter(|(_, pair)| apart(pair));
    let ends: Vec<usize> = ends.map(|(at, _)| at + 1).chain([regions.len()]).collect();
    let mut foreign = Vec::with_capacity(regions.len());
    for end in ends {
        let section = &regions[foreign.len()..end];
        let all = is_foreign(section);
        foreign.resize(end, all);
    }
    let mut foreign = foreign.into_iter();
    regions.retain(|region| {
        let spoken = foreign.next().unwrap_or(false) && region.cue == Cue::Inline;
        !spoken || shape::shape(region.code.text()) != Shape::Python
    });
}

/// Whether the marked code in `section` is in another language: more of it says so than says
/// nothing, and none of it says that it is Python.
fn is_foreign(section: &[Region]) -> bool {
    let tag = |region: &Region| region.tag.as_deref().unwrap_or("").to_ascii_lowercase();
    let python = |region: &Region| {
        tag(region).contains("py") || matches!(region.cue, Cue::Doctest | Cue::Ipython)
    };
    let silent = |region: &&Region| {
        matches!(region.cue, Cue::Fenced | Cue::Indented) && region.tag.is_none()
    };
    let other = |region: &&Region| OTHERS.contains(&tag(region).as_str());
    let others = section.iter().filter(other).count();
    others > section.iter().filter(silent).count() && !section.iter().any(python)
}

/// Whether `text` has the heading of a section in it: marks in front of a title, a rule below it
/// that is as long, or an element. Stars are those of a list but in Org, the `format` of that name.
fn holds_heading(format: &str, text: &str) -> bool {
    let marks: &[char] = if format == "org" { &['*'] } else { &['#', '='] };
    let mut above = 0;
    text.lines().any(|line| {
        let line = line.trim();
        let marked = marks.iter().any(|mark| {
            let title = line.trim_start_matches(*mark);
            title.len() < line.len() && title.starts_with(' ')
        });
        let rule = ['-', '=', '~'].iter().any(|mark| line.chars().all(|c| c == *mark));
        let ruled = rule && above > 2 && line.len() >= above;
        above = line.chars().count();
        let level = |rest: &str| rest.starts_with(|c: char| ('1'..='6').contains(&c));
        marked || ruled || line.split("<h").skip(1).any(level)
    })
}

/// Languages whose statements may look like those of Python.
const OTHERS: &[&str] = &[
    "javascript",
    "js",
    "jsx",
    "mjs",
    "cjs",
    "typescript",
    "ts",
    "tsx",
    "rust",
    "rs",
    "go",
    "golang",
    "c",
    "cpp",
    "c++",
    "csharp",
    "cs",
    "java",
    "kotlin",
    "scala",
    "swift",
    "ruby",
    "rb",
    "perl",
    "php",
    "lua",
    "r",
    "julia",
    "elixir",
    "haskell",
    "dart",
    "vim",
    "groovy",
    "cmake",
];

/// Whether `text` binds a name to a bare value, as sentences do that speak of a case.
fn is_value(text: &str) -> bool {
    let value = text.split_once('=').map_or("", |(_, value)| value.trim());
    shape::is_identifier(value) || value.parse::<f64>().is_ok() || value == "..."
}

fn has_option(text: &str) -> bool {
    text.contains(['-', '/', '.', '>', '|', '$', '='])
}

fn alone_or_told(document: &Document, block: &Block) -> bool {
    stands_alone(document, block) || leading(document, block) == Leading::Told
}

/// Whether the span is all of an item of a list.
fn is_item(document: &Document, block: &Block) -> bool {
    let line = document.lines.span(document.lines.line(block.at.start()));
    let before = document.text.get(line.start()..block.at.start()).unwrap_or("").trim();
    let after = document.text.get(block.at.end()..line.end()).unwrap_or("");
    let marker = |c: char| c.is_ascii_digit() || "-*+.)`• ".contains(c);
    before.chars().all(marker) && !after.contains(char::is_alphanumeric)
}

/// What the words before the span, on its line, say of it.
fn leading(document: &Document, block: &Block) -> Leading {
    let line = document.lines.span(document.lines.line(block.at.start()));
    shape::leads(document.text.get(line.start()..block.at.start()).unwrap_or(""))
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
            ("what `uname(3)` and `put(<name>, ...)` give", 0),
            ("- `make docs`", 1),
            ("now run `make docs` and wait", 1),
            ("then type `sudo reboot`", 1),
            ("the `git rebase` command moves commits", 0),
            ("with `x = 3` it is odd", 0),
            ("pass `home=...` to it", 0),
        ];
        for (text, expected) in cases {
            let document = Document::new(DocPath::new("a.md"), text.to_owned());
            let found = scan(&document);
            let inline = found.iter().filter(|region| region.cue == Cue::Inline).count();
            assert_eq!(inline, expected, "{text}");
        }
    }
}
