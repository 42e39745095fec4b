//! The stem: the first process inside. Builds what all runs of a lane share, then takes orders and
//! gives answers until the host hangs up. When it ends the kernel kills all that is left.
//!
//! Holds no secrets: its environment is empty and its memory cannot be read. Nothing of what runs
//! here sees it.

use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, fcntl_dupfd_cloexec, read};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use rustix::process::{
    DumpableBehavior, Pid, PidfdFlags, Signal, getpid, pidfd_open, set_child_subreaper,
    set_dumpable_behavior, set_parent_process_death_signal,
};
use rustix::system::sethostname;

use super::layout::{self, Layout};
use super::namespaces::{become_mapped, become_other};
use super::scales::Scales;
use super::supervise::{self, Inner};
use super::usage::Processes;
use super::warm::{self, Handed, Server};
use super::wire::{self, Answer, Failure, Footing, Hello, Order, Wish};
use super::{Ground, OURS, capabilities, cell, landlock, mounts, network, pipe, report, sys};
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

/// The writing ends of all that comes out of a run.
pub(super) struct Outlets {
    /// Standard output, standard error.
    pub(super) streams: Streams,
    /// Takes [`wire::Note`]s.
    pub(super) notes: OwnedFd,
    /// Takes the report of the driver.
    pub(super) report: OwnedFd,
}

type Streams = [OwnedFd; 2];

impl Stem {
    fn build(mut ground: Ground, processes: Processes) -> Result<Stem, Failure> {
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
        Ok(Stem { ground, processes, keeper, door })
    }

    fn serve(mut self, control: &UnixStream) -> std::io::Result<()> {
        let scratch = !self.ground.own_root();
        let base = self.ground.terms.outer.clone();
        let footing = Footing { owner: self.ground.owner, scratch, base };
        wire::send(&Hello::Ready(footing), &mut &*control)?;
        let mut served = 0;
        while let Some((order, streams)) = Order::receive(control)? {
            let started = Instant::now();
            let answer = match self.take(&order, streams, control, started) {
                Ok(answer) => answer,
                Err(failure) => Answer::Failed(failure),
            };
            wire::send(&answer, &mut &*control)?;
            served += 1;
            if order.wish == Wish::Either && served >= WORTH {
                // While the host is busy with the answer.
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
        started: Instant,
    ) -> Result<Answer, Failure> {
        let is_warm = self.is_warm(order);
        let keep = |fd: OwnedFd| {
            fcntl_dupfd_cloexec(fd, OURS).map_err(|error| Failure::new("keep", "the output", error))
        };
        let [stdout, stderr] = streams;
        let streams = [keep(stdout)?, keep(stderr)?];
        let layout = Layout::of(&self.ground, order);
        let space = self.furnish(order, &layout)?;
        if self.ground.own_loopback() {
            network::renew()?;
        }
        let _ = self.ground.gauges.set(&order.job.limits, AT_MOST_OURS);
        let (notes_read, notes) = pipe()?;
        let (report_read, report, mark) = report::channel()?;
        let outlets = Outlets { streams, notes, report };
        let (start, child) = match &self.keeper {
            Keeper::Started { server, .. } if is_warm => {
                match self.join(server, order, &layout, &outlets)? {
                    Some(child) => (Start::Warm, child),
                    None => return Ok(Answer::Lost("a cell was lost".to_owned())),
                }
            }
            _ => (Start::Cold, self.fork(order, layout, &outlets)?),
        };
        drop((space, outlets));
        let pidfd = pidfd_open(child, PidfdFlags::empty())
            .map_err(|error| Failure::new("watch", "the program", error))?;
        let steps = order.job.steps.len();
        let inner = Inner::new(child, pidfd, notes_read, (report_read, mark), steps);
        let (inner, ours) = match &self.keeper {
            Keeper::Started { server, seen } if is_warm => (inner.served_by(server.child), *seen),
            Keeper::Started { seen, .. } => (inner, *seen),
            _ => (inner, None),
        };
        let scales = Scales::new(&self.processes, &self.ground.gauges, order, ours);
        let run = supervise::watch(order, inner, control.as_fd(), scales, started)?;
        let clean = self.is_clean(ours);
        run.conclude(&order.job.limits, start, clean)
    }

    /// Starts a cell whose first process starts the program.
    fn fork(&self, order: &Order, layout: Layout, outlets: &Outlets) -> Result<Pid, Failure> {
        let flags = self.ground.attempt.flags_of_cell(self.ground.own_root());
        match sys::clone(flags).map_err(no_cell)? {
            Some(child) => Ok(child),
            None => {
                let (ground, ours) = (&self.ground, self.ours());
                cell::run(&cell::Cell { ground, order, layout, ours, outlets })
            }
        }
    }

    /// Starts an empty cell, and has the server send a fork into it.
    fn join(
        &self,
        server: &Server,
        order: &Order,
        layout: &Layout,
        outlets: &Outlets,
    ) -> Result<Option<Pid>, Failure> {
        let Some(rules) = landlock::prepare(layout, self.ground.open_network())? else {
            return Ok(None);
        };
        let (near, far) = &self.door;
        let flags = self.ground.attempt.flags_of_cell(true);
        let Some(child) = sys::clone(flags).map_err(no_cell)? else {
            cell::wait(&self.ground, &outlets.notes, far)
        };
        let spaces = wait_for(child, near)
            .and_then(|came| if came { wire::receive_fds(near) } else { Ok(None) })
            .map_err(|error| Failure::new("hear from", "a cell", error))?;
        if let Some(spaces) = spaces {
            let Outlets { streams, notes, report } = outlets;
            let network = self.ground.own_loopback().then(network::open).transpose()?;
            let rules = &rules;
            let handed = Handed { spaces: &spaces, streams, report, rules, network, notes };
            // If it is gone nobody will send a note, which tells as much.
            let _ = server.run(order, layout, self.ours(), &handed);
        }
        Ok(Some(child))
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

    fn start_server(&mut self, order: &Order) {
        let Keeper::Possible(enforcement) = &self.keeper else { return };
        if self.ground.terms.warm.as_ref() != Some(&order.job.interpreter.program) {
            return;
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

    /// Makes the folders of a run with all that is to lie in them.
    fn furnish(&self, order: &Order, layout: &Layout) -> Result<Option<mounts::Space>, Failure> {
        let space = match self.ground.own_root() {
            true => Some(mounts::Space::new(order.job.limits.scratch_bytes)?),
            false => None,
        };
        layout::fill(layout, order)?;
        Ok(space)
    }
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

fn because(failure: &Failure) -> Level {
    Level::Absent(failure.reason())
}
