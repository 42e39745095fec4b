//! HTML pages: preformatted text, and code spans outside of it.
//!
//! Reads tags one after the other and builds no tree, so it takes every page. Does not know style
//! sheets: what is only made to look like code is not found.

use super::elements::{self, Piece, attribute};
use super::{Format, entities, no_trouble, page};
use crate::model::{Block, BlockKind, Document};
use crate::syntax::shape;
use crate::text::{Mapped, Replace, Span};

pub(super) const FORMAT: Format = Format { name: "html", sniff, blocks, trouble: no_trouble };

fn sniff(document: &Document) -> bool {
    match document.path.extension().as_deref() {
        Some("html" | "htm" | "xhtml") => true,
        None | Some("txt" | "text") => {
            let start = document.text.trim_start().as_bytes();
            let begins =
                |with: &str| start.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with.as_bytes()));
            begins("<!doctype html") || begins("<html")
        }
        _ => false,
    }
}

fn blocks(document: &Document) -> Vec<Block> {
    let whole = Span::new(0, document.text.len());
    let mut found = pre_blocks(document, whole);
    let held: Vec<Span> = found.iter().map(|block| block.at).collect();
    found.extend(code_spans(document, outside(document, &held)));
    found.extend(page::prose(document, outside(document, &held)));
    found
}

/// What lies outside of `held`, which is in order, on the page.
fn outside<'d>(
    document: &'d Document,
    held: &'d [Span],
) -> impl Iterator<Item = (Span, Piece<'d>)> {
    let mut held = held.iter().peekable();
    let whole = Span::new(0, document.text.len());
    elements::pieces(&document.text, whole).filter(move |(at, _)| {
        while held.next_if(|block| block.end() <= at.start()).is_some() {}
        held.peek().is_none_or(|block| !block.overlaps(*at))
    })
}

/// The preformatted text in `range` of `document`, by position.
pub(super) fn pre_blocks(document: &Document, range: Span) -> Vec<Block> {
    let mut found = Vec::new();
    let mut around: Vec<&str> = Vec::new();
    let mut pieces = elements::pieces(&document.text, range);
    while let Some((start, piece)) = pieces.next() {
        match piece {
            Piece::Open(name, attributes) if name.eq_ignore_ascii_case("pre") => {
                // What stands farther out is about more than this block.
                let near = around.iter().rev().take(3).copied();
                let hints = std::iter::once(attributes).chain(near).collect();
                found.extend(pre(document, start, hints, &mut pieces));
            }
            Piece::Open(name, attributes) if is_container(name) && !attributes.ends_with('/') => {
                around.push(attributes);
            }
            Piece::Close(name) if is_container(name) => {
                around.pop();
            }
            _ => {}
        }
    }
    found
}

/// The block whose begin tag is at `start` and whose content `pieces` give; `hints` are the
/// attributes of its tag and of those around it, the nearest first.
fn pre<'d>(
    document: &'d Document,
    start: Span,
    mut hints: Vec<&'d str>,
    pieces: &mut impl Iterator<Item = (Span, Piece<'d>)>,
) -> Option<Block> {
    let mut content = Content::new(document, start.end());
    let mut end = start;
    for (at, piece) in pieces {
        end = at;
        match piece {
            Piece::Close(name) if name.eq_ignore_ascii_case("pre") => break,
            Piece::Open(name, attributes)
                if content.lines.is_empty() && name.eq_ignore_ascii_case("code") =>
            {
                hints.insert(0, attributes);
            }
            _ => {}
        }
        content.take(at, piece);
    }
    block(content, &hints, start.cover(end))
}

/// Whether elements of this name are written around preformatted text to say what it is.
fn is_container(name: &str) -> bool {
    ["div", "figure", "td", "section"].iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn block(content: Content<'_>, hints: &[&str], at: Span) -> Option<Block> {
    let classes = hints.iter().filter_map(|hint| attribute(hint, "class"));
    let words: Vec<&str> = classes.flat_map(str::split_whitespace).collect();
    // Numbers of lines in a column of their own.
    let numbers = words.iter().any(|word| matches!(*word, "linenos" | "linenodiv" | "gutter" | "lineno"));
    let printed = words.iter().any(|word| OUTPUTS.contains(word));
    let kind = match hints.iter().find_map(|hint| language(hint)) {
        _ if printed => BlockKind::Output,
        tag => BlockKind::Fenced(tag.unwrap_or_default().to_owned()),
    };
    let (lines, written) = content.finish();
    (!numbers && !lines.is_empty()).then(|| Block { written, ..Block::new(kind, at, lines) })
}

/// Classes of what notebooks and documentation tools show as printed.
const OUTPUTS: &[&str] =
    &["output", "output_area", "output_text", "output_stream", "nboutput", "jp-OutputArea-output", "cell_output"];

/// The language that the attributes of an element name: by an attribute of its own, or by a class
/// as highlighters write it.
fn language(attributes: &str) -> Option<&str> {
    let own = ["data-lang", "data-language", "lang"].iter().find_map(|name| attribute(attributes, name));
    if let Some(own) = own.filter(|own| !own.is_empty()) {
        return Some(own);
    }
    let classes = attribute(attributes, "class")?;
    let mut words = classes.split_whitespace().peekable();
    let mut named = None;
    while let Some(word) = words.next() {
        let prefixes = ["language-", "lang-", "highlight-source-", "highlight-text-", "mw-highlight-lang-", "highlight-", "source-", "brush:"];
        let tag = prefixes.iter().find_map(|prefix| word.strip_prefix(prefix));
        match tag {
            Some("") => return words.next().map(|next| next.trim_end_matches(';')),
            // What Sphinx calls its default is not named by the author.
            Some("default" | "source") => {}
            Some(tag) => return Some(tag.trim_end_matches(';')),
            // highlight.js and Pandoc put the bare name beside a class of their own.
            None if matches!(word, "hljs" | "sourceCode" | "highlight" | "code") => {
                named = named.or_else(|| words.peek().copied().filter(|next| is_bare(next)));
            }
            None => {}
        }
    }
    named
}

/// Whether `word` can be the bare name of a language beside a highlighter's own class.
fn is_bare(word: &str) -> bool {
    let known = ["python", "py", "python2", "python3", "pycon", "bash", "sh", "shell", "zsh", "console"];
    known.contains(&word)
}

/// Preformatted text while it is read: its lines, and what in them is written in another way.
struct Content<'d> {
    document: &'d Document,
    lines: Vec<Span>,
    written: Vec<Replace>,
    /// Where the line that is read begins, and where its text ends so far.
    start: usize,
    end: usize,
    /// Elements that are open, and no part of the code: the outermost one by its name, and how
    /// many of that name.
    hidden: Option<(&'d str, usize)>,
}

impl<'d> Content<'d> {
    fn new(document: &'d Document, start: usize) -> Self {
        Self { document, lines: Vec::new(), written: Vec::new(), start, end: start, hidden: None }
    }

    fn take(&mut self, at: Span, piece: Piece<'d>) {
        let hidden = self.hides(piece);
        match piece {
            Piece::Text if !hidden => self.text(at),
            Piece::Open(name, _) if !hidden && name.eq_ignore_ascii_case("br") => {
                self.end_line(at.start());
                self.start = at.end();
                // The line end behind a break is how the page is written, not another line.
                let rest = &self.document.text[at.end()..];
                if rest.starts_with('\n') {
                    self.start += 1;
                }
                self.end = self.start;
            }
            _ => self.leave_out(at),
        }
    }

    /// Whether `piece` is, or lies in, what is no part of the code: buttons, numbers of lines.
    fn hides(&mut self, piece: Piece<'d>) -> bool {
        let count = |name: &str, open: &str| usize::from(name.eq_ignore_ascii_case(open));
        match (&mut self.hidden, piece) {
            (Some((open, depth)), Piece::Open(name, _)) => *depth += count(name, open),
            (Some((open, depth)), Piece::Close(name)) => *depth -= count(name, open),
            (None, Piece::Open(name, attributes)) => {
                let class = attribute(attributes, "class").unwrap_or("");
                let number = |word| matches!(word, "linenos" | "lineno" | "ln" | "line-number" | "copybtn");
                if name.eq_ignore_ascii_case("button") || class.split_whitespace().any(number) {
                    self.hidden = Some((name, 1));
                }
                return false;
            }
            _ => {}
        }
        if self.hidden.is_some_and(|(_, depth)| depth == 0) {
            self.hidden = None;
            return true;
        }
        self.hidden.is_some()
    }

    fn text(&mut self, at: Span) {
        let Some(text) = self.document.text.get(at.range()) else { return };
        let begun = |start: usize| start.max(self.start);
        let mut done = begun(at.start());
        for (offset, mark) in text.match_indices(['\n', '&']) {
            let place = at.start() + offset;
            if place < done {
                continue;
            }
            if mark == "\n" {
                self.end_line(place);
                self.start = place + 1;
                done = self.start;
            } else if let Some((len, with)) = entities::reference(&text[offset..]) {
                self.written.push(Replace { at: Span::new(place, place + len), with });
                done = place + len;
            }
        }
        self.end = self.end.max(at.end()).max(self.start);
    }

    fn leave_out(&mut self, at: Span) {
        if at.start() >= self.start {
            self.written.push(Replace { at, with: String::new() });
        }
    }

    fn end_line(&mut self, end: usize) {
        self.lines.push(Span::new(self.start, end.max(self.start)));
        self.end = end;
    }

    /// The lines without blank ones before and after them, which are no part of the code, and what
    /// is written in another way.
    fn finish(mut self) -> (Vec<Span>, Vec<Replace>) {
        self.end_line(self.end);
        let blank = |line: &Span| {
            let code = Mapped::cut_written(&self.document.text, &[*line], &self.written);
            code.text().trim().is_empty()
        };
        let first = self.lines.iter().position(|line| !blank(line)).unwrap_or(self.lines.len());
        let last = self.lines.iter().rposition(|line| !blank(line)).map_or(first, |last| last + 1);
        (self.lines[first..last].to_vec(), self.written)
    }
}

/// The code spans in `range` of `document` that have the shape of a command or statement.
pub(super) fn spans(document: &Document, range: Span) -> Vec<Block> {
    code_spans(document, elements::pieces(&document.text, range))
}

/// Whether `text` holds the begin tag of a code span.
pub(super) fn begins_code(text: &str) -> bool {
    CODE.iter().any(|name| has_tag(text, "<", name))
}

/// Whether `text` holds the end tag of a code span.
pub(super) fn ends_code(text: &str) -> bool {
    CODE.iter().any(|name| has_tag(text, "</", name))
}

/// Whether `text` holds the begin tag of preformatted text.
pub(super) fn opens_pre(text: &str) -> bool {
    has_tag(text, "<", "pre")
}

/// Whether `text` holds the end tag of preformatted text.
pub(super) fn closes_pre(text: &str) -> bool {
    has_tag(text, "</", "pre")
}

fn has_tag(text: &str, mark: &str, name: &str) -> bool {
    text.match_indices(mark).any(|(at, _)| {
        let rest = &text.as_bytes()[at + mark.len()..];
        let named = rest.get(..name.len()).is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes()));
        named && rest.get(name.len()).is_none_or(|end| !end.is_ascii_alphanumeric())
    })
}

/// The code spans among `pieces` that have the shape of a command or statement, and those that go
/// over several lines.
fn code_spans<'d>(
    document: &'d Document,
    pieces: impl Iterator<Item = (Span, Piece<'d>)>,
) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<(&str, &str, Span, Content<'_>)> = None;
    for (at, piece) in pieces {
        match (&mut open, piece) {
            // A span that is opened again was never closed.
            (opened, Piece::Open(name, attributes))
                if is_code(name)
                    && opened.as_ref().is_none_or(|(known, ..)| name.eq_ignore_ascii_case(known)) =>
            {
                open = Some((name, attributes, at, Content::new(document, at.end())));
            }
            (Some((name, ..)), Piece::Close(closed)) if name.eq_ignore_ascii_case(closed) => {
                if let Some((_, attributes, start, content)) = open.take() {
                    found.extend(code_span(document, start.cover(at), attributes, content));
                }
            }
            (Some(_), Piece::Open(name, _) | Piece::Close(name)) if is_block(name) => open = None,
            (Some((.., content)), piece) => content.take(at, piece),
            _ => {}
        }
    }
    found
}

/// The block of the code span at `around`. One whose lines are kept apart by breaks, or that begins
/// and ends with a line of its own, was meant to be preformatted; any other is one line for
/// browsers, wherever the page breaks it.
fn code_span(document: &Document, around: Span, attributes: &str, content: Content<'_>) -> Option<Block> {
    let text = document.text.get(around.range()).unwrap_or("");
    let inner = text.split_once('>').map_or("", |(_, inner)| inner).trim_start_matches([' ', '\t']);
    let apart = inner.starts_with('\n') || has_tag(text, "<", "br");
    let (lines, mut written) = content.finish();
    let (first, last) = (*lines.first()?, *lines.last()?);
    if lines.len() > 1 && apart {
        let tag = language(attributes).unwrap_or_default().to_owned();
        return Some(Block { written, ..Block::new(BlockKind::Fenced(tag), around, lines) });
    }
    for pair in lines.windows(2) {
        let below = document.text.get(pair[1].range()).unwrap_or("");
        let blank = below.len() - below.trim_start().len();
        let at = Span::new(pair[0].end(), pair[1].start() + blank);
        written.push(Replace { at, with: " ".to_owned() });
    }
    written.sort_by_key(|replace| replace.at);
    let block = Block { written, ..Block::new(BlockKind::CodeSpan, around, vec![first.cover(last)]) };
    is_whole(document, &block).then_some(block)
}

/// Whether a code span cannot go on over a tag of this name.
pub(super) fn is_block(name: &str) -> bool {
    let known = ["p", "div", "li", "ul", "ol", "dl", "dd", "dt", "td", "th", "tr", "table", "body", "section"];
    let heading = name.len() == 2 && name.starts_with(['h', 'H']) && !name.eq_ignore_ascii_case("hr");
    heading || known.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Elements of code inside a line.
const CODE: &[&str] = &["code", "kbd", "tt"];

/// Whether elements of this name are code inside a line.
pub(super) fn is_code(name: &str) -> bool {
    CODE.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn is_whole(document: &Document, block: &Block) -> bool {
    let code = Mapped::cut_written(&document.text, &block.lines, &block.written);
    shape::is_typeable(code.text())
}

#[cfg(test)]
mod tests {
    use super::super::tests::code_in;
    use super::*;

    fn code(text: &str) -> Vec<(BlockKind, String)> {
        let mut found = code_in(&FORMAT, "a.html", text);
        found.retain(|(kind, _)| *kind != BlockKind::Inner("plain"));
        found
    }

    #[test]
    fn preformatted_text_loses_tags_and_references() {
        let fenced = |tag: &str, code: &str| vec![(BlockKind::Fenced(tag.into()), code.to_owned())];
        assert_eq!(code("<pre>\n<b>x</b> &lt; y\n  z\n</pre>"), fenced("", "x < y\n  z\n"));
        assert_eq!(code("<PRE><span class=ln>1 </span>a<br>b<br/>\nc</PRE>"), fenced("", "a\nb\nc\n"));
        assert_eq!(code("<pre>a<button>Copy <b>it</b></button>\nb"), fenced("", "a\nb\n"));
        assert_eq!(code("<pre><!-- x -->\n\n</pre>"), []);
        assert_eq!(code("<script>'<pre>ls</pre>'</script>"), []);
        assert_eq!(code("<pre>a<span\n class='x'>b</span></pre>"), fenced("", "ab\n"));
        assert_eq!(code("<td class=linenos><pre>1\n2</pre></td>"), []);
        assert_eq!(code("<div class='output'><pre>1</pre></div>"), [(BlockKind::Output, "1\n".into())]);
    }

    #[test]
    fn languages_are_named_in_many_ways() {
        let cases = [
            ("<pre><code class='language-python'>x</code></pre>", "python"),
            ("<pre class='lang-sh'>x</pre>", "sh"),
            ("<div class='highlight-python notranslate'><div class='highlight'><pre>x</pre>", "python"),
            ("<div class='highlight highlight-source-shell'><pre>x</pre></div>", "shell"),
            ("<pre class='brush: python; gutter: false'>x</pre>", "python"),
            ("<pre><code class='hljs bash'>x</code></pre>", "bash"),
            ("<pre class='highlight'><code data-lang='go'>x</code></pre>", "go"),
            ("<pre class='sourceCode python'>x</pre>", "python"),
            ("<div class='highlight-default'><div class='highlight'><pre>x</pre>", ""),
            ("<div class='language-a'></div><pre>x</pre>", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(code(text), [(BlockKind::Fenced(expected.into()), "x\n".to_owned())], "{text}");
        }
    }

    #[test]
    fn code_spans_are_decoded() {
        let span = |code: &str| vec![(BlockKind::CodeSpan, code.to_owned())];
        assert_eq!(code("see <code>ls <i>-l</i> &gt; x</code>."), span("ls -l > x\n"));
        assert_eq!(code("see <code>name</code> and <code>ls -l"), []);
    }
}
