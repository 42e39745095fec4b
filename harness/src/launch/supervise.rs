//! The launcher while the program runs: watches time, memory and the host, and ends the run.
//!
//! Does not see the output; how much of it is too much is for the host to say, by closing its end
//! of the socket.

use std::fs;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, read};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open, pidfd_send_signal};
use rustix::stdio::{dup2_stderr, dup2_stdout, stdin};

use super::wire::{Answer, Done, Failure, Note, Order, Stop};
use super::{sys, usage};
use crate::enforcement::Enforcement;
use crate::job::Limits;
use crate::run::{End, Usage};

/// How often memory is looked at.
const TICK: Duration = Duration::from_millis(30);

/// More than any driver has to say; of a program that writes there itself the rest is dropped.
const LONGEST_REPORT: usize = 64 << 10;

/// The first process inside, and the reading ends of its pipes.
pub(super) struct Inner {
    pub(super) child: Pid,
    pub(super) notes: OwnedFd,
    pub(super) report: OwnedFd,
}

/// Offers the child to the kernel first should memory run out on the machine. Best effort, as it
/// protects the machine and not the sandbox.
pub(super) fn sacrifice(child: Pid) {
    let path = format!("/proc/{}/oom_score_adj", child.as_raw_nonzero());
    let _ = fs::write(path, "1000");
}

/// Watches the run to its end.
pub(super) fn watch(
    order: &Order,
    inner: Inner,
    control: &UnixStream,
    started: Instant,
) -> Result<Answer, Failure> {
    let pidfd = pidfd_open(inner.child, PidfdFlags::empty())
        .map_err(|error| Failure::new("watch", "the first process", error))?;
    // The output must end with the program and not with the launcher.
    dup2_stdout(stdin())
        .and_then(|()| dup2_stderr(stdin()))
        .map_err(|error| Failure::new("let go of", "the output", error))?;

    let mut notes = Intake::new(inner.notes, usize::MAX);
    let mut report = Intake::new(inner.report, LONGEST_REPORT);
    let stop =
        until_end(order, inner.child, &pidfd, control, started, &mut [&mut notes, &mut report])?;
    let (_, _, usage) = sys::wait(Some(inner.child))
        .map_err(|error| Failure::new("wait for", "the first process", error))?;
    sweep();
    if stop == Some(Stop::ByHost) {
        // A host that was killed cannot remove its folder; for one that lives this is only early.
        let _ = fs::remove_dir_all(&order.scratch);
    }
    notes.drain();
    report.drain();
    conclude(&notes.bytes, stop, usage, report.bytes, &order.job.limits)
}

/// Returns when the first process is gone, with the reason if it was ours.
fn until_end(
    order: &Order,
    child: Pid,
    pidfd: &OwnedFd,
    control: &UnixStream,
    started: Instant,
    intakes: &mut [&mut Intake; 2],
) -> Result<Option<Stop>, Failure> {
    let limits = &order.job.limits;
    let mut stop = None;
    let mut next_look = started + TICK;
    loop {
        let now = Instant::now();
        let left = (started + limits.wall).saturating_duration_since(now);
        let timeout = next_look.saturating_duration_since(now).min(left);
        let [ended, hung_up] = wait_for(pidfd, control, intakes, timeout)
            .map_err(|error| Failure::new("watch", "the program", error))?;
        if ended {
            return Ok(stop);
        }
        let mut reason = None;
        if hung_up {
            reason = Some(Stop::ByHost);
        } else if started.elapsed() >= limits.wall {
            reason = Some(Stop::Ended(End::TimedOut));
        } else if Instant::now() >= next_look {
            next_look = Instant::now() + TICK;
            if usage::memory(child) > limits.memory_bytes {
                reason = Some(Stop::Ended(End::OutOfMemory));
            }
        }
        if let Some(reason) = reason {
            stop = Some(reason);
            // Gone already is as good. With a namespace this ends all; else `sweep` follows.
            let _ = pidfd_send_signal(pidfd, Signal::KILL);
            let forever = Duration::from_secs(60);
            let timeout = Timespec::try_from(forever).ok();
            let mut last = [PollFd::new(pidfd, PollFlags::IN)];
            let _ = poll(&mut last, timeout.as_ref());
            return Ok(stop);
        }
    }
}

/// Waits for something to happen and takes in what came. Says whether the first process ended and
/// whether the host hung up.
fn wait_for(
    pidfd: &OwnedFd,
    control: &UnixStream,
    intakes: &mut [&mut Intake; 2],
    timeout: Duration,
) -> Result<[bool; 2], Errno> {
    let timeout = Timespec::try_from(timeout).ok();
    let mut fds = vec![PollFd::new(pidfd, PollFlags::IN), PollFd::new(control, PollFlags::IN)];
    let open: Vec<usize> = (0..intakes.len()).filter(|at| intakes[*at].open).collect();
    for at in &open {
        fds.push(PollFd::from_borrowed_fd(intakes[*at].fd.as_fd(), PollFlags::IN));
    }
    match poll(&mut fds, timeout.as_ref()) {
        Ok(_) | Err(Errno::INTR) => {}
        Err(error) => return Err(error),
    }
    let came: Vec<bool> = fds.iter().map(|fd| !fd.revents().is_empty()).collect();
    drop(fds);
    for (slot, at) in open.iter().enumerate() {
        if came[2 + slot] {
            intakes[*at].take();
        }
    }
    Ok([came[0], came[1]])
}

/// Bytes that come in through a pipe, up to a limit.
struct Intake {
    fd: OwnedFd,
    bytes: Vec<u8>,
    limit: usize,
    open: bool,
}

impl Intake {
    fn new(fd: OwnedFd, limit: usize) -> Intake {
        Intake { fd, bytes: Vec::new(), limit, open: true }
    }

    fn take(&mut self) {
        let mut buffer = [0; 4096];
        match read(&self.fd, &mut buffer) {
            Ok(length) if length > 0 => {
                let room = self.limit - self.bytes.len();
                self.bytes.extend_from_slice(&buffer[..length.min(room)]);
            }
            Err(Errno::INTR) => {}
            _ => self.open = false,
        }
    }

    /// Takes what is left. All writers are gone, so this ends.
    fn drain(&mut self) {
        while self.open {
            self.take();
        }
    }
}

/// Kills what outlived the first process. With a process namespace there is nothing; without one
/// the orphans have become our children.
fn sweep() {
    let give_up = Instant::now() + Duration::from_secs(10);
    loop {
        let left = usage::children(rustix::process::getpid());
        if left.is_empty() || Instant::now() > give_up {
            return;
        }
        for child in left {
            // It may have ended in between.
            let _ = kill_process(child, Signal::KILL);
            let _ = sys::wait(Some(child));
        }
    }
}

/// Makes the answer of all that was noted.
fn conclude(
    notes: &[u8],
    stop: Option<Stop>,
    usage: Usage,
    report: Vec<u8>,
    limits: &Limits,
) -> Result<Answer, Failure> {
    let mut enforcement: Option<Enforcement> = None;
    let mut end = None;
    for line in notes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        match serde_json::from_slice(line) {
            Ok(Note::Ready(ready)) => enforcement = Some(ready),
            Ok(Note::Failed(failure)) => return Err(failure),
            Ok(Note::Ended { status, usage }) => end = Some((status, usage)),
            Err(error) => return Err(Failure::new("understand", "a note", error)),
        }
    }
    let ended = end.map(|(status, usage)| (Stop::Ended(end_of(status, usage, limits)), usage));
    let (stop, usage) = match (stop, ended) {
        (Some(stop), _) => (stop, usage),
        (None, Some(ended)) => ended,
        (None, None) => {
            return Err(Failure::new("hear from", "the first process", "it ended without a word"));
        }
    };
    match enforcement {
        Some(enforcement) => Ok(Answer::Done(Box::new(Done { stop, report, usage, enforcement }))),
        None => Err(Failure::new("start", "the program", "it was stopped during the set-up")),
    }
}

fn end_of(status: i32, usage: Usage, limits: &Limits) -> End {
    if !libc::WIFSIGNALED(status) {
        return End::Exited(libc::WEXITSTATUS(status));
    }
    let signal = libc::WTERMSIG(status);
    // The kernel tells the end by the limit on CPU time only as a signal: at the limit, and for
    // whoever ignores that, a second later. It also counts time more roughly than it reports it.
    let spent = Duration::from_millis(usage.user_ms + usage.system_ms);
    if (signal == libc::SIGXCPU && spent * 2 >= limits.cpu)
        || (signal == libc::SIGKILL && spent >= limits.cpu)
    {
        return End::TimedOut;
    }
    End::Signaled(signal)
}
