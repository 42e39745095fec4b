//! The shape of a command line.
//!
//! The name of a command is not enough: most are English words, so what stands behind it decides.

use super::{LONGEST, is_identifier};
use crate::syntax::lexical;
use crate::syntax::lexicon::{self, Naming};
use crate::text::Span;

/// Whether `line`, trimmed, is a command with arguments that only a command has.
pub(super) fn is_command(line: &str) -> bool {
    let masked = lexical::mask(line);
    let mut words = masked.split_whitespace().skip_while(|word| is_prefix(word)).peekable();
    let Some(name) = words.next() else { return false };
    let Some(naming) = lexicon::command(name) else { return false };
    let words: Vec<&str> = words.collect();
    let first = words.first().copied().unwrap_or("");
    let explained = matches!(first, "-" | "–" | "—") && words.len() > 1
        || words
            .iter()
            .any(|word| matches!(*word, ":" | "–" | "—" | "==" | "!=") || word.starts_with(">="));
    let arrow = words.iter().any(|word| matches!(*word, "->" | "=>" | "→" | "-->"));
    // The shell's own `set` takes options; with `name=value` it is an editor's.
    let foreign_set = name == "set" && !first.starts_with(['-', '+']);
    // Brackets around options belong to a synopsis, `](` and `**` to Markdown.
    let synopsis = is_synopsis(&masked) || line.contains("](");
    let markup =
        synopsis || words.iter().any(|word| word.starts_with("**") || word.ends_with("**"));
    if explained
        || arrow
        || foreign_set
        || markup
        || is_laid_out(line)
        || is_foreign(name, &words, line)
        || ends_like_a_sentence(masked.trim_end())
    {
        return false;
    }
    let mut chain = words.split(|word| matches!(*word, "|" | "&&" | "||" | ";"));
    let arguments = chain.next().unwrap_or(&[]);
    let small = words.iter().filter(|word| lexicon::is_small_word(word)).count();
    let strong = words.iter().any(|word| is_argument(word))
        || naming == Naming::Clear && words.iter().any(|word| is_address(word));
    // What interprets other files takes no verbs.
    let interpreter =
        ["python", "perl", "ruby", "node", "bash", "sh", "php"].iter().any(|program| {
            name.strip_prefix(program)
                .is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
        });
    let verb = !interpreter && arguments.first().is_some_and(|word| lexicon::is_subcommand(word));
    match naming {
        _ if small > 0 && !(strong && small == 1 && words.len() > 5 && is_inside(&words)) => false,
        Naming::Clear => strong || verb || words.is_empty() && line.contains('_'),
        // An address alone is as often what a sentence speaks of.
        Naming::Word => {
            strong && words.iter().any(|word| is_argument(word) && !word.contains("://"))
        }
        Naming::English => {
            let typed = |word: &&str| is_option(word) || matches!(*word, "|" | "&&" | ">");
            strong && words.iter().any(typed)
        }
    }
}

/// Whether a wide gap or a tab stands between words of `line`, as in tables and in lists with
/// explanations; options and operators are lined up by hand.
fn is_laid_out(line: &str) -> bool {
    let gap = |mark: &str| {
        line.split_once(mark).is_some_and(|(before, after)| {
            let after = after.trim_start();
            let worded = after.starts_with(|c: char| c.is_alphabetic()) && after.contains(' ');
            !before.trim().is_empty() && !before.contains(['"', '\'', '#']) && worded
        })
    };
    gap("\t") || gap("   ")
}

/// Whether `line`, which begins with the command `name`, has what other languages write behind a
/// word that is a command too: a list of parameters, the keys of an editor, its operator for
/// strings; or what a sentence has: a comma behind an option, an apostrophe.
fn is_foreign(name: &str, words: &[&str], line: &str) -> bool {
    let keys = |word: &str| {
        word.split('<').skip(1).any(|rest| {
            let key = rest.split('>').next().unwrap_or("");
            matches!(key, "CR" | "Esc" | "Tab" | "Space" | "Leader" | "SID")
                || matches!(key.get(..2), Some("C-" | "M-" | "S-" | "A-"))
        })
    };
    let parameters = name == "function" && line.contains('(') && !line.contains("()");
    let listed = words.iter().any(|word| word.starts_with('-') && word.ends_with(','));
    let joined = words.contains(&"..");
    parameters || listed || joined || words.iter().any(|word| keys(word))
}

/// Whether brackets stand in `masked` around what may be left out.
fn is_synopsis(masked: &str) -> bool {
    let optional = masked.split(" [").skip(1).any(|rest| {
        rest.split_once(']').is_some_and(|(inside, _)| {
            inside.len() > 1 && inside.chars().all(|c| c.is_ascii_alphabetic())
        })
    });
    masked.contains("[-") || masked.contains("[<") || optional
}

/// Whether behind the small word of `words` comes what only a command has.
fn is_inside(words: &[&str]) -> bool {
    let small = words.iter().rposition(|word| lexicon::is_small_word(word));
    small.is_some_and(|at| words[at..].iter().any(|word| is_argument(word) && !word.contains('"')))
}

/// Whether `line` can be a command whose name nobody knows: options and files, and hardly a word.
/// Only where what stands around it says that a command follows.
pub fn is_unknown_command(line: &str) -> bool {
    let line = line.trim();
    if line.len() > LONGEST {
        return false;
    }
    let masked = lexical::mask(line);
    let words: Vec<&str> = masked.split_whitespace().collect();
    let plain = words.first().is_some_and(|name| !name.contains(['.', '/', '=']));
    let arguments = words.get(1..).unwrap_or(&[]);
    let strong = arguments.iter().filter(|word| is_argument(word)).count();
    // Columns are a table's, brackets a synopsis's.
    let other =
        line.contains("  ") || masked.contains(['[', '<', '\t', '…']) || line.contains("...");
    plain
        && words.len() <= 12
        && strong > 1
        && strong * 3 >= arguments.len()
        && !other
        && is_call_of_unknown(line)
}

/// Whether `line` begins with a known command and has none of the words of a sentence: enough
/// below a line that is a command by its looks.
pub fn names_command(line: &str) -> bool {
    let line = line.trim();
    if line.len() > LONGEST {
        return false;
    }
    let masked = lexical::mask(line);
    let mut words = masked.split_whitespace().skip_while(|word| is_prefix(word));
    let naming = words.next().and_then(lexicon::command);
    naming.is_some_and(|naming| naming != Naming::English)
        && !ends_like_a_sentence(masked.trim_end())
        && !words.any(lexicon::is_small_word)
}

/// Whether `line` is a command by everything but its name, which nobody knows: an option behind it,
/// or one line of what others read or write, and none of the words of a sentence.
pub fn is_call_of_unknown(line: &str) -> bool {
    let masked = lexical::mask(line.trim());
    let mut words = masked.split_whitespace().skip_while(|word| is_prefix(word));
    let Some(name) = words.next() else { return false };
    let named = name.len() > 1
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| {
            c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.' | '/')
        })
        && !lexicon::is_small_word(name)
        && !matches!(name, "powershell" | "pwsh" | "cmd");
    let words: Vec<&str> = words.collect();
    let option = |word: &&str| {
        let name = word.trim_start_matches('-');
        let marks = word.len() - name.len();
        (1..=2).contains(&marks) && name.starts_with(|c: char| c.is_ascii_alphabetic())
    };
    let odd = |word: &&str| {
        lexicon::is_small_word(word)
            || word.ends_with([',', ':', ';'])
            || word.starts_with(['[', '('])
            || matches!(*word, "=" | "-" | "--" | "->" | "=>" | "==")
    };
    named
        && words.iter().any(option)
        && !words.iter().any(odd)
        && !is_laid_out(line)
        && !ends_like_a_sentence(masked.trim_end())
}

/// Whether `line` begins with a command that is hardly a word and has none of the words of a
/// sentence.
pub fn is_clear_command(line: &str) -> bool {
    let name = line.split_whitespace().find(|word| !is_prefix(word)).unwrap_or("");
    lexicon::command(name) == Some(Naming::Clear) && names_command(line)
}

/// Where in a line of prose a whole command stands: behind a colon up to where prose goes on, or at
/// the end of the line when its options leave no doubt.
pub fn command_tail(line: &str) -> Option<Span> {
    if line.len() > LONGEST {
        return None;
    }
    let words: Vec<(usize, &str)> = words(line).collect();
    // The fields of a table of jobs are no prose.
    if line.trim_start().starts_with(|c: char| c.is_ascii_digit() || c == '*') {
        return None;
    }
    (1..words.len()).find_map(|at| {
        let (start, word) = words[at];
        if lexicon::command(word) != Some(Naming::Clear) {
            return None;
        }
        let led = words[at - 1].1.ends_with(':');
        let end = command_end(&words[at..]);
        let whole = at + end == words.len();
        let (last, text) = words[at + end - 1];
        let span = Span::new(start, last + text.len());
        let command = &line[span.range()];
        let behind = &words[at + 1..at + end];
        let options = behind.iter().any(|(_, word)| word.starts_with('-') && word.len() > 1);
        let piped = behind.iter().any(|(_, word)| word.contains(['$', '>', '|']));
        let installs = behind.len() > 1 && behind[0].1 == "install";
        let explained = line.contains("]:") || behind.iter().any(|(_, word)| *word == "-");
        let telling = if led { options || piped || installs } else { whole && options && end > 2 };
        (telling && !explained && is_command(command)).then_some(span)
    })
}

/// Number of `words` that belong to the command which they begin with.
fn command_end(words: &[(usize, &str)]) -> usize {
    let installs = words.get(1).is_some_and(|(_, verb)| *verb == "install");
    let ends = words.iter().enumerate().skip(1).find(|(at, (_, word))| {
        let remark = word.starts_with('(') || *word == "..." || super::sentence::is_end(word);
        // Behind the name of what is installed an address is a link, not an argument.
        let link = installs && *at > 2 && word.contains("://");
        remark || link
    });
    ends.map_or(words.len(), |(at, _)| at)
}

fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_whitespace().map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

/// `sudo`, `env`, and assignments before a command.
fn is_prefix(word: &str) -> bool {
    let assigned = word
        .split_once('=')
        .is_some_and(|(name, _)| is_identifier(name) && name.chars().all(|c| !c.is_lowercase()));
    assigned || matches!(word, "sudo" | "env" | "nohup" | "time")
}

fn is_option(word: &str) -> bool {
    word.starts_with('-') && word.trim_start_matches('-').starts_with(|c: char| c.is_alphanumeric())
        || word.starts_with('+') && word.len() > 2
}

pub(super) fn is_argument(word: &str) -> bool {
    let option = is_option(word);
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
    // `host.example.org:` is where a file goes.
    let address = last.ends_with(':') && last.contains(['.', '@']) && line.starts_with(['s', 'r']);
    line.ends_with([',', ':', '!', '?', ';']) && !address
        || last.len() > 1 && last.ends_with('.') && !last.ends_with("..") && !last.ends_with("/.")
        || line.ends_with("...") && !line.contains(['-', '/', '>', '$'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_cut_out_of_prose() {
        let cases = [
            (
                "Server: apt-get install tool-server ... or without one",
                Some("apt-get install tool-server"),
            ),
            (
                "Client: pip install tool; echo \"a b\" > /etc/tool",
                Some("pip install tool; echo \"a b\" > /etc/tool"),
            ),
            ("A. Person: pip install tool https://example.org/tool", Some("pip install tool")),
            ("Ports are mapped: docker run -d -p 80:80 tool", Some("docker run -d -p 80:80 tool")),
            (
                "Names by variables docker run --link db:db tool",
                Some("docker run --link db:db tool"),
            ),
            ("you can pip install it", None),
            ("Tools: git, docker and make", None),
            ("build: truncate inspect array", None),
            ("deps: npm upgrade - y18n", None),
            ("what docker run does is simple", None),
            ("keys: nmap <C-Space>d -x", None),
        ];
        for (line, expected) in cases {
            assert_eq!(command_tail(line).map(|span| &line[span.range()]), expected, "{line}");
        }
    }
}
