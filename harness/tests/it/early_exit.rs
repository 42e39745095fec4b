//! A program that stops before its last line is told apart from one that ran to its end.

use stillruns_harness::{End, Finish, InterpreterId};

use crate::{bash, interpreter, job, python, run, sh};

fn exited(line: u32, last_statement: bool) -> Finish {
    Finish::Exited { line: Some(line), last_statement }
}

#[test]
fn python_says_where_it_was_asked_to_stop() {
    for (code, finish) in [
        ("print(1)\n", Finish::Completed),
        ("import os\nos._exit(0)\nprint(1)\n", Finish::Unknown),
        ("import os\nos.execv('/bin/true', ['true'])\n", Finish::Unknown),
        ("import sys\nsys.exit(0)\nprint(1)\n", exited(2, false)),
        ("import sys\nprint(1)\nsys.exit(0)\n", exited(3, true)),
        ("import sys\ndef main():\n    sys.exit()\nif True:\n    main()\n", exited(3, true)),
        ("exit()\nprint(1)\n", exited(1, false)),
        ("import sys; sys.exit(0); print(1)\n", exited(1, false)),
        (
            "import os\nif os.fork():\n    os.wait()\nelse:\n    raise SystemExit(0)\n",
            Finish::Completed,
        ),
        ("", Finish::Completed),
    ] {
        let mut ids = vec![InterpreterId::Python3];
        ids.extend(interpreter(InterpreterId::Python2).map(|two| two.id));
        for id in ids {
            let run = run(&job(id, code));
            assert_eq!(run.finish, finish, "{id} {code}{}", run.stderr.text());
            assert_eq!(run.end, End::Exited(0), "{id} {code}");
        }
    }
}

#[test]
fn a_reader_that_has_read_enough_is_no_failure() {
    let failed = |line, command: &str| Finish::StatusAt {
        status: 1,
        line: Some(line),
        command: Some(command.to_owned()),
    };
    for (code, finish) in [
        ("yes | head -n 1\necho after\n", Finish::Completed),
        ("yes | head -n 1\n", Finish::Completed),
        ("x=$(yes | head -n 1)\necho $x\n", Finish::Completed),
        ("yes | tr y n | head -n 1\nyes | head -n 1\necho after\n", Finish::Completed),
        ("yes | head -n 1\nfalse\necho after\n", failed(2, "false")),
        ("yes | head -n 1\nfalse || true\nif false; then :; fi\n! true\ntrue\n", Finish::Completed),
        ("yes | false\necho after\n", failed(1, "false")),
        ("set +e\nyes | head -n 1\nfalse\ntrue\n", Finish::Completed),
        ("if yes | grep -q y; then echo found; fi\n", Finish::Completed),
    ] {
        let run = bash(code);
        assert_eq!(run.finish, finish, "{code}{}", run.stderr.text());
    }
}

#[test]
fn names_that_are_there_instead_are_told() {
    let cases = [
        ("import math\nmath.sqtr(2)\n", "sqrt"),
        ("'a'.uper()\n", "upper"),
        ("class A:\n    def __init__(self):\n        self.lenght = 1\nA().length\n", "lenght"),
        ("class A:\n    size = 1\nA.sise\n", "size"),
        ("from math import sqtr\n", "sqrt"),
    ];
    for (code, meant) in cases {
        let run = python(code);
        let Finish::Raised { near, .. } = &run.finish else { panic!("{run:?}") };
        assert!(near.iter().any(|near| near == meant), "{code}: {near:?}");
    }
    // Whatever an object does when it is asked, it is not asked.
    let code = "import sys\nsys.excepthook = lambda *told: None\nclass A:\n    def __getattribute__(self, name):\n        print('asked', name)\n        \
                raise AttributeError(name, name=name, obj=self)\nA().x\n";
    assert_eq!(python(code).stdout.text(), "asked x\n");
}

#[test]
fn bash_says_where_it_was_asked_to_stop() {
    for (code, end, finish) in [
        ("echo a\n", 0, Finish::Completed),
        ("", 0, Finish::Completed),
        ("echo a\nexit 0\necho b\n", 0, exited(2, false)),
        ("echo a\nexit\n", 0, exited(2, true)),
        ("false || exit 7\necho\n", 7, exited(1, false)),
        ("f() {\n  exit 3\n}\necho\nf\n", 3, exited(2, true)),
        ("set -x\nexit 4\n", 4, exited(2, true)),
        ("(exit 0)\necho a\n", 0, Finish::Completed),
        ("exec true\n", 0, Finish::Unknown),
        ("trap 'echo bye' EXIT\necho a\n", 0, Finish::Completed),
        ("trap 'echo bye' EXIT\nexit 5\necho a\n", 5, exited(2, false)),
        ("trap 'echo bye' EXIT\ntrap - EXIT\ntrue\n", 0, Finish::Completed),
        ("set -u\ntrap 'echo bye' EXIT\ntrap - EXIT\ntrue\n", 0, Finish::Completed),
    ] {
        let run = bash(code);
        assert_eq!(run.finish, finish, "{code}{}", run.stderr.text());
        assert_eq!(run.end, End::Exited(end), "{code}");
    }
}

#[test]
fn bash_stops_at_the_command_that_fails_and_names_it() {
    for (code, status, line, command) in [
        ("echo a\nfalse\necho b\n", 1, Some(2), "false"),
        ("f() {\n  ls /nowhere\n}\nf\n", 2, Some(2), "ls /nowhere"),
        ("nowhere --x\n", 127, Some(1), "nowhere --x"),
        ("false | cat\n", 1, Some(1), "cat"),
        ("x=$(false)\necho\n", 1, Some(1), "x=$(false)"),
        ("(exit 3)\necho\n", 3, Some(1), "( exit 3 )"),
        ("set -u\necho $nowhere\n", 1, None, "echo $nowhere"),
        ("trap 'echo bye' EXIT\nfalse\n", 1, Some(2), "false"),
        ("echo 'false' > lib\n\n. ./lib\n", 1, Some(3), "false"),
    ] {
        let run = bash(code);
        let command = Some(command.to_owned());
        assert_eq!(run.finish, Finish::StatusAt { status, line, command }, "{code}");
        assert_eq!(run.end, End::Exited(status), "{code}");
        assert!(!run.stdout.text().contains('b') || code.contains("bye"), "{code}");
    }
    let run = bash("trap 'echo \"bye $?\"' EXIT\nfalse\n");
    assert_eq!(run.stdout.text(), "bye 1\n");
}

#[test]
fn a_posix_shell_says_what_it_can() {
    let at = |status| Finish::StatusAt { status, line: None, command: None };
    let exited = |last_statement| Finish::Exited { line: None, last_statement };
    for (code, end, finish) in [
        ("echo a\n", 0, Finish::Completed),
        ("echo a\nfalse\necho b\n", 1, at(1)),
        ("nowhere\n", 127, at(127)),
        ("exit 3\n", 3, at(3)),
        ("exit 0\necho b\n", 0, exited(false)),
        ("echo a\nexit 0\n", 0, exited(true)),
        ("trap 'echo bye' EXIT\necho a\n", 0, Finish::Completed),
    ] {
        let run = sh(code);
        assert_eq!(run.finish, finish, "{code}{}", run.stderr.text());
        assert_eq!(run.end, End::Exited(end), "{code}");
    }
}

#[test]
fn what_is_printed_is_never_taken_for_a_report() {
    let run =
        python("import sys\nprint('\"completed\"')\nsys.stderr.write('\"completed\"')\n1/0\n");
    assert!(matches!(run.finish, Finish::Raised { line: Some(4), .. }), "{:?}", run.finish);
    let run = bash("printf 'completed\\0'\nfalse\n");
    assert!(matches!(run.finish, Finish::StatusAt { line: Some(2), .. }), "{:?}", run.finish);
}
