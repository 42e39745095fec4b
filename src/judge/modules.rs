//! A module that is not there: another version's, mistyped, or one to be installed.

use std::sync::LazyLock;

use super::names::free;
use super::python::{Raised, own_slip};
use super::{Judgement, Subject};
use crate::model::{Python, Suggestion, Verdict, Versions, Why};
use crate::syntax::lexical;
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
    let used = || PARTS.iter().find(|(module, _)| is_used_as(subject.code, root, module));
    let near = MODULES.iter().filter(there).find(|module| is_slip(root, module));
    match near.or_else(|| used().map(|(module, _)| module)) {
        Some(module) => raised.fails_with(format!("did you mean `{module}`?")),
        None => needs(None),
    }
}

/// Modules whose names are so short that others are much like them, and what people use of them.
const PARTS: &[(&str, &str)] = &[
    ("csv", "reader writer DictReader DictWriter"),
    ("copy", "copy deepcopy"),
    ("glob", "glob iglob"),
    ("json", "dump dumps load loads JSONDecodeError"),
    ("math", "ceil cos e exp factorial floor gcd hypot inf isclose log log10 pi pow sin sqrt tan"),
    ("os", "chdir environ getcwd getpid listdir makedirs mkdir path remove rename sep system walk"),
    ("re", "compile escape findall finditer fullmatch match search split sub"),
    ("shutil", "copy copyfile copytree move rmtree which"),
    ("sys", "argv executable exit modules path platform stderr stdin stdout version version_info"),
    ("time", "ctime gmtime localtime perf_counter sleep strftime strptime time"),
];

/// Whether `code` uses the module `typed` as people use `module`, whose name differs by one slip.
fn is_used_as(code: &str, typed: &str, module: &str) -> bool {
    let Some((_, parts)) = PARTS.iter().find(|(name, _)| *name == module) else { return false };
    let masked = lexical::mask(code);
    let used = |at: usize| {
        let free = !masked[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.');
        let rest = masked[at + typed.len()..].strip_prefix('.').filter(|_| free);
        let name = |c: char| c.is_alphanumeric() || c == '_';
        rest.map(|rest| &rest[..rest.find(|c| !name(c)).unwrap_or(rest.len())])
    };
    let mut used = masked.match_indices(typed).filter_map(|(at, _)| used(at)).peekable();
    strsim::osa_distance(typed, module) == 1
        && used.peek().is_some()
        && used.all(|name| parts.split(' ').any(|part| part == name))
}

/// What says that `name` was in earlier versions only.
fn gone(name: &str, versions: Versions, python: Python) -> Option<String> {
    let last = versions.max().filter(|last| *last < python)?;
    let after = Versions::KNOWN.into_iter().find(|version| *version > last)?;
    Some(format!("`{name}` was removed in Python {after}; the last with it is {last}"))
}
