//! A launcher for one run by `sandbox-exec`, without namespaces, Landlock or a filter. It limits
//! itself, starts the program, watches clock and host, and ends the program's group of processes.
//!
//! What leaves that group stays, memory is not bounded, and no interpreter is kept warm; the run says
//! what is lacking. Nothing is run without `sandbox-exec` unless the sandbox is switched off.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{self, Read as _};
use std::os::fd::{AsFd as _, AsRawFd as _, OwnedFd};
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{FdFlags, fcntl_dupfd_cloexec, fcntl_setfd};
use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process_group, setrlimit};

use super::command::Command;
use super::layout::{self, Layout};
use super::report;
use super::seatbelt::{Allowed, profile};
use super::wire::{self, Answer, Done, Failure, Footing, Hello, Order, Stop, Terms};
use crate::enforcement::{Enforcement, Level, Mechanism};
use crate::job::{Limits, Network, Require};
use crate::run::{End, Start, Usage};

/// How often it is looked whether the program ended.
const TICK: Duration = Duration::from_millis(10);

/// More than any driver has to say.
const LONGEST_REPORT: usize = 1 << 20;

/// What a launcher works with.
pub(super) struct Stand<'a> {
    /// Where `sandbox-exec` is to lie.
    pub(super) tool: &'a Path,
    /// Limits this process, and with it the program.
    pub(super) limit: fn(&Limits) -> io::Result<()>,
}

impl Stand<'_> {
    /// Runs what the host sends.
    pub(super) fn serve(&self, control: &UnixStream) -> io::Result<()> {
        let terms: Terms = wire::receive(&mut &*control)?;
        if let Err(failure) = self.accept(&terms) {
            return wire::send(&Hello::Failed(failure), &mut &*control);
        }
        let footing = Footing { owner: None, scratch: true, base: None };
        wire::send(&Hello::Ready(footing), &mut &*control)?;
        let Some((order, streams)) = Order::receive(control)? else { return Ok(()) };
        let answer = match self.run(&terms, &order, streams, control) {
            Ok(done) => Answer::Done(Box::new(done)),
            Err(failure) => Answer::Failed(failure),
        };
        wire::send(&answer, &mut &*control)
    }

    fn accept(&self, terms: &Terms) -> Result<(), Failure> {
        if terms.version != wire::VERSION {
            let cause = "host and launcher differ in version";
            return Err(Failure::new("understand", "the terms", cause));
        }
        let gap = |mechanism: Mechanism, reason: &str| {
            let failure = Failure::new("enforce", mechanism.name(), reason);
            Err(Failure { mechanism: Some(mechanism), ..failure })
        };
        match terms.require {
            Require::Off => Ok(()),
            Require::All => gap(Mechanism::Namespaces, NO_NAMESPACES),
            Require::BestEffort if self.tool.exists() => Ok(()),
            Require::BestEffort => {
                gap(Mechanism::Mounts, &format!("there is no `{}`", self.tool.display()))
            }
        }
    }

    fn run(
        &self,
        terms: &Terms,
        order: &Order,
        streams: [OwnedFd; 2],
        control: &UnixStream,
    ) -> Result<Done, Failure> {
        let started = Instant::now();
        let scratch = order.scratch.as_deref().ok_or_else(|| {
            Failure::new("find", "the scratch folder", io::Error::from(io::ErrorKind::NotFound))
        })?;
        // Goes with this run.
        let scratch = layout::make(scratch)?;
        // The rules hold for names without links, and temporary folders lie behind some.
        let path = scratch.path().canonicalize();
        let path = path
            .map_err(|error| Failure::new("find", scratch.path().display().to_string(), error))?;
        let layout = Layout::in_folder(&path);
        layout::fill(&layout, &order.job, &order.task())?;
        let (near, far, mark) = report::channel()?;
        mark.introduce(&near, &order.mark)?;
        let limits = &order.job.limits;
        (self.limit)(limits).map_err(|error| Failure::new("set", "limits", error))?;
        let handle = self.start(terms, order, &layout, streams, &far)?;
        drop(far);
        let mut report = UnixStream::from(near);
        let fail = |error| Failure::new("watch", "the program", error);
        report.set_nonblocking(true).map_err(fail)?;
        let mut told = Vec::new();
        let stop = watch(&handle, limits, (&mut report, &mut told), control, started).map_err(fail);
        for pid in handle.pids() {
            let group = i32::try_from(pid).ok().and_then(Pid::from_raw);
            // It may have ended with all that it started.
            let _ = group.map(|group| kill_process_group(group, Signal::KILL));
        }
        handle.wait().map_err(fail)?;
        take_in(&mut report, &mut told);
        let enforcement = enforcement(terms);
        Ok(Done {
            stop: stop?,
            start: Start::Cold,
            report: mark.told(&told),
            begun: Vec::new(),
            usage: Usage::default(),
            enforcement,
            // The limits of this process are those of this run.
            clean: false,
        })
    }

    fn start(
        &self,
        terms: &Terms,
        order: &Order,
        layout: &Layout,
        streams: [OwnedFd; 2],
        report: &OwnedFd,
    ) -> Result<duct::Handle, Failure> {
        let command = Command::new(&order.task(), layout)?;
        let text = |bytes: Vec<u8>| OsString::from_vec(bytes);
        let mut words = Vec::new();
        if terms.require != Require::Off {
            let readable = readable(order, layout);
            let network = terms.network == Network::Host;
            let writable = &layout.writable;
            let rules = profile(&Allowed { readable: &readable, writable, network });
            words.extend([self.tool.as_os_str().to_owned(), "-p".into(), rules.into()]);
        }
        words.push(text(command.program.into_bytes()));
        words.extend(command.arguments.into_iter().skip(1).map(|one| text(one.into_bytes())));
        let variables = command.environment.into_iter().filter_map(|one| {
            let one = one.into_string().ok()?;
            one.split_once('=').map(|(name, value)| (name.into(), value.into()))
        });
        let variables: HashMap<OsString, OsString> = variables.collect();

        let number = order.job.interpreter.id.recipe().report;
        let fail = |error: io::Error| Failure::new("hand over", "the report descriptor", error);
        let handed = fcntl_dupfd_cloexec(report, number).map_err(|error| fail(error.into()))?;
        if handed.as_raw_fd() != number {
            return Err(fail(io::Error::other("its number is taken")));
        }
        fcntl_setfd(&handed, FdFlags::empty()).map_err(|error| fail(error.into()))?;
        let [stdout, stderr] = streams;
        for stream in [&stdout, &stderr] {
            fcntl_setfd(stream, FdFlags::CLOEXEC).map_err(|error| fail(error.into()))?;
        }
        duct::cmd(&words[0], &words[1..])
            .full_env(variables)
            .dir(&layout.work)
            .stdin_null()
            .stdout_file(stdout)
            .stderr_file(stderr)
            .unchecked()
            .before_spawn(|command| {
                command.process_group(0);
                Ok(())
            })
            .start()
            .map_err(|error| Failure::new("execute", words[0].display().to_string(), error))
    }
}

/// What the program may read beside the system and its own folders, without links.
fn readable(order: &Order, layout: &Layout) -> Vec<PathBuf> {
    let interpreter = &order.job.interpreter;
    let all = layout.readable.iter().chain(&interpreter.roots).chain([&interpreter.program]);
    // Both names: a link itself must be read as well.
    all.flat_map(|path| [Some(path.clone()), path.canonicalize().ok()]).flatten().collect()
}

/// Limits this process for good, as far as this system binds one process by them.
#[cfg_attr(target_os = "linux", expect(dead_code, reason = "a test must not limit itself"))]
pub(super) fn limit(limits: &Limits) -> io::Result<()> {
    let cpu = limits.cpu.as_secs().saturating_add(1);
    for (resource, wanted) in [
        (Resource::Cpu, cpu),
        (Resource::Fsize, limits.file_bytes),
        (Resource::Nofile, limits.open_files),
        (Resource::Core, 0),
    ] {
        // An outer limit may be lower still, and cannot be raised.
        let value = getrlimit(resource).maximum.unwrap_or(u64::MAX).min(wanted);
        setrlimit(resource, Rlimit { current: Some(value), maximum: Some(value) })?;
    }
    Ok(())
}

/// Watches the program to its end, or to that of its time.
fn watch(
    handle: &duct::Handle,
    limits: &Limits,
    (report, told): (&mut UnixStream, &mut Vec<u8>),
    control: &UnixStream,
    started: Instant,
) -> io::Result<Stop> {
    let tick = Timespec::try_from(TICK).ok();
    loop {
        if let Some(output) = handle.try_wait()? {
            return Ok(Stop::Ended(end_of(output.status)));
        }
        if started.elapsed() >= limits.wall {
            return Ok(Stop::Ended(End::TimedOut));
        }
        let mut fds = [PollFd::from_borrowed_fd(control.as_fd(), PollFlags::IN)];
        if matches!(poll(&mut fds, tick.as_ref()), Ok(1)) {
            return Ok(Stop::ByHost);
        }
        take_in(report, told);
    }
}

/// Takes what the driver has written so far.
fn take_in(report: &mut UnixStream, told: &mut Vec<u8>) {
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = report.read(&mut buffer) {
        let room = LONGEST_REPORT - told.len();
        told.extend_from_slice(&buffer[..length.min(room)]);
    }
}

fn end_of(status: ExitStatus) -> End {
    match status.signal() {
        Some(signal) if signal == Signal::XCPU.as_raw() => End::TimedOut,
        Some(signal) => End::Signaled(signal),
        None => End::Exited(status.code().unwrap_or_default()),
    }
}

const NO_NAMESPACES: &str =
    "this system has none: what leaves its group of processes outlives the run";

fn enforcement(terms: &Terms) -> Enforcement {
    let absent = |reason: &str| Level::Absent(reason.to_owned());
    let of_tool = |reason: &str| match terms.require {
        Require::Off => absent("switched off"),
        _ => Level::Partial(reason.to_owned()),
    };
    let network = match terms.network {
        Network::Host => absent("the job was given the network of the host"),
        Network::Loopback => {
            of_tool("sandbox-exec refuses it all: there is no loopback of its own")
        }
        Network::Off => of_tool("sandbox-exec refuses it, which nobody has tested"),
    };
    Enforcement {
        namespaces: absent(NO_NAMESPACES),
        mounts: of_tool("sandbox-exec guards the files of the host, which nobody has tested"),
        landlock: absent("this system has none"),
        landlock_abi: 0,
        seccomp: absent("this system has none"),
        rlimits: Level::Partial("memory and the number of processes are not bounded".to_owned()),
        capabilities: absent("this system has none: it is who started it"),
        network,
        cgroup: absent("this system has none"),
        given: terms.network,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{PipeReader, pipe};
    use std::os::unix::fs::PermissionsExt as _;
    use std::thread;

    use super::*;
    use crate::interpreter::{Search, find};
    use crate::job::{File, Job};
    use crate::run::Finish;

    /// Looks at its arguments as the real one does, and guards nothing.
    const TOOL: &str = "#!/bin/sh\n[ \"$1\" = -p ] || exit 70\ncase $2 in \"(version 1)\"*) ;; *) \
        exit 71 ;; esac\nshift 2\nexec \"$@\"\n";

    fn terms(require: Require) -> Terms {
        Terms {
            version: wire::VERSION,
            require,
            without: Vec::new(),
            network: Network::Off,
            roots: Vec::new(),
            warm: None,
            processor: None,
            outer: None,
        }
    }

    /// Runs a job as the host does; the answer and what was printed.
    fn run(tool: &Path, require: Require, job: Job) -> Result<(Answer, String), Failure> {
        let (near, far) = UnixStream::pair().unwrap();
        let scratch = tempfile::tempdir().unwrap();
        thread::scope(|scope| {
            let stand = Stand { tool, limit: |_| Ok(()) };
            scope.spawn(move || stand.serve(&far).unwrap());
            wire::send(&terms(require), &mut &near).unwrap();
            match wire::receive(&mut &near).unwrap() {
                Hello::Ready(_) => {}
                Hello::Failed(failure) => return Err(failure),
            }
            let scratch = Some(scratch.path().join("run"));
            let (mark, cpu) = (String::new(), job.limits.cpu);
            let order = Order { scratch, wish: wire::Wish::Either, mark, cpu, job };
            let ((out, stdout), (_err, stderr)) = (pipe().unwrap(), pipe().unwrap());
            order.send([stdout.as_fd(), stderr.as_fd()], &near).unwrap();
            drop((stdout, stderr));
            let answer = wire::receive(&mut &near).unwrap();
            let text = |mut pipe: PipeReader| {
                let mut text = String::new();
                pipe.read_to_string(&mut text).unwrap();
                text
            };
            Ok((answer, text(out)))
        })
    }

    fn tool() -> tempfile::TempPath {
        let (_, path) = tempfile::NamedTempFile::new().unwrap().into_parts();
        fs::write(&path, TOOL).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    #[test]
    fn a_program_is_run_by_the_tool_and_the_lack_is_told() {
        let search = Search { path: std::env::var_os("PATH"), ..Search::default() };
        let found = find(&search).interpreters;
        let Some(python) = found.into_iter().find(|one| one.id.name() == "python3") else { return };
        let code =
            "import os\nprint(open('data').read(), sorted(os.environ)[:2])\nraise SystemExit(3)\n";
        let mut job = Job::new(python.clone(), "a.py", code);
        job.files.push(File { path: "data".into(), contents: b"here".to_vec() });
        let tool = tool();
        let (answer, printed) = run(&tool, Require::BestEffort, job.clone()).unwrap();
        let Answer::Done(done) = answer else { panic!("{answer:?}") };
        assert_eq!(printed, "here ['HOME', 'LANG']\n");
        assert_eq!(done.stop, Stop::Ended(End::Exited(3)));
        let finish = crate::interpreter::told(&done.report, &job).finish;
        assert!(matches!(finish, Finish::Exited { line: Some(3), .. }), "{finish:?}");
        assert!(!done.clean);
        let gaps: Vec<Mechanism> =
            done.enforcement.gaps().into_iter().map(|(one, _)| one).collect();
        let all: Vec<_> = Mechanism::ALL.into_iter().filter(|one| one.is_required()).collect();
        assert_eq!(gaps, all, "nothing of it is said to be whole");

        job.code = "while True: pass\n".to_owned();
        job.limits.wall = Duration::from_millis(300);
        let (answer, _) = run(&tool, Require::BestEffort, job).unwrap();
        let Answer::Done(done) = answer else { panic!("{answer:?}") };
        assert_eq!(done.stop, Stop::Ended(End::TimedOut));
    }

    #[test]
    fn without_the_tool_nothing_is_run() {
        let sh = crate::interpreter::Interpreter {
            id: crate::interpreter::InterpreterId::Sh,
            program: "/bin/sh".into(),
            implementation: String::new(),
            version: String::new(),
            roots: Vec::new(),
        };
        let job = Job::new(sh, "a.sh", "echo ran\n");
        let nowhere = Path::new("/nowhere/sandbox-exec");
        for (require, mechanism) in
            [(Require::BestEffort, Mechanism::Mounts), (Require::All, Mechanism::Namespaces)]
        {
            let failure = run(nowhere, require, job.clone()).unwrap_err();
            assert_eq!(failure.mechanism, Some(mechanism));
        }
    }
}
