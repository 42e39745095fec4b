//! Names that nothing binds: slips of the pen, and what an example takes for granted.
//!
//! A slip needs a witness: a name much like it that is bound where it is used, a builtin, or one
//! that another example of the document binds.

use super::Subject;
use crate::model::{Correction, Lang, Suggestion};
use crate::syntax::lexical;
use crate::syntax::near::is_slip;
use crate::syntax::python::scope::{is_builtin, scope};
use crate::syntax::scope::Need;

/// A name that the program reads and that nothing in it binds before.
#[derive(Clone, Debug)]
pub(super) struct Free {
    /// The name.
    pub(super) name: String,
    /// The byte of the code where it is read first.
    at: usize,
    /// Names that are bound there.
    bound: Vec<String>,
}

/// A slip of the pen.
pub(super) struct Near {
    /// What was written.
    pub(super) name: String,
    /// What was probably meant.
    pub(super) meant: String,
    /// The byte of the code where it is, where known.
    pub(super) at: Option<usize>,
}

/// The names that a program binds at its top level.
pub fn bound_names(lang: Lang, code: &str) -> Vec<String> {
    if !lang.is_python() {
        return Vec::new();
    }
    scope(code, lang).binds.into_iter().map(|bound| bound.name).collect()
}

/// The names that the program of `subject` takes for granted, as it would stumble over them.
pub(super) fn free(subject: &Subject<'_>) -> Vec<Free> {
    let scope = scope(subject.code, subject.lang);
    let needs = scope.needs.iter().filter(|need| need.sure && !is_builtin(&need.name));
    let needs: Vec<&Need> = needs.collect();
    if needs.is_empty() {
        return Vec::new();
    }
    // What another example binds was there, or comes too late, and is no slip either way.
    let known = (subject.known)();
    let mut free: Vec<Free> = needs
        .into_iter()
        .filter(|need| !known.contains(&need.name))
        .map(|need| {
            let there = scope.binds.iter().filter(|bound| {
                bound.name != need.name && bound.since.is_some_and(|since| since <= need.at)
            });
            let bound = there.map(|bound| bound.name.clone()).collect();
            Free { name: need.name.clone(), at: need.at, bound }
        })
        .collect();
    free.sort_by_key(|free| free.at);
    free
}

/// The first of the `free` names that is a slip by what the program itself binds before.
pub(super) fn own_slip(code: &str, free: &[Free]) -> Option<Near> {
    free.iter().find_map(|free| {
        let meant = free.bound.iter().find(|bound| is_slip_here(code, free, bound))?;
        Some(Near { name: free.name.clone(), meant: meant.clone(), at: Some(free.at) })
    })
}

/// What `stumbled`, the name that the program ended at, is a slip for, by what every Python offers
/// and by what other examples of the document bind.
pub(super) fn slip(subject: &Subject<'_>, free: &[Free], stumbled: &str) -> Option<Near> {
    let known = (subject.known)();
    let known = known.iter().map(String::as_str);
    let known = known.filter(|known| !is_type_and_value(stumbled, known));
    let meant = BUILTINS.iter().copied().chain(known).find(|known| is_slip(stumbled, known))?;
    let at = free.iter().find(|free| free.name == stumbled).map(|free| free.at);
    Some(Near { name: stumbled.to_owned(), meant: meant.to_owned(), at })
}

/// What says what is meant, with the edit where the place is known.
pub(super) fn suggestion(code: &str, near: &Near) -> Suggestion {
    let Near { name: typed, meant, at } = near;
    let edit = at.map(|at| {
        let start = code[..at].rfind('\n').map_or(0, |end| end + 1);
        let line = code[..at].matches('\n').count() + 1;
        let column = code[start..at].chars().count() + 1;
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Correction {
            line: number(line),
            column: number(column),
            old: typed.clone(),
            new: meant.clone(),
        }
    });
    Suggestion::new(format!("did you mean `{meant}`?"), edit.into_iter().collect())
}

/// Whether a name is one that says of itself that the reader shall put in his own.
pub(super) fn is_placeholder(name: &str) -> bool {
    let lower = name.to_lowercase();
    let asks = ["your", "my", "insert", "some", "replace"].into_iter();
    let shouts = name.len() > 3 && !name.contains(char::is_lowercase);
    lower.starts_with("your_")
        || lower.starts_with("your") && shouts
        || shouts && asks.map(|word| format!("{word}_")).any(|word| lower.starts_with(&word))
        || name.len() > 2 && lower.chars().all(|c| c == 'x')
}

/// Whether a free name is a slip for one that is bound where it is read.
fn is_slip_here(code: &str, free: &Free, bound: &str) -> bool {
    let name = free.name.as_str();
    if name.eq_ignore_ascii_case(bound) {
        // `m += 1` counts in what was set before; elsewhere `Client` and `client` are two things.
        return !is_type_and_value(name, bound) || is_augmented(&code[free.at + name.len()..]);
    }
    // One of several is not a slip for all of them, unless nothing else asks for them.
    let plural = name.trim_end_matches('s') == bound.trim_end_matches('s');
    is_slip(name, bound) || plural && name.len() > 3 && occurrences(code, bound) == 1
}

/// Whether the names differ in the case of their first letter only, as a class and its instance.
fn is_type_and_value(one: &str, other: &str) -> bool {
    let is_upper = |name: &str| name.starts_with(char::is_uppercase);
    one.eq_ignore_ascii_case(other) && is_upper(one) != is_upper(other)
}

/// Whether the text begins with an assignment that reads what it changes.
fn is_augmented(text: &str) -> bool {
    let text = text.trim_start();
    let operator = text.trim_start_matches(['+', '-', '*', '/', '%', '|', '&', '^', '<', '>', '@']);
    operator.len() < text.len() && operator.starts_with('=') && !operator.starts_with("==")
}

/// How often `name` stands in `code`, strings and comments aside.
fn occurrences(code: &str, name: &str) -> usize {
    let masked = lexical::mask(code);
    masked.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| *word == name).count()
}

/// What every Python offers without an import, as far as people mistype it, and words of the
/// language that a name may stand for.
const BUILTINS: &[&str] = &[
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "BaseException",
    "EOFError",
    "Exception",
    "False",
    "ImportError",
    "IndexError",
    "KeyError",
    "KeyboardInterrupt",
    "LookupError",
    "MemoryError",
    "NameError",
    "None",
    "NotImplementedError",
    "OSError",
    "OverflowError",
    "RuntimeError",
    "StopIteration",
    "SyntaxError",
    "SystemExit",
    "True",
    "TypeError",
    "UnicodeDecodeError",
    "UnicodeError",
    "ValueError",
    "ZeroDivisionError",
    "bool",
    "break",
    "bytearray",
    "bytes",
    "callable",
    "classmethod",
    "complex",
    "continue",
    "delattr",
    "dict",
    "divmod",
    "enumerate",
    "eval",
    "filter",
    "float",
    "format",
    "frozenset",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "help",
    "input",
    "isinstance",
    "issubclass",
    "iter",
    "list",
    "locals",
    "memoryview",
    "next",
    "object",
    "open",
    "pass",
    "print",
    "property",
    "range",
    "repr",
    "reversed",
    "round",
    "setattr",
    "slice",
    "sorted",
    "staticmethod",
    "super",
    "tuple",
    "type",
    "vars",
    "zip",
];
