//! The command line: exit statuses, selection, streams, plain words for every mistake.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Stdio;

use crate::project::{MIXED, Project, Said, ended, python, skipped};

/// `check` with whatever sandbox there is.
fn check(project: &Project, args: &[&str]) -> Said {
    project.run([&["check", "--sandbox", "best-effort"], args].concat())
}

#[test]
fn status_0_when_nothing_is_broken() {
    let project = Project::with(&python("print(1 + 1)"));
    check(&project, &[]).code(0).out("1 pass, 0 fail");
}

#[test]
fn status_1_when_an_example_is_newly_broken_and_0_once_that_is_accepted() {
    let project = Project::with(MIXED);
    check(&project, &[]).code(1).out("1 newly broken").out("a.md:11").out("IndexError");
    check(&project, &["--exit-zero"]).code(0);
    project.run(["accept"]).code(0).err("accepted a.md");
    check(&project, &[]).code(0).out("nothing newly broken");
    check(&project, &["--strict"]).code(1);
}

#[test]
fn status_2_for_mistakes_in_plain_words() {
    let project = Project::with(MIXED);
    let trace = [("RUST_BACKTRACE", "1")];
    let cases: [(&[&str], &str); 9] = [
        (&["chekc"], "check"),
        (&["check", "--format", "yaml"], "there is no format `yaml`; known: human, jsonl"),
        (&["check", "--format", "human", "--format", "jsonl"], "only one format"),
        (&["check", "--timeout", "soon"], "not a time above zero"),
        (&["check", "nope.md"], "nope.md: no such file or folder"),
        (&["explain", "nothing"], "neither the id of an example nor FILE:LINE"),
        (&["accept", "b.md"], "nothing is pending for `b.md`"),
        (&["run", "nowhere"], "there is no such file"),
        (&["check", "--config", "none.toml"], "it holds no configuration"),
    ];
    for (args, expected) in cases {
        let said = project.run_with(args, "", &trace).code(2).err(expected);
        assert!(!said.err.contains("backtrace") && !said.err.contains("panicked"), "{said:?}");
    }
}

#[test]
fn status_2_shows_an_unknown_key_with_a_caret() {
    let project = Project::with(MIXED).file("stillruns.toml", "jobs = 1\ntimeuot = \"3s\"\n");
    project.run(["check"]).code(2).err("2 | timeuot").err("^^^^^^^ did you mean `timeout`?");
}

#[test]
fn status_3_when_nothing_is_found() {
    let project = Project::with("Only words here.\n");
    for verb in ["check", "list", "extract"] {
        project.run([verb]).code(3).err("found no example");
        project.run([verb, "--allow-empty"]).code(0);
    }
    Project::new().run(["check"]).code(3).err("holds no documents");
    Project::with(MIXED).run(["check", "--filter", "no such text"]).code(3);
    let project = Project::with("x\n").file("stillruns.toml", "allow-empty = true\n");
    project.run(["check"]).code(0);
}

#[test]
fn status_4_when_the_sandbox_is_required_and_has_a_gap() {
    let project = Project::with(&python("print(1)"));
    let Some(said) = project.run_without_namespaces("check --sandbox required") else {
        skipped("this machine cannot take namespaces away");
        return;
    };
    said.code(4).err("failed to enforce `namespaces`").err("--sandbox best-effort");
    let run = |arguments| project.run_without_namespaces(arguments).expect("as before");
    run("doctor").code(4).out("absent");
    run("check --sandbox best-effort").code(0).out("1 pass");
    // A file that was never there must not be mistaken for a missing sandbox.
    run("check --sandbox required nope.md").code(2);
}

#[test]
fn broken_examples_are_told_also_when_a_path_could_not_be_read() {
    let project = Project::with(MIXED).file("ok.md", python("print(1)"));
    check(&project, &["a.md", "nope.md"]).code(1).err("nope.md");
    check(&project, &["ok.md", "nope.md"]).code(2).out("1 pass");
}

#[test]
fn bad_input_is_told_and_never_a_panic() {
    let project = Project::new()
        .file("good.md", python("print(1)"))
        .file("binary.md", b"\0\0\0")
        .file("invalid.md", [python("print(2)").as_bytes(), b"\xff\n"].concat())
        .file("nul.md", [vec![b'x'; 9000], b"\0\n".to_vec()].concat())
        .file("bom.md", ["\u{feff}", &python("print(3)")].concat())
        .file("crlf.md", python("print(4)").replace('\n', "\r\n"))
        .file("cr.md", python("print(5)").replace('\n', "\r"))
        .file("empty.md", "");
    std::fs::create_dir(project.path("folder.md")).expect("made");
    symlink("nowhere", project.path("dangling.md")).expect("a link");
    symlink("loop.md", project.path("loop.md")).expect("a link");
    let said = project.run(["list", "."]).code(2);
    let said = said.err("binary.md: is binary").err("invalid.md:4: bytes that are not UTF-8");
    let said = said.err("nul.md:1: holds a NUL").err("dangling.md").err("loop.md");
    assert!(!said.err.contains("panicked"), "{said:?}");
    for name in ["good.md", "invalid.md", "bom.md", "crlf.md", "cr.md"] {
        assert!(said.out.contains(&format!("{name}:2-2")), "{name} in {said:?}");
    }
}

#[test]
fn standard_input_is_a_document() {
    let project = Project::new();
    let said = project.run_with(["list", "-"], python("print(1)"), &[]).code(0);
    said.out("stdin.md:2-2");
    let args = ["list", "-", "--stdin-filename", "docs/x.md"];
    project.run_with(args, python("print(1)"), &[]).code(0).out("docs/x.md:2-2");
    let args = ["check", "-", "--sandbox", "best-effort"];
    project.run_with(args, python("1 / 0"), &[]).code(1);
    assert!(project.files("").is_empty(), "nothing is proposed for what has no file");
    project.run_with(["list", "-"], b"\0", &[]).code(2).err("is binary");
}

#[test]
fn paths_come_from_a_list() {
    let project = Project::with(MIXED).file("b.md", MIXED).file("list", "b.md\n\n");
    let said = project.run(["list", "--files-from", "list"]).code(0);
    assert!(said.out.contains("b.md:4") && !said.out.contains("a.md"), "{said:?}");
    project.run_with(["list", "--files-from", "-"], "a.md\n", &[]).code(0).out("a.md:4");
    project.run(["list", "--files-from", "none"]).code(2).err("failed to read `none`");
}

#[test]
fn examples_are_chosen_by_line_class_and_filter() {
    let project = Project::with(MIXED).file("b.md", MIXED);
    let number =
        |args: &[&str]| project.run([&["list"], args].concat()).code(0).out.lines().count();
    assert_eq!(number(&[]), 6);
    for line in ["a.md:3", "a.md:4", "a.md:5"] {
        assert_eq!(number(&[line]), 1, "{line}: a fence is its example");
    }
    assert_eq!(number(&["a.md:4", "b.md:11"]), 2);
    assert_eq!(number(&["a.md:4", "a.md"]), 3);
    assert_eq!(number(&["--class", "shell"]), 2);
    assert_eq!(number(&["--class", "shell,py3"]), 6);
    assert_eq!(number(&["--filter", "b.m"]), 3);
    assert_eq!(number(&["--exclude", "b.*"]), 3);
    assert_eq!(number(&["b.md", "--exclude", "b.*"]), 3);
    project.run(["list", "b.md", "--exclude", "b.*", "--force-exclude"]).code(3);
    let listed = project.run(["list"]).out;
    let id = listed.split_whitespace().nth(1).expect("an id");
    assert_eq!(number(&["--filter", &id[..8]]), 1);
    project.run(["list", "a.md:7"]).code(3).err("a.md:7: no example at this line");
    project.run(["list", "--class", "ruby"]).code(2).err("py2, py3 and shell");
}

#[test]
fn list_has_one_object_per_example() {
    let project = Project::with(&format!("{MIXED}\n```ruby\nputs 1\n```\n"));
    let said = project.run(["list", "--format", "jsonl"]).code(0);
    let keys = [
        "doc", "start", "end", "origin", "class", "accepts", "code", "steps", "id", "evidence",
        "links", "later",
    ];
    for line in said.out.lines() {
        let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let object = value.as_object().expect("an object");
        assert_eq!(object.len(), keys.len());
        assert!(keys.iter().all(|key| object.contains_key(*key)), "{line}");
    }
    assert_eq!(said.out.lines().count(), 3);
    let said = project.run(["list", "--format", "json", "--skipped"]).code(0);
    let all: Vec<serde_json::Value> = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(all.len(), 4);
    assert_eq!(all[3]["skipped"], "declared_other");
}

#[test]
fn list_tells_what_is_typed_and_what_that_prints() {
    let project = Project::with("```\n>>> a = 1\n>>> a\n1\n```\n");
    let said = project.run(["list", "--format", "jsonl"]).code(0);
    let example: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    let expected = serde_json::json!([
        {"first": 1, "last": 1, "lines": [2], "expected": null},
        {"first": 2, "last": 2, "lines": [3], "expected":
            {"shown": "session", "text": "1\n", "lines": [4], "spans": [[20, 21]]}},
    ]);
    assert_eq!(example["steps"], expected);
}

#[test]
fn list_tells_which_examples_need_which() {
    let text = "```python\nx = 1\n```\n\n```python\nprint(x, y)\n```\n\n```python\ny = 2\n```\n";
    let project = Project::with(text);
    let said = project.run(["list", "--format", "jsonl"]).code(0);
    let second: serde_json::Value =
        serde_json::from_str(said.out.lines().nth(1).expect("three")).expect("JSON");
    let id = said.out.split("\"id\":\"").nth(1).expect("an id")[..12].to_owned();
    let links = serde_json::json!([
        {"id": id, "line": 2, "for": {"kind": "defines", "name": "x"}},
    ]);
    assert_eq!(second["links"], links);
    assert_eq!(second["later"], serde_json::json!([{"name": "y", "line": 10}]));
    let said = project.run(["list", "--links", "a.md:6"]).code(0);
    let said = said.out(&format!("\n    needs a.md:2  {id}  defines x\n"));
    said.out("\n    needs y, which a.md:10 defines later\n");
    let said = project.run(["list", "--format", "dot", "a.md:6"]).code(0).out("digraph links {");
    said.out(&format!(" -> \"{id}\" [label=\"defines x\"];")).out("[label=\"y too late\"");
}

#[test]
fn explain_tells_about_examples_and_about_lines_that_are_none() {
    let project = Project::with(&format!("{MIXED}\n```ruby\nputs 1\n```\n"));
    let said = project.run(["explain", "a.md:11"]).code(0).out("a.md:10-11: example ");
    let said = said.out("evidence").out("    11 | value[5]");
    let id = said.out.split_whitespace().nth(2).expect("an id");
    project.run(["explain", id]).code(0).out("a.md:10-11");
    project.run(["explain", "a.md:7"]).code(0);
    project.run(["explain", "a.md:19"]).code(0).out("not an example: declared as `ruby`");
    project.run(["explain", "a.md:99"]).code(2).err("lines only");
    project.run(["explain", "000000000000"]).code(2).err("there is no example");
}

#[test]
fn a_closed_standard_output_is_no_panic() {
    let project = Project::with(&MIXED.repeat(2000));
    for format in ["text", "json", "jsonl"] {
        let mut child = project
            .command(["list", "--format", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("started");
        let mut line = String::new();
        let mut reader = BufReader::new(child.stdout.take().expect("piped"));
        reader.read_line(&mut line).expect("read");
        drop(reader);
        let output = ended(child);
        assert_eq!(output.status.code(), Some(0));
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn nothing_is_recorded_or_proposed_under_ci_or_on_a_dry_run() {
    let project = Project::with(MIXED);
    let args = ["check", "--sandbox", "best-effort"];
    project.run_with(args, "", &[("CI", "true")]).code(1);
    check(&project, &["--dry-run"]).code(0).out("would run a.md:4");
    project.run(["extract", "--dry-run"]).code(0).out("would write manifest.json");
    project.run(["extract", "--check"]).code(1).err("is out of date");
    assert!(!project.path("snippets").exists());
    check(&project, &[]).code(1).err("stillruns review");
    assert_eq!(project.files("snippets"), ["a.md/verdicts.snap.new"]);
}

#[test]
fn extract_check_and_run_agree() {
    let project = Project::with(MIXED);
    project.run(["extract"]).code(0).err("3 examples");
    project.run(["extract", "--check"]).code(0);
    let said = project.run(["run", "snippets", "--sandbox", "best-effort"]).code(1);
    said.out("2 pass, 1 fail").out("a.md:11");
    project.put("a.md", format!("{MIXED}\nmore\n"));
    project.run(["extract", "--check"]).code(1).out("would write manifest.json");
}

#[test]
fn reports_go_to_files_and_color_only_where_it_is_wanted() {
    let project = Project::with(MIXED);
    let said = check(&project, &["--format", "human", "--format", "jsonl=out/r.jsonl"]).code(1);
    assert!(!said.out.contains('\u{1b}'));
    assert_eq!(project.read("out/r.jsonl").lines().count(), 6);
    check(&project, &["--color", "always"]).code(1).out("\u{1b}[");
    let args = ["check", "--sandbox", "best-effort"];
    let said = project.run_with(args, "", &[("FORCE_COLOR", "1")]).out("\u{1b}[");
    assert!(!said.err.contains('\u{1b}'));
}

#[test]
fn results_go_to_standard_output_and_talk_to_standard_error() {
    let project = Project::with(&python("print(1)"));
    let said = check(&project, &["-q", "--no-progress"]).code(0);
    assert_eq!(said.err, "");
    assert_eq!(said.out.lines().count(), 1);
    let said = check(&project, &["-v", "--no-cache"]).code(0).out("PASS");
    assert!(said.err.contains("examples to run: 1"));
    check(&project, &["-v", "-q"]).code(2);
}

#[test]
fn the_configuration_is_shown_and_flags_go_before_it() {
    let project = Project::with(&python("import time; time.sleep(20)"))
        .file("stillruns.toml", "timeout = \"30s\"\nsnapshots = \"kept\"\n");
    project.run(["config", "show"]).code(0).out("timeout = \"30s\"").out("/kept\"");
    check(&project, &["--timeout", "300ms"]).code(1).out("did not end in time");
    let variables = [("STILLRUNS_TIMEOUT", "300ms")];
    project.run_with(["check", "--sandbox", "best-effort"], "", &variables).code(1);
    assert_eq!(project.files("kept"), ["a.md/verdicts.snap.new"]);
}

#[test]
fn init_writes_what_is_missing_and_replaces_nothing() {
    let project = Project::new();
    project.run(["init", "--github"]).code(0).err("wrote `stillruns.toml`");
    let config = project.read("stillruns.toml");
    project.run(["config", "show"]).code(0).out("stillruns.toml");
    project.put("stillruns.toml", "jobs = 2\n");
    project.run(["init"]).code(0).err("left `stillruns.toml` as it is");
    assert_eq!(project.read("stillruns.toml"), "jobs = 2\n");
    assert!(config.contains("timeout"));
    assert!(project.path(".github/workflows/stillruns.yml").exists());
}

#[test]
fn commands_to_copy_work_where_the_program_was_started() {
    let project = Project::with(MIXED).file("stillruns.toml", "").file("sub/b.md", "x\n");
    let said = project.run(["check", "--sandbox", "best-effort", "sub", "a.md"]).code(1);
    said.out("rerun: stillruns check a.md:10");
    let mut command = project.command(["check", "--sandbox", "best-effort", "../a.md"]);
    let output = command.current_dir(project.path("sub")).output().expect("ended");
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(out.contains("FAIL new") && out.contains(" a.md:11 "), "{out}");
    assert!(out.contains("rerun: stillruns check ../a.md:10"), "{out}");
    let mut command = project.command(["accept", "../a.md"]);
    let output = command.current_dir(project.path("sub")).output().expect("ended");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(project.files("snippets"), ["a.md/verdicts.snap"]);
}

#[test]
fn schemas_and_completions_are_printed() {
    let project = Project::new();
    for of in ["manifest", "events", "report", "config"] {
        let said = project.run(["schema", of]).code(0);
        let schema: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
        assert!(schema.get("$schema").is_some(), "{of}");
        let published = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("ci/schema/{of}.json"));
        let published = std::fs::read_to_string(&published).expect("it is published");
        assert_eq!(published, said.out, "run `stillruns schema {of} > ci/schema/{of}.json`");
    }
    for shell in ["bash", "zsh", "fish"] {
        project.run(["completions", shell]).code(0).out("stillruns");
    }
}

#[test]
fn doctor_tells_about_interpreters_and_mechanisms() {
    let said = Project::new().run(["doctor"]).out("interpreters").out("sandbox").out("seccomp");
    assert!(matches!(said.code, 0 | 4), "{said:?}");
    let said = Project::new().run(["doctor", "--python", "/nowhere/python"]).code(2);
    said.err("/nowhere/python");
}
