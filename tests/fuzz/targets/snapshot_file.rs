//! Any text is a snapshot file or is refused; none is a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stillruns::snapshot;

fuzz_target!(|text: &str| {
    if let Err((line, cause)) = snapshot::parse(text) {
        assert!(line >= 1 && !cause.is_empty());
    }
});
