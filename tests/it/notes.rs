//! Documents end to end: our own notes with what is checked in for them, and the shared notes of
//! other people where they are at hand.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use stillruns::model::{DocPath, Document, Lang};
use stillruns::{pipeline, scan, text};

use crate::project::{run_in, skipped};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of shared notes and labels; its absence is told loudly.
pub(crate) fn shared() -> Option<PathBuf> {
    let named = std::env::var_os("STILLRUNS_SHARED").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| root().join("../shared"));
    if folder.join("notes").is_dir() {
        return Some(folder);
    }
    skipped(&format!("no shared notes in `{}`; set STILLRUNS_SHARED", folder.display()));
    None
}

fn documents(folder: &Path) -> Vec<Document> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder can be read")
        .map(|entry| entry.expect("an entry can be read").path())
        .filter(|path| path.is_file())
        .collect();
    paths.sort();
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(root()).unwrap_or(path).to_string_lossy().into_owned();
        let bytes = fs::read(path).expect("a document can be read");
        Document::new(DocPath::new(&name), text::decode(bytes).text)
    };
    paths.iter().map(read).collect()
}

fn assert_conserved(document: &Document) {
    let regions = scan::scan(document);
    let found = pipeline::find(document);
    assert_eq!(regions.len(), found.snippets.len() + found.skips.len(), "{}", document.path);
    for snippet in &found.snippets {
        for (at, byte) in snippet.code.text().bytes().enumerate() {
            if let Some(origin) = snippet.code.origin(at) {
                assert_eq!(document.text.as_bytes()[origin], byte, "{}", document.path);
            }
        }
    }
}

#[test]
fn our_notes_hold_every_class_and_lose_nothing() {
    let mut classes: BTreeMap<Lang, usize> = BTreeMap::new();
    for document in documents(&root().join("tests/notes")) {
        assert_conserved(&document);
        for snippet in pipeline::find(&document).snippets {
            *classes.entry(snippet.classification.lang).or_default() += 1;
        }
    }
    let counts: Vec<(Lang, usize)> = classes.into_iter().collect();
    assert_eq!(counts, [(Lang::Py2, 2), (Lang::Py3, 23), (Lang::Shell, 12)]);
}

#[test]
fn the_snippets_that_are_checked_in_are_current() {
    let said = run_in(&root(), &["extract", "--check", "tests/notes"]);
    let told = &said.err;
    assert_eq!(
        said.code, 0,
        "snippets/ is out of date: run `cargo run -- extract tests/notes`\n{told}"
    );
}

#[test]
fn failures_point_at_the_line_of_the_document() {
    let said = run_in(&root(), &["check", "--format", "jsonl", "tests/notes"]);
    let told = &said.out;
    let failed: Vec<(String, u64)> = told
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a line is JSON"))
        .filter(|event| event["verdict"] == "fail")
        .map(|event| (event["doc"].to_string(), event["line"].as_u64().unwrap_or(0)))
        .collect();
    let expected =
        [("\"tests/notes/slides.md\"".to_owned(), 40), ("\"tests/notes/talks.md\"".to_owned(), 29)];
    assert_eq!(failed, expected, "{told}\n{}", said.err);
}

#[test]
fn shared_notes_lose_nothing_and_score_above_the_floor() {
    let Some(shared) = shared() else { return };
    for document in documents(&shared.join("notes")) {
        assert_conserved(&document);
    }
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let notes = shared.join("notes");
    let notes = notes.to_str().expect("the folder's name is UTF-8");
    let listed = run_in(scratch.path(), &["list", "--format", "jsonl", notes]).code(0);
    let found = scratch.path().join("found.jsonl");
    #[expect(clippy::disallowed_methods, reason = "a scratch file of a test")]
    fs::write(&found, &listed.out).expect("a scratch file is written");
    let Some(score) = score(&shared, &found, scratch.path()) else { return };
    let counts = &score["counts"];
    let count = |name: &str| counts[name].as_f64().expect("a count is a number");
    // Floors, well below what is reached, so that a fall is seen and a change of one is not.
    assert!(score["strict"]["F1"].as_f64() > Some(0.93), "detection: {score}");
    assert!(count("cls") >= 0.97 * count("tp"), "class: {counts}");
    assert!(count("code") >= 0.97 * count("withcode"), "code: {counts}");
    assert!(count("neg_hit") <= 2.0, "negatives: {counts}");
}

/// What the shared scorer says; nothing, loudly, where it cannot run.
#[expect(clippy::disallowed_methods, reason = "the scorer is a script of its own")]
fn score(shared: &Path, found: &Path, scratch: &Path) -> Option<serde_json::Value> {
    let json = scratch.join("score.json");
    let scored = Command::new("python3")
        .arg(shared.join("gold/score.py"))
        .arg(found)
        .arg("--json")
        .arg(&json)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output();
    if !scored.as_ref().is_ok_and(|output| output.status.success()) {
        skipped(&format!("the scorer did not run: {scored:?}"));
        return None;
    }
    let text = fs::read_to_string(json).expect("the scorer wrote its figures");
    Some(serde_json::from_str(&text).expect("the figures are JSON"))
}
