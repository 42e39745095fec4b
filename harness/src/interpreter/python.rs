//! What both Pythons share: their names, the question for their version, and their driver.
//!
//! What differs between them is in `python2.rs` and `python3.rs`.

use std::ffi::OsString;
use std::path::Path;

use super::{Interpreter, InterpreterId, Spot, ask};
use crate::error::Error;
use crate::job::{Job, Mode, Step};
use crate::run::Finish;

/// Runs the program and reports about it; serves 2.6 to 3.14. A file and not an argument of `-c`:
/// Python keeps the text of the latter and shows it in tracebacks through a program's own `exec`.
pub(super) const DRIVER: &str = concat!(include_str!("driver.py"), include_str!("cold.py"));

/// The same, but it waits for programs and runs each in a fork. All but the last lines are text that
/// these compile: what the interpreter keeps of a script while it runs, every fork would have to let
/// go of at its end.
pub(super) const SERVER: &str = concat!(
    "exec(compile(r'''",
    include_str!("driver.py"),
    include_str!("stash.py"),
    include_str!("collector.py"),
    include_str!("leave.py"),
    include_str!("serve.py"),
    "''', __file__, 'exec', 0, True))\n",
    include_str!("warm.py"),
);

/// Prints the version and every folder that the interpreter needs, one per line.
const QUESTION: &str = "\
import os, sys
print('%d.%d.%d' % sys.version_info[:3])
print('PyPy' if '__pypy__' in sys.builtin_module_names else 'CPython')
for name in ('prefix', 'exec_prefix', 'base_prefix', 'base_exec_prefix'):
    print(getattr(sys, name, sys.prefix))
print(os.path.dirname(os.path.dirname(os.path.realpath(sys.executable))))
";

/// `python`, `python3`, `python2.7`, `pypy3`, but not `python3-config`.
pub(super) fn is_program(name: &str) -> bool {
    let rest = name.strip_prefix("python").or_else(|| name.strip_prefix("pypy"));
    rest.is_some_and(|rest| {
        rest.is_empty()
            || rest.starts_with(['2', '3']) && {
                rest.chars().all(|c| c.is_ascii_digit() || c == '.')
            }
    })
}

pub(super) fn probe(program: &Path) -> Result<Interpreter, Error> {
    let answer = ask(program, &["-c", QUESTION])?;
    let mut lines = answer.lines();
    let version = lines.next().unwrap_or_default().to_owned();
    let id = match version.split('.').next() {
        Some("2") => InterpreterId::Python2,
        Some("3") => InterpreterId::Python3,
        _ => return Err(Error::interpreter(program.display().to_string(), "no Python answered")),
    };
    let implementation = lines.next().unwrap_or_default().to_owned();
    let roots = lines.map(Into::into).collect();
    Ok(Interpreter { id, program: program.to_owned(), implementation, version, roots })
}

pub(super) fn arguments(spot: &Spot<'_>) -> Vec<OsString> {
    let report = spot.report.to_string();
    let mut all: Vec<OsString> = vec![spot.driver.into(), report.into(), spot.name.into()];
    all.extend(spot.plan.map(Into::into));
    all
}

/// A line with a literal of both Pythons. Where there are more programs it names them all, and
/// their texts follow: the driver makes each file when its turn comes.
pub(super) fn plan(job: &Job, _spot: &Spot<'_>) -> String {
    let before = job.before.iter().map(|part| (part.name(), part.code()));
    let all = before.chain([(job.name.as_str(), job.code.as_str())]);
    let programs: Vec<(&str, &str)> = all.filter(|_| !job.before.is_empty()).collect();
    let mut text = String::from("{'programs': [");
    for (name, code) in &programs {
        text += &format!("b'{}', {}, ", name.as_bytes().escape_ascii(), code.len());
    }
    text += &format!("], 'before': {}, 'watched': [", job.unwatched());
    for watch in &job.watched {
        let steps = Some(literal(&watch.steps)).filter(|_| !watch.steps.is_empty());
        text += &format!("\"{}\", ", steps.unwrap_or_default());
    }
    let unrelated = if job.unrelated { "True" } else { "False" };
    text += &format!("], 'unrelated': {unrelated}, 'steps': {}}}\n", literal(&job.steps));
    text.extend(programs.iter().map(|(_, code)| *code));
    text
}

fn literal(steps: &[Step]) -> String {
    let steps = steps.iter().map(|step| {
        let mode = match step.mode {
            Mode::Whole => "whole",
            Mode::Single => "single",
            Mode::Cell => "cell",
        };
        format!("({}, {}, '{mode}')", step.first, step.last)
    });
    format!("[{}]", steps.collect::<Vec<_>>().join(", "))
}

/// One line for every step, in front of which stands an `s`.
pub(super) fn steps(report: &mut &[u8], most: usize) -> Vec<Finish> {
    let mut steps = Vec::new();
    while steps.len() < most
        && let Some(rest) = report.strip_prefix(b"s")
        && let Some(end) = rest.iter().position(|byte| *byte == b'\n')
    {
        steps.push(finish(&rest[..end], ""));
        *report = &rest[end + 1..];
    }
    steps
}

/// The driver writes a [`Finish`] as JSON.
pub(super) fn finish(report: &[u8], _code: &str) -> Finish {
    let line = report.split(|byte| *byte == b'\n').next().unwrap_or_default();
    serde_json::from_slice(line).unwrap_or(Finish::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_the_server_ends_where_it_should() {
        assert_eq!(SERVER.matches("'''").count(), 2);
    }
}
