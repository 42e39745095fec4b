//! Markup, templates, and files that say how to build or serve.

use super::{Looks, PYTHON_HEADERS, Seen, Text, begins, likely, sure};
use crate::syntax::lexicon::{self, Naming};

pub(super) const ALL: &[(&str, Looks)] = &[
    ("a Dockerfile", dockerfile),
    ("a template", template),
    ("HTML or XML", tags),
    ("a Makefile", makefile),
    ("a server's configuration", server),
    ("markup", marks),
    ("LaTeX", latex),
];

fn tags(text: &Text<'_>) -> Option<Seen> {
    let opens = |line: &str| {
        line.strip_prefix('<').is_some_and(|rest| {
            rest.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '!' | '?' | '/'))
        })
    };
    let first = text.first();
    let declared = begins(first.trimmed(), &["<!DOCTYPE", "<!doctype", "<?xml", "<!--"]);
    if declared {
        return sure(first);
    }
    let told = text.find(opens)?;
    let closed = text.code.contains("</") || text.code.contains("/>");
    if !closed || !text.most(40, |line| line.contains(['<', '>'])) {
        return None;
    }
    if opens(first.trimmed()) && !text.python { sure(told) } else { likely(told) }
}

fn template(text: &Text<'_>) -> Option<Seen> {
    if text.acts {
        return None;
    }
    let block = |line: &str| {
        begins(line, &["{%", "{#", "<%", "{{#", "{{/"])
            || line.contains("{% end")
            || line.contains("<% end")
    };
    if let Some(told) = text.find(block) {
        return sure(told);
    }
    let told = text.find(|line| line.contains("{{") && line.contains("}}"))?;
    (text.commands == 0 && !text.python).then(|| likely(told)).flatten()
}

const INSTRUCTIONS: &[&str] = &[
    "FROM",
    "RUN",
    "CMD",
    "COPY",
    "ADD",
    "ENV",
    "WORKDIR",
    "EXPOSE",
    "ENTRYPOINT",
    "ARG",
    "LABEL",
    "USER",
    "VOLUME",
    "HEALTHCHECK",
    "ONBUILD",
    "SHELL",
    "STOPSIGNAL",
    "MAINTAINER",
];

fn dockerfile(text: &Text<'_>) -> Option<Seen> {
    let (mut all, mut fitting, mut goes_on) = (0, 0, false);
    let mut told = None;
    for line in &text.lines {
        let comment = line.trimmed().starts_with('#');
        if !goes_on && !comment {
            all += 1;
            let word = line.trimmed().split_whitespace().next().unwrap_or("");
            let argument = line.trimmed().len() > word.len();
            if INSTRUCTIONS.contains(&word) && argument {
                fitting += 1;
                told = told.or(Some(*line));
            }
        }
        goes_on = line.text.ends_with('\\') || goes_on && comment;
    }
    (fitting * 10 >= all * 7).then(|| told.and_then(sure)).flatten()
}

fn makefile(text: &Text<'_>) -> Option<Seen> {
    if let Some(told) = text.find(|line| line.starts_with(".PHONY")) {
        return sure(told);
    }
    let target = |line: &str| {
        line.split_once(':').is_some_and(|(name, rest)| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "_-./%$() ".contains(c);
            !name.is_empty()
                && !name.starts_with([' ', '-', '$'])
                && name.chars().all(plain)
                && (rest.is_empty() || rest.starts_with(' '))
                && !PYTHON_HEADERS.contains(&name.split(' ').next().unwrap_or(""))
        })
    };
    let command = |line: &str| {
        let line = line.trim_start_matches(['@', '-']);
        let name = line.split_whitespace().next().unwrap_or("");
        let behind = line.trim_start_matches(name);
        let called = lexicon::command(name) == Some(Naming::Clear)
            || name.starts_with("$(")
            || !name.is_empty() && behind.contains(" -");
        called && !behind.trim_start().starts_with([':', '=']) && !name.ends_with(':')
    };
    let pair = text.lines.windows(2).find(|pair| {
        target(pair[0].text)
            && pair[1].indent() > 0
            && pair[0].indent() == 0
            && command(pair[1].trimmed())
    });
    if text.acts {
        return None;
    }
    pair.and_then(|pair| sure(pair[0]))
}

/// nginx and Apache: `server {`, `location / {`, `<VirtualHost *:80>`.
fn server(text: &Text<'_>) -> Option<Seen> {
    let block = |line: &str| {
        begins(line, &["server {", "location ", "upstream ", "http {", "events {"])
            && line.ends_with('{')
            || begins(line, &["<VirtualHost", "<Directory", "<Location", "<IfModule", "ProxyPass"])
    };
    text.find(block).and_then(sure)
}

/// reStructuredText and Markdown.
fn marks(text: &Text<'_>) -> Option<Seen> {
    if text.acts || text.commands > 0 {
        return None;
    }
    let directive = |line: &str| {
        line.strip_prefix(".. ").is_some_and(|rest| rest.contains("::") || rest.starts_with('_'))
    };
    let fence = |line: &str| line.starts_with("```") || line.starts_with("~~~");
    if let Some(told) = text.find(directive) {
        return sure(told);
    }
    // A string or heredoc may hold a fence.
    if let Some(told) = text.find(fence) {
        return likely(told);
    }
    let role = |line: &str| line.contains("](") || line.contains(":ref:`") || line.contains("`_");
    let heading = |line: &str| {
        line.len() > 2
            && ["===", "---", "~~~", "***"].iter().any(|rule| line.starts_with(rule))
            && line.bytes().all(|byte| byte == line.as_bytes()[0])
    };
    let under = text
        .lines
        .windows(2)
        .find(|pair| heading(pair[1].text) && pair[0].text.len() <= pair[1].text.len() + 2);
    if let Some(pair) = under.filter(|pair| pair[0].text.starts_with(char::is_alphabetic)) {
        return likely(pair[1]);
    }
    let told = text.find(role)?;
    text.most(30, role).then(|| likely(told)).flatten()
}

fn latex(text: &Text<'_>) -> Option<Seen> {
    let word = |line: &str| {
        begins(
            line,
            &["\\begin{", "\\end{", "\\documentclass", "\\usepackage", "\\section", "$$", "\\["],
        ) || line.contains("\\frac{")
            || line.contains("\\sum_")
            || line.contains("\\left(")
    };
    let told = text.find(word).filter(|_| !text.python)?;
    sure(told)
}
