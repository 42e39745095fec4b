//! Bash.
//!
//! The program runs as a script of its own, so names, lines and messages are Bash's own. The
//! driver comes before it by way of `BASH_ENV`; it stops at the first failing command.

use super::{InterpreterId, Recipe, shell};

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
        ["--noprofile", "--norc", "-e", "-o", "pipefail", "--", spot.name].map(Into::into).to_vec()
    },
    environment: |spot| vec![("BASH_ENV", spot.driver.display().to_string())],
    finish: shell::finish,
};
