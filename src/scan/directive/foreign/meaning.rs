//! What stands behind a spelling of another tool, as instructions.
//!
//! Reads reasons, conditions, exceptions and names; conditions stay text, and nothing evaluates
//! them here.

use super::super::words::{split, unquoted};
use crate::model::{Instruction, MatchOption};

/// The arguments in the parentheses that `rest` begins with: those without a name, and those with.
fn arguments(rest: &str) -> (Vec<&str>, Vec<(&str, &str)>) {
    let rest = rest.trim();
    let inner = rest.strip_prefix('(').map_or("", |inner| {
        let end = inner.rfind(')').unwrap_or(inner.len());
        &inner[..end]
    });
    let (mut plain, mut named) = (Vec::new(), Vec::new());
    for part in split(inner, |c| c == ',') {
        match part.split_once('=') {
            Some((name, value)) if is_name(name.trim()) && !value.starts_with('=') => {
                named.push((name.trim(), value.trim()));
            }
            _ => plain.push(part.trim()),
        }
    }
    (plain, named)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn set<'t>(named: &[(&str, &'t str)], name: &str) -> Option<&'t str> {
    named.iter().find(|(known, _)| *known == name).map(|(_, value)| unquoted(value))
}

/// Nothing.
pub(super) fn nothing() -> Vec<Instruction> {
    Vec::new()
}

/// `(reason="…")`, `("…")`, `"…"`, ` - …`, or nothing.
pub(super) fn skipped(rest: &str) -> Vec<Instruction> {
    let (plain, named) = arguments(rest);
    let text = unquoted(rest.trim().trim_start_matches(['-', ':', ' ']));
    let alone = (!text.is_empty() && !rest.trim().starts_with('(')).then_some(text);
    let reason = set(&named, "reason").or_else(|| plain.first().map(|one| unquoted(one)));
    vec![Instruction::Skip(reason.or(alone).map(str::to_owned))]
}

/// `(CONDITION, reason="…")`.
pub(super) fn condition(rest: &str) -> Vec<Instruction> {
    let (plain, named) = arguments(rest);
    let condition = set(&named, "condition").or_else(|| plain.first().map(|one| unquoted(one)));
    condition.map(|one| Instruction::SkipIf(one.to_owned())).into_iter().collect()
}

/// `(CONDITION, raises=E, reason="…")`, or the name of an exception, or nothing. One that is meant
/// to fail under a condition only may do either.
pub(super) fn fails(rest: &str) -> Vec<Instruction> {
    let (plain, named) = arguments(rest);
    let raises = set(&named, "raises").map(str::to_owned);
    let conditional = plain.first().is_some_and(|one| *one != unquoted(one) || !is_name(one));
    if conditional && set(&named, "condition").is_none() && !plain[0].starts_with(['"', '\'']) {
        return vec![Instruction::SkipIf(plain[0].to_owned())];
    }
    vec![Instruction::ExpectFail { raises, status: None }]
}

/// `<3.8`, `>=3.12`: versions that it is not for.
pub(super) fn version(rest: &str) -> Vec<Instruction> {
    let condition = specified(rest);
    condition.map(Instruction::SkipIf).into_iter().collect()
}

/// `>=3.8, <4` as an expression over the version of Python.
pub(super) fn specified(text: &str) -> Option<String> {
    let parts: Option<Vec<String>> = split(text, |c| c == ',').into_iter().map(one_bound).collect();
    parts.filter(|parts| !parts.is_empty()).map(|parts| parts.join(" and "))
}

fn one_bound(text: &str) -> Option<String> {
    let text = text.trim();
    let at = text.find(|c: char| c.is_ascii_digit())?;
    let operator = match text[..at].trim() {
        "" => ">=",
        known @ ("<" | "<=" | ">" | ">=" | "==" | "!=") => known,
        "~=" => ">=",
        _ => return None,
    };
    let numbers: Option<Vec<u32>> =
        text[at..].trim().split('.').map(|number| number.parse().ok()).collect();
    let numbers = numbers?;
    let digits: Vec<String> = numbers.iter().map(u32::to_string).collect();
    let length = numbers.len();
    Some(format!("sys.version_info[:{length}] {operator} ({},)", digits.join(", ")))
}

/// `(module)`, `module`, several of them, or one of some versions, which nobody asks here.
pub(super) fn needed(rest: &str) -> Vec<Instruction> {
    let (plain, _) = arguments(rest);
    let text = if plain.is_empty() { rest.trim() } else { plain[0] };
    let modules = split(text, |c| c.is_whitespace() || c == ',');
    let told = modules.into_iter().map(unquoted).filter(|module| !module.is_empty());
    told.map(|module| match module.find(['<', '>', '=', '!', '~']) {
        Some(_) => Instruction::SkipIf(format!("not ({module})")),
        None => Instruction::NeedsModule(module.to_owned()),
    })
    .collect()
}

/// The name of what it goes on from, or nothing.
pub(super) fn continued(rest: &str) -> Vec<Instruction> {
    let name = unquoted(rest);
    vec![Instruction::Continue((!name.is_empty()).then(|| name.to_owned()))]
}

/// What is called so.
pub(super) fn named(rest: &str) -> Vec<Instruction> {
    let name = unquoted(rest.trim_start_matches([':', '=']));
    let named = (!name.is_empty()).then(|| Instruction::Name(name.to_owned()));
    named.into_iter().collect()
}

/// A group whose name is the place where it begins.
pub(super) fn grouped(_: &str) -> Vec<Instruction> {
    vec![Instruction::Group(String::new())]
}

pub(super) fn sessions(_: &str) -> Vec<Instruction> {
    vec![Instruction::NewSession]
}

/// The flags of doctest and its relatives, without the sign: `ELLIPSIS`, `SKIP`.
pub(super) fn flag(name: &str) -> Vec<Instruction> {
    let option = |option| vec![Instruction::Match(option)];
    match name.to_ascii_uppercase().replace('-', "_").as_str() {
        "SKIP" | "SKIPBLOCK" => vec![Instruction::Skip(None)],
        "REMOTE_DATA" => vec![Instruction::NeedsNetwork],
        "IGNORE_OUTPUT" | "IGNORE_WANT" | "PASS" => vec![Instruction::NoCompare],
        "ELLIPSIS" => option(MatchOption::Ellipsis),
        "NORMALIZE_WHITESPACE" | "NORM_WS" => option(MatchOption::NormalizeWhitespace),
        "IGNORE_EXCEPTION_DETAIL" => option(MatchOption::IgnoreExceptionDetail),
        "FLOAT_CMP" | "NUMBER" => option(MatchOption::Numbers),
        "IGNORE_WARNINGS" => option(MatchOption::IgnoreWarnings),
        "SHOW_WARNINGS" => option(MatchOption::ShowWarnings),
        "KEEP_TRAILING_WHITESPACE" => option(MatchOption::KeepTrailingWhitespace),
        "DONT_ACCEPT_BLANKLINE" => option(MatchOption::PlainBlankLines),
        "DONT_ACCEPT_TRUE_FOR_1" => option(MatchOption::TrueIsNotOne),
        _ => Vec::new(),
    }
}

/// The conditions of `+REQUIRES(…)`: all have to hold.
pub(super) fn required(text: &str) -> Vec<Instruction> {
    let unless = |condition: &str| Instruction::SkipIf(condition.to_owned());
    let one = |text: &str| match text {
        "PY2" => unless("sys.version_info[0] != 2"),
        "PY3" => unless("sys.version_info[0] != 3"),
        "LINUX" => unless("not sys.platform.startswith('linux')"),
        "WIN32" => unless("sys.platform != 'win32'"),
        "DARWIN" | "OSX" => unless("sys.platform != 'darwin'"),
        "POSIX" => unless("os.name != 'posix'"),
        "NT" => unless("os.name != 'nt'"),
        "CPYTHON" => unless("platform.python_implementation() != 'CPython'"),
        "PYPY" => unless("platform.python_implementation() != 'PyPy'"),
        _ => match text.split_once(':') {
            Some(("module", name)) => Instruction::NeedsModule(name.trim().to_owned()),
            Some(("env", test)) => {
                let (name, operator, value) = match test.split_once("==") {
                    Some((name, value)) => (name, "!=", value),
                    None => match test.split_once("!=") {
                        Some((name, value)) => (name, "==", value),
                        None => (test, "", ""),
                    },
                };
                let (name, value) = (name.trim(), unquoted(value));
                Instruction::SkipIf(match operator {
                    "" => format!("not os.environ.get('{name}')"),
                    _ => format!("os.environ.get('{name}', '') {operator} '{value}'"),
                })
            }
            _ => unless(&format!("not ({text})")),
        },
    };
    split(text, |c| c == ',').into_iter().map(|text| one(text.trim())).collect()
}
