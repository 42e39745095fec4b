//! Small constructs, and what CPython says of them: the class, the oldest and the newest version.
//!
//! The verdicts in the file are those of the interpreters 2.7 and 3.6 to 3.14; below 3.6 they are
//! the language reference's. Evidence of names, which compile everywhere, is left out here.

use stillruns::model::{Python, Strength, Versions};
use stillruns::syntax::python;

const CONSTRUCTS: &str = include_str!("../cases/classify/constructs.tsv");

/// Rows that are judged otherwise, and why.
const EXCEPTIONS: &[(&str, &str)] = &[];

struct Row {
    name: &'static str,
    py2: bool,
    py3: &'static str,
    lacking: &'static str,
    source: String,
}

fn rows() -> Vec<Row> {
    let lines = CONSTRUCTS.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines
        .map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            let [_, name, py27, py3, lacking, source] = columns[..] else { panic!("{line}") };
            let source = serde_json::from_str(source).expect("a source is a JSON string");
            Row { name, py2: py27 == "ok", py3, lacking, source }
        })
        .collect()
}

/// Reads `2.6,3.0-3.4`.
fn versions(text: &str) -> Versions {
    let parts = text.split(',').filter(|part| !part.is_empty());
    parts.fold(Versions::NONE, |all, part| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let [first, last] = [first, last].map(|text| Python::parse(text).expect("a version"));
        let since = Versions::since(first.major, first.minor);
        all.or(since.and(Versions::until(last.major, last.minor)))
    })
}

/// The versions that read the row, by the interpreters and the reference.
fn expected(row: &Row) -> Versions {
    let py3 = match row.py3 {
        "-" => Versions::NONE,
        "all" => Versions::PY3,
        until if until.starts_with("<=") => versions(&format!("3.0-{}", &until[2..])),
        since => versions(&format!("{}-3.14", since.trim_end_matches('+'))),
    };
    let py2 = if row.py2 { Versions::PY2 } else { Versions::NONE };
    py2.or(py3).and(versions(row.lacking).not())
}

/// The versions that the syntax of `source` is found to be read by.
fn found(source: &str) -> Versions {
    let facts = python::facts(source);
    let forms = facts.forms.iter().filter(|form| form.strength == Strength::Hard);
    forms.fold(Versions::ALL, |all, form| all.and(form.versions))
}

#[test]
fn every_construct_has_the_versions_that_read_it() {
    let mut wrong = Vec::new();
    let mut separated = 0;
    for row in rows() {
        let expected = expected(&row);
        if expected.is_empty() || EXCEPTIONS.iter().any(|(name, _)| *name == row.name) {
            continue;
        }
        separated += usize::from(expected != Versions::ALL);
        let found = found(&row.source);
        if found != expected {
            wrong.push(format!("{}: {found}, not {expected}\n{}\n", row.name, row.source));
        }
    }
    assert!(wrong.is_empty(), "{} of {separated}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(separated > 100, "only {separated} rows tell versions apart");
}
