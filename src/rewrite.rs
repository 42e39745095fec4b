//! What is printed, put where a document shows something else.
//!
//! Only the shown lines change, and they keep what stands around them: indentation, quotes, marks of
//! comments, strings of a notebook. What cannot be written there without changing its meaning is
//! refused. Pure; reading and writing files is for others.

use crate::model::{Document, Rewrite};
use crate::text::{Replace, Span};

/// Why an output is left as it is, and on which line it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The one-based document line.
    pub line: u32,
    /// The reason, as half a sentence.
    pub why: &'static str,
}

/// The edits that put every one of `rewrites` into `document`, in order, and what is refused.
pub fn edits(document: &Document, rewrites: &[Rewrite]) -> (Vec<Replace>, Vec<Refusal>) {
    let (mut edits, mut refusals): (Vec<Replace>, Vec<Refusal>) = Default::default();
    for rewrite in rewrites {
        let place = Place::new(document, rewrite);
        let made = match place {
            Some(place) if document.path.as_str().ends_with(".ipynb") => place.in_strings(),
            Some(place) => place.in_lines(),
            None => Err("its place in the document is not known"),
        };
        match made {
            Ok(made) => edits.extend(made),
            Err(why) => {
                let start = rewrite.spans.first().map_or(0, |span| span.0);
                refusals.push(Refusal { line: document.lines.line(start as usize), why });
            }
        }
    }
    edits.sort_by_key(|edit| edit.at);
    edits.dedup();
    (edits, refusals)
}

/// The `bytes` of a document with `edits` of its decoded `text`: all other bytes stay, and new lines
/// end as the line does that they follow. Nothing where the text is not that of the bytes.
pub fn apply(bytes: &[u8], text: &str, edits: &[Replace]) -> Option<Vec<u8>> {
    const MARK: &[u8] = &[0xef, 0xbb, 0xbf];
    let (mark, raw) = match bytes.strip_prefix(MARK) {
        Some(rest) => (MARK, std::str::from_utf8(rest).ok()?),
        None => (&[][..], std::str::from_utf8(bytes).ok()?),
    };
    if raw.replace("\r\n", "\n").replace('\r', "\n") != text {
        return None;
    }
    let mut made = mark.to_vec();
    let mut walk = Walk { raw: raw.as_bytes(), at: 0, decoded: 0, ending: "\n" };
    for edit in edits {
        if edit.at.start() < walk.decoded {
            return None;
        }
        made.extend_from_slice(walk.to(edit.at.start()));
        walk.peek();
        made.extend_from_slice(edit.with.replace('\n', walk.ending).as_bytes());
        walk.to(edit.at.end());
    }
    made.extend_from_slice(walk.to(text.len()));
    Some(made)
}

/// A place in bytes, and the same in their decoded text.
struct Walk<'r> {
    raw: &'r [u8],
    at: usize,
    decoded: usize,
    /// How the line at this place ends.
    ending: &'static str,
}

impl<'r> Walk<'r> {
    /// Goes on to a place of the text, and returns the bytes up to there.
    fn to(&mut self, decoded: usize) -> &'r [u8] {
        let from = self.at;
        while self.decoded < decoded && self.at < self.raw.len() {
            self.at += if self.raw[self.at..].starts_with(b"\r\n") { 2 } else { 1 };
            self.decoded += 1;
        }
        &self.raw[from..self.at]
    }

    /// Looks how the line here ends; the last line of a text may not.
    fn peek(&mut self) {
        let rest = &self.raw[self.at..];
        let end = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
        self.ending = match end.map(|end| &rest[end..]) {
            Some([b'\r', b'\n', ..]) => "\r\n",
            Some([b'\r', ..]) => "\r",
            Some(_) => "\n",
            None => self.ending,
        };
    }
}

/// Where an output is shown.
struct Place<'d> {
    text: &'d str,
    /// Its lines, without what stands around them; at least one.
    spans: Vec<Span>,
    /// The lines that it shall have.
    wanted: Vec<&'d str>,
}

type Made = Result<Vec<Replace>, &'static str>;

impl<'d> Place<'d> {
    fn new(document: &'d Document, rewrite: &'d Rewrite) -> Option<Self> {
        let text = document.text.as_str();
        let spans: Vec<Span> = rewrite
            .spans
            .iter()
            .map(|&(start, end)| Span::new(start as usize, end as usize))
            .collect();
        let forward = spans.windows(2).all(|pair| pair[0].end() <= pair[1].start());
        let inside = spans.iter().all(|span| text.get(span.range()).is_some());
        let known = !spans.is_empty() && forward && inside;
        known.then(|| Self { text, spans, wanted: rewrite.text.lines().collect() })
    }

    /// Where the line begins that holds `offset`.
    fn line_start(&self, offset: usize) -> usize {
        self.text[..offset].rfind('\n').map_or(0, |at| at + 1)
    }

    fn line_end(&self, offset: usize) -> usize {
        self.text[offset..].find('\n').map_or(self.text.len(), |at| offset + at)
    }

    /// What stands before a span on its line.
    fn prefix(&self, span: Span) -> &'d str {
        &self.text[self.line_start(span.start())..span.start()]
    }

    fn in_lines(&self) -> Made {
        let (first, last) = (self.spans[0], self.spans[self.spans.len() - 1]);
        let rest = |span: &Span| &self.text[span.end()..self.line_end(span.end())];
        let starts: Vec<usize> =
            self.spans.iter().map(|span| self.line_start(span.start())).collect();
        let follow = starts.windows(2).zip(&self.spans).all(|(pair, span)| {
            pair[1] == self.line_end(span.end()) + 1 && rest(span).trim().is_empty()
        });
        if !follow || !rest(&last).trim().is_empty() {
            return Err("its lines do not stand below one another");
        }
        let shown: String = self.spans.iter().map(|span| &self.text[span.range()]).collect();
        let escaped = shown.contains('&') && shown.contains(';') || shown.contains("&lt;");
        if escaped {
            return Err("it is written with entities");
        }
        if self.wanted.iter().any(|line| closes(line)) {
            return Err("what is printed looks like markup or a prompt");
        }
        if self.wanted.is_empty() {
            if self.prefix(first).contains(char::is_alphanumeric) {
                return Err("nothing is printed, and code stands on its line");
            }
            let end = (self.line_end(last.end()) + 1).min(self.text.len());
            return Ok(vec![Replace { at: Span::new(starts[0], end), with: String::new() }]);
        }
        let margin = self.margin()?;
        let mut with = String::new();
        for (at, line) in self.wanted.iter().enumerate() {
            if at > 0 {
                with.push('\n');
                // No blanks at the ends of lines.
                with.push_str(if line.is_empty() { margin.trim_end() } else { margin });
            }
            with.push_str(line);
        }
        Ok(vec![Replace { at: Span::new(first.start(), last.end()), with }])
    }

    /// What stands before lines behind the first.
    fn margin(&self) -> Result<&'d str, &'static str> {
        let filled = self.spans.iter().skip(1).find(|span| !span.is_empty());
        if let Some(second) = filled {
            return Ok(self.prefix(*second));
        }
        let prefix = self.prefix(self.spans[0]);
        if !prefix.contains(char::is_alphanumeric) && !prefix.contains(['=', '→', '⇒', '➜']) {
            return Ok(prefix);
        }
        let bare = prefix.trim_start_matches([' ', '\t', '>']);
        let is_result = bare.starts_with("Out[") || bare.starts_with("Out [");
        match is_result || self.wanted.len() < 2 {
            true => Ok(&prefix[..prefix.len() - bare.len()]),
            false => Err("more than one line is printed, and code stands on its line"),
        }
    }

    /// In the strings of JSON, of which every one holds one line or more.
    fn in_strings(&self) -> Made {
        let count = self.spans.len().min(self.wanted.len());
        let mut edits: Vec<Replace> = self.spans[..count]
            .iter()
            .zip(&self.wanted)
            .map(|(span, line)| Replace { at: *span, with: escaped(line) })
            .collect();
        if self.wanted.len() > count {
            let more = self.wanted[count..].iter().map(|line| format!("\\n{}", escaped(line)));
            match edits.last_mut() {
                Some(last) => last.with.extend(more),
                None => return Err("its place in the document is not known"),
            }
        }
        if self.spans.len() > count {
            let last = self.spans[self.spans.len() - 1].end();
            let start = match edits.pop() {
                Some(kept) => {
                    let start = kept.at.end();
                    edits.push(kept);
                    start
                }
                None => self.spans[0].start(),
            };
            let mut between = self.spans[count.saturating_sub(1)..]
                .windows(2)
                .map(|pair| &self.text[pair[0].end()..pair[1].start()]);
            let only_strings = |text: &str| {
                text.chars().all(|c| matches!(c, '\\' | 'n' | '"' | ',' | ' ' | '\t' | '\n'))
            };
            if !between.all(only_strings) {
                return Err("it is shown in more than one output");
            }
            edits.push(Replace { at: Span::new(start, last), with: String::new() });
        }
        Ok(edits)
    }
}

/// Whether a line would end what it stands in, or begin something else.
fn closes(line: &str) -> bool {
    let start = line.trim_start();
    let marks = ["```", "~~~", ">>> ", "... ", "$ ", "</pre", "-->", "----", "In ["];
    marks.iter().any(|mark| start.starts_with(mark)) || line.contains(['\0', '\u{1b}', '\r'])
}

/// As JSON writes it inside of a string.
fn escaped(line: &str) -> String {
    let mut made = String::with_capacity(line.len());
    for char in line.chars() {
        match char {
            '"' => made.push_str("\\\""),
            '\\' => made.push_str("\\\\"),
            '\t' => made.push_str("\\t"),
            char if (char as u32) < 0x20 => made.push_str(&format!("\\u{:04x}", char as u32)),
            char => made.push(char),
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::DocPath;

    /// The document with what stands between `«` and `»` as the lines of one output, which becomes
    /// `text`.
    fn rewritten(name: &str, marked: &str, text: &str) -> Result<String, &'static str> {
        let (mut plain, mut spans) = (String::new(), Vec::new());
        for (at, part) in marked.split(['«', '»']).enumerate() {
            let start = plain.len() as u32;
            plain.push_str(part);
            if at % 2 == 1 {
                spans.push((start, plain.len() as u32));
            }
        }
        let document = Document::new(DocPath::new(name), plain.clone());
        let (edits, refusals) = edits(&document, &[Rewrite { spans, text: text.to_owned() }]);
        match refusals.first() {
            Some(refusal) => Err(refusal.why),
            None => {
                let bytes = apply(plain.as_bytes(), &plain, &edits).ok_or("it does not apply")?;
                Ok(String::from_utf8(bytes).unwrap())
            }
        }
    }

    #[test]
    fn only_the_shown_lines_change_and_keep_what_stands_around_them() {
        for (marked, text, expected) in [
            (">>> x\n«1»\n>>> y\n", "2\n", ">>> x\n2\n>>> y\n"),
            ("> >>> x\n> «1»\n> «2»\n\nz\n", "a\n\nb\n", "> >>> x\n> a\n>\n> b\n\nz\n"),
            ("    >>> x\n    «1»\n    «2»\n", "3\n", "    >>> x\n    3\n"),
            ("    >>> x\n    «1»\n    >>> y\n", "", "    >>> x\n    >>> y\n"),
            ("f()\n#> «a»\n", "b\nc\n", "f()\n#> b\n#> c\n"),
            ("x  # => «1»\n", "2\n", "x  # => 2\n"),
            ("  In [1]: x\n  Out[1]: «1»\n", "[2,\n 3]\n", "  In [1]: x\n  Out[1]: [2,\n   3]\n"),
            ("```\n«a»\n«»\n«b»\n```\n", "é\n", "```\né\n```\n"),
        ] {
            assert_eq!(rewritten("a.md", marked, text).as_deref(), Ok(expected), "{marked}");
        }
        for (marked, text) in [
            ("x  # => «1»\n", "2\n3\n"),
            ("x  # => «1»\n", ""),
            ("```\n«a»\n```\n", "```\n"),
            (">>> x\n«a»\n", ">>> y\n"),
            ("«a»\nb\n«c»\n", "d\n"),
            ("<pre>\n«&lt;a&gt;»\n</pre>\n", "<b>\n"),
        ] {
            assert!(rewritten("a.md", marked, text).is_err(), "{marked}");
        }
    }

    #[test]
    fn notebooks_stay_notebooks() {
        let list = "{\"text\": [\n \"«a»\\n\",\n \"«b»\\n\"\n]}";
        for (marked, text, expected) in [
            (list, "1\n2\n", "{\"text\": [\n \"1\\n\",\n \"2\\n\"\n]}"),
            (list, "\"\\\n", "{\"text\": [\n \"\\\"\\\\\\n\"\n]}"),
            (list, "1\n2\n3\n", "{\"text\": [\n \"1\\n\",\n \"2\\n3\\n\"\n]}"),
            ("{\"text\": \"«a»\\n«b»\"}", "1\n", "{\"text\": \"1\"}"),
            (list, "", "{\"text\": [\n \"\\n\"\n]}"),
        ] {
            assert_eq!(rewritten("a.ipynb", marked, text).as_deref(), Ok(expected), "{text}");
        }
        assert!(rewritten("a.ipynb", "\"«a»\\n\"}, {\"x\": \"«b»\"", "1\n").is_err());
    }

    #[test]
    fn other_bytes_stay_whatever_ends_their_lines() {
        let raw = b"\xef\xbb\xbfa\r\n1\r\nb\rc\n2\n";
        let text = "a\n1\nb\nc\n2\n";
        let edit = |at: Span, with: &str| Replace { at, with: with.to_owned() };
        let edits = [edit(Span::new(2, 3), "x\ny"), edit(Span::new(8, 9), "p\nq")];
        let expected = b"\xef\xbb\xbfa\r\nx\r\ny\r\nb\rc\np\nq\n";
        assert_eq!(apply(raw, text, &edits).as_deref(), Some(&expected[..]));
        assert_eq!(apply(b"other\n", text, &edits), None);
        assert_eq!(apply(b"\xff\n", "\u{fffd}\n", &[]), None);
    }

    proptest! {
        #[test]
        fn no_edit_changes_no_byte(raw in "\u{feff}?([a-c\u{e9}]|\r|\n|\r\n){0,40}") {
            let text = raw.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
            let one_mark = raw.matches('\u{feff}').count() < 2;
            prop_assert!(!one_mark || apply(raw.as_bytes(), &text, &[]).as_deref() == Some(raw.as_bytes()));
        }
    }
}
