//! Processes are bounded in number, and none outlives its run.

use std::time::{Duration, Instant};

use stillruns_harness::{End, InterpreterId, Mechanism};

use crate::{job, offered, processes_with, run};

#[test]
fn a_fork_bomb_hits_its_limit_and_is_gone_afterwards() {
    if !offered(&[Mechanism::Namespaces, Mechanism::Rlimits]) {
        return;
    }
    let mut job = job(
        InterpreterId::Python3,
        "import os, time\nforked = 0\nwhile True:\n    \
         try:\n        if os.fork() == 0:\n            time.sleep(60)\n        forked += 1\n    \
         except OSError:\n        print(forked, flush=True)\n        break\n\
         while True:\n    try: os.fork()\n    except OSError: pass\n",
    );
    let name = format!("bomb-{}.py", std::process::id());
    job.name.clone_from(&name);
    job.limits.wall = Duration::from_secs(2);
    let started = Instant::now();
    let run = run(&job);
    assert_eq!(run.end, End::TimedOut, "{}", run.stderr.text());
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    let text = run.stdout.text();
    let forked: u64 = text.lines().next().and_then(|line| line.parse().ok()).unwrap();
    assert!((32..64).contains(&forked), "{text}");
    assert_eq!(processes_with(&name), Vec::<String>::new());
}

#[test]
fn threads_count_as_processes() {
    if !offered(&[Mechanism::Namespaces, Mechanism::Rlimits]) {
        return;
    }
    let job = job(
        InterpreterId::Python3,
        "import threading, time\nstarted = 0\ntry:\n    while started < 1000:\n        \
         threading.Thread(target=time.sleep, args=(9,), daemon=True).start()\n        \
         started += 1\nexcept RuntimeError: pass\nprint(started)\n",
    );
    let run = run(&job);
    let started: u64 = run.stdout.text().trim().parse().unwrap();
    assert!(started < 64, "{started}");
}
