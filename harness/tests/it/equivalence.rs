//! A program that is run warm cannot tell it from `python FILE`, which is the oracle. Both run in
//! the sandbox, so that only the way of starting differs.

use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use stillruns_harness::{
    File, Interpreter, InterpreterId, Job, Mechanism, Require, Run, Sandbox, Start,
};

use crate::{INTERPRETERS, cold, offered, sandbox};

/// Corner cases, for whichever Python: where one does not know a word, both ways must fail alike.
const PROGRAMS: &str = include_str!("../equivalence/programs.txt");

/// Modules whose import is compared, with all that it brings along.
const MODULES: &str = "\
    abc argparse array ast asyncio base64 bisect bz2 calendar cmath cmd code codecs collections \
    concurrent concurrent.futures configparser contextlib copy csv ctypes dataclasses datetime \
    decimal difflib dis doctest email email.message enum errno fnmatch fractions ftplib functools \
    gc getopt glob gzip hashlib heapq hmac html html.parser http http.client http.server importlib \
    importlib.machinery importlib.util inspect io ipaddress itertools json json.tool keyword \
    linecache locale logging logging.handlers math mimetypes multiprocessing numbers operator os \
    pathlib pickle pkgutil platform pprint queue random re sched secrets select shelve shlex \
    shutil signal socket sqlite3 ssl stat statistics string struct subprocess sys tarfile tempfile \
    textwrap threading time timeit token tokenize traceback types typing unicodedata unittest \
    urllib urllib.parse urllib.request uuid warnings weakref xml xml.dom xml.dom.minidom \
    xml.etree xml.etree.ElementTree zipfile zlib Queue StringIO cPickle urllib2";

/// Attributes that are there only when something else imported a submodule.
const ATTRIBUTES: &str = "\
    concurrent.futures xml.dom xml.etree json.tool email.message logging.handlers os.path \
    importlib.util importlib.machinery importlib.abc collections.abc html.parser http.client \
    urllib.parse urllib.request multiprocessing.pool unittest.mock ctypes.util encodings.idna \
    curses.ascii distutils.core sqlite3.dump asyncio.queues wsgiref.util dbm.dumb json.decoder \
    re.sre_parse typing.io";

/// Small test scripts that the interpreter may have brought along.
const OWN_TESTS: &str = "\
    test_bisect test_heapq test_textwrap test_string test_bool test_opcodes test_pow test_unary \
    test_contains test_with test_generator_stop test_dictviews test_operator test_colorsys \
    test_fnmatch test_keyword test_sched test_errno test_pprint test_shlex test_base64 test_struct";

#[test]
fn warm_programs_cannot_tell() {
    if cold() || !offered(&Mechanism::ALL) {
        return;
    }
    let versions = [vec![3, 13], vec![3, 10], vec![3, 8], vec![2, 7]];
    let chosen = versions.iter().filter_map(|wanted| {
        let found = INTERPRETERS.iter().find(|one| one.release().starts_with(wanted));
        if found.is_none() {
            crate::skip(&format!("no Python {wanted:?} found"));
        }
        found
    });
    let wrong: String =
        chosen.map(|interpreter| compare(interpreter, &programs(interpreter))).collect();
    assert!(wrong.is_empty(), "{wrong}");
}

/// All programs for one interpreter.
fn programs(interpreter: &Interpreter) -> Vec<String> {
    let mut all: Vec<String> = PROGRAMS.split("=====\n").map(str::to_owned).collect();
    for module in MODULES.split_whitespace() {
        all.push(format!(
            "import sys\nbefore = set(sys.modules)\nimport {module}\n\
             print(sorted(set(sys.modules) - before))\nprint(sorted(dir({module})))\n\
             print({module})\nprint(getattr({module}, '__spec__', None))\n"
        ));
    }
    for attribute in ATTRIBUTES.split_whitespace() {
        let module = attribute.split('.').next().unwrap_or(attribute);
        all.push(format!("import {module}\nprint({attribute}.__name__)\n"));
        all.push(format!("import {attribute}\nimport sys\nprint(sorted(sys.modules))\n"));
    }
    let release = interpreter.release();
    let folder = format!("lib/python{}.{}/test", release[0], release[1]);
    let folders: Vec<_> = interpreter.roots.iter().map(|root| root.join(&folder)).collect();
    for name in OWN_TESTS.split_whitespace() {
        let scripts = folders.iter().map(|folder| folder.join(name).with_extension("py"));
        all.extend(scripts.filter_map(|script| std::fs::read_to_string(script).ok()));
    }
    assert!(all.len() >= 300, "{}", all.len());
    all
}

/// Says what differs; nothing, it is hoped.
fn compare(interpreter: &Interpreter, programs: &[String]) -> String {
    let sandbox = sandbox(Require::All);
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(String::new());
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while let Some(code) = programs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some(difference) = difference(&sandbox, interpreter, code) {
                        wrong.lock().unwrap().push_str(&difference);
                    }
                }
            });
        }
    });
    wrong.into_inner().unwrap()
}

/// What differs between the two ways to run a program.
fn difference(sandbox: &Sandbox, interpreter: &Interpreter, code: &str) -> Option<String> {
    let job = Job::new(interpreter.clone(), "snippet.py", code);
    let warm = sandbox.run(&job).unwrap();
    assert_eq!(warm.start, Start::Warm, "{code}");
    let plain = sandbox.run(&oracle(&job)).unwrap();
    let [one, other] = [&warm, &plain].map(told);
    if one == other || is_known(&job) {
        return None;
    }
    let mut text = String::new();
    writeln!(text, "==== Python {}\n{code}", interpreter.version).unwrap();
    for (name, told) in [("warm", one), ("plain", other)] {
        writeln!(text, "---- {name}: {}\n{}\n{}", told.0, told.1, told.2).unwrap();
    }
    Some(text)
}

/// The same program as `python FILE` in the same surroundings.
fn oracle(job: &Job) -> Job {
    let interpreter = &job.interpreter;
    let folder = interpreter.program.parent().unwrap().display().to_string();
    let two = interpreter.id == InterpreterId::Python2;
    let encoding = if two { "PYTHONIOENCODING=utf-8" } else { "" };
    let code = format!(
        "exec env -i PATH={folder}:/usr/local/bin:/usr/bin:/bin HOME=/home/user TMPDIR=/tmp \
         LANG=C.UTF-8 TZ=UTC TERM=dumb NO_COLOR=1 PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1 \
         {encoding} {} snippet.py 9>&-\n",
        interpreter.program.display()
    );
    let shell = Interpreter {
        id: InterpreterId::Sh,
        program: "/bin/sh".into(),
        version: String::new(),
        implementation: interpreter.implementation.clone(),
        roots: interpreter.roots.clone(),
    };
    let mut plain = Job::new(shell, ".oracle.sh", code);
    let file = File { path: job.name.as_str().into(), contents: job.code.clone().into() };
    plain.files.push(file);
    plain
}

/// End and streams, without what differs from run to run.
fn told(run: &Run) -> (String, String, String) {
    let plain = |text: String| {
        let text = crate::fidelity::plain(&text).replace("'.oracle.sh', ", "");
        let timed = |line: &str| line.starts_with("Ran ") && line.ends_with('s');
        let lines = text.lines().filter(|line| !timed(line));
        lines.fold(String::new(), |all, line| all + line + "\n")
    };
    (format!("{:?}", run.end), plain(run.stdout.text()), plain(run.stderr.text()))
}

/// The exceptions: a part of the program, the first and the last release, the reason.
const KNOWN: &[(&str, [u32; 2], [u32; 2], &str)] = &[
    ("sys.excepthook = None", [2, 6], [3, 99], HOOK),
    ("raise KeyError('in the hook')", [2, 6], [3, 99], HOOK),
    (
        "\"\"\"never ends",
        [3, 0],
        [3, 9],
        "compile() counts the lines of an unfinished text otherwise",
    ),
    ("warnings.simplefilter('always')\nfile = open", [3, 6], [3, 8], LATE),
    ("raise ValueError('with a local')", [3, 6], [3, 8], LATE),
    ("coding: nonsense", [2, 6], [3, 99], "compile() has other words for it than the start"),
];

const LATE: &str = "what goes last of all may find standard error gone already";

const HOOK: &str = "when a hook fails itself, its traceback has the driver's frame too";

fn is_known(job: &Job) -> bool {
    let release = job.interpreter.release();
    KNOWN.iter().any(|(code, first, last, _)| {
        job.code.contains(code) && release[..2] >= first[..] && release[..2] <= last[..]
    })
}
