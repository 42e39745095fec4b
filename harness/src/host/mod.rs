//! The parent's side: hands a job to a lane and makes a [`Run`] of what comes back.
//!
//! Never forks and restricts nothing itself: it lives in a program with threads, where only the
//! start of a fresh process is safe.

mod capture;
mod lane;
mod pool;
mod scratch;
mod sections;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use self::lane::Lane;
use self::pool::Pool;
use self::watch::Seen;
use crate::enforcement::{Enforcement, Mechanism};
use crate::error::Error;
use crate::interpreter::{self, Interpreter, InterpreterId};
use crate::job::{Job, Network, Require};
use crate::launch::wire::{self, Answer, Done, Failure, Stop, Terms, Wish};
use crate::run::{End, Finish, Run, Start, StepRun, Stream, Usage};

/// Runs programs, each in a cell of its own. Cheap to clone and usable from many threads at once.
///
/// What can be prepared is kept for the next run; it goes with the last clone.
#[derive(Debug, Clone)]
pub struct Sandbox {
    launcher: PathBuf,
    require: Require,
    without: Vec<Mechanism>,
    wish: Wish,
    pool: Arc<Pool>,
}

/// What came of one try to run a job.
enum Tried {
    Ran(Box<Run>),
    /// It was lost with whatever ran it; the text says how.
    Lost(String),
}

impl Sandbox {
    /// A sandbox whose launcher is this very program, which must call
    /// [`intercept`](crate::intercept) first in its `main`.
    ///
    /// # Errors
    /// When the path of this program cannot be found out.
    pub fn new(require: Require) -> Result<Sandbox, Error> {
        let launcher = std::env::current_exe()
            .map_err(|source| Error::io("find", "the path of this program", source))?;
        Ok(Sandbox::with_launcher(launcher, require))
    }

    /// A sandbox with another program as launcher, one that calls
    /// [`intercept`](crate::intercept) first in its `main`.
    pub fn with_launcher(launcher: impl Into<PathBuf>, require: Require) -> Sandbox {
        let (without, wish, pool) = (Vec::new(), Wish::default(), Arc::default());
        Sandbox { launcher: launcher.into(), require, without, wish, pool }
    }

    /// The same sandbox, but every program is started by a fresh process of its interpreter, and
    /// none by an interpreter that is kept warm.
    #[must_use]
    pub fn cold(mut self) -> Sandbox {
        self.wish = Wish::Cold;
        self
    }

    /// The same sandbox, but already the first program waits for an interpreter that is kept warm.
    /// Otherwise that is made ready when two programs have run, which is cheaper for a few.
    #[must_use]
    pub fn warm(mut self) -> Sandbox {
        self.wish = Wish::Warm;
        self
    }

    /// The same sandbox with some mechanisms switched off, as if this machine lacked them. For
    /// tests of what happens then; it can only ever weaken, and every run says so.
    #[doc(hidden)]
    #[must_use]
    pub fn without(mut self, mechanisms: &[Mechanism]) -> Sandbox {
        self.without.extend_from_slice(mechanisms);
        self
    }

    /// Runs one program to its end. Should it be lost with whatever ran it, it is run once more,
    /// unless it has the network of the host, through which it may have acted; see [`Start::Again`].
    ///
    /// # Errors
    /// When no run came about; never for anything the program did.
    pub fn run(&self, job: &Job) -> Result<Run, Error> {
        job.check()?;
        // An interpreter that is kept warm has an environment already.
        let wish = if job.variables.is_empty() { self.wish } else { Wish::Cold };
        let cause = match self.attempt(job, wish)? {
            Tried::Ran(run) => return Ok(*run),
            Tried::Lost(cause) if job.policy.network == Network::Host => cause,
            Tried::Lost(_) => match self.attempt(job, Wish::Cold)? {
                Tried::Ran(run) => return Ok(Run { start: Start::Again, ..*run }),
                Tried::Lost(cause) => cause,
            },
        };
        Err(Error::launch("hear from".to_owned(), "the launcher".to_owned(), cause))
    }

    /// Ends every run of this sandbox and of its clones, from any thread, and lets none begin any
    /// more; those that it ended come back as errors.
    pub fn stop(&self) {
        self.pool.stop();
    }

    /// Runs a trivial program under everything and says per mechanism what works here.
    ///
    /// # Errors
    /// When not even that program could be started.
    pub fn probe(&self) -> Result<Enforcement, Error> {
        let sh = Interpreter {
            id: InterpreterId::Sh,
            program: "/bin/sh".into(),
            implementation: String::new(),
            version: String::new(),
            roots: Vec::new(),
        };
        Ok(self.run(&Job::new(sh, "probe.sh", ":\n"))?.enforcement)
    }

    /// Takes a lane or starts one, and gives it back when nothing odd happened.
    fn attempt(&self, job: &Job, wish: Wish) -> Result<Tried, Error> {
        let started = Instant::now();
        let terms = self.terms(job);
        let lane = match self.pool.take(&terms) {
            Some(lane) => lane,
            None => Lane::start(&self.launcher, &terms)?,
        };
        let entered =
            self.pool.enter(&lane).map_err(|source| Error::io("watch", "the launcher", source))?;
        if entered.is_none() {
            return Err(stopped());
        }
        let seen = lane.run(job, wish, started)?;
        drop(entered);
        if seen.late {
            lane.kill();
        }
        let wall_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (tried, clean) = conclude(seen, job, wall_ms)?;
        if clean {
            self.pool.give(terms, lane);
        }
        Ok(tried)
    }

    fn terms(&self, job: &Job) -> Terms {
        let interpreter = &job.interpreter;
        Terms {
            version: wire::VERSION,
            require: self.require,
            without: self.without.clone(),
            network: job.policy.network,
            roots: interpreter.roots.clone(),
            warm: interpreter.warm().map(|_| interpreter.program.clone()),
            outer: None,
        }
    }
}

/// Makes a run of what was seen; says whether the lane may serve again.
fn conclude(seen: Seen, job: &Job, wall_ms: u64) -> Result<(Tried, bool), Error> {
    let Seen { stdout, stderr, sections, flooded, late, answer } = seen;
    let fail = |verb: &str, cause: &str| {
        Error::launch(verb.to_owned(), "the launcher".to_owned(), cause.to_owned())
    };
    if late {
        return Err(fail("hear from", "it did not answer in time and was killed"));
    }
    if answer.is_empty() {
        return Ok((Tried::Lost("it ended without an answer".to_owned()), false));
    }
    let answer: Answer = wire::receive(&mut answer.as_slice())
        .map_err(|source| Error::io("hear from", "the launcher", source))?;
    let done = match answer {
        Answer::Done(done) => *done,
        Answer::Failed(failure) => return Err(error_of(failure)),
        Answer::Lost(cause) => return Ok((Tried::Lost(cause), false)),
    };
    let Done { stop, start, report, usage, enforcement, clean } = done;
    let end = match stop {
        _ if flooded => End::TooMuchOutput,
        Stop::Ended(end) => end,
        Stop::ByHost => return Err(stopped()),
    };
    let (finish, finishes) = interpreter::finish(&report, job);
    let steps = steps(job, finishes, &finish, sections);
    let usage = Usage { wall_ms, ..usage };
    let run = Run { start, end, finish, stdout, stderr, steps, usage, enforcement };
    Ok((Tried::Ran(Box::new(run)), clean && !flooded))
}

/// Joins how steps ended with what they printed. In the one behind them, the program itself ended.
/// What is printed after the end of the last counts for none.
fn steps(
    job: &Job,
    finishes: Vec<Finish>,
    program: &Finish,
    sections: Vec<(Stream, Stream)>,
) -> Vec<StepRun> {
    if matches!(program, Finish::Prefix { .. }) {
        return Vec::new();
    }
    let begun = finishes.len().saturating_add(1).min(job.steps.len());
    let finishes = finishes.into_iter().chain([program.clone()]);
    let mut sections = sections.into_iter();
    let joined = finishes.take(begun).map(|finish| {
        let (stdout, stderr) = sections.next().unwrap_or_default();
        StepRun { finish, stdout, stderr }
    });
    joined.collect()
}

/// What [`Sandbox::stop`] makes of a run.
fn stopped() -> Error {
    let cause = "all runs were stopped".to_owned();
    Error::launch("finish".to_owned(), "the run".to_owned(), cause)
}

fn error_of(failure: Failure) -> Error {
    match failure.mechanism {
        Some(mechanism) => Error::gap(mechanism, failure.cause),
        None => Error::launch(failure.stage, failure.thing, failure.cause),
    }
}
