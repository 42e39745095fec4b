//! The repository's own rules: who may import whom, names that stay behind fences, tables that are
//! complete, headers, and sizes.
//!
//! Reads the sources as text, and asks the program for the names in its tables.

use std::fs;
use std::path::{Path, PathBuf};

/// Module of `src`, and the modules of ours that it may name.
const LAYERS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("model", &["text"]),
    ("syntax", &["text", "model"]),
    ("error", &[]),
    ("scan", &["text", "model", "syntax"]),
    ("normalize", &["text", "model", "syntax"]),
    ("classify", &["text", "model", "syntax"]),
    ("restore", &["text", "model", "syntax"]),
    ("pair", &["text", "model", "syntax"]),
    ("link", &["text", "model", "syntax"]),
    ("judge", &["text", "model", "syntax"]),
    ("suggest", &["text", "model", "syntax"]),
    ("rewrite", &["text", "model"]),
    ("discover", &["text", "model", "error"]),
    ("store", &["text", "model", "error"]),
    ("ledger", &["error"]),
    ("fingerprint", &["ledger"]),
    ("snapshot", &["text", "model", "error", "store"]),
    ("plan", &["model", "store", "syntax"]),
    ("run", &["model"]),
    ("config", &["model", "error", "text"]),
    ("report", &["model", "text"]),
    (
        "pipeline",
        &[
            "text",
            "model",
            "scan",
            "restore",
            "normalize",
            "pair",
            "classify",
            "link",
            "judge",
            "suggest",
            "plan",
            "run",
            "store",
            "snapshot",
            "ledger",
            "fingerprint",
            "error",
        ],
    ),
    (
        "cli",
        &[
            "text", "model", "error", "pipeline", "report", "config", "store", "snapshot",
            "discover", "ledger", "rewrite",
        ],
    ),
];

/// A name from outside, and the modules of `src` that may use it.
const FENCES: &[(&str, &[&str])] = &[
    ("tree_sitter", &["syntax"]),
    ("pulldown_cmark", &["scan"]),
    ("stillruns_harness", &["plan", "run", "judge", "pipeline", "cli", "main"]),
    ("annotate_snippets", &["report", "config", "cli"]),
    ("std::process", &["cli", "main"]),
    ("std::env", &["cli"]),
    ("println!", &["cli"]),
    ("print!", &["cli"]),
    ("std::fs", &["discover", "store", "snapshot", "ledger", "fingerprint", "config", "cli"]),
    ("rusqlite", &["ledger"]),
    ("rustix", &["cli"]),
    ("signal_hook", &["cli"]),
    ("duct", &[]),
    ("Instant::now", &["cli"]),
    ("SystemTime", &["cli"]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below `folder`, with its path relative to it, sorted.
fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a source folder can be read") {
            let path = entry.expect("an entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(folder).expect("it lies below").to_owned();
                let text = fs::read_to_string(&path).expect("a source is UTF-8");
                found.push((name.to_string_lossy().replace('\\', "/"), text));
            }
        }
    }
    found.sort();
    found
}

/// The module of `src` that a file belongs to.
fn module(file: &str) -> &str {
    let first = file.split('/').next().unwrap_or(file);
    first.strip_suffix(".rs").unwrap_or(first)
}

/// Lines that are code: no comments, and nothing from the inline tests on.
fn code(text: &str) -> Vec<(usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
        .filter(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with("//"))
        .map(|(at, line)| (at + 1, line))
        .collect()
}

#[test]
fn modules_import_only_what_lies_below_them() {
    let mut wrong = Vec::new();
    for (file, text) in sources(&root().join("src")) {
        let own = module(&file);
        if matches!(own, "lib" | "main") {
            continue;
        }
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == own) else {
            wrong.push(format!("{file}: module `{own}` is in no layer"));
            continue;
        };
        for (at, line) in code(&text) {
            for used in crate_modules(line) {
                if used != own && !allowed.contains(&used.as_str()) {
                    wrong.push(format!("{file}:{at}: `{own}` may not import `{used}`"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The modules of ours that `line` names as `crate::module` or `crate::{module, …}`.
fn crate_modules(line: &str) -> Vec<String> {
    let word = |text: &str| {
        text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
    };
    let mut found = Vec::new();
    for rest in line.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(group) => found.extend(group.split(',').map(word)),
            None => found.push(word(rest)),
        }
    }
    found.retain(|name| LAYERS.iter().any(|(module, _)| module == name));
    found
}

#[test]
fn names_from_outside_stay_behind_their_fences() {
    let mut wrong = Vec::new();
    for (file, text) in sources(&root().join("src")) {
        let own = module(&file);
        for (at, line) in code(&text) {
            for (name, allowed) in FENCES {
                if names(line, name) && !allowed.contains(&own) {
                    wrong.push(format!("{file}:{at}: `{name}` belongs to {allowed:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// Whether `line` holds `name` as a word of its own, outside a string.
fn names(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let before = line[..at].chars().next_back();
        let after = line[at + name.len()..].chars().next();
        let quoted = line[..at].matches('"').count() % 2 == 1;
        let ends = name.ends_with('!') || after.is_none_or(|c| !word(c) || name == "tree_sitter");
        before.is_none_or(|c| !word(c)) && ends && !quoted
    })
}

#[test]
fn the_two_sides_of_the_harness_meet_on_the_wire_only() {
    let mut wrong = Vec::new();
    for (file, text) in sources(&root().join("harness/src")) {
        for (at, line) in code(&text) {
            let from_host = file.starts_with("host/") && line.contains("crate::launch");
            if from_host && !line.contains("launch::wire") && !line.contains("launch::MARK") {
                wrong.push(format!("{file}:{at}: host may import launch::wire only"));
            }
            if file.starts_with("launch/") && line.contains("crate::host") {
                wrong.push(format!("{file}:{at}: launch may not import host"));
            }
            let unsafe_word = names(line, "unsafe") && !line.contains("unsafe_code");
            if unsafe_word && file != "launch/sys.rs" {
                wrong.push(format!("{file}:{at}: `unsafe` belongs to launch/sys.rs"));
            }
        }
    }
    for (file, text) in sources(&root().join("src")) {
        let found = code(&text).into_iter().find(|(_, line)| names(line, "unsafe"));
        wrong.extend(found.map(|(at, _)| format!("{file}:{at}: no `unsafe` outside the harness")));
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// Folder, and the macro in its `mod.rs` that lists the files of an extension point; files that
/// are shared by them are named.
const TABLES: &[(&str, &str, &[&str])] = &[
    (
        "src/scan",
        "formats!",
        &[
            "cells",
            "commonmark",
            "dialects",
            "directive",
            "directives",
            "elements",
            "entities",
            "grid",
            "inline",
            "inner",
            "json",
            "kramdown",
            "lines",
            "literals",
            "magics",
            "marks",
            "outputs",
            "page",
            "prospect",
            "rows",
            "runs",
            "sessions",
            "setting",
        ],
    ),
    ("src/classify", "detectors!", &["decide", "tags"]),
    ("src/normalize", "rules!", &[]),
    ("src/report", "reports!", &["read", "reasons", "tell"]),
];

#[test]
fn every_file_of_an_extension_point_is_in_its_table() {
    let mut wrong = Vec::new();
    for (folder, table, shared) in TABLES {
        let folder_path = root().join(folder);
        let text = fs::read_to_string(folder_path.join("mod.rs")).expect("a table has a mod.rs");
        let listed: Vec<String> = text
            .lines()
            .skip_while(|line| !line.starts_with(table))
            .take_while(|line| !line.starts_with("];") || line.starts_with(table))
            .flat_map(|line| line.trim_start_matches(table).split([',', '[', ']', ';']))
            .map(|word| word.trim().to_owned())
            .filter(|word| {
                !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_')
            })
            .collect();
        for (file, _) in sources(&folder_path) {
            let name = module(&file);
            let known = name == "mod" || shared.contains(&name) || listed.iter().any(|l| l == name);
            if !known {
                wrong.push(format!("{folder}/{file} is not in {table}[{}]", listed.join(", ")));
            }
        }
        assert!(listed.len() > 1, "{table} lists nothing");
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_format_has_a_fuzz_target_and_every_target_is_listed() {
    let read = |name: &str| {
        fs::read_to_string(root().join("tests/fuzz").join(name)).expect("the file can be read")
    };
    let (manifest, page) = (read("Cargo.toml"), read("README.md"));
    let targets = sources(&root().join("tests/fuzz/targets"));
    let targets: Vec<&str> = targets.iter().map(|(file, _)| module(file)).collect();
    let missing: Vec<&str> =
        stillruns::scan::format_names().filter(|format| !targets.contains(format)).collect();
    assert!(missing.is_empty(), "no fuzz target for {missing:?}");
    for target in targets {
        assert!(manifest.contains(&format!("name = \"{target}\"")), "{target} is not built");
        assert!(page.contains(&format!("`{target}`")), "{target} is not in the README");
    }
}

#[test]
fn files_have_headers_and_are_one_room_each() {
    const LONGEST: usize = 400;
    let mut wrong = Vec::new();
    for folder in ["src", "harness/src", "tests/it", "harness/tests/it"] {
        for (file, text) in sources(&root().join(folder)) {
            let named = format!("{folder}/{file}");
            let header = text.starts_with("//!") || text.starts_with("#![doc");
            if !header {
                wrong.push(format!("{named}: no header that says what it is for"));
            }
            let lines = code(&text).len();
            if lines > LONGEST {
                wrong.push(format!("{named}: {lines} lines of code, at most {LONGEST}"));
            }
            let marks = ["TO", "FIX", "XX"].map(|start| {
                format!(
                    "{start}{}",
                    if start == "TO" {
                        "DO"
                    } else if start == "FIX" {
                        "ME"
                    } else {
                        "X"
                    }
                )
            });
            if let Some(mark) = marks.iter().find(|mark| text.contains(*mark)) {
                wrong.push(format!("{named}: {mark}"));
            }
            if text.contains("#[ignore") && !named.ends_with("tidy.rs") {
                wrong.push(format!("{named}: an ignored test"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn nothing_tracked_names_a_path_of_one_machine() {
    let mut wrong = Vec::new();
    for folder in ["src", "harness", "tests", "ci"] {
        for (file, text) in sources(&root().join(folder)) {
            for mark in [concat!("/wo", "rk/"), concat!("/ro", "ot/.py")] {
                if text.contains(mark) {
                    wrong.push(format!("{folder}/{file}: {mark}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
