//! Everything in `attacks/*.txt` comes to nothing in the sandbox, with all mechanisms and without
//! namespaces; and each of it works where nothing is in its way, so that this test can fail.

mod canary;
mod case;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use stillruns_harness::{InterpreterId, Job, Level, Mechanism, Require, Sandbox};

use self::canary::{Canary, Effect};
use self::case::{Case, Proof};
use crate::{cold, interpreter, offered, sandbox, skip};

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
        skip("no Python 2 found");
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
    let hit = canary.is_hit(&effect);
    hit.then(|| format!("{effect:?}").chars().take(600).collect())
}

fn job(case: &Case, part: &str, canary: &Canary) -> Job {
    crate::job(case.id, &case.text(part, canary.words()))
}

/// Runs an attack by the interpreter alone.
fn bare(case: &Case) -> bool {
    let mut canary = Canary::new(&case.canary);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("attack");
    let mut effect = Effect::default();
    for part in &case.parts {
        std::fs::write(&file, case.text(part, canary.words())).unwrap();
        let output = duct::cmd!(interpreter(case.id).unwrap().program, &file)
            .env("STILLRUNS_ATTACK", "secret")
            .dir(folder.path())
            .stdin_null()
            .stdout_capture()
            .stderr_capture()
            .unchecked()
            .run()
            .unwrap();
        effect.stdout += &String::from_utf8_lossy(&output.stdout);
        effect.stderr += &String::from_utf8_lossy(&output.stderr);
        effect.printed = output.stdout.len().max(output.stderr.len()) as u64;
    }
    canary.is_hit(&effect)
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
        skip("the interpreter lies where only root may go, so what root may do remains");
        cases.retain(|case| !OF_ROOT.iter().any(|name| case.name.contains(name)));
    }
    let out = which(&cases, |case| attack(case, &sandbox));
    assert!(out.is_empty(), "{} got out:\n{}", out.len(), out.join("\n"));
}

#[test]
fn every_attack_works_where_nothing_is_in_its_way() {
    if cold() {
        return;
    }
    let sandbox = sandbox(Require::Off);
    let root = rustix::process::geteuid().is_root();
    let failed = which(&cases(), |case| {
        let works = match &case.proof {
            Proof::Off => attack(case, &sandbox).is_some(),
            Proof::Root if root => attack(case, &sandbox).is_some(),
            Proof::Bare => bare(case),
            Proof::Root | Proof::None(_) => true,
        };
        (!works).then(|| format!("{:?} shows nothing", case.proof))
    });
    assert!(failed.is_empty(), "{}:\n{}", failed.len(), failed.join("\n"));
}
