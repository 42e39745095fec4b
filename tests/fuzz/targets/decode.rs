//! Any bytes become text, and the index of its lines agrees with it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stillruns::text::{LineIndex, decode};

fuzz_target!(|bytes: &[u8]| {
    let decoded = decode(bytes.to_vec());
    assert!(!decoded.text.contains('\r'));
    let lines = LineIndex::new(&decoded.text);
    assert_eq!(lines.count() as usize, decoded.text.matches('\n').count() + 1);
});
