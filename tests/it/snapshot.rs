//! Recorded verdicts: proposed when they differ, accepted or rejected by people, nothing else.

use stillruns::model::{Cause, Change, DocPath, IdMaker, Lang, SnippetId, Verdict, Why};
use stillruns::snapshot::{self, Record, Recorded};

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
    let id = &ids(1)[0];
    for (old, new, change) in cases {
        let found = snapshot::compare(&recorded(std::slice::from_ref(&old)), id, &new);
        assert_eq!(found, change, "{old} then {new}");
    }
    assert_eq!(snapshot::compare(&Recorded::default(), id, &Verdict::Pass), Change::New);
}

#[test]
fn gone_examples_are_found_and_partial_checks_keep_the_others() {
    let all = ids(3);
    let old = recorded(&[Verdict::Pass, raised("a"), Verdict::Pass]);
    assert_eq!(snapshot::gone(&old, &[&all[0], &all[2]]), [all[1].clone()]);
    let fresh = [Record::new(all[2].clone(), Lang::Py3, &raised("b"), "x")];
    let merged = snapshot::merge(Some(&old), &[&all[2], &all[0]], &fresh);
    let told: Vec<&str> = merged.records.iter().map(Record::verdict).collect();
    assert_eq!(told, ["fail: ValueError: b", "pass"]);
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
    snapshot::accept(&pending[0]).expect("accepted");
    assert!(!propose(&Verdict::Pass));
    assert_eq!(project.files("snaps"), ["_up/odd name/a.md/verdicts.snap"]);

    assert!(propose(&raised("x")));
    assert!(!propose(&Verdict::Pass), "an out of date proposal goes away");
    assert!(propose(&raised("x")));
    snapshot::reject(&snapshot::pending(&root).expect("read")[0]).expect("rejected");
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
