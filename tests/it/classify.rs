//! `stillruns classify`: one text, many texts, and how often it is right.

use std::path::Path;

use serde_json::Value;
use stillruns::pipeline;

use crate::notes::shared;
use crate::project::{Project, skipped};

fn answer(text: &str) -> Value {
    let project = Project::new().file("text", text);
    let said = project.run(["classify", "--format", "json", "text"]);
    serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said:#?}"))
}

#[test]
fn a_text_gets_its_class_and_its_versions() {
    let cases = [
        ("import urllib2\nprint urllib2.urlopen(url).read()\n", "py2", "2.6", Some("2.7")),
        ("if (n := len(a)) > 10:\n    print(n)\n", "py3", "3.8", None),
        ("import imp\nimport asyncio\nimp.reload(asyncio)\n", "py3", "3.4", Some("3.11")),
        ("def f(x):\n    return x + 1\n", "py3", "2.6", None),
        (">>> s = {1, 2}\n>>> s\nset([1, 2])\n", "py3", "2.7", None),
    ];
    for (text, class, min, max) in cases {
        let said = answer(text);
        assert_eq!(said["class"], class, "{text}{said}");
        assert_eq!(said["min"], min, "{text}{said}");
        assert_eq!(said["max"].as_str(), max, "{text}{said}");
    }
    assert_eq!(answer(">>> s = set('a')\n>>> s\nset(['a'])\n")["authored"], "py2");
    assert_eq!(answer("tar -xzf a.tgz && cd a\n")["class"], "shell");
    assert_eq!(answer("SELECT name\nFROM rooms;\n")["class"], "none");
}

#[test]
fn evidence_points_into_the_text_as_it_was_given() {
    let text = "> quoted\n\n    $ ls -l | sort\n";
    let said = answer(text);
    let seen = said["evidence"].as_array().expect("a list");
    let spans = seen.iter().filter_map(|one| one["span"].as_array());
    for span in spans {
        let [start, end] = [0, 1].map(|at| span[at].as_u64().expect("a number") as usize);
        assert!(text.get(start..end).is_some_and(|part| !part.is_empty()), "{said}");
    }
    let told = Project::new().file("old.py", "print 'é', 0777\n").run(["classify", "old.py"]);
    told.code(0).out("py2").out("old.py:1").out("print statement (Python 2.6-2.7)").out("^^^");
}

#[test]
fn a_line_that_is_no_question_is_told_and_the_others_are_answered() {
    let lines = "{\"id\": \"a\", \"text\": \"ls -l\\n\"}\nnonsense\n{\"id\": 3}\n\
        {\"id\": [4], \"text\": \"import os\\n\"}\n";
    let said = Project::new().run_with(["classify", "--jsonl"], lines, &[]);
    let said = said.code(2).err("-:2: ").err("-:3: ");
    let answers: Vec<Value> =
        said.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(answers.len(), 4);
    assert_eq!((&answers[0]["id"], &answers[0]["class"]), (&"a".into(), &"shell".into()));
    assert!(answers[1]["error"].is_string() && answers[2]["error"].is_string());
    assert_eq!(answers[3]["id"][0], 4);
    assert_eq!(answers[3]["accepts"], serde_json::json!(["py2", "py3"]));
}

#[test]
fn no_text_at_all_is_no_code() {
    Project::new().run_with(["classify"], "", &[]).code(3).out("no code");
    Project::new().run(["classify", "missing.txt"]).code(2).err("missing.txt");
}

/// Share of right answers in `file`, and of texts without code that were taken for code.
fn measured(file: &Path) -> (f64, f64) {
    let lines = std::fs::read_to_string(file).expect("the fragments can be read");
    let (mut all, mut right, mut nothing, mut taken) = (0, 0, 0, 0);
    for line in lines.lines() {
        let item: Value = serde_json::from_str(line).expect("JSON");
        let text = item["text"].as_str().expect("a text");
        let got = match pipeline::fragment(text).result {
            Err(_) => "none",
            Ok(found) if found.accepts.len() > 1 => "both",
            Ok(found) => found.lang.as_str(),
        };
        let label = item["label"].as_str().expect("a label");
        all += 1;
        right += usize::from(got == label);
        nothing += usize::from(label == "none");
        taken += usize::from(label == "none" && got != "none");
    }
    let share = |part: usize, all: usize| part as f64 / f64::from(u32::try_from(all).expect("few"));
    (share(right, all), share(taken, nothing))
}

#[test]
fn labelled_fragments_are_told_apart() {
    let Some(shared) = shared() else { return };
    for (name, floor) in [("dev.jsonl", 0.98), ("dev_short.jsonl", 0.95)] {
        let file = shared.join("classify").join(name);
        if !file.exists() {
            skipped(&format!("no `{}`", file.display()));
            continue;
        }
        let (right, taken) = measured(&file);
        assert!(right >= floor, "{name}: {right:.4} right, at least {floor}");
        assert!(taken <= 0.03, "{name}: {taken:.4} of what is no code taken for code");
    }
}
