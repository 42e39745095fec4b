//! How fast documents are read: the parser of Markdown alone, the scan, and everything up to the
//! snippets. Compare the figures of one run with each other; machines differ.
//!
//! `cargo bench --bench find`

use divan::Bencher;
use divan::counter::BytesCount;
use stillruns::model::{DocPath, Document};
use stillruns::{pipeline, scan};

fn main() {
    divan::main();
}

/// A document of about `kib` KiB, one part in four of it code.
fn document(kib: usize) -> Document {
    let part = "## A heading\n\nSome words about `a_name` and what it does, on a line or two that \
        go on\nas lines of prose do, with a [link](https://example.org) in them.\n\n\
        - an item, and `pip install example` to begin with\n- another item of the list\n\n\
        ```python\ndef area(width, height):\n    return width * height\n\nprint(area(2, 3))\n```\n\n\
        More words, then an indented block that nothing marks:\n\n    ls -l | sort -n\n\n";
    let text = part.repeat(kib * 1024 / part.len());
    Document::new(DocPath::new("bench.md"), text)
}

const SIZES: [usize; 2] = [64, 640];

#[divan::bench(args = SIZES)]
fn markdown_alone(bencher: Bencher<'_, '_>, kib: usize) {
    let document = document(kib);
    bencher
        .counter(BytesCount::of_str(&document.text))
        .bench(|| pulldown_cmark::Parser::new(&document.text).count());
}

#[divan::bench(args = SIZES)]
fn scan_regions(bencher: Bencher<'_, '_>, kib: usize) {
    let document = document(kib);
    bencher.counter(BytesCount::of_str(&document.text)).bench(|| scan::scan(&document).len());
}

#[divan::bench(args = SIZES)]
fn find_snippets(bencher: Bencher<'_, '_>, kib: usize) {
    let document = document(kib);
    bencher
        .counter(BytesCount::of_str(&document.text))
        .bench(|| pipeline::find(&document).snippets.len());
}
