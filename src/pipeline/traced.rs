//! The lines of files that standard error names, and where they stand in the document.
//!
//! Only what an interpreter itself writes of a program is taken for that: `File "snippet.py", line 3`
//! and `snippet.sh: line 3:`. What was printed stays as it is; what is meant stands beside it.

use crate::model::{DocPath, StderrPlace};

/// The places that `lines` name. `line` tells of a file's name and a one-based line of it which line
/// of `document` that is, where the file was made of it.
pub(super) fn places(
    lines: &[String],
    document: &DocPath,
    line: &dyn Fn(&str, u32) -> Option<u32>,
) -> Vec<StderrPlace> {
    let place = |(at, text): (usize, &String)| {
        let named = python(text).or_else(|| shell(text))?;
        let meant = line(base(named.file), named.number)?;
        let before = named.written.find(named.file)?;
        let (quote, between) = (
            &named.written[..before],
            named.written[before + named.file.len()..]
                .trim_end_matches(|c: char| c.is_ascii_digit()),
        );
        let meant = format!("{quote}{document}{between}{meant}");
        Some(StderrPlace { at, written: named.written.to_owned(), meant })
    };
    lines.iter().enumerate().filter_map(place).collect()
}

/// A line of a file, as a text names it.
struct Named<'t> {
    written: &'t str,
    file: &'t str,
    number: u32,
}

/// `File "snippet.py", line 3, in <module>`, with the folder or without, indented or behind the bars of a group of
/// exceptions.
fn python(text: &str) -> Option<Named<'_>> {
    let begun = text.trim_start_matches([' ', '|', '+', '-']);
    let from = text.len() - begun.len() + "File ".len();
    let file = begun.strip_prefix("File \"")?.split_once('"')?.0;
    let rest = text[from + file.len() + 2..].strip_prefix(", line ")?;
    named(text, from, file, rest)
}

/// `snippet.sh: line 3: ` of Bash, `snippet.sh: 3: ` of dash, `snippet.sh:3: ` of zsh.
fn shell(text: &str) -> Option<Named<'_>> {
    let (file, rest) = text.split_once(':')?;
    let rest = rest.strip_prefix(" line ").or_else(|| rest.strip_prefix(' ')).unwrap_or(rest);
    let named = named(text, 0, file, rest)?;
    text[named.written.len()..].starts_with(':').then_some(named)
}

/// What stands in `text` from a place on to the end of the number that `rest` begins with.
fn named<'t>(text: &'t str, from: usize, file: &'t str, rest: &str) -> Option<Named<'t>> {
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let end = text.len() - rest.len() + digits;
    Some(Named { written: &text[from..end], file, number: rest[..digits].parse().ok()? })
}

/// The name of a file in the folder that programs run in, whichever folder that is.
fn base(file: &str) -> &str {
    match file.rsplit_once('/') {
        Some((folder, name)) if folder.starts_with('/') && folder.ends_with("/work") => name,
        _ => file,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        let line = |name: &str, line: u32| {
            (["snippet.py", "snippet.sh"].contains(&name) && line < 10).then_some(line + 100)
        };
        let text = text.replace("WORK", "/rw/work").replace("/tmp/x/rw", "/tmp/x");
        let places = places(std::slice::from_ref(&text), &DocPath::new("notes/a b.md"), &line);
        let place = places.into_iter().next()?;
        Some(text.replacen(&place.written, &place.meant, 1))
    }

    #[test]
    fn what_interpreters_write_of_a_program_is_led_back_to_its_document() {
        for (text, meant) in [
            (
                "  File \"WORK/snippet.py\", line 3, in <module>",
                "  File \"notes/a b.md\", line 103, in <module>",
            ),
            ("  File \"snippet.py\", line 1", "  File \"notes/a b.md\", line 101"),
            (
                "  | File \"/tmp/xWORK/snippet.py\", line 2, in f",
                "  | File \"notes/a b.md\", line 102, in f",
            ),
            ("snippet.sh: line 4: oops: not found", "notes/a b.md: line 104: oops: not found"),
            ("WORK/snippet.sh: 4: oops: not found", "notes/a b.md: 104: oops: not found"),
            ("snippet.sh:4: command not found: oops", "notes/a b.md:104: command not found: oops"),
        ] {
            assert_eq!(shown(text).as_deref(), Some(meant));
        }
    }

    #[test]
    fn everything_else_stays_what_it_is() {
        for text in [
            "",
            "  File \"/usr/lib/python3/re.py\", line 3, in match",
            "  File \"WORK/other.py\", line 3, in f",
            "  File \"WORK/snippet.py\", line 33",
            "  File \"WORK/snippet.py\", line ",
            "  File \"snippet.py",
            "the File \"snippet.py\", line 1",
            "snippet.sh: line 4",
            "snippet.sh: line x: oops",
            "snippet.sh",
            "4: 5: 6",
            ": line 4: x",
        ] {
            assert_eq!(shown(text), None, "{text}");
        }
    }
}
