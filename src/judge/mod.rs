//! The facts of a run to a verdict.
//!
//! Pure, so a stored run can be judged again. The rule behind every case: an example is broken only
//! when nothing outside it can be the reason. Whatever the surroundings lack (a module, the
//! network, a file that nobody made) leaves it unjudged.

mod placeholder;
mod python;
mod shell;
mod surroundings;

use stillruns_harness::{End, Finish, Run};

use crate::model::{Cause, Lang, Verdict, Why};

/// Judges the `run` of `code`; with the one-based line of the code that the verdict is about,
/// where one is known.
pub fn judge(lang: Lang, code: &str, run: &Run) -> (Verdict, Option<u32>) {
    let fail = |cause| (Verdict::Fail(cause), None);
    if let Finish::Prefix { .. } = run.finish {
        // Whatever ended the run, this program was never begun.
        let what = "an earlier example that runs".to_owned();
        return (Verdict::Unjudged(Why::NeedsContext(vec![what])), None);
    }
    match run.end {
        End::TimedOut => fail(Cause::Timeout),
        End::OutOfMemory => fail(Cause::Memory),
        End::TooMuchOutput => fail(Cause::TooMuchOutput),
        End::Signaled(SIGSYS) => (Verdict::Unjudged(Why::Denied("a system call".to_owned())), None),
        End::Signaled(SIGXCPU) => fail(Cause::Timeout),
        End::Signaled(signal) => fail(Cause::Signal(signal)),
        End::Exited(status) => ended(lang, code, run, status),
    }
}

const SIGSYS: i32 = 31;
const SIGXCPU: i32 = 24;

/// A program that ended by itself, with `status`.
fn ended(lang: Lang, code: &str, run: &Run, status: i32) -> (Verdict, Option<u32>) {
    match &run.finish {
        Finish::Completed if status == 0 => (Verdict::Pass, None),
        Finish::Exited { last_statement: true, .. } if status == 0 => (Verdict::Pass, None),
        Finish::Exited { line, .. } if status == 0 => (Verdict::Fail(Cause::EndedEarly), *line),
        Finish::SyntaxError { message, line, .. } => (syntax(code, message, *line), *line),
        Finish::Raised { kind, message, line, name, .. } => {
            (python::raised(kind, message, name.as_deref(), code, *line), *line)
        }
        Finish::StatusAt { status, line, command } => {
            let stderr = run.stderr.text();
            (shell::status(*status, command.as_deref(), code, &stderr), *line)
        }
        Finish::Unknown
            if status == 0 && !(lang == Lang::Shell && shell::replaces_itself(code)) =>
        {
            (Verdict::Fail(Cause::EndedEarly), None)
        }
        Finish::Unknown if status == 0 => (Verdict::Pass, None),
        Finish::Exited { line, .. } => (Verdict::Fail(Cause::ExitStatus(status)), *line),
        Finish::Completed | Finish::Unknown | Finish::Prefix { .. } => {
            (Verdict::Fail(Cause::ExitStatus(status)), None)
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
        None => Verdict::Fail(Cause::Syntax(message.to_owned())),
    }
}

#[cfg(test)]
mod tests;
