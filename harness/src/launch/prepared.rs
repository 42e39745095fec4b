//! A cell that is ready for its run: an empty file system, namespaces with their first process, the
//! ways by which we are told; and where an interpreter is warm its fork, which has given up all
//! rights. All that is missing is the task.
//!
//! It can be made before there is an order, as nothing of it depends on one but its [`Shape`].
//! When to do that, and what becomes of the run, is for `stem` and `supervise`.

use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, write};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::cell::{self, Cell, Outlets};
use super::heap::Room;
use super::layout::{self, Layout};
use super::mounts::Space;
use super::report::{self, Mark};
use super::warm::{self, Handed, Server};
use super::wire::{self, Failure, Order, Task, Wish};
use super::{Ground, landlock, network, pipe, sys};
use crate::interpreter::InterpreterId;
use crate::job::Limits;
use crate::run::Start;

/// Files of a run that take more bytes than this do not stay during the next one.
const SMALL: u64 = 1 << 20;

/// What of an order a cell must be made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) start: Start,
    /// Whether the next one like it may be started in another way.
    pub(super) may_be_warm: bool,
    pub(super) id: InterpreterId,
    pub(super) limits: Limits,
    /// See [`Order::scratch`]; every order has another.
    pub(super) scratch: Option<PathBuf>,
}

impl Shape {
    pub(super) fn of(order: &Order, start: Start) -> Shape {
        let job = &order.job;
        // These are not bound in the cell.
        let (wall, output_bytes, kept_bytes) = (Duration::ZERO, 0, 0);
        let limits = Limits { wall, output_bytes, kept_bytes, ..job.limits.clone() };
        let may_be_warm = order.wish != Wish::Cold;
        let (id, scratch) = (job.interpreter.id, order.scratch.clone());
        Shape { start, may_be_warm, id, limits, scratch }
    }
}

/// See the module.
pub(super) struct Prepared {
    shape: Shape,
    pub(super) space: Option<Space>,
    /// The first process, which only has to be reaped.
    pub(super) child: Pid,
    pub(super) pidfd: OwnedFd,
    pub(super) notes: OwnedFd,
    pub(super) report: (OwnedFd, Mark),
    /// To the process that becomes the program, or starts it.
    line: UnixStream,
    mounts: Option<OwnedFd>,
    /// Whether it was made before there was an order.
    pub(super) waited: bool,
}

/// What holds the mounts of a cell although its processes have gone: to let go of the last of it
/// takes the kernel long, as it waits for all processors. So whoever is started next closes it
/// aside, and last.
pub(super) struct Rest {
    _mounts: Option<OwnedFd>,
    /// A cell that starts its program itself has sent them here.
    _line: UnixStream,
}

/// What all cells of a lane are made with.
pub(super) struct Yard<'a> {
    pub(super) ground: &'a Ground,
    /// By which cells hand out their namespaces. One for all, so that even the number of sockets in
    /// the network namespace tells a program nothing.
    pub(super) door: &'a (OwnedFd, OwnedFd),
    /// Tells the first process of a cell that it is the last to hold what is left of an earlier one.
    pub(super) bell: &'a (OwnedFd, OwnedFd),
    /// The warm interpreter, where it is wanted.
    pub(super) server: Option<&'a Server>,
    /// How many processes of ours count among those of a program.
    pub(super) ours: u64,
    /// Where the order for the cell will come from; nothing where it is there already.
    pub(super) orders: Option<BorrowedFd<'a>>,
}

impl Yard<'_> {
    /// Makes a cell of this shape, whose first process takes away what is `left` of an earlier one;
    /// nothing when it was lost on the way.
    pub(super) fn prepare(
        &self,
        shape: Shape,
        left: Option<Rest>,
    ) -> Result<Option<Prepared>, Failure> {
        let ground = self.ground;
        let space = match ground.own_root() {
            true => Some(Space::new(Room::plain(&shape.limits))?),
            false => None,
        };
        if ground.own_loopback() {
            network::renew()?;
        }
        let (notes, notes_far) = pipe()?;
        let (report, report_far, mark) = report::channel()?;
        let outlets = Outlets { notes: notes_far, report: report_far };
        let (line, far) = line(&shape)?;
        let (space_of, ours) = (space.as_ref(), self.ours);
        let cell = Cell { ground, shape: &shape, ours, space: space_of, outlets: &outlets };
        let made = match self.server {
            Some(server) => self.join(&cell, server, &far, left)?,
            None => Some(self.fork(&cell, &far, left)?),
        };
        let Some((child, mounts)) = made else { return Ok(None) };
        let pidfd = pidfd_open(child, PidfdFlags::empty())
            .map_err(|error| Failure::new("watch", "a cell", error))?;
        let report = (report, mark);
        let waited = false;
        Ok(Some(Prepared { shape, space, child, pidfd, notes, report, line, mounts, waited }))
    }

    /// Whether there is an order for the cell that is being made.
    fn is_awaited(&self) -> bool {
        self.orders.is_none_or(|orders| comes_within(Duration::ZERO, orders))
    }

    /// Starts a cell whose first process starts the program.
    fn fork(
        &self,
        cell: &Cell<'_>,
        far: &UnixStream,
        left: Option<Rest>,
    ) -> Result<(Pid, Option<OwnedFd>), Failure> {
        let flags = self.ground.attempt.flags_of_cell(self.ground.own_root());
        let bell = &self.bell.0;
        let Some(child) = sys::clone(flags).map_err(no_cell)? else { cell::run(cell, far, bell) };
        self.leave(left);
        Ok((child, None))
    }

    /// Leaves what is left of an earlier cell to the process that was started last.
    fn leave(&self, left: Option<Rest>) {
        drop(left);
        // One that has gone needs no word.
        let _ = write(&self.bell.1, b"!");
    }

    /// Starts an empty cell, and has the server send a fork into it.
    fn join(
        &self,
        cell: &Cell<'_>,
        server: &Server,
        far: &UnixStream,
        left: Option<Rest>,
    ) -> Result<Option<(Pid, Option<OwnedFd>)>, Failure> {
        let layout = Layout::own_root(InterpreterId::Python3);
        let rules = match cell.space {
            Some(space) => {
                space.inside(|| landlock::prepare(&layout, self.ground.open_network()))?
            }
            None => None,
        };
        let Some(rules) = rules else { return Ok(None) };
        let (near, door) = self.door;
        let flags = self.ground.attempt.flags_of_cell(true);
        let bell = &self.bell.0;
        let Some(child) = sys::clone(flags).map_err(no_cell)? else { cell::wait(cell, door, bell) };
        self.leave(left);
        let spaces = wait_for(child, near)
            .and_then(|came| if came { wire::receive_fds(near) } else { Ok(None) })
            .map_err(|error| Failure::new("hear from", "a cell", error))?;
        // Without them nobody will send a note, which tells as much.
        let mut held = None;
        if let Some(spaces) = spaces {
            let Outlets { notes, report } = cell.outlets;
            let network = self.ground.own_loopback().then(network::open).transpose()?;
            let handed = Handed {
                spaces: spaces.each_ref().map(|fd| fd.as_fd()),
                report,
                rules: &rules,
                network,
                line: far.as_fd(),
                notes,
            };
            let _ = server.fork_into(&cell.shape.limits, self.ours, self.is_awaited(), &handed);
            let [_, mounts, _] = spaces;
            held = Some(mounts);
        }
        Ok(Some((child, held)))
    }
}

impl Prepared {
    /// The same for an order that is still to come.
    pub(super) fn ahead(self) -> Prepared {
        Prepared { waited: true, ..self }
    }

    /// Whether the cell is of this shape, and there.
    pub(super) fn fits(&self, shape: &Shape) -> bool {
        self.shape == *shape && !comes_within(Duration::ZERO, self.pidfd.as_fd())
    }

    /// Begins the run: puts the files of the order in their places, and tells the task. In a folder
    /// of the host they must be there when the cell is made, as rules hold for what is there then.
    pub(super) fn begin(
        &self,
        layout: &Layout,
        order: &Order,
        task: &Task,
        streams: &[OwnedFd; 2],
    ) -> Result<(), Failure> {
        let (near, mark) = &self.report;
        // If nobody is there any more there will be no note either.
        let _ = mark.introduce(near, &order.mark);
        if let Some(space) = &self.space {
            if !order.job.before.is_empty() {
                space.resize(Room::of(&order.job))?;
            }
            space.inside(|| layout::fill(layout, &order.job, task))?;
        }
        // If nobody is there to hear it there will be no note, which tells as much.
        let _ = match self.shape.start {
            Start::Warm => warm::begin(task, layout, streams, self.line.as_fd()),
            _ => wire::send_with(task, streams.each_ref().map(|fd| fd.as_fd()), &self.line)
                .map_err(|error| Failure::new("talk to", "a cell", error)),
        };
        Ok(())
    }

    /// What is left when the run is over: as good as nothing, or something large that goes at once.
    pub(super) fn rest(self) -> Option<Rest> {
        let small = self.space.as_ref().is_none_or(|space| space.used() <= SMALL);
        small.then_some(Rest { _mounts: self.mounts, _line: self.line })
    }

    /// Ends what has no run.
    pub(super) fn discard(self) {
        // Gone already is as good.
        let _ = pidfd_send_signal(&self.pidfd, Signal::KILL);
        let _ = sys::wait(Some(self.child));
    }
}

/// The stem's end and that of the process in the cell. A fork is handed whole messages.
fn line(shape: &Shape) -> Result<(UnixStream, UnixStream), Failure> {
    let kind = match shape.start {
        Start::Warm => SocketType::SEQPACKET,
        _ => SocketType::STREAM,
    };
    let (near, far) = socketpair(AddressFamily::UNIX, kind, SocketFlags::CLOEXEC, None)
        .map_err(|error| Failure::new("make", "a socket", error))?;
    Ok((near.into(), far.into()))
}

/// Whether there is something to read in that time; of a process, whether it ends.
pub(super) fn comes_within(time: Duration, from: BorrowedFd<'_>) -> bool {
    let timeout = Timespec::try_from(time).ok();
    poll(&mut [PollFd::from_borrowed_fd(from, PollFlags::IN)], timeout.as_ref()) != Ok(0)
}

/// Whether something came from a child before it went.
fn wait_for(child: Pid, near: &OwnedFd) -> Result<bool, Errno> {
    let pidfd = pidfd_open(child, PidfdFlags::empty())?;
    loop {
        let mut fds = [PollFd::new(near, PollFlags::IN), PollFd::new(&pidfd, PollFlags::IN)];
        match poll(&mut fds, None) {
            Ok(_) => return Ok(!fds[0].revents().is_empty()),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error),
        }
    }
}

fn no_cell(error: std::io::Error) -> Failure {
    Failure::new("start", "the first process of a cell", error)
}
