//! Whether a program that failed would fail anew, whatever the clock, chance and the load of the
//! machine bring: it stumbled over what its interpreter and its own text have not.
//!
//! Knows of no cache. Most failures are none of these, whatever they look like.

use stillruns_harness::{End, Finish, Run};

use super::python::imported;
use crate::model::Lang;
use crate::syntax::python::certain::{Lack, must_stumble};

/// Whether every `run` of `code`, Python read as `lang` behind the programs `before`, fails as long
/// as neither these nor the interpreter and its packages change.
pub fn fails_always(lang: Lang, code: &str, before: &[&str], run: &Run) -> bool {
    let End::Exited(1) = run.end else { return false };
    if let Finish::SyntaxError { .. } = run.finish {
        return true;
    }
    let Finish::Raised { kind, message, line: Some(line), name, frames, .. } = &run.finish else {
        return false;
    };
    // What happens in a function depends on who calls it.
    if !matches!(frames.as_slice(), [only] if only.part.is_none()) {
        return false;
    }
    let lack = match (kind.as_str(), name.as_deref()) {
        ("NameError", Some(name)) => Lack::Name(name),
        ("ImportError" | "ModuleNotFoundError", name) => match (imported(message), name) {
            (Some(what), _) => Lack::Import(what),
            (None, Some(name)) if message.starts_with("No module named") => Lack::Module(name),
            _ => return false,
        },
        ("AttributeError", Some(name)) if is_of_module(message) => Lack::Member(name),
        _ => return false,
    };
    must_stumble(code, lang, before, *line, lack)
}

/// Whether an attribute was asked of a module.
fn is_of_module(message: &str) -> bool {
    message.starts_with("module '") || message.starts_with("'module' object ")
}
