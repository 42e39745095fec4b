//! Runs made by hand, judged.

use stillruns_harness::{End, Enforcement, Finish, Run, Start, Stream, Usage};

use super::{Subject, judge};
use crate::model::{Lang, Python, Verdict};

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
        parts: Vec::new(),
        stderr,
        usage: Usage::default(),
        enforcement: Enforcement::absent("made by hand"),
    }
}

fn raised(kind: &str, message: &str, name: Option<&str>) -> Finish {
    let name = name.map(str::to_owned);
    let frames = Vec::new();
    Finish::Raised {
        kind: kind.into(),
        message: message.into(),
        line: Some(2),
        name,
        near: Vec::new(),
        frames,
    }
}

fn subject(lang: Lang, code: &str) -> Subject<'_> {
    Subject { lang, code, python: Some(Python::new(3, 13)), known: &Vec::new }
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

const DENIED: &str = "unjudged: the sandbox refuses it: a.sh: line 1: ./a: Permission denied at 1";
const NO_FOLDER: &str = "unjudged: needs context: none at 1";

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
        (1, "grep x", "", "pass at 1"),
        (1, "grep x\necho found", "", "fail: exit status 1 at 1"),
        (2, "grep x", "", "fail: exit status 2 at 1"),
        (127, "gti status", "a.sh: line 1: gti: command not found", "fail: exit status 127 at 1"),
        (126, "./a", "a.sh: line 1: ./a: Permission denied", DENIED),
        (1, "cd none", "a.sh: line 1: cd: none: No such file or directory", NO_FOLDER),
        (1, "awk '{print $NF}' a", "awk: cannot open a", "fail: exit status 1 at 1"),
        (1, "cp \"${A:-a}\" b", "cp: usage", "fail: exit status 1 at 1"),
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
            "unjudged: needs the network at 1",
        ),
        (1, "cat a", "cat: a: No such file or directory", "unjudged: needs context: a at 1"),
    ];
    for (status, command, stderr, expected) in cases {
        let first = command.lines().next().unwrap_or("");
        let run = run(End::Exited(status), at(status, first), stderr);
        assert_eq!(told(Lang::Shell, command, &run), expected, "{command}");
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

/// What is told of Python code that an exception ended at a line, and the suggestion.
fn ended(code: &str, kind: &str, message: &str, name: Option<&str>, line: u32) -> String {
    let Finish::Raised { .. } = raised(kind, message, name) else { unreachable!() };
    let finish = Finish::Raised {
        kind: kind.into(),
        message: message.into(),
        line: Some(line),
        name: name.map(str::to_owned),
        near: vec!["disassemble".to_owned(), "distb".to_owned()],
        frames: Vec::new(),
    };
    let known = || vec!["client".to_owned(), "rows".to_owned(), "parser".to_owned()];
    let subject = Subject { known: &known, ..subject(Lang::Py3, code) };
    let judged = judge(&subject, &run(End::Exited(1), finish, message));
    let at = judged.line.map_or(String::new(), |line| format!(" at {line}"));
    let help = judged.suggestion.map_or(String::new(), |help| format!(" ({})", help.message));
    format!("{}{at}{help}", judged.verdict)
}

#[test]
fn a_name_that_nothing_binds_is_context_unless_one_much_like_it_is_bound() {
    let cases = [
        ("a(b, c)\nd = a\n", "a", 1, "unjudged: needs context: a, b, c at 1"),
        (
            "multiline = 'a'\nprint(multi_line)\n",
            "multi_line",
            2,
            "fail: NameError: name 'multi_line' is not defined at 2 (did you mean `multiline`?)",
        ),
        (
            "n = f()\nuser_name = n\nprint(user_nmae)\n",
            "f",
            1,
            "fail: NameError: name 'user_nmae' is not defined at 3 (did you mean `user_name`?)",
        ),
        (
            "M = 0\nfor i in range(3):\n    m += 1\n",
            "m",
            3,
            "fail: NameError: name 'm' is not defined at 3 (did you mean `M`?)",
        ),
        (
            "frames = [1]\nshow(frame)\n",
            "show",
            2,
            "fail: NameError: name 'frame' is not defined at 2 (did you mean `frames`?)",
        ),
        (
            "frames = [1]\nprint(frames)\nshow(frame)\n",
            "show",
            3,
            "unjudged: needs context: show, frame at 3",
        ),
        ("client = Client()\nclient.go()\n", "Client", 1, "unjudged: needs context: Client at 1"),
        ("x1 = 1\nprint(x2)\n", "x2", 2, "unjudged: needs context: x2 at 2"),
        ("print(row)\n", "row", 1, "unjudged: needs context: row at 1"),
        (
            "clinet.go()\n",
            "clinet",
            1,
            "fail: NameError: name 'clinet' is not defined at 1 (did you mean `client`?)",
        ),
        ("Parser.run()\n", "Parser", 1, "unjudged: needs context: Parser at 1"),
        (
            "pirnt(1)\n",
            "pirnt",
            1,
            "fail: NameError: name 'pirnt' is not defined at 1 (did you mean `print`?)",
        ),
        (
            "x = true\n",
            "true",
            1,
            "fail: NameError: name 'true' is not defined at 1 (did you mean `True`?)",
        ),
        ("call(YOUR_KEY)\n", "YOUR_KEY", 1, "unjudged: placeholder `YOUR_KEY` at 1"),
        ("raise NameError('x')\n", "x", 1, "fail: NameError: name 'x' is not defined at 1"),
    ];
    for (code, name, line, expected) in cases {
        let message = format!("name '{name}' is not defined");
        assert_eq!(ended(code, "NameError", &message, Some(name), line), expected, "{code}");
    }
}

#[test]
fn a_module_that_is_not_there_was_removed_mistyped_or_is_to_be_installed() {
    let cases = [
        (
            "import imp\n",
            "imp",
            "fail: ModuleNotFoundError: No module named 'imp' at 1 \
             (`imp` was removed in Python 3.12; the last with it is 3.11)",
        ),
        (
            "import colections\n",
            "colections",
            "fail: ModuleNotFoundError: No module named 'colections' at 1 \
             (did you mean `collections`?)",
        ),
        ("import numpy as np\n", "numpy", "unjudged: needs module `numpy` at 1"),
        ("import urllib3\n", "urllib3", "unjudged: needs module `urllib3` at 1"),
        (
            "import xml.etre\n",
            "xml.etre",
            "fail: ModuleNotFoundError: No module named 'xml.etre' at 1",
        ),
        (
            "from numpy import arrray\nprint(array)\n",
            "numpy",
            "fail: NameError: name 'array' is not defined at 2 (did you mean `arrray`?)",
        ),
        ("import google.cloud\n", "google.cloud", "unjudged: needs module `google` at 1"),
    ];
    for (code, name, expected) in cases {
        let message = format!("No module named '{name}'");
        assert_eq!(ended(code, "ModuleNotFoundError", &message, Some(name), 1), expected);
    }
}

#[test]
fn what_a_program_only_says_excuses_nothing() {
    let network = "[Errno -2] Name or service not known";
    let cases = [
        (
            "import socket\nsocket.create_connection(a)\n",
            "socket.gaierror",
            network,
            2,
            "unjudged: needs the network at 2",
        ),
        (
            "print(len(x))\n",
            "OSError",
            network,
            1,
            "fail: OSError: [Errno -2] Name or service not known at 1",
        ),
        (
            "import socket\nraise OSError('[Errno -2] Name or service not known')\n",
            "OSError",
            network,
            2,
            "fail: OSError: [Errno -2] Name or service not known at 2",
        ),
        (
            "raise EOFError('EOF when reading a line')\n",
            "EOFError",
            "EOF when reading a line",
            1,
            "fail: EOFError: EOF when reading a line at 1",
        ),
        ("raise KeyboardInterrupt\n", "KeyboardInterrupt", "", 1, "fail: KeyboardInterrupt at 1"),
        (
            "raise ModuleNotFoundError(\"No module named 'a'\")\n",
            "ModuleNotFoundError",
            "No module named 'a'",
            1,
            "fail: ModuleNotFoundError: No module named 'a' at 1",
        ),
        (
            "open('a.csv')\n",
            "FileNotFoundError",
            "[Errno 2] No such file or directory: 'a.csv'",
            1,
            "unjudged: needs context: a.csv at 1",
        ),
        (
            "import subprocess\nsubprocess.run(['frob'])\n",
            "FileNotFoundError",
            "[Errno 2] No such file or directory: 'frob'",
            2,
            "unjudged: needs command `frob` at 2",
        ),
        (
            "f(1)\n",
            "TypeError",
            "f() takes ellipsis",
            1,
            "fail: TypeError: f() takes ellipsis at 1",
        ),
    ];
    for (code, kind, message, line, expected) in cases {
        assert_eq!(ended(code, kind, message, None, line), expected, "{code}");
    }
    let at = |status, command: &str| Finish::StatusAt {
        status,
        line: Some(1),
        command: Some(command.to_owned()),
    };
    let forged = [
        ("bash -c 'cat x; exit 6'", 6, "curl: (6) Could not resolve host: u"),
        ("false", 1, "cat: a: No such file or directory"),
        ("python3 a.py", 1, "curl: (6) Could not resolve host: u"),
        ("bash -c 'exit 127'", 127, "a.sh: line 1: frob: command not found"),
    ];
    for (command, status, stderr) in forged {
        let run = run(End::Exited(status), at(status, command), stderr);
        let expected = format!("fail: exit status {status} at 1");
        assert_eq!(told(Lang::Shell, command, &run), expected, "{command}");
    }
}

#[test]
fn what_an_object_has_instead_is_suggested() {
    let message = "module 'dis' has no attribute 'disassmble'";
    let told =
        ended("import dis\ndis.disassmble(f)\n", "AttributeError", message, Some("disassmble"), 2);
    assert_eq!(told, format!("fail: AttributeError: {message} at 2 (did you mean `disassemble`?)"));
    let message = "module 'collections' has no attribute 'Mapping'";
    let told = ended(
        "import collections\ncollections.Mapping\n",
        "AttributeError",
        message,
        Some("Mapping"),
        2,
    );
    let help = "`collections.Mapping` is in Python 2.6-3.9 only";
    assert_eq!(told, format!("fail: AttributeError: {message} at 2 ({help})"));
}

#[test]
fn lines_of_the_code_are_left_out_of_messages() {
    let cases = [
        ("unterminated string literal (detected at line 12)", "unterminated string literal"),
        (
            "expected an indented block after 'if' statement on line 3",
            "expected an indented block after 'if' statement",
        ),
        ("invalid syntax", "invalid syntax"),
    ];
    for (message, expected) in cases {
        let finish = Finish::SyntaxError { message: message.into(), line: Some(1), column: None };
        let told = told(Lang::Py3, "x = 1\n", &run(End::Exited(1), finish, ""));
        assert_eq!(told, format!("fail: syntax: {expected} at 1"));
    }
}
