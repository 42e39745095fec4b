//! Slips that authors make, as files: the code, and what is suggested.

use std::fmt::Write as _;

use stillruns::model::Python;
use stillruns::suggest::{Broken, suggest};

/// Reads cases of the form `## title @LINE[:COLUMN] [python X.Y]` and the code below.
#[test]
fn slips_are_suggested_away() {
    insta::glob!("../cases/suggest", "*.txt", |path| {
        let text = std::fs::read_to_string(path).expect("a case can be read");
        let mut told = String::new();
        for case in text.split("## ").skip(1) {
            let (title, code) = case.split_once('\n').expect("a title stands on a line");
            let code = format!("{}\n", code.trim_end());
            let mut words = title.split_whitespace();
            let (mut at, mut python) = ((1, None), Python::new(3, 13));
            while let Some(word) = words.next() {
                match word {
                    _ if word.starts_with('@') => {
                        let place = &word[1..];
                        let (line, column) = place.split_once(':').unwrap_or((place, ""));
                        at = (line.parse().expect("a line"), column.parse().ok());
                    }
                    "python" => {
                        python = words.next().and_then(Python::parse).expect("a version");
                    }
                    _ => {}
                }
            }
            let broken = Broken { code: &code, line: at.0, column: at.1, python };
            let _ = writeln!(told, "## {title}");
            let Some(suggestion) = suggest(&broken) else {
                told += "nothing\n\n";
                continue;
            };
            let _ = writeln!(told, "{}", suggestion.message);
            let mut edited: Vec<String> = code.lines().map(str::to_owned).collect();
            let mut edits = suggestion.edits.clone();
            edits.sort_by_key(|edit| std::cmp::Reverse((edit.line, edit.column)));
            for edit in &edits {
                let line = &mut edited[edit.line as usize - 1];
                let mut starts = line.char_indices().map(|(at, _)| at);
                let from = starts.nth(edit.column as usize - 1).unwrap_or(line.len());
                line.replace_range(from..from + edit.old.len(), &edit.new);
            }
            for line in edited.iter().filter(|_| !edits.is_empty()) {
                let _ = writeln!(told, "    {line}");
            }
            told.push('\n');
        }
        insta::assert_snapshot!(told);
    });
}
