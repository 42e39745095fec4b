//! Examples that share a run are told of as if each had had its own.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use crate::project::{Project, skipped};

/// What is told of every example, without how long it took.
fn told(project: &Project, args: &[&str]) -> Vec<Value> {
    let check = ["check", "--no-cache", "--sandbox", "best-effort", "--exit-zero"];
    let said = project.run([&check[..], &["--format", "jsonl"], args].concat()).code(0);
    let events = said.out.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let mut told: Vec<Value> = events.filter(|event| event["event"] == "finished").collect();
    for event in &mut told {
        let event = event.as_object_mut().expect("an object");
        event.remove("duration_ms").expect("every example took some time");
    }
    told
}

/// The run of each by itself, which is how those are run that may differ.
const APART: &[&str] = &["--detect-flaky", "1"];

#[test]
fn a_line_tells_what_each_would_tell_by_itself() {
    for cases in ["sharing", "verdicts"] {
        let glob = format!("../cases/{cases}");
        insta::glob!(&glob, "*.md", |path| {
            let project = Project::with(&fs::read_to_string(path).expect("a case can be read"));
            let (together, apart) = (told(&project, &[]), told(&project, APART));
            assert_eq!(together.len(), apart.len());
            for (one, other) in together.iter().zip(&apart) {
                assert_eq!(one, other, "{} at {}", path.display(), one["start"]);
            }
        });
    }
}

/// A chain, in which every example is said to print what only its own run knows.
fn chain(count: usize) -> String {
    let mut text = "```python\nimport os\ntoken = os.urandom(8)\nx0 = 0\n```\n".to_owned();
    for at in 1..count {
        let code = format!(">>> x{at} = x{} + 1\n>>> token\nunknown", at - 1);
        write!(text, "\nThen:\n\n```pycon\n{code}\n```\n").expect("a string takes everything");
    }
    text
}

#[test]
fn a_long_chain_is_run_once() {
    let project = Project::with(&chain(1000));
    let events = told(&project, &[]);
    assert_eq!(events.len(), 1000);
    if events[0]["enforced"]["namespaces"] != "full" {
        skipped("interpreters are not kept warm without namespaces");
        return;
    }
    let printed = |event: &Value| event["cause"]["detail"]["actual"].as_str().map(str::to_owned);
    let tokens: BTreeSet<Option<String>> = events[1..].iter().map(printed).collect();
    assert_eq!(tokens.len(), 1, "{tokens:?}");
    assert!(tokens.first().expect("one").is_some());
}

#[test]
fn a_line_goes_on_from_what_is_known() {
    let passing = |count| chain(count).replace("token\nunknown", "x0\n0");
    let project = Project::with(&passing(20));
    let check = ["check", "--sandbox", "best-effort", "--format", "jsonl"];
    let first = project.run(check).code(0).out;
    project.put("a.md", passing(30));
    let second = project.run(check).code(0).out;
    for (out, count) in [(&first, 20), (&second, 30)] {
        assert_eq!(out.matches("\"verdict\":\"pass\"").count(), count, "{out}");
    }
}
