//! What one logical line of a script is.
//!
//! A known name is a hint; what stands behind it decides, as for unmarked text
//! ([`shape`](crate::syntax::shape)), but with the lines around in view.

use std::collections::HashSet;

use super::words::{Word, assignment, function_name, words};
use crate::syntax::lexicon::{self, Naming};
use crate::text::Span;

/// What a logical line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Calls a command.
    Command {
        /// The command's name.
        name: Span,
        /// Whether its arguments are such as only commands have.
        telling: bool,
    },
    /// Has a form that shells alone write this way.
    Form(&'static str, Span),
    /// A line that other languages write as well, but scripts too: an assignment, a lone bracket.
    Shared,
    /// Nothing that a shell would be given.
    Other,
}

impl Kind {
    /// The same, of a text in which the line begins at `by`.
    pub(super) fn moved(self, by: usize) -> Self {
        let moved = |at: Span| Span::new(at.start() + by, at.end() + by);
        match self {
            Self::Command { name, telling } => Self::Command { name: moved(name), telling },
            Self::Form(form, at) => Self::Form(form, moved(at)),
            Self::Shared | Self::Other => self,
        }
    }
}

/// What stands around a line.
pub(super) struct Around<'t> {
    /// The functions of the whole text.
    pub(super) functions: &'t HashSet<&'t str>,
    /// The line below.
    pub(super) next: &'t str,
    /// Whether a `case` is open.
    pub(super) in_case: bool,
}

/// What `line`, trimmed and not empty, is.
pub(super) fn kind(line: &str, around: &Around<'_>) -> Kind {
    let first = line.lines().next().unwrap_or(line);
    let whole = Span::new(0, first.len());
    if function_name(first).is_some() {
        let one_line =
            line.contains(['{', '(']) && line.ends_with(['}', ')']) && line.contains(' ');
        let form = if first.starts_with("function ") || one_line {
            Kind::Shared
        } else {
            Kind::Form("function", whole)
        };
        return form;
    }
    if matches!(line, "fi" | "done" | "esac" | ";;" | "then" | "do" | "done;" | "fi;") {
        return Kind::Form(
            if line == "esac" || line == ";;" { "case … esac" } else { "block" },
            whole,
        );
    }
    if matches!(line, "}" | "{" | "(" | ")" | "else" | ":" | "};") {
        return Kind::Shared;
    }
    let words = words(line);
    compound(&words, around)
        .or_else(|| case_arm(line, around))
        .map_or_else(|| simple(&words, around), |form| Kind::Form(form, whole))
}

/// A line that begins a compound command.
fn compound(words: &[Word<'_>], around: &Around<'_>) -> Option<&'static str> {
    let text = |at: usize| words.get(at).map_or("", |word| word.text);
    let closed = |by: &str| {
        around.next == by || words.windows(2).any(|pair| pair[0].text == ";" && pair[1].text == by)
    };
    match text(0) {
        "if" | "elif" if closed("then") => Some("if … fi"),
        "while" | "until" if closed("do") => Some("loop"),
        "for" | "select" if closed("do") && (text(2) == "in" || text(1) == "((") => Some("loop"),
        "for" if text(1) == "((" => Some("loop"),
        "case" if text(2) == "in" => Some("case … esac"),
        "[[" if words.iter().any(|word| word.text == "]]") => Some("test"),
        "[" if words.iter().any(|word| word.text == "]") && is_test(words) => Some("test"),
        "((" if !text(1).is_empty() && words.iter().any(|word| word.text == "))") => {
            Some("arithmetic")
        }
        _ => None,
    }
}

/// `[ -f x ]`, `[ "$a" = b ]`: what stands in square brackets elsewhere is a list.
fn is_test(words: &[Word<'_>]) -> bool {
    words.iter().any(|word| {
        let operator = word.text.strip_prefix('-').is_some_and(|name| {
            (1..=2).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase())
        });
        operator || word.text.contains('$')
    })
}

/// `pattern)` inside a `case`.
fn case_arm(line: &str, around: &Around<'_>) -> Option<&'static str> {
    let arm =
        around.in_case && (line.contains(')') && !line.starts_with('$') || line.ends_with(";;"));
    arm.then_some("case … esac")
}

/// What is left is at most a simple command behind assignments and other commands.
fn simple(all: &[Word<'_>], around: &Around<'_>) -> Kind {
    let mut words = all;
    let mut assigned = None;
    while let Some((word, rest)) = words.split_first() {
        let led = matches!(
            word.text,
            "then" | "do" | "else" | "if" | "while" | "until" | "elif" | "!" | "{" | "(" | "time"
        );
        if led {
            words = rest;
        } else if let Some((name, value)) = assignment(word.text).filter(|_| !word.operator) {
            assigned = Some((name, value, word.at));
            words = rest;
        } else if rest.iter().any(|word| !word.operator) && is_wrapper(word.text) {
            words = behind_options(rest);
        } else {
            break;
        }
    }
    match (words.first(), assigned) {
        (Some(word), None) if word.text == "}" || word.text == ")" => Kind::Shared,
        (Some(word), _) if !word.operator => command(word, &words[1..], around),
        (None | Some(_), Some((name, value, at))) => {
            // `A=$B` and `A=(a b)` are no other language's.
            let list = value.starts_with('(') && value.ends_with(')') && !value.contains(',');
            let value = value.trim_start_matches('"');
            let expands = value.starts_with(['$', '`']) && value.len() > 1
                || value.contains("${")
                || value.contains("$(");
            // Not in quotes, and nothing that another language takes for a value.
            let capital = name.bytes().all(|byte| !byte.is_ascii_lowercase());
            let path = capital && value.contains('/') && !value.contains(['"', '\'', '(', ',']);
            let telling = (list || expands || path)
                && !all.iter().any(|word| word.text == ";" && word.at.end() > at.end());
            if telling { Kind::Form("assignment", at) } else { Kind::Shared }
        }
        _ => Kind::Other,
    }
}

/// Commands that run the command which follows them.
fn is_wrapper(name: &str) -> bool {
    matches!(
        name,
        "sudo"
            | "env"
            | "nohup"
            | "exec"
            | "command"
            | "builtin"
            | "doas"
            | "nice"
            | "xargs"
            | "stdbuf"
            | "setsid"
    )
}

/// `words` without the options of a wrapper, and without the user that `-u` names.
fn behind_options<'w, 't>(mut words: &'w [Word<'t>]) -> &'w [Word<'t>] {
    while let [first, rest @ ..] = words
        && first.text.starts_with('-')
        && !rest.is_empty()
    {
        let named = matches!(first.text, "-u" | "-g" | "-n") && rest.len() > 1;
        words = if named { &rest[1..] } else { rest };
    }
    words
}

/// The command called `word`, with what stands behind it.
fn command(word: &Word<'_>, behind: &[Word<'_>], around: &Around<'_>) -> Kind {
    let name = word.text;
    let glued = behind
        .first()
        .is_some_and(|next| next.at.start() == word.at.end() && next.text.starts_with('('));
    let stated = behind.first().is_some_and(|next| {
        matches!(
            next.text,
            "=" | "==" | "!=" | ":=" | "+=" | "-=" | ":" | "=>" | "->" | "-" | "–" | "—" | "::"
        )
    });
    // What a shell returns is a number.
    let returns = matches!(name, "return" | "exit" | "break" | "continue")
        && behind.first().is_some_and(|next| {
            !next.operator
                && !next.text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '$' | '"'))
        });
    let closed = behind.last().is_some_and(|last| last.text == ";");
    let named_words = name.ends_with([':', ',', '.', '!', '?', '=']) && name.len() > 1;
    if glued || stated || named_words || returns || closed {
        return Kind::Other;
    }
    let seen = Arguments::of(behind);
    let known = lexicon::command(name.trim_start_matches('\\'));
    let expands = name.trim_start_matches('"').starts_with('$');
    let path = name.contains('/')
        && !name.contains("//")
        && !name.starts_with('/')
        && !name.contains(['*', '[', '<'])
        || known.is_some() && name.contains('/')
        || name.starts_with('/') && name[1..].contains('/') && !name.ends_with('/');
    let (is, telling) = if seen.is_sentence() {
        (false, false)
    } else if expands {
        let plain = !name.contains("->") && !name.contains(['[', '=']) && !name.starts_with("$.");
        (plain && !seen.foreign, seen.strong > 0)
    } else if around.functions.contains(name) {
        (true, seen.strong > 0)
    } else if path {
        (
            !name.ends_with(':'),
            !behind.is_empty() && (seen.strong > 0 || name.starts_with('.'))
                || name.starts_with("./"),
        )
    } else {
        match known {
            // `mount @ point`: an expression of names that are commands elsewhere.
            Some(_) if seen.foreign && seen.strong == 0 => (false, false),
            Some(Naming::Clear) => {
                let short = seen.plain > 0 && behind.len() < 4;
                // No other language calls a name with a dash in it like this.
                let dashed = behind.is_empty() && name.contains('-');
                (true, seen.strong > 0 || seen.verb || short || dashed)
            }
            Some(Naming::English) => {
                let typed = seen.options > 0 || seen.operators > 0;
                (typed && seen.strong > 0, typed && seen.strong > 0)
            }
            Some(Naming::Word) => {
                let short = behind.len() < 3
                    && seen.small == 0
                    && name.bytes().all(|byte| byte.is_ascii_lowercase());
                (seen.strong > 0 || short, seen.strong > 0 || seen.verb && behind.len() < 4)
            }
            None => {
                // Capitals in front are other languages': instructions, cmdlets, sentences.
                let typed = name
                    .starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
                    && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.+".contains(&b));
                let fits = typed && !seen.foreign && (seen.options > 0 || seen.piped);
                (fits, fits)
            }
        }
    };
    if !is {
        return Kind::Other;
    }
    Kind::Command { name: word.at, telling }
}

/// What stands behind a command's name, counted.
#[derive(Default)]
struct Arguments {
    /// Options: `-x`, `--long`.
    options: usize,
    /// Options, paths, variables, redirections: what sentences do not have.
    strong: usize,
    /// Operators between commands, and to files.
    operators: usize,
    /// Words without any mark.
    plain: usize,
    /// Small words of sentences.
    small: usize,
    /// Whether the first is a verb that command line programs take.
    verb: bool,
    /// Whether the output goes to a known command.
    piped: bool,
    /// Whether it ends as a sentence does.
    stopped: bool,
    /// Whether something stands there that no shell is given so: `= x`, a lone bracket.
    foreign: bool,
}

impl Arguments {
    fn of(words: &[Word<'_>]) -> Self {
        let mut seen = Self::default();
        let mut before = "";
        for (at, word) in words.iter().enumerate() {
            let text = word.text;
            let fed = matches!(before, "|" | "&&" | "||" | ";") && !word.operator;
            seen.piped |= fed && before != ";" && lexicon::command(text).is_some();
            seen.verb |= at == 0 && lexicon::is_subcommand(text);
            if word.operator {
                let gives =
                    matches!(text, "|" | "&&" | "||" | ">" | ">>" | "<" | "<<" | "<<<" | "&");
                let gives = usize::from(gives && words.len() > 1);
                seen.operators += gives;
                seen.strong += gives;
                seen.foreign |= text == "(" && !before.is_empty();
            } else if is_option(text) {
                seen.options += 1;
                seen.strong += 1;
            } else if word.is_quoted() || is_argument(text) {
                seen.strong += 1;
            } else if lexicon::is_small_word(text) {
                seen.small += 1;
            } else {
                seen.foreign |= matches!(text, "=" | "==" | "=>" | "->" | "{" | "+" | "[" | "@");
                seen.plain += 1;
            }
            before = text;
        }
        let last = words.iter().rev().find(|word| !word.operator);
        seen.stopped = last.is_some_and(|word| {
            let dots = word.text.ends_with("..") || word.text.contains('/') && word.text != "etc.";
            !word.is_quoted()
                && word.text.len() > 1
                && word.text.ends_with(['.', ',', ':', '!', '?'])
                && !(dots || is_option(word.text))
                || word.text == "..." && words.len() > 3 && seen.operators == 0
        });
        seen
    }

    /// Words of a sentence, or the end of one.
    fn is_sentence(&self) -> bool {
        self.stopped && self.options == 0
            || self.small > 0 && self.small * 3 > self.strong * 2 + usize::from(self.options > 0)
    }
}

fn is_option(word: &str) -> bool {
    let name = word.trim_start_matches('-');
    let dashes = word.len() - name.len();
    (1..=2).contains(&dashes)
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !name.ends_with([',', ':', ')', ']'])
        && !(name.starts_with(|c: char| c.is_ascii_digit()) && name.contains('.'))
        && !(dashes == 1 && name.bytes().all(|byte| byte.is_ascii_digit()) && name.len() > 4)
}

/// A path, file, variable, pattern, address or setting.
fn is_argument(word: &str) -> bool {
    let path = word.contains('/') && word.len() > 1 && !word.ends_with(',');
    let file = word.rsplit_once('.').is_some_and(|(stem, extension)| {
        !stem.is_empty()
            && (1..=6).contains(&extension.len())
            && extension.chars().all(|c| c.is_ascii_alphanumeric())
    });
    let setting = assignment(word).is_some_and(|(_, value)| !value.is_empty());
    let braces = word.contains("..") && word.contains('{');
    path || file
        || setting
        || braces
        || word.contains(['$', '*'])
        || word.contains('@') && word.len() > 2
        || matches!(word, "." | "~")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `T` for a telling command, `c` for another, `F` for a form, `s` for what is shared.
    fn letter(line: &str) -> char {
        let functions = HashSet::from(["greet"]);
        match kind(line, &Around { functions: &functions, next: "", in_case: false }) {
            Kind::Command { telling: true, .. } => 'T',
            Kind::Command { .. } => 'c',
            Kind::Form(..) => 'F',
            Kind::Shared => 's',
            Kind::Other => '-',
        }
    }

    #[test]
    fn commands_are_told_from_everything_else() {
        let cases = [
            ("pip install requests", 'T'),
            ("ls", 'c'),
            ("make", 'c'),
            ("make sure you have it", '-'),
            ("find . -name '*.py'", 'T'),
            ("find the file you want to change.", '-'),
            ("sudo -u www tail -f /var/log/x.log", 'T'),
            ("LANG=C sort names.txt", 'T'),
            ("unheard-of --verbose things", 'T'),
            ("unheard of things", '-'),
            ("greet world", 'c'),
            ("\"$HOME/bin/tool\" -x", 'T'),
            ("./configure --prefix=/opt", 'T'),
            ("/opt/tool/bin/run --once", 'T'),
            ("export PATH=$PATH:/opt/bin", 'T'),
            ("alias ll='ls -l'", 'T'),
            ("print(x)", '-'),
            ("sort = sorted(x)", '-'),
            ("time: 3", '-'),
            ("$this->run();", '-'),
            ("$x = 5;", '-'),
            ("bc @ dc", '-'),
            ("return false;", '-'),
        ];
        for (line, expected) in cases {
            assert_eq!(letter(line), expected, "{line}");
        }
    }

    #[test]
    fn forms_are_the_shells_alone_or_shared() {
        let cases = [
            ("if [ -f x ]; then", 'F'),
            ("for f in *.py; do", 'F'),
            ("for ((i = 0; i < 3; i++)); do", 'F'),
            ("for x in y:", '-'),
            ("while read -r line; do", 'F'),
            ("[[ -z $x ]]", 'F'),
            ("[ 'a', 'b' ]", '-'),
            ("((count++))", 'F'),
            ("greet() {", 'F'),
            ("x=$(date)", 'F'),
            ("plugins=(git vim)", 'F'),
            ("x=(1, 2)", 's'),
            ("x=3", 's'),
            ("done", 'F'),
            ("}", 's'),
        ];
        for (line, expected) in cases {
            assert_eq!(letter(line), expected, "{line}");
        }
    }
}
