//! Programs that come before the main one share its state and nothing else: their output is
//! dropped, and when one does not run to its end the main program is never begun.

use stillruns_harness::{End, Finish, Frame, InterpreterId, Job, Part, Run};

use crate::{interpreter, job, run};

/// Runs the last of `programs` after all the others.
fn chain(id: InterpreterId, programs: &[&str]) -> Run {
    run(&chained(id, programs))
}

fn chained(id: InterpreterId, programs: &[&str]) -> Job {
    let (main, before) = programs.split_last().unwrap();
    let mut job = job(id, main);
    let part = |(at, code): (usize, &&str)| Part::new(format!("part {at} it's \u{e9}"), *code);
    job.before = before.iter().enumerate().map(part).collect();
    job
}

fn pythons() -> impl Iterator<Item = InterpreterId> {
    let ids = [InterpreterId::Python3, InterpreterId::Python2];
    ids.into_iter().filter(|id| interpreter(*id).is_some())
}

fn prefix(part: u32, finish: Finish) -> Finish {
    Finish::Prefix { part, finish: Box::new(finish) }
}

/// The main program printed exactly this, and ran to its end.
#[track_caller]
fn prints(run: &Run, stdout: &str) {
    assert_eq!(run.stdout.text(), stdout, "{:?} {}", run.finish, run.stderr.text());
    assert_eq!((run.end, &run.finish), (End::Exited(0), &Finish::Completed));
}

#[test]
fn python_keeps_names_modules_folder_and_files() {
    for id in pythons() {
        let run = chain(
            id,
            &[
                "import os, sys\nx = [1]\nf = open('data', 'w')\nos.mkdir('sub')\nos.chdir('sub')\n",
                "def add(y):\n    x.append(y)\n    return x\nclass C(object): pass\nf.write('hi')\n",
                "print(add(2))\nprint(os.path.basename(os.getcwd()))\nf.flush()\n\
                 print(open('../data').read())\nprint(C.__module__, sys.argv == ['snippet.py'])\n\
                 print(os.path.basename(__file__), sys.modules['__main__'].x)\n\
                 import inspect\nprint(inspect.getsource(add).splitlines()[1])\n",
            ],
        );
        let text = run.stdout.text().replace("('__main__', True)", "__main__ True");
        let text = text.replace("('snippet.py', [1, 2])", "snippet.py [1, 2]");
        assert_eq!(
            text,
            "[1, 2]\nsub\nhi\n__main__ True\nsnippet.py [1, 2]\n    x.append(y)\n",
            "{}",
            run.stderr.text()
        );
    }
}

#[test]
fn what_earlier_programs_print_is_dropped_in_every_way_of_printing() {
    const NOISE: &str = "import os, sys, subprocess\nprint('noise')\nsys.stdout.write('no line end')\n\
        sys.stderr.write('noise')\nos.write(1, b'noise')\nos.system('echo noise; echo noise >&2')\n\
        subprocess.call(['echo', 'noise'])\nout = sys.stdout\nwrite = print if 0 else out.write\n";
    for id in pythons() {
        let noise = NOISE.replace("print if 0 else ", "");
        let run = chain(id, &[&noise, &noise, "out.write('a')\nprint('b')\nos.system('echo c')\n"]);
        let text = run.stdout.text();
        assert!(text == "c\nab\n" || text == "ab\nc\n", "{text}");
        assert_eq!(run.stderr.text(), "");
        assert_eq!(run.stdout.total, 5);
    }
    for id in [InterpreterId::Bash, InterpreterId::Sh] {
        let noise = "echo noise; echo noise >&2; ls /nowhere || true; set -x\nset +x\n";
        prints(&chain(id, &[noise, noise, "echo main"]), "main\n");
    }
}

#[test]
fn python_frames_tell_the_program_and_its_line() {
    for id in pythons() {
        let run = chain(id, &["x = 1\n", "\n\ndef fails(n):\n    return n / 0\n", "\nfails(3)\n"]);
        let Finish::Raised { kind, line, frames, .. } = &run.finish else {
            panic!("{:?}", run.finish)
        };
        assert_eq!((kind.as_str(), *line), ("ZeroDivisionError", Some(2)));
        let at = |part, line| Frame { part, line };
        assert_eq!(*frames, [at(None, 2), at(Some(1), 4)]);
        assert_eq!(run.end, End::Exited(1));
        assert!(run.stderr.text().contains("part 1 it's"), "{}", run.stderr.text());

        let deep = "def f(n):\n    return f(n + 1) if n < 100 else 1 / 0\n";
        let Finish::Raised { frames, .. } = chain(id, &[deep, "f(0)\n"]).finish else { panic!() };
        assert_eq!(frames.len(), 32);
        assert_eq!((frames[0], frames[31]), (at(None, 1), at(Some(0), 2)));
    }
}

#[test]
fn python_does_not_begin_after_a_program_that_did_not_end() {
    for id in pythons() {
        let exited = |line, last_statement| Finish::Exited { line: Some(line), last_statement };
        for (code, status, finish) in [
            ("import sys\nsys.exit(0)\nx = 1\n", 0, exited(2, false)),
            ("import sys\nx = 1\nsys.exit(3)\n", 3, exited(3, true)),
            ("import os\nos._exit(0)\n", 0, Finish::Unknown),
            ("import os\nos.execv('/bin/true', ['true'])\n", 0, Finish::Unknown),
        ] {
            let run = chain(id, &["y = 1\n", code, "print('main')\n"]);
            assert_eq!(run.finish, prefix(1, finish), "{id} {code}");
            assert_eq!((run.end, run.stdout.text().as_str()), (End::Exited(status), ""), "{code}");
        }
        for (code, kind, at) in [
            ("x = 1\nnowhere\n", "NameError", 2),
            ("raise KeyboardInterrupt\n", "KeyboardInterrupt", 1),
        ] {
            let run = chain(id, &[code, "print('main')\n"]);
            let Finish::Prefix { part: 0, finish } = run.finish else { panic!("{:?}", run.finish) };
            assert!(
                matches!(&*finish, Finish::Raised { kind: told, line, .. }
                    if told == kind && *line == Some(at)),
                "{finish:?}"
            );
            assert!(run.stderr.text().contains(kind), "{}", run.stderr.text());
            assert_eq!(run.stdout.text(), "");
        }
        let run = chain(id, &["x = 1\n", "if\n", "print('main')\n"]);
        let Finish::Prefix { part: 1, finish } = run.finish else { panic!("{:?}", run.finish) };
        assert!(matches!(*finish, Finish::SyntaxError { line: Some(1), .. }), "{finish:?}");
    }
}

#[test]
fn a_successful_exit_at_the_end_of_an_earlier_program_ends_only_that() {
    for id in pythons() {
        let main =
            "import sys\ndef main():\n    sys.exit(0)\nif __name__ == '__main__':\n    main()\n";
        prints(&chain(id, &[main, "raise SystemExit\n", "print(main.__name__)\n"]), "main\n");
        let child = "import os, sys\nif os.fork():\n    os.wait()\nelse:\n    sys.exit()\n";
        prints(&chain(id, &[child, "print('once')\n"]), "once\n");
    }
}

#[test]
fn python_future_statements_hold_for_what_follows() {
    for id in pythons() {
        let first = "from __future__ import division, print_function\n";
        prints(&chain(id, &[first, "y = 1 / 2\n", "print(y, 1 / 2)\n"]), "0.5 0.5\n");
    }
    if interpreter(InterpreterId::Python2).is_some() {
        let run =
            chain(InterpreterId::Python2, &["from __future__ import division\n", "print 1/2\n"]);
        prints(&run, "0.5\n");
    }
}

#[test]
fn python_arguments_that_a_program_set_stay() {
    for id in pythons() {
        let run = chain(
            id,
            &[
                "import sys\nsys.argv = ['x', '-v']\n__file__ = 'mine'\n",
                "print(sys.argv[1] + __file__)\n",
            ],
        );
        prints(&run, "-vmine\n");
    }
}

#[test]
fn shells_keep_variables_functions_folder_and_options() {
    for id in [InterpreterId::Bash, InterpreterId::Sh] {
        let run = chain(
            id,
            &[
                "x=1\nf() { echo \"f $1 $x\"; }\nmkdir sub\ncd sub\ntrap 'echo bye' EXIT\n",
                "x=$((x + 1))\nset +e\n",
                "f a\nbasename \"$PWD\"\nfalse\necho \"$# args\"\n",
            ],
        );
        prints(&run, "f a 2\nsub\n0 args\nbye\n");
    }
}

#[test]
fn shells_do_not_begin_after_a_program_that_failed() {
    let status = |status, line: Option<u32>, command: Option<&str>| Finish::StatusAt {
        status,
        line,
        command: command.map(str::to_owned),
    };
    let exited = |line| Finish::Exited { line, last_statement: true };
    for (code, end, bash, sh) in [
        ("x=1\nfalse\n", 1, status(1, Some(2), Some("false")), status(1, None, None)),
        ("nowhere\n", 127, status(127, Some(1), Some("nowhere")), status(127, None, None)),
        ("echo\nexit 0\n", 0, exited(Some(2)), exited(None)),
        ("f() {\n  exit 4\n}\n\nf\n", 4, exited(Some(2)), status(4, None, None)),
    ] {
        for (id, finish) in [(InterpreterId::Bash, bash), (InterpreterId::Sh, sh)] {
            let run = chain(id, &["y=1\n", code, "echo main\n"]);
            assert_eq!(run.finish, prefix(1, finish), "{id} {code}");
            assert_eq!(
                (run.end, run.stdout.text().as_str()),
                (End::Exited(end), ""),
                "{id} {code}"
            );
        }
    }
    for id in [InterpreterId::Bash, InterpreterId::Sh] {
        let run = chain(id, &["x=1\n\nif then\n", "echo main\n"]);
        let Finish::Prefix { part: 0, finish } = run.finish else { panic!("{:?}", run.finish) };
        assert!(matches!(*finish, Finish::SyntaxError { line: Some(3), .. }), "{finish:?}");
        let run = chain(id, &["break 2>/dev/null || true\nx=1\n", "echo \"main $x\"\n"]);
        prints(&run, "main 1\n");
    }
    let run = chain(InterpreterId::Bash, &["f() {\n  ls /nowhere\n}\n", "true\n\nf\n"]);
    assert!(matches!(run.finish, Finish::StatusAt { line: Some(3), .. }), "{:?}", run.finish);
}

#[test]
fn a_thousand_programs_come_before_one() {
    let programs: Vec<String> = (0..1000).map(|at| format!("x{at} = {at}\n")).collect();
    let mut programs: Vec<&str> = programs.iter().map(String::as_str).collect();
    programs.push("print(x0 + x999)\n");
    prints(&chain(InterpreterId::Python3, &programs), "999\n");
}

#[test]
fn time_that_earlier_programs_take_counts() {
    let mut job = chained(InterpreterId::Python3, &["import time\ntime.sleep(60)\n", "print(1)\n"]);
    job.limits.wall = std::time::Duration::from_millis(600);
    let run = run(&job);
    assert_eq!((run.end, run.finish), (End::TimedOut, prefix(0, Finish::Unknown)));
}
