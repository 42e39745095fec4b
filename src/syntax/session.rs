//! Interactive sessions: which lines are typed, behind which prompt, and which are printed.
//!
//! One grammar of prompts for the stages that find sessions, judge them and take the prompts off.
//! Whether the typed lines are Python or shell beyond what the prompt says is not decided here.

use super::shape::{self, Shape};
use crate::text::Span;

/// Whose prompts they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Python's `>>>` and `...`.
    Doctest,
    /// IPython's `In [n]:` and `...:`.
    Ipython,
    /// A shell's `$`, `%`, or `user@host:dir$`.
    Shell,
}

impl Kind {
    /// The prompt as people name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Doctest => ">>>",
            Self::Ipython => "In [n]:",
            Self::Shell => "$",
        }
    }
}

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
    let first = prompt(lines.next()?).or_else(|| introduced(text))?;
    let typed = |line: &str| prompt(line).filter(|(_, len)| !line[*len..].trim().is_empty());
    let kind = match first {
        (Kind::Ipython, _) => Kind::Ipython,
        (kind, _) => text.lines().find_map(typed).map_or(kind, |(kind, _)| kind),
    };
    let mut reader = Reader { kind, state: State::Printed };
    let mut lines = Vec::new();
    let mut at = 0;
    for whole in text.split_inclusive('\n') {
        let line = whole.strip_suffix('\n').unwrap_or(whole);
        lines.push((Span::new(at, at + line.len()), reader.role(line)));
        at += whole.len();
    }
    Some(Session { kind, lines })
}

/// The first prompt of a shell session below lines that say what it does. Where a line before it
/// looks like code, the prompt is part of that code: of a docstring, a comment, a heredoc.
fn introduced(text: &str) -> Option<(Kind, usize)> {
    let mut filled = text.lines().filter(|line| !line.trim().is_empty());
    let found = filled.find_map(|line| {
        if let Some(found) = prompt(line) {
            let known = found.0 == Kind::Shell && is_called(&line[found.1..]);
            return Some(Some(found).filter(|_| known));
        }
        let coded = matches!(shape::shape(line), Shape::Python | Shape::Shell);
        let quoted = line.contains("\"\"\"") || line.contains("'''") || line.contains("<<");
        (coded || quoted).then_some(None)
    });
    found.flatten()
}

/// The prompt that `line` begins with: whose, and its length with the indentation before it. A
/// prompt that was copied behind a prompt belongs to it.
pub fn prompt(line: &str) -> Option<(Kind, usize)> {
    let (kind, mut len) = one_prompt(line)?;
    while let Some((_, more)) = one_prompt(&line[len..]) {
        len += more;
    }
    Some((kind, len))
}

fn one_prompt(line: &str) -> Option<(Kind, usize)> {
    let indent = line.len() - line.trim_start().len();
    let rest = &line[indent..];
    let found = doctest_prompt(rest)
        .map(|len| (Kind::Doctest, len))
        .or_else(|| ipython_prompt(rest).map(|len| (Kind::Ipython, len)))
        .or_else(|| shell_prompt(rest).map(|len| (Kind::Shell, len)))?;
    Some((found.0, indent + found.1))
}

/// Where a session stands after a line.
enum State {
    Printed,
    /// Typed, and complete as far as can be told.
    Typed,
    /// Typed, and the shell waits for more: a backslash, or the word that ends a heredoc.
    Waiting(Option<String>),
    /// Below an `In [n]:` that stands alone: all lines are typed.
    Cell,
}

struct Reader {
    kind: Kind,
    state: State,
}

impl Reader {
    fn role(&mut self, line: &str) -> Role {
        if let State::Waiting(heredoc) = &self.state {
            let len = continuation(self.kind, line).unwrap_or(0);
            let ended = heredoc.as_deref().is_none_or(|word| line[len..].trim() == word);
            if ended {
                self.state = typed(self.kind, &line[len..]);
            }
            return Role::More(marked(line, len));
        }
        if let Some((kind, len)) = prompt(line)
            && kind == self.kind
        {
            let input = &line[len..];
            let alone = kind == Kind::Ipython && input.trim().is_empty();
            self.state = if alone { State::Cell } else { typed(kind, input) };
            return Role::Input(len);
        }
        match (&self.state, continuation(self.kind, line)) {
            (State::Typed, Some(len)) => {
                self.state = typed(self.kind, &line[len..]);
                Role::More(marked(line, len))
            }
            (State::Cell, more) => Role::More(marked(line, more.unwrap_or(0))),
            _ => {
                self.state = State::Printed;
                Role::Output
            }
        }
    }
}

/// Length of the mark of a continued line, and of the prompts that were copied behind it.
fn marked(line: &str, len: usize) -> usize {
    if len == 0 { 0 } else { len + prompt(&line[len..]).map_or(0, |(_, more)| more) }
}

fn typed(kind: Kind, input: &str) -> State {
    match kind {
        // A comment goes on to the end of its line and opens nothing.
        Kind::Shell if input.trim_start().starts_with('#') => State::Typed,
        Kind::Shell if input.trim_end().ends_with('\\') => State::Waiting(None),
        Kind::Shell => heredoc(input).map_or(State::Typed, |word| State::Waiting(Some(word))),
        _ => State::Typed,
    }
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
            (dots >= 3).then(|| prefixed(&rest[dots..], ":").map(|len| dots + len)).flatten()
        }
        Kind::Shell => prefixed(rest, ">"),
    }?;
    Some(indent + len)
}

/// Length of `mark` and one blank behind it; `None` when something else follows the mark.
fn prefixed(rest: &str, mark: &str) -> Option<usize> {
    let after = rest.strip_prefix(mark)?;
    match after.chars().next() {
        None => Some(mark.len()),
        Some(' ' | '\t') => Some(mark.len() + 1),
        Some('\u{a0}') => Some(mark.len() + 2),
        Some(_) => None,
    }
}

fn doctest_prompt(rest: &str) -> Option<usize> {
    prefixed(rest, ">>>")
}

/// `In [12]:`, with an optional blank before the bracket and any number or none inside.
fn ipython_prompt(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix("In")?.trim_start_matches(' ').strip_prefix('[')?;
    let inside = after.find(']')?;
    let number = after[..inside].trim();
    if number.len() > 6 || !number.chars().all(|c| c.is_ascii_digit() || c == '*') {
        return None;
    }
    let tail = after[inside + 1..].strip_prefix(':')?;
    let len = rest.len() - tail.len();
    match tail.chars().next() {
        Some(' ') => Some(len + 1),
        _ => Some(len),
    }
}

fn shell_prompt(rest: &str) -> Option<usize> {
    let bare = rest.strip_prefix("$>").or_else(|| rest.strip_prefix(['$', '❯']));
    if let Some(input) = bare.filter(|input| input.starts_with([' ', '\t'])) {
        return begins_command(input).then(|| rest.len() - input.trim_start().len());
    }
    if let Some(input) = rest.strip_prefix("% ") {
        // Other languages begin comments like this.
        return is_called(input).then(|| rest.len() - input.trim_start().len());
    }
    long_prompt(rest)
}

/// Whether what follows a bare `$` can be a command: an amount of money cannot.
fn begins_command(input: &str) -> bool {
    input.trim_start().starts_with(|c: char| {
        c.is_ascii_alphabetic() || matches!(c, '.' | '/' | '~' | '_' | '"' | '#')
    })
}

/// Whether `input` calls a command: a known one, or one with options, or as another user.
fn is_called(input: &str) -> bool {
    let mut words = input.split_whitespace();
    let name = words.next().unwrap_or("");
    let typed = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte));
    let option = |word: &str| {
        let long = word.trim_start_matches('-');
        word.len() - long.len() > 0 && long.starts_with(|c: char| c.is_ascii_lowercase())
    };
    shape::names_command(input) || typed && (name == "sudo" || words.any(option))
}

/// `(venv) user@host:~/dir$ `, `[user@host dir]$ `, `host:~/dir% `, `root@host:/# `.
fn long_prompt(rest: &str) -> Option<usize> {
    let (mark, _) = rest.char_indices().take(80).find(|&(at, c)| {
        matches!(c, '$' | '%' | '#') && rest[at + c.len_utf8()..].starts_with(' ')
    })?;
    let head = rest[..mark].trim_end();
    let head = match head.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
        Some((name, after)) if is_name(name) => after.trim_start(),
        _ => head,
    };
    let root = rest[mark..].starts_with('#');
    let bracketed = head.strip_prefix('[').and_then(|inner| inner.strip_suffix(']'));
    let host = bracketed.unwrap_or(head);
    let has_host = host.contains('@') && host.split(['@', ':', ' ']).next().is_some_and(is_name);
    let has_dir = host
        .split_once(':')
        .is_some_and(|(host, dir)| is_name(host) && (dir.starts_with('~') || dir.starts_with('/')));
    let venv_only = head.is_empty() && rest.starts_with('(') && !root;
    let plausible = has_host && host.split(' ').count() <= 2 || has_dir || venv_only;
    let input = &rest[mark + 1..];
    (plausible && begins_command(input)).then(|| rest.len() - input.trim_start().len())
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
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
            ("$> ls", "i"),
            ("First update.\n$ apt-get update\nok\n\nThen look:\n$ ls -l", "oioooi"),
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

    #[test]
    fn money_percentages_and_comments_are_no_prompts() {
        for text in
            ["$ 5 a month", "50 % of us", "x = 3 # why", "%timeit f()", "In [a]: x", "$HOME"]
        {
            assert_eq!(prompt(text), None, "{text}");
        }
    }
}
