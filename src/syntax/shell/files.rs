//! What commands do to files and to the working folder, as far as their names and words tell.
//!
//! Paths are told as seen from the folder that the script begins in, without `.` and `..` in them;
//! whatever cannot be told is left out. Nothing of the machine is asked.

use std::collections::HashSet;

use crate::syntax::scope::{Folder, Place};

/// A word of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// Known to the letter.
    Plain(String),
    /// A pattern of file names.
    Pattern(String),
    /// Something that is only known when it runs.
    Unknown,
}

impl Word {
    /// A word without quotes.
    pub(super) fn bare(text: &str) -> Self {
        if text.contains(['*', '?', '[']) {
            return Self::Pattern(text.to_owned());
        }
        Self::Plain(text.replace('\\', ""))
    }

    pub(super) fn plain(&self) -> Option<&str> {
        match self {
            Self::Plain(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn join(self, next: Self) -> Self {
        match (self, next) {
            (Self::Plain(one), Self::Plain(two)) => Self::Plain(one + &two),
            (Self::Plain(one) | Self::Pattern(one), Self::Plain(two) | Self::Pattern(two)) => {
                Self::Pattern(one + &two)
            }
            _ => Self::Unknown,
        }
    }
}

/// Files and the working folder at one point of a script.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub(super) reads: Vec<String>,
    pub(super) writes: Vec<String>,
    pub(super) folder: Folder,
    read: HashSet<String>,
    written: HashSet<String>,
}

/// Longer paths, and such of more parts, are left out.
const LONGEST: usize = 200;
const DEEPEST: usize = 16;

impl Files {
    /// The command `name` with `words` behind it; `apart` is one whose folder is its own.
    pub(super) fn command(&mut self, name: &str, words: &[Word], apart: bool) {
        let program = name.rsplit('/').next().unwrap_or(name);
        if name.contains('/') {
            self.uses(name);
        }
        if STANDING.contains(&program) {
            self.stand();
        }
        match program {
            "cd" | "pushd" => self.moves(words, apart),
            "popd" => {
                self.folder.ends = if apart { self.folder.ends.clone() } else { Place::Unknown }
            }
            "mkdir" | "touch" | "tee" | "mkfifo" | "truncate" => self.all(words, Self::makes),
            "rm" | "rmdir" | "chmod" | "chown" | "patch" => self.all(words, Self::changes),
            "cp" | "mv" | "ln" | "install" | "rsync" | "scp" => self.carries(words),
            "git" => self.git(words),
            "curl" | "wget" => self.fetches(program, words),
            "virtualenv" => self.all(words, Self::makes),
            "echo" | "printf" | "export" | "set" | "alias" | "read" | "unset" | "kill" | "exit"
            | "which" | "type" | "man" | "test" | "[" | "pip" | "pip3" | "apt" | "apt-get"
            | "brew" | "systemctl" | "service" => {}
            _ if NO_FILES.contains(&program) => {}
            // What is looked for, or done with every line, comes before the files.
            "grep" | "egrep" | "fgrep" | "rg" | "sed" | "awk" | "gawk" | "perl" => {
                let first = words
                    .iter()
                    .position(|word| word.plain().is_none_or(|word| !word.starts_with('-')));
                self.other(&words[first.map_or(words.len(), |first| first + 1)..]);
            }
            _ => self.other(words),
        }
        self.patterns(words);
    }

    /// `operator path`
    pub(super) fn redirect(&mut self, operator: &str, path: &str) {
        match operator {
            "<" => self.uses(path),
            ">>" | "&>>" => self.changes(path),
            ">" | ">|" | "&>" => self.makes(path),
            _ => {}
        }
    }

    fn all(&mut self, words: &[Word], act: fn(&mut Self, &str)) {
        operands(words).for_each(|path| act(self, path));
    }

    fn patterns(&mut self, words: &[Word]) {
        for word in words {
            if let Word::Pattern(pattern) = word
                && !pattern.starts_with('-')
            {
                let before = &pattern[..pattern.find(['*', '?', '[']).unwrap_or(0)];
                match before.rsplit_once('/') {
                    Some((folder, _)) => self.uses(folder),
                    None => {
                        self.stand();
                        let here = self.locate(".");
                        here.into_iter().for_each(|here| self.used(here));
                    }
                }
            }
        }
    }

    /// A command that nothing special is known of: its operands may be files, those of options
    /// that name an output are made, and a new thing has the name that it is called.
    fn other(&mut self, words: &[Word]) {
        let mut words = words.iter().filter_map(Word::plain);
        let mut creates = false;
        while let Some(word) = words.next() {
            match word {
                "-o" | "--output" | "-out" | "--out" | "-keyout" => {
                    if let Some(path) = words.next() {
                        self.makes(path);
                    }
                }
                "startproject" | "startapp" | "new" | "venv" | "create-project" => creates = true,
                _ if word.starts_with('-') => {
                    if let Some(path) = word.strip_prefix("--output=") {
                        self.makes(path);
                    }
                }
                _ if creates => {
                    self.makes(word);
                    creates = false;
                }
                _ => self.uses(word),
            }
        }
    }

    fn carries(&mut self, words: &[Word]) {
        let mut paths: Vec<&str> = operands(words).collect();
        let Some(to) = paths.pop() else { return };
        for path in &paths {
            self.uses(path);
        }
        if to.ends_with('/') || to == "." {
            self.uses(to);
            for path in paths {
                let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
                self.makes(&format!("{to}/{name}"));
            }
        } else {
            self.makes(to);
        }
    }

    fn git(&mut self, words: &[Word]) {
        let mut operands = operands(words);
        let verb = operands.next().unwrap_or("");
        match verb {
            "init" => match operands.next() {
                Some(folder) => self.makes(folder),
                None => self.makes(".git"),
            },
            "clone" => {
                let (from, to) = (operands.next().unwrap_or(""), operands.next());
                let name = from.trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or("");
                self.makes(to.unwrap_or(name.strip_suffix(".git").unwrap_or(name)));
            }
            "config" | "version" | "help" | "" => {}
            "status" | "log" | "diff" | "show" | "blame" | "grep" | "ls-files" => self.uses(".git"),
            "add" => {
                operands.for_each(|path| self.uses(path));
                self.changes(".git");
            }
            _ => self.changes(".git"),
        }
    }

    fn fetches(&mut self, program: &str, words: &[Word]) {
        let plain: Vec<&str> = words.iter().filter_map(Word::plain).collect();
        let output = plain.windows(2).find(|pair| {
            matches!((program, pair[0]), ("curl", "-o" | "--output") | ("wget", "-O"))
        });
        let named = program == "wget" || plain.contains(&"-O") || plain.contains(&"-LO");
        let from = operands(words).find(|word| word.contains("://"));
        match (output, from) {
            (Some(pair), _) => self.makes(pair[1]),
            (None, Some(from)) if named => {
                let path = from.split(['?', '#']).next().unwrap_or(from);
                self.makes(path.rsplit('/').next().unwrap_or(""));
            }
            _ => {}
        }
    }

    fn moves(&mut self, words: &[Word], apart: bool) {
        let to = match words.iter().find(|word| word.plain() != Some("--")) {
            None => Place::At("~".to_owned()),
            Some(Word::Plain(path)) if path == "-" => Place::Unknown,
            Some(Word::Plain(path)) => {
                self.uses(path);
                self.locate(path).map_or(Place::Unknown, Place::At)
            }
            Some(_) => Place::Unknown,
        };
        if !apart {
            self.folder.ends = to;
        }
    }

    /// What happens depends on the folder that the script is in.
    fn stand(&mut self) {
        self.folder.matters |= match &self.folder.ends {
            Place::Same => true,
            Place::At(folder) => !is_anchored(folder),
            Place::Unknown => false,
        };
    }

    fn uses(&mut self, path: &str) {
        if let Some(place) = self.place(path) {
            self.used(place);
        }
    }

    fn used(&mut self, place: String) {
        let made = std::iter::successors(Some(place.as_str()), |path| {
            path.rsplit_once('/').map(|(above, _)| above)
        });
        let mut made = made.take(DEEPEST);
        if !made.any(|above| self.written.contains(above)) && self.read.insert(place.clone()) {
            self.reads.push(place);
        }
    }

    fn makes(&mut self, path: &str) {
        let Some(place) = self.place(path) else { return };
        if let Some((above, _)) = path.trim_end_matches('/').rsplit_once('/')
            && !above.is_empty()
        {
            self.uses(above);
        }
        if self.written.insert(place.clone()) {
            self.writes.push(place);
        }
    }

    /// Needs it as it is, and leaves it otherwise.
    fn changes(&mut self, path: &str) {
        self.uses(path);
        self.makes(path);
    }

    /// Where `path` lies, if it is one that a script may make.
    fn place(&mut self, path: &str) -> Option<String> {
        let odd = path.is_empty()
            || path.len() > LONGEST
            || path.starts_with('-')
            || path.contains("://")
            || path.contains(['\n', '=', '|', '&', '<', '{'])
            || path.starts_with("/dev/")
            || path.bytes().all(|byte| byte.is_ascii_digit());
        if odd {
            return None;
        }
        if !is_anchored(path) {
            self.stand();
        }
        // The folder that it works in is there, whatever comes before.
        self.locate(path).filter(|place| place != "." && Some(place) != self.here())
    }

    fn here(&self) -> Option<&String> {
        match &self.folder.ends {
            Place::At(folder) => Some(folder),
            _ => None,
        }
    }

    /// `path` as seen from the folder that the script begins in.
    fn locate(&self, path: &str) -> Option<String> {
        if is_anchored(path) {
            return tidied("", path);
        }
        match &self.folder.ends {
            Place::Same => tidied("", path),
            Place::At(folder) => tidied(folder, path),
            Place::Unknown => None,
        }
    }
}

/// `path` as seen from where `folder` is, without `.` and `..`; nothing where it leads above.
pub fn tidied(folder: &str, path: &str) -> Option<String> {
    if is_anchored(path) && !folder.is_empty() {
        return tidied("", path);
    }
    let mut parts: Vec<&str> =
        folder.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match part {
            ".." if parts.is_empty() => return None,
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    if parts.len() > DEEPEST {
        return None;
    }
    let root = if folder.starts_with('/') || path.starts_with('/') && folder.is_empty() {
        "/"
    } else {
        ""
    };
    let joined = parts.join("/");
    Some(if joined.is_empty() && root.is_empty() {
        ".".to_owned()
    } else {
        format!("{root}{joined}")
    })
}

fn is_anchored(path: &str) -> bool {
    path.starts_with(['/', '~'])
}

fn operands(words: &[Word]) -> impl Iterator<Item = &str> {
    words.iter().filter_map(Word::plain).filter(|word| !word.starts_with('-'))
}

/// Programs whose operands are no files.
const NO_FILES: &[&str] = &[
    "ps",
    "killall",
    "pgrep",
    "pkill",
    "sleep",
    "date",
    "whoami",
    "id",
    "groups",
    "hostname",
    "uname",
    "ssh",
    "ping",
    "dig",
    "host",
    "nslookup",
    "traceroute",
    "telnet",
    "journalctl",
    "crontab",
    "useradd",
    "usermod",
    "adduser",
    "passwd",
    "su",
    "seq",
    "expr",
    "ulimit",
    "umask",
    "jobs",
    "fg",
    "bg",
    "wait",
    "true",
    "false",
    "yes",
    "exec",
    "history",
    "modprobe",
    "sysctl",
    "ifconfig",
    "ip",
];

/// Programs that look at the folder that they stand in, whatever their words.
const STANDING: &[&str] = &[
    "bundle",
    "cargo",
    "cmake",
    "composer",
    "docker-compose",
    "find",
    "fab",
    "flake8",
    "git",
    "go",
    "gradle",
    "ls",
    "make",
    "mvn",
    "mypy",
    "npm",
    "npx",
    "poetry",
    "pwd",
    "py.test",
    "pytest",
    "rails",
    "rake",
    "ruff",
    "tox",
    "tree",
    "vagrant",
    "yarn",
];
