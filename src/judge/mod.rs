//! The facts of a run to a verdict.
//!
//! Pure, so a stored run can be judged again. The rule behind every case: an example is broken only
//! when nothing outside it can be the reason. Whatever the surroundings lack (a module, the
//! network, a file that nobody made) leaves it unjudged.

mod compare;
mod expected;
mod modules;
mod names;
mod placeholder;
mod python;
mod session;
mod settled;
mod shell;
mod surety;
mod surroundings;
mod varying;

pub use expected::expect;

use stillruns_harness::{End, Finish, Run};

pub use self::names::bound_names;
use self::python::Raised;
pub use self::session::{Compared, judge_steps, judge_whole};
pub use self::settled::fails_always;
use self::shell::Failed;
use crate::model::{Cause, Lang, Python, Suggestion, Verdict, Why};

/// What was run.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// What it is.
    pub lang: Lang,
    /// Its text.
    pub code: &'a str,
    /// The version of the Python that ran it.
    pub python: Option<Python>,
    /// Tells the names that the other examples of its document bind.
    pub known: &'a dyn Fn() -> Vec<String>,
}

/// A verdict with what it is about. Places are those of the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// The one-based line that it is about, where known.
    pub line: Option<u32>,
    /// The one-based column there, in characters, where known.
    pub column: Option<u32>,
    /// What may help.
    pub suggestion: Option<Suggestion>,
}

impl Judgement {
    /// A verdict, about `line`.
    fn at(line: Option<u32>, verdict: Verdict) -> Self {
        Self { verdict, line, column: None, suggestion: None }
    }
}

impl From<Verdict> for Judgement {
    fn from(verdict: Verdict) -> Self {
        Self::at(None, verdict)
    }
}

/// Judges the `run` of its `subject`.
pub fn judge(subject: &Subject<'_>, run: &Run) -> Judgement {
    let fail = |cause| Verdict::Fail(cause).into();
    if let Finish::Prefix { .. } = run.finish {
        // Whatever ended the run, this program was never begun.
        let what = "an earlier example that runs".to_owned();
        return Verdict::Unjudged(Why::NeedsContext(vec![what])).into();
    }
    match run.end {
        End::TimedOut => fail(Cause::Timeout),
        End::OutOfMemory => fail(Cause::Memory),
        End::TooMuchOutput => fail(Cause::TooMuchOutput),
        End::Signaled(SIGSYS) => Verdict::Unjudged(Why::Denied("a system call".to_owned())).into(),
        End::Signaled(SIGXCPU) => fail(Cause::Timeout),
        End::Signaled(signal) => fail(Cause::Signal(signal)),
        End::Exited(status) => ended(subject, run, status),
    }
}

const SIGSYS: i32 = 31;
const SIGXCPU: i32 = 24;
/// What a shell makes of the signal for a pipe that nobody reads.
const SIGPIPE: i32 = 128 + 13;

/// A program that ended by itself, with `status`.
fn ended(subject: &Subject<'_>, run: &Run, status: i32) -> Judgement {
    let Subject { lang, code, .. } = *subject;
    match &run.finish {
        Finish::Completed if status == 0 => Verdict::Pass.into(),
        // Its last line wrote to somebody who had read enough.
        Finish::Completed if status == SIGPIPE && lang == Lang::Shell => Verdict::Pass.into(),
        Finish::Exited { last_statement: true, .. } if status == 0 => Verdict::Pass.into(),
        Finish::Exited { line, .. } if status == 0 => {
            Judgement::at(*line, Verdict::Fail(Cause::EndedEarly))
        }
        Finish::SyntaxError { message, line, column } => {
            Judgement { column: *column, ..Judgement::at(*line, syntax(code, message, *line)) }
        }
        Finish::Raised { kind, message, line, name, near, .. } => {
            let name = name.as_deref();
            python::raised(subject, &Raised { kind, message, name, near, line: *line })
        }
        Finish::StatusAt { status, line, command } => {
            let stderr = run.stderr.text();
            let failed = Failed { status: *status, command: command.as_deref(), line: *line };
            shell::failed(subject, &failed, &stderr)
        }
        Finish::Unknown
            if status == 0 && !(lang == Lang::Shell && shell::replaces_itself(code)) =>
        {
            Verdict::Fail(Cause::EndedEarly).into()
        }
        Finish::Unknown if status == 0 => Verdict::Pass.into(),
        Finish::Exited { line, .. } if lang.is_python() => {
            python::exited(code, status, *line, &run.stderr.text())
        }
        Finish::Exited { line, .. } => {
            Judgement::at(*line, Verdict::Fail(Cause::ExitStatus(status)))
        }
        Finish::Completed | Finish::Unknown | Finish::Prefix { .. } => {
            Verdict::Fail(Cause::ExitStatus(status)).into()
        }
    }
}

/// Code that cannot be read: broken, unless something in it is for the reader to fill in, or it is
/// the inside of something that the author did not repeat.
fn syntax(code: &str, message: &str, line: Option<u32>) -> Verdict {
    let message = message.trim();
    if let Some(text) = placeholder::find(code, line) {
        return Verdict::Unjudged(Why::Placeholder(text));
    }
    let around = ["function", "async function", "loop"]
        .into_iter()
        .find(|thing| message.ends_with(&format!("outside {thing}")));
    match around {
        Some(thing) => Verdict::Unjudged(Why::NeedsContext(vec![format!("a {thing} around it")])),
        None => Verdict::Fail(Cause::Syntax(without_places(message))),
    }
}

/// A message without the lines of the code that it names: they are not those of the document, and
/// what is recorded shall not change with them.
fn without_places(message: &str) -> String {
    let mut text = message.to_owned();
    for (before, after) in [(" (detected at line ", ")"), (" on line ", "")] {
        let Some(start) = text.find(before) else { continue };
        let rest = &text[start + before.len()..];
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if digits > 0 && rest[digits..].starts_with(after) {
            text.replace_range(start..start + before.len() + digits + after.len(), "");
        }
    }
    text
}

#[cfg(test)]
mod tests;
