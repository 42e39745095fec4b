//! The stem while a program runs: watches time, memory and the host, and ends the run.
//!
//! Does not see the output; how much of it is too much is for the host to say, by closing its end
//! of the socket.

use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, read};
use rustix::process::{Pid, Signal, kill_process, pidfd_send_signal};

use super::prepared::{Prepared, Rest, comes_within};
use super::report::Mark;
use super::scales::Scales;
use super::wire::{Answer, Done, Failure, Note, Order, Stop};
use super::{sys, warm};
use crate::enforcement::Enforcement;
use crate::job::{Job, Limits};
use crate::run::{End, Start, Usage};

/// How often it is looked at what all processes use.
const TICK: Duration = Duration::from_millis(30);

/// How long a process that is being killed may take to be gone.
const DYING: Duration = Duration::from_millis(200);

/// More than any driver has to say of a program, and of each of the steps in front; of a program
/// that writes there itself the rest is dropped.
const LONGEST_REPORT: usize = 64 << 10;
const TALKATIVE_STEPS: usize = 100;

/// More than it takes to tell that a step or a program was begun or ended, with the marks.
const SHORTEST_WORD: usize = 128;

/// What is watched of a run.
struct Inner<'c> {
    /// Tells the end of the first process of the cell.
    pidfd: &'c OwnedFd,
    notes: Intake<'c>,
    report: Intake<'c>,
    mark: &'c Mark,
    clock: Clock,
    /// The parent of the program, where that is not the first process.
    server: Option<Pid>,
}

impl<'c> Inner<'c> {
    fn new(cell: &'c Prepared, server: Option<Pid>, job: &Job) -> Inner<'c> {
        let steps = job.watched.iter().map(|watch| watch.steps.len()).sum::<usize>();
        let steps = steps + job.steps.len();
        let limit = LONGEST_REPORT * (1 + steps.min(TALKATIVE_STEPS))
            + SHORTEST_WORD * (steps + 2 * job.before.len());
        let (report, mark) = &cell.report;
        Inner {
            pidfd: &cell.pidfd,
            notes: Intake::new(&cell.notes, usize::MAX),
            report: Intake::new(report, limit),
            mark,
            clock: Clock { unwatched: job.unwatched(), from: 0, begun: Vec::new() },
            server,
        }
    }
}

impl Inner<'_> {
    /// How long the first process of a cell may take to end by itself when the run is over. Beside a
    /// server it does so only when it is killed, which must have killed the program as well.
    fn grace(&self) -> Duration {
        let killed = |note: &Note| match note {
            Note::Ended { status, .. } => libc::WTERMSIG(*status) == libc::SIGKILL,
            _ => false,
        };
        match self.server {
            None => warm::PATIENCE,
            Some(_) if notes(&self.notes.bytes).flatten().any(|note| killed(&note)) => DYING,
            Some(_) => Duration::ZERO,
        }
    }
}

/// The notes in these bytes, as far as they can be read.
fn notes(bytes: &[u8]) -> impl Iterator<Item = serde_json::Result<Note>> {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(serde_json::from_slice)
}

/// When programs were begun, as their driver tells.
struct Clock {
    /// So many come first, whose time is that of the one behind them.
    unwatched: usize,
    /// Where in the report it was not looked yet.
    from: usize,
    /// Time of every program, those that nobody watches too.
    begun: Vec<Instant>,
}

impl Clock {
    /// Looks at what came since; says whether another program has the time now.
    fn look(&mut self, report: &[u8], beginning: &[u8], now: Instant) -> bool {
        let known = self.begun.len();
        let mut rest = &report[self.from..];
        while let Some(at) = rest.windows(beginning.len()).position(|window| window == beginning) {
            self.begun.push(now);
            rest = &rest[at + beginning.len()..];
        }
        let unread = rest.len().min(beginning.len() - 1);
        self.from = report.len() - unread;
        self.begun.len() > known.max(self.unwatched)
    }
}

/// What was seen of a run that is over.
pub(super) struct Watched {
    /// Why it was ended from here, if it was.
    stop: Option<Stop>,
    /// Whether the server did not do its part.
    unserved: bool,
    /// Whether the first process of the cell was killed, and not from here: all in the cell went with
    /// it, whatever the program was about to do.
    struck: bool,
    /// See [`Prepared::waited`].
    waited: bool,
    /// Cost of the first process with all that it reaped.
    usage: Usage,
    notes: Vec<u8>,
    report: Vec<u8>,
    /// See [`Done::begun`].
    begun: Vec<u64>,
}

/// Watches the run to its end, and sees to it that all of its cell is gone. The program comes from
/// the `server`, or else from the first process of the cell.
pub(super) fn watch(
    order: &Order,
    cell: Prepared,
    server: Option<Pid>,
    control: BorrowedFd<'_>,
    mut scales: Scales<'_>,
    started: Instant,
) -> Result<(Watched, Option<Rest>), Failure> {
    let mut inner = Inner::new(&cell, server, &order.job);
    let over = until_end(&order.job, &mut inner, control, &mut scales, started)?;
    let mut unserved = matches!(over, Over::Unserved);
    let stop = if let Over::Stopped(stop) = over { Some(stop) } else { None };
    let went = matches!(over, Over::ByItself) && comes_within(inner.grace(), inner.pidfd.as_fd());
    // Gone already is as good. With a namespace this ends all; else the stem sweeps.
    let _ = pidfd_send_signal(inner.pidfd, Signal::KILL);
    if let Some(server) = inner.server {
        // The first process stays until the last of its cell was reaped, which the parent does.
        let stays = !comes_within(warm::PATIENCE, inner.pidfd.as_fd());
        // One that took no notice of its job still holds the pipes of the run.
        let deaf = stop.is_some() && inner.notes.bytes.is_empty();
        unserved |= stays || deaf;
        if unserved {
            let _ = kill_process(server, Signal::KILL);
        }
    }
    let (status, usage) = reap(cell.child)?;
    let struck = went && libc::WIFSIGNALED(status);
    let usage = scales.cost(usage);
    // Where the kernel itself killed for memory, that is how the run ended.
    let stop = stop.or(scales.was_killed().then_some(Stop::Ended(End::OutOfMemory)));
    inner.notes.drain();
    let report = inner.report.rest();
    inner.clock.look(&report, &inner.mark.beginning(), Instant::now());
    let begun = inner.clock.begun.iter().skip(inner.clock.unwatched);
    let since = |at: &Instant| u64::try_from(at.duration_since(started).as_millis());
    let begun = begun.map(|at| since(at).unwrap_or(u64::MAX)).collect();
    let (notes, report) = (inner.notes.bytes, inner.mark.told(&report));
    let waited = cell.waited;
    Ok((Watched { stop, unserved, struck, waited, usage, notes, report, begun }, cell.rest()))
}

/// Waits for the first process, and for whatever else became a child of the stem before it. Returns
/// the raw wait status and the cost.
fn reap(child: Pid) -> Result<(i32, Usage), Failure> {
    loop {
        match sys::wait(None) {
            Ok((Some(pid), status, usage)) if pid == child => return Ok((status, usage)),
            Ok(_) => {}
            Err(error) => return Err(Failure::new("wait for", "a cell", error)),
        }
    }
}

/// How it came that a run is over.
enum Over {
    ByItself,
    Stopped(Stop),
    /// Nobody would tell its end: the server is stopped.
    Unserved,
}

/// Returns when the run is over.
fn until_end(
    job: &Job,
    inner: &mut Inner<'_>,
    control: BorrowedFd<'_>,
    scales: &mut Scales<'_>,
    started: Instant,
) -> Result<Over, Failure> {
    let (wall, beginning) = (job.limits.wall, inner.mark.beginning());
    let mut next_look = started + TICK;
    // Every program that is watched has the time for itself.
    let mut since = started;
    loop {
        let now = Instant::now();
        if !job.watched.is_empty() && inner.clock.look(&inner.report.bytes, &beginning, now) {
            since = now;
            scales.restart();
        }
        let left = (since + wall).saturating_duration_since(now);
        let timeout = next_look.saturating_duration_since(now).min(left);
        let [ended, hung_up] = wait_for(inner, control, timeout)
            .map_err(|error| Failure::new("watch", "the program", error))?;
        if ended {
            return Ok(Over::ByItself);
        }
        if hung_up {
            return Ok(Over::Stopped(Stop::ByHost));
        }
        let wedged = inner.server.is_some()
            && inner.notes.bytes.is_empty()
            && started.elapsed() >= warm::PATIENCE;
        if since.elapsed() >= wall || wedged {
            return Ok(Over::Stopped(Stop::Ended(End::TimedOut)));
        }
        if Instant::now() >= next_look {
            if inner.server.is_some() && scales.is_server_stopped() {
                return Ok(Over::Unserved);
            }
            if let Some(end) = scales.weigh() {
                return Ok(Over::Stopped(Stop::Ended(end)));
            }
            next_look = Instant::now() + TICK;
        }
    }
}

/// Waits for something to happen and takes in what came. Says whether the run ended, which it did
/// when nobody can send a note any more, and whether the host hung up.
fn wait_for(
    inner: &mut Inner<'_>,
    control: BorrowedFd<'_>,
    timeout: Duration,
) -> Result<[bool; 2], Errno> {
    let timeout = Timespec::try_from(timeout).ok();
    let mut fds = vec![
        PollFd::new(inner.pidfd, PollFlags::IN),
        PollFd::from_borrowed_fd(control, PollFlags::IN),
        PollFd::new(inner.notes.fd, PollFlags::IN),
    ];
    if inner.report.open {
        fds.push(PollFd::new(inner.report.fd, PollFlags::IN));
    }
    match poll(&mut fds, timeout.as_ref()) {
        Ok(_) | Err(Errno::INTR) => {}
        Err(error) => return Err(error),
    }
    let came: Vec<bool> = fds.iter().map(|fd| !fd.revents().is_empty()).collect();
    drop(fds);
    if came[2] {
        inner.notes.take();
    }
    if came.get(3) == Some(&true) {
        inner.report.take();
    }
    Ok([came[0] || !inner.notes.open, came[1]])
}

/// Bytes that come in through a pipe, up to a limit.
struct Intake<'c> {
    fd: &'c OwnedFd,
    bytes: Vec<u8>,
    limit: usize,
    open: bool,
}

impl<'c> Intake<'c> {
    fn new(fd: &'c OwnedFd, limit: usize) -> Intake<'c> {
        Intake { fd, bytes: Vec::new(), limit, open: true }
    }

    fn take(&mut self) {
        let mut buffer = [0; 4096];
        match read(self.fd, &mut buffer) {
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

    /// Takes what has been written so far. A process that left the cell, as it can where there are
    /// no namespaces, may keep the pipe open until it is swept away.
    fn rest(mut self) -> Vec<u8> {
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        while self.open {
            let mut fds = [PollFd::new(self.fd, PollFlags::IN)];
            if !matches!(poll(&mut fds, Some(&now)), Ok(1)) {
                break;
            }
            self.take();
        }
        self.bytes
    }
}

impl Watched {
    /// Makes the answer of all that was noted.
    pub(super) fn conclude(
        self,
        limits: &Limits,
        start: Start,
        clean: bool,
    ) -> Result<Answer, Failure> {
        let mut enforcement: Option<Enforcement> = None;
        let mut end = None;
        let mut refused = None;
        for note in notes(&self.notes) {
            match note {
                Ok(Note::Ready(ready)) => enforcement = Some(ready),
                Ok(Note::Failed(failure)) => return Err(failure),
                Ok(Note::Refused { step, errno }) => refused = Some((step, errno)),
                Ok(Note::Ended { status, usage }) => end = Some((status, usage)),
                Err(error) => return Err(Failure::new("understand", "a note", error)),
            }
        }
        if self.unserved {
            return self.lost(start, "it did not do its part");
        }
        if self.struck && self.stop.is_none() {
            return Ok(Answer::Lost("the first process of its cell was killed".to_owned()));
        }
        if let Some((step, errno)) = refused {
            return Ok(Answer::Lost(format!("a fork was refused `{step}`: error {errno}")));
        }
        let (stop, usage) = match (self.stop, end) {
            (Some(stop), end) => (stop, end.map_or(self.usage, |(_, usage)| usage)),
            (None, Some((status, usage))) => (Stop::Ended(end_of(status, usage, limits)), usage),
            (None, None) => return self.lost(start, "it ended without a word"),
        };
        let Some(enforcement) = enforcement else {
            return self.lost(start, "it was stopped during the set-up");
        };
        let Watched { report, begun, .. } = self;
        Ok(Answer::Done(Box::new(Done { stop, start, report, begun, usage, enforcement, clean })))
    }

    /// No program came about, or nobody can tell its end. What became of a cell before its order is
    /// no failure of the run.
    fn lost(&self, start: Start, cause: &str) -> Result<Answer, Failure> {
        match start {
            Start::Warm => Ok(Answer::Lost(format!("the warm interpreter failed: {cause}"))),
            _ if self.waited => Ok(Answer::Lost(format!("a cell that waited failed: {cause}"))),
            _ => Err(Failure::new("hear from", "the first process", cause)),
        }
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
