//! A module that is not there: another version's, mistyped, or one to be installed.

use std::sync::LazyLock;

use super::names::free;
use super::python::{Raised, own_slip};
use super::{Judgement, Subject};
use crate::model::{Python, Suggestion, Verdict, Versions, Why};
use crate::syntax::near::is_slip;
use crate::syntax::python::library;

/// The modules of the standard library, of whatever version: `sys.stdlib_module_names` of 3.13
/// without private ones, and those that only other versions have. Which lack which is asked of
/// `library`.
static MODULES: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("modules.txt").lines().collect());

/// Judges a program that ended because there is no module `full`.
pub(super) fn missing(subject: &Subject<'_>, raised: &Raised<'_>, full: &str) -> Judgement {
    let root = full.split('.').next().unwrap_or(full);
    let needs = |suggestion| {
        let why = Why::NeedsModule(root.to_owned());
        let needs =
            || Judgement { suggestion, ..Judgement::at(raised.line, Verdict::Unjudged(why)) };
        own_slip(subject, raised, &free(subject)).unwrap_or_else(needs)
    };
    let Some(python) = subject.python else { return needs(None) };
    if let Some((name, versions)) = library(full)
        && !versions.has(python)
    {
        return match gone(name, versions, python) {
            Some(help) => raised.fails_with(help),
            // It may be installed as well: what came later is often there for older versions.
            None => needs(Some(Suggestion::new(
                format!("`{name}` is in Python {versions}"),
                Vec::new(),
            ))),
        };
    }
    let there = |module: &&&str| library(module).is_none_or(|(_, versions)| versions.has(python));
    if MODULES.iter().filter(there).any(|module| *module == root) && full != root {
        // The library has no such part, and nothing that is installed adds one to it.
        return raised.fails();
    }
    match MODULES.iter().filter(there).find(|module| is_slip(root, module)) {
        Some(module) => raised.fails_with(format!("did you mean `{module}`?")),
        None => needs(None),
    }
}

/// What says that `name` was in earlier versions only.
fn gone(name: &str, versions: Versions, python: Python) -> Option<String> {
    let last = versions.max().filter(|last| *last < python)?;
    let after = Versions::KNOWN.into_iter().find(|version| *version > last)?;
    Some(format!("`{name}` was removed in Python {after}; the last with it is {last}"))
}
