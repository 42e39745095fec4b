//! The process of the program: gives up one right after the other, then becomes the interpreter.
//!
//! The order is forced: limits and capabilities first, Landlock before the filter that forbids it,
//! the filter last. Whoever requires all mechanisms gets no program without all of them.

use std::ffi::{CString, OsStr};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::process;

use rustix::fs::{Mode, OFlags};
use rustix::process::{chdir, geteuid, setpgid, umask};
use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout};

use super::cell::{Cell, tell};
use super::layout::Layout;
use super::seccomp::Around;
use super::wire::{Failure, Note, Order, Terms};
use super::{Ground, capabilities, landlock, rlimits, seccomp, sys};
use crate::enforcement::{Enforcement, Level, Mechanism};
use crate::interpreter::Interpreter;
use crate::job::{Network, Require};

/// Why there may be no step down from root.
const STAYS_ROOT: &str = "it stays root, without capabilities: there is no other user to become, or \
    the interpreter lies where only root may go";

/// Never returns: becomes the program or tells why not.
pub(super) fn run(cell: &Cell<'_>) -> ! {
    let failure = match become_program(cell) {
        Ok(never) => match never {},
        Err(failure) => failure,
    };
    tell(&cell.outlets.notes, &Note::Failed(failure));
    process::exit(1);
}

/// Has no values: there is no way back from a program.
enum Never {}

fn become_program(cell: &Cell<'_>) -> Result<Never, Failure> {
    let ground = cell.ground;
    let command = Command::new(cell.order, &cell.layout)?;
    surroundings(&cell.layout, &cell.outlets.streams)?;
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
    restrict(cell, &mut enforcement)?;

    sys::close_on_exec().map_err(|error| Failure::new("close", "descriptors", error))?;
    let interpreter = &cell.order.job.interpreter;
    sys::inherit_as(cell.outlets.report.as_fd(), interpreter.id.recipe().report)
        .map_err(|error| Failure::new("hand over", "the report descriptor", error))?;
    enforcement.seccomp = match ground.switched_off(Mechanism::Seccomp) {
        Some(level) => level,
        None => seccomp::apply(around, None).map_or_else(Level::Absent, |()| Level::Full),
    };
    refuse_gaps(&ground.terms, &enforcement)?;
    tell(&cell.outlets.notes, &Note::Ready(enforcement));
    let error = sys::exec(&command.program, &command.arguments, &command.environment);
    Err(Failure::new("execute", interpreter.program.display().to_string(), error))
}

/// Group, folder, streams and signals, as a program expects them.
fn surroundings(layout: &Layout, streams: &[OwnedFd; 2]) -> Result<(), Failure> {
    let fail = |thing: &str, error: rustix::io::Errno| Failure::new("set", thing, error);
    setpgid(None, None).map_err(|error| fail("the process group", error))?;
    chdir(&layout.work).map_err(|error| fail("the current folder", error))?;
    umask(Mode::from_raw_mode(0o022));
    // Opened anew, so that it belongs to the file system that the program sees.
    rustix::fs::open("/dev/null", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())
        .and_then(dup2_stdin)
        .map_err(|error| fail("standard input", error))?;
    let [stdout, stderr] = streams;
    dup2_stdout(stdout)
        .and_then(|()| dup2_stderr(stderr))
        .map_err(|error| fail("the output", error))?;
    sys::reset_signals();
    Ok(())
}

fn restrict(cell: &Cell<'_>, enforcement: &mut Enforcement) -> Result<(), Failure> {
    let ground = cell.ground;
    enforcement.rlimits = match ground.switched_off(Mechanism::Rlimits) {
        Some(level) => level,
        None => rlimits::apply(&cell.order.job.limits, cell.ours)?,
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
            None => landlock::restrict(&cell.layout, ground.isolated(), ground.open_network()),
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

/// What to execute, in the form the kernel wants.
pub(super) struct Command {
    pub(super) program: CString,
    arguments: Vec<CString>,
    pub(super) environment: Vec<CString>,
}

impl Command {
    fn new(order: &Order, layout: &Layout) -> Result<Command, Failure> {
        Command::of(&order.job.interpreter, Some(order), layout)
    }

    /// What to start an interpreter with that will have its programs later.
    pub(super) fn bare(interpreter: &Interpreter) -> Result<Command, Failure> {
        Command::of(interpreter, None, &Layout::own_root(interpreter.id))
    }

    fn of(
        interpreter: &Interpreter,
        order: Option<&Order>,
        layout: &Layout,
    ) -> Result<Command, Failure> {
        let recipe = interpreter.id.recipe();
        let spot = layout.spot(interpreter.id, order);
        let program = c_string(interpreter.program.as_os_str())?;
        let mut arguments = vec![program.clone()];
        for argument in (recipe.arguments)(&spot) {
            arguments.push(c_string(&argument)?);
        }
        let mut environment = Vec::new();
        let own: Vec<_> =
            base(interpreter, layout).into_iter().chain((recipe.environment)(&spot)).collect();
        let given = order.map_or(&[][..], |order| &order.job.variables).iter();
        let given = given.filter(|(name, _)| own.iter().all(|(known, _)| known != name));
        let given = given.map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in own.iter().map(|(name, value)| (*name, value.as_str())).chain(given) {
            environment.push(c_string(OsStr::new(&format!("{name}={value}")))?);
        }
        Ok(Command { program, arguments, environment })
    }
}

/// The environment of every program; documented in README.md.
fn base(interpreter: &Interpreter, layout: &Layout) -> Vec<(&'static str, String)> {
    let mut path = "/usr/local/bin:/usr/bin:/bin".to_owned();
    if let Some(folder) = interpreter.program.parent()
        && !path.split(':').any(|known| folder == known)
    {
        path = format!("{}:{path}", folder.display());
    }
    vec![
        ("PATH", path),
        ("HOME", layout.home.display().to_string()),
        ("TMPDIR", layout.temp.display().to_string()),
        ("LANG", "C.UTF-8".to_owned()),
        ("TZ", "UTC".to_owned()),
        ("TERM", "dumb".to_owned()),
        ("NO_COLOR", "1".to_owned()),
        ("PYTHONHASHSEED", "0".to_owned()),
        ("PYTHONDONTWRITEBYTECODE", "1".to_owned()),
    ]
}

fn c_string(text: &OsStr) -> Result<CString, Failure> {
    CString::new(text.as_bytes())
        .map_err(|error| Failure::new("pass on", text.display().to_string(), error))
}
