//! An exception that nobody caught, to a verdict.
//!
//! What the surroundings lack excuses an example only where its code has something to do with it,
//! and never what its own `raise` says.

use super::names::{self, Free, Near};
use super::{Judgement, Subject, modules, placeholder, surroundings};
use crate::model::{Cause, Suggestion, Verdict, Why};
use crate::syntax::lexical;
use crate::syntax::near::{is_slip, is_slip_of_attribute};
use crate::syntax::python::facts;
use crate::syntax::python::scope::scope;

/// An exception that left the program.
pub(super) struct Raised<'a> {
    /// Its type, with its module unless that is the program or the builtins.
    pub(super) kind: &'a str,
    /// Its message.
    pub(super) message: &'a str,
    /// The name or module that it is about, where it is about one.
    pub(super) name: Option<&'a str>,
    /// Names much like that, where it was looked for.
    pub(super) near: &'a [String],
    /// The innermost line of the program.
    pub(super) line: Option<u32>,
}

impl Raised<'_> {
    fn short(&self) -> &str {
        self.kind.rsplit('.').next().unwrap_or(self.kind)
    }

    fn unjudged(&self, why: Why) -> Judgement {
        Judgement::at(self.line, Verdict::Unjudged(why))
    }

    /// The example is broken by it.
    pub(super) fn fails(&self) -> Judgement {
        let (name, message) = (self.kind.to_owned(), self.message.to_owned());
        Judgement::at(self.line, Verdict::Fail(Cause::Exception { name, message }))
    }

    /// The example is broken by it, and `message` tells what may help.
    pub(super) fn fails_with(&self, message: String) -> Judgement {
        let suggestion = Some(Suggestion::new(message, Vec::new()));
        Judgement { suggestion, ..self.fails() }
    }
}

/// Judges a program that ended with an exception.
pub(super) fn raised(subject: &Subject<'_>, raised: &Raised<'_>) -> Judgement {
    let (code, message) = (subject.code, raised.message);
    if raises_itself(code, raised.line) {
        return raised.fails();
    }
    match raised.short() {
        "NameError" => {
            if let Some(name) = raised.name {
                return name_error(subject, raised, name);
            }
        }
        "ModuleNotFoundError" | "ImportError" => {
            // Python 2, and 3 before 3.6, have no type of their own for a missing module.
            let missing = raised.short() != "ImportError" || message.starts_with("No module named");
            if let Some(name) = raised.name.filter(|_| missing) {
                return modules::missing(subject, raised, name);
            }
        }
        "EOFError" if message.contains("EOF when reading") => {
            return raised.unjudged(Why::NeedsInput);
        }
        "IndexError" | "ValueError" if line_names(code, raised.line, "argv") => {
            return raised.unjudged(Why::NeedsInput);
        }
        "MemoryError" => return Judgement::at(raised.line, Verdict::Fail(Cause::Memory)),
        "SyntaxError" | "IndentationError" | "TabError" => {
            if let Some(text) = placeholder::find(code, raised.line) {
                return raised.unjudged(Why::Placeholder(text));
            }
        }
        _ if message.contains("ellipsis") && has_ellipsis(code) => {
            return raised.unjudged(Why::Placeholder("...".to_owned()));
        }
        _ => {}
    }
    if let Some(why) = surroundings::of_exception(code, raised.kind, message) {
        return match made(subject, &why) {
            Some(file) => raised.fails_with(format!("did you mean `{file}`?")),
            None => raised.unjudged(why),
        };
    }
    let help = of_another_version(subject, raised.line).or_else(|| {
        let name = missing_name(raised)?;
        let near = raised.near.iter().find(|near| is_slip_of_attribute(name, near))?;
        Some(format!("did you mean `{near}`?"))
    });
    help.map_or_else(|| raised.fails(), |help| raised.fails_with(help))
}

/// The file that the program makes itself, where the one that is missing is a slip for it.
fn made(subject: &Subject<'_>, why: &Why) -> Option<String> {
    let Why::NeedsContext(files) = why else { return None };
    let writes = scope(subject.code, subject.lang).writes;
    writes.into_iter().find(|made| files.iter().any(|file| is_slip(file, made)))
}

/// The name that was looked for in vain. Of an import the exception names the module.
fn missing_name<'a>(raised: &Raised<'a>) -> Option<&'a str> {
    imported(raised.message).or(raised.name)
}

/// What a module was asked for in vain, by the message about it.
pub(super) fn imported(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("cannot import name ")?;
    let rest = rest.trim_start_matches('\'');
    rest.split(['\'', ' ', ',']).next().filter(|name| !name.is_empty())
}

/// A name that nothing of the program binds: a slip, another version's, or something that the
/// example takes for granted.
fn name_error(subject: &Subject<'_>, raised: &Raised<'_>, name: &str) -> Judgement {
    if let Some(help) = of_another_version(subject, raised.line) {
        return raised.fails_with(help);
    }
    if let Some(meant) = of_main(subject.code, raised.line, name) {
        return raised.fails_with(format!("did you mean `{meant}`?"));
    }
    let free = names::free(subject);
    if let Some(judged) = own_slip(subject, raised, &free) {
        return judged;
    }
    match names::slip(subject, &free, name) {
        Some(near) => slipped(subject, raised, &near),
        None if names::is_placeholder(name) => raised.unjudged(Why::Placeholder(name.to_owned())),
        None => {
            let mut needs = vec![name.to_owned()];
            needs.extend(free.into_iter().map(|free| free.name).filter(|other| other != name));
            raised.unjudged(Why::NeedsContext(needs))
        }
    }
}

/// What is meant where the line that compares `__name__` with the name of the program has lost
/// quotes or underscores.
fn of_main(code: &str, line: Option<u32>, name: &str) -> Option<&'static str> {
    let text = line.and_then(|line| code.lines().nth((line as usize).checked_sub(1)?))?;
    let compares = text.trim_start().starts_with("if ") && text.contains("==");
    match name {
        "__main__" if compares => Some("\"__main__\""),
        "name" | "_name_" | "__name" | "_name" if compares && text.contains("main") => {
            Some("__name__")
        }
        _ => None,
    }
}

/// Whether the one-based `line` names `word`, outside strings and comments.
fn line_names(code: &str, line: Option<u32>, word: &str) -> bool {
    let text = line.and_then(|line| code.lines().nth((line as usize).checked_sub(1)?));
    let masked = lexical::mask(text.unwrap_or(""));
    masked.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == word)
}

/// The verdict where one of the `free` names is a slip by what the program itself binds: whatever
/// else it lacks, that stays wrong.
pub(super) fn own_slip(
    subject: &Subject<'_>,
    raised: &Raised<'_>,
    free: &[Free],
) -> Option<Judgement> {
    names::own_slip(subject.code, free).map(|near| slipped(subject, raised, &near))
}

fn slipped(subject: &Subject<'_>, raised: &Raised<'_>, near: &Near) -> Judgement {
    let line = near.at.map_or(raised.line, |at| Some(line_of(subject.code, at)));
    let message = format!("name '{}' is not defined", near.name);
    let same = raised.name == Some(near.name.as_str()) && raised.short() == "NameError";
    let (kind, message) = ("NameError", if same { raised.message } else { &message });
    Judgement {
        suggestion: Some(names::suggestion(subject.code, near)),
        ..Raised { kind, message, line, ..*raised }.fails()
    }
}

/// What says that the one-based `line` uses a name that this Python does not have and another has.
fn of_another_version(subject: &Subject<'_>, line: Option<u32>) -> Option<String> {
    let (python, line) = (subject.python?, line?);
    let names = facts(subject.code).names.into_iter();
    let mut here = names.filter(|name| line_of(subject.code, name.at.start()) == line);
    let name = here.find(|name| !name.versions.has(python))?;
    Some(format!("`{}` is in Python {} only", name.name, name.versions))
}

fn line_of(code: &str, at: usize) -> u32 {
    u32::try_from(code[..at].matches('\n').count()).unwrap_or(u32::MAX - 1) + 1
}

/// Whether the one-based `line` raises an exception by itself.
fn raises_itself(code: &str, line: Option<u32>) -> bool {
    line_names(code, line, "raise")
}

/// A program that ended itself with a status other than zero at the one-based `line`; `stderr` is
/// what it printed there. What it did not get from who called it, it says.
pub(super) fn exited(code: &str, status: i32, line: Option<u32>, stderr: &str) -> Judgement {
    const PARSERS: &[&str] = &["argparse", "optparse", "click", "docopt", "fire", "typer", "absl"];
    const LACKS: &[&str] = &[
        "the following arguments are required",
        "too few arguments",
        "missing argument",
        "usage:",
    ];
    let masked = lexical::mask(code);
    let names = |word: &str| {
        masked.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == word)
    };
    let lower = stderr.to_lowercase();
    let parses =
        PARSERS.iter().any(|parser| names(parser)) && LACKS.iter().any(|word| lower.contains(word));
    let end = line.map_or(0, |line| line as usize);
    let near = masked.lines().take(end).skip(end.saturating_sub(6));
    let asks =
        near.into_iter().any(|line| line.trim_start().starts_with("if ") && line.contains("argv"));
    let verdict = match parses || asks {
        true => Verdict::Unjudged(Why::NeedsInput),
        false => Verdict::Fail(Cause::ExitStatus(status)),
    };
    Judgement::at(line, verdict)
}

fn has_ellipsis(code: &str) -> bool {
    lexical::mask(code).contains("...") || lexical::mask(code).contains("Ellipsis")
}
