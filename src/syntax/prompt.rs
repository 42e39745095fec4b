//! Prompts: what a program writes before the line that is typed to it.
//!
//! One line is looked at. What belongs together, and what is printed between, is for `session`.

use super::lexicon::{self, Naming};
use super::shape::{self, Shape};

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
    let found = prefixed(rest, ">>>")
        .map(|len| (Kind::Doctest, len))
        .or_else(|| ipython_prompt(rest).map(|len| (Kind::Ipython, len)))
        .or_else(|| shell_prompt(rest).map(|len| (Kind::Shell, len)))?;
    Some((found.0, indent + found.1))
}

/// Whether `line` is the prompt of a shell to which nothing was typed.
pub fn is_idle(line: &str) -> bool {
    let rest = line.trim();
    let rest = &rest[surroundings(rest)..];
    matches!(rest, "$" | "❯" | "➜") || long_prompt(rest).is_some_and(|len| len == rest.len())
}

/// Length of `mark` and one blank behind it; `None` when something else follows the mark.
pub(super) fn prefixed(rest: &str, mark: &str) -> Option<usize> {
    let after = rest.strip_prefix(mark)?;
    match after.chars().next() {
        None => Some(mark.len()),
        Some(' ' | '\t') => Some(mark.len() + 1),
        Some('\u{a0}') => Some(mark.len() + 2),
        Some(_) => None,
    }
}

/// `In [12]:`, with an optional blank before the bracket and any number or none inside. The colon
/// may be missing in front of a statement.
fn ipython_prompt(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix("In")?.trim_start_matches(' ').strip_prefix('[')?;
    let inside = after.find(']')?;
    let number = after[..inside].trim();
    if number.len() > 6 || !number.chars().all(|c| c.is_ascii_digit() || c == '*') {
        return None;
    }
    let behind = &after[inside + 1..];
    let Some(tail) = behind.strip_prefix(':') else {
        let typed = behind.strip_prefix(' ')?;
        let statement = !number.is_empty() && shape::shape(typed) == Shape::Python;
        return statement.then(|| rest.len() - typed.len());
    };
    Some(rest.len() - tail.strip_prefix(' ').unwrap_or(tail).len())
}

/// The number in the `In [12]:` that `line` begins with.
pub(super) fn cell_number(line: &str) -> Option<u32> {
    let rest = line.trim_start();
    ipython_prompt(rest)?;
    rest.split_once('[')?.1.split_once(']')?.0.trim().parse().ok()
}

fn shell_prompt(rest: &str) -> Option<usize> {
    let before = surroundings(rest);
    let rest = &rest[before..];
    let len = bare_prompt(rest)
        .or_else(|| arrow_prompt(rest))
        .or_else(|| is_title_line(rest).then_some(rest.len()))
        .or_else(|| long_prompt(rest).filter(|len| *len < rest.len()))?;
    Some(before + len)
}

/// Length of what may stand before any prompt: `(venv) `, `[12:30:01] `.
fn surroundings(rest: &str) -> usize {
    let mut len = 0;
    for _ in 0..3 {
        let here = &rest[len..];
        let venv = here.strip_prefix('(').and_then(|inner| inner.split_once(')'));
        let venv = venv.filter(|(name, _)| is_name(name)).map(|(_, after)| after);
        let time = here.strip_prefix('[').and_then(|inner| inner.split_once(']'));
        let clock = |text: &str| {
            text.contains(':') && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b':')
        };
        let time = time.filter(|(inside, _)| clock(inside)).map(|(_, after)| after);
        let Some(after) = venv.or(time) else { break };
        len = rest.len() - after.trim_start_matches(' ').len();
    }
    len
}

/// A mark that stands alone: `$ `, `% `, `❯ `, `$> `.
fn bare_prompt(rest: &str) -> Option<usize> {
    let mark = rest.chars().next()?;
    let input = rest[mark.len_utf8()..].trim_start_matches('>');
    if !input.starts_with([' ', '\t', '\u{a0}']) {
        return None;
    }
    let sharp = rest.len() - input.len() > mark.len_utf8();
    let plausible = match mark {
        '$' if sharp => is_command(input),
        _ if sharp => false,
        // Between two of them mathematics is set.
        '$' => begins_command(input) && !input.trim_end().ends_with('$'),
        '❯' => begins_command(input),
        // Other languages begin comments like this.
        '%' => is_called(input),
        'λ' | '›' | '»' | '▶' => is_command(input),
        _ => false,
    };
    plausible.then(|| rest.len() - input.trim_start().len())
}

/// Whether `input` calls a command: a known one, or one with options, or as another user.
pub(super) fn is_called(input: &str) -> bool {
    let mut words = input.split_whitespace();
    let name = words.next().unwrap_or("");
    let typed = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte));
    let option = |word: &str| {
        let long = word.trim_start_matches('-');
        word.len() - long.len() > 0 && long.starts_with(|c: char| c.is_ascii_lowercase())
    };
    shape::names_command(input) || typed && (name == "sudo" || words.any(option))
}

/// `➜  dir git:(branch) ✗ `, where everything behind the arrow may be missing.
fn arrow_prompt(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix('➜').filter(|after| after.starts_with(' '))?;
    let body = after.trim_start();
    let (first, behind) = body.split_once(' ')?;
    let behind = behind.trim_start();
    let git = behind.strip_prefix("git:(").and_then(|inner| inner.split_once(')'));
    let input = match git {
        Some((_, after)) => {
            after.trim_start().trim_start_matches(['✗', '✔', '✓', '±']).trim_start()
        }
        None if lexicon::command(first).is_some() && !is_command(behind) => body,
        None if after.starts_with("  ") || first.starts_with(['~', '/']) => behind,
        None => body,
    };
    (git.is_some() || is_command(input)).then(|| rest.len() - input.len())
}

/// The line that Git's shell for Windows writes above its prompt: `ann@box MINGW64 ~/dir (main)`.
fn is_title_line(rest: &str) -> bool {
    let mut words = rest.split_whitespace();
    let host = words.next().is_some_and(|word| user_and_host(word).is_some());
    let system = words.next().unwrap_or("");
    let named = ["MINGW64", "MINGW32", "MSYS", "UCRT64", "CLANG64"].contains(&system);
    host && named && words.next().is_some_and(|dir| dir.starts_with(['~', '/']))
}

/// `user@host:~/dir$ `, `[user@host dir]$ `, `host:~/dir% `, `root@host:/# `, `bash-5.1$ `,
/// `host% `, `~/dir> `. Where nothing is typed behind it, only the unmistakable ones.
fn long_prompt(rest: &str) -> Option<usize> {
    let (at, mark) = rest.char_indices().take(80).find(|&(at, c)| {
        let behind = &rest[at + c.len_utf8()..];
        matches!(c, '$' | '%' | '#' | '>')
            && (behind.is_empty() || behind.starts_with([' ', '\u{a0}']))
    })?;
    // A page may have made a no-break space of the blank.
    let input = rest[at + 1..].trim_start();
    if !input.is_empty() && !begins_command(input) {
        return None;
    }
    let head = Head { text: rest[..at].trim_end(), mark, glued: !rest[..at].ends_with(' '), input };
    head.is_prompt().then(|| rest.len() - input.len())
}

/// What stands before the mark of a prompt, and what around it tells whether it is one.
struct Head<'t> {
    text: &'t str,
    mark: char,
    /// Whether the mark follows at once.
    glued: bool,
    input: &'t str,
}

impl Head<'_> {
    fn is_prompt(&self) -> bool {
        // A redirection has blanks on both sides.
        if self.text.is_empty() || self.mark == '>' && !self.glued {
            return false;
        }
        let bracketed = self.text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']'));
        let text = without_branch(bracketed.unwrap_or(self.text));
        let mut words = text.split(' ').filter(|word| !word.is_empty());
        let first = words.next().unwrap_or("");
        let (second, more) = (words.next(), words.next().is_some());
        let deep = |dir: &str| dir.starts_with(['~', '/']) && !dir.starts_with("//");
        if more {
            return false;
        }
        if let Some((_, dir)) = user_and_host(first) {
            let dir = dir.or(second);
            return match self.mark {
                '>' => dir.is_some_and(deep),
                // Behind an address may stand a comment.
                '#' => dir.is_some() || self.glued || is_command(self.input),
                _ => true,
            };
        }
        let host = first.split_once(':').filter(|(host, _)| host.len() > 1 && is_word(host));
        match (host, second) {
            (Some((_, dir)), None) => deep(dir),
            (Some((_, dir)), Some(user)) => {
                let named = !dir.is_empty() && !dir.starts_with("//") && is_word(user);
                self.mark == '$' && self.glued && named
            }
            (None, Some(dir)) => {
                bracketed.is_some() && is_word(first) && (deep(dir) || is_name(dir))
            }
            (None, None) => self.is_short(first),
        }
    }

    /// A single word before the mark.
    fn is_short(&self, word: &str) -> bool {
        if is_shell_with_version(word) {
            return self.glued;
        }
        if self.input.is_empty() || !is_command(self.input) {
            return self.mark == '$'
                && self.glued
                && word.starts_with('~')
                && !self.input.is_empty();
        }
        let path = word.starts_with(['~', '/']);
        match self.mark {
            // A command may stand there, with a comment behind it.
            '#' if path => {
                !word.trim_start_matches(['~', '/']).contains('/') && !word.contains('.')
            }
            '>' => word.starts_with('~'),
            _ if path => true,
            _ => self.glued && word.len() > 1 && is_word(word),
        }
    }
}

/// `text` without the branch that many prompts show behind the folder.
fn without_branch(text: &str) -> &str {
    let cut = text.strip_suffix(')').and_then(|inner| inner.rsplit_once('('));
    match cut {
        Some((before, _)) => before.trim_end().trim_end_matches("git:").trim_end(),
        None => text,
    }
}

/// Both names of `user@host`, and the folder behind a colon.
fn user_and_host(word: &str) -> Option<(&str, Option<&str>)> {
    let (user, behind) = word.split_once('@')?;
    let (host, dir) = match behind.split_once(':') {
        Some((host, dir)) => (host, Some(dir)),
        None => (behind, None),
    };
    (is_name(user) && is_name(host)).then_some((host, dir))
}

/// `bash-5.1`, `-bash-4.2`, `sh`.
fn is_shell_with_version(word: &str) -> bool {
    let word = word.trim_start_matches('-');
    let (name, version) = word.split_once('-').unwrap_or((word, "0"));
    let shell = ["sh", "bash", "zsh", "ksh", "dash", "csh", "tcsh", "fish"].contains(&name);
    shell
        && !version.is_empty()
        && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// Whether what follows a bare `$` can be a command: an amount of money cannot.
fn begins_command(input: &str) -> bool {
    let input = input.trim_start();
    let mut letters = input.chars();
    let first = letters.next().unwrap_or(' ');
    let second = letters.next().unwrap_or(' ');
    match first {
        '.' | '/' | '~' | '_' | '"' | '#' => true,
        // `$EDITOR x`, `\rm x`, `!make`, `(cd x; ls)`.
        '$' | '\\' | '!' => second.is_ascii_alphabetic() || second == '!',
        '(' => is_command(input[1..].split(')').next().unwrap_or("")),
        '[' | '{' => second == ' ' || second == '[',
        _ => first.is_ascii_alphabetic(),
    }
}

/// Whether `input` is a known command, and used like one where its name is an English word.
fn is_command(input: &str) -> bool {
    let input = input.trim_start();
    lexicon::command(first_word(input)) == Some(Naming::Clear)
        || shape::shape(input) == Shape::Shell
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or("")
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// A name that is no number.
fn is_word(text: &str) -> bool {
    text.starts_with(char::is_alphabetic) && is_name(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &str) -> Option<(Kind, &str)> {
        prompt(line).map(|(kind, len)| (kind, &line[len..]))
    }

    #[test]
    fn shells_have_many_prompts() {
        for head in [
            "$ ",
            "% ",
            "❯ ",
            "(venv) $ ",
            "(a) (b-1) $ ",
            "ann@box:~/src$ ",
            "[ann@box src]$ ",
            "[root@box ~]# ",
            "root@box:/# ",
            "box:~> ",
            "box:/var/log% ",
            "ann@box ~/src> ",
            "ann@box ~ % ",
            "box% ",
            "root# ",
            "bash-5.1$ ",
            "-bash-4.2$ ",
            "sh-4.4# ",
            "/ # ",
            "/app # ",
            "~/src $ ",
            "~$ ",
            "~/src> ",
            "➜  src git:(main) ✗ ",
            "➜  ~ ",
            "➜ ",
            "(venv) ➜  src git:(main) ",
            "Mac:src ann$ ",
            "ann@box:~/src (main)$ ",
            "[12:30:01] ann@box:~$ ",
            "(venv) ann@box:~$ ",
            "λ ",
            "$> ",
        ] {
            let line = format!("{head}ls -l");
            assert_eq!(typed(&line), Some((Kind::Shell, "ls -l")), "{line}");
        }
    }

    #[test]
    fn money_percentages_and_comments_are_no_prompts() {
        for line in [
            "$ 5 a month",
            "50 % of us",
            "x = 3 # why",
            "%timeit f()",
            "In [a]: x",
            "$HOME",
            "# ls",
            "## ls -l",
            "ssh ann@box # log in",
            "/usr/bin/make # build it all",
            "$ x^2 $",
            "C# is a language",
            "http://a.b/c > d",
            "sort a > b",
            "a@b.org wrote> so",
            "growth% is up",
            "In [12] we saw this",
            "cat ~/x > y",
            "./run.sh # ls",
            "item# one",
            "C:\\> dir",
            "PS C:\\> ls",
            "➜ and so on",
            "> ls",
            "db=# select 1;",
            "x->y > z",
        ] {
            assert_eq!(typed(line), None, "{line}");
        }
    }

    #[test]
    fn prompts_without_input_are_idle() {
        for line in ["$", "$ ", "ann@box:~$", "[ann@box src]$ ", "(venv) $", "bash-5.1$ "] {
            assert!(is_idle(line), "{line}");
        }
        for line in ["50%", "done", "a # b", "", "item#", "$ ls"] {
            assert!(!is_idle(line), "{line}");
        }
    }

    #[test]
    fn colons_may_be_missing_before_statements() {
        assert_eq!(typed("In [3] x = f(1)"), Some((Kind::Ipython, "x = f(1)")));
        assert_eq!(typed("In [3]: x"), Some((Kind::Ipython, "x")));
    }
}
