//! Doctests that the Pythons of this machine bring along, beside what their own doctest says.
//!
//! The texts of Python's own tests of doctest, as they are and as sessions, and the docstrings of some
//! modules. What differs is listed with its reason in `tests/cases/doctests/differences.tsv`: nothing
//! else may, and what is listed must.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::project::{Project, run_in, skipped};

/// Modules whose docstrings are asked as well, where a Python has them: they are quick, and tell
/// nothing of a machine.
const MODULES: &[&str] = &[
    "doctest",
    "heapq",
    "difflib",
    "bisect",
    "collections",
    "fractions",
    "statistics",
    "textwrap",
];

#[test]
fn doctests_end_as_the_doctest_of_their_python_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed = fs::read_to_string(root.join("tests/cases/doctests/differences.tsv"));
    let listed = listed.expect("the list can be read");
    let mut expected: BTreeSet<String> = BTreeSet::new();
    let mut pythons = BTreeSet::new();
    let mut found: BTreeSet<String> = BTreeSet::new();
    for python in pythons_of(root) {
        let Some(tests) = ask(root, &python.path).filter(|tests| !tests.is_empty()) else {
            skipped(&format!("{} brings no doctests along", python.path));
            continue;
        };
        if !pythons.insert(python.name.clone()) {
            continue;
        }
        found.extend(differences(&python, &tests));
    }
    if pythons.is_empty() {
        skipped("no Python with doctests of its own is here");
        return;
    }
    for row in listed.lines().filter(|row| !row.is_empty() && !row.starts_with('#')) {
        let cells: Vec<&str> = row.split('\t').collect();
        let [versions, name, difference, reason] = cells[..] else {
            panic!("a row of four: {row}")
        };
        assert!(!reason.is_empty(), "a difference has a reason: {row}");
        let here = versions.split(' ').filter(|version| pythons.contains(*version));
        expected.extend(here.map(|version| format!("{version}\t{name}\t{difference}")));
    }
    let new: Vec<&String> = found.difference(&expected).collect();
    let gone: Vec<&String> = expected.difference(&found).collect();
    assert!(new.is_empty() && gone.is_empty(), "not listed: {new:#?}\nlisted and gone: {gone:#?}");
}

struct Python {
    path: String,
    /// `3.12`, `pypy3.9`.
    name: String,
}

/// The Pythons that the program finds, the newest release of each version first.
fn pythons_of(root: &Path) -> Vec<Python> {
    let told = run_in(root, &["doctor"]).out;
    let lines = told.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let pythons = lines.filter_map(|words| match words[..] {
        [id, version, path] if id.starts_with("python") && path.starts_with('/') => {
            let minor: Vec<&str> = version.split('.').take(2).collect();
            let kind = if path.contains("pypy") { "pypy" } else { "" };
            Some(Python { path: path.to_owned(), name: format!("{kind}{}", minor.join(".")) })
        }
        _ => None,
    });
    pythons.collect()
}

/// What the doctest of `python` says of its doctests; nothing where it cannot be asked.
fn ask(root: &Path, python: &str) -> Option<Vec<Value>> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    #[expect(clippy::disallowed_methods, reason = "the test asks Python's own doctest")]
    let output = Command::new(python)
        .arg(root.join("tests/bench/ask_doctests.py"))
        .args(MODULES)
        .current_dir(folder.path())
        .env("PYTHONHASHSEED", "0")
        .env("NO_COLOR", "1")
        .env("LANG", "C.UTF-8")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    Some(told.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect())
}

/// What is said of one document: verdict, kind of its cause or reason, line.
type Told = (String, String, u64);

/// Where the program and doctest differ on `tests`.
fn differences(python: &Python, tests: &[Value]) -> Vec<String> {
    let project = Project::new();
    let mut sessions = Vec::new();
    for (at, test) in tests.iter().enumerate() {
        let (text, lines) = session(test, &python.name);
        project.put(format!("s{at:04}.md"), text);
        sessions.push(lines);
        if let Some(path) = test["path"].as_str() {
            project.put(format!("w{at:04}.txt"), fs::read(path).expect("it was read before"));
        }
    }
    let args = ["check", ".", "--python", &python.path, "--format", "jsonl", "--exit-zero"];
    let said = project.run(args.into_iter().chain(["--timeout", "60s", "--no-cache"])).code(0);
    let mut told: BTreeMap<String, Vec<Told>> = BTreeMap::new();
    for line in said.out.lines() {
        let event: Value = serde_json::from_str(line).expect("JSON");
        if event["event"] == "finished" {
            let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let kind = word(&event["cause"]["kind"]) + &word(&event["reason"]["kind"]);
            let one = (word(&event["verdict"]), kind, event["line"].as_u64().unwrap_or(0));
            told.entry(word(&event["doc"])).or_default().push(one);
        }
    }
    let mut differing = Vec::new();
    for (at, test) in tests.iter().enumerate() {
        let lines = own_lines(test);
        for (form, doc, lines) in [
            ("session", format!("s{at:04}.md"), &sessions[at]),
            ("text", format!("w{at:04}.txt"), &lines),
        ] {
            if form == "text" && test["path"].is_null() {
                continue;
            }
            let ours = told.get(&doc).map(Vec::as_slice).unwrap_or_default();
            if let Some(what) = difference(test, ours, lines) {
                let name = test["name"].as_str().unwrap_or("?");
                differing.push(format!("{}\t{name} as {form}\t{what}", python.name));
            }
        }
    }
    differing
}

/// First and last line of each example.
type Lines = Vec<(u64, u64)>;

fn count(text: &Value) -> u64 {
    text.as_str().unwrap_or_default().lines().count() as u64
}

/// The lines of the examples of a text as it is.
fn own_lines(test: &Value) -> Lines {
    let examples = test["examples"].as_array().expect("a list");
    let line = |example: &Value| example[3].as_u64().expect("a line");
    examples
        .iter()
        .map(|example| (line(example), line(example) + count(&example[0]) + count(&example[1]) - 1))
        .collect()
}

/// The document with the session of a test, and the lines of its examples.
fn session(test: &Value, version: &str) -> (String, Lines) {
    let tag = if version.starts_with('2') { "python2" } else { "python" };
    let mut text = format!("```{tag}\n");
    if let Some(module) = test["module"].as_str() {
        text += &format!(">>> import {module} as tested; globals().update(vars(tested))\n");
    }
    let mut lines = Lines::new();
    for example in test["examples"].as_array().expect("a list") {
        let first = text.lines().count() as u64 + 1;
        for (at, line) in example[0].as_str().unwrap_or_default().lines().enumerate() {
            let prompt = if at == 0 { ">>>" } else { "..." };
            text += format!("{prompt} {line}").trim_end();
            text.push('\n');
        }
        text += example[1].as_str().unwrap_or_default();
        lines.push((first, text.lines().count() as u64));
    }
    (text + "```\n", lines)
}

/// How what is said of a document differs from what doctest says of its examples.
fn difference(test: &Value, ours: &[Told], lines: &[(u64, u64)]) -> Option<String> {
    let failed = test["failed"].as_array().expect("a list");
    let failed: BTreeSet<usize> =
        failed.iter().filter_map(|at| usize::try_from(at.as_u64()?).ok()).collect();
    let example =
        |line: u64| lines.iter().position(|(first, last)| (*first..=*last).contains(&line));
    let fails: BTreeSet<Option<usize>> = ours
        .iter()
        .filter(|(verdict, ..)| verdict == "fail")
        .map(|(_, _, line)| example(*line))
        .collect();
    let unjudged: Vec<&str> = ours
        .iter()
        .filter(|(verdict, ..)| verdict == "unjudged")
        .map(|(_, kind, _)| kind.as_str())
        .collect();
    let theirs = if failed.is_empty() { "passes" } else { "fails" };
    if ours.is_empty() {
        return Some(format!("no example, doctest {theirs}"));
    }
    if !unjudged.is_empty() {
        return Some(format!("unjudged {}, doctest {theirs}", unjudged.join(" ")));
    }
    match (fails.is_empty(), failed.is_empty()) {
        (true, true) => None,
        (true, false) => Some("pass, doctest fails".to_owned()),
        (false, true) => Some("fail, doctest passes".to_owned()),
        (false, false) => {
            let same = fails.iter().all(|at| at.is_some_and(|at| failed.contains(&at)));
            (!same).then(|| "fail, doctest fails another example".to_owned())
        }
    }
}
