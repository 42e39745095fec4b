//! What the Bash grammar says, and which commands are called.

use super::Candidate;
use crate::model::{Cue, Evidence, Lang, Signal};
use crate::syntax::lexicon::{self, Naming};
use crate::syntax::shape::{self, Shape};
use crate::text::Span;

pub(super) fn observe(candidate: &Candidate<'_>, evidence: &mut Vec<Evidence>) {
    let Some(facts) = &candidate.shell else { return };
    let mut note = |signal, at| {
        evidence.push(Evidence::new(signal, Some(Lang::Shell), at));
    };
    if let Some(first) = facts.errors.first() {
        note(Signal::ShellError, Some(*first));
    }
    for (form, at) in facts.forms.iter().filter(|(form, _)| TELLING.contains(form)).take(3) {
        note(Signal::ShellForm(form), Some(*at));
    }
    for (name, at) in command_lines(candidate).into_iter().take(MOST) {
        note(Signal::Command(name), Some(at));
    }
}

/// Beyond these the same kind of evidence adds nothing.
const MOST: usize = 8;

/// Constructs that prose and other languages hardly ever form by accident.
const TELLING: &[&str] = &["if … fi", "loop", "case … esac", "heredoc", "test"];

/// Lines that call a known command, if they are at least half of the lines that are neither blank
/// nor comments nor go on with the line before.
fn command_lines(candidate: &Candidate<'_>) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    let (mut at, mut counted, mut goes_on) = (0, 0, false);
    for whole in candidate.code.split_inclusive('\n') {
        let line = whole.trim();
        if !goes_on && !line.is_empty() && !line.starts_with('#') {
            // Among others a command that says little counts neither way.
            let weak = !candidate.region.cue.is_marked() && shape::is_clear_command(line);
            counted += usize::from(!weak);
            if let Some(name) = called(line, candidate.region.cue) {
                let start = at + whole.len() - whole.trim_start().len();
                let span = Span::new(start, start + line.len());
                found.push((name, span));
            }
        }
        goes_on = line.ends_with('\\');
        at += whole.len();
    }
    if found.len() * 2 < counted { Vec::new() } else { found }
}

/// The command that `line` calls. In a block that the author set apart a clear name is enough;
/// elsewhere the arguments must be those of a command, unless the sentence around it says that it
/// is to be typed.
fn called(line: &str, cue: Cue) -> Option<String> {
    let first = line
        .split_whitespace()
        .find(|word| !matches!(*word, "sudo" | "env") && !word.contains('='))?;
    let clear = lexicon::command(first) == Some(Naming::Clear);
    let sentence =
        line.ends_with(['.', '?', '!', ':']) && line.contains(' ') && !line.ends_with(" .");
    let shaped = shape::shape(line) == Shape::Shell;
    let told = cue == Cue::Inline && lexicon::command(first).is_some();
    let unmarked = !cue.is_marked() && shape::is_unknown_command(line);
    (shaped || told || unmarked || cue.is_marked() && clear && !sentence).then(|| first.to_owned())
}
