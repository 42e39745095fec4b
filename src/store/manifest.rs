//! The manifest as text: made from what was found, written, and read back strictly.
//!
//! Does not touch the files that it lists.

use std::path::Path;

use serde_json::Value;

use super::{MANIFEST, atomic, layout};
use crate::error::Error;
use crate::model::{
    Document, Entry, Found, Lang, MANIFEST_VERSION, Manifest, Noted, Snippet, Source, Tool,
    Versions, sha256_hex,
};
use crate::text::{Columns, Span};

/// The manifest of `found` and the contents of every file, both by document and then by line.
pub(super) fn make(found: &[(&Document, &Found)]) -> (Manifest, Vec<(String, String)>) {
    let mut sorted: Vec<_> = found.to_vec();
    sorted.sort_by(|one, two| one.0.path.cmp(&two.0.path));
    let mut entries = Vec::new();
    let mut contents = Vec::new();
    for (document, found) in sorted {
        let source = Source {
            document: document.path.clone(),
            sha256: sha256_hex(document.text.as_bytes()),
        };
        for (at, snippet) in found.snippets.iter().enumerate() {
            let links = found.link_entries(at, &document.lines);
            let later = found.later_entries(at, &document.lines);
            let entry = Entry { links, later, ..entry(document, snippet, source.clone()) };
            contents.push((entry.file.clone(), snippet.code.text().to_owned()));
            entries.push(entry);
        }
    }
    let tool = Tool { name: "stillruns".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
    (Manifest { version: MANIFEST_VERSION, tool, entries }, contents)
}

fn entry(document: &Document, snippet: &Snippet, source: Source) -> Entry {
    let (start, end) = document.lines.lines_of(snippet.at);
    let line_of = |span: Span| document.lines.line(span.start());
    let evidence = snippet.classification.evidence.iter().map(|evidence| Noted {
        what: evidence.to_string(),
        line: evidence.at.and_then(|at| snippet.code.origin_span(at)).map(line_of),
    });
    let edits = snippet
        .edits
        .iter()
        .map(|edit| Noted { what: edit.rule.0.to_owned(), line: edit.at.map(line_of) });
    Entry {
        id: snippet.id.clone(),
        file: layout::file(&document.path, &snippet.id, snippet.classification.lang),
        class: snippet.classification.lang,
        accepts: snippet.classification.accepts.clone(),
        python: python(snippet),
        sha256: sha256_hex(snippet.code.text().as_bytes()),
        source,
        start,
        end,
        origin: snippet.cue,
        tag: snippet.tag.clone(),
        steps: snippet.entries(&document.lines),
        links: Vec::new(),
        later: Vec::new(),
        lines: snippet.code.source_lines(&document.lines),
        columns: Columns::of(&snippet.code, &document.text, &document.lines)
            .iter()
            .map(ToString::to_string)
            .collect(),
        directives: snippet.directives.iter().map(|one| one.entry(&document.lines)).collect(),
        evidence: evidence.collect(),
        edits: edits.collect(),
    }
}

/// The versions of Python that run `snippet`.
fn python(snippet: &Snippet) -> Option<String> {
    let among = match snippet.classification.lang {
        Lang::Py2 => Versions::PY2,
        Lang::Py3 => Versions::PY3,
        Lang::Shell => return None,
    };
    snippet.classification.versions.specifier(among)
}

/// The text of a manifest, with a newline at its end.
pub(super) fn render(manifest: &Manifest) -> String {
    let mut text = serde_json::to_string_pretty(manifest)
        .expect("a manifest has only string keys, so it is always JSON");
    text.push('\n');
    text
}

/// The manifest below `root`, if there is one.
///
/// # Errors
/// When it is of another version, has an unknown field, or is no manifest at all.
pub(super) fn read(root: &Path) -> Result<Option<Manifest>, Error> {
    let path = root.join(MANIFEST);
    let Some(bytes) = atomic::read(root, Path::new(MANIFEST))? else {
        return Ok(None);
    };
    // The version comes first: a newer manifest may have any shape otherwise.
    let value: Value =
        serde_json::from_slice(&bytes).map_err(|error| Error::invalid("read", &path, error))?;
    match value.get("version").and_then(Value::as_u64) {
        Some(version) if version == u64::from(MANIFEST_VERSION) => {}
        Some(version) => {
            let cause = format!(
                "it has version {version}, and this program reads version {MANIFEST_VERSION} only"
            );
            return Err(Error::invalid("read", &path, cause));
        }
        None => return Err(Error::invalid("read", &path, "it has no version number")),
    }
    serde_json::from_slice(&bytes).map(Some).map_err(|error| Error::invalid("read", &path, error))
}
