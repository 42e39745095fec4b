//! Which statements do something, and which only name something.

use tree_sitter::Node;

use super::Seen;

impl Seen<'_, '_> {
    /// What the statement does.
    pub(super) fn effect(self) -> Option<&'static str> {
        match self.kind {
            "import_statement" | "import_from_statement" | "future_import_statement" => {
                Some("import")
            }
            "function_definition" => Some("function"),
            "class_definition" => Some("class"),
            "assignment" if self.field("right").is_some() => Some("assignment"),
            "augmented_assignment" => Some("assignment"),
            "call" | "await" if self.is_statement() => Some("call"),
            "list_comprehension" if self.is_statement() && self.calls_each() => Some("call"),
            "for_statement" | "while_statement" => Some("loop"),
            "if_statement" => Some("condition"),
            "with_statement" => Some("with"),
            "try_statement" => Some("try"),
            "return_statement" | "raise_statement" | "assert_statement" | "delete_statement" => {
                Some("statement")
            }
            "print_statement" => Some("print statement"),
            "exec_statement" => Some("exec statement"),
            "decorator" => Some("decorator"),
            _ => None,
        }
    }

    fn is_statement(self) -> bool {
        self.parent_kind() == "expression_statement"
    }

    /// Whether a comprehension is a loop that calls something.
    fn calls_each(self) -> bool {
        self.field("body").is_some_and(|body| body.kind() == "call")
    }

    /// Whether it is a statement at the top level without effect.
    pub(super) fn is_idle(self) -> bool {
        if self.kind != "expression_statement" || self.parent_kind() != "module" {
            return false;
        }
        self.node.child(0).is_some_and(|child| {
            let acts = ["call", "await", "assignment", "augmented_assignment", "yield"];
            let declares =
                child.kind() == "assignment" && child.child_by_field_name("right").is_none();
            !acts.contains(&child.kind()) || declares
        })
    }

    /// A `return` that stands in no function.
    pub(super) fn is_stray(self) -> bool {
        self.kind == "return_statement"
            && !self.around.iter().map(Node::kind).any(|kind| kind == "function_definition")
    }
}
