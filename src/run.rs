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

/// How jobs are done, each named by its place in the list of them.
#[derive(Clone, Copy)]
pub struct Ways<'w> {
    /// Runs several of a line at once. Returns the runs of those that it came to, nothing for those
    /// of which it is not sure.
    pub line: &'w (dyn Fn(&[usize]) -> Vec<Option<Run>> + Sync),
    /// Runs one by itself.
    pub one: &'w (dyn Fn(usize) -> Result<Run, Error> + Sync),
    /// Whether one is to be run again after these runs.
    pub again: &'w (dyn Fn(usize, &[Run]) -> bool + Sync),
}

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

/// Does `count` jobs in these `ways` on `threads` threads, in the order of `lines`, which together
/// name each once; the jobs of one line one after the other. Where no thread is to be had they are
/// done on this one, and told of when all have ended.
pub fn run(
    count: usize,
    lines: &[Vec<usize>],
    threads: usize,
    ways: Ways<'_>,
    mut told: impl FnMut(Told<'_>) -> Next,
) -> Vec<Ran> {
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (sender, receiver) = mpsc::channel();
    let mut ran: Vec<Ran> = (0..count).map(|_| None).collect();
    let mut abandoned = false;
    thread::scope(|scope| {
        let work = Work { lines, ways, next: &next, stop: &stop };
        let start = |_| {
            let sender = sender.clone();
            thread::Builder::new().spawn_scoped(scope, move || work.all(&sender)).ok()
        };
        let wanted = threads.clamp(1, lines.len().max(1));
        if (0..wanted).map_while(start).count() == 0 {
            work.all(&sender);
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
    lines: &'w [Vec<usize>],
    ways: Ways<'w>,
    next: &'w AtomicUsize,
    stop: &'w AtomicBool,
}

/// That a job begins, or what came of it.
type Message = (usize, Option<Result<Vec<Run>, Error>>);

impl Work<'_> {
    fn all(self, sender: &mpsc::Sender<Message>) {
        // A receiver that has gone wants nothing more.
        while let Some(line) = self.lines.get(self.next.fetch_add(1, Ordering::Relaxed))
            && self.line(line, sender).is_some()
        {}
    }

    /// Nothing when it was stopped.
    fn line(self, line: &[usize], sender: &mpsc::Sender<Message>) -> Option<()> {
        let (mut rest, mut shares) = (line, line.len() > 1);
        while let Some(&first) = rest.first() {
            self.goes_on()?;
            sender.send((first, None)).ok()?;
            let mut runs = match shares && rest.len() > 1 {
                true => (self.ways.line)(rest),
                false => Vec::new(),
            };
            // Where nothing is sure of these nothing will be of those behind them.
            shares = runs.iter().any(Option::is_some);
            if runs.is_empty() {
                runs.push(None);
            }
            let (begun, left) = rest.split_at(runs.len().min(rest.len()));
            for (&at, run) in begun.iter().zip(runs) {
                if at != first {
                    self.goes_on()?;
                    sender.send((at, None)).ok()?;
                }
                sender.send((at, Some(self.one(at, run)))).ok()?;
            }
            rest = left;
        }
        Some(())
    }

    fn goes_on(self) -> Option<()> {
        (!self.stop.load(Ordering::Relaxed)).then_some(())
    }

    /// All runs of one job, of which there may be one already.
    fn one(self, at: usize, run: Option<Run>) -> Result<Vec<Run>, Error> {
        let mut runs = vec![run.map_or_else(|| (self.ways.one)(at), Ok)?];
        while self.goes_on().is_some() && (self.ways.again)(at, &runs) {
            runs.push((self.ways.one)(at)?);
        }
        Ok(runs)
    }
}
