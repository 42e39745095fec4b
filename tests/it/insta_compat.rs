//! `cargo insta` works on our snapshots: it finds them, accepts them, and we read what it wrote.
//!
//! It asks `cargo metadata`, so its root must hold a package; a repository of Markdown alone uses
//! `stillruns review`.

use std::path::Path;
use std::process::{Command, Output};

use stillruns::model::{Cause, DocPath, IdMaker, Lang, Verdict};
use stillruns::snapshot::{self, Record, Recorded};

use crate::project::{Project, skipped};

#[expect(clippy::disallowed_methods, reason = "the test runs cargo-insta as users do")]
fn insta(folder: &Path, args: &[&str]) -> std::io::Result<Output> {
    Command::new("cargo").arg("insta").args(args).arg("--workspace-root").arg(folder).output()
}

/// Whether cargo-insta is here; its absence is told loudly, and is an error in CI.
fn is_installed(folder: &Path) -> bool {
    let found = insta(folder, &["pending-snapshots", "--help"]);
    if found.is_ok_and(|output| output.status.success()) {
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "cargo-insta is not installed");
    skipped("cargo-insta is not installed");
    false
}

#[track_caller]
fn succeed(folder: &Path, args: &[&str]) -> String {
    let output = insta(folder, args).expect("started");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn recorded(verdict: &Verdict) -> Recorded {
    let mut ids = IdMaker::new(DocPath::new("a.md"));
    let mut record =
        |verdict: &Verdict, code| Record::new(ids.next(code), Lang::Py3, verdict, code);
    let odd = Cause::Exception { name: "E".into(), message: "---\n\u{1b} \"x\": 'y' #".into() };
    Recorded { records: vec![record(verdict, "x: 1\n"), record(&Verdict::Fail(odd), "- y\n")] }
}

#[test]
fn cargo_insta_finds_accepts_and_rejects_our_proposals() {
    let project = Project::new()
        .file("Cargo.toml", "[package]\nname = \"notes\"\nedition = \"2024\"\n[workspace]\n")
        .file("src/lib.rs", "");
    let folder = project.path("");
    if !is_installed(&folder) {
        return;
    }
    let root = project.path("snippets");
    let documents = ["docs/a.md", "../odd: \"name\" #1.md", "true"].map(DocPath::new);
    for document in &documents {
        assert!(snapshot::propose(&root, document, &recorded(&Verdict::Pass)).expect("proposed"));
    }
    let listed = succeed(&folder, &["pending-snapshots", "--as-json"]);
    assert_eq!(listed.matches("verdicts.snap").count(), documents.len(), "{listed}");

    succeed(&folder, &["accept"]);
    assert!(snapshot::pending(&root).expect("read").is_empty());
    for document in &documents {
        let kept = snapshot::read(&snapshot::path(&root, document)).expect("read");
        assert_eq!(kept, Some(recorded(&Verdict::Pass)), "{document}");
        let changed = snapshot::propose(&root, document, &recorded(&Verdict::Pass));
        assert!(!changed.expect("proposed"), "{document}: accepted is recorded");
    }

    // What insta has written itself is a good base for the next proposal.
    let broken = Verdict::Fail(Cause::Timeout);
    assert!(snapshot::propose(&root, &documents[0], &recorded(&broken)).expect("proposed"));
    succeed(&folder, &["reject"]);
    let kept = snapshot::read(&snapshot::path(&root, &documents[0])).expect("read");
    assert_eq!(kept, Some(recorded(&Verdict::Pass)));
}
