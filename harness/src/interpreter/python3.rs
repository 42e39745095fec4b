//! Python 3.
//!
//! The driver is shared with Python 2, see `python.rs`.

use super::{InterpreterId, Recipe, python};

pub(super) static INTERPRETER: Recipe = Recipe {
    id: InterpreterId::Python3,
    is_program: python::is_program,
    probe: python::probe,
    driver_file: Some(python::DRIVER),
    warm: Some(python::SERVER),
    report: 199,
    arguments: python::arguments,
    environment: |_| Vec::new(),
    plan: python::plan,
    watches: true,
    steps: python::steps,
    finish: python::finish,
};
