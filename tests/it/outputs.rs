//! Documents under `tests/cases/outputs`, run, and what is said of the output that they show.
//!
//! Traps of other tools that are not about shown output are tested elsewhere: early ends and what
//! looks like a report in the harness's `early_exit`, `steps` and `forging`, children that hold the
//! pipe in its `orphan` and `wall_clock`, state of earlier runs in its `reuse`, nested and unclosed
//! fences, tabs, tags and `text` fences in `scan`, exit statuses and empty selections in `cli`.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use crate::project::Project;

#[test]
fn shown_output_is_compared_with_what_is_printed() {
    insta::glob!("../cases/outputs", "*.*", |path| {
        let name = path.file_name().expect("a case has a name").to_string_lossy().into_owned();
        let project = Project::new().file(&name, fs::read(path).expect("a case can be read"));
        let said = project.run(["check", &name, "--format", "jsonl", "--exit-zero"]);
        let lines: Vec<&str> =
            said.out.lines().filter(|line| line.contains("\"finished\"")).collect();
        let shown: Vec<String> = lines.into_iter().map(told).collect();
        insta::assert_snapshot!(shown.join("\n"));
    });
}

/// The lines of an example, its verdict, and its first difference.
fn told(event: &str) -> String {
    let event: Value = serde_json::from_str(event).expect("an event is JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut told = format!("{}-{} {}", event["start"], event["end"], text(&event["verdict"]));
    for field in ["cause", "reason"] {
        let kind = text(&event[field]["kind"]);
        if !kind.is_empty() {
            write!(told, ": {kind} at {}", event["line"]).expect("a string takes everything");
        }
    }
    let detail = &event["cause"]["detail"];
    for (mark, field) in [('-', "expected"), ('+', "actual")] {
        for line in text(&detail[field]).lines() {
            write!(told, "\n  {mark} {line}").expect("a string takes everything");
        }
    }
    told
}

#[test]
fn nothing_of_one_document_is_there_in_the_next() {
    let leak = ">>> import builtins, os\n>>> builtins.leak = os.environ['LEAK'] = 'x'\n>>> 1\n1\n";
    let look = ">>> import builtins, os\n>>> hasattr(builtins, 'leak'), 'LEAK' in os.environ\n(False, False)\n";
    let project = Project::new().file("a.md", leak).file("b.md", look);
    project.run(["check", ".", "-j", "1"]).code(0);
}
