//! The parent's side: hands a job to a lane and makes a [`Run`] of what comes back.
//!
//! Never forks and restricts nothing itself: it lives in a program with threads, where only the
//! start of a fresh process is safe.

mod capture;
mod lane;
mod pool;
mod seats;
mod sections;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use self::lane::Lane;
use self::pool::Pool;
use self::seats::Seats;
use self::sections::Divided;
use self::watch::Seen;
use crate::enforcement::{Enforcement, Mechanism};
use crate::error::Error;
use crate::interpreter::{self, Interpreter, InterpreterId, Told};
use crate::job::{Job, Network, Require};
use crate::launch::wire::{self, Answer, Done, Failure, Stop, Terms, Wish};
use crate::run::{End, Finish, PartRun, Run, Start, StepRun, Stream, Usage};

/// Runs programs, each in a cell of its own. Cheap to clone and usable from many threads at once.
///
/// What can be prepared is kept for the next run; it goes with the last clone.
#[derive(Debug, Clone)]
pub struct Sandbox {
    launcher: PathBuf,
    require: Require,
    without: Vec<Mechanism>,
    wish: Wish,
    seats: Arc<Seats>,
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
        let (without, wish) = (Vec::new(), Wish::default());
        let (seats, pool) = (Arc::default(), Arc::default());
        Sandbox { launcher: launcher.into(), require, without, wish, seats, pool }
    }

    /// The same sandbox, but every program is started by a fresh process of its interpreter, and
    /// none by an interpreter that is kept warm.
    #[must_use]
    pub fn cold(mut self) -> Sandbox {
        self.wish = Wish::Cold;
        self
    }

    /// Whether programs may be run by an interpreter that is kept warm.
    pub fn keeps_warm(&self) -> bool {
        self.wish != Wish::Cold
    }

    /// The same sandbox, but already the first program waits for an interpreter that is kept warm.
    /// Otherwise that is made ready when two programs have run, which is cheaper for a few.
    #[must_use]
    pub fn warm(mut self) -> Sandbox {
        self.wish = Wish::Warm;
        self
    }

    /// The same sandbox for so many programs at a time. Where they take up all processors the
    /// processes around each keep to one of them, as they hand over to each other all the time; a
    /// program may use all of them in any case.
    #[must_use]
    pub fn at_once(mut self, programs: usize) -> Sandbox {
        self.seats = Arc::new(Seats::for_programs(programs));
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
        let wish = match self.wish {
            // An interpreter that is kept warm has an environment already.
            _ if !job.variables.is_empty() => Wish::Cold,
            // No other one can tell how a program would have ended.
            Wish::Either if !job.watched.is_empty() => Wish::Warm,
            wish => wish,
        };
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
        let seat = self.seats.take();
        let terms = Terms { processor: seat.processor(), ..self.terms(job) };
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
            processor: None,
            outer: None,
        }
    }
}

/// Makes a run of what was seen; says whether the lane may serve again.
fn conclude(seen: Seen, job: &Job, wall_ms: u64) -> Result<(Tried, bool), Error> {
    let Seen { streams, flooded, late, answer } = seen;
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
    let Done { stop, start, report, begun, usage, enforcement, clean } = done;
    let end = match stop {
        _ if flooded => End::TooMuchOutput,
        Stop::Ended(end) => end,
        Stop::ByHost => return Err(stopped()),
    };
    let told = interpreter::told(&report, job);
    let usage = Usage { wall_ms, ..usage };
    let (parts, main) = divide(job, &told, &begun, streams);
    let Told { finish, steps: finishes, .. } = told;
    let [stdout, stderr] = main.map(|one| (one.whole, one.sections));
    let begun = match finish {
        Finish::Prefix { .. } => 0,
        _ => finishes.len().saturating_add(1).min(job.steps.len()),
    };
    // In the step behind those that ended, the program itself ended.
    let finishes = finishes.into_iter().chain([finish.clone()]).take(begun);
    let steps = join(finishes, [stdout.1, stderr.1]);
    let (stdout, stderr) = (stdout.0, stderr.0);
    let run = Run { start, end, finish, stdout, stderr, steps, parts, usage, enforcement };
    Ok((Tried::Ran(Box::new(run)), clean && !flooded))
}

/// What watched programs printed beside how they ended, and what the main one printed. `begun` says
/// when each of them began.
fn divide(
    job: &Job,
    told: &Told,
    begun: &[u64],
    streams: [(Vec<Divided>, usize); 2],
) -> (Vec<PartRun>, [Divided; 2]) {
    let sure = streams.iter().all(|(_, marks)| *marks == told.marks);
    let [mut out, mut err] = streams.map(|(programs, _)| programs);
    // There is always one behind those that ended.
    let main = [&mut out, &mut err].map(|programs| {
        programs.pop().unwrap_or_else(|| Divided { whole: Stream::default(), sections: Vec::new() })
    });
    if !sure || job.watched.is_empty() {
        return (Vec::new(), main);
    }
    let ends = begun.iter().skip(1).zip(begun).map(|(end, start)| end.saturating_sub(*start));
    let ends = ends.chain(std::iter::repeat(0));
    let parts = told.parts.iter().zip(out.into_iter().zip(err)).zip(ends);
    let part = |(((sure, steps), (out, err)), wall_ms): ((&(bool, Vec<Finish>), _), u64)| {
        let (out, err): (Divided, Divided) = (out, err);
        let finish = if *sure { Finish::Completed } else { Finish::Unknown };
        let steps = join(steps.iter().cloned(), [out.sections, err.sections]);
        PartRun { finish, stdout: out.whole, stderr: err.whole, steps, wall_ms }
    };
    (parts.map(part).collect(), main)
}

/// Joins how steps ended with what they printed. What is printed after the end of the last counts
/// for none.
fn join(finishes: impl Iterator<Item = Finish>, sections: [Vec<Stream>; 2]) -> Vec<StepRun> {
    let [mut out, mut err] = sections.map(Vec::into_iter);
    let joined = finishes.map(|finish| {
        let next = |from: &mut std::vec::IntoIter<Stream>| from.next().unwrap_or_default();
        StepRun { finish, stdout: next(&mut out), stderr: next(&mut err) }
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
