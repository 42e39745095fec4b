//! The child's side: the launcher, a fresh process with one thread that sets up the sandbox, starts
//! the program in it and watches it.
//!
//! Order of the steps: receive the order; fork into new namespaces (`namespaces`); as first process
//! in there build the new root (`mounts`, `init`); fork the program's process, restrict it step by
//! step and become the interpreter (`payload`). The launcher itself stays outside (`supervise`).

mod capabilities;
mod filter;
mod init;
mod landlock;
mod layout;
mod mounts;
mod namespaces;
mod payload;
mod rlimits;
mod seccomp;
mod supervise;
mod sys;
mod usage;
pub(crate) mod wire;

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::time::Instant;
use std::{env, fs, panic, process};

use rustix::fs::{Mode, OFlags, fchown};
use rustix::io::{fcntl_dupfd_cloexec, write};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Signal, geteuid, getpid, kill_process, set_child_subreaper, setsid};
use rustix::stdio::{dup2_stdin, stderr, stdin, stdout};
use rustix::thread::{Gid, Uid, set_thread_groups};

use self::namespaces::Attempt;
use self::wire::{Answer, Failure, Order};
use crate::enforcement::{Level, Mechanism};
use crate::job::Require;

/// Descriptors that the launcher and its children keep lie from here on, out of the way of the
/// numbers on which drivers report.
const OURS: i32 = 210;

/// Must be the first call of every `main` whose program is used as a launcher: when this process
/// was started as the launcher of a run it becomes that and never returns; otherwise it does
/// nothing.
pub fn intercept() {
    let mut arguments = env::args_os().skip(1);
    if arguments.next().is_none_or(|first| first != wire::FLAG) || arguments.next().is_some() {
        return;
    }
    let started = Instant::now();
    // The streams belong to the program by now: a panic must not print to them. Should there be
    // one, the host learns from the closed socket that the launcher is gone.
    panic::set_hook(Box::new(|_| {}));
    let served = panic::catch_unwind(|| serve(started));
    process::exit(i32::from(!matches!(served, Ok(Ok(())))));
}

fn serve(started: Instant) -> io::Result<()> {
    sys::close_inherited()?;
    let mut control = UnixStream::from(fcntl_dupfd_cloexec(stdin(), OURS)?);
    dup2_stdin(rustix::fs::open("/dev/null", OFlags::RDONLY, Mode::empty())?)?;
    // No terminal, and no signals that are meant for the group of the host. Only the leader of a
    // group cannot, and that has both already.
    let _ = setsid();
    let order = Order::receive(&mut control)?;
    let answer = match fork(&order, control.try_clone()?, started) {
        Ok(answer) => answer,
        Err(failure) => Answer::Failed(failure),
    };
    wire::send(&answer, &mut control)
}

/// What the processes inside know about the run.
struct Inside {
    attempt: Attempt,
    namespaces: Level,
    network: Level,
    /// Takes [`wire::Note`]s.
    notes: OwnedFd,
    /// Takes the report of the driver.
    report: OwnedFd,
}

/// Starts the first process inside, with as many namespaces as there are, and watches it.
fn fork(order: &Order, control: UnixStream, started: Instant) -> Result<Answer, Failure> {
    let step = |stage: &'static str, thing: &'static str| {
        move |error: rustix::io::Errno| Failure::new(stage, thing, error)
    };
    if order.version != wire::VERSION {
        return Err(Failure::new("understand", "the order", "host and launcher differ in version"));
    }
    let threads = fs::read_dir("/proc/self/task").map_or(0, Iterator::count);
    if threads != 1 {
        let cause = format!("it has {threads} threads: call `intercept` first in `main`");
        return Err(Failure::new("restrict", "the launcher", cause));
    }
    set_child_subreaper(Some(getpid())).map_err(step("adopt", "orphans of the program"))?;

    let (notes_read, notes) = pipe()?;
    let (report_read, report) = pipe()?;
    let attempts = attempts(order);
    let outside = namespaces::outside();
    // Files of root are handed over only where there is somebody else to hand them to.
    let steps_down = attempts[0] != Attempt::Plain && geteuid().is_root() && outside.0 != 0;
    let owner = steps_down.then_some(outside);
    layout::prepare_on_host(&order.scratch, owner)?;
    step_down(owner)?;

    let mut reason = "switched off".to_owned();
    for attempt in attempts {
        let (wait_for_map, mapped) = pipe()?;
        let child = match sys::clone(attempt.flags()) {
            Ok(Some(child)) => child,
            Ok(None) => {
                drop((control, notes_read, report_read, mapped));
                let (namespaces, network) = levels(order, attempt, &reason);
                let inside = Inside { attempt, namespaces, network, notes, report };
                init::run(order, inside, wait_for_map)
            }
            Err(error) => {
                reason = format!("the kernel refuses to create them: {error}");
                continue;
            }
        };
        supervise::sacrifice(child);
        let map = if attempt == Attempt::Plain { Ok(()) } else { namespaces::map(child) };
        match map.and_then(|()| write(&mapped, b"!").map_err(step("start", "the first process"))) {
            Ok(_) => {
                drop((notes, report));
                let inner = supervise::Inner { child, notes: notes_read, report: report_read };
                return supervise::watch(order, inner, &control, started);
            }
            Err(failure) => {
                reason = failure.reason();
                // It may be gone already, as it waits for a word that will not come.
                let _ = kill_process(child, Signal::KILL);
                let _ = sys::wait(Some(child));
            }
        }
    }
    Err(Failure::new("start", "the first process", reason))
}

/// Prepares for a program that runs as somebody else than root.
fn step_down(owner: Option<(u32, u32)>) -> Result<(), Failure> {
    let Some((user, group)) = owner else { return Ok(()) };
    // Groups of root would open files of root.
    set_thread_groups(&[]).map_err(|error| Failure::new("leave", "supplementary groups", error))?;
    // The program may open its own output anew, by way of /dev/stdout.
    for stream in [stdout(), stderr()] {
        fchown(stream, Some(Uid::from_raw(user)), Some(Gid::from_raw(group)))
            .map_err(|error| Failure::new("hand over", "the output", error))?;
    }
    Ok(())
}

/// What to try, best first.
fn attempts(order: &Order) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    if switched_off(order, Mechanism::Namespaces).is_none() {
        if wants_network_namespace(order) {
            attempts.push(Attempt::Namespaces { network: true });
        }
        attempts.push(Attempt::Namespaces { network: false });
    }
    attempts.push(Attempt::Plain);
    attempts
}

fn wants_network_namespace(order: &Order) -> bool {
    !order.job.policy.network && switched_off(order, Mechanism::Network).is_none()
}

fn levels(order: &Order, attempt: Attempt, reason: &str) -> (Level, Level) {
    let because = |reason: &str| Level::Absent(reason.to_owned());
    let namespaces = match attempt {
        Attempt::Plain => because(reason),
        Attempt::Namespaces { .. } => Level::Full,
    };
    let network = if order.job.policy.network {
        because("the job was given the network")
    } else if let Some(off) = switched_off(order, Mechanism::Network) {
        off
    } else {
        match attempt {
            Attempt::Namespaces { network: true } => Level::Full,
            _ => because(reason),
        }
    };
    (namespaces, network)
}

/// The level of a mechanism that is not wanted.
fn switched_off(order: &Order, mechanism: Mechanism) -> Option<Level> {
    // Limits are no isolation: they remain when the sandbox is off.
    let off = order.require == Require::Off && mechanism != Mechanism::Rlimits;
    (off || order.without.contains(&mechanism)).then(|| Level::Absent("switched off".to_owned()))
}

fn pipe() -> Result<(OwnedFd, OwnedFd), Failure> {
    let pipe = || {
        let (read, write) = pipe_with(PipeFlags::CLOEXEC)?;
        Ok((fcntl_dupfd_cloexec(read, OURS)?, fcntl_dupfd_cloexec(write, OURS)?))
    };
    pipe().map_err(|error: rustix::io::Errno| Failure::new("make", "a pipe", error))
}
