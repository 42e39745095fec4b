//! Every report of one summary that has something of everything.

use std::collections::BTreeMap;

use stillruns::model::{
    Background, Cause, Change, Counts, Difference, DocPath, History, IdMaker, Lang, Loaded,
    MachineDigest, Outcome, Past, RunDigest, SnippetId, Suggestion, Summary, Verdict, Why,
};
use stillruns::report::{Detail, Options, REPORTS, find, read};

use crate::project::{Project, python};

const SOURCE: &str = "# Title\n\n```python\nimport os\nprint(os.nme)  # \u{1b}[31m\n```\n\n\
    ```sh\nexit 3\n```\n\n```python\nimport numpy\n```\n";

/// The lines from the first to the last of the source.
fn lines((first, last): (u32, u32)) -> String {
    let lines = SOURCE.split_inclusive('\n').skip(first as usize - 1);
    lines.take((last - first) as usize + 1).collect()
}

fn outcome(id: SnippetId, at: (u32, u32), verdict: Verdict, change: Change) -> Outcome {
    let enforced = BTreeMap::from([("seccomp".to_owned(), "full".to_owned())]);
    Outcome {
        id,
        doc: DocPath::new("docs/a b.md"),
        start: at.0,
        end: at.1,
        class: Lang::Py3,
        column: None,
        line: matches!(verdict, Verdict::Fail(_)).then_some(at.0 + 1),
        verdict,
        change,
        run: RunDigest {
            duration_ms: 1234,
            interpreter: "python 3.13.0".into(),
            enforced: enforced.into(),
            ..RunDigest::default()
        },
        background: Background { source: lines(at), ..Background::default() },
    }
}

pub(crate) fn summary() -> Summary {
    let doc = DocPath::new("docs/a b.md");
    let mut ids = IdMaker::new(doc.clone());
    let mut broken = outcome(
        ids.next("1"),
        (3, 6),
        Verdict::Fail(Cause::Exception {
            name: "AttributeError".into(),
            message: "no `nme`\u{202e}".into(),
        }),
        Change::Broken,
    );
    broken.line = Some(5);
    broken.run.stderr_tail = vec!["Traceback:".into(), "  \u{1b}[2J File".into()];
    let known = outcome(ids.next("2"), (8, 10), Verdict::Fail(Cause::ExitStatus(3)), Change::Same);
    let module = Verdict::Unjudged(Why::NeedsModule("numpy".into()));
    let mut open = outcome(ids.next("3"), (12, 14), module, Change::New);
    open.run.interpreter = String::new();
    let pass = outcome(ids.next("4"), (8, 10), Verdict::Pass, Change::Same);
    let fixed = outcome(ids.next("5"), (8, 10), Verdict::Pass, Change::Fixed);
    let counts = Counts { pass: 2, fail: 2, unjudged: 1, skipped: 4 };
    Summary {
        outcomes: vec![broken, known, open, pass, fixed],
        moved: Vec::new(),
        shard: None,
        gone: vec![(doc.clone(), ids.next("6"))],
        documents: vec![(doc.clone(), counts), (DocPath::new("empty.md"), Counts::default())],
        machine: MachineDigest {
            interpreters: vec!["python 3.13.0".into()],
            sandbox: BTreeMap::from([("mounts".to_owned(), "absent: no".to_owned())]),
            ..MachineDigest::default()
        },
    }
}

fn written(name: &str, options: &Options) -> String {
    told(name, &summary(), options)
}

fn told(name: &str, summary: &Summary, options: &Options) -> String {
    let mut bytes = Vec::new();
    (find(name).expect("a format").write)(summary, options, &mut bytes).expect("written");
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn human() {
    insta::assert_snapshot!(written("human", &Options::default()));
}

#[test]
fn human_says_less() {
    let options = Options { detail: Detail::Quiet, ..Options::default() };
    insta::assert_snapshot!(written("human", &options));
}

#[test]
fn human_says_more_and_knows_where_it_was_started() {
    let options =
        Options { detail: Detail::Verbose, prefix: "../".to_owned(), ..Options::default() };
    insta::assert_snapshot!(written("human", &options));
}

#[test]
fn human_says_what_is_known_beside_the_verdict() {
    let mut summary = summary();
    let other = summary.outcomes[3].id.clone();
    let background = &mut summary.outcomes[0].background;
    background.loaded = vec![Loaded { id: other, start: 1, brings: vec!["os".into(), "x".into()] }];
    background.differences =
        vec![Difference { line: 6, expected: "a\nb\n".into(), actual: "a\nc\u{7}\n".into() }];
    background.suggestion = Some(Suggestion::new("did you mean `os.name`?", Vec::new()));
    let past = Past { verdict: "pass".into(), duration_ms: 3 };
    let since = Some("2020-05-01".into());
    background.history = Some(History { since, flaked: 1, runs: vec![past] });
    insta::assert_snapshot!(told("human", &summary, &Options::default()));
}

#[test]
fn human_repeats_what_has_scrolled_away() {
    let mut summary = summary();
    let broken = summary.outcomes[0].clone();
    summary.outcomes.extend([broken.clone(), broken.clone()]);
    assert!(!told("human", &summary, &Options::default()).contains("\nnewly broken "));
    summary.outcomes.push(broken);
    let text = told("human", &summary, &Options::default());
    let line = "newly broken docs/a b.md:5  AttributeError: no `nme`\\u{202e}\n";
    assert!(text.contains(&format!("\n\n{}8 examples", line.repeat(4))), "{text}");
}

#[test]
fn numbers_at_their_ends_stop_no_report() {
    let mut summary = summary();
    for outcome in &mut summary.outcomes {
        (outcome.start, outcome.end) = (u32::MAX, u32::MAX);
        (outcome.line, outcome.column) = (Some(u32::MAX), Some(u32::MAX));
        outcome.run.duration_ms = u64::MAX;
        let runs = vec![Past { verdict: "pass".into(), duration_ms: u64::MAX }; 2];
        outcome.background.history = Some(History { since: None, flaked: u32::MAX, runs });
    }
    let most = Counts { pass: u32::MAX, fail: u32::MAX, unjudged: u32::MAX, skipped: u32::MAX };
    summary.documents.iter_mut().for_each(|(_, counts)| *counts = most);
    for report in REPORTS {
        assert!(!told(report.name, &summary, &Options::default()).is_empty());
    }
}

#[test]
fn jsonl() {
    let text =
        written("jsonl", &Options::default()).replace(env!("CARGO_PKG_VERSION"), "[version]");
    insta::assert_snapshot!(text);
}

#[test]
fn what_events_tell_can_be_read_again() {
    let summary = summary();
    assert_eq!(read(&written("jsonl", &Options::default())), Ok(summary));
}

#[test]
fn events_that_are_cut_short_or_foreign_are_refused() {
    let text = written("jsonl", &Options::default());
    let lines: Vec<&str> = text.lines().collect();
    let cases = [
        (lines[..lines.len() - 1].join("\n"), lines.len() - 1, "ends before its summary"),
        (lines[1..].join("\n"), 1, "`started` comes first"),
        ([lines[0], lines[lines.len() - 1]].join("\n"), 2, "does not tell what stands before"),
        (format!("{text}{text}"), lines.len() + 1, "`started` comes first"),
        (text.replacen("\"schema_version\":1", "\"schema_version\":7", 2), 1, "version 7"),
        (text.replace("\"verdict\":\"fail\"", "\"verdict\":\"pass\""), 2, "does not go with"),
        (text.replacen("\"event\":\"finished\"", "\"event\":\"x\"", 1), 2, "no event"),
        ("{}\n".to_owned(), 1, "no event"),
        (String::new(), 1, "ends before its summary"),
    ];
    for (text, line, cause) in cases {
        let unread = read(&text).expect_err("refused");
        assert_eq!((unread.line, unread.cause.contains(cause)), (line, true), "{unread}");
    }
}

#[test]
fn color_only_underlines_the_words() {
    let plain = written("human", &Options::default());
    let colored = written("human", &Options { color: true, ..Options::default() });
    assert!(colored.contains("\u{1b}["));
    let mut stripped = String::new();
    let mut rest = colored.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        stripped.push_str(before);
        rest = after.split_once('m').expect("an end").1;
    }
    stripped.push_str(rest);
    assert_eq!(stripped, plain);
}

#[test]
fn no_report_lets_control_characters_through_or_fails_on_nothing() {
    for report in REPORTS {
        let text = written(report.name, &Options::default());
        let hidden = |character: char| character.is_control() && character != '\n';
        assert!(!text.contains(hidden) || report.name == "jsonl", "{}", report.name);
        assert!(!text.contains('\u{1b}'), "{}", report.name);
        let mut bytes = Vec::new();
        (report.write)(&Summary::default(), &Options::default(), &mut bytes).expect("written");
        assert!(!bytes.is_empty(), "{}", report.name);
    }
}

#[test]
fn tracebacks_are_shown_with_the_lines_of_the_document_and_kept_as_they_were_printed() {
    let text = format!(
        "Words.\n\n{}\nMore.\n\n{}\n{}",
        python("def half(number):\n    return 1 / number"),
        python("print(half(2))\nprint(half(0))"),
        "```sh\ntrue\nls nowhere/at/all | cat\necho ${1:?needed}\n```\n"
    );
    let project = Project::new().file("notes/a.md", text);
    let check = ["check", "--sandbox", "best-effort", "notes"];
    let said = project.run(check).code(1);
    for line in
        ["  File \"notes/a.md\", line 12, in <module>", "File \"notes/a.md\", line 5, in half"]
    {
        assert!(said.out.contains(line), "{line} in {}", said.out);
    }
    assert!(!said.out.contains("8610d150acf9.py"), "{}", said.out);
    for format in ["junit", "html", "markdown", "github", "gitlab", "sarif", "tap"] {
        let told = project.run(check.into_iter().chain(["--format", format])).code(1).out;
        let names = ["8610d150acf9.py\"", "8610d150acf9.py&quot;"];
        assert!(!names.iter().any(|name| told.contains(name)), "{told}");
    }
    let raw = project.run(check.into_iter().chain(["--format", "jsonl"])).code(1).out;
    let raw = raw.replace("\\\"", "'").replace("/rw/work", "FOLDER");
    assert!(raw.contains("File 'FOLDER/8610d150acf9.py', line 2, in <module>"), "{raw}");
    let place =
        "\"written\":\"'FOLDER/8610d150acf9.py', line 2\",\"meant\":\"'notes/a.md', line 12\"";
    assert!(raw.contains(place), "{raw}");
}
