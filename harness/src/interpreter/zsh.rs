//! zsh, for programs that are written for it.
//!
//! Started without any of its files. The driver is that of POSIX shells, and as little is told of a
//! failure. What differs is how zsh finds out that a program cannot be read.

use super::{InterpreterId, Recipe, sh, shell};

pub(super) static INTERPRETER: Recipe = Recipe {
    id: InterpreterId::Zsh,
    is_program: |name| name == "zsh",
    probe: |program| {
        shell::probe(program, InterpreterId::Zsh, &["-f", "-c", "echo $ZSH_VERSION"])
    },
    driver_file: None,
    warm: None,
    report: 9,
    arguments: |spot| {
        // It ends with another status than 2 when it cannot read a program.
        let driver = sh::DRIVER.replace("-eq 2 ]", "-ne 0 ]").replace("$(sh -n", "$(zsh -f -n");
        let mut words = ["-f", "-e", "-c", &driver, spot.name].map(Into::into).to_vec();
        words.extend(spot.plan.map(Into::into));
        words
    },
    environment: |_| Vec::new(),
    plan: sh::plan,
    watches: false,
    steps: shell::steps,
    finish: shell::finish,
};
