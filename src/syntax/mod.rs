//! Questions about code and their answers: the only module that names tree-sitter.
//!
//! Parsers are reused per thread. No type of a parser leaves this module.

pub mod docstring;
pub mod flags;
pub mod lexical;
pub mod lexicon;
pub mod near;
pub mod numbering;
pub mod pending;
pub mod placeholder;
pub mod prompt;
pub mod python;
pub mod repl;
pub mod scope;
pub mod script;
pub mod session;
pub mod shape;
pub mod shell;
pub mod statements;

use std::cell::RefCell;

use tree_sitter::{Language, Node, Parser, Tree};

use crate::text::Span;

/// Parses `text` with the parser that `slot` keeps for this thread.
fn parse(slot: &RefCell<Parser>, language: &Language, text: &str) -> Option<Tree> {
    let mut parser = slot.borrow_mut();
    if parser.language().is_none() {
        parser.set_language(language).ok()?;
    }
    parser.parse(text, None)
}

/// A node of a tree and the nodes around it, the innermost last. A tree would have to search for a
/// node's parent from its root, which makes deep nesting quadratic.
#[derive(Clone, Copy)]
struct Placed<'w, 't> {
    node: Node<'t>,
    around: &'w [Node<'t>],
}

/// Calls `visit` on every node of `tree`, parents before children. Walks with a cursor, so depth
/// costs no stack.
fn walk<'t>(tree: &'t Tree, mut visit: impl FnMut(Placed<'_, 't>)) {
    let mut cursor = tree.walk();
    let mut around = Vec::new();
    loop {
        let node = cursor.node();
        visit(Placed { node, around: &around });
        if cursor.goto_first_child() {
            around.push(node);
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
            around.pop();
        }
    }
}

fn span(node: Node<'_>) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}
