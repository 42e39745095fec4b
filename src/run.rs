//! Jobs to runs, on several threads, with events as they happen and results in the order of the
//! plan.
//!
//! Judges nothing. Whatever the harness says against a single job is that job's result.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use stillruns_harness::{Error, Job, Run, Sandbox};

/// What came of one job; nothing when the runs were stopped before it.
pub type Ran = Option<Result<Run, Error>>;

/// Runs `jobs` on `threads` threads. `finished` is told of each end as it happens, on the calling
/// thread, and says whether to begin any more.
pub fn run(
    sandbox: &Sandbox,
    jobs: &[Job],
    threads: usize,
    mut finished: impl FnMut(usize, &Result<Run, Error>) -> bool,
) -> Vec<Ran> {
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (sender, receiver) = mpsc::channel();
    let mut ran: Vec<Ran> = jobs.iter().map(|_| None).collect();
    thread::scope(|scope| {
        for _ in 0..threads.clamp(1, jobs.len().max(1)) {
            let (sender, next, stop) = (sender.clone(), &next, &stop);
            scope.spawn(move || work(sandbox, jobs, next, stop, &sender));
        }
        drop(sender);
        for (at, result) in receiver {
            if !finished(at, &result) {
                stop.store(true, Ordering::Relaxed);
            }
            ran[at] = Some(result);
        }
    });
    ran
}

fn work(
    sandbox: &Sandbox,
    jobs: &[Job],
    next: &AtomicUsize,
    stop: &AtomicBool,
    done: &mpsc::Sender<(usize, Result<Run, Error>)>,
) {
    while !stop.load(Ordering::Relaxed) {
        let at = next.fetch_add(1, Ordering::Relaxed);
        let Some(job) = jobs.get(at) else { return };
        if done.send((at, sandbox.run(job))).is_err() {
            return;
        }
    }
}
