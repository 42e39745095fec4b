//! What the Bash grammar says of a text.
//!
//! The grammar accepts most prose, so it can only veto: whether commands are commands is asked of
//! the lexicon.

mod files;
mod scope;

use std::borrow::Cow;
use std::cell::RefCell;

use tree_sitter::{Parser, Tree};

use super::{Placed, parse, session, span, walk};
use crate::text::Span;

pub use self::files::tidied;
pub use self::scope::scope;

/// Answers about one text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Where the grammar stumbles.
    pub errors: Vec<Span>,
    /// The name of every simple command, in order.
    pub commands: Vec<(String, Span)>,
    /// Constructs that only shells have, with what they are.
    pub forms: Vec<(&'static str, Span)>,
}

thread_local! {
    static PARSER: RefCell<Parser> = RefCell::new(Parser::new());
}

/// Lines longer than this are not parsed: behind `<` the grammar's scanner looks to the end of the
/// line, each time.
const LONGEST_LINE: usize = 8 * 1024;

/// Whether `code` holds `<<WORD` and below it a line that is that word.
pub fn has_heredoc(code: &str) -> bool {
    let mut word: Option<String> = None;
    code.lines().any(|line| {
        if word.as_deref().is_some_and(|word| line.trim() == word) {
            return true;
        }
        word = session::heredoc(line).or(word.take());
        false
    })
}

/// Parses `text` as Bash; total on all input. Where a line is too long to be parsed, that is an
/// error of the grammar.
pub fn facts(text: &str) -> Facts {
    let mut facts = Facts::default();
    if text.lines().any(|line| line.len() > LONGEST_LINE) {
        facts.errors.push(Span::new(0, text.len()));
        return facts;
    }
    let Some(tree) = tree(text) else { return facts };
    let span = |node| whole(text, span(node));
    walk(&tree, |Placed { node, .. }| {
        if node.is_error() || node.is_missing() {
            facts.errors.push(span(node));
        }
        match node.kind() {
            "command_name" => {
                facts.commands.push((text[span(node).range()].to_owned(), span(node)));
            }
            "pipeline" => facts.forms.push(("pipeline", span(node))),
            "if_statement" => facts.forms.push(("if … fi", span(node))),
            "for_statement" | "while_statement" => facts.forms.push(("loop", span(node))),
            "case_statement" => facts.forms.push(("case … esac", span(node))),
            "heredoc_redirect" => facts.forms.push(("heredoc", span(node))),
            "declaration_command" => facts.forms.push(("declaration", span(node))),
            "variable_assignment" => facts.forms.push(("assignment", span(node))),
            "test_command" => facts.forms.push(("test", span(node))),
            _ => {}
        }
    });
    facts
}

/// The tree of a text without too long lines; its places are to be made whole.
fn tree(text: &str) -> Option<Tree> {
    let language = tree_sitter_bash::LANGUAGE.into();
    PARSER.with(|slot| parse(slot, &language, &ascii(text)))
}

/// `text` with letters of ASCII in the place of all other characters, byte for byte as long. To a
/// shell they are parts of words alike, but the grammar's scanner (0.25.1) asks the C library's
/// `isdigit` about the character behind `{`, which reads beyond its table for one that is no byte.
fn ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let letter = |byte: u8| if byte.is_ascii() { char::from(byte) } else { 'x' };
    Cow::Owned(text.bytes().map(letter).collect())
}

/// `span` with the whole of the characters that it begins and ends in.
fn whole(text: &str, span: Span) -> Span {
    let (mut start, mut end) = (span.start(), span.end());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while end < text.len() && !text.is_char_boundary(end) {
        end += 1;
    }
    Span::new(start, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_are_no_bytes_are_parts_of_words() {
        for c in ['é', '–', '\u{e0100}', '\u{10ffff}'] {
            let found = facts(&format!("echo {{{c}..3}} {{1..{c}}}\n"));
            assert_eq!(found.commands.len(), 1, "{c}");
        }
        assert_eq!(facts("naïve x").commands[0].0, "naïve");
    }

    #[test]
    fn commands_and_forms_are_named() {
        let facts = facts("for f in *.py; do cat $f | wc -l; done\n");
        let names: Vec<&str> = facts.commands.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["cat", "wc"]);
        assert!(facts.errors.is_empty());
        assert!(facts.forms.iter().any(|(form, _)| *form == "loop"));
    }

    #[test]
    fn no_character_ends_the_program() {
        for c in ['é', '–', '\u{e0001}', '\u{10ffff}'] {
            for text in ["{C", "{1C", "{1..C}", "{1..3C}", "{C..3} a", "a C{ C"] {
                let facts = facts(&format!("echo {text}\n").replace('C', &c.to_string()));
                assert_eq!(facts.commands[0].0, "echo");
            }
        }
    }
}
