//! The first process of a cell: puts the folders of the run in their places, starts the program's
//! process, reaps, and forwards the end. When it ends the kernel kills all that is left.
//!
//! Of the descriptors it keeps the one for notes.

use std::os::fd::{AsFd as _, OwnedFd};
use std::process;

use rustix::io::write;
use rustix::process::{Pid, Signal, getpid, set_child_subreaper, set_parent_process_death_signal};

use super::layout::Layout;
use super::stem::Streams;
use super::wire::{Failure, Note, Order};
use super::{Ground, mounts, payload, sys};

/// What the processes of a cell know about the run.
pub(super) struct Cell<'a> {
    pub(super) ground: &'a Ground,
    pub(super) order: &'a Order,
    pub(super) layout: Layout,
    /// How many processes of ours count among those of the program.
    pub(super) ours: u64,
    /// Takes [`Note`]s.
    pub(super) notes: OwnedFd,
    /// Takes the report of the driver.
    pub(super) report: OwnedFd,
}

/// Never returns: runs until the program ended.
pub(super) fn run(cell: &Cell<'_>, streams: Streams) -> ! {
    let forked = settle(cell.ground).and_then(|()| {
        match sys::clone(0).map_err(|error| Failure::new("start", "the program", error))? {
            Some(child) => Ok(child),
            None => payload::run(cell, streams),
        }
    });
    match forked {
        Ok(child) => reap(&cell.notes, child),
        Err(failure) => {
            tell(&cell.notes, &Note::Failed(failure));
            process::exit(1);
        }
    }
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
    if ground.own_root() { mounts::settle(&ground.mounts) } else { Ok(()) }
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
