//! The first process of a cell: puts the folders of the run in their places, and then either starts
//! the process of the program, reaps and forwards its end; or only is there, for a program that comes
//! from elsewhere. When it ends the kernel kills all that is left.

use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process;

use rustix::event::pause;
use rustix::fs::{Mode, OFlags};
use rustix::io::{read, write};
use rustix::process::{Pid, Signal, getpid, set_child_subreaper, set_parent_process_death_signal};
use rustix::stdio::stdin;

use super::mounts::{self, Space};
use super::prepared::Shape;
use super::wire::{self, Failure, Note};
use super::{Ground, network, payload, sys};

/// What the processes of a cell know before there is an order.
pub(super) struct Cell<'a> {
    pub(super) ground: &'a Ground,
    pub(super) shape: &'a Shape,
    /// How many processes of ours count among those of the program.
    pub(super) ours: u64,
    /// The file system of the run, where there is a root of its own.
    pub(super) space: Option<&'a Space>,
    pub(super) outlets: &'a Outlets,
}

/// The writing ends of what we are told of a run.
pub(super) struct Outlets {
    /// Takes [`wire::Note`]s.
    pub(super) notes: OwnedFd,
    /// Takes the report of the driver.
    pub(super) report: OwnedFd,
}

/// Never returns: starts the process that waits for a task on `line`, and runs until it ended.
pub(super) fn run(cell: &Cell<'_>, line: &UnixStream, bell: &OwnedFd) -> ! {
    let notes = &cell.outlets.notes;
    let failure = match settle(cell).and_then(|()| {
        leave_mounts(line);
        sys::clone(0).map_err(|error| Failure::new("start", "the program", error))
    }) {
        Ok(Some(child)) => {
            listen(bell);
            reap(notes, child)
        }
        Ok(None) => payload::run(cell, line),
        Err(failure) => failure,
    };
    tell(notes, &Note::Failed(failure));
    process::exit(1);
}

/// Waits until the stem holds nothing more of what it has left to this process, see `Rest`.
fn listen(bell: &OwnedFd) {
    // Should nothing come, it is the stem that has gone, and all with it.
    let _ = read(bell, &mut [0]);
}

/// Leaves the mounts of this cell with the stem, see `Rest`. It only saves time.
fn leave_mounts(line: &UnixStream) {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    if let Ok(mounts) = rustix::fs::open("/proc/self/ns/mnt", flags, Mode::empty()) {
        let _ = wire::pass(b"!", &[mounts.as_fd()], line.as_fd());
    }
}

/// Never returns: prepares a cell for a process that comes from elsewhere, and then only is there.
pub(super) fn wait(cell: &Cell<'_>, spaces: &OwnedFd, bell: &OwnedFd) -> ! {
    sys::ignore_children();
    match settle(cell).and_then(|()| hand_out(spaces)) {
        Ok(()) => {
            listen(bell);
            let _ = sys::close_all_but([stdin()]);
            loop {
                pause();
            }
        }
        Err(failure) => {
            tell(&cell.outlets.notes, &Note::Failed(failure));
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

fn settle(cell: &Cell<'_>) -> Result<(), Failure> {
    let ground = cell.ground;
    set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(|error| Failure::new("tie", "a cell to the stem", error))?;
    if !ground.isolated() {
        set_child_subreaper(Some(getpid()))
            .map_err(|error| Failure::new("adopt", "orphans of the program", error))?;
    }
    if let Some(programs) = &ground.programs {
        network::join(programs)?;
    }
    match cell.space {
        Some(space) => mounts::settle(space, &ground.mounts, &ground.terms.roots),
        None => Ok(()),
    }
}

fn reap(notes: &OwnedFd, program: Pid) -> ! {
    // The output and the report end when the program's processes let go of them, not we.
    if sys::close_all_but([notes.as_fd()]).is_err() {
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
