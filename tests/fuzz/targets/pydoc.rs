//! Python files, which are read for their docstrings and comments: everything that is promised of a document.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stillruns_fuzz::keep;

fuzz_target!(|bytes: &[u8]| keep("a.py", "pydoc", bytes));
