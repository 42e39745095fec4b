//! What the document says around a snippet of one or two lines.
//!
//! Longer ones tell by themselves.

use super::Candidate;
use super::tags::{self, Declared};
use crate::model::{Evidence, Lang, Signal, Strength, Versions};
use crate::syntax::lexical;
use crate::syntax::script::Kind;

/// Snippets of more lines are judged by themselves.
const SHORT: usize = 2;

pub(super) fn observe(candidate: &Candidate<'_>, evidence: &mut Vec<Evidence>) {
    let lines = candidate.code.lines().filter(|line| !line.trim().is_empty()).count();
    if lines > SHORT {
        return;
    }
    let context = candidate.context;
    let mut around = Vec::new();
    for lang in [context.before, context.after].into_iter().flatten() {
        around.push(Evidence::new(Signal::Neighbor, Some(lang), None));
    }
    if let Some(heading) = &context.heading
        && let Some((lang, versions)) = named(heading)
    {
        let signal = Signal::Heading(heading.clone());
        around.push(match lang {
            Lang::Shell => Evidence::new(signal, Some(lang), None),
            _ => Evidence::of(versions, Strength::Weak, signal, None),
        });
    }
    if let Some(language) = &context.language {
        let lang = match tags::declared(language) {
            Declared::Python(_) => Some(Lang::Py3),
            Declared::Shell => Some(Lang::Shell),
            Declared::Other => None,
        };
        let signal = Signal::Document(language.clone());
        around.extend(lang.map(|lang| Evidence::new(signal, Some(lang), None)));
    }
    around.retain(|one| one.speaks_for.is_some_and(|lang| is_possible(candidate, lang)));
    evidence.append(&mut around);
}

/// Whether the snippet may be `lang` as it stands: what is around it makes no sense of nonsense.
fn is_possible(candidate: &Candidate<'_>, lang: Lang) -> bool {
    if lang == Lang::Shell {
        let script = &candidate.script;
        return !script.is_empty() && script.iter().all(|line| line.kind != Kind::Other);
    }
    // What is printed between examples reads as Python too, when it is a name or a value.
    candidate.python.as_ref().is_some_and(|facts| {
        facts.errors.is_empty() && (!facts.effects.is_empty() || computes(candidate.code))
    })
}

/// Whether something is computed from names: an operator between blanks.
fn computes(code: &str) -> bool {
    let masked = lexical::mask(code);
    let mut before = "";
    let mut found = false;
    for word in masked.split_whitespace() {
        let operator = matches!(
            before,
            "+" | "-"
                | "*"
                | "/"
                | "//"
                | "%"
                | "@"
                | "**"
                | "<"
                | ">"
                | "<="
                | ">="
                | "=="
                | "!="
                | "in"
                | "and"
                | "or"
        );
        found |= operator && word.starts_with(|c: char| c.is_alphabetic() || c == '_');
        before = word;
    }
    found
}

/// The language that `heading` names, and its versions.
fn named(heading: &str) -> Option<(Lang, Versions)> {
    let lower = heading.to_lowercase();
    let mut words =
        lower.split(|c: char| !(c.is_alphanumeric() || c == '.')).filter(|word| !word.is_empty());
    let mut shell = false;
    while let Some(word) = words.next() {
        let number = match word.strip_prefix("python") {
            Some("") => words.next().unwrap_or(""),
            Some(number) => number,
            None => {
                shell |= SYSTEMS.contains(&word);
                continue;
            }
        };
        return Some(match number.chars().next() {
            Some('2') => (Lang::Py2, Versions::PY2),
            Some('3') => (Lang::Py3, Versions::PY3),
            _ => (Lang::Py3, Versions::ALL),
        });
    }
    shell.then_some((Lang::Shell, Versions::NONE))
}

/// Words of headings under which commands stand: shells, and systems that have them.
const SYSTEMS: &[&str] = &[
    "bash", "shell", "zsh", "terminal", "console", "linux", "macos", "unix", "ubuntu", "debian",
    "fedora", "centos",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_name_languages() {
        let cases = [
            ("Python 2", Some((Lang::Py2, Versions::PY2))),
            ("With Python 3.6 and later", Some((Lang::Py3, Versions::PY3))),
            ("Python3", Some((Lang::Py3, Versions::PY3))),
            ("From Python", Some((Lang::Py3, Versions::ALL))),
            ("On Linux", Some((Lang::Shell, Versions::NONE))),
            ("Overview", None),
        ];
        for (heading, expected) in cases {
            assert_eq!(named(heading), expected, "{heading}");
        }
    }
}
