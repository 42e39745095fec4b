//! The POSIX shell of the system, whichever that is (dash, busybox, ...).
//!
//! Such a shell tells neither the line nor the command that failed, and `pipefail` is set only
//! where the shell has it.

use super::{InterpreterId, Recipe, shell};

const DRIVER: &str = include_str!("driver.sh");

pub(super) static INTERPRETER: Recipe = Recipe {
    id: InterpreterId::Sh,
    is_program: |name| name == "sh",
    probe: |program| shell::probe(program, InterpreterId::Sh, &["-c", "echo"]),
    driver_file: None,
    warm: None,
    // These shells know descriptors of one digit only.
    report: 9,
    arguments: |spot| ["-e", "-c", DRIVER, spot.name].map(Into::into).to_vec(),
    environment: |_| Vec::new(),
    finish: shell::finish,
};
