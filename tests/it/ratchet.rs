//! From one check to the next: what changed is named and nothing else, what is known is not run
//! again, and no process that is killed leaves anything wrong behind.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::project::{Project, Said, ended, python, skipped};

fn check(project: &Project, more: &[&str]) -> Said {
    let args = ["check", "--sandbox", "best-effort"].iter().chain(more);
    project.run(args)
}

/// Whether runs can be kept here: only those that saw nothing of this machine are.
fn keeps_runs(project: &Project) -> bool {
    let sandbox = project.run(["doctor"]).out;
    let full = ["mounts", "namespaces", "network"]
        .iter()
        .all(|name| sandbox.lines().any(|line| line.contains(name) && line.ends_with("full")));
    if !full {
        skipped("the sandbox is not whole here, so no run is kept");
    }
    full
}

#[expect(clippy::disallowed_methods, reason = "the test looks at snapshots as users do")]
fn git(folder: &Path, args: &[&str]) -> String {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
    let output =
        Command::new("git").current_dir(folder).args(identity).args(args).output().expect("git");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn exactly_what_changed_is_named_and_nothing_else_stands_in_the_diff() {
    let broken = |number: u32| python(&format!("raise ValueError({number})"));
    let works = |number: u32| python(&format!("print({number})"));
    let (steady, moving) = (works(1), works(2));
    let project = Project::new()
        .file(".gitignore", ".caches\n*.snap.new\n")
        .file("a.md", format!("{}\n{steady}\ntext\n\n{}\n{}", works(5), works(3), broken(4)))
        .file("b.md", format!("{}\n{moving}", works(6)))
        .file("c.md", format!("{}\n{}", works(7), broken(8)));
    check(&project, &[]).code(1);
    project.run(["accept"]).code(0);
    let folder = project.path("");
    git(&folder, &["init", "-q"]);
    git(&folder, &["add", "-A"]);
    git(&folder, &["commit", "-qm", "recorded"]);
    let said = check(&project, &[]).code(0);
    assert!(!said.err.contains("differ"), "{}", said.err);

    // In a.md text in front shifts everything, the first is deleted, the third is broken and the last
    // is mended; one of b.md goes to the front of a.md; c.md gets another name.
    let breaks = python("print(3)\nraise ValueError(3)");
    let text = format!("# New\n\n{moving}\n{steady}\n{breaks}\n{}", works(4));
    project.put("a.md", &text);
    project.put("b.md", works(6));
    fs::rename(project.path("c.md"), project.path("d.md")).expect("renamed");
    let said = check(&project, &["--format", "jsonl"]).code(1);
    let mut told: Vec<&str> = said
        .out
        .lines()
        .filter_map(|line| line.split("\"change\":\"").nth(1)?.split('"').next())
        .collect();
    told.sort_unstable();
    assert_eq!(told, ["broken", "fixed", "moved", "moved", "moved", "same", "same"]);
    assert_eq!(said.out.matches("\"event\":\"gone\"").count(), 1, "{}", said.out);
    let human = check(&project, &[]).code(1);
    for told in [
        "FAIL broken",
        "PASS fixed",
        "gone a.md",
        "moved b.md -> a.md: 1 example\n",
        "renamed c.md -> d.md: 2 examples\n",
        "1 newly broken",
    ] {
        assert!(human.out.contains(told), "no {told:?} in {}", human.out);
    }
    project.run(["accept"]).code(0);
    check(&project, &[]).code(0).out("nothing newly broken");
    git(&folder, &["add", "-A"]);
    let stat = git(&folder, &["diff", "--cached", "-M", "--name-status", "--", "snippets"]);
    let files: Vec<&str> = stat.lines().map(|line| &line[..1]).collect();
    assert_eq!(files, ["M", "M", "R"], "{stat}");
    // Of the records of a.md one was added, one went, two changed, and one was left alone.
    let lines = git(&folder, &["diff", "--cached", "-U0", "--", "snippets/a.md"]);
    let count = |start: &str| lines.lines().filter(|line| line.starts_with(start)).count();
    assert_eq!((count("-    content: "), count("+    content: ")), (3, 3), "{lines}");
    assert!(!lines.contains("print(1)"), "{lines}");
}

#[test]
fn what_is_broken_and_what_is_mended_is_told_by_its_place() {
    // What an example does depends on a command, so its text stays and its verdict changes.
    let project = Project::new().file("a.md", "```sh\ncat /etc/hostname-of-nobody\n```\n");
    check(&project, &["--no-cache"]).code(0);
    project.run(["accept"]).code(0);
    let snap = project.read("snippets/a.md/verdicts.snap");
    assert!(snap.contains("shell unjudged: needs context"), "{snap}");
    project.put(
        "snippets/a.md/verdicts.snap",
        snap.replace("unjudged: needs context: /etc/hostname-of-nobody", "pass"),
    );
    check(&project, &["--format", "jsonl"]).code(0).out("\"change\":\"changed\"");
}

#[test]
fn records_of_documents_that_are_gone_are_pruned_when_asked() {
    let project = Project::with(&python("print(1)")).file("b.md", python("print(2)"));
    check(&project, &[]).code(0);
    project.run(["accept"]).code(0);
    fs::remove_file(project.path("b.md")).expect("removed");
    check(&project, &["a.md"]).code(0);
    assert_eq!(project.files("snippets").len(), 2, "nobody looked where it was");
    check(&project, &[]).code(0).out("gone b.md");
    project.run(["accept", "--unreferenced"]).code(0).err("b.md, which is gone");
    assert_eq!(project.files("snippets"), ["a.md/verdicts.snap"]);
}

#[test]
fn selectors_name_documents_lines_and_ids_and_ci_decides_nothing() {
    let project = Project::with(&format!("{}\n{}", python("print(1)"), python("print(2)")));
    check(&project, &[]).code(0);
    project.run_with(["accept"], "", &[("CI", "1")]).code(2).err("under `CI`");
    project.run(["accept", "a.md:99"]).code(2).err("no example at this line");
    project.run(["accept", "0123456789ab"]).code(2).err("nothing is pending");
    project.run(["accept", "a.md:2"]).code(0);
    assert_eq!(project.files("snippets"), ["a.md/verdicts.snap", "a.md/verdicts.snap.new"]);
    let recorded = project.read("snippets/a.md/verdicts.snap");
    assert!(recorded.contains("print(1)") && !recorded.contains("print(2)"), "{recorded}");
    let listed = project.run(["list"]).out;
    let id = listed.lines().nth(1).and_then(|line| line.split_whitespace().nth(1)).expect("an id");
    project.run(["reject", id]).code(0);
    assert_eq!(project.files("snippets"), ["a.md/verdicts.snap"]);
}

#[test]
fn what_an_example_prints_is_recorded_when_asked() {
    let project = Project::with(&python("print('hello')"));
    check(&project, &["--record-output"]).code(0);
    project.run(["accept"]).code(0);
    let snap = project.read("snippets/a.md/verdicts.snap");
    assert!(snap.contains("    output:\n      | hello\n"), "{snap}");
    check(&project, &[]).code(0);
    assert_eq!(project.files("snippets"), ["a.md/verdicts.snap"], "it is not asked for again");
    project.put("snippets/a.md/verdicts.snap", snap.replace("| hello", "| hallo"));
    check(&project, &["--format", "jsonl", "--record-output"])
        .code(0)
        .out("\"change\":\"changed\"");
}

#[test]
fn what_passed_is_not_run_again_and_what_failed_is() {
    let project = Project::with(&format!(
        "{}\n{}\n{}",
        python("print(1)"),
        python("raise ValueError(2)"),
        python("import nowhere_to_be_found")
    ));
    if !keeps_runs(&project) {
        return;
    }
    check(&project, &[]).code(1).err("examples to run: 3");
    let again = check(&project, &[]).code(1).err("examples to run: 1");
    assert!(again.out.contains("1 pass, 1 fail, 1 unjudged"), "{}", again.out);
    check(&project, &["--no-cache"]).code(1).err("examples to run: 3");
    check(&project, &["--timeout", "9s"]).code(1).err("examples to run: 3");
    check(&project, &["--detect-flaky", "2"]).code(1).err("examples to run: 3");
    project.put("a.md", project.read("a.md").replace("print(1)", "print(1 )"));
    check(&project, &[]).code(1).err("examples to run: 2");
    project.run(["cache", "stats"]).code(0).out("runs");
    project.run(["cache", "clean"]).code(0);
    check(&project, &[]).code(1).err("examples to run: 3");
}

#[test]
fn a_failure_that_no_luck_can_mend_is_not_run_again() {
    let codes = [
        // No run of these can end otherwise.
        "counter = 1\nprint(countr)",
        "import string\nprint(string.uppercased('a'))",
        "print 1 +",
        // All of these may: by chance, by the clock, or by what else the machine does.
        "import random\ncounter = 1\nif random.random() < 2:\n    print(countr)",
        "import time\nassert time.time() < 0",
        "print(1 / 0)",
        "raise SystemExit(3)",
    ];
    let project = Project::with(&codes.map(python).join("\n"));
    if !keeps_runs(&project) {
        return;
    }
    check(&project, &[]).code(1).err("examples to run: 7");
    check(&project, &[]).code(1).err("examples to run: 4");
}

#[test]
fn what_is_cut_off_by_something_known_is_not_run_again() {
    let project = Project::with(
        &["import nowhere_to_be_found\nfield = 3", "print(field)", "print(field"]
            .map(python)
            .join("\n"),
    );
    if !keeps_runs(&project) {
        return;
    }
    let said = check(&project, &[]).code(1).err("examples to run: 3");
    assert!(said.out.contains("1 fail, 2 unjudged"), "{}", said.out);
    let again = check(&project, &[]).code(1);
    assert!(!again.err.contains("examples to run"), "{}", again.err);
    assert!(again.out.contains("1 fail, 2 unjudged"), "{}", again.out);
    // What it needs is mended: now it runs.
    project.put("a.md", project.read("a.md").replace("nowhere_to_be_found", "json"));
    check(&project, &[]).code(1).err("examples to run: 3").out("2 pass, 1 fail");
}

#[test]
fn a_damaged_cache_is_told_once_and_begun_anew() {
    let project = Project::with(&python("print(1)"));
    let checked = |sentence: &str| {
        let said = check(&project, &["--cache-dir", "cache"]).code(0);
        assert_eq!(said.err.contains("set aside"), !sentence.is_empty(), "{}", said.err);
    };
    checked("");
    let path = project.path("cache/ledger-1.sqlite");
    let whole = fs::read(&path).expect("read");
    project.put("cache/ledger-1.sqlite", &whole[..whole.len() / 2]);
    let said = check(&project, &["--cache-dir", "cache"]).code(0);
    assert!(said.out.contains("1 pass"), "{said:?}");
    project
        .put("cache/ledger-1.sqlite", "this is the diary of somebody else, and no database at all");
    checked("set aside");
    checked("");
}

#[test]
fn an_example_that_needs_luck_is_flaky_and_its_past_is_told() {
    // The clock of the machine is luck enough: every other nanosecond is odd.
    let code = "import time\nassert time.perf_counter_ns() // 1000 % 2";
    let project = Project::with(&python(code));
    let said = check(&project, &["--detect-flaky", "20", "--format", "jsonl"]).code(0);
    assert!(said.out.contains("\"change\":\"flaky\""), "{}", said.out);
    let told = check(&project, &["--detect-flaky", "20"]).code(0).out;
    assert!(told.contains("PASS flaky") && told.contains(", 1 flaky\n"), "{told}");
    assert!(told.contains(" of 20 tries: AssertionError"), "{told}");
    project.run(["accept"]).code(0);
    assert!(project.read("snippets/a.md/verdicts.snap").contains("py3 flaky\n"));
    let retried = check(&project, &["--retries", "30"]).code(0);
    assert!(retried.out.contains("1 pass"), "{}", retried.out);
    assert!(project.files("snippets") == ["a.md/verdicts.snap"], "it is known to be flaky");
    project.run(["history", "a.md:2"]).code(0).out("ran 3 times, flaky in ");
    project.run(["history", "0123456789ab"]).code(3).err("nothing is remembered");
}

/// A check of `project` that goes on while the test does something else.
fn begin(project: &Project, more: &[&str]) -> Child {
    let args = ["check", "--sandbox", "best-effort"].iter().chain(more);
    let mut command = project.command(args);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the program starts")
}

#[test]
fn a_process_that_is_killed_leaves_nothing_wrong_to_another_or_to_the_next() {
    // More rounds take longer and prove more.
    let rounds = std::env::var("STILLRUNS_TEST_KILLS").ok().and_then(|text| text.parse().ok());
    let rounds: u64 = rounds.unwrap_or(4);
    let text: String = (0..12).map(|at| python(&format!("print({at})")) + "\n").collect();
    let project = Project::with(&text).file("b.md", python("raise ValueError(1)"));
    // Both write the same proposals and the same ledger.
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    for round in 0..rounds {
        project.put("b.md", python(&format!("raise ValueError({round})")));
        let _ = fs::remove_dir_all(project.path("snippets"));
        if round % 2 == 0 {
            project.run(["cache", "clean"]).code(0);
        }
        let mut victim = begin(&project, &[]);
        let other = begin(&project, &[]);
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        thread::sleep(Duration::from_micros((seed >> 33) % 900_000));
        victim.kill().expect("killed");
        victim.wait().expect("reaped");
        let ended = ended(other);
        let told = String::from_utf8_lossy(&ended.stdout).into_owned();
        let err = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(1), "{told}\n{err}");
        assert!(told.contains("12 pass, 1 fail") && !err.contains("cache"), "{told}\n{err}");
        let next = check(&project, &[]).code(1);
        assert!(next.out.contains("12 pass, 1 fail") && !next.err.contains("cache"), "{next:?}");
        let records = |file: &str| project.read(file).matches("    id: ").count();
        assert_eq!(records("snippets/a.md/verdicts.snap.new"), 12);
        assert_eq!(records("snippets/b.md/verdicts.snap.new"), 1);
        let history = project.run(["history", "b.md:2"]).code(0);
        assert!(history.out.contains("ValueError"), "{}", history.out);
    }
}

#[test]
fn an_interrupt_ends_what_runs_tells_what_is_known_and_leaves_nothing() {
    let canary = format!("stillruns-canary-{}", std::process::id());
    let project = Project::new().file("a.md", python("print(1)")).file(
        "b.md",
        "```sh\ntrap '' INT TERM\nexec -a CANARY sleep 60\n```\n".replace("CANARY", &canary),
    );
    let temporary = project.path("tmp");
    fs::create_dir(&temporary).expect("made");
    let mut command = project.command([
        "check",
        "--sandbox",
        "best-effort",
        "--timeout",
        "60s",
        // The first has ended when the second begins.
        "--jobs",
        "1",
        "-v",
        "a.md",
        "b.md",
    ]);
    command.env("TMPDIR", &temporary).stdin(Stdio::null());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    let runs = || {
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        processes
            .filter_map(|one| fs::read(one.path().join("cmdline")).ok())
            .any(|line| line.starts_with(canary.as_bytes()))
    };
    for _ in 0..300 {
        if runs() {
            break;
        }
        thread::sleep(Duration::from_millis(100));
    }
    assert!(runs(), "the sleeper never began");
    #[expect(clippy::disallowed_methods, reason = "the test interrupts the program as users do")]
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.expect("sent").success());
    let output = ended(child);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(130), "{told}\n{err}");
    assert!(told.contains("PASS") && told.contains("a.md: 1 pass"), "{told}\n{err}");
    assert!(err.contains("interrupted"), "{err}");
    assert!(!runs(), "the sleeper is still there");
    assert!(fs::read_dir(&temporary).expect("read").next().is_none(), "a temporary file is left");
}

/// The text of a report without how long things took.
fn timeless(text: &str) -> String {
    let mut parts = text.split("\"duration_ms\":");
    let mut kept = parts.next().unwrap_or("").to_owned();
    for part in parts {
        kept += part.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    kept
}

#[test]
fn the_shards_of_a_run_are_merged_into_the_report_of_the_whole() {
    let document = |from: u32| {
        let code = |at: u32| match at % 4 {
            0 => python(&format!("raise ValueError({at})")),
            1 => python(&format!("import nowhere_{at}")),
            2 => format!("```sh\necho {at}\n```\n"),
            _ => python(&format!("print({at})")),
        };
        (from..from + 9).map(|at| code(at) + "\nwords\n\n").collect::<String>()
    };
    let project = Project::new()
        .file("a.md", document(0))
        .file("b.md", document(20))
        .file("c.md", "Nothing.\n");
    let report = |file: &str| format!("jsonl={file}");
    let base = ["check", "--sandbox", "best-effort", "--no-cache", "--exit-zero", "--format"];
    let run = |more: &[&str]| project.run(base.iter().chain(more)).code(0);
    run(&[&report("whole.jsonl")]);
    for by in ["hash", "count"] {
        let shards: Vec<String> = (1..=7).map(|at| format!("{by}{at}.jsonl")).collect();
        for (at, shard) in (1..).zip(&shards) {
            run(&[&report(shard), "--partition", &format!("{by}:{at}/7")]);
        }
        let merge = |files: &[String], more: &[&str]| {
            let args = ["merge"].into_iter().chain(files.iter().map(String::as_str));
            project.run(args.chain(more.iter().copied()))
        };
        let mut shuffled = shards.clone();
        shuffled.rotate_left(3);
        let merged = merge(&shuffled, &["--format", "jsonl"]).code(1);
        assert_eq!(timeless(&merged.out), timeless(&project.read("whole.jsonl")), "{by}");
        merge(&shards[1..], &[]).code(2).err("shard 1 of 7 not given");
        let mut twice = shards.clone();
        twice[3].clone_from(&shards[4]);
        merge(&twice, &[]).code(2).err("is shard 5 of 7, and so is");
        let only = merge(&["whole.jsonl".to_owned()], &["--format", "jsonl"]).code(1);
        assert_eq!(only.out, project.read("whole.jsonl"));
        let mut more = shards.clone();
        more.push("whole.jsonl".to_owned());
        merge(&more, &[]).code(2).err("`whole.jsonl` is no shard but a whole run");
        let mut foreign = shards.clone();
        foreign[2] = "other.jsonl".to_owned();
        run(&["jsonl=other.jsonl", "--partition", &format!("{by}:3/7"), "b.md"]);
        merge(&foreign, &[]).code(2).err("`other.jsonl` is a shard of another run");
    }
    let listed = project.run(["list", "--partition", "count:1/7"]).code(0);
    assert_eq!(listed.out.lines().count(), 3, "{}", listed.out);
}
