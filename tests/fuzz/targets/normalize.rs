//! Normalizing twice is normalizing once.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stillruns::normalize::normalize;
use stillruns::text::{Mapped, Span};

fuzz_target!(|text: &str| {
    let whole = Mapped::cut(text, [Span::new(0, text.len())]);
    let (once, _) = normalize(&whole);
    let (twice, _) = normalize(&once);
    assert_eq!(once.text(), twice.text());
});
