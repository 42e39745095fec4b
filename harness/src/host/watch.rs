//! The host while a run goes on: takes in both streams, stops a flood, and is the last to look at
//! the clock.
//!
//! The deadline itself is kept by the lane; the clock here is for a lane that hangs.

use std::io::{self, PipeReader};
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, read};

use super::sections::{Divided, Sections};
use crate::job::Job;
use crate::launch::wire;

/// How much later than its own deadline a lane must have answered.
const GRACE: Duration = Duration::from_secs(15);

/// What the host saw.
pub(super) struct Seen {
    /// Both streams: what every program printed, with one more than were seen to end, and how many
    /// marks were seen.
    pub(super) streams: [(Vec<Divided>, usize); 2],
    /// The run was stopped as it printed too much.
    pub(super) flooded: bool,
    /// The lane did not answer in time.
    pub(super) late: bool,
    /// What the lane sent: its framed answer; nothing if it ended without one.
    pub(super) answer: Vec<u8>,
}

/// Watches until the lane answered or ended, and both streams ended.
pub(super) fn watch(
    job: &Job,
    mark: &str,
    started: Instant,
    control: &UnixStream,
    streams: [PipeReader; 2],
) -> io::Result<Seen> {
    let limits = &job.limits;
    let mut captures = [0, 1].map(|_| Sections::new(job, mark));
    let (mut since, mut ended) = (started, 0);
    let mut streams = streams.map(Some);
    let mut answer = Vec::new();
    let mut waiting = true;
    let mut flooded = false;
    let mut late = false;
    let mut buffer = vec![0; 64 << 10];
    while waiting || streams.iter().any(Option::is_some) {
        let left = (since + limits.wall + GRACE).saturating_duration_since(Instant::now());
        if left.is_zero() {
            late = true;
            break;
        }
        let sources = [waiting.then(|| control.as_fd()), fd_of(&streams[0]), fd_of(&streams[1])];
        let came = wait_for(sources, left)?;
        if came[0] {
            match read(control, &mut buffer) {
                Ok(length) if length > 0 => {
                    answer.extend_from_slice(&buffer[..length]);
                    waiting = !wire::is_whole(&answer);
                }
                Err(Errno::INTR) => {}
                _ => waiting = false,
            }
        }
        for at in 0..2 {
            if let Some(stream) = streams[at].as_ref().filter(|_| came[1 + at]) {
                match read(stream, &mut buffer) {
                    Ok(length) if length > 0 => captures[at].take(&buffer[..length]),
                    Err(Errno::INTR) => {}
                    _ => streams[at] = None,
                }
            }
        }
        if captures[0].ended() != ended {
            (since, ended) = (Instant::now(), captures[0].ended());
        }
        if !flooded && captures.iter().any(|capture| capture.is_flood(limits.output_bytes)) {
            flooded = true;
            // The lane understands this as the order to end the run. If it is gone already
            // there is nothing left to end.
            let _ = control.shutdown(Shutdown::Write);
            // Until it does, nobody reads: what fills the pipe now finds it closed.
            streams = [None, None];
        }
    }
    let streams = captures.map(Sections::finish);
    Ok(Seen { streams, flooded, late, answer })
}

fn fd_of(stream: &Option<PipeReader>) -> Option<rustix::fd::BorrowedFd<'_>> {
    stream.as_ref().map(AsFd::as_fd)
}

/// Waits for any of the sources; says which have something to read or ended.
fn wait_for(
    sources: [Option<rustix::fd::BorrowedFd<'_>>; 3],
    timeout: Duration,
) -> io::Result<[bool; 3]> {
    let timeout = Timespec::try_from(timeout).ok();
    let at: Vec<usize> = (0..3).filter(|at| sources[*at].is_some()).collect();
    let borrowed = sources.into_iter().flatten();
    let mut fds: Vec<PollFd<'_>> =
        borrowed.map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)).collect();
    match poll(&mut fds, timeout.as_ref()) {
        Ok(_) | Err(Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let mut came = [false; 3];
    for (at, fd) in at.into_iter().zip(&fds) {
        came[at] = !fd.revents().is_empty();
    }
    Ok(came)
}
