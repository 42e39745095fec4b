//! AsciiDoc, as Asciidoctor reads it: listing and literal blocks, by their attributes and
//! delimiters.
//!
//! Includes and substitutions are not carried out; of both only the marks of callouts are known.

use super::rows::Rows;
use super::{Format, literals, no_trouble};
use crate::model::{Block, BlockKind, Document};
use crate::text::{Replace, Span};

pub(super) const FORMAT: Format = Format { name: "asciidoc", sniff, blocks, trouble: no_trouble };

fn sniff(document: &Document) -> bool {
    match document.path.extension().as_deref() {
        Some("adoc" | "asciidoc" | "asc") => true,
        None | Some("txt" | "text") => signs(document) >= 2,
        _ => false,
    }
}

/// How many different signs of the markup the document shows.
fn signs(document: &Document) -> usize {
    let (mut style, mut title, mut entry, mut block, mut ruled) = (0, 0, 0, 0, 0);
    for line in document.text.lines().take(5000) {
        style |= match Style::of(line) {
            Some(style) if style.name == "source" && line.contains(',') => 2,
            _ => 0,
        };
        let level = line.len() - line.trim_start_matches('=').len();
        title |= usize::from((1..=5).contains(&level) && line[level..].starts_with(' '));
        entry |= usize::from(attribute(line).is_some());
        block |= usize::from(["image::", "include::", "toc::"].iter().any(|m| line.starts_with(m)));
        ruled |= usize::from(line == "----" || line == "....");
    }
    style + title + entry + block + ruled
}

fn blocks(document: &Document) -> Vec<Block> {
    let rows = Rows::new(document);
    let mut reader = Reader { document, rows, language: None, style: None, found: Vec::new() };
    let mut line = 1;
    while line <= document.lines.count() {
        line = reader.read(line);
    }
    let Reader { rows, mut found, .. } = reader;
    let prose = rows.prose();
    found.extend(literals::blocks(document, &prose, &["``", "`", "++", "+"]));
    found.push(prose);
    found
}

/// A line `[name,language,…]` that says what the next block is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Style {
    name: String,
    language: Option<String>,
}

impl Style {
    /// `None` where `text` is no such line.
    fn of(text: &str) -> Option<Self> {
        let inner = text.trim_end().strip_prefix('[')?.strip_suffix(']')?;
        if inner.starts_with('[') {
            return None;
        }
        let mut words = inner.split(',').map(|word| word.trim().trim_matches('"'));
        let name = words.next()?.split(['%', '#', '.']).next()?.to_ascii_lowercase();
        let mut language = None;
        for (at, word) in words.enumerate() {
            match word.split_once('=') {
                Some(("language" | "lang", value)) => language = Some(value.trim_matches('"')),
                None if at == 0 && !word.is_empty() => language = Some(word),
                _ => {}
            }
        }
        // A language without a style is one of a source block.
        let named = if name.is_empty() && language.is_some() { "source".to_owned() } else { name };
        let language = language.map(|word| word.split('%').next().unwrap_or(word).to_owned());
        Some(Self { name: named, language })
    }
}

/// Styles of blocks whose content is written in a notation of their own.
const NOTATIONS: &[&str] = &[
    "stem", "latexmath", "asciimath", "plantuml", "mermaid", "graphviz", "ditaa", "dot", "vega",
    "svgbob", "pass", "csv",
];

struct Reader<'d> {
    document: &'d Document,
    rows: Rows<'d>,
    /// What `:source-language:` said last.
    language: Option<String>,
    /// The attribute line that waits for its block.
    style: Option<Style>,
    found: Vec<Block>,
}

impl Reader<'_> {
    /// Reads what begins at `line` and returns the first line behind it.
    fn read(&mut self, line: u32) -> u32 {
        let text = self.rows.text(line).trim_end();
        if text.is_empty() {
            return line + 1;
        }
        if let Some((name, value)) = attribute(text) {
            if name == "source-language" {
                self.language = Some(value.to_owned()).filter(|value| !value.is_empty());
            } else if name.trim_matches('!') == "source-language" {
                self.language = None;
            }
            return self.taken(line, line);
        }
        if let Some(style) = Style::of(text) {
            // Of several such lines the one that names a style counts.
            if !style.name.is_empty() || self.style.is_none() {
                self.style = Some(style);
            }
            return self.taken(line, line);
        }
        if let Some(mark) = delimiter(text).filter(|mark| !self.underlines(line, *mark)) {
            return self.delimited(line, mark);
        }
        let comment = text.starts_with("//") && !text.starts_with("///");
        let block_macro = ["image::", "include::", "toc::", "ifdef::", "ifndef::", "endif::"]
            .iter()
            .any(|name| text.starts_with(name));
        if comment || block_macro || text == "+" || text.starts_with("[[") && text.ends_with(']') {
            return self.taken(line, line);
        }
        if is_title(text) {
            return line + 1;
        }
        self.paragraph(line)
    }

    fn taken(&mut self, first: u32, last: u32) -> u32 {
        self.rows.take(first, last);
        last + 1
    }

    /// Whether `line` is no delimiter but the rule under a title that is as long.
    fn underlines(&self, line: u32, mark: Mark) -> bool {
        let above = self.rows.text(line - 1).trim_end();
        let len = self.rows.text(line).trim_end().len();
        let alone = line < 3 || self.rows.is_blank(line - 2) || self.rows.text(line - 2).starts_with('[');
        mark == Mark::Listing
            && alone
            && self.style.is_none()
            && above.starts_with(char::is_alphanumeric)
            && above.chars().count().abs_diff(len) <= 1
    }

    /// The block from the delimiter at `line` to the next equal one, or the end.
    fn delimited(&mut self, line: u32, mark: Mark) -> u32 {
        let opened = self.rows.text(line).trim_end();
        let style = self.style.take();
        let source = style.as_ref().is_some_and(|style| style.name == "source");
        if mark == Mark::Container || mark == Mark::Open && !source {
            return self.taken(line, line);
        }
        let close = if mark == Mark::Fence { "```" } else { opened };
        let closes = |next: &u32| self.rows.text(*next).trim_end() == close;
        let end = (line + 1..=self.rows.count()).find(closes);
        let last = end.map_or(self.rows.count(), |end| end - 1);
        let end = end.unwrap_or(last);
        if mark == Mark::Comment {
            return self.taken(line, end);
        }
        let tag = match mark {
            Mark::Fence => opened.trim_start_matches('`').to_owned(),
            Mark::Pass => "passthrough".to_owned(),
            _ => self.tag(style.as_ref(), mark),
        };
        self.push(BlockKind::Fenced(tag), (line, end), line + 1..=last)
    }

    /// The language of a block of the given style.
    fn tag(&self, style: Option<&Style>, mark: Mark) -> String {
        let known = style.and_then(|style| style.language.clone());
        match style.map_or("", |style| style.name.as_str()) {
            "source" => known.or_else(|| self.language.clone()).unwrap_or_default(),
            notation if NOTATIONS.contains(&notation) => notation.to_owned(),
            "" | "listing" if mark == Mark::Listing => self.language.clone().unwrap_or_default(),
            _ => String::new(),
        }
    }

    /// A paragraph that is code by its style, or by standing off the margin; or any other.
    fn paragraph(&mut self, line: u32) -> u32 {
        let style = self.style.take();
        let name = style.as_ref().map_or("", |style| style.name.as_str());
        if matches!(name, "source" | "listing" | "literal") {
            let last = self.paragraph_end(line);
            let tag = self.tag(style.as_ref(), Mark::Literal);
            return self.push(BlockKind::Fenced(tag), (line, last), line..=last);
        }
        let apart = line == 1
            || self.rows.is_blank(line - 1)
            || self.rows.text(line - 1).trim_end() == "+"
            || style.is_some();
        if !apart || !is_literal(self.rows.text(line)) {
            return line + 1;
        }
        let mut last = self.paragraph_end(line);
        // Code is not one paragraph less because there are blank lines in it.
        while let Some(next) = self.rows.filled(last + 1).filter(|next| is_literal(self.rows.text(*next))) {
            last = self.paragraph_end(next);
        }
        self.push(BlockKind::Indented(None), (line, last), line..=last)
    }

    fn paragraph_end(&self, line: u32) -> u32 {
        let ends = |next: u32| {
            let text = self.rows.text(next).trim_end();
            text.is_empty() || text == "+" || delimiter(text).is_some() || Style::of(text).is_some()
        };
        (line..self.rows.count()).find(|line| ends(line + 1)).unwrap_or(self.rows.count())
    }

    fn push(
        &mut self,
        kind: BlockKind,
        at: (u32, u32),
        inner: std::ops::RangeInclusive<u32>,
    ) -> u32 {
        let edge = match kind {
            BlockKind::Indented(_) => self.rows.edge(*inner.start(), *inner.end()),
            _ => 0,
        };
        let mut block = self.rows.block(kind, at, inner, edge);
        block.written = block.lines.iter().filter_map(|span| callouts(self.document, *span)).collect();
        self.found.push(block);
        at.1 + 1
    }
}

/// What a line of equal marks sets apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Listing,
    Literal,
    Fence,
    Pass,
    Comment,
    /// `--`, which takes the style it is given.
    Open,
    /// Blocks of ordinary text: examples, quotes, sidebars, tables.
    Container,
}

fn delimiter(text: &str) -> Option<Mark> {
    if text == "--" {
        return Some(Mark::Open);
    }
    if let Some(info) = text.strip_prefix("```") {
        return (!info.contains([' ', '`'])).then_some(Mark::Fence);
    }
    if matches!(text, "|===" | ",===" | ":===" | "!===") {
        return Some(Mark::Container);
    }
    let first = text.chars().next()?;
    if text.len() < 4 || !text.chars().all(|c| c == first) {
        return None;
    }
    match first {
        '-' => Some(Mark::Listing),
        '.' => Some(Mark::Literal),
        '+' => Some(Mark::Pass),
        '/' => Some(Mark::Comment),
        '=' | '*' | '_' => Some(Mark::Container),
        _ => None,
    }
}

/// Name and value of an attribute entry `:name: value`.
fn attribute(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.strip_prefix(':')?.split_once(':')?;
    let word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '!');
    let apart = value.is_empty() || value.starts_with(' ');
    (apart && !name.is_empty() && name.chars().all(word)).then(|| (name, value.trim()))
}

/// Whether `text` is the title of a block: a dot and words at once.
fn is_title(text: &str) -> bool {
    let words = text.strip_prefix('.');
    words.is_some_and(|words| words.starts_with(|c: char| !c.is_whitespace() && c != '.'))
}

/// Whether `text` begins a literal paragraph: it stands off the margin and is no item of a list.
fn is_literal(text: &str) -> bool {
    let word = text.split_whitespace().next().unwrap_or("");
    let bullet = |mark: char| word.chars().all(|c| c == mark);
    let number = word.strip_suffix('.').unwrap_or("");
    let counted = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let listed = counted || ['*', '-', '.'].into_iter().any(bullet);
    let described = text.trim_end().ends_with("::") || text.contains(":: ");
    text.starts_with([' ', '\t']) && !word.is_empty() && !listed && !described
}

/// The callouts at the end of `line`, with the white space and the comment mark before them.
fn callouts(document: &Document, line: Span) -> Option<Replace> {
    let text = document.text.get(line.range())?.trim_end();
    let mut rest = text;
    while let Some((before, mark)) = rest.strip_suffix('>').and_then(|open| open.rsplit_once('<')) {
        let counted = !mark.is_empty() && mark.len() <= 3 && mark.bytes().all(|b| b.is_ascii_digit());
        // `<1>` behind a word may be a comparison; callouts stand apart.
        let apart = before.is_empty() || before.ends_with([' ', '\t', '>']);
        if !(counted || mark == ".") || !apart {
            break;
        }
        rest = before.trim_end();
    }
    if rest.len() == text.len() {
        return None;
    }
    let marks = ["#", "//", "--", ";;"];
    let bare = marks.iter().find_map(|mark| rest.strip_suffix(mark)).map_or(rest, str::trim_end);
    let at = Span::new(line.start() + bare.len(), line.start() + text.len());
    Some(Replace { at, with: String::new() })
}

#[cfg(test)]
mod tests {
    use super::super::tests::code_in;
    use super::*;

    fn code(text: &str) -> Vec<(BlockKind, String)> {
        code_in(&FORMAT, "a.adoc", text)
    }

    #[test]
    fn blocks_take_the_language_of_their_attributes() {
        let fenced = |tag: &str, code: &str| vec![(BlockKind::Fenced(tag.into()), code.to_owned())];
        assert_eq!(code("[source,python]\n.Title\n-----\nx\n----\n-----\n"), fenced("python", "x\n----\n"));
        assert_eq!(code("[,sh]\nls\npwd\n\ntext"), fenced("sh", "ls\npwd\n"));
        assert_eq!(code("[source%linenums, \"sh\" ,subs=x]\n--\nls\n--"), fenced("sh", "ls\n"));
        assert_eq!(code(":source-language: ruby\n\n----\nx\n----"), fenced("ruby", "x\n"));
        assert_eq!(code("```python\nx\n```"), fenced("python", "x\n"));
        assert_eq!(code("Title\n-----\ntext"), []);
        assert_eq!(code("a\n\n  x\n\n   y\n\nb"), [(BlockKind::Indented(None), "x\n\n y\n".into())]);
        assert_eq!(code("////\n----\n////\n* a\n\n  ** b\n"), []);
    }

    #[test]
    fn callouts_are_not_code() {
        let shown = |line: &str| code(&format!("----\n{line}\n----"))[0].1.clone();
        assert_eq!(shown("x = 1 # <1>"), "x = 1\n");
        assert_eq!(shown("x <1> <2>"), "x\n");
        assert_eq!(shown("x  <.>"), "x\n");
        assert_eq!(shown("x<1>"), "x<1>\n");
        assert_eq!(shown("sort <a>"), "sort <a>\n");
    }
}
