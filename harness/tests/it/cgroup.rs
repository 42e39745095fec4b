//! Where control groups can be made they count what nothing else counts, and none stays.

use std::fs;
use std::path::Path;
use std::time::Duration;

use stillruns_harness::{End, InterpreterId, Level, Mechanism, Require, Sandbox};

use crate::{job, sandbox, skip};

/// A sandbox whose lanes have control groups; nothing, said loudly, where there can be none.
fn counted() -> Option<Sandbox> {
    let sandbox = sandbox(Require::BestEffort);
    match sandbox.probe().unwrap().cgroup {
        Level::Full => Some(sandbox),
        other => {
            skip(&format!("no control groups: {other:?}"));
            None
        }
    }
}

/// Takes shared memory and lets go of all but a page of each piece, which keeps the whole of it.
const PIECES: &str = "\
import ctypes, time
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
size = 20 << 20
for _ in range(30):
    piece = libc.mmap(None, ctypes.c_size_t(size), 3, 0x21, -1, ctypes.c_long(0))
    ctypes.memset(piece, 1, size)
    libc.munmap(ctypes.c_void_p(piece + 4096), ctypes.c_size_t(size - 4096))
print('there', flush=True)
time.sleep(3)
";

#[test]
fn memory_that_hardly_anybody_maps_is_counted() {
    let Some(sandbox) = counted() else { return };
    let mut job = job(InterpreterId::Python3, PIECES);
    job.limits.memory_bytes = 100 << 20;
    let run = sandbox.run(&job).unwrap();
    assert_eq!(run.end, End::OutOfMemory, "{}", run.stderr.text());
    assert_eq!(run.stdout.text(), "");
    // The lane is not spoiled by it.
    let run = sandbox.run(&crate::job(InterpreterId::Python3, "print('next')\n")).unwrap();
    assert_eq!((run.end, run.stdout.text().as_str()), (End::Exited(0), "next\n"));
}

#[test]
fn processes_are_counted_even_without_namespaces() {
    let Some(sandbox) = counted() else { return };
    let code = "import os, time\nmade = 0\ntry:\n    for made in range(200):\n        \
                if os.fork() == 0:\n            time.sleep(9)\n            os._exit(0)\n\
                except OSError: pass\nprint(made)\n";
    for sandbox in [sandbox.clone(), sandbox.without(&[Mechanism::Namespaces])] {
        let run = sandbox.run(&job(InterpreterId::Python3, code)).unwrap();
        let made: u64 = run.stdout.text().trim().parse().unwrap();
        assert!((30..70).contains(&made), "{made}");
    }
}

#[test]
fn time_of_processes_that_nobody_waits_for_is_counted() {
    let Some(sandbox) = counted() else { return };
    // Each lives too short to be seen, and falls to somebody who does not count it.
    let code = "import os, time\nuntil = time.time() + 12\nwhile time.time() < until:\n    \
                if os.fork() == 0:\n        if os.fork() == 0:\n            \
                while sum(os.times()[:2]) < 0.02: pass\n        os._exit(0)\n    os.wait()\n";
    let mut job = job(InterpreterId::Python3, code);
    job.limits.cpu = Duration::from_secs(1);
    assert_eq!(sandbox.run(&job).unwrap().end, End::TimedOut);
}

#[test]
fn no_group_stays_when_its_sandbox_goes() {
    let Some(sandbox) = counted() else { return };
    let groups = || {
        let text = fs::read_to_string("/proc/self/mounts").unwrap();
        let mounts = text.lines().filter_map(|line| line.split(' ').nth(1));
        let mounts = mounts.filter(|at| at.contains("cgroup")).map(Path::new);
        mounts.map(of_dead_launchers).sum::<usize>()
    };
    let run = sandbox.run(&job(InterpreterId::Sh, "sleep 30 & echo ran\n")).unwrap();
    assert_eq!(run.stdout.text(), "ran\n");
    drop(sandbox);
    assert_eq!(groups(), 0);
}

/// How many groups below this are named after a launcher that is gone.
fn of_dead_launchers(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    folders
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let pid = name.strip_prefix("stillruns-");
            let dead = pid.is_some_and(|pid| !Path::new("/proc").join(pid).exists());
            usize::from(dead) + of_dead_launchers(&entry.path())
        })
        .sum()
}
