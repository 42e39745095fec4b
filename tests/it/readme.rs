//! The README's console blocks, run.
//!
//! Blocks are run in order in one folder that holds the README's own document. A line `...` stands
//! for any lines, `...` at the end of a line for its rest; times and interpreter versions are not
//! compared.

use std::path::Path;

use crate::project::{Project, run_in};

fn readme() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    std::fs::read_to_string(path).expect("the README can be read")
}

/// The content of every fence whose opening line is `opening`.
fn fences<'t>(text: &'t str, opening: &str) -> Vec<Vec<&'t str>> {
    let close = &opening[..opening.find(|c| c != '`').unwrap_or(opening.len())];
    let mut found: Vec<Vec<&str>> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        if open && line == close {
            open = false;
        } else if open {
            found.last_mut().expect("a fence is open").push(line);
        } else if line == opening {
            open = true;
            found.push(Vec::new());
        }
    }
    found
}

/// Commands with the lines that they print.
fn steps<'t>(block: &[&'t str]) -> Vec<(&'t str, Vec<&'t str>)> {
    let mut steps: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in block {
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => steps.push((command, Vec::new())),
            (None, Some((_, printed))) => printed.push(line),
            (None, None) => panic!("a console block begins with a command: {line}"),
        }
    }
    steps
}

/// `line` without what differs from machine to machine.
fn steady(line: &str) -> String {
    let words = line.split(' ').map(|word| {
        let time = word.strip_suffix('s').is_some_and(|number| number.parse::<f64>().is_ok());
        let version = word.ends_with(')') && word.starts_with(|c: char| c.is_ascii_digit());
        match (time, version) {
            (true, _) => "[time]",
            (_, true) => "[version]",
            _ => word,
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Whether `printed` is what `expected` tells.
fn matches(expected: &[&str], printed: &[&str]) -> bool {
    match expected.split_first() {
        None => printed.is_empty(),
        Some((&"...", rest)) => {
            (0..=printed.len()).any(|skipped| matches(rest, &printed[skipped..]))
        }
        Some((first, rest)) => {
            let Some((line, left)) = printed.split_first() else { return false };
            let same = match first.strip_suffix("...") {
                Some(start) => steady(line).starts_with(&steady(start)),
                None => steady(first) == steady(line),
            };
            same && matches(rest, left)
        }
    }
}

#[test]
fn the_console_blocks_hold() {
    let text = readme();
    let documents = fences(&text, "````markdown");
    let guide = documents.first().expect("the README shows a document").join("\n") + "\n";
    let project = Project::new().file("guide.md", &guide);
    let mut commands = 0;
    for block in fences(&text, "```console") {
        for (command, expected) in steps(&block) {
            let Some(arguments) = command.strip_prefix("stillruns ") else { continue };
            let said = project.run(arguments.split(' '));
            let printed: Vec<&str> = said.out.lines().collect();
            assert!(
                matches(&expected, &printed),
                "`{command}` printed\n{}\n{}\ninstead of\n{}",
                said.out,
                said.err,
                expected.join("\n")
            );
            commands += 1;
        }
    }
    assert!(commands >= 5, "only {commands} commands were found");
}

#[test]
fn the_two_commands_for_a_fresh_machine_are_there() {
    let text = readme();
    let blocks = fences(&text, "```console");
    let commands: Vec<&str> =
        blocks.iter().flat_map(|block| steps(block)).map(|(command, _)| command).collect();
    let job = commands.iter().find_map(|command| command.strip_prefix("cargo run --release -- "));
    let arguments = job.expect("one command runs the main job");
    let arguments: Vec<&str> = arguments.split(' ').collect();
    run_in(Path::new(env!("CARGO_MANIFEST_DIR")), &arguments).code(0);
    assert!(commands.iter().any(|command| command.starts_with("cargo test")));
}
