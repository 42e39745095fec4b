//! What to run and under which rules.
//!
//! Data and its validation only: nothing here touches the machine.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::Error;
use crate::interpreter::Interpreter;

/// One program to run: its text, the files beside it, and the rules for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// The interpreter that runs the program, as found by [`find`](crate::find).
    pub interpreter: Interpreter,
    /// File name of the main program in the scratch folder, such as `snippet.py`.
    pub name: String,
    /// Text of the main program.
    pub code: String,
    /// Programs that run before the main one in the same state: namespace, functions, current
    /// folder, modules, open files. What they print is dropped. Should one not run to its end the
    /// main program does not run, see [`Finish::Prefix`](crate::Finish::Prefix). The limits are
    /// those of all together.
    #[serde(default)]
    pub before: Vec<Part>,
    /// Those of the programs in `before` that are watched, and how each is divided: these are the
    /// last so many of them. What they print is kept, [`Run::parts`](crate::Run::parts) tells of each
    /// what is sure, and time and output are limited for each of them anew. Only Python programs
    /// can be.
    #[serde(default)]
    pub watched: Vec<Watch>,
    /// Whether the programs have nothing to do with one another: each then begins in a namespace of
    /// its own, and one that raises does not keep those behind it from their turn. For programs that
    /// touch nothing but what they make, as the process is one; all of them are watched.
    #[serde(default)]
    pub unrelated: bool,
    /// How the main program is divided, in order and apart from one another; empty to run it whole.
    /// With steps only their lines run, one step after the other, as in a session: one that fails
    /// does not stop the next, and [`Run::steps`](crate::Run::steps) tells of each.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// Further files, put beside the main program before it starts.
    pub files: Vec<File>,
    /// Environment variables on top of those that every program has, which keep their values. A
    /// program that is given any starts in a fresh process.
    #[serde(default)]
    pub variables: Vec<(String, String)>,
    /// What the program may use up.
    pub limits: Limits,
    /// What the program may reach.
    pub policy: Policy,
}

/// A program before the main one that is watched.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watch {
    /// As [`Job::steps`].
    pub steps: Vec<Step>,
}

/// Lines of the main program that run at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The first, one-based.
    pub first: u32,
    /// The last, which belongs to it.
    pub last: u32,
    /// How they run.
    pub mode: Mode,
}

/// How the lines of a step run. Shells know one way only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// As a program: values of expressions are not shown.
    Whole,
    /// As typed at a prompt: one statement, and the value of an expression is shown.
    Single,
    /// As the cell of a notebook: statements, and the value of the last is shown, if it is an
    /// expression and no semicolon follows.
    Cell,
}

/// A program that runs before the main one. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part(Arc<Text>);

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    name: String,
    code: String,
}

impl Part {
    /// A program with its file name in the scratch folder, which no other file of the job has.
    pub fn new(name: impl Into<String>, code: impl Into<String>) -> Part {
        Part(Arc::new(Text { name: name.into(), code: code.into() }))
    }

    /// The file name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The text.
    pub fn code(&self) -> &str {
        &self.0.code
    }
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Part, D::Error> {
        Text::deserialize(from).map(|text| Part(Arc::new(text)))
    }
}

/// A file to put into the scratch folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Path relative to the scratch folder, without `..`.
    pub path: PathBuf,
    /// The bytes of the file.
    #[serde(with = "crate::bytes")]
    pub contents: Vec<u8>,
}

/// What the program may reach beyond its scratch folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Which network the program finds.
    pub network: Network,
}

/// Which network a program finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Network {
    /// None: not even loopback is up.
    #[default]
    Off,
    /// A loopback of its own, for programs that start a server and talk to it. It leads nowhere
    /// else: neither to the host's, nor to that of another run.
    Loopback,
    /// That of the host, with all that can be reached from it.
    Host,
}

impl Network {
    /// All of them, from the narrowest to the widest.
    pub const ALL: [Network; 3] = [Network::Off, Network::Loopback, Network::Host];

    /// The lower-case name, as in reports.
    pub fn name(self) -> &'static str {
        match self {
            Network::Off => "off",
            Network::Loopback => "loopback",
            Network::Host => "host",
        }
    }
}

/// What the program may use up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Wall-clock time from the order to run to the end of the program.
    pub wall: Duration,
    /// CPU time of all processes together, looked at every 30 ms. The kernel holds each of them to
    /// it as well, rounded up to whole seconds.
    pub cpu: Duration,
    /// Resident memory of all processes together, in bytes, looked at every 30 ms. The address
    /// space of one process is bounded to twice as much.
    pub memory_bytes: u64,
    /// Processes and threads at one time. Where the kernel does not count them a run with more is
    /// stopped.
    pub processes: u64,
    /// Size of one written file in bytes.
    pub file_bytes: u64,
    /// Open descriptors of one process.
    pub open_files: u64,
    /// All files in the scratch folder, home, temp folder and `/dev/shm` together, in bytes.
    pub scratch_bytes: u64,
    /// The run is stopped when one stream printed more bytes than this.
    pub output_bytes: u64,
    /// How many bytes are kept from the head of each stream, and as many from its tail.
    pub kept_bytes: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            wall: Duration::from_secs(10),
            cpu: Duration::from_secs(10),
            memory_bytes: 1 << 30,
            processes: 64,
            file_bytes: 48 << 20,
            open_files: 256,
            scratch_bytes: 64 << 20,
            output_bytes: 10 << 20,
            kept_bytes: 64 << 10,
        }
    }
}

/// What to do when a mechanism of the sandbox does not work here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Require {
    /// Refuse to run: a gap is an error for which [`Error::is_sandbox_gap`] holds.
    #[default]
    All,
    /// Run with what works, and say what was missing.
    BestEffort,
    /// No isolation at all; only deadline, bounded output, resource limits, private folders and a
    /// clean environment remain.
    Off,
}

impl Job {
    /// A job with default limits and no network.
    pub fn new(interpreter: Interpreter, name: impl Into<String>, code: impl Into<String>) -> Job {
        Job {
            interpreter,
            name: name.into(),
            code: code.into(),
            before: Vec::new(),
            watched: Vec::new(),
            unrelated: false,
            steps: Vec::new(),
            files: Vec::new(),
            variables: Vec::new(),
            limits: Limits::default(),
            policy: Policy::default(),
        }
    }

    /// How many of the programs before the main one nobody watches.
    pub(crate) fn unwatched(&self) -> usize {
        self.before.len().saturating_sub(self.watched.len())
    }

    /// Checks that every name stays inside of the scratch folder, and programs are apart.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let mut seen = HashSet::new();
        for name in self.before.iter().map(Part::name).chain([self.name.as_str()]) {
            if name.is_empty() || name == "." || name == ".." || name.contains(['/', '\0']) {
                return Err(Error::invalid("program name", name, "it must be a plain file name"));
            }
            if !seen.insert(name) {
                return Err(Error::invalid("program name", name, "two programs have it"));
            }
        }
        if self.watched.len() > self.before.len() {
            let many = self.watched.len().to_string();
            return Err(Error::invalid("number of watched programs", &many, "there are fewer"));
        }
        if self.unrelated && self.watched.len() < self.before.len() {
            let many = self.watched.len().to_string();
            return Err(Error::invalid(
                "number of watched programs",
                &many,
                "unrelated ones all are",
            ));
        }
        if !self.watched.is_empty() && !self.interpreter.id.recipe().watches {
            let name = self.interpreter.id.name();
            return Err(Error::invalid("interpreter", name, "it cannot watch programs"));
        }
        for steps in self.watched.iter().map(|watch| &watch.steps).chain([&self.steps]) {
            go_forward(steps)?;
        }
        for (name, value) in &self.variables {
            let odd = name.is_empty() || name.contains(['=', '\0']) || value.contains('\0');
            if odd {
                return Err(Error::invalid("variable", name, "it is none of an environment"));
            }
        }
        for file in &self.files {
            if !stays_inside(&file.path) {
                let path = file.path.display().to_string();
                return Err(Error::invalid("file path", &path, "it must be relative without `..`"));
            }
        }
        Ok(())
    }
}

fn go_forward(steps: &[Step]) -> Result<(), Error> {
    let mut done = 0;
    for step in steps {
        if step.first <= done || step.last < step.first {
            let lines = format!("{} to {}", step.first, step.last);
            return Err(Error::invalid("lines of a step", &lines, "steps go forward"));
        }
        done = step.last;
    }
    Ok(())
}

fn stays_inside(path: &Path) -> bool {
    let text = path.as_os_str().as_encoded_bytes();
    !text.is_empty()
        && !text.contains(&0)
        && path.components().all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpreter::InterpreterId;

    #[test]
    fn steps_that_step_back_are_refused() {
        let sh = Interpreter {
            id: InterpreterId::Sh,
            program: "/bin/sh".into(),
            implementation: String::new(),
            version: String::new(),
            roots: Vec::new(),
        };
        let check = |lines: &[(u32, u32)]| {
            let mut job = Job::new(sh.clone(), "a.sh", "");
            let step = |&(first, last): &(u32, u32)| Step { first, last, mode: Mode::Whole };
            job.steps = lines.iter().map(step).collect();
            job.check().is_ok()
        };
        assert!(check(&[(1, 1), (2, 5), (9, 9)]));
        for lines in [&[(0, 1)][..], &[(2, 1)], &[(1, 2), (2, 3)], &[(5, 6), (1, 2)]] {
            assert!(!check(lines), "{lines:?}");
        }
    }

    #[test]
    fn names_that_leave_the_scratch_folder_are_refused() {
        let sh = Interpreter {
            id: InterpreterId::Sh,
            program: "/bin/sh".into(),
            implementation: String::new(),
            version: String::new(),
            roots: Vec::new(),
        };
        for name in ["", ".", "..", "a/b", "/a", "a\0b"] {
            assert!(Job::new(sh.clone(), name, "").check().is_err(), "{name:?}");
        }
        for path in ["", "/etc/passwd", "../a", "a/../../b", "./../a"] {
            let mut job = Job::new(sh.clone(), "a.sh", "");
            job.files.push(File { path: path.into(), contents: Vec::new() });
            assert!(job.check().is_err(), "{path:?}");
        }
        for name in ["", "..", "a/b", "a.sh", "b.sh"] {
            let mut job = Job::new(sh.clone(), "a.sh", "");
            job.before = vec![Part::new("b.sh", ""), Part::new(name, "")];
            assert!(job.check().is_err(), "{name:?}");
        }
        let mut job = Job::new(sh, "a b.sh", "");
        job.before.push(Part::new("b.sh", ""));
        job.files.push(File { path: "data/x.txt".into(), contents: Vec::new() });
        assert!(job.check().is_ok());
    }
}
