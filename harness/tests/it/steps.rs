//! A program that is divided runs step by step, and the run tells of each: how it ended, and every
//! byte that was printed during it by whichever process.

use stillruns_harness::{End, Finish, InterpreterId, Job, Mode, Part, Run, Step, Stream};

use crate::{interpreter, job, run};

const SHELLS: [InterpreterId; 2] = [InterpreterId::Bash, InterpreterId::Sh];

/// Every text is one step.
fn divided(id: InterpreterId, mode: Mode, texts: &[&str]) -> Job {
    let mut job = job(id, &texts.concat());
    let mut line = 1;
    for text in texts {
        let lines = u32::try_from(text.lines().count()).unwrap();
        job.steps.push(Step { first: line, last: line + lines - 1, mode });
        line += lines;
    }
    job
}

fn session(id: InterpreterId, texts: &[&str]) -> Run {
    run(&divided(id, Mode::Single, texts))
}

fn pythons() -> impl Iterator<Item = InterpreterId> {
    let ids = [InterpreterId::Python3, InterpreterId::Python2];
    ids.into_iter().filter(|id| interpreter(*id).is_some())
}

fn outputs(run: &Run) -> Vec<String> {
    run.steps.iter().map(|step| step.stdout.text()).collect()
}

/// A short word for how every step ended.
fn ends(run: &Run) -> Vec<String> {
    let word = |finish: &Finish| match finish {
        Finish::Completed => "ok".to_owned(),
        Finish::Raised { kind, line, .. } => format!("{kind} {}", line.unwrap_or(0)),
        Finish::StatusAt { status, .. } => format!("status {status}"),
        other => format!("{other:?}"),
    };
    run.steps.iter().map(|step| word(&step.finish)).collect()
}

#[test]
fn python_shows_values_and_goes_on_after_what_fails() {
    for id in pythons() {
        let run = session(
            id,
            &[
                "x = [1, 2]\n",
                "x\n",
                "for y in x:\n    y\n\n",
                "def f():\n    return 1 / 0\n",
                "f()\n",
                "x +\n",
                "raise KeyboardInterrupt\n",
                "raise SystemExit(3)\n",
                "nowhere\n",
                "x[0], _\n",
            ],
        );
        let text: Vec<String> = outputs(&run);
        let printed = ["", "[1, 2]\n", "1\n2\n", "", "", "", "", "", "", "(1, 2)\n"];
        assert_eq!(text, printed, "{}", run.stderr.text());
        let exited = "Exited { line: Some(11), last_statement: true }";
        let ends = ends(&run);
        let wanted = [
            "ok",
            "ok",
            "ok",
            "ok",
            "ZeroDivisionError 7",
            "SyntaxError 9",
            "KeyboardInterrupt 10",
            exited,
            "NameError 12",
            "ok",
        ];
        assert_eq!(ends, wanted);
        let shown = run.steps[4].stderr.text();
        assert!(shown.starts_with("Traceback (most recent call last):\n  File"), "{shown}");
        assert!(shown.contains("return 1 / 0") && !shown.contains("driver"), "{shown}");
        assert!(run.steps[5].stderr.text().contains("SyntaxError"));
        assert_eq!((run.end, &run.finish), (End::Exited(0), &Finish::Completed));
        assert_eq!(run.stdout.text(), text.concat());
    }
}

#[test]
fn cells_show_the_value_of_their_last_expression_only() {
    for id in pythons() {
        let texts = [
            "1\nx = 2\nx\n",
            "x\ny = 1\n",
            "x;\n",
            "# nothing\n",
            "print(5)\nx\n",
            "a = 1\n)\n",
            "from __future__ import division\n1 / 2\n",
            "1 / 2\n",
        ];
        let run = run(&divided(id, Mode::Cell, &texts));
        assert_eq!(outputs(&run), ["2\n", "", "", "", "5\n2\n", "", "0.5\n", "0.5\n"]);
        assert_eq!(ends(&run)[5], "SyntaxError 11");
        let run = run_whole(id);
        assert_eq!(outputs(&run), ["", "a\n"]);
    }
}

fn run_whole(id: InterpreterId) -> Run {
    run(&divided(id, Mode::Whole, &["1\nx = 1\nx\n", "1\nprint('a')\n"]))
}

#[test]
fn whatever_is_printed_counts_for_its_step() {
    for id in pythons() {
        let run = session(
            id,
            &[
                "import os, sys, subprocess\n",
                "print('a'); n = os.write(1, b'b\\n'); n = os.system('echo c')\n",
                "n = sys.stdout.write('no line end')\n",
                "n = subprocess.call('echo d; echo e >&2', shell=True)\n",
                "out = sys.stdout; sys.stdout = sys.stderr\n",
                "print('f')\n",
                "sys.stdout = out\n",
                "n = os.dup(1); n = os.open('/dev/null', os.O_WRONLY); os.dup2(n, 1) and None\n",
                "print('lost')\n",
                "import atexit; n = atexit.register(lambda: os.write(2, b'late'))\n",
            ],
        );
        let text = outputs(&run);
        assert!(["a\nb\nc\n", "b\nc\na\n"].contains(&text[1].as_str()), "{text:?}");
        assert_eq!(text[2..], ["no line end", "d\n", "", "", "", "", "", ""][..text.len() - 2]);
        assert_eq!(run.steps[3].stderr.text(), "e\n");
        assert_eq!(run.steps[5].stderr.text(), "f\n");
        assert_eq!(run.stderr.text(), "e\nf\nlate");
    }
}

#[test]
fn output_that_looks_like_a_mark_is_output() {
    let run = session(
        InterpreterId::Python3,
        &[
            "import sys\n",
            "n = sys.stdout.write('\\0' + '0' * 32 + '\\0s\"completed\"\\n')\n",
            "1\n",
        ],
    );
    let text = format!("\0{}\0s\"completed\"\n", "0".repeat(32));
    assert_eq!(outputs(&run), ["", &text, "1\n"]);
}

#[test]
fn a_program_that_goes_away_shows_in_which_step() {
    for id in pythons() {
        let run = session(id, &["import os\n", "print('a')\n", "os._exit(0)\n", "print('b')\n"]);
        assert_eq!(ends(&run), ["ok", "ok", "Unknown"]);
        assert_eq!((run.end, run.finish), (End::Exited(0), Finish::Unknown));
        let run = session(id, &["import os\n", "n = os.fork() or os._exit(0)\n", "print('b')\n"]);
        assert_eq!(outputs(&run), ["", "", "b\n"]);
    }
    for id in SHELLS {
        let run = session(id, &["echo a\n", "exit 0\n", "echo b\n"]);
        assert_eq!(outputs(&run), ["a\n", ""], "{run:?}");
        assert!(matches!(run.steps[1].finish, Finish::Exited { .. }), "{run:?}");
    }
}

#[test]
fn shells_go_on_and_show_both_streams_in_order() {
    for id in SHELLS {
        let run = session(
            id,
            &[
                "x=1\n",
                "echo \"$x\"; ls /nowhere; echo end\n",
                "false\n",
                "echo $?\n",
                "for i in 1 2; do\n  echo \"it's $i\"\ndone\n",
                "cat <<E\na\nE\n",
                "exec 3>&1 > file; echo lost\n",
                "exec >&3; cat file\n",
                "(exit 7)\n",
                "cd /; pwd\n",
                "# nothing\n",
            ],
        );
        let text = outputs(&run);
        assert!(text[1].starts_with("1\n") && text[1].ends_with("\nend\n"), "{text:?}");
        assert!(text[1].contains("/nowhere"), "{text:?}");
        let wanted = ["", "1\n", "it's 1\nit's 2\n", "a\n", "", "lost\n", "", "/\n", ""];
        assert_eq!(text[2..], wanted);
        let wanted = ["ok", "ok", "status 1", "ok", "ok", "ok", "ok", "ok", "status 7", "ok", "ok"];
        assert_eq!(ends(&run), wanted);
        assert_eq!((run.end, &run.finish), (End::Exited(0), &Finish::Completed));
    }
    let run = session(InterpreterId::Bash, &["if then\n", "declare v=1\n", "echo $v\n"]);
    assert_eq!((run.steps.len(), outputs(&run)[2].as_str()), (3, "1\n"));
    assert_eq!(ends(&run)[0], "status 2");
}

#[test]
fn steps_come_after_the_programs_before_them() {
    for id in pythons().chain(SHELLS) {
        let python = id <= InterpreterId::Python3;
        let (first, then) =
            if python { ("x = 5\nprint(1)\n", "x\n") } else { ("x=5\necho\n", "echo $x\n") };
        let mut job = divided(id, Mode::Single, &[then, then]);
        job.before.push(Part::new("first", first));
        let run = run(&job);
        assert_eq!(outputs(&run), ["5\n", "5\n"], "{id} {run:?}");
        let mut job = divided(id, Mode::Single, &[then]);
        job.before.push(Part::new("first", "nowhere\n"));
        let run = crate::run(&job);
        assert!(run.steps.is_empty() && matches!(run.finish, Finish::Prefix { .. }), "{run:?}");
    }
}

#[test]
fn output_of_steps_is_bounded() {
    let lines = ["print('x' * 1000)\n"; 50];
    let mut job = divided(InterpreterId::Python3, Mode::Single, &lines);
    job.limits.kept_bytes = 100;
    let cut = |stream: &Stream| stream.cut && stream.head.len() == 100 && stream.total == 1001;
    let run = run(&job);
    assert!(run.steps.len() == 50 && run.steps.iter().all(|step| cut(&step.stdout)));
    assert!(run.stdout.cut);
    assert_eq!(run.stdout.total, 50 * 1001);
}

#[test]
fn a_long_session_tells_of_every_step() {
    let lines: Vec<String> = (0..2000).map(|at| format!("{at}\n")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let run = session(InterpreterId::Python3, &lines);
    assert_eq!(outputs(&run), lines);
}
