//! Recorded verdicts: proposed when they differ, accepted or rejected by people, nothing else.

use stillruns::model::{
    Cause, Change, DocPath, IdMaker, Lang, SnippetId, Verdict, Way, Why, sha256_hex,
};
use stillruns::snapshot::{self, Book, Decision, Delta, Present, Record, Recorded};

use crate::project::{MIXED, Project};

fn ids(number: usize) -> Vec<SnippetId> {
    let mut maker = IdMaker::new(DocPath::new("a.md"));
    (0..number).map(|at| maker.next(&at.to_string())).collect()
}

fn raised(message: &str) -> Verdict {
    Verdict::Fail(Cause::Exception { name: "ValueError".into(), message: message.into() })
}

fn recorded(verdicts: &[Verdict]) -> Recorded {
    let ids = ids(verdicts.len()).into_iter();
    let records = ids.zip(verdicts).map(|(id, verdict)| Record::new(id, Lang::Py3, verdict, "x"));
    Recorded { records: records.collect() }
}

#[test]
fn changes_are_told_by_what_they_mean() {
    let open = || Verdict::Unjudged(Why::NeedsModule("numpy".into()));
    let cases = [
        (Verdict::Pass, Verdict::Pass, Change::Same),
        (Verdict::Pass, raised("a"), Change::Broken),
        (open(), raised("a"), Change::Broken),
        (raised("a"), Verdict::Pass, Change::Fixed),
        (open(), Verdict::Pass, Change::Fixed),
        (raised("a"), raised("a"), Change::Same),
        (raised("a"), raised("b"), Change::Changed),
        (raised("a"), open(), Change::Changed),
        (Verdict::Pass, open(), Change::Changed),
        (raised("at 0x7f0000000001"), raised("at 0x7f0000000002"), Change::Same),
    ];
    for (old, new, change) in cases {
        let record = Record::new(ids(1).remove(0), Lang::Py3, &old, "x");
        assert_eq!(snapshot::compare(&record, &new), change, "{old} then {new}");
    }
    let flaky = Record::new(ids(1).remove(0), Lang::Py3, &Verdict::Pass, "x").flaky();
    assert_eq!(snapshot::compare(&flaky, &Verdict::Pass), Change::Same);
    assert_eq!(snapshot::compare(&flaky, &raised("a")), Change::Flaky);
}

fn present<'p>(
    doc: &'p DocPath,
    id: &'p SnippetId,
    content: &'p str,
    code: &'p str,
) -> Present<'p> {
    Present { doc, id, class: Lang::Py3, content, code }
}

/// What is told of the content of `code`.
fn content(code: &str) -> String {
    snapshot::content_of(&sha256_hex(code.as_bytes())).to_owned()
}

#[test]
fn a_partial_check_keeps_the_others_and_drops_what_is_gone() {
    let all = ids(3);
    let old = recorded(&[Verdict::Pass, raised("a"), Verdict::Pass]);
    let doc = DocPath::new("a.md");
    let present: Vec<Present<'_>> =
        [&all[2], &all[0]].into_iter().map(|id| present(&doc, id, "", "")).collect();
    let fresh = [Record::new(all[2].clone(), Lang::Py3, &raised("b"), "x")];
    let merged = snapshot::merge(Some(&old), &present, &fresh, &[]);
    let told: Vec<&str> = merged.records.iter().map(Record::verdict).collect();
    assert_eq!(told, ["fail: ValueError: b", "pass"]);
}

#[test]
fn an_example_is_found_by_what_it_holds_under_a_new_id_and_in_another_document() {
    let project = Project::new().file("here.md", "").file("new.md", "");
    let root = project.path("snaps");
    let codes = ["one", "two", "three", "one"];
    let record = |doc: &DocPath, places: &[usize]| {
        let mut maker = IdMaker::new(doc.clone());
        let one =
            |at: &usize| Record::new(maker.next(codes[*at]), Lang::Py3, &Verdict::Pass, codes[*at]);
        Recorded { records: places.iter().map(one).collect() }
    };
    let (here, old, new) =
        (DocPath::new("here.md"), DocPath::new("old.md"), DocPath::new("new.md"));
    for (doc, places) in [(&here, &[0, 1][..]), (&old, &[2, 3][..])] {
        snapshot::propose(&root, doc, &record(doc, places)).expect("proposed");
    }
    for pending in snapshot::pending(&root).expect("read") {
        snapshot::accept(&root, &pending).expect("accepted");
    }
    let book = Book::open(&root, Some(&project.path("")), [&here, &new]).expect("read");
    assert!(book.is_orphan(&old) && !book.is_orphan(&here));
    // `here` lost its second example and has its first under another id; `new` holds the third.
    let other = ids(9).remove(8);
    let moved = IdMaker::new(new.clone()).next("three");
    let (first, third) = (content("one"), content("three"));
    let present = [present(&here, &other, &first, "one"), present(&new, &moved, &third, "three")];
    let matched = book.matched(&present);
    let from: Vec<(&DocPath, Way)> =
        matched.known.iter().flatten().map(|known| (known.from, known.way)).collect();
    assert_eq!(from, [(&here, Way::Stayed), (&old, Way::Renamed)]);
    let gone: Vec<(&str, &str)> =
        matched.gone.iter().map(|(doc, record)| (doc.as_str(), record.code())).collect();
    assert_eq!(gone, [("here.md", "two"), ("old.md", "one")]);
}

#[test]
fn moves_within_a_document_and_edits_between_neighbors_are_told_apart() {
    let project = Project::new().file("a.md", "");
    let root = project.path("snaps");
    let doc = DocPath::new("a.md");
    let mut maker = IdMaker::new(doc.clone());
    let mut all = |codes: &[&'static str]| -> Vec<(SnippetId, String, &'static str)> {
        codes.iter().map(|code| (maker.next(code), content(code), *code)).collect()
    };
    let old = all(&["a = 1", "b = 1", "c = 1", "def d():\n    pass", "e = 1"]);
    let record = |(id, _, code): &(SnippetId, String, &str)| {
        Record::new(id.clone(), Lang::Py3, &Verdict::Pass, code)
    };
    let recorded = Recorded { records: old.iter().map(record).collect() };
    snapshot::propose(&root, &doc, &recorded).expect("proposed");
    snapshot::accept(&root, &snapshot::pending(&root).expect("read")[0]).expect("accepted");
    // `e` goes to the front, `b` reads otherwise, `d` has another body; `f` and `g` are new.
    let edited = all(&["b + 2", "def d():\n    return 1", "f = 1", "g = 1"]);
    let now = [&old[4], &old[0], &edited[0], &old[2], &edited[1], &edited[2], &edited[3]];
    let now: Vec<Present<'_>> =
        now.iter().map(|(id, content, code)| present(&doc, id, content, code)).collect();
    let book = Book::open(&root, None, [&doc]).expect("read");
    let matched = book.matched(&now);
    let told: Vec<Option<(&str, Way)>> = matched
        .known
        .iter()
        .map(|known| known.map(|known| (known.record.code(), known.way)))
        .collect();
    let expected = [
        Some(("e = 1", Way::Moved)),
        Some(("a = 1", Way::Stayed)),
        Some(("b = 1", Way::Edited)),
        Some(("c = 1", Way::Stayed)),
        Some(("def d():", Way::Edited)),
        None,
        None,
    ];
    assert_eq!(told, expected);
    assert!(matched.gone.is_empty());
}

#[test]
fn some_examples_of_a_proposal_are_decided_over_and_the_others_wait() {
    let project = Project::new();
    let root = project.path("snaps");
    let doc = DocPath::new("a.md");
    let names = ids(3);
    let pending = || snapshot::pending(&root).expect("read");
    snapshot::propose(&root, &doc, &recorded(&[Verdict::Pass, Verdict::Pass])).expect("proposed");
    snapshot::accept(&root, &pending()[0]).expect("accepted");
    let all = recorded(&[raised("a"), raised("b"), Verdict::Pass]);
    snapshot::propose(&root, &doc, &all).expect("proposed");
    let only = |at: usize| {
        let id = names[at].clone();
        move |delta: &Delta| delta.id() == Some(&id)
    };
    let kept = || {
        let recorded = snapshot::read(&snapshot::path(&root, &doc)).expect("read").expect("there");
        let mut told: Vec<String> =
            recorded.records.iter().map(|record| record.verdict().to_owned()).collect();
        told.sort();
        told
    };
    assert_eq!(pending()[0].deltas.len(), 3);
    snapshot::decide(&root, &pending()[0], Decision::Accept, &only(0)).expect("accepted");
    assert_eq!((kept().len(), pending()[0].deltas.len()), (2, 2));
    assert_eq!(kept(), ["fail: ValueError: a", "pass"]);
    snapshot::decide(&root, &pending()[0], Decision::Reject, &only(1)).expect("rejected");
    assert_eq!(pending()[0].deltas.len(), 1);
    snapshot::decide(&root, &pending()[0], Decision::Accept, &only(2)).expect("accepted");
    assert!(pending().is_empty());
    assert_eq!(kept(), ["fail: ValueError: a", "pass", "pass"]);
}

#[test]
fn another_interpreter_alone_is_no_change() {
    let project = Project::new();
    let root = project.path("snaps");
    let doc = DocPath::new("a.md");
    let by = |interpreter: &str| {
        let record = Record::new(ids(1).remove(0), Lang::Py3, &raised("a"), "x");
        Recorded { records: vec![record.run_by(interpreter)] }
    };
    assert!(snapshot::propose(&root, &doc, &by("python3 3.12.1")).expect("proposed"));
    let pending = snapshot::pending(&root).expect("read").remove(0);
    assert!(pending.new.contains("interpreter: python3 3.12\n"), "{}", pending.new);
    snapshot::accept(&root, &pending).expect("accepted");
    assert!(!snapshot::propose(&root, &doc, &by("python3 3.13.0")).expect("proposed"));
}

#[test]
fn proposals_come_and_go() {
    let project = Project::new();
    let root = project.path("snaps");
    let doc = DocPath::new("../odd name/a.md");
    let propose = |verdict: &Verdict| {
        snapshot::propose(&root, &doc, &recorded(std::slice::from_ref(verdict))).expect("proposed")
    };
    assert!(snapshot::pending(&root).expect("read").is_empty());
    assert!(propose(&Verdict::Pass));
    let text = project.read("snaps/_up/odd name/a.md/verdicts.snap.new");
    assert!(propose(&Verdict::Pass));
    assert_eq!(text, project.read("snaps/_up/odd name/a.md/verdicts.snap.new"));

    let pending = snapshot::pending(&root).expect("read");
    assert_eq!((pending.len(), &pending[0].document, pending[0].old.as_str()), (1, &doc, ""));
    snapshot::accept(&root, &pending[0]).expect("accepted");
    assert!(!propose(&Verdict::Pass));
    assert_eq!(project.files("snaps"), ["_up/odd name/a.md/verdicts.snap"]);

    assert!(propose(&raised("x")));
    assert!(!propose(&Verdict::Pass), "an out of date proposal goes away");
    assert!(propose(&raised("x")));
    snapshot::reject(&root, &snapshot::pending(&root).expect("read")[0]).expect("rejected");
    let kept = snapshot::read(&snapshot::path(&root, &doc)).expect("read").expect("there");
    assert_eq!(kept, recorded(&[Verdict::Pass]));
}

#[test]
fn a_malformed_file_is_told_with_its_line() {
    let project = Project::new().file("verdicts.snap", "---\nsource: a\n---\nx\n");
    let error = snapshot::read(&project.path("verdicts.snap")).expect_err("refused").to_string();
    assert!(error.contains("verdicts.snap") && error.contains("line "), "{error}");
}

#[test]
fn two_runs_write_the_same_bytes() {
    let project = Project::with(&format!("{MIXED}\n```python\nraise ValueError(object())\n```\n"));
    let args = ["check", "--sandbox", "best-effort"];
    project.run(args).code(1);
    let path = "snippets/a.md/verdicts.snap.new";
    let first = project.read(path);
    std::fs::remove_file(project.path(path)).expect("removed");
    project.run(args).code(1);
    assert_eq!(first, project.read(path));
    assert!(first.contains("<address>"), "{first}");
}

#[test]
fn review_shows_the_difference_and_decides_nothing_without_a_terminal() {
    let project = Project::with(MIXED);
    project.run(["check", "--sandbox", "best-effort"]).code(1);
    project.run(["review"]).code(0).out("+ ").out("IndexError").err("stillruns accept");
    assert_eq!(project.files("snippets"), ["a.md/verdicts.snap.new"]);
    project.run(["reject", "a.md"]).code(0).err("rejected a.md");
    assert!(project.files("snippets").is_empty());
}
