//! A warm interpreter: started once in a lane, it serves forks of itself, each of which joins the
//! cell of a run, gives up all rights and runs the program.
//!
//! The fork can do nothing but make calls one after the other, so this is where they are put in
//! order: the same rights are given up as in `payload`, in the same order. What the interpreter
//! does around that is in `interpreter/serve.py`.

use std::ffi::CString;
use std::fmt::Write as _;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::time::Duration;

use libc::c_long;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::Mode;
use rustix::io::{fcntl_dupfd_cloexec, read};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use rustix::process::{Pid, Resource, Signal, chdir, kill_process, setpgid, umask};
use rustix::stdio::{dup2_stderr, dup2_stdout};

use super::command::Command;
use super::layout::{Layout, warm_of};
use super::seccomp::Around;
use super::wire::{self, Failure, Note, Task};
use super::{
    Ground, OURS, capabilities, filter, landlock, network, pipe, processor, rlimits, seccomp, sys,
};
use crate::enforcement::{Enforcement, Level, Mechanism};
use crate::interpreter::Interpreter;
use crate::job::{Limits, Network, Require};

/// Number of the socket in the interpreter; in a fork that of its own line, and before it that of
/// its notes.
const SOCKET: i32 = 198;
const NOTES: i32 = SOCKET - 1;

/// How long an interpreter may take to start, and a fork of it to give up its rights.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// A warm interpreter.
pub(super) struct Server {
    pub(super) child: Pid,
    socket: OwnedFd,
    ready: bool,
}

/// What a fork is handed, in this order.
pub(super) struct Handed<'a> {
    /// Process, mount and IPC namespace of the cell.
    pub(super) spaces: [BorrowedFd<'a>; 3],
    pub(super) report: &'a OwnedFd,
    pub(super) rules: &'a OwnedFd,
    /// Brings the task.
    pub(super) line: BorrowedFd<'a>,
    /// The network namespace of the run, where it has one of its own.
    pub(super) network: Option<OwnedFd>,
    /// Last, as the server keeps it.
    pub(super) notes: &'a OwnedFd,
}

/// What will hold a program that is run by a fork; nothing if that is not known beforehand. Then a
/// fresh process is needed to try, and to tell.
pub(super) fn enforcement(ground: &Ground) -> Option<Enforcement> {
    let (landlock, landlock_abi) = landlock::offered(true);
    let enforcement = Enforcement {
        namespaces: ground.namespaces.clone(),
        mounts: ground.mounts.clone(),
        landlock,
        landlock_abi,
        seccomp: match seccomp::ARCHITECTURE {
            Some(_) => Level::Full,
            None => Level::Absent("no table for this processor".to_owned()),
        },
        rlimits: Level::Full,
        capabilities: Level::Full,
        network: ground.network.clone(),
        cgroup: ground.cgroup.clone(),
        given: ground.terms.network,
    };
    let required = Mechanism::ALL.into_iter().filter(|one| one.is_required());
    let off = required.into_iter().any(|one| ground.switched_off(one).is_some());
    let given = |one| one == Mechanism::Network && ground.terms.network == Network::Host;
    // What an older Landlock does not know a fresh process would lack just so. Where all is required
    // it has to refuse.
    let known = |one| {
        one == Mechanism::Landlock
            && matches!(enforcement.landlock, Level::Partial(_))
            && ground.terms.require != Require::All
    };
    let enough = enforcement.gaps().into_iter().all(|(one, _)| given(one) || known(one));
    (ground.isolated() && enough && !off).then_some(enforcement)
}

impl Server {
    /// Starts the interpreter; whether it can serve shows later, see [`Server::is_ready`].
    pub(super) fn start(
        ground: &Ground,
        interpreter: &Interpreter,
        enforcement: &Enforcement,
    ) -> Result<Server, Failure> {
        let fail = |error| Failure::new("make", "a socket", error);
        let (near, far) =
            socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
                .map_err(fail)?;
        let far = fcntl_dupfd_cloexec(far, OURS).map_err(fail)?;
        // Pipes, as programs have them: an interpreter looks at its streams when it starts.
        let (_unread, stream) = pipe()?;
        let child = sys::clone(0).map_err(|error| Failure::new("start", "a server", error))?;
        let Some(child) = child else {
            // Nobody is told of a failure: the closed socket tells.
            let _ = become_server(ground, interpreter, &far, &stream);
            std::process::exit(1);
        };
        let server = Server { child, socket: near, ready: false };
        let report = interpreter.id.recipe().report;
        let steps = [leaving(ground, report), beginning(ground, enforcement, report)];
        server.send(table(&steps).as_bytes(), &[])?;
        Ok(server)
    }

    /// Whether it waits for jobs; nothing when it never will.
    pub(super) fn is_ready(&mut self, patience: Duration) -> Option<bool> {
        if !self.ready {
            let timeout = Timespec::try_from(patience).ok();
            match poll(&mut [PollFd::new(&self.socket, PollFlags::IN)], timeout.as_ref()) {
                Ok(0) => return Some(false),
                Ok(_) => {}
                Err(_) => return None,
            }
            let mut word = [0];
            self.ready = matches!(read(&self.socket, &mut word), Ok(1)) && word == *b"r";
        }
        self.ready.then_some(true)
    }

    /// Has a fork enter a cell, give up all rights, and wait for a task. `ours` is how many processes
    /// of ours count among those of its program. Unless it is `awaited` it uses the time until then.
    pub(super) fn fork_into(
        &self,
        limits: &Limits,
        ours: u64,
        awaited: bool,
        handed: &Handed<'_>,
    ) -> Result<(), Failure> {
        let mut fds: Vec<BorrowedFd<'_>> = handed.spaces.to_vec();
        fds.extend([handed.report.as_fd(), handed.rules.as_fd(), handed.line]);
        fds.extend(handed.network.as_ref().map(OwnedFd::as_fd));
        fds.push(handed.notes.as_fd());
        let mut message = values(limits, ours);
        message.push(u8::from(awaited));
        pass(&message, &fds, self.socket.as_fd())
    }

    pub(super) fn kill(&self) {
        // It may be gone already.
        let _ = kill_process(self.child, Signal::KILL);
    }

    fn send(&self, message: &[u8], fds: &[BorrowedFd<'_>]) -> Result<(), Failure> {
        pass(message, fds, self.socket.as_fd())
    }
}

/// Tells a fork its task.
pub(super) fn begin(
    task: &Task,
    layout: &Layout,
    streams: &[OwnedFd; 2],
    line: BorrowedFd<'_>,
) -> Result<(), Failure> {
    let mut message = task.name.clone().into_bytes();
    if let Some(plan) = layout.spot(task.interpreter.id, Some(task)).plan {
        message.push(0);
        message.extend_from_slice(plan.as_os_str().as_bytes());
    }
    pass(&message, &streams.each_ref().map(|fd| fd.as_fd()), line)
}

fn pass(message: &[u8], fds: &[BorrowedFd<'_>], to: BorrowedFd<'_>) -> Result<(), Failure> {
    wire::pass(message, fds, to).map_err(|error| Failure::new("talk to", "a server", error))?;
    Ok(())
}

/// Becomes the interpreter, under as much of the sandbox as it can do its work under.
fn become_server(
    ground: &Ground,
    interpreter: &Interpreter,
    socket: &OwnedFd,
    stream: &OwnedFd,
) -> Result<(), Failure> {
    let fail = |error: rustix::io::Errno| Failure::new("prepare", "a server", error);
    let recipe = interpreter.id.recipe();
    let c_string = |text: String| {
        CString::new(text).map_err(|error| Failure::new("pass on", "an argument", error))
    };
    let Command { program, environment, .. } = Command::bare(interpreter)?;
    let mut arguments = vec![program.clone()];
    let script = warm_of(interpreter.id).display().to_string();
    let numbers = [c_long::from(recipe.report), c_long::from(SOCKET), libc::SYS_recvmsg];
    for argument in std::iter::once(script).chain(numbers.map(|number| number.to_string())) {
        arguments.push(c_string(argument)?);
    }
    if let Some(programs) = &ground.programs {
        network::join(programs)?;
    }
    setpgid(None, None).map_err(fail)?;
    chdir("/").map_err(fail)?;
    umask(Mode::from_raw_mode(0o022));
    dup2_stdout(stream).and_then(|()| dup2_stderr(stream)).map_err(fail)?;
    sys::reset_signals();
    capabilities::keep_joining()?;
    sys::close_on_exec().map_err(|error| Failure::new("close", "descriptors", error))?;
    sys::inherit_as(socket.as_fd(), SOCKET)
        .map_err(|error| Failure::new("hand over", "a socket", error))?;
    let mut unused = ground.network.clone();
    seccomp::apply(Around::of(ground, &mut unused), Some(seccomp::JOIN))
        .map_err(|error| Failure::new("restrict", "a server", error))?;
    Err(Failure::new("execute", "a server", sys::exec(&program, &arguments, &environment)))
}

/// The limits as the kernel reads them (`struct rlimit64`), one after the other.
fn values(limits: &Limits, ours: u64) -> Vec<u8> {
    let values = rlimits::table(limits, ours).into_iter().flat_map(|(_, _, limit)| {
        [limit.current, limit.maximum].map(|value| value.unwrap_or(u64::MAX))
    });
    values.flat_map(u64::to_ne_bytes).collect()
}

/// An argument of a call in the table.
enum Value {
    Number(i64),
    /// A descriptor, by its place among those that are handed over.
    Fd(usize),
    /// The address of a limit, by its place in the message.
    Limit(usize),
    /// The address of these bytes.
    Bytes(Vec<u8>),
    /// The address of a filter of these bytes (`struct sock_fprog`).
    Program(Vec<u8>),
}

use Value::{Bytes, Fd, Limit, Number, Program};

/// The last descriptor that there may be.
const ALL: Value = Number(u32::MAX as i64);

/// A name for reports, the number of the call, its arguments.
type Step = (&'static str, c_long, Vec<Value>);

/// All that a fork does before it waits for its task.
fn leaving(ground: &Ground, report: i32) -> Vec<Step> {
    let number = |value: i32| Number(value.into());
    let path = |text: &str| Bytes([text.as_bytes(), b"\0"].concat());
    // `struct __user_cap_header_struct` of version 3, and two empty `__user_cap_data_struct`.
    let header = [0x2008_0522_u32.to_ne_bytes(), [0; 4]].concat();
    let mut steps: Vec<Step> = vec![
        ("join mounts", libc::SYS_setns, vec![Fd(1), number(libc::CLONE_NEWNS)]),
        ("join queues", libc::SYS_setns, vec![Fd(2), number(libc::CLONE_NEWIPC)]),
        ("group", libc::SYS_setpgid, vec![Number(0), Number(0)]),
        ("folder", libc::SYS_chdir, vec![path("/rw/work")]),
        // Opened anew, so that it belongs to the file system that the program sees.
        ("input", libc::SYS_close, vec![Number(0)]),
        ("input", libc::SYS_openat, vec![number(libc::AT_FDCWD), path("/dev/null"), Number(0)]),
        ("report", libc::SYS_dup3, vec![Fd(3), number(report), Number(0)]),
        ("line", libc::SYS_dup3, vec![Fd(5), number(SOCKET), Number(0)]),
    ];
    // The place of the notes, which come last.
    let mut notes = 6;
    if ground.own_loopback() {
        steps.push(("join network", libc::SYS_setns, vec![Fd(6), number(libc::CLONE_NEWNET)]));
        notes += 1;
    }
    steps.push(("notes", libc::SYS_dup3, vec![Fd(notes), number(NOTES), Number(0)]));
    for (at, resource) in resources().into_iter().enumerate() {
        let values = vec![Number(0), Number(resource as i64), Limit(at), Number(0)];
        steps.push(("limits", libc::SYS_prlimit64, values));
    }
    let filter = filter::bytes(&filter::last(seccomp::JOIN));
    steps.extend([
        ("capabilities", libc::SYS_capset, vec![Bytes(header), Bytes(vec![0; 24])]),
        ("privileges", libc::SYS_prctl, vec![number(libc::PR_SET_NO_NEW_PRIVS), Number(1)]),
        ("landlock", libc::SYS_landlock_restrict_self, vec![Fd(4), Number(0)]),
        ("seccomp", libc::SYS_seccomp, vec![Number(1), Number(0), Program(filter)]),
        // Another run may be going on, of which nothing may be held.
        ("close", libc::SYS_close_range, vec![Number(3), number(NOTES - 1), Number(0)]),
        ("close", libc::SYS_close_range, vec![number(report + 1), ALL, Number(0)]),
    ]);
    steps
}

/// What a fork does with its task before it is the program; the last of it is to say so.
fn beginning(ground: &Ground, enforcement: &Enforcement, report: i32) -> Vec<Step> {
    let number = |value: i32| Number(value.into());
    let mut ready = serde_json::to_vec(&Note::Ready(enforcement.clone())).unwrap_or_default();
    ready.push(b'\n');
    let length = Number(ready.len() as i64);
    let processors = ground.processors.as_ref().map(|all| {
        let bytes = processor::bytes(all);
        let length = Number(bytes.len() as i64);
        ("processors", libc::SYS_sched_setaffinity, vec![Number(0), length, Bytes(bytes)])
    });
    let begin = vec![
        ("output", libc::SYS_dup3, vec![Fd(0), Number(1), Number(0)]),
        ("output", libc::SYS_dup3, vec![Fd(1), Number(2), Number(0)]),
        ("note", libc::SYS_write, vec![number(NOTES), Bytes(ready), length]),
        ("close", libc::SYS_close_range, vec![Number(3), number(report - 1), Number(0)]),
    ];
    processors.into_iter().chain(begin).collect()
}

/// Which limit lies where in a message.
fn resources() -> Vec<Resource> {
    rlimits::table(&Limits::default(), 0).into_iter().map(|(_, resource, _)| resource).collect()
}

/// What the interpreter must know, as a literal of both Pythons: numbers of calls, how many limits
/// a message begins with, and the steps of both kinds.
fn table(steps: &[Vec<Step>; 2]) -> String {
    let mut text = String::from("({");
    for (name, call) in [
        ("recvmsg", libc::SYS_recvmsg),
        ("setns", libc::SYS_setns),
        ("wait4", libc::SYS_wait4),
        ("ppoll", libc::SYS_ppoll),
        ("pidfd_open", libc::SYS_pidfd_open),
    ] {
        push(&mut text, format_args!("'{name}':{call},"));
    }
    push(&mut text, format_args!("}},{}", resources().len()));
    for list in steps {
        text.push_str(",[");
        list.iter().for_each(|step| push_step(&mut text, step));
        text.push(']');
    }
    text.push(')');
    text
}

fn push_step(text: &mut String, (name, call, values): &Step) {
    push(text, format_args!("('{name}',{call},["));
    for value in values {
        match value {
            Number(number) => push(text, format_args!("{number},")),
            Fd(at) => push(text, format_args!("('fd',{at}),")),
            Limit(at) => push(text, format_args!("('limit',{at}),")),
            Bytes(bytes) => push(text, format_args!("('bytes',{}),", literal(bytes))),
            Program(bytes) => push(text, format_args!("('program',{}),", literal(bytes))),
        }
    }
    text.push_str("]),");
}

fn literal(bytes: &[u8]) -> String {
    let mut text = String::from("b'");
    bytes.iter().for_each(|byte| push(&mut text, format_args!("\\x{byte:02x}")));
    text.push('\'');
    text
}

fn push(text: &mut String, piece: std::fmt::Arguments<'_>) {
    text.write_fmt(piece).expect("writing to a string does not fail");
}
