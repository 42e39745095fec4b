//! A command that failed, to a verdict.

use super::{placeholder, surroundings};
use crate::model::{Cause, Verdict, Why};
use crate::syntax::shape;

const NOT_FOUND: i32 = 127;
const NOT_EXECUTABLE: i32 = 126;

/// Judges a script that `command` ended with `status`; `stderr` is what it printed there.
pub(super) fn status(status: i32, command: Option<&str>, code: &str, stderr: &str) -> Verdict {
    if let Some(text) = placeholder::find(code, None) {
        return Verdict::Unjudged(Why::Placeholder(text));
    }
    if status == NOT_FOUND
        && let Some(name) = not_found(command, stderr)
    {
        return Verdict::Unjudged(Why::NeedsCommand(name));
    }
    if status == NOT_EXECUTABLE {
        let what = stderr.lines().last().unwrap_or("a command").trim().to_owned();
        return Verdict::Unjudged(Why::Denied(what));
    }
    let unset = unset_variables(code);
    match surroundings::lacking(stderr) {
        Some(why) => Verdict::Unjudged(why),
        None if !unset.is_empty() => Verdict::Unjudged(Why::NeedsContext(unset)),
        None => Verdict::Fail(Cause::ExitStatus(status)),
    }
}

/// Variables that the script uses and nothing in it sets, as `$NAME`, each once. Those that a
/// shell or the harness always sets do not count.
fn unset_variables(code: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for rest in code.split('$').skip(1) {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let end =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let name = &rest[..end];
        let sets = [format!("{name}="), format!("read {name}"), format!("for {name} ")];
        let set = ALWAYS_SET.contains(&name) || sets.iter().any(|form| code.contains(form));
        let shown = format!("${name}");
        if shape::is_identifier(name) && !set && !found.contains(&shown) {
            found.push(shown);
        }
    }
    found
}

const ALWAYS_SET: &[&str] = &[
    "BASH",
    "BASH_VERSION",
    "EUID",
    "HOME",
    "HOSTNAME",
    "IFS",
    "LANG",
    "LINENO",
    "OLDPWD",
    "PATH",
    "PPID",
    "PWD",
    "RANDOM",
    "SECONDS",
    "SHELL",
    "SHLVL",
    "TERM",
    "TMPDIR",
    "TZ",
    "UID",
];

/// Whether the script hands its process to another program, so that it never sees its own end.
pub(super) fn replaces_itself(code: &str) -> bool {
    code.lines().any(|line| line.trim_start().starts_with("exec "))
}

/// The name of the command that the shell did not find.
fn not_found(command: Option<&str>, stderr: &str) -> Option<String> {
    let told = stderr.lines().rev().find_map(|line| {
        let before = line
            .strip_suffix(": command not found")
            .or_else(|| line.strip_suffix(": not found"))?;
        before.rsplit(": ").next().map(str::to_owned)
    });
    let called = || {
        let words = command?.split_whitespace();
        words.map(str::to_owned).find(|word| !word.contains('='))
    };
    told.or_else(called)
}
