//! The independent programs that check our reports: validators, parsers, a browser.
//!
//! They come from package registries (`.ci/run` installs them). Where one is missing, its tests
//! are skipped, loudly; under `CI` that is a failure.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::project::skipped;

/// The folder of their files.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checkers")
}

/// A program that is there, ready to be given its arguments.
fn program(path: &Path) -> Option<Command> {
    #[expect(clippy::disallowed_methods, reason = "the test runs a checker")]
    let command = Command::new(path);
    if path.is_absolute() {
        return path.exists().then_some(command);
    }
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).any(|folder| folder.join(path).is_file()).then_some(command)
}

/// Says that `what` is missing; under `CI` that is a failure.
#[track_caller]
fn missing(what: &str) -> Option<Command> {
    let in_ci = std::env::var("CI").is_ok_and(|ci| !ci.is_empty() && ci != "false");
    assert!(!in_ci, "{what} is missing: `.ci/run` installs it");
    skipped(&format!("{what} is missing: `.ci/run` says how to install it"));
    None
}

/// A program of the system.
#[track_caller]
pub(crate) fn system(name: &str) -> Option<Command> {
    program(Path::new(name)).or_else(|| missing(name))
}

/// A program of the virtual environment.
#[track_caller]
pub(crate) fn python(name: &str) -> Option<Command> {
    program(&folder().join("venv/bin").join(name)).or_else(|| missing(name))
}

/// A script of ours that uses packages of npm.
#[track_caller]
pub(crate) fn node(script: &str) -> Option<Command> {
    let packages = folder().join("node_modules");
    let found = packages.is_dir().then(|| program(Path::new("node"))).flatten();
    let Some(mut command) = found else { return missing("node with tests/checkers/node_modules") };
    command.arg(folder().join(script));
    Some(command)
}

/// Runs a checker to its end; what it printed, when it was content.
#[track_caller]
pub(crate) fn content(mut checker: Command) -> String {
    let output = checker.output().expect("the checker runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{checker:?}: {}\n{told}\n{error}", output.status);
    told
}

/// A temporary folder.
pub(crate) fn scratch() -> tempfile::TempDir {
    tempfile::Builder::new().prefix("stillruns").tempdir().expect("a temporary folder")
}

/// Writes `bytes` to the file `name` of `folder`.
#[expect(clippy::disallowed_methods, reason = "a file for a checker, in a temporary folder")]
pub(crate) fn put(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, bytes).expect("written");
    path
}
