//! The shape of a command line.
//!
//! The name of a command is not enough: most are English words, so what stands behind it decides.

use super::{LONGEST, is_identifier};
use crate::syntax::lexical;
use crate::syntax::lexicon::{self, Naming};

/// Whether `line`, trimmed, is a command with arguments that only a command has.
pub(super) fn is_command(line: &str) -> bool {
    let masked = lexical::mask(line);
    let mut words = masked.split_whitespace().skip_while(|word| is_prefix(word)).peekable();
    let Some(name) = words.next() else { return false };
    let Some(naming) = lexicon::command(name) else { return false };
    let words: Vec<&str> = words.collect();
    let first = words.first().copied().unwrap_or("");
    let explained = matches!(first, "-" | "–" | "—") && words.len() > 1;
    let arrow = words.iter().any(|word| matches!(*word, "->" | "=>" | "→" | "-->"));
    // The shell's own `set` takes options; with `name=value` it is an editor's.
    let foreign_set = name == "set" && !first.starts_with(['-', '+']);
    // Brackets around options belong to a synopsis, `](` and `**` to Markdown.
    let synopsis = masked.contains("[-") || masked.contains("[<") || line.contains("](");
    let markup =
        synopsis || words.iter().any(|word| word.starts_with("**") || word.ends_with("**"));
    if explained || arrow || foreign_set || markup || ends_like_a_sentence(masked.trim_end()) {
        return false;
    }
    let mut chain = words.split(|word| matches!(*word, "|" | "&&" | "||" | ";"));
    let arguments = chain.next().unwrap_or(&[]);
    let small = words.iter().filter(|word| lexicon::is_small_word(word)).count();
    let strong = words.iter().any(|word| is_argument(word))
        || naming == Naming::Clear && words.iter().any(|word| is_address(word));
    let verb = arguments.first().is_some_and(|word| lexicon::is_subcommand(word));
    match naming {
        _ if small > 0 && !(strong && small == 1 && words.len() > 5) => false,
        Naming::Clear => strong || verb || words.is_empty() && line.contains('_'),
        Naming::Word => strong,
    }
}

/// Whether `line` begins with a known command and has none of the words of a sentence: enough
/// below a line that is a command by its looks.
pub fn names_command(line: &str) -> bool {
    let masked = lexical::mask(line.trim());
    let mut words = masked.split_whitespace().skip_while(|word| is_prefix(word));
    let known = words.next().is_some_and(|name| lexicon::command(name).is_some());
    known
        && masked.len() <= LONGEST
        && !ends_like_a_sentence(masked.trim_end())
        && !words.any(lexicon::is_small_word)
}

/// `sudo`, `env`, and assignments before a command.
fn is_prefix(word: &str) -> bool {
    let assigned = word
        .split_once('=')
        .is_some_and(|(name, _)| is_identifier(name) && name.chars().all(|c| !c.is_lowercase()));
    assigned || matches!(word, "sudo" | "env" | "nohup" | "time")
}

fn is_argument(word: &str) -> bool {
    let option = word.starts_with('-')
        && word.trim_start_matches('-').starts_with(|c: char| c.is_alphanumeric())
        || word.starts_with('+') && word.len() > 2;
    let path = word.contains('/') && word.len() > 1 && !word.contains("//") && !word.ends_with(',')
        || word.starts_with("~/")
        || word.contains("://");
    let file = word.rsplit_once('.').is_some_and(|(stem, extension)| {
        !stem.is_empty()
            && (1..=6).contains(&extension.len())
            && extension.chars().all(|c| c.is_ascii_alphanumeric())
            && extension.starts_with(|c: char| c.is_ascii_lowercase())
    });
    let special =
        word.contains(['$', '*', '>', '|', '<', '=', '"', '@']) || word == "&&" || word == ".";
    option || path || file || special
}

/// `host:path`, `user:name`, `image:tag`.
fn is_address(word: &str) -> bool {
    word.split_once(':').is_some_and(|(before, after)| {
        !before.is_empty() && after.starts_with(|c: char| c.is_alphanumeric() || c == '/')
    })
}

fn ends_like_a_sentence(line: &str) -> bool {
    let last = line.rsplit(' ').next().unwrap_or("");
    line.ends_with([',', ':', '!', '?', ';'])
        || last.len() > 1 && last.ends_with('.') && !last.ends_with("..") && !last.ends_with("/.")
        || line.ends_with("...") && !line.contains(['-', '/', '>', '$'])
}
