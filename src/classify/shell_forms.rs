//! Which commands are called, which forms only shells have, and what the Bash grammar says.

use super::Candidate;
use crate::model::{Cue, Evidence, Lang, Signal};
use crate::syntax::lexicon::{self, Naming};
use crate::syntax::script::{Kind, Logical};
use crate::syntax::session;
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
    let script = &candidate.script;
    if !is_script(script) {
        let marked = candidate.region.cue.is_marked();
        if marked && facts.errors.is_empty() && calls_unknown(candidate.code) {
            note(Signal::ShellForm("options"), None);
        }
        return;
    }
    let mut forms: Vec<(&'static str, Span)> = Vec::new();
    let mut commands = 0;
    let all: usize = script.iter().map(|line| line.lines).sum();
    for line in script {
        match line.kind {
            Kind::Form(form, at) if forms.iter().all(|(known, _)| *known != form) => {
                forms.push((form, at));
            }
            Kind::Command { name, telling } if commands < MOST => {
                let called = candidate.code[name.range()].to_owned();
                // A name that stands alone, and is no word, is called.
                let alone = script.len() == 1 && lexicon::command(&called) == Some(Naming::Clear);
                // The sentence around it says that it is to be typed.
                let told = candidate.region.cue == Cue::Inline && lexicon::command(&called).is_some();
                commands += 1;
                note(
                    if telling || alone || told {
                        Signal::Command(called)
                    } else {
                        Signal::BareCommand(called)
                    },
                    Some(line.at),
                );
                if telling
                    && line.lines > 2
                    && line.lines * 2 > all
                    && is_given_text(candidate, line)
                {
                    note(Signal::ShellForm(GIVEN), Some(name));
                }
            }
            _ => {}
        }
    }
    for (form, at) in forms.into_iter().take(MOST) {
        note(Signal::ShellForm(form), Some(at));
    }
    for line in script {
        let written = &candidate.code[line.at.range()];
        if let Some(form) = own_form(written) {
            note(
                Signal::ShellForm(form),
                Some(Span::new(line.at.start(), line.at.start() + first_line(written))),
            );
            break;
        }
    }
}

/// A command with a text over several lines: what is in it is another language's.
pub(super) const GIVEN: &str = "text for a command";

/// Whether `line` gives its command a heredoc or a quoted program.
fn is_given_text(candidate: &Candidate<'_>, line: &Logical) -> bool {
    let code = &candidate.code[line.at.range()];
    let first = code.lines().next().unwrap_or("");
    session::heredoc(first).is_some() || !first.ends_with('\\') && first.contains(['\'', '"'])
}

/// What tells which shell a line is for: `sh` has none of these.
fn own_form(line: &str) -> Option<&'static str> {
    const ZSH: &[&str] = &[
        "setopt ",
        "autoload ",
        "compinit",
        "zstyle ",
        "bindkey ",
        "compdef ",
        "zmodload ",
        "unsetopt ",
        "plugins=(",
    ];
    const BASH: &[&str] =
        &["[[ ", "((", "declare ", "shopt ", "mapfile ", "readarray ", "complete -"];
    if ZSH.iter().any(|word| line.starts_with(word)) || line.contains("${(") {
        return Some("zsh");
    }
    let bash = BASH.iter().any(|word| line.starts_with(word))
        || line.contains("<<<")
        || line.contains("=~ ") && line.contains("[[")
        || line.contains("&>");
    bash.then_some("bash, or what follows it")
}

fn first_line(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

/// Beyond these the same kind of evidence adds nothing.
const MOST: usize = 4;

/// Whether every line that is no comment is a command by its looks, the first of them by its
/// options.
fn calls_unknown(code: &str) -> bool {
    let filled = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let mut lines = code.lines().filter(filled);
    lines.next().is_some_and(shape::is_call_of_unknown)
        && lines.all(|line| shape::is_call_of_unknown(line) || shape::shape(line) == Shape::Shell)
}

/// Whether at least half of the lines are a script's, and one at least leaves no doubt.
fn is_script(script: &[Logical]) -> bool {
    let (mut all, mut fitting, mut telling) = (0, 0, 0);
    for line in script {
        all += line.lines;
        match line.kind {
            Kind::Command { telling: clear, .. } => {
                fitting += line.lines;
                telling += usize::from(clear);
            }
            Kind::Form(..) => {
                fitting += line.lines;
                telling += 1;
            }
            Kind::Shared => fitting += line.lines,
            Kind::Other => {}
        }
    }
    let alone = script.iter().all(|line| matches!(line.kind, Kind::Command { .. }));
    fitting * 2 >= all && (telling > 0 || alone)
}
