//! The parent's side: hands a job to a launcher of its own and makes a [`Run`] of what comes back.
//!
//! Never forks and restricts nothing itself: it lives in a program with threads, where only the
//! start of a fresh process is safe.

mod capture;
mod watch;

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{self, PipeReader};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Instant;

use self::watch::Seen;
use crate::enforcement::{Enforcement, Mechanism};
use crate::error::Error;
use crate::interpreter::{Interpreter, InterpreterId};
use crate::job::{Job, Require};
use crate::launch::wire::{self, Answer, Done, Failure, Order, Stop};
use crate::run::{End, Run, Usage};

/// Runs programs, one process tree per run. Cheap to clone and usable from many threads at once.
#[derive(Debug, Clone)]
pub struct Sandbox {
    launcher: PathBuf,
    require: Require,
    without: Vec<Mechanism>,
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
        Sandbox { launcher: launcher.into(), require, without: Vec::new() }
    }

    /// The same sandbox with some mechanisms switched off, as if this machine lacked them. For
    /// tests of what happens then; it can only ever weaken, and every run says so.
    #[doc(hidden)]
    #[must_use]
    pub fn without(mut self, mechanisms: &[Mechanism]) -> Sandbox {
        self.without.extend_from_slice(mechanisms);
        self
    }

    /// Runs one program to its end.
    ///
    /// # Errors
    /// When no run came about; never for anything the program did.
    pub fn run(&self, job: &Job) -> Result<Run, Error> {
        job.check()?;
        let started = Instant::now();
        // Removed with all that a program without mounts left in it when this function returns.
        let scratch = tempfile::Builder::new()
            .prefix("stillruns-")
            .tempdir()
            .map_err(|source| Error::io("make", "a scratch folder", source))?;
        let order = Order {
            version: wire::VERSION,
            require: self.require,
            without: self.without.clone(),
            scratch: scratch.path().to_owned(),
            job: job.clone(),
        };
        let seen = self.launch(order, job, started)?;
        let wall_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        conclude(seen, job, wall_ms)
    }

    /// Runs a trivial program under everything and says per mechanism what works here.
    ///
    /// # Errors
    /// When not even that program could be started.
    pub fn probe(&self) -> Result<Enforcement, Error> {
        let sh = Interpreter {
            id: InterpreterId::Sh,
            program: "/bin/sh".into(),
            version: String::new(),
            roots: Vec::new(),
        };
        Ok(self.run(&Job::new(sh, "probe.sh", ":\n"))?.enforcement)
    }

    /// Starts the launcher, hands over the order and watches until all is over.
    fn launch(&self, order: Order, job: &Job, started: Instant) -> Result<Seen, Error> {
        let name = || self.launcher.display().to_string();
        let (control, streams, handle) =
            self.start().map_err(|source| Error::io("start", name(), source))?;
        let mut writer = &control;
        // A launcher that refuses to listen has a reason, which it tells or which its end shows.
        let _ = order.send(&job.files, &mut writer);
        let seen = watch::watch(&job.limits, started, &control, streams);
        if seen.as_ref().map_or(true, |seen| seen.late) {
            // The first process inside dies with the launcher, and all the others with that.
            let _ = handle.kill();
        }
        handle.wait().map_err(|source| Error::io("wait for", name(), source))?;
        seen.map_err(|source| Error::io("watch", name(), source))
    }

    fn start(&self) -> io::Result<(UnixStream, [PipeReader; 2], duct::Handle)> {
        let (control, far) = UnixStream::pair()?;
        let (stdout, stdout_far) = io::pipe()?;
        let (stderr, stderr_far) = io::pipe()?;
        // The far ends are closed here when the expression is dropped.
        let handle = duct::cmd(&self.launcher, [wire::FLAG])
            .full_env(HashMap::<OsString, OsString>::new())
            .stdin_file(far)
            .stdout_file(stdout_far)
            .stderr_file(stderr_far)
            .unchecked()
            .start()?;
        Ok((control, [stdout, stderr], handle))
    }
}

/// Makes a run of what was seen.
fn conclude(seen: Seen, job: &Job, wall_ms: u64) -> Result<Run, Error> {
    let Seen { stdout, stderr, flooded, late, answer } = seen;
    if late {
        let cause = "it did not answer in time and was killed".to_owned();
        return Err(Error::launch("hear from".to_owned(), "the launcher".to_owned(), cause));
    }
    let answer: Answer = wire::receive(&mut answer.as_slice()).map_err(|source| {
        // The usual reason: the program named as launcher does not call `intercept`.
        Error::io("hear from", "the launcher", source)
    })?;
    let Done { stop, report, usage, enforcement } = match answer {
        Answer::Done(done) => *done,
        Answer::Failed(failure) => return Err(error_of(failure)),
    };
    let end = match stop {
        _ if flooded => End::TooMuchOutput,
        Stop::Ended(end) => end,
        Stop::ByHost => {
            let cause = "it stopped a run that nobody wanted stopped".to_owned();
            return Err(Error::launch("believe".to_owned(), "the launcher".to_owned(), cause));
        }
    };
    let finish = (job.interpreter.id.recipe().finish)(&report, &job.code);
    let usage = Usage { wall_ms, ..usage };
    Ok(Run { end, finish, stdout, stderr, usage, enforcement })
}

fn error_of(failure: Failure) -> Error {
    match failure.mechanism {
        Some(mechanism) => Error::gap(mechanism, failure.cause),
        None => Error::launch(failure.stage, failure.thing, failure.cause),
    }
}
