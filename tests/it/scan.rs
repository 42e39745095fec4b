//! Documents under `tests/cases/scan`, and everything that is found in them.

use std::fmt::Write as _;
use std::fs;

use stillruns::model::{DocPath, Document, StepEntry};
use stillruns::{pipeline, scan, text};

#[test]
fn documents_give_these_regions() {
    insta::glob!("../cases/scan", "*.*", |path| {
        let name = path.file_name().expect("a case has a name").to_string_lossy();
        let bytes = fs::read(path).expect("a case can be read");
        let document = Document::new(DocPath::new(&name), text::decode(bytes).text);
        insta::assert_snapshot!(shown(&document));
    });
}

/// Every snippet and skip of `document` by line.
fn shown(document: &Document) -> String {
    let found = pipeline::find(document);
    let mut parts = Vec::new();
    for snippet in &found.snippets {
        let (first, last) = document.lines.lines_of(snippet.at);
        let mut shown = format!("{first}-{last} {} {}", snippet.cue, snippet.classification.lang);
        for line in snippet.code.text().lines() {
            write!(shown, "\n    {line}").expect("a string takes everything");
        }
        for one in &snippet.directives {
            let (entry, scope) = (one.entry(&document.lines), one.scope);
            write!(shown, "\n  {} for the {scope:?} by {}", entry.what, entry.tool)
                .expect("a string takes everything");
            write!(shown, " {}: {}", entry.line, entry.spelling)
                .expect("a string takes everything");
        }
        for step in snippet.entries(&document.lines) {
            shown.push_str(&told(&step));
        }
        parts.push((snippet.at, shown));
    }
    for skip in &found.skips {
        let (first, last) = document.lines.lines_of(skip.at);
        parts.push((skip.at, format!("{first}-{last} {} skipped: {}", skip.cue, skip.reason)));
    }
    for remark in &found.remarks {
        let line = document.lines.line(remark.at.start());
        parts.push((remark.at, format!("{line} wrong: {}", remark.message)));
    }
    parts.sort();
    let parts: Vec<String> = parts.into_iter().map(|(_, shown)| shown).collect();
    format!("format: {}\n\n{}", scan::format_name(document), parts.join("\n\n"))
}

/// The lines of a step, and every line that it prints with its number in the document.
fn told(step: &StepEntry) -> String {
    let mut told = format!("\n  step {}-{}", step.first, step.last);
    let Some(expected) = &step.expected else { return told };
    write!(told, " shows as {}:", expected.shown.as_str()).expect("a string takes everything");
    for (line, text) in expected.lines.iter().zip(expected.text.lines()) {
        write!(told, "\n    {line} | {text}").expect("a string takes everything");
    }
    told
}
