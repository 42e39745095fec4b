//! What both shells share: the version probe and the reading of the driver's report.
//!
//! Knows no judgement: a status is reported, whatever it is.

use std::path::Path;

use super::{Interpreter, InterpreterId, ask};
use crate::error::Error;
use crate::job::{Job, Step};
use crate::run::Finish;

pub(super) fn probe(
    program: &Path,
    id: InterpreterId,
    question: &[&str],
) -> Result<Interpreter, Error> {
    let version = ask(program, question)?.trim().to_owned();
    // A shell outside of the system folders brings its folder along: `<root>/bin/bash`.
    let root = program.parent().and_then(Path::parent).map(Path::to_owned);
    let roots = root.into_iter().filter(|root| root != Path::new("/")).collect();
    let implementation = String::new();
    Ok(Interpreter { id, program: program.to_owned(), implementation, version, roots })
}

/// A path as one word of a shell.
pub(super) fn quote(path: &Path) -> String {
    quoted(&path.display().to_string())
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Two fields for every step: `step` and its status.
pub(super) fn steps(report: &mut &[u8], most: usize) -> Vec<Finish> {
    let mut steps = Vec::new();
    while steps.len() < most
        && let Some(rest) = report.strip_prefix(b"step\0")
        && let Some(end) = rest.iter().position(|byte| *byte == 0)
    {
        let status = String::from_utf8_lossy(&rest[..end]);
        steps.push(match &*status {
            "0" => Finish::Completed,
            status => status_at(status, None, None),
        });
        *report = &rest[end + 1..];
    }
    steps
}

/// The lines of a step as a word of a shell.
pub(super) fn text_of(job: &Job, step: &Step) -> String {
    let lines = job.code.split_inclusive('\n').skip(step.first as usize - 1);
    let text: String = lines.take((step.last - step.first) as usize + 1).collect();
    quoted(&text)
}

/// Reads fields that end in NUL: the kind, then what belongs to it.
pub(super) fn finish(report: &[u8], code: &str) -> Finish {
    let text = String::from_utf8_lossy(report);
    let fields: Vec<&str> = text.split_terminator('\0').collect();
    let line = |text: &str| text.parse().ok().filter(|line| *line > 0);
    match fields.as_slice() {
        ["completed"] | ["completed", _] => Finish::Completed,
        ["exit", _] => Finish::Exited { line: None, last_statement: only_exit_is_last(code) },
        ["exit", _, inner, top] => {
            let last = line(top).is_some_and(|top| nothing_follows(code, top));
            Finish::Exited { line: line(inner), last_statement: last }
        }
        ["stopped", "0"] => Finish::Exited { line: None, last_statement: only_exit_is_last(code) },
        ["stopped", status] => status_at(status, None, None),
        ["status", status, at, command] => {
            let command = (!command.is_empty()).then(|| (*command).to_owned());
            status_at(status, line(at), command)
        }
        ["syntax", message] => syntax_error(message),
        _ => Finish::Unknown,
    }
}

fn status_at(status: &str, line: Option<u32>, command: Option<String>) -> Finish {
    status.parse().map_or(Finish::Unknown, |status| Finish::StatusAt { status, line, command })
}

/// Takes the message of `-n` apart: `FILE: line 3: TEXT` (Bash), `FILE: 3: TEXT` (dash) or
/// `FILE:3: TEXT` (zsh).
fn syntax_error(text: &str) -> Finish {
    let first = text.lines().next().unwrap_or_default();
    for (at, _) in first.match_indices(": ") {
        if let Some((_, number)) = first[..at].rsplit_once(':')
            && let Ok(line) = number.parse()
        {
            let message = first[at + 2..].to_owned();
            return Finish::SyntaxError { message, line: Some(line), column: None };
        }
        let rest = &first[at + 2..];
        let rest = rest.strip_prefix("line ").unwrap_or(rest);
        if let Some((number, message)) = rest.split_once(": ")
            && let Ok(line) = number.parse()
        {
            let message = message.to_owned();
            return Finish::SyntaxError { message, line: Some(line), column: None };
        }
    }
    Finish::SyntaxError { message: first.to_owned(), line: None, column: None }
}

/// Whether only blank lines, comments and the ends of compound commands follow a one-based line.
fn nothing_follows(code: &str, line: u32) -> bool {
    code.lines().skip(line as usize).all(|line| {
        let line = line.trim();
        line.is_empty()
            || line.starts_with('#')
            || matches!(line, "fi" | "done" | "esac" | "}" | ")" | ";;")
    })
}

/// Whether the only `exit` of a program is on its last line. Where the shell does not tell which
/// `exit` it was, anything else stays unsure.
fn only_exit_is_last(code: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let exits = |line: &str| line.split(|c| !is_word(c)).any(|word| word == "exit");
    let mut with_exit = (1..).zip(code.lines()).filter(|(_, line)| exits(line));
    match (with_exit.next(), with_exit.next()) {
        (Some((number, _)), None) => nothing_follows(code, number),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exit_is_last_only_when_nothing_to_do_follows() {
        let exited = |line, last_statement| Finish::Exited { line, last_statement };
        let code = "echo a\nexit 0\n\n# end\n";
        assert_eq!(finish(b"exit\x000\x002\x002\0", code), exited(Some(2), true));
        assert_eq!(finish(b"exit\x000\x001\x001\0", code), exited(Some(1), false));
        assert_eq!(
            finish(b"exit\x000\x003\x001\0", "if a\nthen\nexit\nfi\n"),
            exited(Some(3), false)
        );
        assert_eq!(finish(b"stopped\x000\0", code), exited(None, true));
        assert_eq!(finish(b"stopped\x000\0", "exit\nexit\n"), exited(None, false));
    }

    #[test]
    fn failures_carry_status_line_and_command() {
        let at = |line, command: Option<&str>| Finish::StatusAt {
            status: 3,
            line,
            command: command.map(str::to_owned),
        };
        assert_eq!(finish(b"status\x003\x007\x00false\0", ""), at(Some(7), Some("false")));
        assert_eq!(finish(b"status\x003\x00\x00\0", ""), at(None, None));
        assert_eq!(finish(b"stopped\x003\0", ""), at(None, None));
        assert_eq!(finish(b"", ""), Finish::Unknown);
        assert_eq!(finish(b"junk\0", ""), Finish::Unknown);
    }

    #[test]
    fn syntax_messages_of_all_shells_are_understood() {
        let error = |message: &str, line| Finish::SyntaxError {
            message: message.to_owned(),
            line,
            column: None,
        };
        let bash = b"syntax\0/w/a.sh: line 3: syntax error near `then'\n/w/a.sh: line 3: x\0";
        assert_eq!(finish(bash, ""), error("syntax error near `then'", Some(3)));
        let dash = b"syntax\0/w/a.sh: 2: Syntax error: \"then\" unexpected\0";
        assert_eq!(finish(dash, ""), error("Syntax error: \"then\" unexpected", Some(2)));
        let zsh = b"syntax\0/w/a:4: parse error near `\\n'\0";
        assert_eq!(finish(zsh, ""), error("parse error near `\\n'", Some(4)));
        assert_eq!(finish(b"syntax\0odd\0", ""), error("odd", None));
    }
}
