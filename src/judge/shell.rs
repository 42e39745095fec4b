//! A command that failed, to a verdict.

use super::surroundings::{self, program};
use super::{Judgement, Subject, placeholder};
use crate::model::{Cause, Suggestion, Verdict, Why};
use crate::syntax::near::is_slip;
use crate::syntax::shell::scope;

const NOT_FOUND: i32 = 127;
const NOT_EXECUTABLE: i32 = 126;

/// A command that ended its script.
pub(super) struct Failed<'a> {
    /// Its status.
    pub(super) status: i32,
    /// Its text, where the shell tells it.
    pub(super) command: Option<&'a str>,
    /// Its one-based line, where the shell tells it.
    pub(super) line: Option<u32>,
}

/// Judges a script that a command ended; `stderr` is what was printed there.
pub(super) fn failed(subject: &Subject<'_>, failed: &Failed<'_>, stderr: &str) -> Judgement {
    let Failed { status, command, line } = *failed;
    let code = subject.code;
    let unjudged = |why| Judgement::at(line, Verdict::Unjudged(why));
    let fails = || Judgement::at(line, Verdict::Fail(Cause::ExitStatus(status)));
    if let Some(text) = placeholder::find(code, None) {
        return unjudged(Why::Placeholder(text));
    }
    if status == NOT_FOUND
        && let Some(name) = not_found(code, command, stderr)
    {
        return match COMMON.iter().find(|known| is_slip(&name, known)) {
            Some(known) => {
                let suggestion = Some(Suggestion::new(format!("did you mean `{known}`?"), vec![]));
                Judgement { suggestion, ..fails() }
            }
            None => unjudged(Why::NeedsCommand(name)),
        };
    }
    let name = program(command.unwrap_or(""));
    if status == 1 && ANSWERS.contains(&name) && stderr.trim().is_empty() {
        // Its status is its answer, and nothing that comes after was left out.
        let last = line.is_none_or(|line| nothing_follows(code, line));
        return if last { Judgement::at(line, Verdict::Pass) } else { fails() };
    }
    if status == NOT_EXECUTABLE {
        let what = stderr.lines().last().unwrap_or("a command").trim().to_owned();
        return unjudged(Why::Denied(what));
    }
    let unset = unset_variables(code);
    match command.and_then(|command| surroundings::of_command(command, stderr)) {
        Some(Why::NeedsContext(files)) if made(code, &files).is_some() => {
            let message = made(code, &files).map(|file| format!("did you mean `{file}`?"));
            let suggestion = message.map(|message| Suggestion::new(message, vec![]));
            Judgement { suggestion, ..fails() }
        }
        Some(Why::NeedsContext(_)) if !unset.is_empty() => unjudged(Why::NeedsContext(unset)),
        Some(why) => unjudged(why),
        None if !unset.is_empty() => unjudged(Why::NeedsContext(unset)),
        None => fails(),
    }
}

/// The file that the script makes itself and that one of `files`, which are missing, is a slip for.
fn made(code: &str, files: &[String]) -> Option<String> {
    let writes = scope(code).writes;
    writes.into_iter().find(|made| files.iter().any(|file| is_slip(file, made)))
}

/// Commands whose status 1 is an answer: nothing was found, or there is a difference.
const ANSWERS: &[&str] = &[
    "grep", "egrep", "fgrep", "zgrep", "diff", "cmp", "test", "[", "[[", "pgrep", "which", "expr",
    "let", "type", "command",
];

/// Whether only blank lines, comments and the ends of compound commands follow a one-based line.
fn nothing_follows(code: &str, line: u32) -> bool {
    code.lines().skip(line as usize).map(str::trim).all(|line| {
        line.is_empty()
            || line.starts_with('#')
            || matches!(line, "fi" | "done" | "esac" | "}" | ")" | ";;")
    })
}

/// Variables that the script uses before anything in it sets them, as `$NAME`.
fn unset_variables(code: &str) -> Vec<String> {
    let needs = scope(code).needs.into_iter().filter(|need| need.sure).map(|need| need.name);
    needs.filter(|name| name.starts_with('$')).collect()
}

/// Whether the script hands its process to another program, so that it never sees its own end.
pub(super) fn replaces_itself(code: &str) -> bool {
    code.lines().any(|line| line.trim_start().starts_with("exec "))
}

/// The name of the command that the shell did not find: the one that it names, if the script does
/// so too, or else the one that it ran.
fn not_found(code: &str, command: Option<&str>, stderr: &str) -> Option<String> {
    let told = stderr.lines().rev().find_map(|line| {
        let before = line
            .strip_suffix(": command not found")
            .or_else(|| line.strip_suffix(": not found"))?;
        before.rsplit(": ").next().map(str::to_owned)
    });
    let named = |name: &String| code.contains(name.as_str());
    let called = || {
        let name = program(command?);
        (!RUN.contains(&name) && !name.is_empty()).then(|| name.to_owned())
    };
    told.filter(named).or_else(called)
}

/// Commands that are there: what they end with is not about them.
const RUN: &[&str] = &["bash", "sh", "env", "eval", "command", "exit", "return", "xargs", "sudo"];

/// Commands that everybody types, so that what is much like one of them is mistyped.
const COMMON: &[&str] = &[
    "alias",
    "apt-get",
    "awk",
    "brew",
    "bundle",
    "cargo",
    "chmod",
    "chown",
    "clear",
    "conda",
    "curl",
    "docker",
    "docker-compose",
    "echo",
    "export",
    "find",
    "flask",
    "git",
    "grep",
    "gunzip",
    "gzip",
    "head",
    "history",
    "jupyter",
    "kill",
    "kubectl",
    "less",
    "make",
    "mkdir",
    "mount",
    "mysql",
    "nano",
    "node",
    "passwd",
    "ping",
    "pip",
    "pip3",
    "psql",
    "pytest",
    "python",
    "python3",
    "rails",
    "rmdir",
    "rsync",
    "ruby",
    "scp",
    "sed",
    "service",
    "sleep",
    "sort",
    "source",
    "ssh",
    "sudo",
    "systemctl",
    "tail",
    "tar",
    "terraform",
    "touch",
    "uname",
    "unzip",
    "vagrant",
    "virtualenv",
    "wget",
    "which",
    "whoami",
    "xargs",
    "yarn",
];
