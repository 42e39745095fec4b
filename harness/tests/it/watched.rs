//! Programs before the main one that are watched tell what they would tell by themselves, or that
//! nobody can know: none gains by what comes behind it, and none loses by what came before.

use std::time::Duration;

use stillruns_harness::{
    End, Finish, InterpreterId, Job, Mechanism, Mode, Part, PartRun, Run, Start, Step, Watch,
};

use crate::{cold, interpreter, job, offered, run};

/// A program, and its steps.
type Program = (String, Vec<Step>);

fn whole(code: &str) -> Program {
    (code.to_owned(), Vec::new())
}

/// Every line typed by itself.
fn typed(code: &str) -> Program {
    let step = |line| Step { first: line, last: line, mode: Mode::Single };
    let count = u32::try_from(code.lines().count()).unwrap();
    (code.to_owned(), (1..=count).map(step).collect())
}

fn named(at: usize) -> String {
    format!("part {at} it's \u{e9}.py")
}

/// The program at the place `last` behind those before it, of which the last so many are watched.
fn line(id: InterpreterId, programs: &[Program], last: usize, watched: usize) -> Job {
    let (code, steps) = &programs[last];
    let mut job = job(id, code);
    job.name = named(last);
    job.steps = steps.clone();
    let before = programs[..last].iter().enumerate();
    job.before = before.map(|(at, (code, _))| Part::new(named(at), code.as_str())).collect();
    let watch = |(_, steps): &Program| Watch { steps: steps.clone() };
    job.watched = programs[last - watched..last].iter().map(watch).collect();
    job
}

/// None where nobody can tell, as interpreters start afresh.
fn pythons() -> impl Iterator<Item = InterpreterId> {
    let able = !cold() && offered(&Mechanism::ALL);
    let ids = [InterpreterId::Python3, InterpreterId::Python2];
    ids.into_iter().filter(move |id| able && interpreter(*id).is_some())
}

/// Whether a program that was watched told what `alone` told, which is its run as the main program.
#[track_caller]
fn is_as_alone(part: &PartRun, alone: &Run, what: &str) {
    assert_eq!((alone.end, &alone.finish), (End::Exited(0), &Finish::Completed), "{what}");
    assert_eq!(part.stdout.text(), alone.stdout.text(), "{what}");
    assert_eq!(part.stderr.text(), alone.stderr.text(), "{what}");
    assert_eq!(part.steps, alone.steps, "{what}");
}

/// Runs `programs` in one line, and every one that told something by itself behind those before it;
/// which of them did.
#[track_caller]
fn sure(id: InterpreterId, programs: &[Program]) -> String {
    let last = programs.len() - 1;
    compare(programs, &line(id, programs, last, last), &|at| line(id, programs, at, 0))
}

/// The same of programs that have nothing to do with one another, beside each alone.
#[track_caller]
fn sure_of_strangers(id: InterpreterId, programs: &[Program]) -> String {
    let last = programs.len() - 1;
    let together = Job { unrelated: true, ..line(id, programs, last, last) };
    compare(programs, &together, &|at| {
        let (code, steps) = &programs[at];
        Job { name: named(at), steps: steps.clone(), ..job(id, code) }
    })
}

/// Runs `programs` as `together` and what each is `alone`; which of them told something for sure, and
/// whether the last ran.
#[track_caller]
fn compare(programs: &[Program], together: &Job, alone: &dyn Fn(usize) -> Job) -> String {
    // On a busy machine the warm interpreter may not be ready in time, which tells less.
    let tries = || run(together);
    let whole = (0..3).map(|_| tries()).find(|run| run.start == Start::Warm).unwrap_or_else(tries);
    let mut told = String::new();
    for (at, part) in whole.parts.iter().enumerate() {
        let is_sure = part.finish == Finish::Completed;
        told.push(if is_sure { '+' } else { '-' });
        if is_sure {
            is_as_alone(part, &run(&alone(at)), &programs[at].0);
        }
    }
    if !matches!(whole.finish, Finish::Prefix { .. }) {
        let alone = run(&alone(programs.len() - 1));
        assert_eq!((whole.end, &whole.finish), (alone.end, &alone.finish));
        assert_eq!(whole.stdout.text(), alone.stdout.text());
        assert_eq!(whole.steps, alone.steps);
        told.push('.');
    }
    told
}

#[test]
fn what_every_program_prints_is_its_own() {
    for id in pythons() {
        let programs = [
            whole("import os, sys\nprint('a')\nsys.stderr.write('e\\n')\nx = 1\n"),
            whole("os.system('echo b; echo f >&2')\nx += 1\nsys.stdout.write('no end')\n"),
            whole("print(x)\nprint(os.path.basename(__file__))\nprint(sys.argv)\n"),
            whole("print(sorted(os.listdir('.')))\nimport json\nprint(json.dumps([x]))\n"),
            whole("def f():\n    return 1 // 0\nclass C(object):\n    y = x\n"),
            whole(
                "try:\n    f()\nexcept ZeroDivisionError:\n    import traceback\n    \
                   traceback.print_exc()\n",
            ),
            whole("import inspect\nprint(inspect.getsource(f))\nprint(C.y)\nsys.stdout.flush()\n"),
            whole("print('\\0' * 3)\nos.write(1, b'\\0mark\\0')\n"),
            whole("print(sys.exc_info())\nprint('end')\n"),
        ];
        assert_eq!(sure(id, &programs), "++++++++.", "{id}");
    }
}

#[test]
fn sessions_tell_of_their_steps_and_leave_nothing_behind() {
    for id in pythons() {
        let programs = [
            typed("x = 1\nx + 1\nprint('p')\n"),
            whole("print(x)\ntry:\n    print(_)\nexcept NameError:\n    print('none')\n"),
            typed("x\nx + 2\n"),
            typed("'last'\n_\n"),
        ];
        assert_eq!(sure(id, &programs), "+++.", "{id}");
        // As a program it would not have ended, nor begun.
        for code in ["y = 1\n1 / 0\ny\n", "y = 1\nfrom __future__ import division\n", "1\n_\n"] {
            let programs = [whole("x = 1\n"), typed(code), whole("print(x)\n")];
            assert_eq!(sure(id, &programs), "++", "{id} {code}");
        }
        let some = Step { first: 1, last: 1, mode: Mode::Single };
        let skipped = ("x = 1\nx = 2\n".to_owned(), vec![some]);
        assert_eq!(sure(id, &[skipped, whole("print(x)\n")]), "+", "{id}");
    }
}

#[test]
fn what_would_still_happen_is_for_a_run_of_its_own() {
    for id in pythons() {
        for (code, told) in [
            ("import atexit\natexit.register(id, 1)\n", "+--."),
            ("class D(object):\n    def __del__(self):\n        print('gone')\nd = D()\n", "+--."),
            (
                "def g():\n    try:\n        yield 1\n    finally:\n        print('gone')\n\
              it = g()\nnext(it)\n",
                "+--.",
            ),
            ("import sys\nsys.stdout = sys.stderr\n", "+--."),
            ("f = open('/dev/stdout', 'w')\nf.write('late')\n", "+-"),
            ("import os\nkept = os.dup(1)\n", "+-"),
            ("import sys\nsys.settrace(lambda *all: None)\n", "+--."),
            ("import sys\nsys.exit()\n", "+-+."),
            (
                "import threading, time\nt = threading.Thread(target=time.sleep, args=(9,))\n\
              t.daemon = True\nt.start()\n",
                "+-",
            ),
            ("import subprocess\np = subprocess.Popen(['sleep', '9'])\n", "+-"),
            ("import os\nos.system('(sleep 9; echo late) &')\n", "+-"),
            ("import os\nos.dup2(os.open('x', os.O_WRONLY | os.O_CREAT), 1)\n", "+-"),
            ("import os\nos.close(1)\n", "+-"),
            ("import os\nos.closerange(3, 256)\n", "+"),
            ("import os\nos._exit(0)\n", "+"),
            ("import os\nos.execv('/bin/true', ['true'])\n", "+"),
            ("import sys\nsys.exit(1)\n", "+"),
            ("raise KeyboardInterrupt\n", "+"),
            ("1 / 0\n", "+"),
            ("1 +\n", "+"),
            ("import os\nos.kill(os.getpid(), 9)\n", "+"),
        ] {
            let programs = [whole("x = 1\n"), whole(code), whole("x += 1\n"), whole("print(x)\n")];
            assert_eq!(sure(id, &programs), told, "{id} {code}");
        }
    }
}

#[test]
fn a_child_goes_no_further_than_its_program() {
    for id in pythons() {
        let fork = "import os\npid = os.fork()\nif pid:\n    os.waitpid(pid, 0)\nprint(pid > 0)\n";
        let programs = [whole(fork), whole("print('next')\n"), whole("print('last')\n")];
        assert_eq!(sure(id, &programs), "++.", "{id}");
    }
}

#[test]
fn a_fresh_interpreter_tells_nothing() {
    let Some(python) = interpreter(InterpreterId::Python3) else { return };
    let programs = [whole("print('a')\n"), whole("print('b')\n")];
    let mut job = line(python.id, &programs, 1, 1);
    job.variables.push(("NAME".to_owned(), "value".to_owned()));
    let run = run(&job);
    let [part] = run.parts.as_slice() else { panic!("{run:?}") };
    assert_eq!((&part.finish, part.stdout.text().as_str()), (&Finish::Unknown, "a\n"));
    let finish = Box::new(Finish::Unknown);
    assert_eq!(
        (run.finish, run.stdout.text()),
        (Finish::Prefix { part: 0, finish }, String::new())
    );
}

#[test]
fn every_program_has_the_time_for_itself() {
    for id in pythons() {
        let nap = whole("import time\ntime.sleep(0.7)\nprint('awake')\n");
        let mut programs = vec![nap.clone(), nap.clone(), nap.clone(), nap.clone()];
        let mut job = line(id, &programs, 3, 3);
        job.limits.wall = Duration::from_millis(1500);
        let told = run(&job);
        assert_eq!((told.end, told.parts.len()), (End::Exited(0), 3), "{told:?}");
        let naps = told.parts.iter().all(|part| (600..1400).contains(&part.wall_ms));
        assert!(naps, "{:?}", told.parts);

        let busy = "t = time.time() + 0.7\nwhile time.time() < t:\n    pass\n";
        programs =
            vec![nap, whole(busy), whole(busy), whole("while True:\n    pass\n"), whole("1")];
        let mut job = line(id, &programs, 4, 4);
        job.limits.cpu = Duration::from_secs(1);
        let told = run(&job);
        assert_eq!((told.end, told.parts.len()), (End::TimedOut, 3), "{told:?}");
        assert!(told.usage.wall_ms < 8000, "{:?}", told.usage);
        let finish = Box::new(Finish::Unknown);
        assert_eq!(told.finish, Finish::Prefix { part: 3, finish });
    }
}

#[test]
fn every_program_may_print_as_much_as_one() {
    for id in pythons() {
        let noisy = whole("import sys\nsys.stdout.write('x' * 70000)\n");
        let job = |last: &str| {
            let programs = [noisy.clone(), noisy.clone(), noisy.clone(), whole(last), whole("1")];
            let mut job = line(id, &programs, 4, 4);
            job.limits.output_bytes = 100_000;
            job
        };
        let told = run(&job("print('a')\n"));
        assert_eq!((told.end, told.parts.len()), (End::Exited(0), 4));
        assert!(told.parts[..3].iter().all(|part| part.stdout.total == 70_000));
        let told = run(&job("while True:\n    sys.stdout.write('x' * 1000)\n"));
        assert_eq!((told.end, told.parts.len()), (End::TooMuchOutput, 3));
    }
}

#[test]
fn files_of_programs_take_no_room_and_come_in_their_turn() {
    for id in pythons() {
        let count = 9000;
        let mut programs = vec![whole("import os\n"); count];
        programs[1] = whole("os.mkdir(os.path.join(os.getcwd(), 'part 2 it\\'s \\xc3\\xa9.py'))\n");
        programs.push(whole("print(len(os.listdir('.')))\n"));
        let told = run(&line(id, &programs, count, count));
        assert_eq!((told.end, told.parts.len()), (End::Exited(0), count), "{}", told.stderr.text());
        assert!(told.parts.iter().all(|part| part.finish == Finish::Completed));
        assert!(told.stdout.text().starts_with("900"), "{}", told.stdout.text());
    }
}

/// What hides the word that divides what is printed, if anything: a program that finds it says what
/// it likes in the name of others.
const FORGED: &str = "import os, re, sys
texts = [open('/rw/plan', 'rb').read(), repr(sys.argv).encode(), repr(dict(os.environ)).encode()]
for name in ('environ', 'cmdline'):
    texts.append(open('/proc/self/' + name, 'rb').read())
sys.stdout.write('mine')
sys.stdout.flush()
for text in texts:
    for word in re.findall(b'[0-9a-f]{32}', text):
        os.write(1, b'\\0' + word + b'\\0')
";

#[test]
fn what_divides_the_output_is_no_word_that_lies_about() {
    for id in pythons() {
        let programs = [whole("x = 1\n"), whole(FORGED), whole("print('theirs')\n"), whole("1")];
        assert_eq!(sure(id, &programs), "+++.", "{id}");
    }
}

#[test]
fn a_word_too_many_makes_nothing_sure() {
    let find = "import sys
frame = sys._getframe()
while 'self' not in frame.f_locals or not hasattr(frame.f_locals['self'], 'divide'):
    frame = frame.f_back
driver = frame.f_locals['self']
cells = [cell.cell_contents for cell in driver.divide.__closure__]
word = [one for one in cells if type(one) is bytes][0]
import os
os.write(1, b'forged' + word)
";
    for id in pythons() {
        let programs = [whole("x = 1\n"), whole(find), whole("print('theirs')\n"), whole("1")];
        let told = run(&line(id, &programs, 3, 3));
        assert_eq!(told.parts, [], "{id}");
    }
}

#[test]
fn programs_that_have_nothing_to_do_with_one_another_share_nothing() {
    for id in pythons() {
        let programs = [
            whole("x = 1\nprint(x)\n"),
            whole("print('x' in globals(), sorted(globals()))\n"),
            whole("from __future__ import division\nprint(1 / 2, __file__)\n"),
            whole("print(1 / 2)\nclass C(object):\n    def f(self):\n        return C\n"),
            whole("1 / 0\n"),
            whole("def f(:\n"),
            whole("import sys\nprint(sys.argv, sys.exc_info(), __name__, 'C' in globals())\n"),
            typed("1 + 1\n1 / 0\n_\n"),
            whole("try:\n    print(_)\nexcept NameError:\n    print('none')\n"),
            typed("'typed'\n_\n"),
            whole("import __main__\nprint(sorted(vars(__main__)) == sorted(globals()))\n"),
            whole("import inspect\ndef f(): pass\nprint(inspect.getsource(f))\n"),
            whole("import re\nre.compile('[[a]')\n"),
            whole("import re\nre.compile('[[a]')\n"),
            whole("raise KeyError('last')\n"),
        ];
        assert_eq!(sure_of_strangers(id, &programs), "++++--++++++++.", "{id}");
    }
}

#[test]
fn nothing_comes_behind_a_stranger_that_leaves_something() {
    for id in pythons() {
        let gone = "class D(object):\n    def __del__(self):\n        print('gone')\n";
        for (code, told) in [
            ("class C(object):\n    pass\nring = C()\nring.ring = ring\n", "+++."),
            (&*format!("{gone}d = D()\n"), "+-"),
            (&*format!("{gone}ring = [D()]\nring.append(ring)\n"), "+-"),
            ("it = (one for one in [1, 2])\nnext(it)\n", "+-"),
            ("import atexit\natexit.register(id, 1)\n", "+-"),
            ("import sys\nsys.stdout = sys.stderr\n", "+-"),
            ("import sys\nsys.exit()\n", "+-+."),
            ("import sys\nsys.exit(1)\n", "+"),
            ("import os\nos._exit(0)\n", "+"),
            ("raise KeyboardInterrupt\n", "+"),
        ] {
            let programs = [whole("x = 1\n"), whole(code), whole("x = 3\n"), whole("print(4)\n")];
            assert_eq!(sure_of_strangers(id, &programs), told, "{id} {code}");
        }
    }
}

#[test]
fn a_line_without_an_end_ends_with_its_program() {
    let Some(id) = pythons().find(|id| *id == InterpreterId::Python2) else { return };
    let programs = [whole("print 1,\n"), whole("print 2,\n"), whole("print 3\n")];
    assert_eq!(sure(id, &programs), "++.");
    assert_eq!(sure_of_strangers(id, &programs), "++.");
}
