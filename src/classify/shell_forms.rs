//! Which commands are called, which forms only shells have, and what the Bash grammar says.

use super::Candidate;
use crate::model::{Evidence, Lang, Signal};
use crate::syntax::script::{Kind, Logical};
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
        return;
    }
    let mut forms: Vec<(&'static str, Span)> = Vec::new();
    let mut commands = 0;
    for line in script {
        match line.kind {
            Kind::Form(form, at) if forms.iter().all(|(known, _)| *known != form) => {
                forms.push((form, at));
            }
            Kind::Command { name, telling } if commands < MOST => {
                let called = candidate.code[name.range()].to_owned();
                commands += 1;
                note(if telling { Signal::Command(called) } else { Signal::BareCommand(called) }, Some(line.at));
            }
            _ => {}
        }
    }
    for (form, at) in forms.into_iter().take(MOST) {
        note(Signal::ShellForm(form), Some(at));
    }
}

/// Beyond these the same kind of evidence adds nothing.
const MOST: usize = 4;

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
