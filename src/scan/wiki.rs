//! Pages of wikis and trackers: code between the marks that each of them knows.
//!
//! MediaWiki's and DokuWiki's elements, the braces of Trac and MoinMoin, the macros of Confluence
//! and Jira, BBCode, Textile's paragraphs. Which program wrote a page is not asked: their marks do
//! not clash. Macros that show anything but code are left to the text.

use super::rows::Rows;
use super::{Format, directives, no_trouble};
use crate::model::{Block, BlockKind, Document};
use crate::syntax::shape;
use crate::text::Span;

pub(super) const FORMAT: Format = Format { name: "wiki", sniff, blocks, trouble: no_trouble };

const EXTENSIONS: &[&str] =
    &["wiki", "mediawiki", "wikitext", "dokuwiki", "moin", "trac", "creole", "textile", "jira"];

fn sniff(document: &Document) -> bool {
    match document.path.extension().as_deref() {
        Some(extension) if EXTENSIONS.contains(&extension) => true,
        None | Some("txt" | "text") => {
            let mut waiting: Option<&str> = None;
            document.text.lines().take(5000).any(|line| {
                let line = line.trim();
                if waiting.is_some_and(|close| line.ends_with(close)) {
                    return true;
                }
                // An element of HTML alone tells nothing: it is on pages of all kinds.
                let opened = Opener::of(line).filter(|opener| opener.is_telling(line));
                waiting = opened.map(|opener| opener.close).or(waiting);
                false
            })
        }
        _ => false,
    }
}

fn blocks(document: &Document) -> Vec<Block> {
    let mut reader =
        Reader { document, rows: Rows::new(document), found: Vec::new(), unclosed: Vec::new() };
    let mut line = 1;
    while line <= document.lines.count() {
        line = reader.read(line);
    }
    let Reader { rows, mut found, .. } = reader;
    let prose = rows.prose();
    found.extend(prose.lines.iter().flat_map(|line| code_spans(document, *line)));
    found.push(prose);
    found
}

/// A mark before code, at the start of a line.
struct Opener {
    /// Length of the mark with what it says of the code.
    len: usize,
    /// What is said, as an info string.
    info: String,
    /// The mark behind the code.
    close: &'static str,
}

/// Marks with nothing in them but the language, and what ends their code.
const ELEMENTS: &[(&str, &str)] = &[
    ("<syntaxhighlight", "</syntaxhighlight>"),
    ("<source", "</source>"),
    ("<code", "</code>"),
    ("<file", "</file>"),
    ("<pre", "</pre>"),
    ("{code", "{code}"),
    ("{noformat", "{noformat}"),
    ("[code", "[/code]"),
    ("[sourcecode", "[/sourcecode]"),
];

impl Opener {
    /// The mark that `text`, white space off, begins with.
    fn of(text: &str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix("{{{") {
            // Behind the braces stands what processes the code, or code.
            let named = directives::first_line(rest);
            let len = if named.is_some() { text.len() } else { 3 };
            let word = rest.strip_prefix("#!highlight ").map(|rest| rest.trim().to_owned());
            let info = word.or(named).unwrap_or_default();
            return Some(Self { len, info, close: "}}}" });
        }
        if let Some(rest) = text.strip_prefix("bc") {
            let (tag, rest) = match rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
                Some((tag, rest)) => (tag, rest),
                None => ("", rest),
            };
            let dots = rest.len() - rest.trim_start_matches('.').len();
            let paragraph = matches!(dots, 1 | 2) && rest[dots..].starts_with(' ');
            let close = if dots == 2 { "p. " } else { "" };
            let len = text.len() - rest.len() + dots + 1;
            return paragraph.then(|| Self { len, info: tag.to_owned(), close });
        }
        let (open, close) = ELEMENTS.iter().find(|(open, _)| text.starts_with(open))?;
        let end = if open.starts_with('<') { '>' } else if open.starts_with('{') { '}' } else { ']' };
        let said = text[open.len()..].split(end).next()?;
        let len = open.len() + said.len() + 1;
        let apart = said.is_empty() || said.starts_with([' ', ':', '=']);
        (apart && len <= text.len()).then(|| Self { len, info: language(said), close })
    }

    /// Whether the mark, which begins `line`, is hardly anything else.
    fn is_telling(&self, line: &str) -> bool {
        let alone = line.len() == self.len;
        match self.close {
            "" | "p. " => !self.info.is_empty() && !alone,
            "</code>" | "</pre>" | "</file>" => !self.info.is_empty(),
            _ => alone || !self.info.is_empty(),
        }
    }
}

/// The language in what a mark says: a word of its own, or the value of an attribute.
fn language(said: &str) -> String {
    let words = said.split([' ', '|', ':']).filter(|word| !word.is_empty());
    let clean = |word: &str| word.trim_matches(['"', '\'', '=']).to_owned();
    let mut bare = None;
    for word in words {
        match word.split_once('=').filter(|(name, _)| !name.is_empty()) {
            Some(("lang" | "language" | "type", value)) => return clean(value),
            Some(_) => {}
            None if bare.is_none() => bare = Some(clean(word)),
            None => {}
        }
    }
    // DokuWiki writes a hyphen where no language is meant.
    bare.filter(|word| word != "-" && !matches!(word.as_str(), "line" | "inline")).unwrap_or_default()
}

struct Reader<'d> {
    document: &'d Document,
    rows: Rows<'d>,
    found: Vec<Block>,
    /// Ends that stand on no line below.
    unclosed: Vec<&'static str>,
}

impl Reader<'_> {
    /// Reads what begins at `line` and returns the first line behind it.
    fn read(&mut self, line: u32) -> u32 {
        let text = self.rows.text(line);
        // Lists and indentation are marks before a line, in front of other marks.
        let start = text.len() - text.trim_start_matches([' ', '\t', '*', '#', ':', ';', '-', '|']).len();
        let Some(opener) = Opener::of(&text[start..]) else { return line + 1 };
        let begin = start + opener.len;
        let Some((last, end)) = self.end(line, begin, opener.close) else { return line + 1 };
        // In a sentence it is a code span.
        let behind = text.get(end + opener.close.len()..).unwrap_or("");
        let spoken = last == line && behind.contains(char::is_alphanumeric);
        if spoken && opener.info.is_empty() || last == line && text[begin..end].trim().is_empty() {
            return line + 1;
        }
        let mut lines: Vec<Span> = (line..=last).map(|at| self.document.lines.span(at)).collect();
        let offset = |at: u32, bytes: usize| self.document.lines.span(at).start() + bytes;
        if let Some(span) = lines.last_mut() {
            *span = Span::new(span.start(), offset(last, end));
        }
        lines[0] = Span::new(offset(line, begin), lines[0].end());
        let blank = |span: &Span| self.document.text.get(span.range()).is_none_or(|text| text.trim().is_empty());
        let first = lines.iter().position(|span| !blank(span)).unwrap_or(0);
        let filled = lines.iter().rposition(|span| !blank(span)).map_or(first, |last| last + 1);
        let mut lines = lines[first..filled].to_vec();
        let mut info = opener.info;
        let says = |span: &Span| self.document.text.get(span.range()).and_then(directives::first_line);
        if let Some(named) = lines.first().and_then(says).filter(|_| info.is_empty()) {
            lines.remove(0);
            info = named;
        }
        self.rows.take(line, last);
        let at = self.document.lines.lines_span(line, last);
        self.found.push(Block::new(BlockKind::Fenced(info), at, lines));
        last + 1
    }

    /// The line where the code that begins at byte `begin` of `line` ends, and its bytes there that
    /// are code still.
    fn end(&mut self, line: u32, begin: usize, close: &'static str) -> Option<(u32, usize)> {
        let count = self.rows.count();
        if close.is_empty() || close == "p. " {
            let ends = |next: &u32| match close {
                "" => self.rows.is_blank(*next),
                _ => ["p. ", "h1. ", "h2. ", "h3. ", "bc. ", "bc.. "].iter().any(|mark| self.rows.text(*next).starts_with(mark)),
            };
            let last = (line + 1..=count).find(ends).map_or(count, |next| next - 1);
            return Some((last, self.rows.text(last).len()));
        }
        if self.unclosed.contains(&close) {
            return None;
        }
        let found = (line..=count).find_map(|at| {
            let text = self.rows.text(at);
            let from = if at == line { begin } else { 0 };
            text.get(from..)?.find(close).map(|end| (at, from + end))
        });
        if found.is_none() {
            self.unclosed.push(close);
        }
        found
    }
}

/// Marks around code inside a line.
const SPANS: &[(&str, &str)] =
    &[("{{{", "}}}"), ("{{", "}}"), ("<code>", "</code>"), ("<tt>", "</tt>"), ("@", "@"), ("`", "`")];

/// The code spans in `line` that have the shape of a command or statement.
fn code_spans(document: &Document, line: Span) -> Vec<Block> {
    let text = document.text.get(line.range()).unwrap_or("");
    let mut found = Vec::new();
    // Every search for a mark may go to the end of the line.
    const LONGEST: usize = 4000;
    let mut at = if text.len() > LONGEST { text.len() } else { 0 };
    while let Some((start, (open, close))) = next_mark(text, at) {
        let begin = start + open.len();
        let Some(len) = text[begin..].find(close) else { break };
        let inner = Span::new(line.start() + begin, line.start() + begin + len);
        if shape::is_typeable(&text[begin..begin + len]) {
            let around = Span::new(line.start() + start, inner.end() + close.len());
            found.push(Block::new(BlockKind::CodeSpan, around, vec![inner]));
        }
        at = begin + len + close.len();
    }
    found
}

/// The first mark of a code span from byte `from` of `text` on.
fn next_mark(text: &str, from: usize) -> Option<(usize, (&'static str, &'static str))> {
    let rest = &text[from..];
    let marks = SPANS.iter().filter_map(|mark| {
        // An address holds the mark of Textile too.
        let opens = |at: usize| mark.0 != "@" || !rest[..at].ends_with(char::is_alphanumeric);
        rest.find(mark.0).filter(|at| opens(*at)).map(|at| (from + at, *mark))
    });
    marks.min_by_key(|(at, _)| *at)
}

#[cfg(test)]
mod tests {
    use super::super::tests::code_in;
    use super::*;
    use crate::model::DocPath;

    fn code(text: &str) -> Vec<(BlockKind, String)> {
        code_in(&FORMAT, "a.wiki", text)
    }

    #[test]
    fn every_mark_names_its_language() {
        let cases = [
            ("<syntaxhighlight lang=\"python\" line>\nx\n</syntaxhighlight>", "python"),
            ("# <source lang=bash>x</source>", "bash"),
            ("<code python demo.py>\nx\n</code>", "python"),
            ("<code ->\nx\n</code>", ""),
            ("{{{\n#!python\nx\n}}}", "python"),
            ("{{{#!highlight sh\nx\n}}}", "sh"),
            ("{{{\nx\n}}}", ""),
            ("{code:title=a.py|language=python}\nx\n{code}", "python"),
            ("{code:bash}x{code}", "bash"),
            ("{noformat}\nx\n{noformat}", ""),
            ("[code=python]\nx\n[/code]", "python"),
            ("[sourcecode language='sh']\nx\n[/sourcecode]", "sh"),
            ("bc(python). x", "python"),
            ("bc.. x\n\np. y", ""),
        ];
        for (text, language) in cases {
            let expected = vec![(BlockKind::Fenced(language.to_owned()), "x\n".to_owned())];
            let found: Vec<_> = code(text).into_iter().map(|(kind, code)| (kind, format!("{}\n", code.trim()))).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn what_is_never_closed_is_text() {
        assert_eq!(code("{{{\nx"), []);
        assert_eq!(code("<code>\n<code>\nx"), []);
        let span = |code: &str| vec![(BlockKind::CodeSpan, code.to_owned())];
        assert_eq!(code("type {{{ls -l}}}, or {{{x}}}"), span("ls -l\n"));
        assert_eq!(code("write to a@b.example or @ls -l@"), []);
        assert_eq!(code("type @ls -l@"), span("ls -l\n"));
    }

    #[test]
    fn pages_are_known_by_their_marks() {
        let is_wiki =
            |text: &str| sniff(&Document::new(DocPath::new("a.txt"), text.to_owned()));
        assert!(is_wiki("== x ==\n{{{\nls\n}}}\n"));
        assert!(is_wiki("<syntaxhighlight lang=python>x</syntaxhighlight>\n</syntaxhighlight>"));
        assert!(!is_wiki("a template: {{{name}}} is filled\n"));
        assert!(!is_wiki("<pre>\nx\n</pre>\n"));
    }
}
