//! The page in a real browser: what it shows with and without scripts, that it can be used by
//! everybody, that nothing leaves it, and that a large one stays small.

use std::io::Write;

use stillruns::model::{
    Background, Cause, Change, Counts, DocPath, IdMaker, Lang, Noted, Outcome, RunDigest, Summary,
    Verdict, Why,
};

use crate::checkers::{content, node, put, scratch, system};
use crate::formats::{hostile, written};

/// Ten thousand examples in two hundred documents, of the lengths that notes have.
fn large() -> Summary {
    let mut summary = Summary::default();
    for document in 0..200 {
        let doc = DocPath::new(&format!("docs/chapter-{document:03}.md"));
        let mut ids = IdMaker::new(doc.clone());
        let mut counts = Counts::default();
        for number in 0..50 {
            let verdict = match number % 10 {
                0 => Verdict::Fail(Cause::Exception {
                    name: "KeyError".to_owned(),
                    message: format!("'{number}'"),
                }),
                1 | 2 => Verdict::Unjudged(Why::NeedsModule("numpy".to_owned())),
                _ => Verdict::Pass,
            };
            counts.add(&verdict);
            let lines = 3 + number % 9;
            let line =
                |at: u32| format!("value_{at} = compute('text {at}', {at}) if {at} else None\n");
            let start = number * 20 + 1;
            let note = |what: &str| Noted { what: what.to_owned(), line: Some(start) };
            summary.outcomes.push(Outcome {
                id: ids.next(&number.to_string()),
                doc: doc.clone(),
                start,
                end: start + lines - 1,
                class: Lang::Py3,
                line: matches!(verdict, Verdict::Fail(_)).then_some(start + 1),
                column: None,
                verdict,
                change: Change::Same,
                run: RunDigest {
                    duration_ms: 20,
                    interpreter: "python3 3.13.0".to_owned(),
                    ..RunDigest::default()
                },
                background: Background {
                    source: (0..lines).map(line).collect(),
                    evidence: vec![note("parses as Python"), note("Python: assignment")],
                    ..Background::default()
                },
            });
        }
        summary.documents.push((doc, counts));
    }
    summary
}

#[test]
fn the_page_holds_in_a_browser() {
    let folder = scratch();
    let pages = [
        ("hostile.html", hostile()),
        ("usual.html", crate::report::summary()),
        ("large.html", large()),
    ];
    for (name, summary) in pages {
        put(folder.path(), name, written("html", &summary).as_bytes());
    }
    let Some(_) = system("chromium") else { return };
    let Some(mut checker) = node("page.mjs") else { return };
    checker.arg(folder.path());
    let told = content(checker);
    assert!(told.ends_with("the page holds\n"), "{told}");
    write!(std::io::stderr(), "{told}").expect("standard error takes lines");
}

#[test]
fn ten_thousand_examples_stay_below_ten_megabytes() {
    let mut summary = large();
    let page = written("html", &summary);
    assert!(page.len() < 10_000_000, "{}", page.len());
    assert_eq!(page.matches("<details class=\"x ").count(), 10_000);
    // Long ones are cut rather than left out.
    for outcome in &mut summary.outcomes {
        outcome.background.source = outcome.background.source.repeat(6);
    }
    let page = written("html", &summary);
    assert!(page.len() < 20_000_000, "{}", page.len());
    assert_eq!(page.matches("<details class=\"x ").count(), 10_000);
}
