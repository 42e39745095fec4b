//! The shape of a Python statement.
//!
//! Looks at one line, its strings masked; knows no grammar.

use super::{LONGEST, depth, is_dotted, is_identifier};
use crate::syntax::lexical;
use crate::text::Span;

/// Whether `line`, trimmed, is a Python statement or the first line of one, by its looks.
pub(super) fn is_statement(line: &str) -> bool {
    let masked = lexical::mask(line);
    let masked = masked.trim();
    if masked.is_empty() || masked.ends_with(['.', '?', '!']) && !masked.ends_with("...") {
        return false;
    }
    if is_import(masked) || is_decorator(masked) {
        return true;
    }
    if has_prose(masked) || is_synopsis(masked) || masked.ends_with(';') {
        return false;
    }
    let first = masked.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or("");
    let keyword = match first {
        "def" | "class" | "async" => masked.contains('(') || masked.ends_with(':'),
        "for" | "while" | "if" | "elif" | "with" => {
            let ruled = match first {
                "for" => masked.contains(" in "),
                "with" => masked.contains(['(', '.']) || masked.contains(" as "),
                _ => true,
            };
            let balanced =
                masked.matches([')', ']', '}']).count() <= masked.matches(['(', '[', '{']).count();
            ruled && balanced && (masked.contains(": ") || masked.ends_with(':'))
        }
        "else" | "try" | "finally" => masked.ends_with(':') && masked.len() < 9,
        "except" => masked.ends_with(':'),
        "return" | "raise" | "assert" | "del" | "print" | "yield" | "await" => {
            let rest = masked[first.len()..].trim();
            masked[first.len()..].starts_with(' ') && has_operator(rest)
        }
        _ => false,
    };
    keyword || is_assignment(masked) || is_call(masked)
}

/// Whether a bare name stands in braces as an argument or value: how manuals write what is to be
/// filled in. A set of one name is hardly ever written.
fn is_synopsis(masked: &str) -> bool {
    masked.split('{').skip(1).any(|rest| {
        rest.split_once('}').is_some_and(|(name, behind)| {
            is_identifier(name)
                && name.chars().all(char::is_alphabetic)
                && !behind.starts_with([' ', '.', '|', '&', '-'])
        })
    })
}

/// Where in `line` an import stands that a remark in brackets follows.
pub fn import_before_remark(line: &str) -> Option<Span> {
    let (before, _) = line.split_once(" (").filter(|_| line.trim_end().ends_with(')'))?;
    is_import(before.trim()).then(|| {
        let start = before.len() - before.trim_start().len();
        Span::new(start, before.trim_end().len())
    })
}

/// Whether `line` has the shape of a statement that is no mere call. A name that Python would not
/// have, such as one with a hyphen, is a mistake in one.
pub fn is_telling_statement(line: &str) -> bool {
    let line = line.trim();
    let masked = lexical::mask(line);
    let masked = masked.trim();
    line.len() <= LONGEST && is_statement(line) && (!is_call(masked) || is_assignment(masked))
}

/// Whether `line` begins a block: a keyword of Python, and a colon at the end.
pub fn is_header(line: &str) -> bool {
    let masked = lexical::mask(line.trim());
    let masked = masked.trim_end();
    let body = masked.strip_prefix("async ").unwrap_or(masked);
    let first = body.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    masked.ends_with(':') && HEADERS.contains(&first) && depth(masked) == 0
}

/// Whether `line` begins a definition, or stands before one as its decorator.
pub fn is_definition(line: &str) -> bool {
    let line = line.trim();
    let begins = ["def ", "class ", "async def ", "@"].iter().any(|start| line.starts_with(start));
    begins && line.len() <= LONGEST && is_statement(line)
}

/// Whether `line` is a bare decorator, `@name`, of the definition that `next` begins.
pub fn is_decorated(line: &str, next: &str) -> bool {
    line.trim().strip_prefix('@').is_some_and(is_dotted) && is_definition(next)
}

/// Whether `line` is an import.
pub fn is_import_line(line: &str) -> bool {
    line.len() <= LONGEST && is_import(lexical::mask(line.trim()).trim())
}

/// Whether `line` stands for code that the author left out: `...`, alone or with a remark.
pub fn is_elision(line: &str) -> bool {
    line.trim().strip_prefix("...").is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// Whether `line` can stand between statements though it is hardly one by itself: a string alone,
/// as docstrings are, a decorator, a keyword alone, code that was left out.
pub fn is_inner_line(line: &str) -> bool {
    let line = line.trim();
    let masked = lexical::mask(line);
    let alone =
        matches!(line, "pass" | "break" | "continue" | "print" | "return" | "else:" | "try:");
    let decorator = line.strip_prefix('@').is_some_and(is_dotted);
    let quoted = line.starts_with(['"', '\'']) && masked.trim() == "\"\"";
    let renamed = masked.split_once(" = ");
    let renamed = renamed.is_some_and(|(a, b)| is_identifier(a) && is_identifier(b.trim()));
    alone || decorator || quoted || renamed || is_elision(line)
}

/// Whether two words stand side by side in `line` that Python cannot have there.
pub fn is_wordy(line: &str) -> bool {
    has_prose(&lexical::mask(line))
}

/// Whether several statements stand on `line` without anything between them: a name directly
/// behind a closed bracket or quote, or a keyword that begins a statement where none can begin.
pub fn is_collapsed(line: &str) -> bool {
    let masked = lexical::mask(line);
    let words: Vec<&str> = masked.split_whitespace().collect();
    let imports_from = words.first() == Some(&"from");
    let mut depth = 0;
    words.windows(2).any(|pair| {
        let [before, after] = pair else { return false };
        depth += super::depth(before);
        if depth > 0 {
            return false;
        }
        let closed = before.ends_with([')', ']', '}', '"']);
        let named = after.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '@');
        let name = after.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("");
        let begins = !before.ends_with([':', ';', '=']) && *before != "async";
        let statement = match name {
            "def" | "class" => *before != "async" && !before.ends_with(';'),
            "return" | "raise" | "while" | "try" | "assert" | "elif" | "except" | "finally" => {
                begins
            }
            "else" => after.ends_with(':'),
            "import" => begins && !imports_from,
            _ => false,
        };
        closed && named && !OPERATORS.contains(&name)
            || before.ends_with(')') && after.starts_with('(')
            || statement
    })
}

fn is_import(masked: &str) -> bool {
    let names = |text: &str| {
        let text = text.trim().trim_start_matches('(').trim_end_matches(')');
        text == "*"
            || text.split(',').all(|part| {
                let words: Vec<&str> = part.split_whitespace().collect();
                matches!(words.as_slice(), [name] if is_dotted(name))
                    || matches!(words.as_slice(), [name, "as", alias] if is_dotted(name) && is_dotted(alias))
            })
    };
    let simple = masked.split(';').next().unwrap_or("");
    if let Some(rest) = simple.strip_prefix("import ") {
        return names(rest);
    }
    simple.strip_prefix("from ").and_then(|rest| rest.split_once(" import ")).is_some_and(
        |(module, rest)| {
            let module = module.trim();
            is_dotted(module.trim_start_matches('.')) && names(rest) || module == "." && names(rest)
        },
    )
}

fn is_decorator(masked: &str) -> bool {
    masked.strip_prefix('@').is_some_and(|rest| {
        let (name, call) = rest.split_once('(').unwrap_or((rest, ")"));
        is_dotted(name) && call.ends_with(')') && rest.len() > 2 && !name.contains("..")
            && (rest.contains('(') || !rest.contains(' '))
            // `@name` alone is as often a person as a decorator.
            && (rest.contains('(') || name.contains('.'))
    })
}

/// `target = value`, the value more than a few bare names.
fn is_assignment(masked: &str) -> bool {
    let Some(at) = assignment_sign(masked) else { return false };
    if masked[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
        && is_constant(masked[at + 1..].trim())
    {
        // `name=True` in a text names a keyword argument.
        return false;
    }
    let (target, value) =
        (masked[..at].trim_end_matches(['+', '-', '*', '/', '|', '%']), &masked[at + 1..]);
    let targets = target.trim().split(',').all(|name| is_target(name.trim()));
    let value = value.trim();
    // `a = 1, b = 2` is two formulas.
    let formulas = assignment_sign(value).is_some_and(|at| value[..at].contains(", "));
    // An attribute that is set to a name is no formula.
    let attribute = target.contains('.') && is_identifier(value);
    targets
        && !formulas
        && depth(masked) >= 0
        && (has_operator(value) || is_constant(value) || attribute)
}

/// The `=` of an assignment: outside brackets and no part of a comparison.
fn assignment_sign(masked: &str) -> Option<usize> {
    let bytes = masked.as_bytes();
    let mut depth = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            b'=' if depth == 0 => {
                let before = at.checked_sub(1).map(|at| bytes[at]);
                let compares = matches!(before, Some(b'=' | b'!' | b'<' | b'>' | b':'))
                    || matches!(bytes.get(at + 1), Some(b'=' | b'>'));
                return (!compares).then_some(at);
            }
            _ => {}
        }
    }
    None
}

fn is_target(name: &str) -> bool {
    let base = name.split(['[', '.']).next().unwrap_or("");
    let base = &base.replacen('-', "_", 2);
    let shaped = name.chars().all(|c| {
        c.is_ascii_alphanumeric()
            || matches!(c, '_' | '.' | '[' | ']' | '"' | ':' | '-' | '(' | ')')
    });
    is_identifier(base) && shaped && !name.contains("..") && !ABBREVIATIONS.contains(&base.as_str())
}

/// Words that end in a point in the middle of a sentence.
const ABBREVIATIONS: &[&str] = &["vs", "eg", "ie", "etc", "cf", "resp"];

/// `name.attribute(...)` or `name(...)` from the first character to the last.
fn is_call(masked: &str) -> bool {
    let Some(open) = masked.find('(') else { return false };
    let callee = &masked[..open];
    let callee =
        callee.strip_prefix("\"\".").or_else(|| callee.strip_prefix("await ")).unwrap_or(callee);
    // A single capital is a function of mathematics.
    let formula = callee.len() == 1 && callee.starts_with(char::is_uppercase);
    is_dotted(callee)
        && !formula
        && masked.ends_with([')', ',', '(', '[', '{', '\\'])
        // One bracket too many is a slip; without a string or keyword it is more likely prose.
        && (depth(masked) >= 0 || depth(masked) == -1 && masked.contains(['"', '=']))
        && closes_at_end(masked)
        && (masked.starts_with('"') || has_arguments(&masked[open..]) || callee.contains('.'))
}

/// Whether the bracket that opens first is the one that closes last: `f(x) g(y)` is two calls.
fn closes_at_end(masked: &str) -> bool {
    let mut depth = 0;
    for (at, c) in masked.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ' ' if depth == 0 && at > 0 => return false,
            _ => {}
        }
    }
    true
}

/// Whether a call's arguments are those of a program rather than of a formula: a string, a number,
/// a keyword, a dotted name, more than one.
fn has_arguments(arguments: &str) -> bool {
    arguments.contains(['"', '=', '.', '[', '{', ','])
        || arguments.chars().any(|c| c.is_ascii_digit())
        || arguments.len() > 4
}

/// Two words side by side that Python cannot have there.
fn has_prose(masked: &str) -> bool {
    let words: Vec<&str> = masked.split_whitespace().collect();
    words.windows(2).any(|pair| {
        let [before, after] = pair else { return false };
        let wordy = |word: &str| {
            word.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '\'' | '-' | '’'))
        };
        let ends = before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let keyword = PYTHON_WORDS.contains(before) || PYTHON_WORDS.contains(after);
        ends && wordy(after) && after.starts_with(char::is_alphabetic) && !keyword
    })
}

/// Anything in a value that words alone do not have.
fn has_operator(value: &str) -> bool {
    value.contains(['(', '[', '{', '"', '.', '`', '%'])
        || value.starts_with("lambda ")
        || value.chars().any(|c| c.is_ascii_digit())
}

/// A literal, strings masked.
fn is_constant(value: &str) -> bool {
    matches!(value, "None" | "True" | "False" | "\"\"") || value.parse::<f64>().is_ok()
}

const HEADERS: &[&str] = &[
    "def", "class", "for", "while", "if", "elif", "else", "try", "except", "finally", "with",
    "match", "case",
];

/// Words of Python between which and a name only a blank may stand.
const OPERATORS: &[&str] = &[
    "and", "or", "not", "in", "is", "if", "else", "for", "as", "from", "import", "async", "await",
    "lambda", "yield",
];

const PYTHON_WORDS: &[&str] = &[
    "and", "or", "not", "in", "is", "if", "else", "for", "as", "from", "import", "async", "await",
    "lambda", "yield", "def", "class", "return", "raise", "assert", "del", "print", "with",
    "while", "elif", "except", "global", "nonlocal", "exec",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_run_together_are_noticed() {
        for line in [
            "a = f(1) g(2)",
            "c = C('x') (c + d).most(4)",
            "x = [1] y = 2",
            "def f(x): a = 1 return x",
            "if a: b() else: c()",
            "@property def f(self): pass",
        ] {
            assert!(is_collapsed(line), "{line}");
        }
        for line in [
            "x = a if f(b) else c",
            "for a in b(c): d",
            "[x for x in f(y) if z]",
            "from a import b",
            "x = lambda: f(1)",
            "def f(x): return x",
            "import os; import sys",
            "f('a' 'b', c)",
            "async def f(): pass",
        ] {
            assert!(!is_collapsed(line), "{line}");
        }
    }
}
