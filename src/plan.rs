//! A stored snippet to the job that runs it.
//!
//! Pure, and the first to know the harness. Chooses the interpreter; does not start anything.

use stillruns_harness::{Interpreter, InterpreterId, Job, Limits};

use crate::model::{Lang, Why};
use crate::store::Stored;

/// The job that runs `stored` on the first of `interpreters` that can; or why none can.
pub fn plan(stored: &Stored, interpreters: &[Interpreter], limits: &Limits) -> Result<Job, Why> {
    let lang = stored.entry.class;
    let wanted = wanted(lang);
    let found = wanted
        .iter()
        .find_map(|id| interpreters.iter().find(|interpreter| interpreter.id == *id))
        .ok_or_else(|| Why::NoInterpreter(wanted[0].name().to_owned()))?;
    let name = format!("snippet.{}", lang.extension());
    let mut job = Job::new(found.clone(), name, source(lang, &stored.code));
    job.limits = limits.clone();
    Ok(job)
}

/// The interpreters for a language, the best first.
fn wanted(lang: Lang) -> &'static [InterpreterId] {
    match lang {
        Lang::Py2 => &[InterpreterId::Python2],
        Lang::Py3 => &[InterpreterId::Python3],
        Lang::Shell => &[InterpreterId::Bash, InterpreterId::Sh],
    }
}

/// The code as the interpreter shall read it. Python 2 refuses text beyond ASCII unless its
/// encoding is declared; a byte order mark declares UTF-8 without moving a line (PEP 263).
fn source(lang: Lang, code: &str) -> String {
    if lang == Lang::Py2 && !code.is_ascii() && !declares_encoding(code) {
        format!("\u{feff}{code}")
    } else {
        code.to_owned()
    }
}

fn declares_encoding(code: &str) -> bool {
    code.lines().take(2).any(|line| line.starts_with('#') && line.contains("coding"))
}
