//! Every exit status and signal of a program comes back as such; none is taken for one of ours.

use std::thread;

use stillruns_harness::End;

use crate::{bash, python, sh};

#[test]
fn every_status_comes_back() {
    thread::scope(|scope| {
        for start in 0..2 {
            scope.spawn(move || {
                for status in (start..256).step_by(2) {
                    let run = sh(&format!("exit {status}\n"));
                    assert_eq!(run.end, End::Exited(status), "{}", run.stderr.text());
                }
            });
        }
    });
    for status in [125, 126, 127] {
        assert_eq!(bash(&format!("exit {status}\n")).end, End::Exited(status));
        assert_eq!(python(&format!("raise SystemExit({status})\n")).end, End::Exited(status));
    }
}

#[test]
fn every_deadly_signal_comes_back() {
    for signal in [1, 2, 3, 6, 9, 11, 13, 15, 24] {
        assert_eq!(sh(&format!("kill -{signal} $$\nsleep 5\n")).end, End::Signaled(signal));
    }
    let run = python("import os\nos.kill(os.getpid(), 9)\n");
    assert_eq!(run.end, End::Signaled(9));
}
