//! A run ends at its deadline, whatever the program does about it.

use std::time::{Duration, Instant};

use stillruns_harness::{End, Finish, InterpreterId};

use crate::{job, run};

#[test]
fn a_sleeper_that_ignores_signals_is_stopped_and_its_output_kept() {
    let mut job = job(
        InterpreterId::Python3,
        "import signal, time\nfor number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):\n    \
         signal.signal(number, signal.SIG_IGN)\nprint('before', flush=True)\ntime.sleep(60)\n",
    );
    job.limits.wall = Duration::from_millis(700);
    let started = Instant::now();
    let run = run(&job);
    assert_eq!(run.end, End::TimedOut);
    assert_eq!(run.finish, Finish::Unknown);
    assert_eq!(run.stdout.text(), "before\n");
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    assert!(run.usage.wall_ms >= 700, "{:?}", run.usage);
}
