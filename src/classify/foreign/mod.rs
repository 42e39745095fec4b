//! Other languages and formats, by their looks.
//!
//! Each detector is strict: it speaks only where hardly anything else looks the same, and points
//! at what told it. Finer ones would need the languages' grammars.

#[cfg(test)]
mod cases;
mod data;
mod languages;
mod markup;
mod output;
mod scripts;

use std::borrow::Cow;

use super::Candidate;
use crate::model::{Evidence, Signal, Strength};
use crate::syntax::script::Logical;
use crate::syntax::{lexical, repl, session};
use crate::text::Span;

pub(super) fn observe(candidate: &Candidate<'_>, evidence: &mut Vec<Evidence>) {
    // What is plainly Python has its examples of other languages in strings, and what was typed
    // behind a shell's prompt is a command whatever it looks like. Only a first line that names another
    // interpreter says more.
    let other = scripts::names_other(candidate.code.lines().next().unwrap_or(""));
    if candidate.is_plain_python() && !other || candidate.typed == Some(session::Kind::Shell) {
        return;
    }
    let text = Text::of(candidate);
    if text.lines.is_empty() {
        return;
    }
    if let Some(name) = repl::foreign(text.first().text) {
        let at = Some(text.first().at);
        evidence.push(Evidence::new(Signal::OtherPrompt(name), None, at));
        return;
    }
    for (name, looks) in all() {
        let Some(seen) = looks(&text) else { continue };
        let strength = if seen.sure { Strength::Strong } else { Strength::Weak };
        let signal = Signal::OtherLanguage(name);
        let seen = Evidence { strength, ..Evidence::new(signal, None, Some(seen.at)) };
        evidence.push(seen);
        if strength == Strength::Strong {
            return;
        }
    }
}

/// A text as the detectors see it, made once.
struct Text<'t> {
    code: &'t str,
    /// Lines that are not blank, without the blanks behind them.
    lines: Vec<Line<'t>>,
    /// Without strings and comments.
    masked: Cow<'t, str>,
    /// Whether the Python grammar reads it.
    python: bool,
    /// Whether it does something, read as Python.
    acts: bool,
    /// Number of logical lines that are a shell's without doubt.
    commands: usize,
}

/// One line, and where it stands.
#[derive(Clone, Copy)]
struct Line<'t> {
    text: &'t str,
    at: Span,
}

impl<'t> Line<'t> {
    fn trimmed(self) -> &'t str {
        self.text.trim_start()
    }

    fn indent(self) -> usize {
        self.text.len() - self.trimmed().len()
    }
}

/// What a detector saw.
#[derive(Clone, Copy)]
struct Seen {
    /// The part that told it.
    at: Span,
    /// Whether nothing else looks like this.
    sure: bool,
}

/// Nothing else looks like this.
fn sure(line: Line<'_>) -> Option<Seen> {
    Some(Seen { at: line.at, sure: true })
}

/// It looks like this, but so does other text.
fn likely(line: Line<'_>) -> Option<Seen> {
    Some(Seen { at: line.at, sure: false })
}

type Looks = fn(&Text<'_>) -> Option<Seen>;

/// All detectors, those first that decide most.
fn all() -> impl Iterator<Item = (&'static str, Looks)> {
    let lists =
        [output::ALL, data::ALL, markup::ALL, languages::ALL, scripts::ALL, languages::REST];
    lists.into_iter().flatten().copied()
}

impl<'t> Text<'t> {
    fn of(candidate: &Candidate<'t>) -> Self {
        let mut text = Self::new(candidate.code);
        // The lines of heredocs and quoted programs belong to the commands that get them.
        let given = |line: &Line<'_>, logical: &&Logical| {
            logical.is_telling()
                && logical.at.start() < line.at.start()
                && line.at.end() <= logical.at.end()
        };
        let mut logical = candidate.script.iter().peekable();
        text.lines.retain(|line| {
            while logical.next_if(|logical| logical.at.end() < line.at.start()).is_some() {}
            !logical.peek().is_some_and(|logical| given(line, logical))
        });
        if let Some(python) = &candidate.python {
            text.python = python.errors.is_empty();
            text.acts = text.python && !python.effects.is_empty();
        }
        text.commands = candidate.script.iter().filter(|line| line.is_telling()).count();
        text
    }

    fn new(code: &'t str) -> Self {
        let mut lines = Vec::new();
        let mut at = 0;
        for whole in code.split_inclusive('\n') {
            let text = whole.trim_end();
            if !text.trim().is_empty() {
                let indent = text.len() - text.trim_start().len();
                lines.push(Line { text, at: Span::new(at + indent, at + text.len()) });
            }
            at += whole.len();
        }
        Self { code, lines, masked: lexical::mask(code), python: false, acts: false, commands: 0 }
    }

    /// The first line that is so.
    fn find(&self, is: impl Fn(&str) -> bool) -> Option<Line<'t>> {
        self.lines.iter().copied().find(|line| is(line.trimmed()))
    }

    fn count(&self, is: impl Fn(&str) -> bool) -> usize {
        self.lines.iter().filter(|line| is(line.trimmed())).count()
    }

    /// Whether at least `part` of the lines, in percent, are so.
    fn most(&self, part: usize, is: impl Fn(&str) -> bool) -> bool {
        self.count(is) * 100 >= part * self.lines.len()
    }

    fn first(&self) -> Line<'t> {
        self.lines[0]
    }
}

/// The first of `words` that `line` begins with.
fn begins(line: &str, words: &[&str]) -> bool {
    words.iter().any(|word| line.starts_with(word))
}

/// Names of headers that Python has in common with lists of keys.
const PYTHON_HEADERS: &[&str] = &[
    "else", "try", "finally", "if", "elif", "for", "while", "with", "def", "class", "except",
    "lambda", "match", "case", "async",
];

#[cfg(test)]
mod tests {
    use super::cases::CASES;
    use super::*;
    use crate::syntax::{python, script};

    fn found(text: &str) -> Option<(&'static str, &str)> {
        let python = python::facts(text);
        let seen = Text {
            python: python.errors.is_empty(),
            acts: python.errors.is_empty() && !python.effects.is_empty(),
            commands: script::read(text).iter().filter(|line| line.is_telling()).count(),
            ..Text::new(text)
        };
        all().find_map(|(name, looks)| Some((name, &text[looks(&seen)?.at.range()])))
    }

    #[test]
    fn languages_are_known_by_their_looks() {
        for (text, expected, told) in CASES {
            assert_eq!(found(text), Some((*expected, *told)), "{text}");
        }
    }

    #[test]
    fn python_and_shell_look_like_nothing_else() {
        for text in [
            "def f(x):\n    return x\n",
            "a = [1, 2]\nb = {'x': 1}\n",
            "pip install a\ncd b\n",
            "if a:\n    b()\nelse:\n    c()\n",
            "x[0] = 1\n",
            "for f in *.c; do\n  cc -c \"$f\"\ndone\n",
            "greet() {\n  echo \"hello $1\"\n}\n",
            "export PATH=$PATH:/opt/bin\nalias ll='ls -l'\n",
            "[ -f x ] && echo there\n",
            "const = 3\nvar = 4\n",
            "select(1)\nupdate(x)\n",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
