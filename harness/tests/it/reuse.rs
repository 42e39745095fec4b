//! What runs share a lane with stays out of sight, and lanes end when they should.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use stillruns_harness::{End, InterpreterId, Mechanism, Require, Run, Sandbox, Start};

use crate::{job, offered, processes_with, sandbox};

/// Prints all that a run can see of others: files, processes, sockets, queues, keys, environment.
/// The first line names the lane.
const LOOK: &str = r#"
import os, sys
print(os.readlink('/proc/self/ns/net'))
for folder in ('.', '/', '/rw', '/rw/home', '/tmp', '/rw/tmp', '/dev', '/dev/shm', '/rw/shm', '/run',
               '/run/driver', '/etc', os.path.expanduser('~'), '/var/tmp', '/dev/mqueue'):
    try: print(folder, sorted(os.listdir(folder)))
    except OSError as error: print(folder, error.errno)
print(sorted(name for name in os.listdir('/proc') if name.isdigit()), os.getpid(), os.getppid())
for name in ('sysvipc/shm', 'sysvipc/sem', 'sysvipc/msg', 'net/unix', 'net/tcp', 'net/udp', 'keys',
             'key-users', 'locks', 'self/mounts', 'self/cgroup'):
    try: text = open('/proc/' + name).read()
    except OSError as error: text = str(error.errno)
    if name == 'net/unix': text = [line.split()[7:] for line in text.splitlines()]
    print(name, text)
print(sorted(os.environ.items()))
print(sorted(os.listdir('/proc/self/fd')), os.getpgid(0), os.getsid(0), os.umask(0))
print([name for name in sys.modules if 'litter' in name], os.getpriority(os.PRIO_PROCESS, 0))
"#;

/// Leaves behind whatever it can.
const LITTER: &str = r#"
import ctypes, json, os, signal, socket, subprocess, sys, time
libc = ctypes.CDLL(None, use_errno=True)
for folder in ('.', '/tmp', '/dev/shm', os.path.expanduser('~'), '/', '/run', '/etc', '/dev', '/rw'):
    for act in (lambda: open(folder + '/litter', 'w').write('x'), lambda: os.mkdir(folder + '/litters'),
                lambda: os.mkfifo(folder + '/litter.fifo'), lambda: os.symlink('/', folder + '/litter.to')):
        try: act()
        except OSError: pass
for call, arguments in ((29, (77, 4096, 0o1666)), (64, (77, 1, 0o1666)), (68, (77, 0o1666))):
    libc.syscall(call, *arguments)
libc.syscall(248, b'user', b'litter', b'secret', 6, -4)
libc.mq_open(b'/litter', os.O_CREAT | os.O_RDWR, 0o666, None)
held = [socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX), socket.socket(), socket.socket()]
for one, address in zip(held, ('\0litter', '/tmp/litter.socket', ('0.0.0.0', 4711), ('0.0.0.0', 4712))):
    try:
        one.bind(address)
        one.listen(1)
    except OSError: pass
os.environ['LITTER'] = 'yes'
os.umask(0o077)
json.dumps = None
sys.modules['litter'] = json
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in range(1, 32):
                try: signal.signal(number, signal.SIG_IGN)
                except OSError: pass
            time.sleep(60)
        os._exit(0)
subprocess.Popen(['sleep', '60'], start_new_session=True)
os.nice(5)
print('littered')
"#;

fn ran(run: &Run) -> String {
    assert_eq!(run.end, End::Exited(0), "{}", run.stderr.text());
    run.stdout.text()
}

#[test]
fn a_run_sees_nothing_of_the_runs_before_it() {
    if !offered(&[Mechanism::Namespaces, Mechanism::Mounts, Mechanism::Seccomp]) {
        return;
    }
    let sandbox = sandbox(Require::BestEffort);
    let look = job(InterpreterId::Python3, LOOK);
    let before = ran(&sandbox.run(&look).unwrap());
    for _ in 0..3 {
        let litter = sandbox.run(&job(InterpreterId::Python3, LITTER)).unwrap();
        assert_eq!(ran(&litter), "littered\n");
        let after = ran(&sandbox.run(&look).unwrap());
        assert_eq!(after, before, "the same lane served, and showed something else");
    }
    let mut hanging = job(InterpreterId::Python3, &format!("{LITTER}\ntime.sleep(60)\n"));
    hanging.limits.wall = Duration::from_millis(1500);
    assert_eq!(sandbox.run(&hanging).unwrap().end, End::TimedOut);
    let after = ran(&sandbox.run(&look).unwrap());
    assert_eq!(after, before);
}

/// A sandbox whose processes can be told from those of others by the name of their program.
fn marked(name: &str) -> (tempfile::TempDir, String, Sandbox) {
    let folder = tempfile::tempdir().unwrap();
    let name = format!("{name}-{}", std::process::id());
    let program = folder.path().join(&name);
    // No link, behind which the program would find its own name.
    fs::copy(env!("CARGO_BIN_EXE_stillruns-harness"), &program).unwrap();
    let sandbox = Sandbox::with_launcher(program, Require::BestEffort);
    (folder, name, sandbox)
}

/// Also where the cell of the next run was made for the limits of this one.
#[test]
fn limits_are_those_of_each_run() {
    let code = "import os, resource\n\
                print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])\n\
                space = os.statvfs('.')\nprint(space.f_frsize * space.f_blocks)\n";
    let sandbox = sandbox(Require::BestEffort);
    let rooms = offered(&[Mechanism::Mounts]);
    for files in [300, 300, 300, 220, 220, 220, 300, 220, 300, 300, 300] {
        let mut job = job(InterpreterId::Python3, code);
        job.limits.open_files = files;
        job.limits.scratch_bytes = files << 16;
        let run = sandbox.run(&job).unwrap();
        let (shown, text) = (run.stdout.text(), run.stderr.text());
        let room = files << 16;
        let (open, size) = shown.trim().split_once('\n').expect(&text);
        assert_eq!(open, files.to_string());
        assert!(!rooms || size == room.to_string(), "{size} {room}");
    }
}

/// A cell that was made for other limits is given up, which must cost the warm interpreter nothing.
#[test]
fn a_cell_that_goes_unused_costs_no_run() {
    if crate::cold() || !offered(&Mechanism::ALL) {
        return;
    }
    let sandbox = sandbox(Require::All);
    for files in [300, 220].repeat(30) {
        let mut job = job(InterpreterId::Python3, "print('ran')\n");
        job.limits.open_files = files;
        let run = sandbox.run(&job).unwrap();
        assert_eq!((run.start, run.end), (Start::Warm, End::Exited(0)), "{}", run.stderr.text());
    }
}

/// A program that fills its room leaves nothing of it to the next.
#[test]
fn memory_that_a_run_filled_is_there_for_the_next_one() {
    let code =
        "with open('full', 'wb') as file:\n    file.write(b'x' * (40 << 20))\nprint('wrote')\n";
    let sandbox = sandbox(Require::BestEffort);
    for _ in 0..4 {
        let mut job = job(InterpreterId::Python3, code);
        job.limits.memory_bytes = 120 << 20;
        let run = sandbox.run(&job).unwrap();
        assert_eq!((run.end, run.stdout.text().as_str()), (End::Exited(0), "wrote\n"));
    }
}

#[test]
fn a_run_that_is_lost_is_run_again_and_says_so() {
    let (_folder, name, sandbox) = marked("lost");
    let slow = job(InterpreterId::Sh, "sleep 1; echo done\n");
    let run = thread::scope(|scope| {
        let running = scope.spawn(|| sandbox.run(&slow));
        thread::sleep(Duration::from_millis(400));
        kill_all(&name);
        running.join().unwrap().unwrap()
    });
    assert_eq!((run.start, run.end), (Start::Again, End::Exited(0)));
    assert_eq!(run.stdout.text(), "done\n");
    let next = sandbox.run(&job(InterpreterId::Sh, "echo next\n")).unwrap();
    assert_eq!((next.start, next.stdout.text().as_str()), (Start::Cold, "next\n"));
    // A lane that dies while it is idle costs nobody a run.
    kill_all(&name);
    thread::sleep(Duration::from_millis(500));
    let next = sandbox.run(&job(InterpreterId::Sh, "echo next\n")).unwrap();
    assert_eq!((next.start, next.stdout.text().as_str()), (Start::Cold, "next\n"));
}

#[test]
fn a_warm_interpreter_that_dies_or_hangs_is_replaced() {
    if crate::cold() || !offered(&Mechanism::ALL) {
        return;
    }
    let (_folder, name, sandbox) = marked("server");
    let sandbox = sandbox.warm();
    let quick = job(InterpreterId::Python3, "print('quick')\n");
    let slow = job(InterpreterId::Python3, "import time\ntime.sleep(1.5)\nprint('slow')\n");
    let starts = |job| {
        let run = sandbox.run(job).unwrap();
        assert_eq!(run.end, End::Exited(0), "{}", run.stderr.text());
        run.start
    };
    for (signal, job) in [(Signal::KILL, &slow), (Signal::KILL, &quick), (Signal::STOP, &quick)] {
        assert_eq!(starts(&quick), Start::Warm);
        let start = thread::scope(|scope| {
            // The slow one is already running then, the quick one comes after.
            let early = (job == &slow).then(|| scope.spawn(|| starts(job)));
            thread::sleep(Duration::from_millis(500));
            signal_server(&name, signal);
            early.map_or_else(|| starts(job), |early| early.join().unwrap())
        });
        assert!(matches!(start, Start::Again | Start::Cold), "{signal:?} {start:?}");
        assert_eq!(starts(&quick), Start::Warm);
    }
    drop(sandbox);
    assert_eq!(processes_with(&name), Vec::<String>::new());
}

/// Signals the server in the lane whose processes have this name.
fn signal_server(name: &str, signal: Signal) {
    for (pid, line) in processes() {
        if line.contains(name) {
            let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
            for child in children.unwrap_or_default().split_whitespace() {
                let line = fs::read(format!("/proc/{child}/cmdline")).unwrap_or_default();
                if String::from_utf8_lossy(&line).contains("/run/warm/") {
                    let pid = child.parse().ok().and_then(Pid::from_raw);
                    kill_process(pid.unwrap(), signal).unwrap();
                }
            }
        }
    }
}

#[test]
fn lanes_are_bounded_and_end_with_their_sandbox() {
    let (_folder, name, sandbox) = marked("bound");
    let job = job(InterpreterId::Sh, "echo ran\n");
    for first in Mechanism::ALL {
        for second in Mechanism::ALL {
            let weaker = sandbox.clone().without(&[first, second]);
            assert_eq!(weaker.run(&job).unwrap().stdout.text(), "ran\n");
        }
    }
    // A launcher and a stem each.
    let bound = 2 * (2 * thread::available_parallelism().unwrap().get()).max(8);
    let alive = processes_with(&name).len();
    assert!((2..=bound).contains(&alive), "{alive}");
    drop(sandbox);
    assert_eq!(processes_with(&name), Vec::<String>::new());
}

#[test]
fn idle_lanes_end_with_a_host_that_is_killed() {
    let (folder, name, sandbox) = marked("widowed");
    drop(sandbox);
    let program = folder.path().join(&name);
    let file = folder.path().join("long.sh");
    fs::write(&file, "sleep 60\n").unwrap();
    let host = duct::cmd(&program, ["run".as_ref(), file.as_os_str()])
        .stdout_null()
        .stderr_null()
        .unchecked()
        .start()
        .unwrap();
    let until = |holds: &dyn Fn() -> bool| {
        let started = Instant::now();
        while !holds() {
            assert!(started.elapsed() < Duration::from_secs(10), "it did not come about");
            thread::sleep(Duration::from_millis(20));
        }
    };
    until(&|| processes_with(&name).len() >= 3);
    host.kill().unwrap();
    host.wait().unwrap();
    until(&|| processes_with(&name).is_empty());
}

/// Kills every process that was started under this name, which only the caller's are.
fn kill_all(name: &str) {
    for (pid, line) in processes() {
        if line.contains(name) {
            // It may have gone with another.
            let _ = Pid::from_raw(pid).map(|pid| kill_process(pid, Signal::KILL));
        }
    }
}

/// All processes with their command lines.
fn processes() -> Vec<(i32, String)> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_string_lossy().parse().ok());
    pids.map(|pid: i32| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        (pid, String::from_utf8_lossy(&line).into_owned())
    })
    .collect()
}
