//! Runs of unmarked lines that look like code: where one begins, what goes on with it, where it
//! ends.
//!
//! Lines are judged by their shapes and by the lines around them; what needs a grammar is left to
//! the classifier.

use super::lines::Line;
use super::prospect::is_blank;
use crate::syntax::shape::{self, Shape};
use crate::syntax::statements;

/// Lines that look alike.
pub(super) enum Found {
    /// So many lines of code.
    Code(usize),
    /// So many lines that only look like assignments.
    Settings(usize),
}

/// The run of code that begins with the first of `lines`; of length zero where it begins with
/// none. What stands `above` may say that a command follows.
pub(super) fn code_run(lines: &[Line<'_>], above: Option<&Line<'_>>) -> Found {
    match opening(lines) {
        0 => statement_run(lines, above),
        opening => match statement_run(&lines[opening..], None) {
            Found::Code(rest) if rest > 0 => Found::Code(opening + rest),
            _ => Found::Code(0),
        },
    }
}

/// [`code_run`] without what only opens it.
fn statement_run(lines: &[Line<'_>], above: Option<&Line<'_>>) -> Found {
    let Some(mut run) = Run::begin(lines, above) else { return Found::Code(0) };
    let mut end = 0;
    let mut at = 0;
    while at < lines.len() {
        let joined = at == 0 || lines[at].number == lines[at - 1].number + 1;
        let block = script_len(&lines[at..]);
        if !joined {
            break;
        } else if is_blank(&lines[at]) {
            let next = lines.get(at + 1);
            // A listing is one piece, and blank lines in it have numbers too.
            let resumes =
                |next: &Line<'_>| next.numbered && lines[at].numbered || run.resumes(next);
            // What is printed with numbers and what is not were two pieces.
            let parted = next.is_some_and(|next| next.numbered != lines[0].numbered);
            if at != end || parted || !next.is_some_and(resumes) {
                break;
            }
            at += 1;
        } else if run.language == Shape::Shell && block > 0 {
            at += block;
            end = at;
        } else if at == 0 || run.accepts(&lines[at]) || run.is_weak(&lines[at..]) {
            run.take(&lines[at]);
            at += 1;
            end = at;
            // A page that lost line breaks in code has no second line of it.
            if at == 1 && run.language == Shape::Python && shape::is_collapsed(lines[0].text) {
                break;
            }
        } else {
            break;
        }
    }
    let text: Vec<&str> = lines[..end].iter().map(|line| line.text).collect();
    let section = above.is_some_and(|line| shape::is_section(line.text));
    if shape::are_settings(&text, section) { Found::Settings(end) } else { Found::Code(end) }
}

/// Number of lines that only open what follows right below: a shebang, strings in triple quotes.
fn opening(lines: &[Line<'_>]) -> usize {
    let shebang = lines[0].text.starts_with("#!") && lines[0].text.contains('/');
    let below = lines.get(1).is_some_and(|next| next.number == lines[0].number + 1);
    // No code begins with more, and where no code follows all of them are looked at again, from the
    // second on.
    const MOST: usize = 3;
    (0..MOST).fold(usize::from(shebang && below), |end, _| end + docstring(&lines[end..]))
}

/// Number of the first of `lines` that are one block of a shell script, without a gap.
fn script_len(lines: &[Line<'_>]) -> usize {
    let first = lines[0].number;
    let joined = |(line, number): &(&Line<'_>, u32)| line.number == *number;
    let joined = lines.iter().zip(first..).take_while(joined);
    shape::script_len(joined.map(|(line, _)| line.text))
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
    /// Whether it holds a definition, or nothing but imports: more code belongs to it.
    structured: bool,
    /// Lines for which brackets have been open; zero when none are.
    open: usize,
    /// Whether the last line ends in a backslash, or a pipe of a shell.
    glued: bool,
}

impl Run {
    /// The run that may begin with the first of `lines`.
    fn begin(lines: &[Line<'_>], above: Option<&Line<'_>>) -> Option<Self> {
        let line = &lines[0];
        let language = match shape::shape(line.text) {
            found @ (Shape::Python | Shape::Shell) => found,
            Shape::Blank => return None,
            Shape::Other if script_len(lines) > 0 => Shape::Shell,
            Shape::Other => {
                let next = lines.get(1).filter(|next| next.number == line.number + 1);
                let below = || next.is_some_and(|next| shape::shape(next.text) == Shape::Shell);
                let spaced = line.text.trim().contains(' ');
                let led = above.is_some_and(|above| above.text.trim_end().ends_with(':'));
                let unknown = shape::is_unknown_command(line.text) && (led || below());
                let known = is_weak_command(line) && spaced && below();
                let decorated = next.is_some_and(|next| shape::is_decorated(line.text, next.text));
                let shell = (unknown || known).then_some(Shape::Shell);
                shell.or(decorated.then_some(Shape::Python))?
            }
        };
        let listed = line.listed;
        let base = line.indent;
        Some(Self {
            language,
            base,
            listed,
            header: None,
            headed: false,
            structured: false,
            open: 0,
            glued: false,
        })
    }

    /// Whether a run of commands goes on with the first of `lines`, a command that says little.
    fn is_weak(&self, lines: &[Line<'_>]) -> bool {
        self.language == Shape::Shell
            && (!lines[0].listed || self.listed)
            && (is_weak_command(&lines[0]) || shape::is_unknown_command(lines[0].text))
    }

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
        let python = self.language == Shape::Python && !self.listed && line.indent == self.base;
        let defines = shape::is_definition(line.text);
        let structured = python && alike && (self.structured || defines);
        // A page ends here, and its number stands below.
        let page = line.text.trim().bytes().all(|byte| byte.is_ascii_digit());
        !is_blank(line) && !line.listed && !page && (below || deep && alike || structured)
    }

    /// Whether `line` stands deeper than a run of commands, or as deep as one that stands off the
    /// margin, and begins with one.
    fn names_command(&self, line: &Line<'_>) -> bool {
        let deep = line.indent > self.base || self.base > 0 && line.indent == self.base;
        self.language == Shape::Shell && deep && shape::names_command(line.text)
    }

    fn take(&mut self, line: &Line<'_>) {
        let python = self.language == Shape::Python;
        let depth = shape::depth(line.text);
        self.open = match (python, self.open) {
            (true, 0) => usize::from(depth > 0),
            (true, open) if depth >= 0 => open + 1,
            _ => 0,
        };
        let text = line.text.trim_end();
        let piped = !python && (text.ends_with(" |") || text.ends_with(" &&"));
        self.glued = text.ends_with('\\') || piped;
        self.structured |= python && (shape::is_definition(text) || shape::is_import_line(text));
        self.listed = line.listed;
        if python && shape::is_header(line.text) {
            self.headed = true;
            self.header = Some(self.header.map_or(line.indent, |header| header.min(line.indent)));
        } else if self.header.is_some_and(|header| line.indent <= header) && self.open == 0 {
            self.header = None;
        }
    }
}

/// Whether `line` is a short command that only says something among others.
fn is_weak_command(line: &Line<'_>) -> bool {
    let text = line.text.trim();
    shape::is_clear_command(text)
        && text.split_whitespace().count() <= 4
        && !text.contains("  ")
        && !text.contains("**")
}
