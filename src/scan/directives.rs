//! What the info string of a fence says beyond a language: directives of MyST, options in the
//! first lines, and the first lines of Python-Markdown's code blocks.
//!
//! Lines in, a judgement over them out; where fences are is for `markdown`.

use super::tag;

/// What a fence holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Code, with the info string that says which.
    Code(String),
    /// What code prints.
    Output,
    /// Text in the markup of that name.
    Text(&'static str),
}

/// Directives whose body is code, with its language where no argument names one.
const CODE: &[(&str, &str)] = &[
    ("code", ""),
    ("code-block", ""),
    ("sourcecode", ""),
    ("code-cell", "ipython3"),
    ("jupyter-execute", "ipython3"),
    ("ipython", "ipython"),
    ("doctest", "pycon"),
    ("testcode", "python"),
    ("testsetup", "python"),
    ("testcleanup", "python"),
    ("plot", "python"),
    ("prompt", "console"),
];

/// Directives whose argument is no language.
const WITHOUT_LANGUAGE: &[&str] =
    &["doctest", "testcode", "testsetup", "testcleanup", "plot", "ipython"];

/// Directives whose body is text.
const TEXT: &[&str] = &[
    "admonition",
    "aside",
    "attention",
    "callout",
    "card",
    "card-carousel",
    "caution",
    "collapse",
    "container",
    "danger",
    "deprecated",
    "details",
    "div",
    "dropdown",
    "epigraph",
    "error",
    "example",
    "exercise",
    "figure",
    "glossary",
    "grid",
    "grid-item",
    "grid-item-card",
    "hint",
    "ifconfig",
    "important",
    "list-table",
    "margin",
    "note",
    "only",
    "pull-quote",
    "seealso",
    "sidebar",
    "solution",
    "tab",
    "tab-item",
    "tab-set",
    "tabs",
    "tip",
    "todo",
    "topic",
    "versionadded",
    "versionchanged",
    "warning",
];

/// What a directive at the start of `info`, such as `{note} Title`, makes of its body; `None` where
/// there is none. `{python}` and `{.python}` are languages.
pub(super) fn content(info: &str) -> Option<Content> {
    let (name, argument) = info.trim().strip_prefix('{')?.split_once('}')?;
    let name = name.trim().to_ascii_lowercase();
    if let Some((_, language)) = CODE.iter().find(|(known, _)| *known == name) {
        let argument = argument.trim();
        let named = !argument.is_empty() && !WITHOUT_LANGUAGE.contains(&name.as_str());
        let info = if named { argument } else { language };
        return Some(Content::Code(info.to_owned()));
    }
    if name == "testoutput" || name == "code-output" {
        return Some(Content::Output);
    }
    // Names with a domain are directives of Sphinx: `{py:function}`.
    let domain = name.split_once(':').is_some_and(|(domain, _)| !domain.is_empty());
    if name == "eval-rst" {
        return Some(Content::Text("rst"));
    }
    (domain || TEXT.contains(&name.as_str())).then_some(Content::Text("markdown"))
}

/// How many lines at the start of a directive's body are its options: `:name: value`, or YAML
/// between two `---`.
pub(super) fn options<'t>(mut lines: impl Iterator<Item = &'t str>) -> usize {
    let Some(first) = lines.next() else { return 0 };
    if first.trim_end() == "---" {
        let keyed = |line: &str| {
            line.trim().is_empty() || line.starts_with([' ', '#', '-']) || line.contains(':')
        };
        let rest: Vec<&str> = lines.take(100).take_while(|line| keyed(line)).collect();
        let end = rest.iter().position(|line| line.trim_end() == "---");
        return end.map_or(0, |end| end + 2);
    }
    usize::from(is_option(first)) * (1 + lines.take_while(|line| is_option(line)).count())
}

/// Whether `line` is `:name:` or `:name: value`.
fn is_option(line: &str) -> bool {
    let named = line.trim_start().strip_prefix(':').and_then(|rest| rest.split_once(':'));
    named.is_some_and(|(name, value)| {
        let word = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        !name.is_empty() && name.chars().all(word) && (value.is_empty() || value.starts_with(' '))
    })
}

/// The language that the first line of a block names instead of being code: `#!python` or
/// `:::python`. With a path behind it, `#!` is a line of the code.
pub(super) fn first_line(line: &str) -> Option<String> {
    let line = line.trim();
    let rest = line.strip_prefix(":::").or_else(|| line.strip_prefix("#!"))?;
    let is_word = rest.starts_with(|c: char| c.is_ascii_alphabetic());
    (is_word && !rest.contains('/')).then(|| tag(rest)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_hold_code_or_text() {
        let code = |info: &str| Some(Content::Code(info.to_owned()));
        assert_eq!(content("{code-block} Python"), code("Python"));
        assert_eq!(content("{Code-Cell}"), code("ipython3"));
        assert_eq!(content("{testcode} group"), code("python"));
        assert_eq!(content("{note} Take care"), Some(Content::Text("markdown")));
        assert_eq!(content("{py:function} f(x)"), Some(Content::Text("markdown")));
        assert_eq!(content("{eval-rst}"), Some(Content::Text("rst")));
        assert_eq!(content("{testoutput}"), Some(Content::Output));
        assert_eq!([content("{python}"), content("{.py}"), content("python")], [None, None, None]);
    }

    #[test]
    fn options_end_where_the_body_begins() {
        let count = |text: &str| options(text.lines());
        assert_eq!(count(":caption: a\n:linenos:\n\n:x: y"), 2);
        assert_eq!(count("---\ncaption: a\n---\nx"), 3);
        assert_eq!(count("---\nx = 1\n"), 0);
        assert_eq!(count("x = 1\n:a: b"), 0);
        assert_eq!(count(""), 0);
    }

    #[test]
    fn first_lines_name_a_language() {
        let cases = [
            (":::python", Some("python")),
            ("    #!py hl_lines=\"1\"", Some("py")),
            ("#!/bin/sh", None),
            ("#!python/x", None),
            ("::: note", None),
            ("x", None),
        ];
        for (line, expected) in cases {
            assert_eq!(first_line(line).as_deref(), expected, "{line}");
        }
    }
}
