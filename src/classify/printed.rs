//! What an interpreter printed, in the way of its version.
//!
//! Looks at the lines of a session that were not typed, and at banners anywhere. What was printed
//! tells what the author ran, not what else runs the code.

use super::Candidate;
use crate::model::{Evidence, Signal, Strength, Versions};
use crate::syntax::session::{self, Kind, Role};

pub(super) fn observe(candidate: &Candidate<'_>, evidence: &mut Vec<Evidence>) {
    let text = candidate.region.code.text();
    let mut note = |what, versions| {
        let signal = Signal::Printed(what);
        let seen = evidence.iter().any(|seen: &Evidence| seen.signal == signal);
        if !seen {
            evidence.push(Evidence::of(versions, Strength::Weak, signal, None));
        }
    };
    for line in text.lines().filter(|line| line.trim_start().starts_with("Python ")) {
        if let Some(versions) = banner(line.trim_start()) {
            note("banner of the interpreter", versions);
        }
    }
    let Some(session) = session::split(text).filter(|session| session.kind != Kind::Shell) else {
        return;
    };
    for (span, role) in session.lines {
        if role == Role::Output {
            let line = &text[span.range()];
            for (what, versions, shown) in TELLS {
                if shown(line) {
                    note(what, *versions);
                }
            }
        }
    }
}

/// `Python 2.7.9 (default, …` and `Python 3.4.3 |Anaconda …`.
fn banner(line: &str) -> Option<Versions> {
    let (version, rest) = line.strip_prefix("Python ")?.split_once(' ')?;
    let numbers = version.trim_end_matches('+').split('.');
    let numeric = numbers.clone().all(|part| part.starts_with(|c: char| c.is_ascii_digit()));
    if !numeric || numbers.count() < 2 || !rest.starts_with(['(', '|', '[']) {
        return None;
    }
    match version.split('.').next() {
        Some("2") => Some(Versions::PY2),
        Some("3") => Some(Versions::PY3),
        _ => None,
    }
}

type Tell = (&'static str, Versions, fn(&str) -> bool);

/// How one Python prints what the other prints otherwise.
const TELLS: &[Tell] = &[
    ("u'…'", Versions::PY2, |line| quoted(line, 'u')),
    ("long integer", Versions::PY2, has_long),
    ("<type '…'>", Versions::PY2, |line| line.contains("<type '")),
    ("set([…])", Versions::PY2, |line| line.contains("set([")),
    ("old file or method", Versions::PY2, |line| {
        line.contains("<open file '") || line.contains("<unbound method ")
    }),
    ("<class '…'> of a builtin", Versions::PY3, has_builtin_class),
    ("view of a dict", Versions::PY3, |line| {
        ["dict_keys([", "dict_values([", "dict_items(["].iter().any(|view| line.contains(view))
    }),
    ("b'…'", Versions::PY3, |line| quoted(line, 'b')),
    ("range(…)", Versions::PY3, |line| line.trim().starts_with("range(")),
    ("{…}", Versions::PY3, |line| is_set(line.trim())),
    ("lazy iterator", Versions::PY3, |line| {
        ["<map object at", "<filter object at", "<zip object at", "<_io."]
            .iter()
            .any(|shown| line.contains(shown))
    }),
    ("chained traceback", Versions::PY3, |line| {
        line.starts_with("During handling of the above exception")
            || line.starts_with("The above exception was the direct cause")
            || line.starts_with("ModuleNotFoundError:")
    }),
];

/// Whether a string with the prefix stands where a value may begin.
fn quoted(line: &str, prefix: char) -> bool {
    line.match_indices(prefix).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let value = before.is_none_or(|c| "[({, :=".contains(c));
        value && line[at + 1..].starts_with(['\'', '"'])
    })
}

fn has_long(line: &str) -> bool {
    let words = line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.filter_map(|word| word.strip_suffix('L')).any(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn has_builtin_class(line: &str) -> bool {
    const BUILTINS: &[&str] = &[
        "int", "str", "list", "dict", "tuple", "set", "frozenset", "float", "bool", "bytes",
        "bytearray", "complex", "type", "object", "range", "NoneType", "function", "module",
        "generator", "method", "map", "filter", "zip", "ellipsis", "property", "slice",
    ];
    let mut classes = line.split("<class '").skip(1);
    classes.any(|rest| rest.split('\'').next().is_some_and(|name| BUILTINS.contains(&name)))
}

/// `{1, 2}`: braces around values, none of them a pair.
fn is_set(line: &str) -> bool {
    let Some(inner) = line.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
        return false;
    };
    let value = |part: &str| {
        let part = part.trim();
        part.parse::<f64>().is_ok() || part.len() > 1 && part.starts_with('\'') && part.ends_with('\'')
    };
    !inner.contains(':') && inner.split(',').all(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_one_python_prints_is_known() {
        let told = |line: &str| {
            let shown = TELLS.iter().filter(|(_, _, shown)| shown(line));
            shown.map(|(_, versions, _)| *versions).next()
        };
        for line in ["u'café'", "[u'a', 1]", "12345678901234567890L", "<type 'int'>", "set([1])"] {
            assert_eq!(told(line), Some(Versions::PY2), "{line}");
        }
        for line in ["<class 'int'>", "dict_keys(['a'])", "b'x'", "range(0, 3)", "{1, 2}", "{'a'}"] {
            assert_eq!(told(line), Some(Versions::PY3), "{line}");
        }
        for line in ["'a'", "{}", "{'a': 1}", "<class 'shop.Cart'>", "You'll see", "menu 'b'", "3"] {
            assert_eq!(told(line), None, "{line}");
        }
        assert_eq!(banner("Python 2.7.9 (default, Mar  1 2015)"), Some(Versions::PY2));
        assert_eq!(banner("Python 3.4 is old"), None);
    }
}
