//! The process of the program: gives up one right after the other, waits for its task, and becomes
//! the interpreter.
//!
//! The order is forced: limits and capabilities first, Landlock before the filter that forbids it,
//! the filter last. Whoever requires all mechanisms gets no program without all of them.

use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::process;

use rustix::fs::{Mode, OFlags};
use rustix::process::{chdir, geteuid, setpgid, umask};
use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout};

use super::cell::{Cell, Outlets, tell};
use super::command::Command;
use super::layout::Layout;
use super::seccomp::Around;
use super::wire::{self, Failure, Note, Task, Terms};
use super::{Ground, capabilities, landlock, processor, rlimits, seccomp, sys};
use crate::enforcement::{Enforcement, Level, Mechanism};
use crate::job::{Network, Require};

/// Why there may be no step down from root.
const STAYS_ROOT: &str = "it stays root, without capabilities: there is no other user to become, or \
    the interpreter lies where only root may go";

/// Never returns: becomes the program or tells why not.
pub(super) fn run(cell: &Cell<'_>, line: &UnixStream) -> ! {
    let failure = match become_program(cell, line) {
        Ok(never) => match never {},
        Err(failure) => failure,
    };
    tell(&cell.outlets.notes, &Note::Failed(failure));
    process::exit(1);
}

/// Has no values: there is no way back from a program.
enum Never {}

fn become_program(cell: &Cell<'_>, line: &UnixStream) -> Result<Never, Failure> {
    let ground = cell.ground;
    let Outlets { notes, report } = cell.outlets;
    sys::close_all_but([line.as_fd(), notes.as_fd(), report.as_fd()])
        .map_err(|error| Failure::new("close", "descriptors", error))?;
    let layout = Layout::of(ground, cell.shape);
    surroundings(&layout)?;
    let mut enforcement = Enforcement {
        namespaces: ground.namespaces.clone(),
        mounts: ground.mounts.clone(),
        landlock: Level::Full,
        landlock_abi: 0,
        seccomp: Level::Full,
        rlimits: Level::Full,
        capabilities: Level::Full,
        network: ground.network.clone(),
        cgroup: ground.cgroup.clone(),
        given: ground.terms.network,
    };
    let around = Around::of(ground, &mut enforcement.network);
    restrict(cell, &layout, &mut enforcement)?;
    enforcement.seccomp = match ground.switched_off(Mechanism::Seccomp) {
        Some(level) => level,
        None => seccomp::apply(around, None).map_or_else(Level::Absent, |()| Level::Full),
    };
    refuse_gaps(&ground.terms, &enforcement)?;

    let received = wire::receive_with::<Task>(line)
        .map_err(|error| Failure::new("hear from", "the stem", error))?;
    // Another order was to be prepared for.
    let Some((task, [stdout, stderr])) = received else { process::exit(0) };
    ground.processors.iter().for_each(processor::release);
    dup2_stdout(stdout)
        .and_then(|()| dup2_stderr(stderr))
        .map_err(|error| Failure::new("set", "the output", error))?;
    let command = Command::new(&task, &layout)?;
    sys::close_on_exec().map_err(|error| Failure::new("close", "descriptors", error))?;
    sys::inherit_as(report.as_fd(), task.interpreter.id.recipe().report)
        .map_err(|error| Failure::new("hand over", "the report descriptor", error))?;
    tell(notes, &Note::Ready(enforcement));
    let error = sys::exec(&command.program, &command.arguments, &command.environment);
    Err(Failure::new("execute", task.interpreter.program.display().to_string(), error))
}

/// Group, folder, input and signals, as a program expects them.
fn surroundings(layout: &Layout) -> Result<(), Failure> {
    let fail = |thing: &str, error: rustix::io::Errno| Failure::new("set", thing, error);
    setpgid(None, None).map_err(|error| fail("the process group", error))?;
    chdir(&layout.work).map_err(|error| fail("the current folder", error))?;
    umask(Mode::from_raw_mode(0o022));
    // Opened anew, so that it belongs to the file system that the program sees.
    rustix::fs::open("/dev/null", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())
        .and_then(dup2_stdin)
        .map_err(|error| fail("standard input", error))?;
    sys::reset_signals();
    Ok(())
}

fn restrict(
    cell: &Cell<'_>,
    layout: &Layout,
    enforcement: &mut Enforcement,
) -> Result<(), Failure> {
    let ground = cell.ground;
    enforcement.rlimits = match ground.switched_off(Mechanism::Rlimits) {
        Some(level) => level,
        None => rlimits::apply(&cell.shape.limits, cell.ours)?,
    };
    enforcement.capabilities = match ground.switched_off(Mechanism::Capabilities) {
        Some(level) => level,
        None => match drop_capabilities(ground) {
            Ok(()) if geteuid().is_root() => Level::Partial(STAYS_ROOT.to_owned()),
            Ok(()) => Level::Full,
            Err(failure) => Level::Absent(failure.reason()),
        },
    };
    (enforcement.landlock, enforcement.landlock_abi) =
        match ground.switched_off(Mechanism::Landlock) {
            Some(level) => (level, 0),
            None => landlock::restrict(layout, ground.isolated(), ground.open_network()),
        };
    Ok(())
}

fn drop_capabilities(ground: &Ground) -> Result<(), Failure> {
    if !ground.isolated() {
        // Elsewhere the stem has done it.
        capabilities::bound()?;
    }
    capabilities::drop_all()
}

fn refuse_gaps(terms: &Terms, enforcement: &Enforcement) -> Result<(), Failure> {
    if terms.require != Require::All {
        return Ok(());
    }
    let asked_for = |mechanism| mechanism == Mechanism::Network && terms.network == Network::Host;
    match enforcement.gaps().into_iter().find(|(mechanism, _)| !asked_for(*mechanism)) {
        None => Ok(()),
        Some((mechanism, reason)) => {
            let failure = Failure::new("enforce", mechanism.name(), reason);
            Err(Failure { mechanism: Some(mechanism), ..failure })
        }
    }
}
