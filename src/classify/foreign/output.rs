//! What programs print: reports of errors, differences, logs, listings, help.

use super::{Line, Looks, Seen, Text, begins, likely, sure};

pub(super) const ALL: &[(&str, Looks)] = &[
    ("a traceback", traceback),
    ("a diff", diff),
    ("HTTP", http),
    ("a disassembly", disassembly),
    ("a git log", git_log),
    ("a log", log),
    ("a listing of files", listing),
    ("a usage message", usage),
    ("a printed object", object),
];

fn traceback(text: &Text<'_>) -> Option<Seen> {
    if let Some(frame) = text.find(is_frame).filter(|_| text.find(ends_as_error).is_some()) {
        return sure(frame);
    }
    let told = text.find(|line| line.contains("Traceback (most recent call last)"))?;
    let framed = text.find(|line| {
        begins(line, &["File \"", "<ipython", "Input In [", "Cell In", "---->"])
            || ends_as_error(line)
    });
    framed.and_then(|_| sure(told))
}

/// `at Row.read (table.js:3:9)`, `at Row.read(Row.java:3)`: where a call stood, as other languages
/// than Python print it.
fn is_frame(line: &str) -> bool {
    line.strip_prefix("at ").is_some_and(|rest| {
        let place = rest.trim_end_matches(')');
        let (before, number) = place.rsplit_once(':').unwrap_or((place, ""));
        let numbered = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let closed = place.len() < rest.len() || before.contains(':');
        numbered && closed && before.contains(char::is_alphabetic)
    })
}

/// `KeyError: 'x'`, `pkg.SomeException`.
fn ends_as_error(line: &str) -> bool {
    let name = line.split(':').next().unwrap_or("");
    let named = name.ends_with("Error") || name.ends_with("Exception") || name.ends_with("Warning");
    named && !name.contains(' ')
}

fn diff(text: &Text<'_>) -> Option<Seen> {
    let hunk = |line: &str| line.strip_prefix("@@ -").is_some_and(|rest| rest.contains(" @@"));
    let changed = text.lines.iter().any(|line| line.text.starts_with(['+', '-']));
    if let Some(line) = text.find(|line| line.starts_with("diff --git ") || hunk(line)) {
        return changed.then(|| sure(line)).flatten();
    }
    let old = text
        .lines
        .windows(2)
        .find(|pair| pair[0].text.starts_with("--- ") && pair[1].text.starts_with("+++ "));
    old.and_then(|pair| sure(pair[0]))
}

fn http(text: &Text<'_>) -> Option<Seen> {
    let first = text.first();
    let line = first.trimmed();
    let method = ["GET ", "POST ", "PUT ", "DELETE ", "PATCH ", "HEAD ", "OPTIONS "];
    let target = line.contains(" HTTP/") || line.contains(" /") || line.contains(" http");
    if line.starts_with("HTTP/") || begins(line, &method) && target {
        return sure(first);
    }
    // `Content-Type: text/plain`: no other format has names like this.
    let header = |line: &str| {
        line.split_once(": ").is_some_and(|(name, _)| {
            let parts: Vec<&str> = name.split('-').collect();
            parts.len() > 1
                && parts.iter().all(|part| {
                    part.starts_with(|c: char| c.is_ascii_uppercase())
                        && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
                })
        })
    };
    let told = text.find(header)?;
    (text.count(header) > 1 && text.most(60, |line| line.contains(": ")))
        .then(|| likely(told))
        .flatten()
}

/// `12 LOAD_CONST 1 (x)`, with or without the source line's number before it.
fn disassembly(text: &Text<'_>) -> Option<Seen> {
    let operation = |line: &str| {
        line.starts_with(|c: char| c.is_ascii_digit() || c == '>') && {
            let number = |word: &&str| *word == ">>" || word.bytes().all(|b| b.is_ascii_digit());
            let upper =
                |byte: u8| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit();
            let name = line.split_whitespace().find(|word| !number(word));
            name.is_some_and(|name| name.len() > 3 && name.contains('_') && name.bytes().all(upper))
        }
    };
    let told = text.find(operation)?;
    text.most(60, operation).then(|| sure(told)).flatten()
}

fn git_log(text: &Text<'_>) -> Option<Seen> {
    let hash = |word: &str, least: usize| {
        word.len() >= least
            && word.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    let commit = |line: &str| {
        line.strip_prefix("commit ")
            .is_some_and(|rest| hash(rest.split(' ').next().unwrap_or(""), 40))
    };
    if let Some(line) = text.find(commit) {
        return sure(line);
    }
    let short = |line: &str| {
        let line = line.trim_start_matches(['*', '|', ' ', '/', '\\']);
        line.split_once(' ').is_some_and(|(word, _)| {
            hash(word, 7)
                && word.bytes().any(|byte| byte.is_ascii_digit())
                && word.len() <= 40
                && word.bytes().any(|byte| byte.is_ascii_lowercase())
        })
    };
    let told = text.find(short)?;
    (text.lines.len() > 1 && text.most(70, short)).then(|| sure(told)).flatten()
}

/// Lines that begin with a date, a time, or how grave they are.
fn log(text: &Text<'_>) -> Option<Seen> {
    let dated = |line: &str| {
        let start = line.trim_start_matches(['[', ' ']);
        let mut shape = [0; 8];
        for (to, byte) in shape.iter_mut().zip(start.bytes()) {
            *to = if byte.is_ascii_digit() { b'0' } else { byte };
        }
        [b"0000-00-", b"00:00:00", b"0000/00/"].contains(&&shape)
    };
    let graded = |line: &str| {
        let line = line.trim_start_matches('[');
        LEVELS.iter().any(|level| {
            line.strip_prefix(level).is_some_and(|rest| rest.starts_with([']', ':', ' ']))
        })
    };
    let entry = |line: &str| dated(line) || graded(line);
    let told = text.find(entry)?;
    let all = text.most(75, dated) || text.lines.len() > 1 && text.most(60, entry);
    all.then(|| sure(told)).flatten()
}

const LEVELS: &[&str] = &["DEBUG", "INFO", "WARNING", "WARN", "ERROR", "CRITICAL", "FATAL"];

fn listing(text: &Text<'_>) -> Option<Seen> {
    let mode = |line: &str| {
        line.len() > 10
            && line.starts_with(['d', '-', 'l'])
            && line.as_bytes()[1..10].iter().all(|byte| b"rwxst-ST".contains(byte))
    };
    let branch = |line: &str| begins(line, &["├─", "└─", "│ ", "|-- ", "`-- "]);
    let told = text.find(|line| mode(line) || branch(line))?;
    text.most(40, |line| mode(line) || branch(line)).then(|| sure(told)).flatten()
}

/// What a program says of its own arguments.
fn usage(text: &Text<'_>) -> Option<Seen> {
    let told = text.find(|line| begins(line, &["usage: ", "Usage: ", "USAGE:", "Usage:"]));
    if let Some(told) = told {
        return sure(told);
    }
    // `-x, --long   what it does`
    let option = |line: &str| {
        line.starts_with('-')
            && line
                .as_bytes()
                .get(1)
                .is_some_and(|byte| *byte == b'-' || byte.is_ascii_alphabetic())
            && !line.starts_with("---")
            && (line.contains("  ") || line.contains(", --"))
    };
    let told = text.find(option)?;
    (text.count(option) > 1 && text.most(40, option)).then(|| sure(told)).flatten()
}

/// `<function f at 0x7f>`, which no interpreter reads.
fn object(text: &Text<'_>) -> Option<Seen> {
    let shown = |line: &str| line.contains('<') && line.contains(" at 0x") && line.contains('>');
    let told: Line<'_> = text.find(shown).filter(|_| !text.acts)?;
    text.most(50, shown).then(|| likely(told)).flatten()
}
