//! Messages that tell of the surroundings, not of the example.

use crate::model::Why;

/// What in the surroundings `message`, an exception's or what a command printed, is about.
pub(super) fn lacking(message: &str) -> Option<Why> {
    let lower = message.to_lowercase();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| lower.contains(phrase));
    if says(NETWORK) {
        Some(Why::NeedsNetwork)
    } else if says(INPUT) {
        Some(Why::NeedsInput)
    } else if says(DENIED) {
        Some(Why::Denied(line_with(message, DENIED)))
    } else {
        missing_file(message).map(|file| Why::NeedsContext(vec![file]))
    }
}

/// Messages of the C library's resolver and sockets, and of common clients.
const NETWORK: &[&str] = &[
    "network is unreachable",
    "temporary failure in name resolution",
    "temporary failure resolving",
    "name or service not known",
    "nodename nor servname provided",
    "could not resolve",
    "couldn't resolve",
    "unable to resolve",
    "failed to establish a new connection",
    "no servers could be reached",
    "couldn't get address for",
    "connection refused",
    "cannot connect to",
    "could not connect",
    "can't connect to",
];

const INPUT: &[&str] = &["eof when reading a line", "not a tty", "inappropriate ioctl"];

/// Messages of the system and of tools that want more rights than the sandbox gives.
const DENIED: &[&str] = &[
    "permission denied",
    "operation not permitted",
    "read-only file system",
    "are you root",
    "externally-managed-environment",
    "must be root",
    "must be run as root",
    "requires root",
    "superuser privileges",
    "no display name",
    "could not connect to display",
    "cannot open display",
];

/// The last line of `message` that holds one of `phrases`, cut to a readable length.
fn line_with(message: &str, phrases: &[&str]) -> String {
    let holds = |line: &&str| {
        let lower = line.to_lowercase();
        phrases.iter().any(|phrase| lower.contains(phrase))
    };
    let line = message.lines().rfind(holds).unwrap_or(message).trim();
    line.chars().take(120).collect()
}

/// The file of a "No such file or directory" message.
fn missing_file(message: &str) -> Option<String> {
    const PHRASE: &str = "No such file or directory";
    let line = message.lines().rfind(|line| line.contains(PHRASE))?;
    let (before, after) = line.split_once(PHRASE)?;
    let quoted = |text: &str| {
        let start = text.find(['\'', '‘', '`'])?;
        let rest = &text[start + text[start..].chars().next()?.len_utf8()..];
        let end = rest.find(['\'', '’'])?;
        Some(rest[..end].to_owned())
    };
    let named = || {
        let part = before.trim_end_matches([':', ' ']).rsplit(": ").next()?;
        Some(part.rsplit(' ').next().unwrap_or(part).to_owned())
    };
    quoted(after).or_else(|| quoted(before)).or_else(named).filter(|file| !file.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_tell_what_is_lacking() {
        let context = |file: &str| Some(Why::NeedsContext(vec![file.to_owned()]));
        let cases = [
            (
                "<urlopen error [Errno -3] Temporary failure in name resolution>",
                Some(Why::NeedsNetwork),
            ),
            ("curl: (6) Could not resolve host: example.org", Some(Why::NeedsNetwork)),
            ("[Errno 2] No such file or directory: 'a.csv'", context("a.csv")),
            ("rm: cannot remove '*.pyc': No such file or directory", context("*.pyc")),
            ("cat: notes.txt: No such file or directory", context("notes.txt")),
            ("a.sh: line 1: dir/x: No such file or directory", context("dir/x")),
            ("E: are you root?", Some(Why::Denied("E: are you root?".to_owned()))),
            ("division by zero", None),
        ];
        for (message, expected) in cases {
            assert_eq!(lacking(message), expected, "{message}");
        }
    }
}
