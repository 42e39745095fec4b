//! The first process of a cell: puts the folders of the run in their places, starts the program's
//! process, reaps, and forwards the end. When it ends the kernel kills all that is left.
//!
//! Of the descriptors it keeps the one for notes.

use std::os::fd::{AsFd as _, OwnedFd};
use std::process;

use rustix::event::pause;
use rustix::fs::{Mode, OFlags};
use rustix::io::write;
use rustix::process::{Pid, Signal, getpid, set_child_subreaper, set_parent_process_death_signal};
use rustix::stdio::stdin;

use super::layout::Layout;
use super::stem::Outlets;
use super::wire::{self, Failure, Note, Order};
use super::{Ground, mounts, payload, sys};

/// What the processes of a cell know about the run.
pub(super) struct Cell<'a> {
    pub(super) ground: &'a Ground,
    pub(super) order: &'a Order,
    pub(super) layout: Layout,
    /// How many processes of ours count among those of the program.
    pub(super) ours: u64,
    pub(super) outlets: &'a Outlets,
}

/// Never returns: runs until the program ended.
pub(super) fn run(cell: &Cell<'_>) -> ! {
    let forked = settle(cell.ground).and_then(|()| {
        match sys::clone(0).map_err(|error| Failure::new("start", "the program", error))? {
            Some(child) => Ok(child),
            None => payload::run(cell),
        }
    });
    match forked {
        Ok(child) => reap(&cell.outlets.notes, child),
        Err(failure) => {
            tell(&cell.outlets.notes, &Note::Failed(failure));
            process::exit(1);
        }
    }
}

/// Never returns: prepares a cell for a process that comes from elsewhere, and then only is there.
pub(super) fn wait(ground: &Ground, notes: &OwnedFd, spaces: &OwnedFd) -> ! {
    sys::ignore_children();
    match settle(ground).and_then(|()| hand_out(spaces)) {
        Ok(()) => {
            let _ = sys::close_all_but(stdin());
            loop {
                pause();
            }
        }
        Err(failure) => {
            tell(notes, &Note::Failed(failure));
            process::exit(1);
        }
    }
}

/// Sends the namespaces of this cell, by which others may join it.
fn hand_out(to: &OwnedFd) -> Result<(), Failure> {
    let open = |name: &str| {
        rustix::fs::open(
            format!("/proc/self/ns/{name}"),
            OFlags::RDONLY | OFlags::CLOEXEC,
            Mode::empty(),
        )
    };
    let send = || {
        let spaces = [open("pid")?, open("mnt")?, open("ipc")?];
        wire::send_fds(&spaces.each_ref().map(OwnedFd::as_fd), to)
    };
    send().map_err(|error: rustix::io::Errno| Failure::new("hand out", "a cell", error))
}

/// Sends a note to the stem.
pub(super) fn tell(notes: &OwnedFd, note: &Note) {
    if let Ok(mut line) = serde_json::to_vec(note) {
        line.push(b'\n');
        // Short enough to arrive whole. Nobody is left to be told about a failure here; the stem
        // notices that the note is missing.
        let _ = write(notes, &line);
    }
}

fn settle(ground: &Ground) -> Result<(), Failure> {
    set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(|error| Failure::new("tie", "a cell to the stem", error))?;
    if !ground.isolated() {
        set_child_subreaper(Some(getpid()))
            .map_err(|error| Failure::new("adopt", "orphans of the program", error))?;
    }
    if ground.own_root() { mounts::settle(&ground.mounts, &ground.terms.roots) } else { Ok(()) }
}

fn reap(notes: &OwnedFd, program: Pid) -> ! {
    // The output and the report end when the program's processes let go of them, not we.
    if sys::close_all_but(notes.as_fd()).is_err() {
        process::exit(1);
    }
    loop {
        match sys::wait(None) {
            Ok((Some(pid), status, usage)) if pid == program => {
                tell(notes, &Note::Ended { status, usage });
                process::exit(0);
            }
            Ok(_) => {}
            Err(_) => process::exit(1),
        }
    }
}
