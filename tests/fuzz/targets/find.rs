//! A document is read in the format that its name and content tell: everything that is promised of
//! it holds, and the same bytes with other line ends or a byte order mark give the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stillruns::model::{DocPath, Document};
use stillruns::text;
use stillruns_fuzz::{codes, keep_as_named};

/// Names that tell a format, and some that leave it to the content.
const NAMES: [&str; 4] = ["README", "a.txt", "a.mdx", "a.html"];

fuzz_target!(|bytes: &[u8]| {
    let text = text::decode(bytes.to_vec()).text;
    let again = [text.replace('\n', "\r\n"), format!("\u{feff}{text}")];
    for name in NAMES {
        let found = codes(&keep_as_named(name, &text));
        for other in &again {
            // A text that begins with a mark loses one of two.
            let other = text::decode(other.clone().into_bytes()).text;
            assert_eq!(other, text);
            assert_eq!(codes(&Document::new(DocPath::new(name), other)), found);
        }
    }
});
