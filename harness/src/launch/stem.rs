//! The stem: the first process inside. Builds what all runs of a lane share, then takes orders and
//! gives answers until the host hangs up. When it ends the kernel kills all that is left.
//!
//! Holds no secrets: its environment is empty and its memory cannot be read. Nothing of what runs
//! here sees it.

use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process;
use std::time::{Duration, Instant};

use rustix::io::{fcntl_dupfd_cloexec, read};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use rustix::process::{
    DumpableBehavior, Pid, Signal, getpid, set_child_subreaper, set_dumpable_behavior,
    set_parent_process_death_signal,
};
use rustix::system::sethostname;

use super::layout::{self, Layout};
use super::namespaces::{become_mapped, become_other};
use super::prepared::{Prepared, Rest, Shape, Yard};
use super::scales::Scales;
use super::supervise;
use super::usage::Processes;
use super::warm::{self, Server};
use super::wire::{self, Answer, Failure, Footing, Hello, Order, Wish};
use super::{Ground, OURS, capabilities, mounts, network, pipe, processor, sys};
use crate::enforcement::{Enforcement, Level, Mechanism};
use crate::run::Start;

/// Never returns: serves until the host hung up.
pub(super) fn run(ground: Ground, control: &UnixStream, processes: Processes, go: OwnedFd) -> ! {
    let mut word = [0];
    if !matches!(read(&go, &mut word), Ok(1)) {
        process::exit(1);
    }
    drop(go);
    let told = match Stem::build(ground, processes) {
        Ok(stem) => stem.serve(control),
        Err(failure) => wire::send(&Hello::Failed(failure), &mut &*control),
    };
    process::exit(i32::from(told.is_err()));
}

struct Stem {
    ground: Ground,
    processes: Processes,
    keeper: Keeper,
    /// By which cells hand out their namespaces. One for all, so that even the number of sockets in
    /// the network namespace tells a program nothing.
    door: (OwnedFd, OwnedFd),
    /// See [`Yard::bell`].
    bell: (OwnedFd, OwnedFd),
    /// The cell of the next run, where it is made already.
    next: Option<Prepared>,
    /// The shape of the one to be made.
    wanted: Option<Shape>,
    /// What is left of the last one.
    left: Option<Rest>,
    served: usize,
}

/// After how many runs an interpreter is kept warm unasked: starting one costs as much as a few
/// runs, which is too much for a lane that will see no more.
const WORTH: usize = 2;

/// How many processes of ours are in the control group of a run: this, the first one of the cell, and
/// a server.
const AT_MOST_OURS: u64 = 3;

/// What is known of a warm interpreter.
enum Keeper {
    /// It may be started, with this to hold its programs.
    Possible(Box<Enforcement>),
    Started {
        server: Server,
        /// Its pid for [`Processes`].
        seen: Option<Pid>,
    },
    /// None can serve here.
    Impossible,
}

/// Standard output and standard error of a run.
type Streams = [OwnedFd; 2];

impl Stem {
    fn build(mut ground: Ground, processes: Processes) -> Result<Stem, Failure> {
        ground.processors = ground.terms.processor.and_then(processor::keep_to);
        let isolated = ground.isolated();
        let taken = match ground.switched_off(Mechanism::Mounts) {
            Some(level) => Err(level),
            None if isolated => mounts::take(&ground.terms).map_err(|failure| because(&failure)),
            None if ground.terms.outer.is_some() => {
                Err(Level::Absent("bubblewrap hides the files of the host instead".to_owned()))
            }
            None => Err(Level::Absent("it needs namespaces".to_owned())),
        };
        if isolated {
            become_mapped()?;
        } else if let Some(owner) = ground.owner {
            become_other(owner)?;
        }
        // Only now, as a change of user forgets it.
        set_parent_process_death_signal(Some(Signal::KILL))
            .map_err(|error| Failure::new("tie", "the first process to the launcher", error))?;
        if !isolated {
            set_child_subreaper(Some(getpid()))
                .map_err(|error| Failure::new("adopt", "orphans of the program", error))?;
        }
        set_dumpable_behavior(DumpableBehavior::NotDumpable)
            .map_err(|error| Failure::new("close", "the memory of the first process", error))?;
        if isolated {
            // A name tells about the machine; keeping it is no gap worth a refusal.
            let _ = sethostname(b"sandbox");
        }
        ground.mounts = match taken
            .and_then(|pieces| mounts::assemble(pieces).map_err(|failure| because(&failure)))
        {
            Ok(level) => {
                mounts::enter()?;
                level
            }
            Err(level) => level,
        };
        if ground.own_network() && !ground.own_loopback() {
            // Without a `/proc` it stays shared, which is no gap worth a refusal.
            ground.programs = network::set_apart().ok();
        }
        if isolated && ground.switched_off(Mechanism::Capabilities).is_none() {
            // Once for all that will be started here; each drops the rest for itself.
            capabilities::allow_joining()?;
            capabilities::bound()?;
        }
        let warm = ground.terms.warm.is_some().then(|| warm::enforcement(&ground)).flatten();
        let keeper = warm.map_or(Keeper::Impossible, |all| Keeper::Possible(Box::new(all)));
        let pair =
            socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None);
        let door = pair.map_err(|error| Failure::new("make", "a socket", error))?;
        let bell = pipe()?;
        let (next, wanted, left, served) = (None, None, None, 0);
        Ok(Stem { ground, processes, keeper, door, bell, next, wanted, left, served })
    }

    fn serve(mut self, control: &UnixStream) -> std::io::Result<()> {
        let scratch = !self.ground.own_root();
        let base = self.ground.terms.outer.clone();
        let footing = Footing { owner: self.ground.owner, scratch, base };
        wire::send(&Hello::Ready(footing), &mut &*control)?;
        while let Some((order, streams)) = Order::receive(control)? {
            let answer = match self.take(&order, streams, control) {
                Ok(answer) => answer,
                Err(failure) => Answer::Failed(failure),
            };
            wire::send(&answer, &mut &*control)?;
            self.served += 1;
            // While the host is busy with the answer.
            if let Some(shape) = self.wanted.take() {
                // What cannot be made now will be made, or tell why not, when there is an order.
                self.next =
                    self.prepare(shape, Some(control.as_fd())).ok().flatten().map(Prepared::ahead);
            }
            if order.wish == Wish::Either && self.served >= WORTH {
                self.start_server(&order);
            }
        }
        Ok(())
    }

    /// Runs one order in a cell of its own.
    fn take(
        &mut self,
        order: &Order,
        streams: Streams,
        control: &UnixStream,
    ) -> Result<Answer, Failure> {
        let start = if self.is_warm(order) { Start::Warm } else { Start::Cold };
        // That an interpreter had to get ready is no time of the program.
        let started = Instant::now();
        let keep = |fd: OwnedFd| {
            fcntl_dupfd_cloexec(fd, OURS).map_err(|error| Failure::new("keep", "the output", error))
        };
        let [stdout, stderr] = streams;
        let streams = [keep(stdout)?, keep(stderr)?];
        let _ = self.ground.gauges.set(&order.job.limits, AT_MOST_OURS);
        // Goes with this run.
        let _scratch = order.scratch.as_deref().map(layout::make).transpose()?;
        let shape = Shape::of(order, start);
        let layout = Layout::of(&self.ground, &shape);
        let task = order.task();
        if !self.ground.own_root() {
            layout::fill(&layout, &order.job, &task)?;
        }
        let Some(cell) = self.cell(&shape)? else {
            return Ok(Answer::Lost("a cell was lost".to_owned()));
        };
        cell.begin(&layout, order, &task, &streams)?;
        drop(streams);
        let seen = self.seen();
        let server = self.server(start).map(|server| server.child);
        let scales = Scales::new(&self.processes, &self.ground.gauges, order, seen);
        let (run, rest) = supervise::watch(order, cell, server, control.as_fd(), scales, started)?;
        self.left = rest;
        let clean = self.is_clean(seen);
        if clean && self.served > 0 && self.will_be_wanted(&shape) {
            self.wanted = Some(shape);
        }
        run.conclude(&order.job.limits, start, clean)
    }

    /// The server of what is started like this.
    fn server(&self, start: Start) -> Option<&Server> {
        match &self.keeper {
            Keeper::Started { server, .. } if start == Start::Warm => Some(server),
            _ => None,
        }
    }

    /// The server as [`Processes`] knows it.
    fn seen(&self) -> Option<Pid> {
        match &self.keeper {
            Keeper::Started { seen, .. } => *seen,
            _ => None,
        }
    }

    /// A cell of this shape: the one that is there, or a new one; nothing when it was lost.
    fn cell(&mut self, shape: &Shape) -> Result<Option<Prepared>, Failure> {
        match self.next.take() {
            Some(cell) if cell.fits(shape) => return Ok(Some(cell)),
            Some(other) => other.discard(),
            None => {}
        }
        self.prepare(shape.clone(), None)
    }

    /// Makes a cell; for what `orders` is see [`Yard::orders`].
    fn prepare(
        &mut self,
        shape: Shape,
        orders: Option<BorrowedFd<'_>>,
    ) -> Result<Option<Prepared>, Failure> {
        let left = self.left.take();
        let server = self.server(shape.start);
        let Stem { ground, door, bell, .. } = &*self;
        let yard = Yard { ground, door, bell, server, ours: self.ours(), orders };
        yard.prepare(shape, left)
    }

    /// Whether another cell of this shape is worth making before there is an order: one that is made
    /// in its own root, and not for an interpreter that will be warm soon.
    fn will_be_wanted(&self, shape: &Shape) -> bool {
        let settled = shape.start == Start::Warm || !shape.may_be_warm || self.is_never_warm();
        self.ground.isolated() && self.ground.own_root() && settled
    }

    /// Whether the order can be given to a server that is ready, after waiting for it if so wished.
    fn is_warm(&mut self, order: &Order) -> bool {
        if order.wish == Wish::Cold || order.job.interpreter.warm().is_none() {
            return false;
        }
        let patience = if order.wish == Wish::Warm {
            self.start_server(order);
            warm::PATIENCE
        } else {
            Duration::ZERO
        };
        let Keeper::Started { server, .. } = &mut self.keeper else { return false };
        let ready = server.is_ready(patience);
        if ready.is_none() {
            server.kill();
            let _ = sys::wait(Some(server.child));
            self.keeper = Keeper::Impossible;
        }
        ready == Some(true)
    }

    fn is_never_warm(&self) -> bool {
        matches!(self.keeper, Keeper::Impossible)
    }

    fn start_server(&mut self, order: &Order) {
        let Keeper::Possible(enforcement) = &self.keeper else { return };
        if self.ground.terms.warm.as_ref() != Some(&order.job.interpreter.program) {
            return;
        }
        if let Some(other) = self.next.take() {
            other.discard();
        }
        let server = Server::start(&self.ground, &order.job.interpreter, enforcement);
        self.keeper = match server {
            // Nothing else runs now.
            Ok(server) => Keeper::Started { server, seen: self.processes.children().pop() },
            Err(_) => Keeper::Impossible,
        };
    }

    /// How many processes that are not the program's count among its own: this, the first one of the
    /// cell, and a server.
    fn ours(&self) -> u64 {
        if !self.ground.isolated() {
            // The kernel counts all processes of a user, but for those in other namespaces.
            return 2 + self.processes.of_user();
        }
        if matches!(self.keeper, Keeper::Started { .. }) { 3 } else { 2 }
    }

    /// Whether nothing of the last run is left.
    fn is_clean(&self, ours: Option<Pid>) -> bool {
        if self.ground.isolated() {
            return self.processes.children() == Vec::from_iter(ours);
        }
        self.processes.sweep(ours)
    }
}

fn because(failure: &Failure) -> Level {
    Level::Absent(failure.reason())
}
