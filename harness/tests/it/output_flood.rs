//! Output is bounded: in memory here, and in time.

use std::fs;
use std::time::{Duration, Instant};

use stillruns_harness::{End, InterpreterId};

use crate::{job, run};

#[test]
fn a_flood_is_stopped_and_never_held() {
    for stream in [1, 2] {
        let job = job(
            InterpreterId::Python3,
            &format!(
                "import os\nfor _ in range(5 << 10):\n    os.write({stream}, b'x' * (1 << 20))\n"
            ),
        );
        let before = peak();
        let started = Instant::now();
        let run = run(&job);
        assert_eq!(run.end, End::TooMuchOutput);
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
        let flood = if stream == 1 { &run.stdout } else { &run.stderr };
        assert!(flood.cut && flood.total > 10 << 20, "{}", flood.total);
        assert_eq!((flood.head.len(), flood.tail.len()), (64 << 10, 64 << 10));
        assert!(peak() - before < 64 << 10, "{} KiB more", peak() - before);
    }
}

#[test]
fn long_output_below_the_limit_keeps_head_and_tail() {
    let mut job = job(InterpreterId::Bash, "seq 1 100000\n");
    job.limits.kept_bytes = 8;
    let run = run(&job);
    assert_eq!(run.end, End::Exited(0));
    assert_eq!(run.stdout.text(), "1\n2\n3\n4\n\n[... 588879 bytes cut ...]\n\n100000\n");
}

/// Largest resident size of this process so far, in KiB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse().unwrap()
}
