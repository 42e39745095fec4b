//! Markdown: everything that is promised of a document.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stillruns_fuzz::keep;

fuzz_target!(|bytes: &[u8]| keep("a.md", "markdown", bytes));
