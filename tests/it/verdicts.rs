//! Verdicts end to end: documents under `tests/cases/verdicts`, and what is told of each example.
//!
//! Messages are left out: they differ from one version of an interpreter to the next.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use crate::project::Project;

#[test]
fn examples_have_these_verdicts() {
    insta::glob!("../cases/verdicts", "*.*", |path| {
        let name = path.file_name().expect("a case has a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(path).expect("a case can be read");
        let project = Project::new().file(&name, &text);
        let args = ["check", &name, "--sandbox", "best-effort", "--format", "jsonl", "--exit-zero"];
        let said = project.run(args).code(0);
        let events =
            said.out.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        let mut told = String::new();
        for event in events.filter(|event| event["event"] == "finished") {
            let start = event["start"].as_u64().expect("a line") as usize;
            let first = text.lines().nth(start - 1).unwrap_or("");
            let first = if first.starts_with("```") {
                text.lines().nth(start).unwrap_or("")
            } else {
                first
            };
            let line = &event["line"];
            writeln!(told, "{start} `{first}`: {} at {line}", verdict(&event)).expect("a string");
            if let Some(help) = event["background"]["suggestion"]["message"].as_str() {
                writeln!(told, "    {help}").expect("a string");
            }
        }
        insta::assert_snapshot!(told);
    });
}

/// The verdict of an event, with what does not depend on versions.
fn verdict(event: &Value) -> String {
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match event["verdict"].as_str() {
        Some("fail") => {
            let detail = &event["cause"]["detail"];
            let detail = match event["cause"]["kind"].as_str() {
                Some("exception") => word(&detail["name"]),
                Some("syntax") | None => String::new(),
                Some(_) => word(detail),
            };
            format!("fail {} {detail}", word(&event["cause"]["kind"]))
        }
        Some("unjudged") => {
            let detail = match event["reason"]["kind"].as_str() {
                Some("denied") => String::new(),
                _ => word(&event["reason"]["detail"]),
            };
            format!("unjudged {} {detail}", word(&event["reason"]["kind"]))
        }
        other => other.unwrap_or("none").to_owned(),
    }
}
