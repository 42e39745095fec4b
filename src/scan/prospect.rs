//! Code in prose: sessions, runs of lines that look like statements or commands, and code that was
//! run into a sentence.
//!
//! The same for all formats. A run is proposed by the shapes of its lines alone; whether it really
//! is code is for the classifier, and lost line breaks and indentation are put back elsewhere.

use super::lines::{self, Line};
use super::{cells, sessions};
use crate::model::{Block, Cue, Document, Expected, Region, Shown};
use crate::syntax::repl;
use crate::syntax::session;
use crate::syntax::shape::{self, Shape};
use crate::syntax::statements;
use crate::text::{Mapped, Span};

/// The regions in the prose `block`.
pub(super) fn regions(document: &Document, block: &Block) -> Vec<Region> {
    let lines = lines::of(document, block);
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let rest = &lines[at..];
        let (len, cue) = match session::prompt(rest[0].text) {
            Some((kind, _)) => session_run(rest, kind),
            // Not ours, but to be named.
            None if repl::foreign(rest[0].text).is_some() => (paragraph(rest), Cue::Prompt),
            None => (code_run(rest), Cue::Unfenced),
        };
        let single = cue == Cue::Unfenced && len < 2;
        if let Some(tail) = tail(&rest[0]).filter(|_| single) {
            found.push(region(document, &[tail], cue));
        } else if len > 0 {
            let mut made = region(document, &rest[..len], cue);
            if cue == Cue::Prompt {
                made.printed = printed_below(document, rest, len);
            }
            found.push(made);
        }
        at += len.max(1);
    }
    found
}

/// The code that was run into a line of prose: the line cut down to it.
fn tail<'d>(line: &Line<'d>) -> Option<Line<'d>> {
    // Where code spans are marked, what is in a sentence is in one of them.
    if line.text.contains('`') {
        return None;
    }
    let whole = matches!(shape::shape(line.text), Shape::Python | Shape::Shell);
    let cut = if !whole {
        statements::tail(line.text)
            .or_else(|| shape::import_before_remark(line.text))
            .or_else(|| shape::command_tail(line.text))
    } else if shape::is_collapsed(line.text) {
        statements::tail(line.text)
    } else {
        None
    }?;
    let at = Span::new(line.at.start() + cut.start(), line.at.start() + cut.end());
    Some(Line { at, text: &line.text[cut.range()], ..*line })
}

fn region(document: &Document, lines: &[Line<'_>], cue: Cue) -> Region {
    let spans: Vec<_> = lines.iter().map(|line| line.at).collect();
    let blank = lines[0].text.len() - lines[0].text.trim_start().len();
    let (first, last) = (lines[0].at, lines[lines.len() - 1].at);
    let at = Span::new(first.start() + blank, last.end());
    Region {
        at,
        cue,
        tag: None,
        code: Mapped::cut_lines(&document.text, &spans),
        restored: None,
        printed: None,
    }
}

/// Length of the session that begins with the first of `lines`, and what to call it. Its last
/// line is typed, for shells; a doctest or IPython session ends with the paragraph, because what
/// is printed ends there.
fn session_run(lines: &[Line<'_>], kind: session::Kind) -> (usize, Cue) {
    let prompted =
        |line: &Line<'_>| session::prompt(line.text).is_some_and(|(found, _)| found == kind);
    let cue = sessions::cue(kind);
    let mut end = paragraph(lines);
    while end + 1 < lines.len() && follows(lines, end) && prompted(&lines[end + 1]) {
        end += 1 + paragraph(&lines[end + 1..]);
    }
    if kind == session::Kind::Shell {
        let text: Vec<&str> = lines[..end].iter().map(|line| line.text).collect();
        let typed = session::split(&text.join("\n")).and_then(|session| {
            session.lines.iter().rposition(|(_, role)| *role != session::Role::Output)
        });
        end = typed.map_or(1, |last| last + 1);
    }
    (end, cue)
}

/// What stands between the last thing typed to a shell, `len` of `lines`, and the end of the
/// paragraph; nothing where that reads as text.
fn printed_below(document: &Document, lines: &[Line<'_>], len: usize) -> Option<Expected> {
    let end = paragraph(&lines[len - 1..]) + len - 1;
    let below = lines.get(len..end).filter(|below| !below.is_empty())?;
    let told = |line: &Line<'_>| {
        let text = line.text.trim();
        let ends = text.ends_with(['.', ',', ':', '!', '?']);
        line.listed || cells::is_prose(text) || ends && text.split(' ').count() > 2
    };
    if below.iter().any(told) {
        return None;
    }
    let spans: Vec<Span> = below.iter().map(|line| line.at).collect();
    let text = Mapped::cut_lines(&document.text, &spans);
    Some(Expected { text, spans, shown: Shown::Session })
}

/// Whether the line at `at` is all that stands between the lines beside it.
fn follows(lines: &[Line<'_>], at: usize) -> bool {
    let joined = |at: usize| lines[at].number == lines[at - 1].number + 1;
    is_blank(&lines[at]) && joined(at) && joined(at + 1)
}

/// Number of lines up to the next blank one or gap.
fn paragraph(lines: &[Line<'_>]) -> usize {
    let joined = |at: usize| {
        !is_blank(&lines[at]) && (at == 0 || lines[at].number == lines[at - 1].number + 1)
    };
    (0..lines.len()).find(|&at| !joined(at)).unwrap_or(lines.len())
}

fn is_blank(line: &Line<'_>) -> bool {
    line.text.trim().is_empty()
}

/// Length of the run of code that begins with the first of `lines`; zero where it begins with
/// none.
fn code_run(lines: &[Line<'_>]) -> usize {
    let opening = docstring(lines);
    if opening > 0 {
        let rest = code_run(&lines[opening..]);
        return if rest > 0 { opening + rest } else { 0 };
    }
    let language = shape::shape(lines[0].text);
    if !matches!(language, Shape::Python | Shape::Shell) {
        return 0;
    }
    let listed = lines[0].listed;
    let mut run = Run {
        language,
        base: lines[0].indent,
        listed,
        header: None,
        headed: false,
        open: 0,
        glued: false,
    };
    run.take(&lines[0]);
    let mut end = 1;
    if shape::is_collapsed(lines[0].text) {
        // A page that lost line breaks in code has no second line of it.
        return end;
    }
    for at in 1..lines.len() {
        if lines[at].number != lines[at - 1].number + 1 {
            break;
        }
        if is_blank(&lines[at]) {
            let next = lines.get(at + 1);
            if at + 1 != end + 1 || !next.is_some_and(|next| run.resumes(next)) {
                break;
            }
        } else if run.accepts(&lines[at]) {
            run.take(&lines[at]);
            end = at + 1;
        } else {
            break;
        }
    }
    end
}

/// Number of lines of a string in triple quotes that the first of `lines` begins and a later one
/// ends; zero where there is none, or nothing stands right below it.
fn docstring(lines: &[Line<'_>]) -> usize {
    const LONGEST: usize = 12;
    let text = lines[0].text.trim();
    let Some(mark) = ["\"\"\"", "'''"].into_iter().find(|mark| text.starts_with(mark)) else {
        return 0;
    };
    let joined = |at: &usize| lines[*at].number == lines[at - 1].number + 1;
    let end = if text.len() >= 6 && text.ends_with(mark) {
        Some(0)
    } else {
        let inside = (1..lines.len().min(LONGEST)).take_while(joined);
        inside.into_iter().find(|at| lines[*at].text.trim_end().ends_with(mark))
    };
    let below =
        |end: &usize| lines.get(end + 1).is_some_and(|next| next.number == lines[*end].number + 1);
    end.filter(below).map_or(0, |end| end + 1)
}

/// Brackets that stay open longer than this were never meant to be closed.
const MOST_OPEN: usize = 40;

/// What is known of a run while it grows.
struct Run {
    language: Shape,
    /// Indentation of its first line.
    base: usize,
    /// Whether its last line is an item of a list.
    listed: bool,
    /// Indentation of the block header that its last lines stand under.
    header: Option<usize>,
    /// Whether it has a block header at all: what hangs on one may have lost its indentation.
    headed: bool,
    /// Lines for which brackets have been open; zero when none are.
    open: usize,
    /// Whether the last line ends in a backslash.
    glued: bool,
}

impl Run {
    fn accepts(&self, line: &Line<'_>) -> bool {
        if line.listed && !self.listed {
            return false;
        }
        let open = self.open > 0 && self.open < MOST_OPEN;
        let inside = self.glued || open && !shape::is_wordy(line.text);
        let python = self.language == Shape::Python;
        let below = python && self.header.is_some_and(|header| line.indent > header);
        let comment = line.text.trim_start().starts_with('#') && line.indent > 0;
        inside
            || below
            || shape::shape(line.text) == self.language
            || self.names_command(line)
            || python && statements::tail(line.text).is_some_and(|span| span.start() == 0)
            || python && !line.listed && self.goes_on(line.text)
            || comment && !line.listed
    }

    /// Whether `text` can stand among statements though it is hardly one by itself.
    fn goes_on(&self, text: &str) -> bool {
        let text = text.trim();
        shape::is_inner_line(text) || self.headed && text.len() < 200 && statements::is_likely(text)
    }

    /// Whether the run goes on with `line` after a blank one.
    fn resumes(&self, line: &Line<'_>) -> bool {
        let below = self.header.is_some_and(|header| line.indent > header);
        let deep = line.indent >= 4 && line.indent > self.base;
        let alike = shape::shape(line.text) == self.language || self.names_command(line);
        !is_blank(line) && !line.listed && (below || deep && alike)
    }

    /// Whether `line` stands deeper than a run of commands and begins with one.
    fn names_command(&self, line: &Line<'_>) -> bool {
        self.language == Shape::Shell && line.indent > self.base && shape::names_command(line.text)
    }

    fn take(&mut self, line: &Line<'_>) {
        let python = self.language == Shape::Python;
        let depth = shape::depth(line.text);
        self.open = match (python, self.open) {
            (true, 0) => usize::from(depth > 0),
            (true, open) if depth >= 0 => open + 1,
            _ => 0,
        };
        self.glued = line.text.trim_end().ends_with('\\');
        self.listed = line.listed;
        if python && shape::is_header(line.text) {
            self.headed = true;
            self.header = Some(self.header.map_or(line.indent, |header| header.min(line.indent)));
        } else if self.header.is_some_and(|header| line.indent <= header) && self.open == 0 {
            self.header = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::scan;
    use super::*;
    use crate::model::DocPath;

    fn found(text: &str) -> Vec<(Cue, String)> {
        let document = Document::new(DocPath::new("a.txt"), text.to_owned());
        let regions = scan(&document);
        regions.into_iter().map(|region| (region.cue, region.code.text().to_owned())).collect()
    }

    #[test]
    fn runs_end_with_the_code() {
        let unfenced = |code: &str| vec![(Cue::Unfenced, code.to_owned())];
        assert_eq!(
            found("Look:\ndig +short example.org\nand so on"),
            unfenced("dig +short example.org\n")
        );
        assert_eq!(
            found("- import os\n- x = os.listdir('.')\n- words"),
            unfenced("import os\nx = os.listdir('.')\n")
        );
        assert_eq!(found("rm *.o\n\trm -f *\n\nText"), unfenced("rm *.o\n\trm -f *\n"));
        assert_eq!(found("f(a,\n  b)\nText"), unfenced("f(a,\n  b)\n"));
        assert_eq!(
            found("def f():\n    talk of this\n\n    more\nText here"),
            unfenced("def f():\n    talk of this\n\n    more\n")
        );
        assert_eq!(found("Nothing here is code, not even this one."), []);
    }

    #[test]
    fn sessions_keep_what_is_printed_between_their_inputs() {
        assert_eq!(
            found("$ ls\na b\n$ pwd\nThat was all."),
            [(Cue::Prompt, "$ ls\na b\n$ pwd\n".to_owned())]
        );
        assert_eq!(
            found(">>> 1\n1\n\n>>> 2\n2\n\nEnd"),
            [(Cue::Doctest, ">>> 1\n1\n\n>>> 2\n2\n".to_owned())]
        );
    }
}
