//! The first process inside: prepares what must be prepared from within, starts the program's
//! process, reaps, and forwards the end. When it ends the kernel kills all that is left.
//!
//! Holds no secrets: its environment is empty, its memory cannot be read, and of the descriptors it
//! keeps the one for notes.

use std::os::fd::OwnedFd;
use std::path::Path;
use std::process;

use rustix::io::{read, write};
use rustix::process::{
    DumpableBehavior, Pid, Signal, getpid, set_child_subreaper, set_dumpable_behavior,
    set_parent_process_death_signal,
};
use rustix::stdio::{dup2_stderr, dup2_stdout, stdin};
use rustix::system::sethostname;

use super::layout::{self, Layout};
use super::namespaces::{Attempt, become_mapped};
use super::wire::{Failure, Note, Order};
use super::{Inside, mounts, payload, switched_off, sys};
use crate::enforcement::{Level, Mechanism};

/// Never returns: runs until the program ended.
pub(super) fn run(order: &Order, inside: Inside, go: OwnedFd) -> ! {
    let mut word = [0];
    if !matches!(read(&go, &mut word), Ok(1)) {
        process::exit(1);
    }
    drop(go);
    let forked = prepare(order, &inside).and_then(|(layout, mounts)| {
        match sys::clone(0).map_err(|error| Failure::new("start", "the program", error))? {
            Some(child) => Ok(child),
            None => payload::run(order, &inside, &layout, mounts),
        }
    });
    match forked {
        Ok(child) => reap(inside, child),
        Err(failure) => {
            tell(&inside.notes, &Note::Failed(failure));
            process::exit(1);
        }
    }
}

/// Sends a note to the launcher.
pub(super) fn tell(notes: &OwnedFd, note: &Note) {
    if let Ok(mut line) = serde_json::to_vec(note) {
        line.push(b'\n');
        // Short enough to arrive whole. Nobody is left to be told about a failure here; the
        // launcher notices that the note is missing.
        let _ = write(notes, &line);
    }
}

fn reap(inside: Inside, program: Pid) -> ! {
    let Inside { notes, report, .. } = inside;
    drop(report);
    // The output ends when the program's processes let go of it, not we.
    let _ = dup2_stdout(stdin()).and_then(|()| dup2_stderr(stdin()));
    loop {
        match sys::wait(None) {
            Ok((Some(pid), status, usage)) if pid == program => {
                tell(&notes, &Note::Ended { status, usage });
                process::exit(0);
            }
            Ok(_) => {}
            Err(_) => process::exit(1),
        }
    }
}

fn prepare(order: &Order, inside: &Inside) -> Result<(Layout, Level), Failure> {
    let isolated = inside.attempt != Attempt::Plain;
    let off = switched_off(order, Mechanism::Mounts);
    let taken = match off {
        Some(level) => Err(level),
        None if isolated => mounts::take(&order.job).map_err(|failure| because(&failure)),
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

    let assembled = taken.and_then(|pieces| {
        mounts::assemble(pieces, &order.job).map_err(|failure| because(&failure))
    });
    match assembled {
        Ok((layout, level)) => {
            mounts::enter()?;
            Ok((layout, level))
        }
        Err(level) => {
            let layout = Layout::on_host(&order.scratch, &order.job);
            layout::fill(&layout, Path::new("/"), &order.job)?;
            Ok((layout, level))
        }
    }
}

fn because(failure: &Failure) -> Level {
    Level::Absent(failure.reason())
}
