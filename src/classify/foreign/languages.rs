//! Languages that programs are written in, and SQL.

use super::{Looks, Seen, Text, begins, likely, sure};

pub(super) const ALL: &[(&str, Looks)] = &[
    ("SQL", sql),
    ("PHP", php),
    ("CSS", css),
    ("GraphQL", graphql),
    ("C or C++", c),
    ("Go", go),
    ("Rust", rust),
    ("Java or C#", java),
    ("JavaScript", javascript),
];

/// What is left of those with semicolons when none of the others is known.
pub(super) const REST: &[(&str, Looks)] = &[("a C-like language", c_like)];

const CLAUSES: &[&str] = &[
    "select ",
    "from ",
    "where ",
    "group by ",
    "order by ",
    "join ",
    "left join ",
    "inner join ",
    "insert into ",
    "values",
    "create table ",
    "alter table ",
    "union",
    "having ",
    "limit ",
    "on ",
    "and ",
    "select",
    "from",
    "delete from ",
    "update ",
    "set ",
    "returning ",
    "drop table ",
];

fn sql(text: &Text<'_>) -> Option<Seen> {
    let mut lines = text.lines.iter().filter(|line| !line.text.trim_start().starts_with("--"));
    let first = *lines.next()?;
    let lower = text.masked.to_ascii_lowercase();
    let mut words = lower.split_whitespace().skip_while(|word| word.starts_with("--"));
    let start = first.trimmed().to_ascii_lowercase();
    let word = start.split([' ', ';', '(']).next().unwrap_or("");
    let mut has =
        |listed: &[&str]| words.any(|word| listed.contains(&word.trim_end_matches([';', ','])));
    let what = [
        "table",
        "index",
        "database",
        "view",
        "user",
        "role",
        "extension",
        "function",
        "trigger",
        "schema",
        "virtual",
        "unique",
        "type",
        "or",
    ];
    let asked = match word {
        // A shell's `select x in` has no list of columns.
        "select" => {
            has(&["from"])
                || !start.contains(" in ")
                    && start.starts_with("select ")
                    && !text.acts
                    && !start.contains(" = ")
        }
        "insert" => has(&["into"]),
        "delete" => has(&["from"]),
        "update" => has(&["set"]),
        "create" | "alter" | "drop" => {
            start.split(' ').nth(1).is_some_and(|word| what.contains(&word.trim_end_matches(';')))
        }
        "grant" | "revoke" => has(&["on", "to"]),
        "explain" | "with" => has(&["select"]) && lower.contains("from") && !text.python,
        "pragma" | "begin" | "commit" | "vacuum" | "analyze" => {
            start.ends_with(';') && text.commands == 0
        }
        _ => false,
    };
    if asked && !text.acts {
        return sure(first);
    }
    let clause = |line: &str| {
        let lower = line.get(..line.len().min(16)).unwrap_or("").to_ascii_lowercase();
        let upper = line.starts_with(|c: char| c.is_ascii_uppercase());
        begins(&lower, CLAUSES) && upper
    };
    (!text.python && text.count(clause) > 1 && text.most(40, clause))
        .then(|| likely(first))
        .flatten()
}

fn php(text: &Text<'_>) -> Option<Seen> {
    let told = text.find(|line| line.starts_with("<?php") || line.starts_with("<?="));
    if told.is_some() {
        return told.and_then(sure);
    }
    let variable = |line: &str| {
        line.strip_prefix('$').is_some_and(|rest| {
            let rest = rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
            rest.starts_with(" = ")
                || rest.starts_with("->")
                || rest.starts_with("[") && line.ends_with(';')
        })
    };
    text.find(variable).filter(|_| text.commands == 0).and_then(sure)
}

fn css(text: &Text<'_>) -> Option<Seen> {
    let rule = |line: &str| {
        line.ends_with('{') && !line.contains(['(', '=', '$']) && {
            line.starts_with(['.', '#', '@', '*', ':'])
                || line.starts_with(|c: char| c.is_ascii_lowercase())
        }
    };
    let property = |line: &str| {
        line.ends_with(';')
            && line.split_once(':').is_some_and(|(name, value)| {
                !name.is_empty()
                    && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
                    && !value.starts_with(':')
            })
    };
    let told = text.find(|line| rule(line) || line.contains('{') && line.ends_with('}'))?;
    let inline = |line: &str| {
        line.split_once('{').is_some_and(|(selector, body)| {
            !selector.contains(['=', '$', '('])
                && body.trim_end_matches('}').trim().ends_with(';')
                && body.contains(": ")
        })
    };
    let fits = |line: &str| {
        rule(line) || property(line) || inline(line) || line == "}" || line.ends_with(',')
    };
    let any = text.count(property) + text.count(inline) > 0;
    (any && text.most(70, fits)).then(|| sure(told)).flatten()
}

fn graphql(text: &Text<'_>) -> Option<Seen> {
    let first = text.first();
    let line = first.trimmed();
    let named = begins(
        line,
        &[
            "query",
            "mutation",
            "subscription",
            "fragment ",
            "type ",
            "input ",
            "enum ",
            "interface ",
        ],
    ) && line.ends_with('{')
        && !line.contains(['=', ';']);
    let field = |line: &str| {
        line.chars().all(|c| c.is_alphanumeric() || "_ {}:!()[]\",.@$#-".contains(c))
            && !line.ends_with([';', ','])
    };
    (named && text.lines.len() > 2 && text.most(90, field)).then(|| sure(first)).flatten()
}

/// `line` begins with one of `words`, which the grammars of Python and shells stumble over.
fn any(text: &Text<'_>, words: &[&str]) -> Option<Seen> {
    let told =
        text.find(|line| begins(line, words)).filter(|_| !text.python && text.commands == 0)?;
    sure(told)
}

fn c(text: &Text<'_>) -> Option<Seen> {
    let include = text.find(|line| {
        begins(line, &["#include <", "#include \"", "#define ", "#ifdef ", "#ifndef ", "#pragma "])
    });
    if let Some(told) = include.filter(|_| !text.acts && text.commands == 0) {
        return sure(told);
    }
    any(
        text,
        &[
            "int main(",
            "typedef struct",
            "struct ",
            "template<",
            "template <",
            "using namespace",
            "extern \"C\"",
            "static inline ",
            "printf(\"",
            "std::",
            "unsigned ",
            "void ",
            "PyObject *",
        ],
    )
    .filter(|_| text.code.contains([';', '{']))
}

fn go(text: &Text<'_>) -> Option<Seen> {
    let told = text.find(|line| {
        begins(line, &["package main", "func (", "import (", "defer ", "fmt.Print"])
            || line.starts_with("func ") && line.ends_with('{')
            || line.starts_with("type ")
                && (line.ends_with("struct {") || line.ends_with("interface {"))
            || line.starts_with("if err != nil")
    });
    told.filter(|_| !text.python).and_then(sure)
}

fn rust(text: &Text<'_>) -> Option<Seen> {
    let told = text.find(|line| {
        begins(
            line,
            &[
                "let mut ",
                "pub fn ",
                "impl ",
                "impl<",
                "pub struct ",
                "println!(",
                "#[derive(",
                "use std::",
                "pub enum ",
                "mod ",
            ],
        ) || line.starts_with("fn ") && (line.contains(") {") || line.contains("->"))
    });
    told.filter(|_| !text.python && text.code.contains([';', '{'])).and_then(sure)
}

fn java(text: &Text<'_>) -> Option<Seen> {
    any(
        text,
        &[
            "public ",
            "private ",
            "protected ",
            "package ",
            "using System",
            "namespace ",
            "System.out.",
            "@Override",
            "final class",
            "abstract class",
            "fun main(",
            "import java.",
            "import org.",
            "import com.",
            "fun ",
            "val ",
            "guard ",
            "@IBAction",
            "@interface",
            "NSString ",
            "Console.Write",
        ],
    )
    .filter(|_| {
        text.code.contains(['{', ';']) || text.code.contains("val ") || text.code.contains("fun ")
    })
}

fn javascript(text: &Text<'_>) -> Option<Seen> {
    let strict = text.find(|line| {
        begins(line, &["const ", "let ", "var "])
            && (line.contains(" = ") || line.ends_with(';') || line.ends_with(" ="))
            && !line.starts_with("let g:")
            || begins(
                line,
                &[
                    "console.log(",
                    "document.",
                    "window.",
                    "export default",
                    "export const",
                    "export function",
                    "async function",
                    "module.exports",
                    "interface ",
                    "import {",
                    "import React",
                    "'use strict'",
                    "\"use strict\"",
                    "function ",
                    "$(document)",
                    "$('",
                ],
            )
            || line.contains("=> {")
            || line.contains(" => ") && line.contains('(')
            || line.contains("===")
            || line.contains("require('") && line.contains(" = ")
            || line.starts_with("import ")
                && (line.contains(" from '") || line.contains(" from \""))
            || line.starts_with("type ") && line.contains(" = ") && line.ends_with('{')
    });
    if let Some(told) = strict.filter(|_| !text.python && text.commands == 0) {
        return sure(told);
    }
    // Python and shells read this, but have no such constants.
    let mut words = text.masked.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    let (mut own, mut other) = (false, false);
    for word in &mut words {
        own |= matches!(word, "true" | "false" | "null" | "undefined");
        other |= matches!(word, "True" | "False" | "None");
    }
    let constant = |line: &str| {
        [": true", ": false", ": null", "= true", "= false", "= null", "(true", "(false", "(null"]
            .iter()
            .any(|end| line.contains(end))
    };
    let told = text.find(constant).filter(|_| own && !other && text.python && text.acts)?;
    text.code.contains('{').then(|| likely(told)).flatten()
}

fn c_like(text: &Text<'_>) -> Option<Seen> {
    let ends = |line: &str| {
        let line = line.split(" //").next().unwrap_or("").trim_end();
        line.ends_with([';', '{', '}']) || begins(line, &["//", "/*", "* "]) || line.ends_with("*/")
    };
    let word = |line: &str| {
        begins(line, C_WORDS)
            || line.contains(") {")
            || line.starts_with("} else")
            || begins(line, &["//", "/*"])
    };
    if text.python || text.commands > 0 || !text.most(60, ends) {
        return None;
    }
    if let Some(told) = text.find(word) {
        return sure(told);
    }
    let told =
        text.find(|line| line.ends_with(");") || line.contains(" = ") && line.ends_with(';'))?;
    text.most(75, ends).then(|| likely(told)).flatten()
}

const C_WORDS: &[&str] = &[
    "int ",
    "void ",
    "char ",
    "float ",
    "double ",
    "long ",
    "bool ",
    "auto ",
    "static ",
    "struct ",
    "return 0;",
    "for (",
    "if (",
    "while (",
    "switch (",
    "use ",
    "new ",
    "throw ",
    "extern ",
];
