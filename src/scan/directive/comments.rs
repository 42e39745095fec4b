//! Comments of markup: what a reader of the rendered page does not see.
//!
//! Where they are and what is written in them; what that means is for `ours` and `foreign`.

use super::words::spelling;
use super::{Reach, Said, foreign, ours};
use crate::model::{Directive, Document, Instruction, Remark, Scope};
use crate::text::Span;

/// One comment.
#[derive(Clone, Debug)]
pub(super) struct Comment {
    /// Its first line.
    pub first: u32,
    /// Its last line.
    pub last: u32,
    /// Where it stands, marks included.
    pub at: Span,
    /// The deeper lines below it; empty where nothing that it says is about them.
    pub body: Span,
    /// What it says to us.
    pub said: Vec<Said>,
    /// What is wrong with it, if it means us.
    pub remarks: Vec<Remark>,
    spelling: String,
}

impl Comment {
    /// What it says with that reach.
    pub(super) fn with(&self, reach: Reach) -> impl Iterator<Item = (&Self, &Said)> {
        self.said.iter().filter(move |said| said.reach == reach).map(move |said| (self, said))
    }

    /// What it `said`, as a directive.
    pub(super) fn directive(&self, said: &Said, scope: Scope) -> Directive {
        Directive {
            what: said.what.clone(),
            scope,
            tool: said.tool,
            spelling: self.spelling.clone(),
            at: self.at,
        }
    }
}

/// A comment goes over so many lines at most.
const LONGEST: u32 = 200;

/// And over so many bytes.
const LONGEST_BYTES: usize = 64 * 1024;

/// Every comment of `document` that begins a line outside of the lines that are `closed`.
pub(super) fn comments(document: &Document, format: &str, closed: &[bool]) -> Vec<Comment> {
    let mut found = Vec::new();
    let mut number = 1;
    while number <= document.lines.count() {
        let open = !closed.get(number as usize).copied().unwrap_or(true);
        let first = number;
        number += 1;
        if !open {
            continue;
        }
        let line = document.line(first);
        let start = document.lines.span(first).start() + prefix(line);
        let rest = document.text.get(start..document.lines.span(first).end()).unwrap_or("");
        let last = match rest.as_bytes().first() {
            Some(b'<') => closing(document, first, start, "<!--", "-->", &mut found),
            Some(b'{') => closing(document, first, start, "{/*", "*/}", &mut found),
            Some(b'[' | b'.' | b'%' | b'#' | b'/') => {
                let read =
                    on_a_line(rest, format).map(|body| read((first, first), (start, rest), body));
                found.extend(read.map(|comment| with_body(document, comment)));
                None
            }
            _ => None,
        };
        number = last.map_or(number, |last| last + 1);
    }
    found
}

/// The white space, quote marks and list marker that `line` begins with, in bytes.
fn prefix(line: &str) -> usize {
    let rest = line.trim_start_matches([' ', '\t', '>']);
    let item = ["- ", "* ", "+ "].iter().find_map(|mark| rest.strip_prefix(mark));
    line.len() - item.map_or(rest, str::trim_start).len()
}

/// Takes the comments between `opener` and `closer` that begin at the byte `start` in line
/// `first`, and returns the line where the last of them ends; `None` where there is none, or
/// something else stands behind it.
fn closing(
    document: &Document,
    first: u32,
    start: usize,
    opener: &str,
    closer: &str,
    found: &mut Vec<Comment>,
) -> Option<u32> {
    let end = document.lines.span(document.lines.count().min(first + LONGEST)).end();
    let end = document.text.floor_char_boundary(end.min(start + LONGEST_BYTES));
    let (mut start, mut last) = (start, None);
    let mut line = first;
    while let Some(rest) = document.text.get(start..end).filter(|rest| rest.starts_with(opener)) {
        let Some(inner) = rest[opener.len()..].find(closer) else { break };
        let len = opener.len() + inner;
        let whole = &rest[..len + closer.len()];
        let ends = document.lines.line_near(line, start + len);
        let behind = start + whole.len();
        let left = document.text.get(behind..document.lines.span(ends).end()).unwrap_or("");
        let body = rest[opener.len()..len].trim_matches('-').trim();
        found.push(read((line, ends), (start, whole), body));
        (last, line) = (Some(ends), ends);
        start = behind + (left.len() - left.trim_start().len());
        if left.trim().is_empty() {
            return last;
        }
    }
    last
}

/// What the comment that is all of `text` says, in the formats that have such comments.
fn on_a_line<'t>(text: &'t str, format: &str) -> Option<&'t str> {
    let text = text.trim_end();
    match format {
        "markdown" if text.starts_with('%') => text.strip_prefix("% "),
        "markdown" => {
            let rest = text.strip_prefix("[//]:").or_else(|| text.strip_prefix("[comment]:"))?;
            let rest = rest.trim_start().trim_start_matches(['#', '<', '>']).trim_start();
            let inner = rest.strip_prefix(['(', '"', '\''])?;
            inner.strip_suffix([')', '"', '\''])
        }
        "rst" => text.strip_prefix(".. "),
        "asciidoc" => text.strip_prefix("//").filter(|rest| !rest.starts_with('/')),
        "org" => text.strip_prefix("# "),
        "plain" | "wiki" => {
            ["# ", ".. ", "% ", "// "].iter().find_map(|mark| text.strip_prefix(mark))
        }
        _ => None,
    }
    .map(str::trim)
}

/// `comment`, which is one line, with the deeper lines below it if it says something of them.
fn with_body(document: &Document, mut comment: Comment) -> Comment {
    if comment.with(Reach::Body).next().is_some() {
        let margin = |line: u32| {
            let text = document.line(line);
            text.len() - text.trim_start().len()
        };
        let deeper = |line: &u32| {
            document.line(*line).trim().is_empty() || margin(*line) > margin(comment.first)
        };
        let below = (comment.first + 1..=document.lines.count()).take_while(deeper);
        let last = below.last().unwrap_or(comment.first);
        comment.body = document.lines.lines_span(comment.first, last);
    }
    comment
}

fn read((first, last): (u32, u32), at: (usize, &str), body: &str) -> Comment {
    let (start, whole) = at;
    let at = Span::new(start, start + whole.trim_end().len());
    let (mut said, mut remarks) = (Vec::new(), Vec::new());
    if let Some(words) = ours::addressed(body) {
        let (what, wrong) = ours::words(words);
        said = what;
        remarks = wrong.into_iter().map(|message| Remark { at, message }).collect();
    } else {
        said.extend(foreign::comment(body));
    }
    for said in &mut said {
        // A group without a name is all between two marks.
        if let Instruction::Group(name) = &mut said.what
            && name.is_empty()
        {
            *name = format!("line {first}");
        }
    }
    let spelling = spelling(whole);
    Comment { first, last, at, body: Span::default(), said, remarks, spelling }
}
