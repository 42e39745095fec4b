//! What the Bash grammar says of a text.
//!
//! The grammar accepts most prose, so it can only veto: whether commands are commands is asked of
//! the lexicon.

use std::cell::RefCell;

use tree_sitter::Parser;

use super::{Placed, lexicon, parse, span, walk};
use crate::text::Span;

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

/// Parses `text` as Bash; total on all input.
pub fn facts(text: &str) -> Facts {
    let mut facts = Facts::default();
    let language = tree_sitter_bash::LANGUAGE.into();
    let Some(tree) = PARSER.with(|slot| parse(slot, &language, text)) else { return facts };
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

impl Facts {
    /// The commands that the lexicon knows.
    pub fn known_commands(&self) -> impl Iterator<Item = &(String, Span)> {
        self.commands.iter().filter(|(name, _)| lexicon::command(name).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_and_forms_are_named() {
        let facts = facts("for f in *.py; do cat $f | wc -l; done\n");
        let names: Vec<&str> = facts.commands.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["cat", "wc"]);
        assert!(facts.errors.is_empty());
        assert!(facts.forms.iter().any(|(form, _)| *form == "loop"));
    }
}
