//! Examples that share a run are told of as if each had had its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use serde_json::Value;
use stillruns::model::{DocPath, Document};
use stillruns::pipeline::find as find_in;
use stillruns::plan::{Chains, Terms, lines, plan};
use stillruns::store::{Held, Stored, hold, links};
use stillruns::syntax::python::closed::is_closed;
use stillruns_harness::{
    Finish, Interpreter, InterpreterId, Job, Limits, Network, Part, Require, Run, Sandbox, Search,
    Start, Stream, Watch, find,
};

use crate::notes::shared;
use crate::project::{PROGRAM, Project, skipped};

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

/// Programs that touch nothing but what they make: of those that the harness compares, and of people
/// where there are some.
fn closed_programs() -> Vec<String> {
    let own = include_str!("../../harness/tests/equivalence/programs.txt").split("=====\n");
    let mut all: Vec<String> = own.map(str::to_owned).collect();
    let text = |line: &str| -> Option<String> {
        let one: Value = serde_json::from_str(line).expect("JSON");
        let python = one["label"].as_str().is_some_and(|label| label.starts_with("py"));
        one["code"].as_str().filter(|_| python).map(str::to_owned)
    };
    if let Some(shared) = shared() {
        let file = fs::read_to_string(shared.join("classify/dev.jsonl")).expect("can be read");
        all.extend(file.lines().filter_map(text));
    }
    // Who asks the clock prints something else each time.
    let asks_clock = |code: &str| ["now(", "today("].iter().any(|call| code.contains(call));
    all.retain(|code| is_closed(code) && !asks_clock(code));
    all
}

/// Both Pythons, where they are there and can be kept warm.
fn pythons() -> Vec<Interpreter> {
    let search = Search { path: std::env::var_os("PATH"), ..Search::default() };
    let found = find(&search).interpreters;
    let ids = [InterpreterId::Python3, InterpreterId::Python2];
    let able = |id| found.iter().find(|one| one.id == id && one.watches()).cloned();
    ids.into_iter().filter_map(able).collect()
}

/// What a program printed, without addresses, which differ from run to run.
fn printed(run: [&Stream; 2]) -> [String; 2] {
    let plain = |text: String| {
        let mut parts = text.split("0x");
        let first = parts.next().unwrap_or_default().to_owned();
        let digits =
            |part: &str| part.trim_start_matches(|c: char| c.is_ascii_hexdigit()).to_owned();
        parts.fold(first, |all, part| all + "0x_" + &digits(part))
    };
    run.map(|stream| plain(stream.text()))
}

#[test]
fn closed_programs_tell_the_same_together_and_apart() {
    let sandbox = Sandbox::with_launcher(PROGRAM, Require::BestEffort).warm();
    let programs = closed_programs();
    assert!(programs.len() >= 20, "{}", programs.len());
    for python in pythons() {
        let mut compared = 0;
        for programs in programs.chunks(24) {
            let name = |at: usize| format!("p{at}.py");
            let (last, others) = programs.split_last().expect("a chunk has some");
            let mut job = Job::new(python.clone(), name(others.len()), last.as_str());
            let parts = others.iter().enumerate();
            job.before = parts.map(|(at, code)| Part::new(name(at), code.as_str())).collect();
            job.watched = others.iter().map(|_| Watch::default()).collect();
            job.unrelated = true;
            // On a busy machine the warm interpreter may not be ready in time, which tells less.
            let tries = || sandbox.run(&job).expect("it runs");
            let warm = (0..3).map(|_| tries()).find(|run| run.start == Start::Warm);
            let together = warm.unwrap_or_else(tries);
            if together.start != Start::Warm {
                skipped("no interpreter is kept warm here");
                return;
            }
            for (at, part) in together.parts.iter().enumerate() {
                if part.finish != Finish::Completed {
                    continue;
                }
                compared += 1;
                let alone = Job::new(python.clone(), name(at), others[at].as_str());
                let Run { finish, stdout, stderr, .. } = sandbox.run(&alone).expect("it runs");
                let expected = [&stdout, &stderr];
                assert_eq!(finish, Finish::Completed, "{}", others[at]);
                assert_eq!(
                    printed([&part.stdout, &part.stderr]),
                    printed(expected),
                    "{}",
                    others[at]
                );
            }
        }
        // Many of them are to fail, which a line leaves to a run of their own.
        assert!(compared >= 15, "Python {}: {compared} of {}", python.version, programs.len());
    }
}

/// The lines of places that may share a run, of these documents.
fn lines_of(documents: &[&str]) -> Vec<Vec<usize>> {
    let paths = ["a.md", "b.md"].iter().zip(documents);
    let documents: Vec<Document> =
        paths.map(|(path, text)| Document::new(DocPath::new(path), (*text).to_owned())).collect();
    let held: Vec<Held> = documents.iter().map(|one| hold(one, &find_in(one))).collect();
    let stored: Vec<&Stored> = held.iter().flat_map(|held| &held.stored).collect();
    let python = Interpreter {
        id: InterpreterId::Python3,
        program: "/usr/bin/python3".into(),
        implementation: Interpreter::CPYTHON.to_owned(),
        version: "3.13.0".to_owned(),
        roots: Vec::new(),
    };
    let terms = Terms {
        interpreters: &[python],
        limits: &Limits::default(),
        network: Network::Off,
        allow_network: false,
        variables: &BTreeMap::new(),
    };
    let chains = Chains::new(&stored, links(&stored));
    let jobs: Vec<Option<Job>> = stored
        .iter()
        .enumerate()
        .map(|(at, one)| plan(one, chains.reads(at).ok()?, &terms).ok())
        .collect();
    lines(&chains, &jobs.iter().map(Option::as_ref).collect::<Vec<_>>())
}

#[test]
fn what_needs_and_touches_nothing_shares_a_run() {
    let block = |code: &str| format!("Text.\n\n```python\n{code}\n```\n\n");
    let closed = |at: usize| block(&format!("print(sum([{at}, 1]))"));
    let many: String = (0..70).map(closed).collect();
    let long = lines_of(&[&many]);
    assert_eq!(long.iter().map(Vec::len).collect::<Vec<_>>(), [24, 24, 22]);
    assert_eq!(long.concat(), (0..70).collect::<Vec<_>>());

    let three: String = (0..3).map(closed).collect();
    assert_eq!(lines_of(&[&three, &three]), [[0], [1], [2], [3], [4], [5]]);

    let open = block("import os\nprint(os.getcwd())");
    let timed = closed(9).replace("Text.", "<!-- stillruns: timeout=3 -->");
    let fails = block("int('x')").replace("Text.", "<!-- stillruns: expect-fail=ValueError -->");
    let needs = block("first = 1\nprint(first)") + &block("print(first + 1)");
    let mixed = [three, open, closed(3), timed, fails, needs].concat();
    assert_eq!(
        lines_of(&[&mixed]),
        [vec![0, 1, 2, 4, 7], vec![3], vec![5], vec![6], vec![8]],
        "{mixed}"
    );
}
