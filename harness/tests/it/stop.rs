//! All runs of a sandbox can be ended at once, and none begins after that.

use std::thread;
use std::time::{Duration, Instant};

use stillruns_harness::{InterpreterId, Require};

use crate::{job, sandbox};

#[test]
fn what_runs_is_ended_with_all_that_it_started_and_nothing_begins() {
    let sandbox = sandbox(Require::BestEffort);
    let mut sleeper = job(InterpreterId::Bash, "trap '' INT TERM HUP\nsleep 60 & sleep 60\n");
    sleeper.limits.wall = Duration::from_secs(60);
    let started = Instant::now();
    let ran: Vec<_> = thread::scope(|scope| {
        let runs: Vec<_> = (0..3).map(|_| scope.spawn(|| sandbox.run(&sleeper))).collect();
        // Whether they run already or are about to begin, they end.
        thread::sleep(Duration::from_millis(400));
        sandbox.clone().stop();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
    for run in ran {
        let told = run.unwrap_err().to_string();
        assert!(told.contains("stopped"), "{told}");
    }
    assert!(sandbox.run(&job(InterpreterId::Bash, ":\n")).is_err());
}
