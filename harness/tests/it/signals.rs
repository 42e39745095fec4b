//! Signals reach nobody outside, and not the first process inside.

use stillruns_harness::{End, Finish, Mechanism};

use crate::{offered, python};

#[test]
fn killing_everybody_harms_nobody_outside() {
    if !offered(&[Mechanism::Namespaces]) {
        return;
    }
    let run = python(&format!(
        "import os, signal\nfor pid in (-1, 1, os.getppid(), {}):\n    \
         for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP):\n        \
         try: os.kill(pid, number)\n        except OSError: pass\nprint('still here')\n",
        std::process::id()
    ));
    assert_eq!(run.end, End::Exited(0), "{}", run.stderr.text());
    assert_eq!(run.finish, Finish::Completed);
    assert_eq!(run.stdout.text(), "still here\n");
}
