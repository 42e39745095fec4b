//! `print`, `exec`, `async` and `await`: words that were keywords in some versions and names in
//! others.
//!
//! Source: PEP 3105 (print as a function), 492 (async and await, keywords from 3.7 on).

use tree_sitter::Node;

use super::forms::Noted;
use super::{Seen, children};
use crate::model::Strength::{Hard, Strong, Weak};
use crate::model::Versions;
use crate::syntax::span;

impl Noted {
    /// `print x`, `print >>f, x`, `exec code`. All of Python 3 reads the second, as a shift.
    pub(super) fn old_statement(&mut self, seen: Seen<'_, '_>) {
        if seen.kind == "exec_statement" {
            return self.hard("exec statement", Versions::PY2, seen.node);
        }
        // Where the grammar stumbles, it takes a call that is not whole for a statement.
        if seen.kind == "print_statement"
            && seen.own().starts_with("print(")
            && seen.around.iter().any(Node::has_error)
        {
            return;
        }
        let chevron = seen.node.named_child(0).is_some_and(|child| child.kind() == "chevron");
        let (what, strength) =
            if chevron { ("print >>file", Strong) } else { ("print statement", Hard) };
        self.note(what, Versions::PY2, strength, span(seen.node));
    }

    pub(super) fn identifier(&mut self, seen: Seen<'_, '_>) {
        let name = seen.own();
        if !name.is_ascii() {
            return self.hard("name beyond ASCII", Versions::PY3, seen.node);
        }
        match name {
            "print" if self.print_function => {}
            "print" => self.print(seen),
            "exec" => self.exec(seen),
            "async" | "await" => {
                self.hard("async or await as a name", Versions::until(3, 6), seen.node);
            }
            "next" | "__metaclass__" => self.special(seen, name),
            _ if name.starts_with("__") => self.special(seen, name),
            _ => {}
        }
    }

    fn print(&mut self, seen: Seen<'_, '_>) {
        let Some(statement) = statement_begun(seen) else {
            if seen.around.iter().any(Node::is_error) {
                return self.print_in_error(seen);
            }
            return self.hard("print as a name", Versions::PY3, seen.node);
        };
        match seen.parent_kind() {
            "expression_statement" => {
                self.note("print alone", Versions::PY2, Weak, span(seen.node));
            }
            "call" => self.print_call(seen, statement),
            "binary_operator" | "subscript" => {
                let what = "print with a value behind it";
                self.note(what, Versions::PY2, Strong, span(statement));
            }
            "assignment"
            | "augmented_assignment"
            | "attribute"
            | "pattern_list"
            | "named_expression" => self.hard("print as a name", Versions::PY3, seen.node),
            _ => {}
        }
    }

    /// A `print` where the grammar stumbled: what stands behind it in its line tells what it is.
    fn print_in_error(&mut self, seen: Seen<'_, '_>) {
        let at = seen.node.end_byte();
        let begins = seen.text[..seen.node.start_byte()].lines().next_back().unwrap_or("");
        let begins =
            seen.text[..seen.node.start_byte()].ends_with('\n') || begins.trim().is_empty();
        let behind = seen.text[at..].lines().next().unwrap_or("");
        let value = |c: char| c.is_alphanumeric() || matches!(c, '_' | '"' | '\'');
        if begins && behind.starts_with(' ') && behind.trim_start().starts_with(value) {
            self.hard("print statement", Versions::PY2, seen.node);
        }
    }

    fn print_call(&mut self, seen: Seen<'_, '_>, statement: Node<'_>) {
        if self.takes_keywords(seen, "print with a keyword") {
            return;
        }
        let top = statement.child(0).map_or("", |top| top.kind());
        let listed = top == "call" && statement.child_count() > 1;
        let direct = seen.above(1) == "expression_statement";
        let goes_on = match top {
            "binary_operator" | "boolean_operator" | "subscript" | "attribute" => true,
            "call" => !direct,
            "comparison_operator" => true,
            _ => false,
        };
        if listed || goes_on {
            let what = "print with an expression behind its bracket";
            return self.note(what, Versions::PY2, Strong, span(statement));
        }
        let arguments = seen.parent().and_then(|call| call.child_by_field_name("arguments"));
        let count = arguments.map_or(1, |list| list.named_child_count());
        if count != 1 && direct {
            self.note("print of none or several", Versions::PY3, Weak, span(statement));
        }
    }

    fn exec(&mut self, seen: Seen<'_, '_>) {
        let begun = statement_begun(seen);
        match (begun, seen.parent_kind()) {
            (Some(statement), "call") => {
                let compared =
                    statement.child(0).is_some_and(|top| top.kind() == "comparison_operator");
                if !self.takes_keywords(seen, "exec with a keyword") && compared {
                    self.note("exec in a scope", Versions::PY2, Strong, span(statement));
                }
            }
            (Some(_), "assignment" | "augmented_assignment" | "attribute") | (None, _) => {
                self.hard("exec as a name", Versions::PY3, seen.node);
            }
            _ => {}
        }
    }

    /// Whether the call of the name has a keyword or star, which no statement takes.
    fn takes_keywords(&mut self, seen: Seen<'_, '_>, what: &'static str) -> bool {
        let Some(call) = seen.parent() else { return false };
        let Some(list) = call.child_by_field_name("arguments") else { return false };
        let new = |child: &Node<'_>| {
            matches!(child.kind(), "keyword_argument" | "list_splat" | "dictionary_splat")
        };
        let found = children(list).iter().any(new);
        if found {
            self.hard(what, Versions::PY3, call);
        }
        found
    }

    /// Special methods, and assignments in a class, that one Python looks for.
    fn special(&mut self, seen: Seen<'_, '_>, name: &str) {
        let defined = seen.parent_kind() == "function_definition" && seen.is_field("name");
        let set = seen.parent_kind() == "assignment" && seen.is_field("left");
        let inside = seen.around.iter().any(|node| node.kind() == "class_definition");
        if !(defined && inside || set && name == "__metaclass__") {
            return;
        }
        if super::table::is_old_special(name) {
            self.note("method that Python 2 looks for", Versions::PY2, Weak, span(seen.node));
        } else if super::table::is_new_special(name) {
            self.note("method that Python 3 looks for", Versions::PY3, Weak, span(seen.node));
        }
    }
}

/// The statement that the node is the beginning of.
fn statement_begun<'t>(seen: Seen<'_, 't>) -> Option<Node<'t>> {
    let kinds = ["expression_statement", "print_statement", "exec_statement"];
    let statement = seen.around.iter().rev().find(|node| kinds.contains(&node.kind()))?;
    (statement.start_byte() == seen.node.start_byte()).then_some(*statement)
}
