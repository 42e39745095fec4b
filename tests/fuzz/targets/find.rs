//! Whatever a document holds, every region ends as a snippet or as a skip, and every byte of a
//! snippet is the document's byte that it says.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stillruns::model::{DocPath, Document};
use stillruns::{pipeline, scan, text};

/// One name per format.
const NAMES: [&str; 9] =
    ["a.md", "a.mdx", "a.txt", "a.rst", "a.org", "a.adoc", "a.html", "a.py", "a.ipynb"];

fuzz_target!(|bytes: &[u8]| {
    let text = text::decode(bytes.to_vec()).text;
    for name in NAMES {
        let document = Document::new(DocPath::new(name), text.clone());
        let regions = scan::scan(&document);
        let found = pipeline::find(&document);
        assert_eq!(regions.len(), found.snippets.len() + found.skips.len());
        for snippet in &found.snippets {
            for (at, byte) in snippet.code.text().bytes().enumerate() {
                if let Some(origin) = snippet.code.origin(at) {
                    assert_eq!(document.text.as_bytes()[origin], byte);
                }
            }
        }
    }
});
