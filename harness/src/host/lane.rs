//! One lane: a launcher that stands ready to run programs, one at a time, and the socket to it.
//!
//! Never forks: it lives in a program with threads, where only the start of a fresh process is
//! safe. What a lane was used for and whether it may serve again is for the caller to know.

use std::collections::HashMap;
use std::ffi::OsString;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{self, PipeReader};
use std::net::Shutdown;
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Gid, Uid, fchown};

use super::watch::{self, Seen};
use crate::error::Error;
use crate::job::Job;
use crate::launch::wire::{self, Footing, Hello, Order, Terms, Wish};
use crate::scratch::Scratch;

/// How long a lane may take to stand, to listen, and to go.
const PATIENCE: Duration = Duration::from_secs(15);

/// A launcher and what it started. Goes, with everything in it, when this is dropped.
#[derive(Debug)]
pub(super) struct Lane {
    control: UnixStream,
    handle: duct::Handle,
    footing: Footing,
}

impl Lane {
    /// Starts a lane and waits until it stands.
    pub(super) fn start(launcher: &Path, terms: &Terms) -> Result<Lane, Error> {
        let fail = |source| Error::io("start", launcher.display().to_string(), source);
        let (control, far) = UnixStream::pair().map_err(fail)?;
        // Nobody shall wait for a launcher that does not listen.
        control.set_write_timeout(Some(PATIENCE)).map_err(fail)?;
        control.set_read_timeout(Some(PATIENCE)).map_err(fail)?;
        // The far end is closed here when the expression is dropped.
        let handle = duct::cmd(launcher, [wire::FLAG])
            .full_env(HashMap::<OsString, OsString>::new())
            .stdin_file(far)
            .stdout_null()
            .stderr_null()
            .unchecked()
            .start()
            .map_err(fail)?;
        let footing = Footing { owner: None, scratch: false, base: None };
        let lane = Lane { control, handle, footing };
        // A launcher that refuses to listen has a reason, which it tells or which its end shows.
        let _ = wire::send(terms, &mut &lane.control);
        match wire::receive(&mut &lane.control) {
            Ok(Hello::Ready(footing)) => Ok(lane.standing(footing)),
            Ok(Hello::Failed(failure)) => Err(super::error_of(failure)),
            // The usual reason: the program named as launcher does not call `intercept`.
            Err(source) => Err(Error::io("hear from", "the launcher", source)),
        }
    }

    /// Hands over one job and watches it to its end.
    pub(super) fn run(&self, job: &Job, wish: Wish, started: Instant) -> Result<Seen, Error> {
        let named = || Scratch::named(self.footing.base.as_deref(), &draw());
        let scratch = self.footing.scratch.then(named);
        let whole = job.steps.is_empty() && job.watched.is_empty();
        let mut order = Order {
            scratch: scratch.as_ref().map(|folder| folder.path().to_owned()),
            wish,
            mark: if whole { String::new() } else { draw() },
            cpu: job.limits.cpu,
            job: job.clone(),
        };
        let programs = u32::try_from(1 + job.watched.len()).unwrap_or(u32::MAX);
        order.job.limits.cpu = job.limits.cpu.saturating_mul(programs);
        let fail = |source| Error::io("watch", "the launcher", source);
        let mark = order.mark.clone();
        let streams = self.send(order).map_err(fail)?;
        watch::watch(job, &mark, started, &self.control, streams).map_err(fail)
    }

    /// A second handle of the socket, to end a run from another thread.
    pub(super) fn control(&self) -> io::Result<UnixStream> {
        self.control.try_clone()
    }

    /// Whether the lane still waits for an order.
    pub(super) fn waits(&self) -> bool {
        let mut control = [PollFd::new(&self.control, PollFlags::IN)];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        // It says nothing unasked: whatever comes is its end.
        poll(&mut control, Some(&now)) == Ok(0)
    }

    /// Tells the lane that nothing more will come; dropping waits until it has gone.
    pub(super) fn hang_up(&self) {
        // It may be gone already.
        let _ = self.control.shutdown(Shutdown::Both);
    }

    /// Ends a lane that does not listen. The stem dies with the launcher, and all the others with
    /// that.
    pub(super) fn kill(&self) {
        // It may be gone already.
        let _ = self.handle.kill();
    }

    fn send(&self, order: Order) -> io::Result<[PipeReader; 2]> {
        let (stdout, stdout_far) = io::pipe()?;
        let (stderr, stderr_far) = io::pipe()?;
        if let Some((user, group)) = self.footing.owner {
            // The program may open its own output anew, by way of /dev/stdout.
            for stream in [&stdout_far, &stderr_far] {
                fchown(stream, Some(Uid::from_raw(user)), Some(Gid::from_raw(group)))?;
            }
        }
        // A lane that died in between shows it by its silence.
        let _ = order.send([stdout_far.as_fd(), stderr_far.as_fd()], &self.control);
        Ok([stdout, stderr])
    }

    fn standing(mut self, footing: Footing) -> Lane {
        self.footing = footing;
        // From now on there is a clock of its own for reading. Fails for a time of zero only.
        let _ = self.control.set_read_timeout(None);
        self
    }
}

/// A word that nobody can guess: two keys of the hash maps, which the system draws.
fn draw() -> String {
    let key = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", key(), key())
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.hang_up();
        if !matches!(self.handle.wait_timeout(PATIENCE), Ok(Some(_))) {
            self.kill();
            let _ = self.handle.wait();
        }
        if let Some(base) = &self.footing.base {
            // What runs left there has gone with each of them.
            let _ = std::fs::remove_dir(base);
        }
    }
}
