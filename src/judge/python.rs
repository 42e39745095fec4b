//! An exception that nobody caught, to a verdict.

use super::{placeholder, surroundings};
use crate::model::{Cause, Verdict, Why};

/// Judges a program that ended with an exception of type `kind`; `name` is the name or module
/// that it is about, where it is about one.
pub(super) fn raised(
    kind: &str,
    message: &str,
    name: Option<&str>,
    code: &str,
    line: Option<u32>,
) -> Verdict {
    let short = kind.rsplit('.').next().unwrap_or(kind);
    let why = match short {
        "NameError" => name.map(|name| Why::NeedsContext(vec![name.to_owned()])),
        "ModuleNotFoundError" => name.map(|name| Why::NeedsModule(root(name))),
        // Python 2, and 3 before 3.6, have no type of their own for a missing module.
        "ImportError" if message.starts_with("No module named") => {
            name.map(|name| Why::NeedsModule(root(name)))
        }
        "EOFError" if message.contains("EOF when reading") => Some(Why::NeedsInput),
        "MemoryError" => return Verdict::Fail(Cause::Memory),
        _ if about_surroundings(short) => surroundings::lacking(message),
        _ if message.contains("ellipsis") => Some(Why::Placeholder("...".to_owned())),
        "SyntaxError" | "IndentationError" | "TabError" => {
            placeholder::find(code, line).map(Why::Placeholder)
        }
        _ => None,
    };
    match why {
        Some(why) => Verdict::Unjudged(why),
        None => {
            Verdict::Fail(Cause::Exception { name: kind.to_owned(), message: message.to_owned() })
        }
    }
}

/// Whether exceptions of this type tell of the system around the program.
fn about_surroundings(kind: &str) -> bool {
    kind.ends_with("OSError")
        || kind.ends_with("IOError")
        || ["URLError", "gaierror", "ConnectionError", "NewConnectionError", "TclError", "error"]
            .contains(&kind)
        || ["FileNotFoundError", "PermissionError", "ConnectionRefusedError", "NotADirectoryError"]
            .contains(&kind)
}

/// The package that is to be installed for a dotted module.
fn root(module: &str) -> String {
    module.split('.').next().unwrap_or(module).to_owned()
}
