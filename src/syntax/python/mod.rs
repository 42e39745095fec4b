//! What the Python grammar says of a text.
//!
//! The grammar of tree-sitter is neutral between the versions of Python, so what belongs to some of
//! them is picked out of the tree here: [`Facts::forms`] by syntax, [`Facts::names`] by the standard
//! library. It does not judge indentation: [`Facts::damaged`] does. One walk over the tree asks
//! everything.

mod calls;
pub mod certain;
pub mod closed;
mod effects;
mod forms;
mod indent;
mod literals;
mod mend;
mod names;
mod print;
pub mod scope;
mod table;

use std::cell::RefCell;

use tree_sitter::{Node, Parser, Tree};

use self::forms::Noted;
use self::indent::Columns;
use self::names::Uses;
use super::{Placed, parse, span, walk};
use crate::model::{Strength, Versions};
use crate::text::Span;

/// Answers about one text. Every list is in the order of the text, unless it says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Where the grammar stumbles.
    pub errors: Vec<Span>,
    /// What `damaged` holds, and statements that have lost the function around them.
    pub unindented: Vec<Span>,
    /// Statements that stand in no column of a block of theirs, and headers without a block: no
    /// Python reads them.
    pub damaged: Vec<Span>,
    /// Statements that do something, with what they are.
    pub effects: Vec<(&'static str, Span)>,
    /// Statements at the top level that do nothing: names, literals, comparisons.
    pub idle: Vec<Span>,
    /// Forms that not every version reads alike; those of whole functions last.
    pub forms: Vec<Form>,
    /// Names that not every version has: imports first.
    pub names: Vec<Name>,
}

/// A form that not every version of Python reads alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// Its name.
    pub what: &'static str,
    /// The versions that read it as its author meant.
    pub versions: Versions,
    /// Whether the others refuse it, or read it as something else; weak is a habit.
    pub strength: Strength,
    /// Where it stands.
    pub at: Span,
}

/// A name of the standard library, used where the text binds no such name itself and asks for no
/// version around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name, as full as the library has it.
    pub name: String,
    /// The versions that have it.
    pub versions: Versions,
    /// Where it stands.
    pub at: Span,
}

thread_local! {
    static PARSER: RefCell<Parser> = RefCell::new(Parser::new());
}

/// More lines in a row that hold a backslash and nothing else are not parsed: at each of them the
/// grammar's scanner (0.25.0) looks through all that follow.
const MOST_HOLLOW: usize = 200;

/// Parses `text` as Python of any version; total on all input. What is not parsed is an error of the
/// grammar.
pub fn facts(text: &str) -> Facts {
    if is_hollow(text) {
        return Facts { errors: vec![Span::new(0, text.len())], ..Facts::default() };
    }
    let Some(tree) = tree(text) else { return Facts::default() };
    if tree.root_node().has_error()
        && let Some(mended) = mend::mend(text)
        && let Some(better) = self::tree(&mended.text)
        && stumbles(&better) < stumbles(&tree)
    {
        let mut facts = read(&better, &mended.text);
        mended.tell(&mut facts);
        return facts;
    }
    read(&tree, text)
}

fn tree(text: &str) -> Option<Tree> {
    let language = tree_sitter_python::LANGUAGE.into();
    PARSER.with(|slot| parse(slot, &language, text))
}

/// The versions that have everything of the dotted name `full` of the standard library, and the
/// shortest beginning of it that some version lacks; nothing where all have it, as far as is known.
pub fn library(full: &str) -> Option<(&str, Versions)> {
    table::library(full)
}

/// Whether more than [`MOST_HOLLOW`] lines in a row hold a backslash and nothing else.
fn is_hollow(text: &str) -> bool {
    let mut row = 0;
    text.lines().any(|line| {
        row = if line.trim() == "\\" { row + 1 } else { 0 };
        row > MOST_HOLLOW
    })
}

/// How often the grammar stumbles.
fn stumbles(tree: &Tree) -> usize {
    let mut count = 0;
    walk(tree, |Placed { node, .. }| count += usize::from(node.is_error() || node.is_missing()));
    count
}

fn read<'t>(tree: &'t Tree, text: &'t str) -> Facts {
    let mut facts = Facts::default();
    let (mut noted, mut uses, mut columns) =
        (Noted::default(), Uses::default(), Columns::default());
    walk(tree, |Placed { node, around }| {
        let seen = Seen { node, kind: node.kind(), around, text };
        if node.is_error() || node.is_missing() {
            facts.errors.push(span(node));
        }
        noted.look(seen);
        columns.look(seen, &mut facts.damaged);
        if node.is_named() {
            uses.look(seen);
            if let Some(effect) = seen.effect() {
                facts.effects.push((effect, span(node)));
            } else if seen.is_idle() {
                facts.idle.push(span(node));
            }
            if seen.is_stray() {
                facts.unindented.push(span(node));
            }
        }
    });
    facts.unindented.extend(&facts.damaged);
    facts.unindented.sort_by_key(|at| at.start());
    noted.forms.extend(columns.mixed());
    facts.forms = noted.finish();
    facts.names = uses.resolve();
    facts
}

/// A node with the nodes around it and the text it stands in.
#[derive(Clone, Copy)]
struct Seen<'w, 't> {
    node: Node<'t>,
    kind: &'t str,
    around: &'w [Node<'t>],
    text: &'t str,
}

impl<'t> Seen<'_, 't> {
    fn source(self, node: Node<'_>) -> &'t str {
        &self.text[span(node).range()]
    }

    fn own(self) -> &'t str {
        self.source(self.node)
    }

    fn field(self, name: &str) -> Option<Node<'t>> {
        self.node.child_by_field_name(name)
    }

    fn parent(self) -> Option<Node<'t>> {
        self.around.last().copied()
    }

    /// The kind of the node around, or nothing.
    fn parent_kind(self) -> &'t str {
        self.above(0)
    }

    /// The kind of the node so many levels above the one around.
    fn above(self, levels: usize) -> &'t str {
        self.around.iter().rev().nth(levels).map_or("", |node| node.kind())
    }

    /// Whether the node is what `field` of the node around holds, or among it.
    fn is_field(self, field: &str) -> bool {
        let Some(parent) = self.parent() else { return false };
        parent.child_by_field_name(field) == Some(self.node)
    }
}

/// The children of `node`.
pub(super) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).collect()
}

#[cfg(test)]
mod tests;
