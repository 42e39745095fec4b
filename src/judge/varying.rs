//! What a program prints that tells of its machine, its moment or chance, and not of the example.
//!
//! Reads names only: a name is taken for varying when what it is bound to uses one. Whether a
//! difference is excused by that is for `surety`.

use std::collections::HashSet;

use crate::syntax::lexical;

/// Calls and attributes whose value another machine, moment or version of Python changes. A dot in
/// front stands for an attribute of anything.
const SOURCES: &[&str] = &[
    "os.getpid",
    "os.getppid",
    "os.getlogin",
    "os.getuid",
    "os.uname",
    "os.environ",
    "os.getenv",
    "os.cpu_count",
    "os.getcwd",
    "os.getcwdu",
    "os.curdir",
    "os.stat",
    "os.times",
    "os.urandom",
    "os.path.getmtime",
    "os.path.getatime",
    "os.path.getctime",
    "os.path.expanduser",
    "os.path.abspath",
    "os.path.realpath",
    "os.get_terminal_size",
    "os.getloadavg",
    "sys.version",
    "sys.version_info",
    "sys.hexversion",
    "sys.path",
    "sys.executable",
    "sys.platform",
    "sys.prefix",
    "sys.modules",
    "sys.maxint",
    "sys.maxsize",
    "sys.getsizeof",
    "sys.getrefcount",
    "sys.implementation",
    "sys.flags",
    "sys.api_version",
    "sys.copyright",
    "sys.builtin_module_names",
    "sys.stdlib_module_names",
    "sys.getdefaultencoding",
    "sys.getfilesystemencoding",
    "sys.getrecursionlimit",
    "sys.float_info",
    "sys.byteorder",
    "platform.",
    "socket.gethostname",
    "socket.gethostbyname",
    "socket.getfqdn",
    "getpass.getuser",
    "pwd.",
    "locale.",
    "sysconfig.",
    "resource.",
    "multiprocessing.cpu_count",
    "threading.get_ident",
    "threading.current_thread",
    "threading.currentThread",
    "gc.",
    "tracemalloc.",
    "tempfile.",
    "uuid.",
    "secrets.",
    "shutil.which",
    "shutil.disk_usage",
    "time.time",
    "time.time_ns",
    "time.clock",
    "time.ctime",
    "time.localtime",
    "time.gmtime",
    "time.asctime",
    "time.strftime",
    "time.perf_counter",
    "time.monotonic",
    "time.process_time",
    "time.tzname",
    "time.timezone",
    "timeit.",
    ".now",
    ".utcnow",
    ".today",
    ".cwd",
    ".home",
    "random.",
    "np.random",
    "numpy.random",
    "torch.rand",
    "torch.randn",
    "id",
    "dir",
    "help",
    "globals",
    "locals",
    "__file__",
    "__doc__",
    "__version__",
    "psutil.",
];

/// What is in a folder that the example did not make.
const LISTINGS: &[&str] =
    &["os.listdir", "os.scandir", "os.walk", "glob.glob", "glob.iglob", ".iterdir", ".glob"];

/// Names that are chance only where they were imported from `random` and its like.
const CHANCES: &[&str] = &[
    "random",
    "randint",
    "randrange",
    "choice",
    "choices",
    "shuffle",
    "sample",
    "uniform",
    "gauss",
    "rand",
    "randn",
    "token_hex",
    "token_urlsafe",
    "uuid1",
    "uuid4",
    "getpid",
    "getcwd",
    "urandom",
    "gethostname",
    "getuser",
    "perf_counter",
    "time",
    "ctime",
    "localtime",
    "strftime",
];

/// What varies in one program.
#[derive(Debug, Default)]
pub(super) struct Varying {
    names: HashSet<String>,
    /// Whether chance begins at a place that the program sets.
    seeded: bool,
}

impl Varying {
    /// Of the program `code`.
    pub(super) fn of(code: &str) -> Self {
        let masked = lexical::mask(code);
        let mut varying = Self { names: HashSet::new(), seeded: masked.contains("seed(") };
        let mut function: Option<&str> = None;
        for line in masked.lines() {
            let inner = line.starts_with([' ', '\t']);
            let defined =
                line.trim_start().strip_prefix("def ").or_else(|| line.strip_prefix("class "));
            if let Some(rest) = defined.filter(|_| !inner) {
                function = words(rest).next();
            } else if !inner && !line.trim().is_empty() {
                function = None;
            }
            varying.imported(line);
            if varying.varies(line) {
                varying.names.extend(function.map(str::to_owned));
                varying.names.extend(bound(line).map(str::to_owned));
            }
        }
        varying
    }

    /// Whether what `typed` prints varies.
    pub(super) fn touches(&self, typed: &str) -> bool {
        lexical::mask(typed).lines().any(|line| self.varies(line))
    }

    /// `from random import choice`: from here on the name is chance.
    fn imported(&mut self, line: &str) {
        let Some(rest) = line.trim_start().strip_prefix("from ") else { return };
        let Some((module, names)) = rest.split_once(" import ") else { return };
        let module = format!("{}.", module.trim());
        let chance = !self.seeded || !is_chance(&module);
        if !chance {
            return;
        }
        let all = names.contains('*');
        for name in words(names).filter(|name| *name != "as") {
            if is_source(&format!("{module}{name}")) {
                self.names.insert(name.to_owned());
            }
        }
        if all && is_source(&module) {
            self.names.extend(CHANCES.iter().map(|name| (*name).to_owned()));
        }
    }

    fn varies(&self, line: &str) -> bool {
        if line.trim_start().starts_with("from ") {
            return false;
        }
        dotted(line).any(|(name, called)| {
            let first = name.split('.').next().unwrap_or(name);
            let chance = is_chance(name) && self.seeded;
            self.names.contains(first)
                || is_source(name)
                    && !chance
                    && (called || name.contains('.') || name.starts_with("__"))
                || LISTINGS.iter().any(|one| is_named(name, one)) && lists_surroundings(line)
        })
    }
}

fn is_chance(name: &str) -> bool {
    name.contains("random.") || name.starts_with("torch.")
}

fn is_source(name: &str) -> bool {
    SOURCES.iter().any(|source| is_named(name, source))
}

/// Whether the dotted `name` is `source`, begins with it where that ends with a dot, or ends with
/// it where that begins with one.
fn is_named(name: &str, source: &str) -> bool {
    if source.ends_with('.') {
        return name.starts_with(source);
    }
    if source.starts_with('.') {
        return name.ends_with(source);
    }
    name == source || name.strip_prefix(source).is_some_and(|rest| rest.starts_with('.'))
}

/// Whether the folder that is listed is the one that the program finds itself in, or one of the
/// machine: what it made itself has a name. Strings are masked.
fn lists_surroundings(line: &str) -> bool {
    let arguments = line.rsplit_once("dir(").or_else(|| line.rsplit_once("walk("));
    let arguments = arguments.or_else(|| line.rsplit_once("glob("));
    arguments.is_none_or(|(_, rest)| rest.starts_with([')', '"']))
}

/// The names that `line` binds or shuffles, as far as its looks tell.
fn bound(line: &str) -> Box<dyn Iterator<Item = &str> + '_> {
    if let Some(at) = line.find("shuffle(") {
        return Box::new(words(&line[at + "shuffle(".len()..]));
    }
    if let Some(rest) = line.trim_start().strip_prefix("for ") {
        return Box::new(words(rest.split(" in ").next().unwrap_or("")));
    }
    if let Some((_, target)) = line.split_once(" as ") {
        return Box::new(words(target));
    }
    let bytes = line.as_bytes();
    let assigns = |at: &usize| {
        let around = |at: Option<usize>| at.and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
        bytes[*at] == b'='
            && around(at.checked_add(1)) != b'='
            && !b"=!<>".contains(&around(at.checked_sub(1)))
            && line[..*at].matches(['(', '[']).count() == line[..*at].matches([')', ']']).count()
    };
    match (0..bytes.len()).find(assigns) {
        Some(at) => Box::new(words(&line[..at])),
        // `numbers.append(random())`
        None => Box::new(line.split_once('.').into_iter().flat_map(|(object, rest)| {
            let method = rest.split('(').next().unwrap_or("");
            let adds = ["append", "add", "extend", "insert", "update", "write"].contains(&method);
            words(object).filter(move |_| adds)
        })),
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let other = |c: char| !c.is_alphanumeric() && c != '_';
    text.split(other).filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_'))
}

/// The dotted names in `line`, and whether each is called.
fn dotted(line: &str) -> impl Iterator<Item = (&str, bool)> {
    let other = |c: char| !c.is_alphanumeric() && c != '_' && c != '.';
    let mut rest = line;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(other);
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(other).unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        rest = behind;
        Some((name, behind.starts_with('(')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_of_machine_moment_or_chance_varies() {
        for (code, typed) in [
            ("", "random.random()"),
            ("from random import choice\n", "choice(x)"),
            ("from random import *\n", "randint(1, 6)"),
            ("import random\nx = [1, 2]\nrandom.shuffle(x)\n", "x"),
            ("import random\ndef roll():\n    return random.randint(1, 6)\n", "roll()"),
            ("d = datetime.now()\ny = d.year\n", "y + 1"),
            ("xs = []\nfor i in y:\n    xs.append(random.random())\n", "print(xs)"),
            ("", "os.getpid()"),
            ("", "sys.version"),
            ("", "os.listdir('.')"),
            ("", "dir(x)[-3:]"),
            ("", "uuid.uuid4().hex"),
        ] {
            assert!(Varying::of(code).touches(typed), "{code} {typed}");
        }
        for (code, typed) in [
            ("import random\nrandom.seed(1)\n", "random.random()"),
            ("x = random.random()\n", "2 + 2"),
            ("", "os.path.join(a, b)"),
            ("", "os.listdir(folder)"),
            ("id = 3\n", "id"),
            ("", "'random.random()'"),
            ("", "board.random"),
            ("", "my.time(3)"),
            ("import time\n", "len(x)"),
        ] {
            assert!(!Varying::of(code).touches(typed), "{code} {typed}");
        }
    }
}
