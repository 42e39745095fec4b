//! What the Python grammar says, and which version the forms and names belong to.

use super::{Candidate, modules};
use crate::model::{Evidence, Lang, Signal, Strength, Versions};
use crate::syntax::{python, shape};
use crate::text::Span;

/// Beyond these the same kind of evidence adds nothing.
const MOST: usize = 8;

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
    for form in facts.forms.iter().take(MOST) {
        let signal = Signal::Syntax(form.what);
        evidence.push(Evidence::of(form.versions, form.strength, signal, Some(form.at)));
    }
    let mut name = |name: &str, versions, at| {
        let signal = Signal::Name(name.trim_start_matches('.').to_owned());
        evidence.push(Evidence::of(versions, Strength::Strong, signal, Some(at)));
    };
    for (imported, at) in facts.imports.iter().take(4 * MOST) {
        if modules::only_py2(imported) {
            name(imported, Versions::PY2, *at);
        } else if modules::only_py3(imported) {
            name(imported, Versions::PY3, *at);
        }
    }
    for (called, at) in old_calls(candidate.code, facts).into_iter().take(MOST) {
        name(&called, Versions::PY2, at);
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

/// Calls of builtins and methods that only Python 2 has, unless the code makes them itself.
fn old_calls(code: &str, facts: &python::Facts) -> Vec<(String, Span)> {
    let defines = |name: &str| {
        let name = name.trim_start_matches('.');
        code.contains(&format!("def {name}"))
            || code.contains(&format!("{name} ="))
            || code.contains(&format!("import {name}"))
    };
    let calls = facts.calls.iter();
    calls.filter(|(name, _)| modules::only_py2_call(name) && !defines(name)).cloned().collect()
}
