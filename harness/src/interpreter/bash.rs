//! Bash.
//!
//! The program runs as a script of its own, so names, lines and messages are Bash's own. The
//! driver comes before it by way of `BASH_ENV`; it stops at the first failing command.

use std::fmt::Write as _;

use super::{InterpreterId, Recipe, Spot, shell};
use crate::job::Job;

pub(super) static INTERPRETER: Recipe = Recipe {
    id: InterpreterId::Bash,
    is_program: |name| name == "bash",
    probe: |program| {
        shell::probe(program, InterpreterId::Bash, &["-c", "echo \"${BASH_VERSION%%(*}\""])
    },
    driver_file: Some(include_str!("driver.bash")),
    warm: None,
    report: 199,
    arguments: |spot| {
        let mut words = vec!["--noprofile".into(), "--norc".into()];
        let program = if spot.plan.is_some() {
            // Whoever comes first may leave the folder, and may switch `-e` off for good.
            spot.folder.join(spot.name).into()
        } else {
            words.push("-e".into());
            spot.name.into()
        };
        words.extend(["-o", "pipefail", "--"].map(Into::into));
        words.push(program);
        words
    },
    environment: |spot| {
        vec![("BASH_ENV", spot.plan.unwrap_or(spot.driver).display().to_string())]
    },
    plan,
    watches: false,
    steps: shell::steps,
    finish: shell::finish,
};

/// A script that takes the place of the driver, which it reads first. With steps it also takes the
/// place of the program.
fn plan(job: &Job, spot: &Spot<'_>) -> String {
    let path = |name: &str| shell::quote(&spot.folder.join(name));
    let mut text = format!(". {}\nset -e\n", shell::quote(spot.driver));
    for part in &job.before {
        let part = path(part.name());
        writeln!(text, "__stillruns_begin {part} 3\n. {part} >/dev/null 2>&1")
            .expect("writing to a string does not fail");
    }
    if !job.before.is_empty() {
        text += &format!("__stillruns_begin {} 2\n", path(spot.name));
    }
    if !job.steps.is_empty() {
        text += "__stillruns_session\nexec 2>&1\nset +e\n";
        for step in &job.steps {
            writeln!(text, "eval {}\n__stillruns_step $?", shell::text_of(job, step))
                .expect("writing to a string does not fail");
        }
        text += "__stillruns_over\n";
    }
    text
}
