//! What a single line looks like, before any grammar is asked.
//!
//! Scanning asks this of every line of prose, so it is cheap and strict: a line counts as code only
//! when its shape is hard to come by in a sentence. Whether the code is right is for the grammar.

mod command;
mod script;
mod sentence;
mod settings;
mod statement;

use super::{lexical, lexicon};

pub use command::{
    command_tail, is_call_of_unknown, is_clear_command, is_unknown_command, names_command,
};
pub use script::script_len;
pub use sentence::{Leading, is_signature, leads, told};
pub use settings::{are_settings, is_section};
pub use statement::{
    import_before_remark, is_collapsed, is_decorated, is_definition, is_elision, is_header,
    is_import_line, is_inner_line, is_telling_statement, is_wordy,
};

/// What a line looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A Python statement, or the first line of one.
    Python,
    /// A command with arguments of a command.
    Shell,
    /// Nothing but white space.
    Blank,
    /// Anything else.
    Other,
}

/// Longer lines are not looked at: nobody writes a statement this long on one line by hand.
const LONGEST: usize = 500;

/// The shape of `line`.
pub fn shape(line: &str) -> Shape {
    let line = line.trim();
    if line.is_empty() {
        Shape::Blank
    } else if line.len() > LONGEST {
        Shape::Other
    } else if statement::is_statement(line) {
        Shape::Python
    } else if command::is_command(line) {
        Shape::Shell
    } else {
        Shape::Other
    }
}

/// How many brackets `line` leaves open; negative when it closes more than it opens.
pub fn depth(line: &str) -> i32 {
    lexical::mask(line).chars().fold(0, |depth, c| match c {
        '(' | '[' | '{' => depth + 1,
        ')' | ']' | '}' => depth - 1,
        _ => depth,
    })
}

/// Whether `text`, set apart inside a sentence, may be a command or statement to type: where not
/// even that is so it only names something.
pub fn is_typeable(text: &str) -> bool {
    let text = text.trim();
    match shape(text) {
        Shape::Python | Shape::Shell => true,
        Shape::Blank => false,
        // Brackets stand for what a reader must fill in.
        Shape::Other => {
            text.contains(' ') && !text.contains(['<', '[', '…']) && names_command(text)
        }
    }
}

/// Whether `line` is said by somebody rather than printed by a program: words only, several of them
/// the small ones of sentences, and it goes on or ends as a sentence does.
pub fn is_sentence(line: &str) -> bool {
    let line = line.trim_end();
    if line.len() > LONGEST {
        return false;
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let plain = |word: &&&str| {
        let word = word.trim_matches([',', '.', ':', ';', '!', '?', '(', ')', '"', '\'']);
        word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’'))
    };
    let small = |word: &&&str| lexicon::is_small_word(&word.to_lowercase());
    let spoken = words.iter().filter(plain).count();
    let little = words.iter().filter(small).count();
    line.starts_with(char::is_alphabetic)
        && !is_traceback(line)
        && (words.len() >= 4 || line.ends_with(':') && words.len() >= 3)
        && spoken * 10 >= words.len() * 8
        && (little >= 2 && little * 5 >= words.len() || line.ends_with(':'))
}

/// Whether `line` begins a traceback of Python.
pub fn is_traceback(line: &str) -> bool {
    line.trim_start().starts_with("Traceback (most recent call last)")
}

/// Whether `name` is an identifier of Python or a variable of the shell.
pub fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Whether `name` is identifiers with points between them.
fn is_dotted(name: &str) -> bool {
    !name.is_empty() && name.split('.').all(is_identifier)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_and_commands_are_told_from_sentences() {
        use Shape::{Other, Python, Shell};
        let cases = [
            ("import os, sys", Python),
            ("from a.b import c as d  # why", Python),
            ("import taxes are high", Other),
            ("x = open('f').read()", Python),
            ("a, b = 0, 1", Python),
            ("self.total += 1", Python),
            ("for row in rows:", Python),
            ("for more information see:", Other),
            ("server.start()", Python),
            ("compare(1, 2)", Python),
            ("'{}'.format(3)", Python),
            ("print 'done', n", Python),
            ("def area(self):", Python),
            ("class Shape(object):", Python),
            ("@wraps(f)", Python),
            ("set_name([{group}])", Other),
            ("a = 0;", Other),
            ("y = mx + b", Other),
            ("transform(X, [, y])  and more", Other),
            ("get(a) vs. fetch(b)", Other),
            ("With this in mind:", Other),
            ("pip install requests", Shell),
            ("sudo apt-get install -y git", Shell),
            ("git is a tool for all of us", Other),
            ("docker run hello", Shell),
            ("find . -name '*.py'", Shell),
            ("find a way out", Other),
            ("rm *.pyc", Shell),
            ("make sure you read this", Other),
            ("open\t\tboolean   always \"T\"", Other),
            ("find this at https://example.org/a .", Other),
            ("vim -g, otherwise", Other),
            ("function Sum(a = 10, b = 20)", Other),
            ("nmap <C-Space>d -x", Other),
            ("gcc -c a.c    -o a.o", Shell),
            ("python -m http.server 8000", Shell),
            ("python is nice.", Other),
            ("python list performance", Other),
            ("Python 3.5+ and up", Other),
            ("", Shape::Blank),
        ];
        for (line, expected) in cases {
            assert_eq!(shape(line), expected, "{line}");
        }
    }
}
