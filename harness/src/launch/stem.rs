//! The stem: the first process inside. Builds what all runs of a lane share, then takes orders and
//! gives answers until the host hangs up. When it ends the kernel kills all that is left.
//!
//! Holds no secrets: its environment is empty and its memory cannot be read. Nothing of what runs
//! here sees it.

use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process;
use std::time::Instant;

use rustix::io::{fcntl_dupfd_cloexec, read};
use rustix::process::{
    DumpableBehavior, PidfdFlags, Signal, getpid, pidfd_open, set_child_subreaper,
    set_dumpable_behavior, set_parent_process_death_signal,
};
use rustix::system::sethostname;

use super::layout::{self, Layout};
use super::namespaces::become_mapped;
use super::supervise::{self, Inner};
use super::usage::Processes;
use super::wire::{self, Answer, Failure, Footing, Hello, Order};
use super::{Ground, OURS, capabilities, cell, mounts, pipe, sys};
use crate::enforcement::{Level, Mechanism};
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
}

/// The streams of a program, its writing ends.
pub(super) type Streams = [OwnedFd; 2];

impl Stem {
    fn build(mut ground: Ground, processes: Processes) -> Result<Stem, Failure> {
        let isolated = ground.isolated();
        let taken = match ground.switched_off(Mechanism::Mounts) {
            Some(level) => Err(level),
            None if isolated => mounts::take(&ground.terms).map_err(|failure| because(&failure)),
            None => Err(Level::Absent("it needs namespaces".to_owned())),
        };
        if isolated {
            become_mapped()?;
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
            capabilities::bound()?;
        }
        Ok(Stem { ground, processes })
    }

    fn serve(self, control: &UnixStream) -> std::io::Result<()> {
        let scratch = !self.ground.own_root();
        let footing = Footing { owner: self.ground.owner, scratch };
        wire::send(&Hello::Ready(footing), &mut &*control)?;
        while let Some((order, streams)) = Order::receive(control)? {
            let started = Instant::now();
            let answer = match self.take(&order, streams, control, started) {
                Ok(answer) => answer,
                Err(failure) => Answer::Failed(failure),
            };
            wire::send(&answer, &mut &*control)?;
        }
        Ok(())
    }

    /// Runs one order in a cell of its own.
    fn take(
        &self,
        order: &Order,
        streams: Streams,
        control: &UnixStream,
        started: Instant,
    ) -> Result<Answer, Failure> {
        let keep = |fd: OwnedFd| {
            fcntl_dupfd_cloexec(fd, OURS).map_err(|error| Failure::new("keep", "the output", error))
        };
        let [stdout, stderr] = streams;
        let streams = [keep(stdout)?, keep(stderr)?];
        let layout = Layout::of(&self.ground, order);
        let space = self.furnish(order, &layout)?;
        let (notes_read, notes) = pipe()?;
        let (report_read, report) = pipe()?;
        let flags = self.ground.attempt.flags_of_cell(self.ground.own_root());
        let ours = 2;
        let Some(child) = sys::clone(flags)
            .map_err(|error| Failure::new("start", "the first process of a cell", error))?
        else {
            let cell = cell::Cell { ground: &self.ground, order, layout, ours, notes, report };
            cell::run(&cell, streams)
        };
        drop((space, notes, report, streams));
        let pidfd = pidfd_open(child, PidfdFlags::empty())
            .map_err(|error| Failure::new("watch", "the program", error))?;
        let inner = Inner::new(child, pidfd, notes_read, report_read);
        let run = supervise::watch(order, inner, control.as_fd(), &self.processes, started)?;
        let clean = self.is_clean();
        run.conclude(&order.job.limits, Start::Cold, clean)
    }

    /// Whether nothing of the last run is left.
    fn is_clean(&self) -> bool {
        if self.ground.isolated() {
            return self.processes.children().is_empty();
        }
        self.processes.sweep(None)
    }

    /// Makes the folders of a run with all that is to lie in them.
    fn furnish(&self, order: &Order, layout: &Layout) -> Result<Option<mounts::Space>, Failure> {
        let space = match self.ground.own_root() {
            true => Some(mounts::Space::new(order.job.limits.scratch_bytes)?),
            false => None,
        };
        layout::fill(layout, &order.job)?;
        Ok(space)
    }
}

fn because(failure: &Failure) -> Level {
    Level::Absent(failure.reason())
}
