//! What every interpreter that is found must do.

use std::time::Duration;

use stillruns_harness::{End, Finish, Interpreter, InterpreterId, Job};

use crate::{INTERPRETERS, interpreter, run, skip};

/// The same small programs in two languages.
struct Dialect {
    prints: &'static str,
    exits: &'static str,
    reads: &'static str,
    hangs: &'static str,
    broken: &'static str,
    fails: &'static str,
}

const PYTHON: Dialect = Dialect {
    prints: "# -*- coding: utf-8 -*-\nimport sys\nprint('h\u{e9}llo \u{2713}')\nsys.stderr.write('err\\n')\n",
    exits: "import sys\nsys.exit(7)\n",
    reads: "import sys\nprint(len(sys.stdin.read()))\n",
    hangs: "import time\ntime.sleep(60)\n",
    broken: "x = 1\n\nprint(x))\n",
    fails: "x = 1\n\nx.nowhere\n",
};

const SHELL: Dialect = Dialect {
    prints: "echo 'h\u{e9}llo \u{2713}'\necho err >&2\n",
    exits: "exit 7\n",
    reads: "cat | wc -c\n",
    hangs: "sleep 60\n",
    broken: "x=1\n\nif then\n",
    fails: "x=1\n\nfalse\necho after\n",
};

#[test]
fn every_interpreter_keeps_the_contract() {
    assert!(INTERPRETERS.iter().any(|one| one.id == InterpreterId::Python3), "no Python 3 found");
    assert!(INTERPRETERS.iter().any(|one| one.id == InterpreterId::Bash), "no Bash found");
    for id in [InterpreterId::Python2, InterpreterId::Zsh] {
        if interpreter(id).is_none() {
            skip(&format!("no {id} found"));
        }
    }
    if !INTERPRETERS.iter().any(|one| one.implementation == "PyPy") {
        skip("no PyPy found");
    }
    for interpreter in INTERPRETERS.iter() {
        keeps_contract(interpreter);
    }
}

fn keeps_contract(interpreter: &Interpreter) {
    let python = interpreter.id <= InterpreterId::Python3;
    let dialect = if python { PYTHON } else { SHELL };
    let who = interpreter.program.display();
    let job = |code: &str| Job::new(interpreter.clone(), "snippet", code);

    let ran = run(&job(dialect.prints));
    assert_eq!(ran.stdout.text(), "h\u{e9}llo \u{2713}\n", "{who}: {}", ran.stderr.text());
    assert_eq!(ran.stderr.text(), "err\n", "{who}");
    assert_eq!((ran.end, &ran.finish), (End::Exited(0), &Finish::Completed), "{who}");

    assert_eq!(run(&job(dialect.exits)).end, End::Exited(7), "{who}");
    assert_eq!(run(&job(dialect.reads)).stdout.text(), "0\n", "{who}");

    let mut hanging = job(dialect.hangs);
    hanging.limits.wall = Duration::from_millis(400);
    assert_eq!(run(&hanging).end, End::TimedOut, "{who}");

    let ran = run(&job(dialect.broken));
    let Finish::SyntaxError { line, message, .. } = &ran.finish else { panic!("{who}: {ran:?}") };
    // zsh tells the line where it noticed.
    let told = if interpreter.id == InterpreterId::Zsh { 4 } else { 3 };
    assert_eq!(*line, Some(told), "{who}: {message}");
    assert!(!message.is_empty() && !ran.stderr.text().is_empty(), "{who}");

    let ran = run(&job(dialect.fails));
    assert_eq!(ran.end, End::Exited(1), "{who}");
    assert_eq!(ran.stdout.text(), "", "{who}");
    match &ran.finish {
        Finish::Raised { kind, line, name, .. } => {
            let name = name.as_deref();
            assert_eq!((kind.as_str(), *line, name), ("AttributeError", Some(3), Some("nowhere")));
        }
        Finish::StatusAt { status: 1, line: Some(3), .. } => {}
        Finish::StatusAt { status: 1, line: None, .. } if interpreter.id >= InterpreterId::Sh => {}
        other => panic!("{who}: {other:?}"),
    }
}
