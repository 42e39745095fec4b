//! What containment costs: the time of trivial programs bare, contained, and contained and warm,
//! taken in turns so that the load of the machine falls on all alike. Prints medians and ratios.
//!
//! No test: it judges nothing, as times depend on the machine. `ROUNDS` and `ONLY` (a part of a
//! name or version) in the environment make it shorter.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::unwrap_used, reason = "a bench fails by panicking")]

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use stillruns_harness::{Interpreter, InterpreterId, Job, Require, Sandbox, Search, Start, find};

fn main() {
    let rounds = std::env::var("ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(100);
    let search = Search {
        path: std::env::var_os("PATH"),
        pyenv_root: std::env::var_os("PYENV_ROOT").map(PathBuf::from),
        home: std::env::var_os("HOME").map(PathBuf::from),
        ..Search::default()
    };
    let mut interpreters = find(&search).interpreters;
    let only = std::env::var("ONLY").unwrap_or_default();
    interpreters.retain(|one| format!("{} {}", one.id, one.version).contains(&only));
    interpreters.dedup_by_key(|one| (one.id, one.release().get(..2).map(<[u32]>::to_vec)));
    println!(
        "{:<12}{:>9}{:>9}{:>9}{:>9}{:>9}  ms, medians of {rounds}; +cold is over bare",
        "", "bare", "cold", "+cold", "warm", "bare/warm"
    );
    for interpreter in interpreters {
        measure(&interpreter, rounds);
    }
}

fn measure(interpreter: &Interpreter, rounds: usize) {
    let python = interpreter.id <= InterpreterId::Python3;
    let name = if python { "snippet.py" } else { "snippet.sh" };
    let job = Job::new(interpreter.clone(), name, if python { "pass\n" } else { ":\n" });
    let launcher = env!("CARGO_BIN_EXE_stillruns-harness");
    let cold = Sandbox::with_launcher(launcher, Require::BestEffort).cold();
    let warm = Sandbox::with_launcher(launcher, Require::BestEffort).warm();
    let mut times: [Vec<Duration>; 3] = Default::default();
    let mut is_warm = true;
    for round in 0..rounds + 3 {
        let began = Instant::now();
        bare(interpreter);
        let after_bare = Instant::now();
        cold.run(&job).unwrap();
        let after_cold = Instant::now();
        is_warm &= warm.run(&job).unwrap().start == Start::Warm || round == 0;
        let after_warm = Instant::now();
        // The first rounds build the lanes.
        if round >= 3 {
            times[0].push(after_bare - began);
            times[1].push(after_cold - after_bare);
            times[2].push(after_warm - after_cold);
        }
    }
    let [bare, cold, warm] = times.map(median);
    let label = match interpreter.id {
        // Which shell that is, such as dash.
        InterpreterId::Sh => format!("sh ({})", name_of_file(interpreter)),
        _ => format!("{} {}", interpreter.id, interpreter.version),
    };
    print!("{label:<16}{bare:>5.2}{cold:>9.2}{:>9.2}", cold - bare);
    if is_warm { println!("{warm:>9.2}{:>9.1}", bare / warm) } else { println!("        -") }
}

fn name_of_file(interpreter: &Interpreter) -> String {
    let file = std::fs::canonicalize(&interpreter.program).unwrap();
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The same program without any sandbox.
fn bare(interpreter: &Interpreter) {
    let python = interpreter.id <= InterpreterId::Python3;
    let arguments: &[&str] = match interpreter.id {
        InterpreterId::Python3 => &["-I", "-c", "pass"],
        _ if python => &["-c", "pass"],
        _ => &["-c", ":"],
    };
    duct::cmd(&interpreter.program, arguments)
        .full_env(HashMap::<OsString, OsString>::new())
        .stdin_null()
        .stdout_null()
        .stderr_null()
        .run()
        .unwrap();
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1000.0
}
