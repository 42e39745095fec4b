//! What the rest of the crate must know about an interpreter to start it and understand its end.
//!
//! The shape only; the contents are one file per interpreter.

use std::ffi::OsString;
use std::path::Path;

use super::{Interpreter, InterpreterId};
use crate::error::Error;
use crate::job::Job;
use crate::run::Finish;

/// How an interpreter is found, started and understood.
pub(crate) struct Recipe {
    pub(crate) id: InterpreterId,
    /// Whether an executable of this name on `PATH` is worth asking.
    pub(crate) is_program: fn(&str) -> bool,
    /// Asks an executable for its version and folders.
    pub(crate) probe: fn(&Path) -> Result<Interpreter, Error>,
    /// Text of a file that the interpreter wants outside of the scratch folder, if any.
    pub(crate) driver_file: Option<&'static str>,
    /// Text of a script that makes the interpreter serve forks of itself, if it can.
    pub(crate) warm: Option<&'static str>,
    /// Number of the descriptor on which the driver reports.
    pub(crate) report: i32,
    /// The command line after the program's own name.
    pub(crate) arguments: fn(&Spot<'_>) -> Vec<OsString>,
    /// Variables on top of the common environment.
    pub(crate) environment: fn(&Spot<'_>) -> Vec<(&'static str, String)>,
    /// Text of the file that tells the driver which programs come before the main one, and how that
    /// is divided.
    pub(crate) plan: fn(&Job, &Spot<'_>) -> String,
    /// Whether it can watch programs, see [`Job::watched`]. Then that file brings all of them along
    /// where there is more than one, and the driver puts each into the scratch folder in its turn.
    pub(crate) watches: bool,
    /// Takes the driver's words about the steps, at most so many, off the front of its report.
    pub(crate) steps: fn(&mut &[u8], usize) -> Vec<Finish>,
    /// What the driver's report means for a program with this text.
    pub(crate) finish: fn(report: &[u8], code: &str) -> Finish,
}

/// Where a program lies when it is started.
pub(crate) struct Spot<'a> {
    /// File name of the main program.
    pub(crate) name: &'a str,
    /// The folder of all programs, in which the first one starts.
    pub(crate) folder: &'a Path,
    /// Absolute path of the file with [`Recipe::driver_file`].
    pub(crate) driver: &'a Path,
    /// Absolute path of the file with [`Recipe::plan`], where there are more programs or steps.
    pub(crate) plan: Option<&'a Path>,
    /// See [`Recipe::report`].
    pub(crate) report: i32,
}
