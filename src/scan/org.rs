//! Org: source and example blocks, results, fixed-width lines.
//!
//! Babel's arguments are not read: what a block would export or tangle is not asked here.

use super::rows::Rows;
use super::{Format, literals, no_trouble};
use crate::model::{Block, BlockKind, Document};
use crate::text::{Replace, Span};

pub(super) const FORMAT: Format = Format { name: "org", sniff, blocks, trouble: no_trouble };

fn sniff(document: &Document) -> bool {
    match document.path.extension().as_deref() {
        Some("org") => true,
        None | Some("txt" | "text") => {
            let mut lines = document.text.lines().take(5000);
            lines.any(|line| matches!(keyword(line), Some(("begin_src" | "begin_example", _))))
        }
        _ => false,
    }
}

fn blocks(document: &Document) -> Vec<Block> {
    let mut reader = Reader { document, rows: Rows::new(document), found: Vec::new() };
    let mut line = 1;
    while line <= document.lines.count() {
        line = reader.read(line);
    }
    let Reader { rows, mut found, .. } = reader;
    let prose = rows.prose();
    found.extend(literals::blocks(document, &prose, &["=", "~"]));
    found.extend(prose.lines.iter().flat_map(|line| inline_sources(document, *line)));
    found.push(prose);
    found
}

/// The keywords that are looked for, as Org spells them in lower case; others are only lines to
/// leave out.
const KEYWORDS: &[&str] = &[
    "begin_src", "begin_example", "begin_export", "begin_comment", "results", "end_src",
    "end_example", "end_export", "end_comment",
];

/// The keyword of a line `#+keyword: …` and what follows it; other keywords are empty.
fn keyword(text: &str) -> Option<(&'static str, &str)> {
    let rest = text.trim_start().strip_prefix("#+")?;
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').unwrap_or(rest.len());
    let known = KEYWORDS.iter().find(|known| known.eq_ignore_ascii_case(&rest[..end]));
    (end > 0).then(|| (known.copied().unwrap_or(""), rest[end..].trim()))
}

struct Reader<'d> {
    document: &'d Document,
    rows: Rows<'d>,
    found: Vec<Block>,
}

impl Reader<'_> {
    /// Reads what begins at `line` and returns the first line behind it.
    fn read(&mut self, line: u32) -> u32 {
        let text = self.rows.text(line);
        match keyword(text) {
            Some(("results", _)) => {
                self.rows.take(line, line);
                self.results(line + 1)
            }
            Some((word, rest)) => match kind(word, rest) {
                Some(kind) => self.block(line, kind),
                None if word == "begin_comment" => {
                    let (_, end) = self.end(line, "comment");
                    self.taken(line, end)
                }
                None => self.taken(line, line),
            },
            None if is_fixed(text) => self.fixed(line, BlockKind::Indented(None)),
            None if text.trim_start().starts_with("# ") || is_property(text) => {
                self.taken(line, line)
            }
            None => line + 1,
        }
    }

    fn taken(&mut self, first: u32, last: u32) -> u32 {
        self.rows.take(first, last);
        last + 1
    }

    /// The block that begins at `line`, as one of `kind`.
    fn block(&mut self, line: u32, kind: BlockKind) -> u32 {
        let word = keyword(self.rows.text(line)).map_or("", |(word, _)| word);
        let (last, end) = self.end(line, word.trim_start_matches("begin_"));
        let inner = line + 1..=last;
        // Content that stands left of its markers keeps the indentation it has.
        let edge = self.rows.edge(line, last);
        let mut block = self.rows.block(kind, (line, end), inner, edge);
        block.written = block.lines.iter().filter_map(|span| escape(self.document, *span)).collect();
        let marks = |span: &Span| self.document.text.get(span.range()).is_some_and(|line| keyword(line).is_some());
        if word == "begin_example" && (!block.written.is_empty() || block.lines.iter().any(marks)) {
            // Markup that is shown, not meant.
            block.kind = BlockKind::Fenced("org".to_owned());
        }
        self.found.push(block);
        end + 1
    }

    /// The last line of the content of the block that begins at `line`, and the block's own last
    /// line. A block that is never closed ends above the next heading or block.
    fn end(&self, line: u32, name: &str) -> (u32, u32) {
        for next in line + 1..=self.rows.count() {
            let text = self.rows.text(next);
            match keyword(text).map_or("", |(word, _)| word).split_once('_') {
                Some(("end", ended)) if ended == name => return (next - 1, next),
                Some(("begin", begun)) if begun == name => return (next - 1, next - 1),
                _ if is_heading(text) => return (next - 1, next - 1),
                _ => {}
            }
        }
        (self.rows.count(), self.rows.count())
    }

    /// What stands under `#+results:`, from `line` on.
    fn results(&mut self, line: u32) -> u32 {
        let text = self.rows.text(line);
        if is_fixed(text) {
            return self.fixed(line, BlockKind::Output);
        }
        match keyword(text) {
            Some((word, rest)) if kind(word, rest).is_some() => {
                return self.block(line, BlockKind::Output);
            }
            _ => {}
        }
        let table = |text: &str| text.trim_start().starts_with('|');
        if table(text) {
            let rows = (line..=self.rows.count()).take_while(|&line| table(self.rows.text(line)));
            let last = rows.last().unwrap_or(line);
            return self.output(line, line..=last, last);
        }
        let drawer = text.trim().to_ascii_lowercase();
        if drawer != ":results:" && drawer != ":results_drawer:" {
            return line;
        }
        let closed = |next: &u32| self.rows.text(*next).trim().eq_ignore_ascii_case(":end:");
        let headed = |next: &u32| is_heading(self.rows.text(*next));
        let next = (line + 1..=self.rows.count()).find(|next| closed(next) || headed(next));
        let next = next.unwrap_or(self.rows.count() + 1);
        let end = if closed(&next) { next } else { next - 1 };
        self.output(line, line + 1..=next - 1, end)
    }

    fn output(&mut self, line: u32, inner: std::ops::RangeInclusive<u32>, end: u32) -> u32 {
        if inner.is_empty() {
            return self.taken(line, end);
        }
        let block = self.rows.block(BlockKind::Output, (line, end), inner, 0);
        self.found.push(block);
        end + 1
    }

    /// The fixed-width lines from `line` on, as a block of `kind`.
    fn fixed(&mut self, line: u32, kind: BlockKind) -> u32 {
        let fixed = (line..=self.rows.count()).take_while(|&line| is_fixed(self.rows.text(line)));
        let last = fixed.last().unwrap_or(line);
        let mut block = self.rows.block(kind, (line, last), line..=last, usize::MAX);
        for span in &mut block.lines {
            let marked = if span.len() > 1 { 2 } else { span.len() };
            *span = Span::new(span.start() + marked, span.end());
        }
        self.found.push(block);
        last + 1
    }
}

/// What the block of the keyword `word` holds; `None` where that is ordinary text.
fn kind(word: &str, rest: &str) -> Option<BlockKind> {
    match word {
        "begin_src" => {
            // Arguments without a language: `#+begin_src :eval no`.
            let tag = if rest.starts_with([':', '-', '+']) { "" } else { rest };
            Some(BlockKind::Fenced(tag.to_owned()))
        }
        // Sessions are shown as examples no less than what programs print.
        "begin_example" => Some(BlockKind::Indented(None)),
        "begin_export" => Some(BlockKind::Fenced("export".to_owned())),
        _ => None,
    }
}

/// The code of every `src_python[:options]{code}` in `line`.
fn inline_sources(document: &Document, line: Span) -> Vec<Block> {
    let text = document.text.get(line.range()).unwrap_or("");
    let mut found = Vec::new();
    let mut done = line.start();
    for (start, mark) in text.match_indices("src_") {
        if line.start() + start < done {
            continue;
        }
        let rest = &text[start + mark.len()..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
        let (tag, mut behind) = rest.split_at(end);
        if let Some((_, code)) = behind.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            behind = code;
        }
        let Some(code) = behind.strip_prefix('{') else { continue };
        let Some(len) = closing_brace(code) else { continue };
        let begin = line.start() + text.len() - code.len();
        let around = Span::new(line.start() + start, begin + len + 1);
        done = around.end();
        let kind = BlockKind::Fenced(tag.to_owned());
        found.push(Block::new(kind, around, vec![Span::new(begin, begin + len)]));
    }
    found
}

/// Where the brace closes that stands before `code`.
fn closing_brace(code: &str) -> Option<usize> {
    const LONGEST: usize = 500;
    let mut depth = 0;
    for (at, byte) in code.bytes().enumerate().take(LONGEST) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The comma that Org puts before what would otherwise be a heading or a keyword.
fn escape(document: &Document, line: Span) -> Option<Replace> {
    let text = document.text.get(line.range())?;
    let escaped = text.trim_start();
    let start = line.start() + text.len() - escaped.len();
    let behind = escaped.strip_prefix(',')?.trim_start_matches(',');
    (behind.starts_with('*') || behind.starts_with("#+"))
        .then(|| Replace { at: Span::new(start, start + 1), with: String::new() })
}

fn is_heading(text: &str) -> bool {
    text.starts_with('*') && text.trim_start_matches('*').starts_with(' ')
}

fn is_fixed(text: &str) -> bool {
    let text = text.trim_start();
    text == ":" || text.starts_with(": ")
}

/// Whether `text` is a line of a drawer: `:name:`, or `:name: value`.
fn is_property(text: &str) -> bool {
    let inner = text.trim_start().strip_prefix(':').and_then(|rest| rest.split_once(':'));
    inner.is_some_and(|(name, value)| {
        !name.is_empty()
            && !name.contains(char::is_whitespace)
            && (value.is_empty() || value.starts_with(' '))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::code_in;
    use super::*;

    fn code(text: &str) -> Vec<(BlockKind, String)> {
        code_in(&FORMAT, "a.org", text)
    }

    #[test]
    fn blocks_lose_markers_indentation_and_commas() {
        let fenced = |tag: &str, code: &str| vec![(BlockKind::Fenced(tag.into()), code.to_owned())];
        assert_eq!(
            code("- a\n  #+BEGIN_SRC sh :x\n  ls\n    ,* b\n  #+END_SRC\n"),
            fenced("sh :x", "ls\n  * b\n")
        );
        assert_eq!(code("#+begin_src :eval no\nx\n#+end_src"), fenced("", "x\n"));
        assert_eq!(code("#+begin_src sh\nls\n* Next\ntext"), fenced("sh", "ls\n"));
        assert_eq!(code("#+begin_quote\nls\n#+end_quote"), []);
        assert_eq!(code("#+begin_comment\n#+end_example\nls -l\n#+end_comment"), []);
    }

    #[test]
    fn results_are_output() {
        let output = |code: &str| vec![(BlockKind::Output, code.to_owned())];
        assert_eq!(code("#+RESULTS: x\n: 1\n:\n: 2\ntext"), output("1\n\n2\n"));
        assert_eq!(code("#+RESULTS:\n:results:\na\n:END:\n"), output("a\n"));
        assert_eq!(code("#+RESULTS:\n#+begin_example\na\n#+end_example\n"), output("a\n"));
        assert_eq!(code("#+RESULTS:\n| 1 |\n"), output("| 1 |\n"));
        assert_eq!(code("#+RESULTS:\n\n: x"), [(BlockKind::Indented(None), "x\n".to_owned())]);
    }
}
