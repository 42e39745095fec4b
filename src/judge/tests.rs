//! Runs made by hand, judged.

use stillruns_harness::{End, Enforcement, Finish, Run, Start, Stream, Usage};

use super::{Subject, judge};
use crate::model::{Lang, Verdict};

fn run(end: End, finish: Finish, stderr: &str) -> Run {
    let stderr = Stream {
        head: stderr.as_bytes().to_vec(),
        tail: Vec::new(),
        total: stderr.len() as u64,
        cut: false,
    };
    Run {
        start: Start::Cold,
        end,
        finish,
        stdout: Stream::default(),
        steps: Vec::new(),
        stderr,
        usage: Usage::default(),
        enforcement: Enforcement::absent("made by hand"),
    }
}

fn raised(kind: &str, message: &str, name: Option<&str>) -> Finish {
    let name = name.map(str::to_owned);
    let frames = Vec::new();
    Finish::Raised { kind: kind.into(), message: message.into(), line: Some(2), name, frames }
}

fn subject(lang: Lang, code: &str) -> Subject<'_> {
    Subject { lang, code, python: None }
}

fn told(lang: Lang, code: &str, run: &Run) -> String {
    let judged = judge(&subject(lang, code), run);
    let (verdict, line) = (judged.verdict, judged.line);
    let at = line.map_or(String::new(), |line| format!(" at {line}"));
    format!("{verdict}{at}")
}

#[test]
fn python_runs_are_judged_by_what_the_program_did() {
    let exited = |line, last_statement| Finish::Exited { line, last_statement };
    let early = || Finish::Prefix { part: 0, finish: Box::new(Finish::Unknown) };
    let cases = [
        (End::Exited(0), Finish::Completed, "pass"),
        (End::Exited(0), exited(Some(9), true), "pass"),
        (End::Exited(0), exited(Some(3), false), "fail: ended before its last statement at 3"),
        (End::Exited(3), exited(Some(3), false), "fail: exit status 3 at 3"),
        (End::Exited(0), Finish::Unknown, "fail: ended before its last statement"),
        (End::Exited(120), Finish::Completed, "fail: exit status 120"),
        (End::TimedOut, early(), "unjudged: needs context: an earlier example that runs"),
        (End::Exited(0), early(), "unjudged: needs context: an earlier example that runs"),
        (End::TimedOut, Finish::Unknown, "fail: did not end in time"),
        (End::OutOfMemory, Finish::Unknown, "fail: out of memory"),
        (End::TooMuchOutput, Finish::Unknown, "fail: too much output"),
        (End::Signaled(11), Finish::Unknown, "fail: ended by signal 11"),
        (
            End::Exited(1),
            raised("ZeroDivisionError", "division by zero", None),
            "fail: ZeroDivisionError: division by zero at 2",
        ),
        (
            End::Exited(1),
            raised("NameError", "name 'x' is not defined", Some("x")),
            "unjudged: needs context: x at 2",
        ),
        (
            End::Exited(1),
            raised("ModuleNotFoundError", "No module named 'a.b'", Some("a.b")),
            "unjudged: needs module `a` at 2",
        ),
        (
            End::Exited(1),
            raised("ImportError", "cannot import name 'q' from 'os'", Some("q")),
            "fail: ImportError: cannot import name 'q' from 'os' at 2",
        ),
        (
            End::Exited(1),
            raised(
                "urllib.error.URLError",
                "<urlopen error [Errno 101] Network is unreachable>",
                None,
            ),
            "unjudged: needs the network at 2",
        ),
        (
            End::Exited(1),
            raised("EOFError", "EOF when reading a line", None),
            "unjudged: needs input at 2",
        ),
        (End::Exited(1), raised("KeyboardInterrupt", "", None), "fail: KeyboardInterrupt at 2"),
    ];
    for (end, finish, expected) in cases {
        let run = run(end, finish, "");
        assert_eq!(told(Lang::Py3, "import x\nx.y()\n", &run), expected, "{run:?}");
    }
}

#[test]
fn code_for_the_reader_to_fill_in_is_not_broken() {
    let finish =
        || Finish::SyntaxError { message: "invalid syntax".into(), line: Some(1), column: None };
    let run = run(End::Exited(1), finish(), "");
    assert_eq!(
        told(Lang::Py3, "f(a=<your key>)\n", &run),
        "unjudged: placeholder `<your key>` at 1"
    );
    assert_eq!(told(Lang::Py2, "f(...)\n", &run), "unjudged: placeholder `...` at 1");
    assert_eq!(told(Lang::Py3, "def f(:\n", &run), "fail: syntax: invalid syntax at 1");
}

#[test]
fn shell_runs_are_judged_by_the_command_that_ended_them() {
    let at = |status, command: &str| Finish::StatusAt {
        status,
        line: Some(1),
        command: Some(command.to_owned()),
    };
    let cases = [
        (
            127,
            "frob -x",
            "a.sh: line 1: frob: command not found",
            "unjudged: needs command `frob` at 1",
        ),
        (1, "grep x", "", "fail: exit status 1 at 1"),
        (6, "curl u", "curl: (6) Could not resolve host: u", "unjudged: needs the network at 1"),
        (
            1,
            "frob \"$WHAT\" ${MORE}",
            "usage: frob x",
            "unjudged: needs context: $WHAT, $MORE at 1",
        ),
        (1, "WHAT=1; frob $WHAT", "usage: frob x", "fail: exit status 1 at 1"),
        (
            1,
            "pip install a",
            "error: externally-managed-environment",
            "unjudged: the sandbox refuses it: error: externally-managed-environment at 1",
        ),
        (1, "cat a", "cat: a: No such file or directory", "unjudged: needs context: a at 1"),
    ];
    for (status, command, stderr, expected) in cases {
        let run = run(End::Exited(status), at(status, command), stderr);
        assert_eq!(told(Lang::Shell, command, &run), expected);
    }
    let silent = run(End::Exited(0), Finish::Unknown, "");
    assert_eq!(judge(&subject(Lang::Shell, "exec true\n"), &silent).verdict, Verdict::Pass);
}

#[test]
fn a_stored_run_can_be_judged_again() {
    let first = run(End::Exited(1), raised("KeyError", "'x'", None), "trace");
    let text = serde_json::to_string(&first).expect("facts are plain data");
    let again: Run = serde_json::from_str(&text).expect("what was written can be read");
    let subject = subject(Lang::Py3, "d['x']");
    assert_eq!(judge(&subject, &again), judge(&subject, &first));
}
