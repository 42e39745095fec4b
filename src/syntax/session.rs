//! Interactive sessions: which lines are typed, behind which prompt, and which are printed.
//!
//! One grammar of prompts for the stages that find sessions, judge them and take the prompts off.
//! Whether the typed lines are Python or shell beyond what the prompt says is not decided here.

use super::pending::Pending;
use super::prompt::prefixed;
pub use super::prompt::{Kind, prompt};
use super::shape::{self, Shape};
use super::{prompt, repl};
use crate::text::Span;

/// What one line of a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Begins a typed statement; the prompt is so many bytes long, its indentation included.
    Input(usize),
    /// Goes on with a typed statement; the prompt is so many bytes long.
    More(usize),
    /// Printed.
    Output,
}

/// A text read as a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose prompts.
    pub kind: Kind,
    /// Every line, without its newline, and what it is.
    pub lines: Vec<(Span, Role)>,
}

/// Reads `text` as a session; `None` when its first line that is neither blank nor a comment has
/// no prompt, and does not lead to one either. The first prompt with something behind it tells
/// whose session it is.
pub fn split(text: &str) -> Option<Session> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !is_comment(line));
    let mut lines = lines.by_ref().skip_while(|line| prompt::is_idle(line));
    let first = prompt(lines.next()?).or_else(|| introduced(text))?;
    let typed = |line: &str| prompt(line).filter(|(_, len)| !line[*len..].trim().is_empty());
    let kind = match first {
        (Kind::Ipython, _) => Kind::Ipython,
        (kind, _) => text.lines().find_map(typed).map_or(kind, |(kind, _)| kind),
    };
    let kind = interpreter_started(text).filter(|_| kind == Kind::Shell).unwrap_or(kind);
    let whole: Vec<&str> = text.lines().collect();
    let mut reader = Reader { kind, state: State::Printed, pending: Pending::default() };
    let mut lines = Vec::with_capacity(whole.len());
    let mut at = 0;
    for number in 0..whole.len() {
        let line = whole[number];
        lines.push((Span::new(at, at + line.len()), reader.role(line, &whole[number + 1..])));
        at += line.len() + 1;
    }
    Some(Session { kind, lines })
}

/// Whose session `text` is when all that is typed to its shell is the start of an interpreter.
fn interpreter_started(text: &str) -> Option<Kind> {
    let mut prompts = text.lines().filter_map(|line| Some((line, prompt(line)?)));
    let (line, (Kind::Shell, len)) = prompts.next()? else { return None };
    let starts = repl::begins(&line[len..]) == Some(repl::Program::Python);
    let inner: Vec<(&str, (Kind, usize))> = prompts.collect();
    let only = inner.iter().all(|(_, (kind, _))| *kind != Kind::Shell);
    let typed = inner.iter().find(|(line, (_, len))| !line[*len..].trim().is_empty());
    typed.filter(|_| starts && only).map(|(_, (kind, _))| *kind)
}

/// The first prompt of a shell session below lines that say what it does. Where a line before it
/// looks like code, the prompt is part of that code: of a docstring, a comment, a heredoc.
fn introduced(text: &str) -> Option<(Kind, usize)> {
    let mut filled = text.lines().filter(|line| !line.trim().is_empty());
    let found = filled.find_map(|line| {
        if let Some(found) = prompt(line) {
            let known = found.0 == Kind::Shell && prompt::is_called(&line[found.1..]);
            return Some(Some(found).filter(|_| known));
        }
        let coded = matches!(shape::shape(line), Shape::Python | Shape::Shell);
        let quoted = line.contains("\"\"\"") || line.contains("'''") || line.contains("<<");
        (coded || quoted).then_some(None)
    });
    found.flatten()
}

/// Where a session stands after a line.
enum State {
    Printed,
    /// Typed, and complete as far as can be told.
    Typed,
    /// Typed, and the shell waits for more: a backslash, or the word that ends a heredoc.
    Waiting(Option<String>),
    /// Typed, and so many more lines belong to it, because a quote is closed on the last of them.
    Quoted(usize),
    /// Below an `In [n]:` that stands alone: all lines are typed.
    Cell,
    /// Below a typed header of Python whose body has no prompts: lines that stand deeper than so many
    /// bytes are typed.
    Body(usize),
}

struct Reader {
    kind: Kind,
    state: State,
    /// What a shell waits for.
    pending: Pending,
}

impl Reader {
    /// What `line` is; `below` are the lines that follow it.
    fn role(&mut self, line: &str, below: &[&str]) -> Role {
        if let Some(role) = self.inside(line, below) {
            return role;
        }
        if self.kind == Kind::Shell && prompt::is_idle(line) {
            self.state = State::Printed;
            return Role::Input(line.len());
        }
        if let Some((kind, len)) = prompt(line)
            && kind == self.kind
        {
            let input = &line[len..];
            let alone = kind == Kind::Ipython && input.trim().is_empty();
            self.pending = Pending::default();
            self.state = match () {
                () if alone => State::Cell,
                () if self.is_bare_header(input, below) => State::Body(indent(line)),
                () => self.typed(input, below),
            };
            return Role::Input(len);
        }
        match (&self.state, continuation(self.kind, line)) {
            (State::Typed, Some(len)) if self.kind != Kind::Shell || self.pending.is_open() => {
                self.state = self.typed(&line[len..], below);
                Role::More(marked(line, len))
            }
            (State::Cell, more) if !is_result(line) => Role::More(marked(line, more.unwrap_or(0))),
            (State::Body(margin), None) if !line.trim().is_empty() && indent(line) > *margin => {
                Role::More(0)
            }
            _ => {
                self.state = State::Printed;
                Role::Output
            }
        }
    }

    /// What `line` is where the shell waits for it.
    fn inside(&mut self, line: &str, below: &[&str]) -> Option<Role> {
        let len = continuation(self.kind, line).unwrap_or(0);
        match &mut self.state {
            State::Waiting(heredoc) => {
                let ended = heredoc.as_deref().is_none_or(|word| line[len..].trim() == word);
                if ended {
                    self.state = self.typed(&line[len..], below);
                }
            }
            State::Quoted(more) => {
                *more -= 1;
                let last = *more == 0;
                self.pending.take(&line[len..]);
                if last {
                    self.state = State::Typed;
                }
            }
            _ => return None,
        }
        Some(Role::More(marked(line, len)))
    }

    /// Whether `input` begins a block of Python that goes on below without prompts. Nothing is
    /// printed before its body.
    fn is_bare_header(&self, input: &str, below: &[&str]) -> bool {
        let next = below.first().copied().unwrap_or("");
        self.kind == Kind::Doctest
            && shape::is_header(input)
            && input.trim_end().ends_with(':')
            && continuation(self.kind, next).is_none()
            && prompt(next).is_none()
            && indent(next) > 0
    }

    fn typed(&mut self, input: &str, below: &[&str]) -> State {
        // A comment goes on to the end of its line and opens nothing.
        if self.kind != Kind::Shell || input.trim_start().starts_with('#') {
            return State::Typed;
        }
        self.pending.take(input);
        if input.trim_end().ends_with('\\') {
            return State::Waiting(None);
        }
        if let Some(word) = heredoc(input) {
            return State::Waiting(Some(word));
        }
        match self.closed_below(below) {
            0 => State::Typed,
            more => State::Quoted(more),
        }
    }

    /// Number of lines of `below` up to the one that closes the open quote; zero where none is
    /// open, or none before the next prompt closes it.
    fn closed_below(&self, below: &[&str]) -> usize {
        const MOST: usize = 40;
        if !self.pending.is_quoted() {
            return 0;
        }
        let mut pending = self.pending.clone();
        for (number, line) in below.iter().take(MOST).enumerate() {
            if prompt(line).is_some() {
                return 0;
            }
            pending.take(&line[continuation(self.kind, line).unwrap_or(0)..]);
            if !pending.is_quoted() {
                return number + 1;
            }
        }
        0
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Length of the mark of a continued line, and of the prompts that were copied behind it.
fn marked(line: &str, len: usize) -> usize {
    // What stands further in is text that shows a session.
    let copied = (len > 0 && !line[len..].starts_with([' ', '\t'])).then(|| prompt(&line[len..]));
    len + copied.flatten().map_or(0, |(_, more)| more)
}

/// The first and last of the numbers in the `In [n]:` of `text`; nothing where its first line has
/// none.
pub fn numbers(text: &str) -> Option<(u32, u32)> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = prompt::cell_number(lines.next()?)?;
    let last = lines.filter_map(prompt::cell_number).max().unwrap_or(first);
    Some((first, last.max(first)))
}

/// Length of the `Out[12]: ` that `line` begins with, its indentation included.
pub fn result_mark(line: &str) -> Option<usize> {
    let rest = line.trim_start();
    let after = rest.strip_prefix("Out")?.trim_start_matches(' ').strip_prefix('[')?;
    let (number, tail) = after.split_once(']')?;
    let digits = number.trim().chars().all(|c| c.is_ascii_digit());
    let tail = tail.strip_prefix(':').unwrap_or(tail);
    let tail = tail.strip_prefix(' ').unwrap_or(tail);
    (digits && number.len() <= 6).then(|| line.len() - tail.len())
}

fn is_result(line: &str) -> bool {
    result_mark(line).is_some()
}

/// The word that ends the heredoc which `line` opens.
pub fn heredoc(line: &str) -> Option<String> {
    let (before, after) = line.split_once("<<")?;
    if after.starts_with('<') || before.ends_with('<') {
        return None;
    }
    let word = after.trim_start_matches('-').trim_start();
    let end = |c: char| !(c.is_alphanumeric() || c == '_' || c == '\'' || c == '"' || c == '\\');
    let word = word.split(end).next().unwrap_or("").replace(['\'', '"', '\\'], "");
    (word.starts_with(|c: char| c.is_alphabetic() || c == '_')).then_some(word)
}

fn continuation(kind: Kind, line: &str) -> Option<usize> {
    let indent = line.len() - line.trim_start().len();
    let rest = &line[indent..];
    let len = match kind {
        Kind::Doctest => prefixed(rest, "..."),
        Kind::Ipython => {
            let dots = rest.len() - rest.trim_start_matches('.').len();
            let colon = prefixed(&rest[dots..], ":").map(|len| dots + len);
            // Without its colon it stands below the statement that it goes on with.
            let bare = || prefixed(&rest[dots..], "").filter(|_| indent > 1).map(|len| dots + len);
            (dots >= 3).then(|| colon.or_else(bare)).flatten()
        }
        Kind::Shell => prefixed(rest, ">"),
    }?;
    Some(indent + len)
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#') && prompt(line).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(text: &str) -> Option<String> {
        let session = split(text)?;
        Some(
            session
                .lines
                .iter()
                .map(|(_, role)| match role {
                    Role::Input(_) => 'i',
                    Role::More(_) => 'm',
                    Role::Output => 'o',
                })
                .collect(),
        )
    }

    #[test]
    fn a_shell_that_only_starts_python_is_a_session_of_python() {
        let kind = |text: &str| split(text).map(|session| session.kind);
        let started = "$ python3 -q\n>>> 1 + 1\n2\n>>> exit()\n";
        assert_eq!(kind(started), Some(Kind::Doctest));
        assert_eq!(kind(&format!("{started}$ ls\n")), Some(Kind::Shell));
        assert_eq!(kind("$ python\nPython 3.9.1 (main)\n>>>\n"), Some(Kind::Shell));
        assert_eq!(kind("$ python app.py\n>>> started\n"), Some(Kind::Shell));
    }

    #[test]
    fn lines_are_typed_or_printed() {
        let cases = [
            (">>> f(\n... 1)\n2\n>>> g()", "imoi"),
            ("$ ls \\\n    -l\ntotal 0\n$ pwd", "imoi"),
            ("$ cat <<EOF > x\na\n> b\nEOF\n$ ls", "immmi"),
            ("In [1]: def f():\n   ...:     pass\n   ...:\n\nOut[1]: 3", "immoo"),
            ("In [7]:\nimport os\n\nos.getcwd()", "immm"),
            ("# first\n$ ls\n", "oi"),
            ("(env) me@box:~/src$ make -j2\nok", "io"),
            ("[me@box src]$ ls", "i"),
            ("$ ann@box:~$ bo@box:~$ ls\nout", "io"),
            ("$ # <<EOF\nout", "io"),
            ("root@box:/# ls", "i"),
            ("First update.\n$ apt-get update\nok\n\nThen look:\n$ ls -l", "oioooi"),
            ("$ diff a b\n> new\n$ for i in 1; do\n> ls\n> done\nx", "ioimmo"),
            ("$ echo 'a\nb'\nout", "imo"),
            ("$ echo it's\nout\n$ ls", "ioi"),
            ("$\n$ ls", "ii"),
            ("$ ls\nx\n$ \nann@box:~$\n", "ioii"),
            ("ann@box MINGW64 ~/src (main)\n$ ls\nx", "iio"),
            ("In [1]:\nf()\n\nOut[1]:\n3", "immoo"),
            ("In [1] for x in y:\n   ...     f(x)\n3", "imo"),
            (">>> for x in y:\n        f(x)\n\n1\n>>> z", "imooi"),
            (">>> s = '''\n...     >>> f()\n...     '''\n>>> g", "immi"),
            (">>> for x in y:\n...     f(x)\n    1", "imo"),
        ];
        for (text, expected) in cases {
            assert_eq!(roles(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn prompts_inside_of_code_are_no_session() {
        for text in
            ["import os\n$ ls\n", "\"\"\"\n$ ls\n\"\"\"\n", "cat <<X\n$ ls -l\nX\n", "a\n$ b\n"]
        {
            assert_eq!(split(text), None, "{text}");
        }
    }
}
