//! The interpreters this crate can run, where they are found, and how each is started.
//!
//! One file per interpreter, one word in the table. Nothing here starts the program of a job.

mod find;
mod memory;
mod places;
mod python;
mod recipe;
mod shell;

use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::job::Job;
use crate::run::Finish;

pub use find::find;
pub(crate) use recipe::{Recipe, Spot};

/// Declares one module per interpreter, each with a `static INTERPRETER`, and builds the closed
/// set of ids and the table in order of preference.
macro_rules! interpreters {
    [$($module:ident = $variant:ident),+ $(,)?] => {
        $(mod $module;)+

        /// Which interpreter.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum InterpreterId {
            $(#[doc = concat!("`", stringify!($module), "`")] $variant,)+
        }

        impl InterpreterId {
            /// All interpreters, in the order of the table.
            pub const ALL: &'static [InterpreterId] = &[$(InterpreterId::$variant),+];

            /// The lower-case name.
            pub fn name(self) -> &'static str {
                match self { $(InterpreterId::$variant => stringify!($module),)+ }
            }

            pub(crate) fn recipe(self) -> &'static Recipe {
                match self { $(InterpreterId::$variant => &$module::INTERPRETER,)+ }
            }
        }
    };
}

interpreters![python2 = Python2, python3 = Python3, bash = Bash, sh = Sh, zsh = Zsh];

impl fmt::Display for InterpreterId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

/// One interpreter of this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interpreter {
    /// Which one.
    pub id: InterpreterId,
    /// The executable.
    pub program: PathBuf,
    /// `CPython` or `PyPy`; empty for shells.
    #[serde(default)]
    pub implementation: String,
    /// Its version, such as `3.13.0`; empty where an interpreter does not tell.
    pub version: String,
    /// Folders outside of `/usr` that must be visible for it to work.
    pub roots: Vec<PathBuf>,
}

impl Interpreter {
    /// The name of the one implementation of Python that can be kept warm.
    pub const CPYTHON: &'static str = "CPython";

    /// Text of the script that makes it serve forks of itself, if it can.
    pub(crate) fn warm(&self) -> Option<&'static str> {
        self.id.recipe().warm.filter(|_| self.implementation == Self::CPYTHON)
    }

    /// Whether it can watch programs, see [`Job::watched`], as far as it is up to the interpreter.
    pub fn watches(&self) -> bool {
        self.id.recipe().watches && self.warm().is_some()
    }

    /// The leading numbers of the version: `3.13.0rc1` gives `[3, 13, 0]`.
    pub fn release(&self) -> Vec<u32> {
        let number = |part: &str| {
            let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        };
        self.version.split('.').map_while(number).collect()
    }
}

/// Where to look for interpreters. The crate reads no environment variable itself.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// The value of `PATH`.
    pub path: Option<OsString>,
    /// The value of `PYENV_ROOT`.
    pub pyenv_root: Option<PathBuf>,
    /// The home folder, for `~/.pyenv`.
    pub home: Option<PathBuf>,
    /// The value of `UV_PYTHON_INSTALL_DIR`.
    pub uv_python: Option<PathBuf>,
    /// The value of `XDG_DATA_HOME`, for the Pythons that uv installs.
    pub data_home: Option<PathBuf>,
    /// The value of `CONDA_PREFIX`.
    pub conda_prefix: Option<PathBuf>,
    /// The project, whose virtual environment comes before what is installed.
    pub project: Option<PathBuf>,
    /// A file in which answers are kept; nothing is kept without.
    pub cache: Option<PathBuf>,
    /// Interpreters named by the user, by path, folder of an environment, or version: they come
    /// first, and a broken one is an error.
    pub extra: Vec<PathBuf>,
}

/// What a search brought.
#[derive(Debug, Default)]
pub struct Found {
    /// Working interpreters: the named ones first, then by kind, newest version first.
    pub interpreters: Vec<Interpreter>,
    /// One error per named interpreter that does not work.
    pub broken: Vec<Error>,
}

/// What the report of a driver means.
#[derive(Debug, PartialEq)]
pub(crate) struct Told {
    /// For the program.
    pub(crate) finish: Finish,
    /// For every step of it that ended.
    pub(crate) steps: Vec<Finish>,
    /// For every watched program that ended: whether that is sure, and its steps.
    pub(crate) parts: Vec<(bool, Vec<Finish>)>,
    /// How many marks there must be in the output.
    pub(crate) marks: usize,
}

/// What the report of a driver means. Where there are programs before the main one, there is a dot
/// for every one that was begun, and a plus or a minus behind those that are watched.
pub(crate) fn told(mut report: &[u8], job: &Job) -> Told {
    let recipe = job.interpreter.id.recipe();
    let unwatched = job.unwatched();
    let mut begun = 0;
    let mut parts: Vec<(bool, Vec<Finish>)> = Vec::new();
    let mut marks = 0;
    while begun <= job.before.len()
        && !job.before.is_empty()
        && let Some(rest) = report.strip_prefix(b".")
    {
        (report, begun) = (rest, begun + 1);
        let Some(watch) = begun.checked_sub(unwatched + 1).and_then(|at| job.watched.get(at))
        else {
            continue;
        };
        let steps = (recipe.steps)(&mut report, watch.steps.len());
        marks += steps.len();
        let (b'+' | b'-', rest) = (match report.split_first() {
            Some((word, rest)) => (*word, rest),
            None => break,
        }) else {
            break;
        };
        parts.push((report[0] == b'+', steps));
        report = rest;
        marks += 1;
    }
    if begun <= job.before.len() && !job.before.is_empty() {
        let finish = match begun.checked_sub(1) {
            None => Finish::Unknown,
            Some(last) => Finish::Prefix {
                part: u32::try_from(last).unwrap_or(u32::MAX),
                finish: Box::new((recipe.finish)(report, job.before[last].code())),
            },
        };
        return Told { finish, steps: Vec::new(), parts, marks };
    }
    let steps = (recipe.steps)(&mut report, job.steps.len());
    marks += steps.len();
    Told { finish: (recipe.finish)(report, &job.code), steps, parts, marks }
}

/// Runs an executable with a question and an empty environment, and returns what it prints.
fn ask(program: &Path, arguments: &[&str]) -> Result<String, Error> {
    let fail = |cause: String| Error::interpreter(program.display().to_string(), cause);
    let (answer, into) = io::pipe().map_err(|error| fail(error.to_string()))?;
    // Not captured, for which a thread would be started: an answer fits into a pipe.
    let handle = duct::cmd(program, arguments)
        .full_env(HashMap::<OsString, OsString>::new())
        .dir("/")
        .stdin_null()
        .stderr_null()
        .stdout_file(into)
        .unchecked()
        .start()
        .map_err(|error| fail(error.to_string()))?;
    match handle.wait_timeout(Duration::from_secs(10)) {
        Ok(Some(output)) if output.status.success() => Ok(printed(&answer)),
        Ok(Some(output)) => Err(fail(format!("it ended with {}", output.status))),
        Ok(None) => {
            // Best effort: the probe is given up either way.
            let _ = handle.kill();
            Err(fail("it did not answer within 10 s".to_owned()))
        }
        Err(error) => Err(fail(error.to_string())),
    }
}

/// What lies in a pipe, without waiting for more.
fn printed(pipe: &io::PipeReader) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    if rustix::io::ioctl_fionbio(pipe, true).is_ok() {
        while let Ok(length @ 1..) = rustix::io::read(pipe, &mut buffer) {
            bytes.extend_from_slice(&buffer[..length]);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
