//! What the fuzz targets share: documents made of bytes, and what is promised of them.

#[path = "../it/promises.rs"]
mod promises;

use std::time::Duration;

use stillruns::model::{DocPath, Document};
use stillruns::{scan, text};

/// Reads `bytes` as a document called `name` in `format`, and asks everything of it that is
/// promised.
pub fn keep(name: &str, format: &str, bytes: &[u8]) {
    keep_text(name, format, &text::decode(bytes.to_vec()).text);
}

/// [`keep`] of a text.
pub fn keep_text(name: &str, format: &str, text: &str) -> Document {
    let document = document(name, format, text);
    promises::keep(&document);
    document
}

/// [`keep_text`] in the format that `name` and the text tell.
pub fn keep_as_named(name: &str, text: &str) -> Document {
    let document = Document::new(DocPath::new(name), text.to_owned());
    promises::keep(&document);
    document
}

/// The document `text` in `format`.
pub fn document(name: &str, format: &str, text: &str) -> Document {
    let mut document = Document::new(DocPath::new(name), text.to_owned());
    document.format = Some(format.to_owned());
    assert_eq!(scan::format_name(&document), format);
    document
}

/// The code of every region of `document`, in order.
pub fn codes(document: &Document) -> Vec<String> {
    scan::scan(document).iter().map(|region| region.code.text().to_owned()).collect()
}

/// How many times as long as the small text the large one is, for [`assert_linear`].
pub const TIMES: usize = 16;

/// Panics where `work` on [`TIMES`] as much takes much more than so many times as long. Another
/// program can make one measurement long, but not the shortest of several.
pub fn assert_linear(work: impl Fn(usize)) {
    const MOST: u32 = 3 * TIMES as u32;
    // Less than this is the price of beginning.
    const SLACK: Duration = Duration::from_millis(200);
    let took = |times: usize| {
        let begun = busy();
        work(times);
        busy().saturating_sub(begun)
    };
    let (mut small, mut large) = (took(1), took(TIMES));
    for _ in 0..2 {
        if large <= small * MOST + SLACK {
            return;
        }
        (small, large) = (small.min(took(1)), large.min(took(TIMES)));
    }
    panic!("{small:?} for a text, {large:?} for {TIMES} times as much");
}

/// How long this thread has been at work, as the kernel counts it: what other programs do is left
/// out.
fn busy() -> Duration {
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = counted.split(' ').next().and_then(|first| first.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}
