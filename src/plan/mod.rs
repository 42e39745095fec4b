//! A stored snippet to the job that runs it.
//!
//! Pure, and the first to know the harness. Chooses the interpreter; does not start anything.

mod chain;
mod condition;
mod left_out;
mod lines;
mod steps;
mod told;
mod unrelated;

use std::collections::BTreeMap;

use stillruns_harness::{Interpreter, InterpreterId, Job, Limits, Network};

use self::told::Told;
use crate::model::{Lang, Why};
use crate::store::Stored;

pub use self::chain::{Before, Chains, Reads};
pub use self::left_out::is_meant_to_fail;
pub use self::lines::lines;

/// What examples may be run with.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// What they may run on, the best first.
    pub interpreters: &'a [Interpreter],
    /// What each may use where its document says nothing.
    pub limits: &'a Limits,
    /// What network all of them have.
    pub network: Network,
    /// Whether those that say they need the network are given that of the host.
    pub allow_network: bool,
    /// The environment variables that they may ask for, those that are not set without a value.
    pub variables: &'a BTreeMap<String, Option<String>>,
}

/// Why a snippet is not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The reason.
    pub why: Why,
    /// The one-based document line that it is about, where there is one.
    pub line: Option<u32>,
}

/// The job that runs `stored` under `terms`, on the first interpreter that `reads` it; or why there is
/// none. What runs before it is not in it.
pub fn plan(stored: &Stored, reads: Reads<'_>, terms: &Terms<'_>) -> Result<Job, Refused> {
    let told = Told::new(&stored.entry.directives);
    told.refusal(terms)?;
    let tag = stored.entry.tag.as_deref();
    let wanted =
        reads.langs.iter().flat_map(|lang| wanted(*lang, tag).iter().map(|id| (*lang, *id)));
    let find = |(lang, id): (Lang, InterpreterId)| {
        let mut able = terms.interpreters.iter().filter(|one| one.id == id);
        let takes = |one: &&Interpreter| !lang.is_python() || reads.takes(&one.version);
        Some((lang, able.find(takes)?))
    };
    let Some((lang, found)) = wanted.clone().find_map(find) else {
        let name = wanted.map(|(_, id)| id.name()).next().unwrap_or("interpreter");
        let bounds = reads.bounds(stored.entry.class);
        let needs = bounds.map_or_else(|| name.to_owned(), |bounds| format!("{name} {bounds}"));
        return Err(Refused { why: Why::NoInterpreter(needs), line: None });
    };
    // Conditions are about Python, also where a shell runs the example.
    let python = terms.interpreters.iter().find(|one| one.id == InterpreterId::Python3);
    told.condition(terms, python.filter(|_| lang == Lang::Shell).unwrap_or(found))?;
    // As before others, so that a program finds the same name whatever comes behind it.
    let name = if lang.is_python() { part_name(stored, lang) } else { "snippet.sh".to_owned() };
    let mut job = Job::new(found.clone(), name, source(lang, &left_out::runnable(stored)));
    job.limits = terms.limits.clone();
    job.policy.network = terms.network;
    told.settle(&mut job, terms);
    job.steps = steps::steps(stored).map_err(|why| Refused { why, line: None })?;
    Ok(job)
}

/// The file name of `stored` as a program of `lang`.
fn part_name(stored: &Stored, lang: Lang) -> String {
    format!("{}.{}", stored.entry.id, lang.extension())
}

/// What the interpreter of `job` reads.
pub fn read_as(job: &Job) -> Lang {
    match job.interpreter.id {
        InterpreterId::Python2 => Lang::Py2,
        InterpreterId::Python3 => Lang::Py3,
        InterpreterId::Bash | InterpreterId::Sh | InterpreterId::Zsh => Lang::Shell,
    }
}

/// The interpreters for a language, the best first; a shell may be asked for by name.
fn wanted(lang: Lang, tag: Option<&str>) -> &'static [InterpreterId] {
    match lang {
        Lang::Py2 => &[InterpreterId::Python2],
        Lang::Py3 => &[InterpreterId::Python3],
        Lang::Shell if tag.is_some_and(|tag| tag.eq_ignore_ascii_case("zsh")) => {
            &[InterpreterId::Zsh]
        }
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
