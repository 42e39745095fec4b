//! Python 2.6 and 2.7.
//!
//! The driver is shared with Python 3, see `python.rs`.

use super::{InterpreterId, Recipe, python};

pub(super) static INTERPRETER: Recipe = Recipe {
    id: InterpreterId::Python2,
    is_program: python::is_program,
    probe: python::probe,
    driver_file: Some(python::DRIVER),
    warm: Some(python::SERVER),
    report: 199,
    arguments: python::arguments,
    // Without a terminal, Python 2 would refuse to print any character beyond ASCII.
    environment: |_| vec![("PYTHONIOENCODING", "utf-8".to_owned())],
    plan: python::plan,
    watches: true,
    steps: python::steps,
    finish: python::finish,
};
