//! Python programs behave under the driver as under the plain interpreter, which is the oracle.

use std::fs;

use stillruns_harness::{End, Finish, InterpreterId, Require};

use crate::{INTERPRETERS, job, sandbox};

/// Small programs, one feature each, for both Pythons.
const PROGRAMS: &[&str] = &[
    "import sys\nprint(__name__, sys.argv, __doc__, sorted(k for k in globals() if k[0] != '_'))\n",
    "'''Doc.'''\nimport sys, os\nprint(__doc__, os.path.basename(__file__), sys.path[0] == os.getcwd())\n",
    "print(sorted(k for k in globals()))\n",
    "import sys\nprint(sys.modules['__main__'].__dict__ is globals())\n",
    "def f():\n    raise ValueError('deep')\ndef g():\n    f()\ng()\n",
    "try:\n    1/0\nexcept ZeroDivisionError:\n    {}['x']\n",
    "import json\njson.loads('{')\n",
    "class E(Exception):\n    pass\nraise E('own')\n",
    "raise KeyboardInterrupt()\n",
    "import sys\nsys.exit('text')\n",
    "import sys\nsys.exit(3)\n",
    "import sys\nsys.exit([1])\n",
    "raise SystemExit\n",
    "import atexit\n@atexit.register\ndef bye():\n    print('bye')\n1/0\n",
    "import threading, time\ndef f():\n    time.sleep(0.05)\n    print('thread')\nthreading.Thread(target=f).start()\nprint('main')\n",
    "import sys\ndef hook(kind, value, trace):\n    print('hook', kind.__name__, trace.tb_lineno)\nsys.excepthook = hook\n\n1/0\n",
    "import sys\ndef hook(*args):\n    pass\nsys.excepthook = hook\nraise RuntimeError\n",
    "import sys\nsys.stdout.write('x')\nsys.stdout.flush()\nsys.stdout.close()\n",
    "import os\nos.close(1)\nprint('lost')\n",
    UNFINISHED,
    "def f():\nreturn 1\n",
    "if True:\n\tx = 1\n        y = 2\n",
    "print(1))\n",
    "x = 'never closed\n",
    "from __future__ import division\nprint(1/2)\n",
    "class A(object):\n    def __del__(self):\n        print('del')\na = A()\n",
    "import pickle\nclass A(object):\n    pass\nprint(type(pickle.loads(pickle.dumps(A()))).__module__)\n",
    "import inspect\ndef f():\n    return 1\nprint(inspect.getsource(f))\n",
    "import traceback\ndef f():\n    traceback.print_stack()\ntry:\n    1/0\nexcept Exception:\n    traceback.print_exc()\n",
    "import warnings\nwarnings.warn('careful')\n",
    "import warnings\nwarnings.warn('old', DeprecationWarning)\n",
    "x = nowhere\n",
    "import nowhere.at.all\n",
    "def f():\n    return f()\nimport sys\nsys.setrecursionlimit(60)\ntry:\n    f()\nexcept RuntimeError as error:\n    print(type(error).__name__, error)\n",
    "exec('1/0')\n",
    "eval('1 +')\n",
    "import os\nif os.fork() == 0:\n    print('child')\nelse:\n    os.wait()\n    print('parent')\n",
    "import sys\nprint(sys.stdin.isatty(), sys.stdout.isatty(), sys.flags.dont_write_bytecode)\n",
    "import os\nos._exit(5)\n",
    "# -*- coding: latin-1 -*-\nprint(len(u'\u{e9}'))\n",
    "print('\u{e9}')\n",
    "assert 1 == 2, 'not so'\n",
    "raise\n",
    "",
    "# only a comment",
    "print('no newline at the end')",
];

/// Python 3.0 to 3.9 place this error one line lower when they read a file than in `compile()`.
const UNFINISHED: &str = "x = (1,\n";

#[test]
fn the_driver_changes_nothing() {
    let newest = INTERPRETERS.iter().find(|one| one.id == InterpreterId::Python3);
    let oldest = INTERPRETERS.iter().rfind(|one| one.id == InterpreterId::Python3);
    let two = INTERPRETERS.iter().find(|one| one.id == InterpreterId::Python2);
    if two.is_none() {
        crate::skip("no Python 2 found");
    }
    for interpreter in newest.into_iter().chain(oldest).chain(two) {
        let old_parser = interpreter.release() < vec![3, 10];
        for code in PROGRAMS {
            if old_parser && *code == UNFINISHED && interpreter.id == InterpreterId::Python3 {
                continue;
            }
            let mut job = job(InterpreterId::Python3, code);
            job.interpreter = interpreter.clone();
            let run = sandbox(Require::BestEffort).run(&job).unwrap();
            let (end, stdout, stderr) = oracle(interpreter, code);
            let who = format!("{} {code}\n{:?}", interpreter.version, run.finish);
            assert_eq!(plain(&run.stderr.text()), stderr, "{who}");
            assert_eq!(plain(&run.stdout.text()), stdout, "{who}");
            assert_eq!(run.end, end, "{who}");
            assert!(run.finish != Finish::Unknown || code.contains("_exit"), "{who}");
        }
    }
}

/// Runs the program with the plain interpreter. All of them are our own and harmless.
fn oracle(interpreter: &stillruns_harness::Interpreter, code: &str) -> (End, String, String) {
    use std::os::unix::process::ExitStatusExt as _;
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("snippet.py"), code).unwrap();
    let mut command = duct::cmd!(&interpreter.program, "snippet.py")
        .full_env([
            ("LANG", "C.UTF-8"),
            ("TZ", "UTC"),
            ("NO_COLOR", "1"),
            ("PYTHONHASHSEED", "0"),
            ("PYTHONDONTWRITEBYTECODE", "1"),
            ("TERM", "dumb"),
            ("HOME", "/nowhere"),
        ])
        .dir(folder.path())
        .stdin_null()
        .stdout_capture()
        .stderr_capture()
        .unchecked();
    if interpreter.id == InterpreterId::Python2 {
        command = command.env("PYTHONIOENCODING", "utf-8");
    }
    let output = command.run().unwrap();
    let folder = fs::canonicalize(folder.path()).unwrap().display().to_string();
    let text = |bytes: &[u8]| plain(&String::from_utf8_lossy(bytes).replace(&folder, "/rw/work"));
    let end = match output.status.code() {
        Some(code) => End::Exited(code),
        None => End::Signaled(output.status.signal().unwrap_or_default()),
    };
    (end, text(&output.stdout), text(&output.stderr))
}

/// Without addresses, which differ from run to run.
pub(crate) fn plain(text: &str) -> String {
    let mut parts = text.split("0x");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str("0x_");
        plain.push_str(part.trim_start_matches(|c: char| c.is_ascii_hexdigit()));
    }
    plain
}
