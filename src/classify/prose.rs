//! Signs that a region is no code, or no code any more.

use super::Candidate;
use crate::model::{Cue, Evidence, Lang, Signal};
use crate::syntax::shape::{self, Shape};
use crate::syntax::{lexical, lexicon};

pub(super) fn observe(candidate: &Candidate<'_>, evidence: &mut Vec<Evidence>) {
    let python = candidate.python.as_ref();
    let cue = candidate.region.cue;
    let loose = matches!(cue, Cue::Unfenced | Cue::Inline) && candidate.region.restored.is_none();
    let reads = python.is_some_and(|facts| facts.errors.is_empty());
    let shown = cue == Cue::Fenced && reads && is_shown(candidate.code);
    if shown {
        let signal = Signal::PythonForm("expression");
        evidence.push(Evidence::new(signal, Some(Lang::Py3), None));
    }
    let acts = shown || python.is_some_and(|facts| !facts.effects.is_empty());
    let mut note = |signal, at| {
        evidence.push(Evidence::new(signal, None, at));
    };
    let mention = cue == Cue::Unfenced && is_mention(candidate.code);
    if reads && !acts || mention || is_series(candidate.code) {
        let idle = python.and_then(|facts| facts.idle.first().copied());
        note(Signal::NoEffect, idle);
    }
    // Python and shell have words of sentences among their own; what they can read and do is no
    // sentence.
    let script = candidate.shell.as_ref();
    let scripted = script.is_some_and(|facts| facts.errors.is_empty() && !facts.forms.is_empty());
    let done = reads && acts || scripted;
    if !done && is_prose(candidate.code) {
        note(Signal::Prose, None);
    }
    // An argument behind a quoted one is no second statement of a command.
    let option = |line: &str| line.contains(" -") || line.contains(['|', '>', '<']);
    let command = |line: &str| shape::shape(line) == Shape::Shell && option(line);
    let collapsed = |line: &str| shape::is_collapsed(line) && !command(line);
    if loose && candidate.code.lines().any(collapsed) {
        note(Signal::Collapsed, None);
    }
    let header = python.and_then(|facts| facts.unindented.first().copied());
    if let Some(header) = header.filter(|_| loose) {
        note(Signal::IndentationLost, Some(header));
    }
}

/// Whether every line is an expression that is written to see its value, in a way that is Python's:
/// `rows[:3]`, `image.shape`, `size: int`, `f"{x}"`, `[f(x) for x in y]`. A bare name, a literal
/// or a file's name is not.
fn is_shown(code: &str) -> bool {
    let mut lines =
        code.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut any = false;
    let all = lines.all(|line| {
        any = true;
        let line = line.split(" #").next().unwrap_or(line).trim_end();
        is_subscript(line) || is_attribute(line) || is_typed(line) || is_computed(line)
    });
    all && any
}

fn is_subscript(line: &str) -> bool {
    let name = line.split('[').next().unwrap_or("");
    let one = shape::depth(line) == 0 && !line.contains(" = ");
    line.ends_with(']') && one && !name.is_empty() && name.split('.').all(shape::is_identifier)
}

fn is_attribute(line: &str) -> bool {
    line.split(", ").all(|name| {
        name.rsplit_once('.').is_some_and(|(object, attribute)| {
            object.split('.').all(shape::is_identifier)
                && shape::is_identifier(attribute)
                && !FILES.contains(&attribute.to_ascii_lowercase().as_str())
        })
    })
}

/// Ends of the names of files and hosts.
const FILES: &[&str] = &[
    "py", "pyc", "ipynb", "md", "rst", "txt", "log", "csv", "tsv", "json", "yaml", "yml", "toml",
    "ini", "cfg", "conf", "xml", "html", "htm", "css", "js", "ts", "jsx", "tsx", "c", "h", "cc",
    "cpp", "hpp", "java", "go", "rs", "rb", "sh", "bat", "exe", "zip", "gz", "tar", "pdf", "png",
    "jpg", "jpeg", "gif", "svg", "com", "org", "net", "io", "dev", "lock", "env", "sql", "db",
];

/// `name: type`, where the type is one that Python has.
fn is_typed(line: &str) -> bool {
    const TYPES: &[&str] = &[
        "int",
        "str",
        "float",
        "bool",
        "bytes",
        "complex",
        "list",
        "dict",
        "tuple",
        "set",
        "frozenset",
        "object",
        "type",
        "None",
        "Any",
    ];
    line.split_once(": ").is_some_and(|(name, kind)| {
        let kind = kind.trim();
        let bare = kind.split([' ', '[']).next().unwrap_or("");
        let many = kind.ends_with(']') && shape::is_identifier(bare);
        name.split('.').all(shape::is_identifier)
            && (TYPES.contains(&kind)
                || many && bare != kind
                || TYPES.contains(&bare) && kind.contains(" | "))
    })
}

fn is_computed(line: &str) -> bool {
    let formatted = line.starts_with("f\"") || line.starts_with("f'");
    let listed =
        line.starts_with(['[', '(', '{']) && line.contains(" for ") && line.contains(" in ");
    formatted && line.contains('{') || listed && line.ends_with([']', ')', '}'])
}

/// Calls without arguments, or with one bare name: in a text without markup they name what they
/// call.
fn is_mention(code: &str) -> bool {
    code.trim().lines().all(|line| {
        let call = line.trim().strip_suffix(')').and_then(|rest| rest.split_once('('));
        call.is_some_and(|(callee, argument)| {
            let dotted = callee.split('.').all(shape::is_identifier);
            dotted && callee != "print" && (argument.is_empty() || shape::is_identifier(argument))
        })
    })
}

/// Whether terms of a sum or product are left out, as formulas have it and programs cannot.
fn is_series(code: &str) -> bool {
    let masked = lexical::mask(code);
    ["+ ...", "- ...", "* ...", "... +", "... -", "... *"].iter().any(|sign| masked.contains(sign))
}

/// Whether the words outside strings and comments are those of sentences.
fn is_prose(code: &str) -> bool {
    let masked = lexical::mask(code);
    let (mut words, mut small, mut sentences) = (0, 0, 0);
    for line in masked.lines() {
        let listed: Vec<&str> = line.split_whitespace().collect();
        let plain = |word: &&&str| word.chars().all(|c| c.is_alphabetic() || "',.-’".contains(c));
        let spoken = listed.iter().filter(plain).count();
        words += listed.len();
        let little = |word: &&&str| {
            lexicon::is_small_word(&word.trim_matches([',', '.', '(', ')']).to_lowercase())
        };
        small += listed.iter().filter(little).count();
        let ends = line.trim_end().ends_with(['.', ',', '?', '!', ':']);
        sentences += usize::from(spoken * 10 >= listed.len() * 8 && listed.len() >= 4 && ends);
    }
    words >= 4 && (small * 4 >= words || sentences > 0 && small * 8 >= words)
}
