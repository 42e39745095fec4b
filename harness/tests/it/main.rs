//! The promises of the sandbox, one file each: an attack, and the proof from outside that it came
//! to nothing. Hostile programs run inside of the sandbox only.
//!
//! Python programs are run by warm interpreters; one test runs all the others with fresh ones.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod attacks;
mod before;
mod cgroup;
mod concurrency;
mod contract;
mod cpu;
mod early_exit;
mod enforcement;
mod env;
mod equivalence;
mod exit_codes;
mod fallback;
mod faults;
mod fidelity;
mod find;
mod fork_bomb;
mod fs_read;
mod fs_write;
mod leftover;
mod memory;
mod net;
mod orphan;
mod output_flood;
mod proc;
mod processors;
mod reuse;
mod seccomp;
mod signals;
mod stdin;
mod steps;
mod stop;
mod users;
mod wall_clock;
mod watched;

use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;

use stillruns_harness::{
    Interpreter, InterpreterId, Job, Mechanism, Require, Run, Sandbox, Search, find,
};

/// Everything found on this machine, looked for once.
static INTERPRETERS: LazyLock<Vec<Interpreter>> = LazyLock::new(|| {
    let search = Search {
        path: std::env::var_os("PATH"),
        pyenv_root: std::env::var_os("PYENV_ROOT").map(PathBuf::from),
        home: std::env::var_os("HOME").map(PathBuf::from),
        ..Search::default()
    };
    find(&search).interpreters
});

/// Mechanisms that this kernel lacks, with the reason.
static GAPS: LazyLock<Vec<(Mechanism, String)>> = LazyLock::new(|| {
    let probe = sandbox(Require::BestEffort).probe().expect("a trivial program can be run");
    probe.gaps().into_iter().map(|(mechanism, reason)| (mechanism, reason.to_owned())).collect()
});

/// Set where every program is to be started by a fresh process.
const COLD: &str = "STILLRUNS_TEST_COLD";

fn cold() -> bool {
    std::env::var_os(COLD).is_some()
}

#[test]
fn every_promise_is_kept_by_fresh_interpreters_too() {
    if cold() {
        return;
    }
    let tests = std::env::current_exe().unwrap();
    let output = duct::cmd!(tests, "--test-threads=1")
        .env(COLD, "yes")
        .stderr_to_stdout()
        .stdout_capture()
        .unchecked()
        .run()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

fn sandbox(require: Require) -> Sandbox {
    let sandbox = Sandbox::with_launcher(env!("CARGO_BIN_EXE_stillruns-harness"), require);
    if cold() { sandbox.cold() } else { sandbox.warm() }
}

/// The newest interpreter of a kind.
fn interpreter(id: InterpreterId) -> Option<Interpreter> {
    INTERPRETERS.iter().find(|one| one.id == id).cloned()
}

fn job(id: InterpreterId, code: &str) -> Job {
    let interpreter = interpreter(id).expect("the interpreter is installed where tests run");
    let name = if id <= InterpreterId::Python3 { "snippet.py" } else { "snippet.sh" };
    let mut job = Job::new(interpreter, name, code);
    job.limits.wall = Duration::from_secs(20);
    job
}

/// Runs in lanes that serve all tests, one run after the other.
fn run(job: &Job) -> Run {
    static SHARED: LazyLock<Sandbox> = LazyLock::new(|| sandbox(Require::BestEffort));
    SHARED.run(job).expect("a run comes about")
}

fn python(code: &str) -> Run {
    run(&job(InterpreterId::Python3, code))
}

fn bash(code: &str) -> Run {
    run(&job(InterpreterId::Bash, code))
}

fn sh(code: &str) -> Run {
    run(&job(InterpreterId::Sh, code))
}

/// Whether the kernel offers these mechanisms. A test that must do without is skipped loudly, and
/// fails in CI, where everything has to be there.
fn offered(mechanisms: &[Mechanism]) -> bool {
    match GAPS.iter().find(|(mechanism, _)| mechanisms.contains(mechanism)) {
        None => true,
        Some((mechanism, reason)) => {
            skip(&format!("no {}: {reason}", mechanism.name()));
            assert!(std::env::var_os("CI").is_none(), "CI must offer every mechanism");
            false
        }
    }
}

fn skip(reason: &str) {
    note(&format!("SKIPPED, NOTHING WAS TESTED: {reason}"));
}

fn note(text: &str) {
    // Not `eprintln!`: what a passing test prints with that is never seen.
    let line = format!("{text}\n");
    std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes()).unwrap();
}

/// Whether nothing was left out by the sandbox of this run.
fn complete(run: &Run) -> bool {
    run.enforcement.gaps().is_empty()
}

/// Processes of this machine whose command line mentions a word.
fn processes_with(word: &str) -> Vec<String> {
    let entries = std::fs::read_dir("/proc").expect("/proc is there").flatten();
    let lines = entries.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    lines
        .map(|line| String::from_utf8_lossy(&line).into_owned())
        .filter(|line| line.contains(word))
        .collect()
}
