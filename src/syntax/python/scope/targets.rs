//! What is assigned to, deleted, matched, and taken as a parameter.

use tree_sitter::Node;

use super::walker::{Task, Walker};
use super::{By, What};
use crate::syntax::python::children;

impl<'t> Walker<'t> {
    pub(super) fn target(&mut self, node: Node<'t>) {
        match node.kind() {
            "identifier" => self.bind(self.source(node), What::Value, node.end_byte()),
            "pattern_list"
            | "tuple_pattern"
            | "list_pattern"
            | "list_splat_pattern"
            | "dictionary_splat_pattern"
            | "splat_pattern"
            | "as_pattern_target"
            | "expression_list"
            | "tuple"
            | "list"
            | "list_splat"
            | "parenthesized_expression" => self.each(node, Task::Target),
            "subscript" if self.is_namespace(node) => self.named_by_string(node),
            "attribute" | "subscript" => self.changed(node),
            _ => self.tasks.push(Task::Node(node)),
        }
    }

    fn each(&mut self, node: Node<'t>, task: fn(Node<'t>) -> Task<'t>) {
        self.first(children(node).into_iter().filter(Node::is_named).map(task).collect());
    }

    /// A part of an object is assigned or deleted.
    fn changed(&mut self, node: Node<'t>) {
        if let Some(name) = self.root(node) {
            self.touch(name, By::Statement);
        }
        self.tasks.push(Task::Node(node));
    }

    /// The name at the bottom of attributes and subscripts.
    pub(super) fn root(&self, node: Node<'t>) -> Option<&'t str> {
        let mut node = node;
        loop {
            node = match node.kind() {
                "identifier" => return Some(self.source(node)),
                "attribute" => node.child_by_field_name("object")?,
                "subscript" => node.child_by_field_name("value")?,
                _ => return None,
            };
        }
    }

    /// `globals()["x"]`
    fn is_namespace(&self, node: Node<'t>) -> bool {
        let value = node.child_by_field_name("value").filter(|value| value.kind() == "call");
        let function = value.and_then(|call| call.child_by_field_name("function"));
        let named = function.filter(|it| it.kind() == "identifier");
        named.is_some_and(|it| matches!(self.source(it), "globals" | "locals" | "vars"))
    }

    fn named_by_string(&mut self, node: Node<'t>) {
        let key = node.child_by_field_name("subscript");
        match key.and_then(|key| self.plain_string(key)) {
            Some(name) => self.bind(name, What::Value, node.end_byte()),
            None => self.opened(),
        }
    }

    pub(super) fn delete(&mut self, node: Node<'t>) {
        match node.kind() {
            "identifier" => self.deleted(self.source(node), node.start_byte()),
            "expression_list" | "tuple" | "list" | "parenthesized_expression" => {
                self.each(node, Task::Delete);
            }
            "attribute" | "subscript" => self.changed(node),
            _ => {}
        }
    }

    /// A parameter of a function, or what holds several: brackets, parameters of a type.
    pub(super) fn parameter(&mut self, node: Node<'t>) {
        match node.kind() {
            "identifier" => self.parameter_name(self.source(node)),
            "default_parameter" | "typed_default_parameter" => {
                self.tasks.extend(node.child_by_field_name("name").map(Task::Parameter));
            }
            "typed_parameter" | "constrained_type" => {
                self.tasks.extend(node.named_child(0).map(Task::Parameter));
            }
            "list_splat_pattern"
            | "dictionary_splat_pattern"
            | "tuple_pattern"
            | "type"
            | "type_parameter"
            | "splat_type" => self.each(node, Task::Parameter),
            _ => {}
        }
    }

    pub(super) fn pattern(&mut self, node: Node<'t>) {
        let named = |node: &Node<'t>| node.is_named();
        match node.kind() {
            "identifier" => self.bind(self.source(node), What::Value, node.end_byte()),
            // `x` binds, `a.b` is a value.
            "dotted_name" => match node.named_child(0) {
                Some(name) if node.named_child_count() > 1 => self.tasks.push(Task::Node(name)),
                Some(name) => self.tasks.push(Task::Pattern(name)),
                None => {}
            },
            "class_pattern" => {
                let mut parts = children(node).into_iter().filter(named);
                let class = parts.next().and_then(|class| class.named_child(0));
                let parts: Vec<Task<'t>> = parts.map(Task::Pattern).collect();
                self.first(class.map(Task::Node).into_iter().chain(parts).collect());
            }
            "keyword_pattern" => {
                let parts = children(node).into_iter().filter(named).skip(1);
                self.first(parts.map(Task::Pattern).collect());
            }
            "string" | "integer" | "float" | "none" | "true" | "false" | "complex_pattern" => {}
            _ => self.each(node, Task::Pattern),
        }
    }
}
