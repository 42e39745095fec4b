//! Sessions that go from one program to another: a shell that starts Python, Python that is left
//! again, a database in between. Each program's part becomes a region of its own.
//!
//! What the program says when it starts is output that nobody compares, and the statement that
//! leaves it is no example, so neither is code of any part.

use crate::model::{Cue, Region};
use crate::syntax::repl::{self, Program};
use crate::syntax::session::{self, Kind, Role, Session};
use crate::text::{Mapped, Span};

/// Larger regions stay whole: they end as skips, and reading them part by part takes long.
const LARGEST: usize = 64 * 1024;

/// The last of so many parts is the rest.
const MOST_PARTS: usize = 64;

/// `regions`, those with several programs in parts.
pub(super) fn part(regions: Vec<Region>) -> Vec<Region> {
    regions.into_iter().flat_map(parts_of).collect()
}

fn parts_of(region: Region) -> Vec<Region> {
    let open = !matches!(region.cue, Cue::Output | Cue::Inline | Cue::Unfenced);
    let parts = if open && region.code.text().len() <= LARGEST {
        parts(region.code.text())
    } else {
        Vec::new()
    };
    if parts.len() < 2 {
        return vec![region];
    }
    let count = parts.len();
    let made = parts.into_iter().enumerate();
    made.map(|(number, part)| part.region(&region, number + 1 == count)).collect()
}

/// What a part holds.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Holds {
    /// What is typed to Python or a shell, and what these print.
    Code,
    /// What a program says when it starts.
    Greeting,
    /// What is typed to another program; the command that started it, where its prompts do not
    /// tell which it is.
    Other(Option<&'static str>),
}

/// A part of a session by its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    holds: Holds,
    /// The whole part.
    at: Span,
    /// The end of what is no more than leaving the program.
    code_end: usize,
}

impl Part {
    fn region(&self, whole: &Region, last: bool) -> Region {
        let cut = |span: Span| Mapped::cut(whole.code.text(), [span]).through(&whole.code);
        let code = cut(Span::new(self.at.start(), self.code_end));
        let text = &whole.code.text()[self.at.range()];
        let start = self.at.start() + (text.len() - text.trim_start().len());
        let filled = Span::new(start, self.at.start() + text.trim_end().len());
        let at = whole.code.origin_span(filled).unwrap_or(whole.at);
        let (cue, tag) = match self.holds {
            // Outside of any block the prompts alone are the cue.
            Holds::Code if is_bare(whole.cue) => {
                let kind = session::split(code.text()).map(|session| session.kind);
                (kind.map_or(whole.cue, cue), None)
            }
            Holds::Code | Holds::Other(None) => (whole.cue, whole.tag.clone()),
            Holds::Greeting => (Cue::Output, None),
            Holds::Other(Some(name)) => (whole.cue, Some(name.to_owned())),
        };
        let printed = whole.printed.clone().filter(|_| last);
        let directives = whole.directives.clone();
        Region { at, cue, tag, code, restored: None, printed, directives, numbers: whole.numbers }
    }
}

fn is_bare(cue: Cue) -> bool {
    matches!(cue, Cue::Prompt | Cue::Doctest)
}

/// What a session outside of any block is called.
pub(super) fn cue(kind: Kind) -> Cue {
    match kind {
        Kind::Shell => Cue::Prompt,
        Kind::Doctest => Cue::Doctest,
        Kind::Ipython => Cue::Ipython,
    }
}

/// The parts of `text`, from its first to its last byte.
fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let (mut start, mut outer) = (0, None);
    while start < text.len() && parts.len() < MOST_PARTS {
        let rest = &text[start..];
        let turn = session::split(rest).and_then(|session| {
            let turn = Turn::find(rest, &session, outer)?;
            outer = (session.kind == Kind::Shell).then_some(Kind::Shell).or(outer);
            Some(turn)
        });
        let Some(turn) = turn else { break };
        let mut push = |holds, from: usize, to: usize, code_end: usize| {
            if !text[start + from..start + to].trim().is_empty() {
                let at = Span::new(start + from, start + to);
                parts.push(Part { holds, at, code_end: start + code_end });
            }
        };
        push(Holds::Code, 0, turn.code_end, turn.typed_end);
        push(Holds::Greeting, turn.code_end, turn.at, turn.at);
        if let Some((name, end)) = turn.other {
            push(Holds::Other(name), turn.at, end, end);
        }
        start += turn.other.map_or(turn.at, |(_, end)| end);
    }
    if start < text.len() {
        parts.push(Part {
            holds: Holds::Code,
            at: Span::new(start, text.len()),
            code_end: text.len(),
        });
    }
    parts
}

/// Where one program gives way to another.
struct Turn {
    /// The end of what is typed to the first and of what it prints.
    code_end: usize,
    /// The same without the statement that leaves it.
    typed_end: usize,
    /// Where the next one's prompts begin.
    at: usize,
    /// Where a program that is neither shell nor Python is left, and which it is.
    other: Option<(Option<&'static str>, usize)>,
}

impl Turn {
    /// The first turn in `text`, read as `session`; `outer` is what it was started from.
    fn find(text: &str, session: &Session, outer: Option<Kind>) -> Option<Self> {
        let line = |number: usize| &text[session.lines[number].0.range()];
        // First and last line of the statement that was typed last.
        let mut typed: Option<(usize, usize)> = None;
        for (number, (_, role)) in session.lines.iter().enumerate() {
            match role {
                Role::Input(_) => typed = Some((number, number)),
                Role::More(_) => typed = typed.map(|(first, _)| (first, number)),
                Role::Output => {
                    let Some((first, last)) = typed else { continue };
                    let Role::Input(len) = session.lines[first].1 else { continue };
                    let input = &line(first)[len..];
                    let above = if number == last + 1 { "-" } else { line(number - 1) };
                    let next = Next::at(session.kind, input, above, line(number), outer);
                    let Some(next) = next else { continue };
                    let place = Place { text, session, first, last, number };
                    return Some(place.turn(&next, repl::leaves_python(input)));
                }
            }
        }
        None
    }
}

/// The program that a line is the first of.
enum Next {
    /// Python or a shell, and whether the last command started it or it stands by itself.
    Ours {
        started: bool,
    },
    Other(Option<&'static str>),
}

impl Next {
    /// What `line` begins in a session of `kind`; `input` was typed last, and `above` stands right
    /// above.
    fn at(kind: Kind, input: &str, above: &str, line: &str, outer: Option<Kind>) -> Option<Self> {
        if repl::foreign(line).is_some() {
            return Some(Self::Other(None));
        }
        let begun = repl::begins(input).filter(|_| kind == Kind::Shell);
        if let Some(Program::Other(name)) = begun.filter(|_| line.starts_with("> ")) {
            return Some(Self::Other(Some(name)));
        }
        let (found, _) = session::prompt(line)?;
        let apart = above.trim().is_empty();
        match (kind, found) {
            (Kind::Shell, Kind::Doctest | Kind::Ipython) => {
                let started = begun == Some(Program::Python);
                (started || apart).then_some(Self::Ours { started })
            }
            (Kind::Doctest | Kind::Ipython, Kind::Shell) => {
                let left = outer.is_some() || repl::leaves_python(input) || above.trim() == "^D";
                (left || apart).then_some(Self::Ours { started: false })
            }
            _ => None,
        }
    }
}

/// A line where a turn was found: the lines of the last statement, and its own.
struct Place<'t> {
    text: &'t str,
    session: &'t Session,
    first: usize,
    last: usize,
    number: usize,
}

impl Place<'_> {
    fn turn(&self, next: &Next, leaves: bool) -> Turn {
        let start = |number: usize| {
            self.session.lines.get(number).map_or(self.text.len(), |(span, _)| span.start())
        };
        let at = start(self.number);
        let typed = start(self.last + 1);
        let (code_end, other) = match next {
            Next::Ours { started: true } => (typed, None),
            Next::Ours { started: false } => (at, None),
            Next::Other(name) => (typed, Some((*name, self.end_of_other()))),
        };
        let leaves = leaves && self.session.kind != Kind::Shell;
        let typed_end = if leaves { start(self.first) } else { code_end };
        Turn { code_end, typed_end, at, other }
    }

    /// Where a prompt of the program comes back that was there before.
    fn end_of_other(&self) -> usize {
        let back = self.session.lines[self.number..].iter().find(|(span, _)| {
            session::prompt(&self.text[span.range()])
                .is_some_and(|(kind, _)| kind == self.session.kind)
        });
        back.map_or(self.text.len(), |(span, _)| span.start())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&'static str, String)> {
        let shown = |part: &Part| {
            let name = match part.holds {
                Holds::Code => "code",
                Holds::Greeting => "greeting",
                Holds::Other(name) => name.unwrap_or("other"),
            };
            (name, text[part.at.start()..part.code_end].to_owned())
        };
        parts(text).iter().map(shown).collect()
    }

    #[test]
    fn each_program_has_its_part() {
        let cases: &[(&str, &[(&str, &str)])] = &[
            (
                "$ python3\nPython 3\n>>> 1\n1\n>>> exit()\n$ ls\nx\n",
                &[
                    ("code", "$ python3\n"),
                    ("greeting", "Python 3\n"),
                    ("code", ">>> 1\n1\n"),
                    ("code", "$ ls\nx\n"),
                ],
            ),
            (
                "$ psql shop\nshop=# select 1;\n 1\nshop=# \\q\n$ ls\n",
                &[
                    ("code", "$ psql shop\n"),
                    ("other", "shop=# select 1;\n 1\nshop=# \\q\n"),
                    ("code", "$ ls\n"),
                ],
            ),
            (
                "$ node\n> 1\n1\n> .exit\n$ ls",
                &[("code", "$ node\n"), ("node", "> 1\n1\n> .exit\n"), ("code", "$ ls")],
            ),
            (
                ">>> f()\n> a.py(3)\n(Pdb) c\n>>> g()\n",
                &[
                    ("code", ">>> f()\n"),
                    ("greeting", "> a.py(3)\n"),
                    ("other", "(Pdb) c\n"),
                    ("code", ">>> g()\n"),
                ],
            ),
            (">>> f()\n1\n\n$ ls -l\n", &[("code", ">>> f()\n1\n\n"), ("code", "$ ls -l\n")]),
            ("$ cat a\n>>> f()\n$ ls", &[("code", "$ cat a\n>>> f()\n$ ls")]),
            (">>> print(x)\n$ ls\n", &[("code", ">>> print(x)\n$ ls\n")]),
            ("x = 1\n", &[("code", "x = 1\n")]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            let expected: Vec<_> =
                expected.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
            assert_eq!(found(text), expected, "{text}");
        }
    }
}
