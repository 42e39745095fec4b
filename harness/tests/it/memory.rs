//! Memory is bounded for one process and for all together.

use std::time::Duration;

use stillruns_harness::{End, Finish, InterpreterId};

use crate::{job, python, run};

#[test]
fn one_process_cannot_take_more_than_its_share() {
    let run = python("data = bytearray(8 << 30)\n");
    let Finish::Raised { kind, line, .. } = &run.finish else { panic!("{run:?}") };
    assert_eq!((kind.as_str(), *line), ("MemoryError", Some(1)));
    assert_eq!(run.end, End::Exited(1));
}

#[test]
fn many_processes_together_are_stopped() {
    for code in [
        "import os, time\nfor _ in range(6):\n    if os.fork() == 0: break\n\
         data = bytearray(os.urandom(1 << 20)) * 60\ntime.sleep(20)\n",
        "import mmap, time\nshared = mmap.mmap(-1, 220 << 20)\nfor _ in range(220):\n    \
         shared.write(b'x' * (1 << 20))\ntime.sleep(20)\n",
    ] {
        let mut job = job(InterpreterId::Python3, code);
        job.limits.memory_bytes = 200 << 20;
        job.limits.wall = Duration::from_secs(15);
        let run = run(&job);
        assert_eq!(run.end, End::OutOfMemory, "{code}\n{}", run.stderr.text());
    }
}
