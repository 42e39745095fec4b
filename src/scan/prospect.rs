//! Code in prose: sessions, runs of lines that look like statements or commands, and code that was
//! run into a sentence.
//!
//! The same for all formats. A run is proposed by the shapes of its lines alone; whether it really
//! is code is for the classifier, and lost line breaks and indentation are put back elsewhere.

use super::lines::{self, Line};
use super::runs::{self, Found};
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
    let mut settings = false;
    while at < lines.len() {
        let rest = &lines[at..];
        // A section ends with its paragraph, or with the item of a list that it stands in.
        let goes_on = settings && !is_blank(&rest[0]) && !rest[0].listed;
        settings = shape::is_section(rest[0].text) || goes_on;
        if settings || goes_on_sentence(&lines[..at], &rest[0]) {
            at += 1;
            continue;
        }
        if shape::is_traceback(rest[0].text) {
            at += traceback(rest);
            continue;
        }
        let (len, cue) = match session::prompt(rest[0].text) {
            Some((kind, _)) => session_run(rest, kind),
            // Not ours, but to be named.
            None if repl::foreign(rest[0].text).is_some() => (paragraph(rest), Cue::Prompt),
            None => match runs::code_run(rest, above(&lines, at)) {
                Found::Code(len) => (len, Cue::Unfenced),
                Found::Settings(len) => {
                    at += len;
                    continue;
                }
            },
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
        } else {
            found.extend(in_sentence(document, &rest[0]));
        }
        at += len.max(1);
    }
    found
}

/// Whether `line` is no more than `import` and a name, and ends the sentence that breaks off above
/// it: as much English as Python.
fn goes_on_sentence(above: &[Line<'_>], line: &Line<'_>) -> bool {
    let bare = line.text.trim().strip_prefix("import ").is_some_and(shape::is_identifier);
    let spoken = |above: &Line<'_>| {
        let text = above.text.trim_end();
        let words = text.split_whitespace().count();
        above.number + 1 == line.number
            && words > 3
            // A line that ends early was ended by its author.
            && text.len() >= 50
            && text.ends_with(char::is_alphabetic)
            && shape::is_wordy(text)
    };
    bare && !line.listed && above.last().is_some_and(spoken)
}

/// The code that was run into a line of prose: the line cut down to it.
fn tail<'d>(line: &Line<'d>) -> Option<Line<'d>> {
    // Where code spans are marked, what is in a sentence is in one of them.
    if line.text.contains('`') || line.text.contains("</code>") {
        return None;
    }
    let whole = matches!(shape::shape(line.text), Shape::Python | Shape::Shell);
    let span = if !whole {
        statements::tail(line.text).or_else(|| shape::import_before_remark(line.text))
    } else if shape::is_collapsed(line.text) {
        statements::tail(line.text)
    } else {
        None
    }?;
    Some(cut(line, span))
}

/// The commands and statements in a line of prose.
fn in_sentence(document: &Document, line: &Line<'_>) -> Vec<Region> {
    let told = told(line);
    match command_tail(line).filter(|_| told.len() < 2) {
        Some(command) => vec![region(document, &[command], Cue::Unfenced)],
        None => told.iter().map(|line| region(document, &[*line], Cue::Inline)).collect(),
    }
}

/// The command that a colon leads to, or that ends a line of prose.
fn command_tail<'d>(line: &Line<'d>) -> Option<Line<'d>> {
    let marked = line.text.contains('`') || line.text.contains("</code>");
    shape::command_tail(line.text).filter(|_| !marked).map(|span| cut(line, span))
}

/// `line` cut down to `span` of its text.
fn cut<'d>(line: &Line<'d>, span: Span) -> Line<'d> {
    let at = Span::new(line.at.start() + span.start(), line.at.start() + span.end());
    Line { at, text: &line.text[span.range()], ..*line }
}

/// The commands and statements that a line of prose tells to type: the line cut down to each.
fn told<'d>(line: &Line<'d>) -> Vec<Line<'d>> {
    // Where code spans or links are marked, a format has said what is what.
    let span = line.text.split('`').skip(1).step_by(2).any(|inside| !inside.contains('\''));
    if span || ["](", "]:", "</code>"].iter().any(|mark| line.text.contains(mark)) {
        return Vec::new();
    }
    shape::told(line.text).into_iter().map(|span| cut(line, span)).collect()
}

/// The line right above the one at `at`, blank lines aside.
fn above<'l, 'd>(lines: &'l [Line<'d>], at: usize) -> Option<&'l Line<'d>> {
    lines[..at].iter().rev().take(2).find(|line| !is_blank(line))
}

/// Number of lines of the traceback that begins with the first of `lines`: up to the error.
fn traceback(lines: &[Line<'_>]) -> usize {
    let base = lines[0].indent;
    let error = (1..lines.len()).find(|at| is_blank(&lines[*at]) || lines[*at].indent <= base);
    error.map_or(lines.len(), |at| at + 1)
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
        directives: Vec::new(),
        numbers: None,
    }
}

/// Length of the session that begins with the first of `lines`, and what to call it. Its last
/// line is typed, for shells; a doctest or IPython session ends with the paragraph, because what
/// is printed ends there.
fn session_run(lines: &[Line<'_>], kind: session::Kind) -> (usize, Cue) {
    let prompted =
        |line: &Line<'_>| session::prompt(line.text).is_some_and(|(found, _)| found == kind);
    let cue = sessions::cue(kind);
    let (mut start, mut end) = (0, spoken(lines, paragraph(lines)));
    loop {
        if let Some(more) = rest_of_traceback(&lines[start..], end - start) {
            end = start + more;
        } else if end + 1 < lines.len() && follows(lines, end) && prompted(&lines[end + 1]) {
            start = end + 1;
            let more = &lines[start..];
            end += 1 + spoken(more, paragraph(more));
        } else {
            break;
        }
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

/// Number of `lines` up to the last one of a traceback of IPython that begins in the first `len` of
/// them: it has blank lines, and ends with the exception that its first line names.
fn rest_of_traceback(lines: &[Line<'_>], len: usize) -> Option<usize> {
    const MOST: usize = 80;
    let head = |line: &Line<'_>| {
        let kind = line.text.trim().strip_suffix("Traceback (most recent call last)")?.trim_end();
        (!kind.is_empty() && !kind.contains(' ')).then(|| format!("{kind}:"))
    };
    let (at, told) =
        lines[..len].iter().enumerate().find_map(|(at, line)| Some((at, head(line)?)))?;
    let ends = |line: &&Line<'_>| line.text.trim_start().starts_with(&told);
    if lines[at..len].iter().any(|line| ends(&line)) {
        return None;
    }
    let below = lines[len..].iter().take(MOST);
    let below = below.take_while(|line| session::prompt(line.text).is_none());
    let more = below.into_iter().position(|line| ends(&line))?;
    Some(len + more + paragraph(&lines[len + more..]))
}

/// What stands between the last thing typed to a shell, `len` of `lines`, and the end of the
/// paragraph; nothing where that reads as text.
fn printed_below(document: &Document, lines: &[Line<'_>], len: usize) -> Option<Expected> {
    let typed = &lines[len - 1..];
    let end = spoken(typed, paragraph(typed)) + len - 1;
    let below = lines.get(len..end).filter(|below| !below.is_empty())?;
    let told = |line: &Line<'_>| {
        let text = line.text.trim();
        let ends = text.ends_with(['.', ',', ':', '!', '?']);
        let words = text.split(' ').count();
        // The sentence that the command stands in goes on.
        let goes_on = words == 2 && text.starts_with(|c: char| c.is_lowercase());
        line.listed || cells::is_prose(text) || ends && (words > 2 || goes_on)
    };
    if below.iter().any(told) {
        return None;
    }
    let spans: Vec<Span> = below.iter().map(|line| line.at).collect();
    let text = Mapped::cut_lines(&document.text, &spans);
    Some(Expected { text, spans, shown: Shown::Session })
}

/// Number of lines up to where, in a paragraph of `len` lines that begins with a prompt, the author
/// speaks again: a sentence below something typed or printed, or another kind of prompt.
fn spoken(lines: &[Line<'_>], len: usize) -> usize {
    let kind = |line: &Line<'_>| session::prompt(line.text).map(|(kind, _)| kind);
    let first = kind(&lines[0]);
    let ends = |at: usize| match kind(&lines[at]) {
        Some(found) => Some(found) != first && first != Some(session::Kind::Shell),
        None => shape::is_sentence(lines[at].text),
    };
    let mut at = 1;
    while at < len {
        if shape::is_traceback(lines[at].text) {
            // Its last line is a sentence as often as not.
            at += traceback(&lines[at..len]);
        } else if ends(at) {
            return at;
        } else {
            at += 1;
        }
    }
    len
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

pub(super) fn is_blank(line: &Line<'_>) -> bool {
    line.text.trim().is_empty()
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
