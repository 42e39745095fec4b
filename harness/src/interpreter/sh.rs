//! The POSIX shell of the system, whichever that is (dash, busybox, ...).
//!
//! Such a shell tells neither the line nor the command that failed, and `pipefail` is set only
//! where the shell has it.

use std::fmt::Write as _;

use super::{InterpreterId, Recipe, Spot, shell};
use crate::job::Job;

pub(super) const DRIVER: &str = include_str!("driver.sh");

pub(super) static INTERPRETER: Recipe = Recipe {
    id: InterpreterId::Sh,
    is_program: |name| name == "sh",
    probe: |program| shell::probe(program, InterpreterId::Sh, &["-c", "echo"]),
    driver_file: None,
    warm: None,
    // These shells know descriptors of one digit only.
    report: 9,
    arguments: |spot| {
        let mut words = ["-e", "-c", DRIVER, spot.name].map(Into::into).to_vec();
        words.extend(spot.plan.map(Into::into));
        words
    },
    environment: |_| Vec::new(),
    plan,
    watches: false,
    steps: shell::steps,
    finish: shell::finish,
};

/// A script that the driver reads before the program.
pub(super) fn plan(job: &Job, spot: &Spot<'_>) -> String {
    let path = |name: &str| shell::quote(&spot.folder.join(name));
    let mut text = String::new();
    for part in &job.before {
        let part = path(part.name());
        writeln!(text, "__stillruns_begin {part}\n. {part} >/dev/null 2>&1")
            .expect("writing to a string does not fail");
    }
    if !job.before.is_empty() {
        text += &format!("__stillruns_begin {}\n", path(spot.name));
    }
    if !job.steps.is_empty() {
        text += "exec 8>&1 7>&2 2>&1\nset +e\n";
        for step in &job.steps {
            writeln!(text, "eval {}\n__stillruns_step $?", shell::text_of(job, step))
                .expect("writing to a string does not fail");
        }
        text += "__stillruns_end 0 completed\nexit 0\n";
    }
    text
}
