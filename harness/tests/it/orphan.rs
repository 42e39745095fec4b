//! Nothing of a run is alive after it, and nobody who holds the output makes us wait.

use std::ffi::OsStr;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use stillruns_harness::{End, Finish, InterpreterId, Require};

use crate::{job, processes_with, sandbox};

/// Detaches twice from its parent, keeps all descriptors, ignores what can be ignored.
const DAEMON: &str = "\
import os, signal, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        open('alive', 'w').write('yes')
        time.sleep(60)
    os._exit(0)
while not os.path.exists('alive'):
    time.sleep(0.01)
print('parent is done')
";

#[test]
fn a_daemon_dies_with_its_run() {
    for require in [Require::BestEffort, Require::Off] {
        let mut job = job(InterpreterId::Python3, DAEMON);
        let name = format!("daemon-{require:?}-{}.py", std::process::id());
        job.name.clone_from(&name);
        let started = Instant::now();
        let run = sandbox(require).run(&job).unwrap();
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
        assert_eq!(run.end, End::Exited(0), "{}", run.stderr.text());
        assert_eq!(run.finish, Finish::Completed);
        assert_eq!(run.stdout.text(), "parent is done\n");
        assert_eq!(processes_with(&name), Vec::<String>::new(), "{require:?}");
    }
}

#[test]
fn a_background_job_of_a_shell_does_not_hold_up_the_run() {
    let started = Instant::now();
    let run = crate::bash("sleep 60 &\nnohup sleep 60 >/dev/null 2>&1 &\necho started\n");
    assert_eq!((run.end, run.stdout.text().as_str()), (End::Exited(0), "started\n"));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

#[test]
fn a_run_dies_with_its_host() {
    let folder = tempfile::tempdir().unwrap();
    let name = format!("widow-{}.py", std::process::id());
    let file = folder.path().join(&name);
    fs::write(&file, "import time\ntime.sleep(60)\n").unwrap();
    let program = env!("CARGO_BIN_EXE_stillruns-harness");
    let arguments = [OsStr::new("run"), file.as_os_str(), "--sandbox".as_ref(), "off".as_ref()];
    let temp = tempfile::tempdir().unwrap();
    for arguments in [&arguments[..], &arguments[..2]] {
        let host = duct::cmd(program, arguments)
            .env("TMPDIR", temp.path())
            .stdout_null()
            .unchecked()
            .start()
            .unwrap();
        // The host has the name in its command line too, hence two: host and program.
        wait_until(|| processes_with(&name).len() >= 2);
        host.kill().unwrap();
        host.wait().unwrap();
        wait_until(|| processes_with(&name).is_empty());
        wait_until(|| fs::read_dir(temp.path()).unwrap().count() == 0);
    }
}

fn wait_until(holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(10), "it did not come about");
        thread::sleep(Duration::from_millis(20));
    }
}
