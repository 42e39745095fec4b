//! What the Python grammar says, and which version the forms and names belong to.

use super::Candidate;
use crate::model::{Evidence, Lang, Signal, Strength};
use crate::syntax::shape;

/// Names beyond so many add nothing.
const MOST: usize = 32;
/// Nor do more places of one form.
const SAME: usize = 4;

pub(super) fn observe(candidate: &Candidate<'_>, evidence: &mut Vec<Evidence>) {
    let Some(facts) = &candidate.python else { return };
    let mut note = |signal, at| evidence.push(Evidence::new(signal, Some(Lang::Py3), at));
    match facts.errors.first() {
        Some(first) => note(Signal::PythonError, Some(*first)),
        None => note(Signal::PythonParses, None),
    }
    let mut kinds: Vec<&'static str> = Vec::new();
    for (effect, at) in &facts.effects {
        if !kinds.contains(effect) {
            kinds.push(effect);
            note(Signal::PythonForm(effect), Some(*at));
        }
    }
    if !facts.errors.is_empty() && most_lines_are_statements(candidate.code) {
        note(Signal::PythonForm("lines that look like statements"), None);
    }
    let cue = candidate.region.cue;
    let loose = !cue.is_marked() && candidate.region.restored.is_none();
    // Where nothing marks the code it is a sign of prose, and looked for there.
    if let Some(damaged) = facts.damaged.first().filter(|_| !loose) {
        note(Signal::IndentationLost, Some(*damaged));
    }
    let mut told: Vec<&'static str> = Vec::new();
    for form in &facts.forms {
        let before = told.iter().filter(|what| **what == form.what).count();
        if before < SAME {
            told.push(form.what);
            let signal = match form.strength {
                Strength::Weak => Signal::Habit(form.what),
                _ => Signal::Syntax(form.what),
            };
            evidence.push(Evidence::of(form.versions, form.strength, signal, Some(form.at)));
        }
    }
    let mut named: Vec<&str> = Vec::new();
    for name in &facts.names {
        if !named.contains(&name.name.as_str()) && named.len() < MOST {
            named.push(&name.name);
            let signal = Signal::Name(name.name.clone());
            evidence.push(Evidence::of(name.versions, Strength::Strong, signal, Some(name.at)));
        }
    }
}

/// Whether at least half of the lines look like statements, calls aside: those look alike in too
/// many languages. Asked where the grammar stumbles, to know a broken example from no example.
fn most_lines_are_statements(code: &str) -> bool {
    let filled = code.lines().filter(|line| !line.trim().is_empty());
    let (all, statements) = filled.fold((0, 0), |(all, statements), line| {
        (all + 1, statements + usize::from(shape::is_telling_statement(line)))
    });
    statements > 0 && statements * 2 >= all
}
