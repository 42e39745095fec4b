//! Signs that a region is no code, or no code any more.

use super::Candidate;
use crate::model::{Cue, Evidence, Signal};
use crate::syntax::shape::{self, Shape};
use crate::syntax::{lexical, lexicon};

pub(super) fn observe(candidate: &Candidate<'_>, evidence: &mut Vec<Evidence>) {
    let mut note = |signal, at| {
        evidence.push(Evidence::new(signal, None, at));
    };
    let python = candidate.python.as_ref();
    let cue = candidate.region.cue;
    let loose = matches!(cue, Cue::Unfenced | Cue::Inline) && candidate.region.restored.is_none();
    let reads = python.is_some_and(|facts| facts.errors.is_empty());
    let acts = python.is_some_and(|facts| !facts.effects.is_empty());
    let mention = cue == Cue::Unfenced && is_mention(candidate.code);
    if reads && !acts || mention {
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
