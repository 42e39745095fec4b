//! Everything in `attacks/*.txt` comes to nothing in the sandbox, with all mechanisms and without
//! namespaces; and each of it works where nothing is in its way, so that this test can fail.

mod canary;
mod case;
mod proof;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use stillruns_harness::{
    Finish, InterpreterId, Job, Level, Mechanism, Part, Require, Sandbox, Watch,
};

use self::canary::{Canary, Effect};
use self::case::{Case, Proof};
use self::proof::{Shown, show};
use crate::{cold, interpreter, note, offered, sandbox};

/// Runs every attack by `run`, a few at a time; returns the names of those for which it says so.
fn which(cases: &[Case], run: impl Fn(&Case) -> Option<String> + Sync) -> Vec<String> {
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some(what) = run(case) {
                        found.lock().unwrap().push(format!("{}: {what}", case.name));
                    }
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap();
    found.sort();
    found
}

/// The attacks that can be made here, chosen by the variable where one is to be looked at.
fn cases() -> Vec<Case> {
    let wanted = std::env::var("STILLRUNS_TEST_ATTACK").unwrap_or_default();
    let mut cases = case::all();
    assert!(cases.len() >= 60, "{}", cases.len());
    if interpreter(InterpreterId::Python2).is_none() {
        note("the attacks in Python 2 were left out, as there is none");
        cases.retain(|case| case.id != InterpreterId::Python2);
    }
    cases.retain(|case| case.name.contains(&wanted));
    cases
}

/// Runs all parts of an attack; says what its canary saw, if it was hit.
fn attack(case: &Case, sandbox: &Sandbox) -> Option<String> {
    let mut canary = Canary::new(&case.canary);
    let mut effect = Effect::default();
    for part in &case.parts {
        let mut job = job(case, part, &canary);
        job.limits = case.limits.clone();
        let run = match sandbox.run(&job) {
            Ok(run) => run,
            Err(error) => return Some(error.to_string()),
        };
        effect.stdout += &run.stdout.text();
        effect.stderr += &run.stderr.text();
        effect.printed = run.stdout.total.max(run.stderr.total);
        effect.told = Some((run.end, run.finish));
    }
    if case.canary == "completed" && case.id <= InterpreterId::Python3 {
        let told = watched(case, sandbox);
        if told.is_some() {
            return told;
        }
    }
    let hit = canary.is_hit(&effect);
    hit.then(|| format!("{effect:?}").chars().take(600).collect())
}

/// Runs an attack as a watched program between two others; says what it gained by that, or what the
/// one behind it lost.
fn watched(case: &Case, sandbox: &Sandbox) -> Option<String> {
    let [part] = case.parts.as_slice() else { return None };
    let mut job = job(case, "print('last')\n", &Canary::new(&case.canary));
    let (name, limits) = (|at: usize| format!("part{at}.py"), case.limits.clone());
    let texts = ["print('first')\n", &case.text(part, &[]), "print('theirs')\n"];
    job.before = texts.iter().zip(0..).map(|(text, at)| Part::new(name(at), *text)).collect();
    job.watched = vec![Watch::default(); texts.len()];
    job.limits = limits;
    let run = match sandbox.run(&job) {
        Ok(run) => run,
        Err(error) => return Some(error.to_string()),
    };
    let sure = |at: usize| run.parts.get(at).filter(|part| part.finish == Finish::Completed);
    let gained = sure(1).is_some();
    let lost = |at: usize, text: &str| sure(at).is_some_and(|part| part.stdout.text() != text);
    (gained || lost(0, "first\n") || lost(2, "theirs\n")).then(|| format!("{:?}", run.parts))
}

fn job(case: &Case, part: &str, canary: &Canary) -> Job {
    crate::job(case.id, &case.text(part, canary.words()))
}

/// What nobody can keep from root, even without capabilities, but by namespaces.
const OF_ROOT: [&str; 3] = ["becoming root", "many processes", "many threads"];

#[test]
fn nothing_gets_out() {
    if !offered(&Mechanism::ALL) {
        return;
    }
    let sandbox = sandbox(Require::All);
    let out = which(&cases(), |case| attack(case, &sandbox));
    assert!(out.is_empty(), "{} got out:\n{}", out.len(), out.join("\n"));
}

#[test]
fn nothing_gets_out_without_namespaces() {
    if cold() || !offered(&[Mechanism::Landlock, Mechanism::Seccomp]) {
        return;
    }
    let sandbox = sandbox(Require::BestEffort).without(&[Mechanism::Namespaces]);
    let mut cases = cases();
    let probe = sandbox.run(&crate::job(InterpreterId::Python3, "")).unwrap();
    if probe.enforcement.capabilities != Level::Full {
        let all = cases.len();
        cases.retain(|case| !OF_ROOT.iter().any(|name| case.name.contains(name)));
        note(&format!(
            "{} of {all} attacks were left out, by what only root may do: the interpreter lies where \
             only root may go, so it stayed root; the others were made",
            all - cases.len()
        ));
    }
    let out = which(&cases, |case| attack(case, &sandbox));
    assert!(out.is_empty(), "{} got out:\n{}", out.len(), out.join("\n"));
}

#[test]
fn nothing_reaches_the_terminal_of_the_host() {
    if !offered(&Mechanism::ALL) {
        return;
    }
    let mut cases = cases();
    cases.retain(|case| case.proof == Proof::Terminal);
    let out = which(&cases, |case| {
        let canary = Canary::new(&case.canary);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("snippet");
        std::fs::write(&file, case.text(&case.parts[0], canary.words())).unwrap();
        let (harness, file) = (env!("CARGO_BIN_EXE_stillruns-harness"), file.display());
        let interpreter = interpreter(case.id).unwrap().program;
        let line = format!("{harness} run {file} --json --interpreter {}", interpreter.display());
        let told = proof::typed(&line).stdout_capture().unchecked().run().unwrap();
        let told = String::from_utf8_lossy(&told.stdout).into_owned();
        (told.contains("ESCAPED") || !told.contains("\"exited\"")).then_some(told)
    });
    assert!(out.is_empty(), "{} got out:\n{}", out.len(), out.join("\n"));
}

#[test]
fn every_attack_works_where_nothing_is_in_its_way() {
    if cold() {
        return;
    }
    let off = sandbox(Require::Off);
    let (cases, unproven) = (cases(), Mutex::new(Vec::<String>::new()));
    let failed = which(&cases, |case| match show(case, &off) {
        Shown::Works => None,
        Shown::Fails => Some(format!("{:?} shows nothing", case.proof)),
        Shown::Unproven => {
            unproven.lock().unwrap().push(case.name.clone());
            None
        }
    });
    let mut unproven = unproven.into_inner().unwrap();
    // By name, as kernels differ in what they offer.
    unproven.sort_unstable();
    note(&format!(
        "{} attacks shown to work, {} that cannot be here:\n  {}",
        cases.len() - unproven.len(),
        unproven.len(),
        unproven.join("\n  ")
    ));
    assert!(failed.is_empty(), "{}:\n{}", failed.len(), failed.join("\n"));
}
