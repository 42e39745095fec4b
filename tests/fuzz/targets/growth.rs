//! A document that is many times as long takes about so many times as long, in every format: a text
//! is repeated line by line, without line ends, and behind itself.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stillruns::{pipeline, scan, text};
use stillruns_fuzz::{assert_linear, document};

/// Bytes of the smaller document.
const LEAST: usize = 4 * 1024;

fuzz_target!(|bytes: &[u8]| {
    let Some((which, bytes)) = bytes.split_first() else { return };
    let text = text::decode(bytes.to_vec()).text;
    let end = text.char_indices().nth(200).map_or(text.len(), |(at, _)| at);
    let unit = match which >> 6 {
        0 => format!("{}\n", &text[..end]),
        1 => text[..end].replace('\n', " "),
        _ => text[..end].to_owned(),
    };
    if unit.trim().is_empty() {
        return;
    }
    let formats: Vec<&str> = scan::format_names().collect();
    let format = formats[usize::from(which & 63) % formats.len()];
    assert_linear(|times| {
        let text = unit.repeat(LEAST / unit.len().min(LEAST) * times);
        pipeline::find(&document("a", format, &text));
    });
});
