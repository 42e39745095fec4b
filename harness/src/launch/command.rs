//! What is executed for a job: program, arguments and an environment made from nothing.
//!
//! Executes nothing itself.

use std::ffi::{CString, OsStr};
use std::os::unix::ffi::OsStrExt as _;

use super::layout::Layout;
use super::wire::{Failure, Task};
use crate::interpreter::Interpreter;

/// What to execute, in the form the kernel wants.
pub(super) struct Command {
    pub(super) program: CString,
    pub(super) arguments: Vec<CString>,
    pub(super) environment: Vec<CString>,
}

impl Command {
    pub(super) fn new(task: &Task, layout: &Layout) -> Result<Command, Failure> {
        Command::of(&task.interpreter, Some(task), layout)
    }

    /// What to start an interpreter with that will have its programs later.
    pub(super) fn bare(interpreter: &Interpreter) -> Result<Command, Failure> {
        Command::of(interpreter, None, &Layout::own_root(interpreter.id))
    }

    fn of(
        interpreter: &Interpreter,
        task: Option<&Task>,
        layout: &Layout,
    ) -> Result<Command, Failure> {
        let recipe = interpreter.id.recipe();
        let spot = layout.spot(interpreter.id, task);
        let program = c_string(interpreter.program.as_os_str())?;
        let mut arguments = vec![program.clone()];
        for argument in (recipe.arguments)(&spot) {
            arguments.push(c_string(&argument)?);
        }
        let mut environment = Vec::new();
        let own: Vec<_> =
            base(interpreter, layout).into_iter().chain((recipe.environment)(&spot)).collect();
        let given = task.map_or(&[][..], |task| &task.variables).iter();
        let given = given.filter(|(name, _)| own.iter().all(|(known, _)| known != name));
        let given = given.map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in own.iter().map(|(name, value)| (*name, value.as_str())).chain(given) {
            environment.push(c_string(OsStr::new(&format!("{name}={value}")))?);
        }
        Ok(Command { program, arguments, environment })
    }
}

/// The environment of every program; documented in README.md.
fn base(interpreter: &Interpreter, layout: &Layout) -> Vec<(&'static str, String)> {
    let mut path = "/usr/local/bin:/usr/bin:/bin".to_owned();
    if let Some(folder) = interpreter.program.parent()
        && !path.split(':').any(|known| folder == known)
    {
        path = format!("{}:{path}", folder.display());
    }
    vec![
        ("PATH", path),
        ("HOME", layout.home.display().to_string()),
        ("TMPDIR", layout.temp.display().to_string()),
        ("LANG", "C.UTF-8".to_owned()),
        ("TZ", "UTC".to_owned()),
        ("TERM", "dumb".to_owned()),
        ("NO_COLOR", "1".to_owned()),
        ("PYTHONHASHSEED", "0".to_owned()),
        ("PYTHONDONTWRITEBYTECODE", "1".to_owned()),
    ]
}

fn c_string(text: &OsStr) -> Result<CString, Failure> {
    CString::new(text.as_bytes())
        .map_err(|error| Failure::new("pass on", text.display().to_string(), error))
}
