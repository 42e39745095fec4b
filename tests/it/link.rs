//! Documents under `tests/cases/link`, and which of their snippets needs which.

use std::fmt::Write as _;
use std::fs;

use stillruns::model::{DocPath, Document, Found};
use stillruns::{pipeline, text};

#[test]
fn documents_have_these_links() {
    insta::glob!("../cases/link", "*.*", |path| {
        let name = path.file_name().expect("a case has a name").to_string_lossy();
        let bytes = fs::read(path).expect("a case can be read");
        let document = Document::new(DocPath::new(&name), text::decode(bytes).text);
        insta::assert_snapshot!(shown(&document, &pipeline::find(&document)));
    });
}

/// Every snippet by its first line, with what it needs.
fn shown(document: &Document, found: &Found) -> String {
    let mut shown = String::new();
    for (at, snippet) in found.snippets.iter().enumerate() {
        let line = snippet.first_line(&document.lines);
        let first = snippet.code.text().lines().next().unwrap_or("");
        let lang = snippet.classification.lang;
        writeln!(shown, "{line} {lang}  {first}").expect("a string takes everything");
        for link in found.link_entries(at, &document.lines) {
            writeln!(shown, "    {} {}", link.line, link.kind).expect("a string takes everything");
        }
        for later in found.later_entries(at, &document.lines) {
            writeln!(shown, "    {} too late: {}", later.line, later.name)
                .expect("a string takes everything");
        }
    }
    shown
}
