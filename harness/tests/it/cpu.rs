//! CPU time is bounded apart from wall-clock time.

use std::time::{Duration, Instant};

use stillruns_harness::{End, InterpreterId};

use crate::{job, run};

#[test]
fn a_busy_loop_ends_with_its_cpu_time() {
    let mut job = job(
        InterpreterId::Python3,
        "import signal\nsignal.signal(signal.SIGXCPU, \
         signal.SIG_IGN)\nwhile True: pass\n",
    );
    job.limits.cpu = Duration::from_secs(1);
    let started = Instant::now();
    let run = run(&job);
    assert_eq!(run.end, End::TimedOut);
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert!((900..3000).contains(&(run.usage.user_ms + run.usage.system_ms)), "{:?}", run.usage);
}
