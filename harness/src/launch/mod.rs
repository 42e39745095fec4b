//! The child's side: a lane, which is a launcher, a stem and one cell after the other.
//!
//! The launcher, a fresh process with one thread, receives the terms and forks the stem into new
//! namespaces (`namespaces`). The stem builds the new root once (`mounts`) and then takes orders
//! (`stem`). For each there is a cell (`prepared`) with namespaces of its own (`cell`), in which the
//! program's process is restricted step by step and becomes the interpreter (`payload`); the stem
//! watches it (`supervise`). Where an interpreter is kept warm (`warm`) its fork becomes the program's
//! process.
//! The launcher itself stays outside and does nothing but wait.

mod bubblewrap;
mod capabilities;
mod cell;
mod cgroup;
mod command;
mod filter;
mod heap;
mod landlock;
mod layout;
mod mounts;
mod namespaces;
mod network;
mod payload;
mod prepared;
mod processor;
mod report;
mod rlimits;
mod scales;
#[cfg(test)]
mod seatbelt;
mod seccomp;
#[cfg(test)]
mod stand;
mod stem;
mod supervise;
mod sys;
mod usage;
mod warm;
pub(crate) mod wire;

use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::{env, fs, io, panic, process};

use rustix::fs::{Mode, OFlags};
use rustix::io::{fcntl_dupfd_cloexec, write};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, Signal, geteuid, getpid, kill_process, set_child_subreaper, setsid};
use rustix::stdio::{dup2_stdin, stdin};
use rustix::thread::{CpuSet, set_thread_groups};

use self::cgroup::{Gauges, Group};
use self::namespaces::Attempt;
use self::usage::Processes;
use self::wire::{Failure, Hello, Terms};
use crate::enforcement::{Level, Mechanism};
use crate::job::{Network, Require};

/// Descriptors that must survive until the program starts lie from here on, out of the way of the
/// numbers on which drivers report.
const OURS: i32 = 210;

/// Must be the first call of every `main` whose program is used as a launcher: when this process
/// was started as the launcher of a run it becomes that and never returns; otherwise it does
/// nothing.
pub fn intercept() {
    let mut arguments = env::args_os().skip(1);
    if arguments.next().is_none_or(|first| first != wire::FLAG) {
        return;
    }
    // Inside of bubblewrap the terms were received before.
    let terms = arguments.next();
    if arguments.next().is_some() {
        return;
    }
    // Nobody reads what a panic would print. Should there be one, the host learns from the closed
    // socket that the lane is gone.
    panic::set_hook(Box::new(|_| {}));
    let served = panic::catch_unwind(|| serve(terms.as_deref()));
    process::exit(i32::from(!matches!(served, Ok(Ok(())))));
}

fn serve(terms: Option<&OsStr>) -> io::Result<()> {
    sys::close_inherited()?;
    let control = match fcntl_dupfd_cloexec(stdin(), OURS) {
        Ok(control) => UnixStream::from(control),
        Err(error) => {
            // Told as an argument that is wrong where no number is as large.
            let cause = format!("{error}: a run takes more than {OURS} open files (`ulimit -n`)");
            let mut told = Vec::new();
            let failure = Failure::new("keep", "the socket to the host", cause);
            wire::send(&Hello::Failed(failure), &mut told)?;
            write(stdin(), &told)?;
            return Ok(());
        }
    };
    dup2_stdin(rustix::fs::open("/dev/null", OFlags::RDONLY, Mode::empty())?)?;
    // No terminal, and no signals that are meant for the group of the host. Only the leader of a
    // group cannot, and that has both already.
    let _ = setsid();
    let terms: Terms = match terms {
        Some(terms) => serde_json::from_slice(terms.as_encoded_bytes())?,
        None => wire::receive(&mut &control)?,
    };
    let mut group = join_group(&terms);
    let raised = raise(&terms, &control, &mut group);
    if let Ok(group) = &group {
        group.leave();
    }
    let done = match raised {
        Ok((stem, processes)) => {
            drop(control);
            sys::wait(Some(stem))?;
            processes.sweep(None);
            Ok(())
        }
        Err(failure) => wire::send(&Hello::Failed(failure), &mut &control),
    };
    if let Ok(group) = &group {
        group.remove();
    }
    done
}

/// Joins a control group of its own, for all that will be started; or the level without.
fn join_group(terms: &Terms) -> Result<Group, Level> {
    match switched_off(terms, Mechanism::Cgroup) {
        Some(level) => Err(level),
        None => Group::enter().map_err(Level::Absent),
    }
}

/// What a lane stands on: the same for all of its runs.
struct Ground {
    terms: Terms,
    attempt: Attempt,
    namespaces: Level,
    network: Level,
    mounts: Level,
    cgroup: Level,
    gauges: Gauges,
    /// The network namespace of the programs, where the stem has another.
    programs: Option<OwnedFd>,
    /// The processors of the programs, where ours keep to one.
    processors: Option<CpuSet>,
    /// See [`wire::Footing::owner`].
    owner: Option<(u32, u32)>,
}

impl Ground {
    /// The level of a mechanism that is not wanted.
    fn switched_off(&self, mechanism: Mechanism) -> Option<Level> {
        switched_off(&self.terms, mechanism)
    }

    fn isolated(&self) -> bool {
        self.attempt != Attempt::Plain
    }

    /// Whether the network namespace is another one than that of the host.
    fn own_network(&self) -> bool {
        self.attempt == (Attempt::Namespaces { network: true })
    }

    /// Whether every run has a loopback of its own.
    fn own_loopback(&self) -> bool {
        self.terms.network == Network::Loopback && self.own_network()
    }

    /// Whether no address is out of bounds: what can be reached is all that was given.
    fn open_network(&self) -> bool {
        self.terms.network == Network::Host || self.own_loopback()
    }

    /// Whether there is a root of its own, and in it a folder in memory for every run.
    fn own_root(&self) -> bool {
        !matches!(self.mounts, Level::Absent(_))
    }
}

/// Starts the stem, with as many namespaces as there are.
fn raise(
    terms: &Terms,
    control: &UnixStream,
    group: &mut Result<Group, Level>,
) -> Result<(Pid, Processes), Failure> {
    let step = |stage: &'static str, thing: &'static str| {
        move |error: rustix::io::Errno| Failure::new(stage, thing, error)
    };
    if terms.version != wire::VERSION {
        return Err(Failure::new("understand", "the terms", "host and launcher differ in version"));
    }
    let threads = fs::read_dir("/proc/self/task").map_or(0, Iterator::count);
    if threads != 1 {
        let cause = format!("it has {threads} threads: call `intercept` first in `main`");
        return Err(Failure::new("restrict", "the launcher", cause));
    }
    set_child_subreaper(Some(getpid())).map_err(step("adopt", "orphans of the program"))?;
    // Before the stem leaves this root: the pids in there hold for the one who looks.
    let processes = Processes::open().map_err(step("look at", "the processes of a run"))?;

    let attempts = attempts(terms);
    let outside = namespaces::outside();
    // Files of root are handed over only where there is somebody else to hand them to.
    let steps_down = geteuid().is_root() && outside.0 != 0;
    if steps_down && terms.require != Require::Off {
        // Groups of root would open files of root.
        set_thread_groups(&[]).map_err(step("leave", "supplementary groups"))?;
    }

    let mut reason = "switched off".to_owned();
    for attempt in attempts {
        if attempt == Attempt::Plain && bubblewrap::is_wanted(terms) {
            if let Ok(group) = group {
                group.leave();
                group.remove();
            }
            reason = format!("{reason}; {}", bubblewrap::enter(terms, control));
            *group = join_group(terms);
        }
        let (wait_for_map, mapped) = pipe()?;
        let child = match sys::clone(attempt.flags()) {
            Ok(Some(child)) => child,
            Ok(None) => {
                drop(mapped);
                let (namespaces, network) = levels(terms, attempt, &reason);
                // Without mounts taken before, another user must find the way by himself.
                let leads = attempt != Attempt::Plain
                    || terms.require != Require::Off && namespaces::may_others(terms);
                let owner = (steps_down && leads).then_some(outside);
                let mounts = Level::Full;
                let terms = terms.clone();
                let (cgroup, gauges) = match group {
                    Ok(group) => (group.gauges.level(), std::mem::take(&mut group.gauges)),
                    Err(level) => (level.clone(), Gauges::default()),
                };
                let ground = Ground {
                    terms,
                    attempt,
                    namespaces,
                    network,
                    mounts,
                    cgroup,
                    gauges,
                    programs: None,
                    processors: None,
                    owner,
                };
                stem::run(ground, control, processes, wait_for_map)
            }
            Err(error) => {
                reason = format!("the kernel refuses to create them: {error}");
                continue;
            }
        };
        sacrifice(child);
        let map = if attempt == Attempt::Plain { Ok(()) } else { namespaces::map(child) };
        match map.and_then(|()| write(&mapped, b"!").map_err(step("start", "the first process"))) {
            Ok(_) => return Ok((child, processes)),
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

/// Offers a child, and all that it starts, to the kernel first should memory run out on the
/// machine. Best effort, as it protects the machine and not the sandbox.
fn sacrifice(child: Pid) {
    let _ = fs::write(format!("/proc/{}/oom_score_adj", child.as_raw_nonzero()), "1000");
}

/// What to try, best first.
fn attempts(terms: &Terms) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    if switched_off(terms, Mechanism::Namespaces).is_none() && terms.outer.is_none() {
        if terms.network != Network::Host && switched_off(terms, Mechanism::Network).is_none() {
            attempts.push(Attempt::Namespaces { network: true });
        }
        attempts.push(Attempt::Namespaces { network: false });
    }
    attempts.push(Attempt::Plain);
    attempts
}

fn levels(terms: &Terms, attempt: Attempt, reason: &str) -> (Level, Level) {
    let because = |reason: &str| Level::Absent(reason.to_owned());
    let namespaces = match attempt {
        Attempt::Plain if terms.outer.is_some() => {
            Level::Partial("bubblewrap made them, once for all runs of a lane".to_owned())
        }
        Attempt::Plain => because(reason),
        Attempt::Namespaces { .. } => Level::Full,
    };
    let network = if terms.network == Network::Host {
        because("the job was given the network of the host")
    } else if let Some(off) = switched_off(terms, Mechanism::Network) {
        off
    } else {
        match attempt {
            Attempt::Namespaces { network: true } => Level::Full,
            _ if terms.outer.is_some() => Level::Full,
            _ => because(reason),
        }
    };
    (namespaces, network)
}

/// The level of a mechanism that is not wanted.
fn switched_off(terms: &Terms, mechanism: Mechanism) -> Option<Level> {
    // Limits are no isolation: they remain when the sandbox is off.
    let limits = matches!(mechanism, Mechanism::Rlimits | Mechanism::Cgroup);
    let off = terms.require == Require::Off && !limits;
    (off || terms.without.contains(&mechanism)).then(|| Level::Absent("switched off".to_owned()))
}

/// A pipe whose ends outlive the numbers on which drivers report.
fn pipe() -> Result<(OwnedFd, OwnedFd), Failure> {
    let pipe = || {
        let (read, write) = pipe_with(PipeFlags::CLOEXEC)?;
        Ok((fcntl_dupfd_cloexec(read, OURS)?, fcntl_dupfd_cloexec(write, OURS)?))
    };
    pipe().map_err(|error: rustix::io::Errno| Failure::new("make", "a pipe", error))
}
