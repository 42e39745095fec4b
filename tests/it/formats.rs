//! Every format of one summary that is hostile in every text it holds, given to the format's
//! independent checker; and what each format says of an ordinary one.

use std::collections::BTreeMap;

use pulldown_cmark::{Event, Options as Extensions, Parser, Tag};
use serde_json::Value;
use stillruns::model::{
    Background, Cause, Change, Correction, Counts, Cue, Difference, DocPath, History, IdMaker,
    Lang, LaterEntry, Loaded, MachineDigest, Noted, Outcome, Past, RunDigest, StderrPlace,
    Suggestion, Summary, Verdict, Why,
};
use stillruns::report::{Options, REPORTS, find, read};

use crate::checkers::{content, folder, node, put, scratch, system};

/// What wants to break out of one format or another.
pub(crate) const HOSTILE: &[&str] = &[
    "\u{1b}[31mred\u{1b}[0m \u{9b}2J",
    "\u{1b}]0;title\u{7}\u{1b}]8;;http://example.invalid\u{1b}\\link",
    "]]>",
    "<![CDATA[ x",
    "</script><script>document.title='pwned'</script>",
    "<img src=x onerror=\"document.title='pwned'\">",
    "--><svg onload=document.title='pwned'><!--",
    "\n::error file=x,line=1::pwned\n::set-output name=a::b",
    "%0A::error::pwned %25 %0D",
    "a\0b\u{8}\u{b}\u{c}",
    "\u{202e}evil\u{2066}\u{200b}\u{feff}",
    "\u{fffd}\u{fffe}\u{ffff}\u{10ffff}",
    "&amp;&#0;&#x1b;&lt;",
    "| pipe | `tick` **bold** @user #1 [x](javascript:alert(1)) \\",
    "\r\nnot ok 99 - pwned\r\nok 100\nBail out! now",
    concat!("# TO", "DO later # SKIP it \\# \\\\#"),
    "'\"` $(x) ${x} {{ x }} %s",
    "line\u{2028}separator\u{2029}next\u{85}",
    "  ---\n  a: b\n  ...\n1..9",
    "é日本😀",
];

const MEGABYTE: usize = 1 << 20;

/// One example per hostile text, which stands everywhere in it; and a line of a megabyte.
pub(crate) fn hostile() -> Summary {
    let mut texts: Vec<String> = HOSTILE.iter().map(|text| (*text).to_owned()).collect();
    texts.push("x<\u{1b}".repeat(MEGABYTE / 3));
    let mut summary = Summary { machine: machine(&texts.concat()[..400]), ..Summary::default() };
    for (at, text) in texts.iter().enumerate() {
        let name = text.chars().take(200).collect::<String>();
        let doc = DocPath::new(&format!("docs/{at} {name}.md"));
        let mut ids = IdMaker::new(doc.clone());
        let mut counts = Counts::default();
        let verdicts = [
            Verdict::Fail(Cause::Exception { name: text.clone(), message: text.clone() }),
            Verdict::Unjudged(Why::Placeholder(name.clone())),
            Verdict::Pass,
        ];
        for (number, verdict) in verdicts.into_iter().enumerate() {
            let start = number as u32 * 10 + 1;
            counts.add(&verdict);
            let change = [Change::New, Change::Same, Change::Flaky][(at + number) % 3].clone();
            summary.outcomes.push(Outcome {
                id: ids.next(&number.to_string()),
                doc: doc.clone(),
                start,
                end: start + 2,
                class: Lang::ALL[at % 3],
                line: matches!(verdict, Verdict::Fail(_)).then_some(start + 1),
                column: [None, Some(2), Some(u32::MAX)][(at + number) % 3],
                verdict,
                change,
                run: run(text),
                background: background(
                    &text.chars().take(4000).collect::<String>(),
                    start,
                    ids.next("0"),
                ),
            });
        }
        summary.documents.push((doc.clone(), counts));
        summary.gone.push((doc, ids.next("gone")));
    }
    summary
}

fn machine(text: &str) -> MachineDigest {
    MachineDigest {
        interpreters: vec!["python 3.13.0".to_owned(), text.to_owned()],
        sandbox: BTreeMap::from([("seccomp".to_owned(), text.to_owned())]),
        ..MachineDigest::default()
    }
}

fn run(text: &str) -> RunDigest {
    let exception = Cause::Exception { name: "E".to_owned(), message: text.to_owned() };
    RunDigest {
        rewrites: Vec::new(),
        duration_ms: 12,
        interpreter: text.chars().take(100).collect(),
        enforced: BTreeMap::from([("seccomp".to_owned(), text.chars().take(100).collect())]).into(),
        stderr_tail: vec!["Traceback:".to_owned(), text.to_owned()],
        stderr_places: vec![StderrPlace {
            at: 1,
            written: text.chars().take(3).collect(),
            meant: text.chars().take(100).collect(),
        }],
        earlier: vec![Verdict::Fail(exception)],
        output: None,
    }
}

fn background(text: &str, start: u32, other: stillruns::model::SnippetId) -> Background {
    let note = |line| Noted { what: text.to_owned(), line };
    Background {
        source: format!("one = 1\n{}\nthree = 'x'\n", text.replace('\n', " ")),
        origin: Some(Cue::Fenced),
        evidence: vec![note(Some(start)), note(None)],
        edits: vec![note(None)],
        loaded: vec![Loaded { id: other, start: 1, brings: vec![text.to_owned()] }],
        trace: vec![start + 1, 1],
        later: vec![LaterEntry { name: text.to_owned(), line: start + 9 }],
        differences: vec![Difference {
            line: start + 2,
            expected: format!("same\n{text}"),
            actual: format!("same\n{text}{text}\n"),
        }],
        suggestion: Some(Suggestion {
            message: text.to_owned(),
            line: Some(start),
            replacement: Some(text.to_owned()),
            edits: vec![Correction {
                line: start + 1,
                column: 2,
                old: text.to_owned(),
                new: text.to_owned(),
            }],
        }),
        history: Some(History {
            since: Some(text.to_owned()),
            flaked: 2,
            runs: vec![Past { verdict: text.to_owned(), duration_ms: 7 }],
        }),
    }
}

pub(crate) fn written(name: &str, summary: &Summary) -> String {
    let mut bytes = Vec::new();
    let options = Options { within: "sub/".to_owned(), ..Options::default() };
    (find(name).expect("a format").write)(summary, &options, &mut bytes).expect("written");
    String::from_utf8(bytes).expect("UTF-8")
}

fn broken(summary: &Summary) -> usize {
    summary.outcomes.iter().filter(|one| matches!(one.verdict, Verdict::Fail(_))).count()
}

/// Lines a terminal or a log would obey or misread. Of JSON, whose strings may hold them, the
/// escapes are looked at instead.
#[test]
fn no_format_lets_a_control_character_through() {
    let summary = hostile();
    for report in REPORTS {
        let text = written(report.name, &summary);
        let hidden =
            |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\u{85}' | '\u{9b}' | '\u{7f}');
        let json = matches!(report.name, "jsonl" | "json" | "gitlab" | "sarif");
        assert_eq!(text.find(hidden), None, "{}", report.name);
        let marks = ['\u{202e}', '\u{2066}', '\u{9b}', '\u{85}', '\u{2028}'];
        assert!(json || !text.contains(marks), "{}", report.name);
    }
}

#[test]
fn events_and_the_object_fit_the_published_schemas() {
    let (summary, folder) = (hostile(), scratch());
    for (schema, format, file) in
        [("events", "jsonl", "report.jsonl"), ("report", "json", "report.json")]
    {
        let file = put(folder.path(), file, written(format, &summary).as_bytes());
        let schema = format!("{}/ci/schema/{schema}.json", env!("CARGO_MANIFEST_DIR"));
        let Some(mut checker) = node("schema.mjs") else { return };
        checker.arg(schema).arg(file);
        content(checker);
    }
    assert_eq!(read(&written("jsonl", &summary)), Ok(summary));
}

#[test]
fn junit_fits_its_schema() {
    let (summary, folder_) = (hostile(), scratch());
    let file = put(folder_.path(), "report.xml", written("junit", &summary).as_bytes());
    let Some(mut checker) = system("xmllint") else { return };
    checker.args(["--noout", "--nonet", "--schema"]).arg(folder().join("junit.xsd")).arg(&file);
    content(checker);
    let Some(mut counter) = system("xmllint") else { return };
    let query = "concat(count(//testcase), ' ', count(//failure), ' ', count(//skipped), ' ', \
                 count(//testcase[@file and @line]), ' ', count(//flakyFailure), ' ', \
                 count(//rerunFailure))";
    counter.args(["--nonet", "--xpath", query]).arg(&file);
    let (all, new) = (summary.outcomes.len(), summary.newly_broken());
    let pass = summary.totals().pass as usize;
    let expected = format!("{all} {new} {} {all} {pass} {new}", all - new - pass);
    assert_eq!(content(counter).trim(), expected);
}

#[test]
fn sarif_fits_its_schema_and_finds_its_lines() {
    let (summary, folder) = (hostile(), scratch());
    let text = written("sarif", &summary);
    let file = put(folder.path(), "report.sarif", text.as_bytes());
    let Some(mut checker) = node("schema.mjs") else { return };
    checker.arg("sarif").arg(file);
    content(checker);
    let log: Value = serde_json::from_str(&text).expect("JSON");
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), broken(&summary));
    for result in results {
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().expect("a place");
        assert!(uri.starts_with("sub/docs/") && uri.is_ascii() && !uri.contains(' '), "{uri}");
        assert_eq!(place["artifactLocation"]["uriBaseId"], "%SRCROOT%");
        let rule = result["ruleIndex"].as_u64().expect("a rule") as usize;
        let rules = &log["runs"][0]["tool"]["driver"]["rules"];
        assert_eq!(rules[rule]["id"], result["ruleId"]);
        let prints = result["partialFingerprints"].to_string();
        assert!(prints.contains("stillruns/v1") && !prints.contains(":2"), "{prints}");
    }
    let notes = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(notes.as_array().map(Vec::len), Some(summary.totals().unjudged as usize));
}

#[test]
fn gitlab_gets_the_fields_it_asks_for() {
    let (summary, folder_) = (hostile(), scratch());
    let text = written("gitlab", &summary);
    let file = put(folder_.path(), "report.json", text.as_bytes());
    let Some(mut checker) = node("schema.mjs") else { return };
    checker.arg(folder().join("gitlab.json")).arg(file);
    content(checker);
    let issues: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    let mut prints: Vec<&str> =
        issues.iter().filter_map(|issue| issue["fingerprint"].as_str()).collect();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), broken(&summary));
}

#[test]
fn the_badge_has_the_form_of_its_service() {
    let folder_ = scratch();
    for (name, summary) in [("a.json", hostile()), ("b.json", Summary::default())] {
        let file = put(folder_.path(), name, written("badge", &summary).as_bytes());
        let Some(mut checker) = node("schema.mjs") else { return };
        checker.arg(folder().join("badge.json")).arg(file);
        content(checker);
    }
}

#[test]
fn tap_has_a_point_per_example() {
    let (summary, folder) = (hostile(), scratch());
    let file = put(folder.path(), "report.tap", written("tap", &summary).as_bytes());
    let Some(mut checker) = node("tap.mjs") else { return };
    checker.arg(file);
    let told: Value = serde_json::from_str(&content(checker)).expect("JSON");
    let totals = summary.totals();
    assert_eq!(told["count"], summary.outcomes.len());
    assert_eq!(told["skip"], totals.unjudged);
    assert_eq!(told["fail"], totals.fail);
    assert_eq!(told["todo"], broken(&summary) - summary.newly_broken());
    for (point, outcome) in told["points"].as_array().expect("points").iter().zip(&summary.outcomes)
    {
        let broken = matches!(outcome.verdict, Verdict::Fail(_));
        assert_eq!(
            point["diag"]["at"]["line"].as_u64(),
            broken.then(|| u64::from(outcome.start + 1))
        );
    }
}

/// Reads a command as the runner does: `::name key=value,...::data` at the start of a line.
fn command(line: &str) -> Option<(String, BTreeMap<String, String>, String)> {
    let (head, data) = line.trim_start().strip_prefix("::")?.split_once("::")?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let data_of = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    let value_of = |text: &str| data_of(&text.replace("%3A", ":").replace("%2C", ","));
    let pairs = properties.split(',').filter_map(|pair| pair.split_once('='));
    let pairs = pairs.map(|(key, value)| (key.to_owned(), value_of(value))).collect();
    Some((name.to_owned(), pairs, data_of(data)))
}

#[test]
fn annotations_are_one_command_per_line_and_newly_broken_comes_first() {
    let summary = hostile();
    let text = written("github", &summary);
    let commands: Vec<_> = text.lines().map(|line| command(line).expect(line)).collect();
    let names: Vec<&str> = commands.iter().map(|(name, ..)| name.as_str()).collect();
    let new = summary.newly_broken();
    let known = broken(&summary) - new;
    let expected = [vec!["error"; new], vec!["warning"; known], vec!["notice"]].concat();
    assert_eq!(names, expected);
    for (_, properties, data) in &commands[..new + known] {
        let keys: Vec<&str> = properties.keys().map(String::as_str).collect();
        assert_eq!(keys, ["endLine", "file", "line", "title"]);
        assert!(properties["file"].starts_with("sub/docs/"), "{properties:?}");
        assert!(properties["line"].parse::<u32>().is_ok_and(|line| line > 1), "{properties:?}");
        assert!(!data.contains("\n::"), "{data}");
    }
}

#[test]
fn markdown_holds_nothing_but_tables_code_and_links_to_lines() {
    let summary = hostile();
    let text = written("markdown", &summary);
    assert!(text.len() < 65_536, "{}", text.len());
    let mut links = 0;
    for event in Parser::new_ext(&text, Extensions::all()) {
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => {
                assert!(
                    dest_url.starts_with("sub/docs/") && dest_url.contains(".md#L"),
                    "{dest_url}"
                );
                links += 1;
            }
            Event::Start(Tag::Image { .. } | Tag::CodeBlock(_)) | Event::Code(_) => {
                panic!("{event:?}")
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let ours = [
                    "<code>",
                    "</code>",
                    "<!-- stillruns -->",
                    "<details>",
                    "</details>",
                    "<summary>",
                    "</summary>",
                ];
                let left = ours.iter().fold(html.to_string(), |html, tag| html.replace(tag, ""));
                assert!(!left.contains(['<', '>']), "{html}");
            }
            _ => {}
        }
    }
    assert!(links > 0);
}

#[test]
fn markdown_says_how_many_it_leaves_out() {
    let mut summary = hostile();
    for _ in 0..6 {
        let more = summary.outcomes.clone();
        summary.outcomes.extend(more);
    }
    let text = written("markdown", &summary);
    assert!(text.len() < 65_536, "{}", text.len());
    assert!(text.contains("more, which the other reports list"));
}

#[test]
fn every_format_of_a_shard_that_was_read_again_is_the_same() {
    let summary = hostile();
    let again = read(&written("jsonl", &summary)).expect("read");
    for report in REPORTS {
        assert_eq!(written(report.name, &again), written(report.name, &summary), "{}", report.name);
    }
}

#[test]
fn every_format_of_an_ordinary_check() {
    let summary = crate::report::summary();
    for report in REPORTS.iter().filter(|report| !matches!(report.name, "human" | "jsonl")) {
        let text = written(report.name, &summary).replace(env!("CARGO_PKG_VERSION"), "[version]");
        let text = match report.name {
            "html" => {
                let start = text.find("<body>").expect("a body");
                text[start..text.rfind("<script>").expect("a script")].to_owned()
            }
            _ => text,
        };
        insta::assert_snapshot!(report.name, text);
    }
}
