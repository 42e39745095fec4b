//! Languages of scripts and consoles whose lines end like those of Python and shells.

use super::{Looks, Seen, Text, begins, likely, sure};

pub(super) const ALL: &[(&str, Looks)] = &[
    ("a script of another program", script),
    ("PowerShell", powershell),
    ("a Windows console", windows),
    ("Vim script", vim),
    ("Perl", perl),
    ("Lua", lua),
    ("Ruby", ruby),
    ("R", r),
    ("Lisp", lisp),
    ("Haskell or ML", functional),
];

/// A first line that names an interpreter other than Python and the shells.
fn script(text: &Text<'_>) -> Option<Seen> {
    let first = text.first();
    names_other(first.text).then(|| sure(first)).flatten()
}

/// Whether `line` is a shebang that names an interpreter other than Python and the shells.
pub(super) fn names_other(line: &str) -> bool {
    const OTHERS: &[&str] = &[
        "perl", "ruby", "node", "php", "awk", "tclsh", "lua", "Rscript", "guile", "make",
        "osascript", "sed", "deno", "bun",
    ];
    let line = line.strip_prefix("#!").filter(|line| line.trim_start().starts_with('/'));
    let words = line.unwrap_or("").split(['/', ' ']);
    let mut words = words.filter(|word| !word.is_empty() && !word.starts_with('-'));
    let program = words.rfind(|word| !matches!(*word, "usr" | "bin" | "env" | "local"));
    program.is_some_and(|program| begins(program, OTHERS))
}

/// `Get-Item`: a verb and a noun, both capitalized, as no other language names things.
fn powershell(text: &Text<'_>) -> Option<Seen> {
    let cmdlet = |line: &str| {
        let name = line.split([' ', '(', '|']).next().unwrap_or("");
        name.split_once('-').is_some_and(|(verb, noun)| {
            let capitalized = |word: &str| {
                word.len() > 1
                    && word.starts_with(|c: char| c.is_ascii_uppercase())
                    && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
            };
            capitalized(verb)
                && capitalized(noun)
                && (line.contains(" -") || line == name || line.contains('$'))
        })
    };
    let variable = |line: &str| {
        let lower = line.get(..5).unwrap_or("").to_ascii_lowercase();
        lower == "$env:"
            || line.contains("$Env:")
            || line.contains("[Environment]::")
            || begins(line, &["PS C:\\", "PS> ", "PS >"])
    };
    let told = text.find(|line| cmdlet(line) || variable(line)).filter(|_| !text.python)?;
    sure(told)
}

fn windows(text: &Text<'_>) -> Option<Seen> {
    let prompt = |line: &str| {
        let bytes = line.as_bytes();
        bytes.len() > 3
            && bytes[0].is_ascii_alphabetic()
            && &bytes[1..3] == b":\\"
            && line.contains('>')
    };
    let batch = |line: &str| {
        begins(
            line,
            &["@echo off", "@ECHO OFF", "C:\\", "c:\\", "setx ", "REM ", "> py ", "regedit "],
        )
    };
    let told = text.find(|line| prompt(line) || batch(line)).filter(|_| !text.python)?;
    sure(told)
}

fn vim(text: &Text<'_>) -> Option<Seen> {
    let word = |line: &str| {
        begins(
            line,
            &[
                "nnoremap ",
                "inoremap ",
                "vnoremap ",
                "noremap ",
                "nmap ",
                "imap ",
                "autocmd ",
                "Plug '",
                "Plugin '",
                "call plug#",
                "Bundle '",
                "let g:",
                "let &",
                "syntax on",
                "filetype plugin",
                "augroup ",
                "colorscheme ",
                "set nocompatible",
            ],
        ) || line.strip_prefix("set ").is_some_and(|rest| {
            let name = rest.split(['=', ' ']).next().unwrap_or("");
            name.len() > 3
                && name.bytes().all(|byte| byte.is_ascii_lowercase())
                && rest.contains('=')
                && !rest.contains(" ")
        })
    };
    // The keys of `nmap -sn` are the options of a command.
    let option = |line: &str| {
        line.split_once(" -").is_some_and(|(name, rest)| {
            matches!(name, "nmap" | "imap") && rest.starts_with(char::is_alphabetic)
        })
    };
    let word = |line: &str| word(line) && !option(line);
    let told = text.find(word).filter(|_| !text.python)?;
    text.most(40, |line| word(line) || line.starts_with('"')).then(|| sure(told)).flatten()
}

fn perl(text: &Text<'_>) -> Option<Seen> {
    let word = |line: &str| {
        begins(
            line,
            &[
                "use strict",
                "use warnings",
                "my $",
                "my @",
                "my %",
                "our $",
                "#!/usr/bin/perl",
                "#!/usr/bin/env perl",
            ],
        ) || line.starts_with("sub ") && line.ends_with('{')
            || line.contains("=~ /")
            || line.contains("=~ s/")
    };
    text.find(word).filter(|_| !text.python && text.commands == 0).and_then(sure)
}

/// Lines that close a block with the word `end`.
fn ended(text: &Text<'_>) -> bool {
    text.lines.iter().any(|line| matches!(line.trimmed(), "end" | "end)" | "end;" | "end,"))
}

fn lua(text: &Text<'_>) -> Option<Seen> {
    let word = |line: &str| {
        line.starts_with("local function ")
            || line.starts_with("local ") && line.contains(" = ")
            || line.starts_with("function ") && !line.ends_with('{')
            || (line.ends_with(" then") || line.ends_with(" do")) && ended(text)
    };
    text.find(word)
        .filter(|_| {
            !text.python && (ended(text) || text.code.contains("local ") && text.commands == 0)
        })
        .and_then(sure)
}

fn ruby(text: &Text<'_>) -> Option<Seen> {
    let word = |line: &str| {
        let block = line.ends_with('|') && (line.contains(" do |") || line.contains("{ |"));
        let define = begins(line, &["def ", "class ", "module "])
            && !line.ends_with(':')
            && !line.contains("):");
        block
            || define
            || begins(
                line,
                &[
                    "puts ",
                    "attr_",
                    "gem '",
                    "gem \"",
                    "require '",
                    "require_relative ",
                    "desc \"",
                    "task :",
                    "source 'https",
                    "source \"https",
                ],
            )
            || line.ends_with(" do")
    };
    let told = text.find(word).filter(|_| !text.python)?;
    let listed = begins(
        told.trimmed(),
        &[
            "gem '",
            "gem \"",
            "require '",
            "require_relative ",
            "source '",
            "source \"https",
            "attr_",
        ],
    );
    (ended(text) && text.commands * 3 <= text.lines.len() || listed).then(|| sure(told)).flatten()
}

fn r(text: &Text<'_>) -> Option<Seen> {
    let assigned = |line: &str| {
        line.split_once(" <- ").is_some_and(|(name, value)| {
            !value.is_empty()
                && name.chars().all(|c| c.is_alphanumeric() || "._$[]\",".contains(c))
                && name.starts_with(|c: char| c.is_alphabetic())
        })
    };
    if let Some(told) = text.find(assigned) {
        return sure(told);
    }
    let told = text.find(|line| {
        begins(line, &["library(", "install.packages(", "source(\"", "data.frame("])
            || line.contains(" %>% ")
            || line.contains("function(x)")
    })?;
    likely(told)
}

fn lisp(text: &Text<'_>) -> Option<Seen> {
    let form = |line: &str| {
        line.starts_with('(')
            && begins(
                &line[1..],
                &[
                    "def ",
                    "defn ",
                    "defun ",
                    "define ",
                    "defmacro ",
                    "ns ",
                    "require ",
                    "setq ",
                    "let ",
                    "use-package ",
                    "add-hook ",
                    "println ",
                ],
            )
            || line.starts_with(";; ")
    };
    text.find(form).filter(|_| !text.python).and_then(sure)
}

fn functional(text: &Text<'_>) -> Option<Seen> {
    let word = |line: &str| {
        begins(
            line,
            &[
                "import qualified ",
                "let rec ",
                "defmodule ",
                "instance ",
                "newtype ",
                "open import ",
            ],
        ) || line.starts_with("module ") && line.ends_with(" where")
            || line.strip_prefix("data ").is_some_and(|rest| {
                rest.starts_with(char::is_uppercase) && rest.contains(" = ")
            })
            || line.split_once(" :: ").is_some_and(|(name, kind)| {
                kind.contains("->")
                    && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '\'')
            })
    };
    text.find(word).filter(|_| !text.python && text.commands == 0).and_then(sure)
}
