//! Jobs to runs, on several threads, with events as they happen and results in the order of the
//! plan.
//!
//! Judges nothing: whether a job is to be run again is asked of the caller. Whatever the harness
//! says against a single job is that job's result.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use stillruns_harness::{Error, Run};

/// What came of one job: all its runs in order; nothing when it was not run, or not to its end.
pub type Ran = Option<Result<Vec<Run>, Error>>;

/// What happens meanwhile, told on the calling thread. Numbers are places in the list of jobs.
#[derive(Debug)]
pub enum Told<'r> {
    /// A job begins.
    Began(usize),
    /// A job will not be run again.
    Ended(usize, &'r Result<Vec<Run>, Error>),
    /// Nothing else did, for a while.
    Waiting,
}

/// What is to be done after something was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Go on.
    On,
    /// Begin no more jobs.
    Finish,
    /// Begin no more jobs, and take what ends from now on for not run: it was disturbed.
    Abandon,
}

/// How often [`Told::Waiting`] comes.
const PULSE: Duration = Duration::from_millis(100);

/// Does the `work` of jobs on `threads` threads, in the order of `order`, which names each once. A
/// job is run again as long as `again` says so of it and its runs.
pub fn run(
    order: &[usize],
    threads: usize,
    work: &(dyn Fn(usize) -> Result<Run, Error> + Sync),
    again: &(dyn Fn(usize, &[Run]) -> bool + Sync),
    mut told: impl FnMut(Told<'_>) -> Next,
) -> Vec<Ran> {
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (sender, receiver) = mpsc::channel();
    let mut ran: Vec<Ran> = order.iter().map(|_| None).collect();
    let mut abandoned = false;
    thread::scope(|scope| {
        for _ in 0..threads.clamp(1, order.len().max(1)) {
            let work = Work { order, work, again, next: &next, stop: &stop };
            let sender = sender.clone();
            scope.spawn(move || work.all(&sender));
        }
        drop(sender);
        loop {
            let answer = match receiver.recv_timeout(PULSE) {
                Ok((at, None)) => told(Told::Began(at)),
                Ok((at, Some(result))) => {
                    let answer = told(Told::Ended(at, &result));
                    if !abandoned && answer != Next::Abandon {
                        ran[at] = Some(result);
                    }
                    answer
                }
                Err(RecvTimeoutError::Timeout) => told(Told::Waiting),
                Err(RecvTimeoutError::Disconnected) => break,
            };
            abandoned |= answer == Next::Abandon;
            if answer != Next::On {
                stop.store(true, Ordering::Relaxed);
            }
        }
    });
    ran
}

/// What every thread works from.
#[derive(Clone, Copy)]
struct Work<'w> {
    order: &'w [usize],
    work: &'w (dyn Fn(usize) -> Result<Run, Error> + Sync),
    again: &'w (dyn Fn(usize, &[Run]) -> bool + Sync),
    next: &'w AtomicUsize,
    stop: &'w AtomicBool,
}

/// That a job begins, or what came of it.
type Message = (usize, Option<Result<Vec<Run>, Error>>);

impl Work<'_> {
    fn all(self, sender: &mpsc::Sender<Message>) {
        while !self.stop.load(Ordering::Relaxed) {
            let Some(&at) = self.order.get(self.next.fetch_add(1, Ordering::Relaxed)) else {
                return;
            };
            // A receiver that has gone wants nothing more.
            if sender.send((at, None)).is_err() || sender.send((at, Some(self.one(at)))).is_err() {
                return;
            }
        }
    }

    fn one(self, at: usize) -> Result<Vec<Run>, Error> {
        let mut runs = vec![(self.work)(at)?];
        while !self.stop.load(Ordering::Relaxed) && (self.again)(at, &runs) {
            runs.push((self.work)(at)?);
        }
        Ok(runs)
    }
}
