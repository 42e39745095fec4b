//! Syntax that not every version of Python reads, or reads alike: statements and definitions.
//!
//! Source: the grammars and the "What's New" pages of 2.6, 2.7 and 3.0 to 3.14, and the PEPs named
//! below. Literals, calls and `print` have files of their own.

use std::collections::HashSet;

use tree_sitter::Node;

use super::{Form, Seen, children};
use crate::model::Strength::{self, Hard, Strong, Weak};
use crate::model::Versions;
use crate::syntax::span;
use crate::text::Span;

/// What one walk notes of the forms of a text.
#[derive(Default)]
pub(super) struct Noted {
    pub(super) forms: Vec<Form>,
    /// Whether `from __future__ import print_function` stands in it.
    pub(super) print_function: bool,
    /// Whether `from __future__ import unicode_literals` stands in it.
    pub(super) unicode_literals: bool,
    /// Functions that yield, by their node.
    generators: HashSet<usize>,
    /// `return` with a value, and the function it stands in.
    returns: Vec<(usize, Span)>,
}

/// Everything since the versions that know `with a, b` and set literals: 2.7, and 3 from the
/// first, or from 3.1.
const WITH_TWO: Versions =
    Versions::since(2, 7).and(Versions::until(3, 0).and(Versions::PY3).not());

impl Noted {
    pub(super) fn note(
        &mut self,
        what: &'static str,
        versions: Versions,
        strength: Strength,
        at: Span,
    ) {
        self.forms.push(Form { what, versions, strength, at });
    }

    pub(super) fn hard(&mut self, what: &'static str, versions: Versions, node: Node<'_>) {
        self.note(what, versions, Hard, span(node));
    }

    /// Looks at one node.
    pub(super) fn look(&mut self, seen: Seen<'_, '_>) {
        if !seen.node.is_named() {
            return self.token(seen);
        }
        match seen.kind {
            "identifier" => self.identifier(seen),
            "string_start"
            | "string_content"
            | "interpolation"
            | "format_expression"
            | "concatenated_string"
            | "integer"
            | "float" => self.literal(seen),
            "list_splat" | "list_splat_pattern" | "dictionary_splat" | "splat_type" => {
                self.splat(seen);
            }
            "argument_list" => self.arguments(seen),
            "parameters" | "lambda_parameters" => self.parameters(seen),
            "function_definition" | "class_definition" | "decorator" => self.definition(seen),
            "print_statement" | "exec_statement" => self.old_statement(seen),
            _ => self.statement(seen),
        }
    }

    fn token(&mut self, seen: Seen<'_, '_>) {
        match (seen.kind, seen.parent_kind()) {
            ("async", "for_in_clause") => {
                self.hard("async comprehension", Versions::since(3, 6), seen.node);
            }
            ("async", "function_definition" | "for_statement" | "with_statement") => {
                self.hard("async", Versions::since(3, 5), seen.node);
            }
            ("<>", _) => self.hard("`<>`", Versions::PY2, seen.node),
            ("@", "binary_operator") | ("@=", _) => {
                self.hard("matrix multiplication", Versions::since(3, 5), seen.node);
            }
            ("*", "except_clause") => self.hard("except*", Versions::since(3, 11), seen.node),
            ("=", "interpolation") => {
                self.hard("f-string with `=`", Versions::since(3, 8), seen.node);
            }
            _ => {}
        }
    }

    fn statement(&mut self, seen: Seen<'_, '_>) {
        let node = seen.node;
        match seen.kind {
            "future_import_statement" => self.future(seen),
            "raise_statement" => self.raise(seen),
            "except_clause" => self.except(seen),
            "return_statement" => self.returned(seen),
            "yield" => self.yielded(seen),
            "await" => self.awaited(seen),
            "named_expression" => self.walrus(seen),
            "match_statement" if has_cases(node) => {
                self.hard("match", Versions::since(3, 10), node);
            }
            "nonlocal_statement" => self.hard("nonlocal", Versions::PY3, node),
            // `type(x).y = z` is an assignment.
            "type_alias_statement" if !of_call(seen.own()) => {
                self.hard("type alias", Versions::since(3, 12), node);
            }
            "assignment" if seen.field("type").is_some() => {
                self.hard("variable annotation", Versions::since(3, 6), node);
            }
            "wildcard_import" if within(seen, &["function_definition", "class_definition"]) => {
                self.hard("import * in a function", Versions::PY2, node);
            }
            "continue_statement" if in_finally(seen) => {
                self.hard("continue in finally", Versions::since(3, 8), node);
            }
            "with_clause" => self.with(seen),
            "as_pattern" if in_brackets_of_with(seen) => {
                self.hard("with in brackets", Versions::since(3, 9), node);
            }
            "for_in_clause" => self.listed_iterables(seen),
            "ellipsis" if !matches!(seen.parent_kind(), "subscript" | "slice") => {
                self.hard("`...`", Versions::PY3, node);
            }
            "set" => self.hard("set literal", Versions::since(2, 7), node),
            "set_comprehension" | "dictionary_comprehension" => {
                self.hard("set or dict comprehension", Versions::since(2, 7), node);
            }
            _ => {}
        }
    }

    fn future(&mut self, seen: Seen<'_, '_>) {
        for child in children(seen.node) {
            let name = child.child_by_field_name("name").unwrap_or(child);
            match seen.source(name) {
                "annotations" => self.hard("future annotations", Versions::since(3, 7), child),
                "generator_stop" => self.hard("future import", Versions::since(3, 5), child),
                "barry_as_FLUFL" => self.hard("future import", Versions::since(3, 1), child),
                "print_function" => self.print_function = true,
                "unicode_literals" => self.unicode_literals = true,
                _ => {}
            }
        }
    }

    fn raise(&mut self, seen: Seen<'_, '_>) {
        if seen.field("cause").is_some() {
            self.hard("raise from", Versions::PY3, seen.node);
        }
        let listed = seen.node.named_child(0).is_some_and(|it| it.kind() == "expression_list");
        if listed {
            self.hard("raise E, value", Versions::PY2, seen.node);
        }
    }

    /// `except E, name` is Python 2; 3.14 reads it again, as two types (PEP 758).
    fn except(&mut self, seen: Seen<'_, '_>) {
        let mut cursor = seen.node.walk();
        let values: Vec<Node<'_>> =
            seen.node.children_by_field_name("value", &mut cursor).collect();
        let new = Versions::since(3, 14);
        match values[..] {
            [_, second] => {
                let bound = ["identifier", "attribute", "subscript", "tuple", "list"];
                if !bound.contains(&second.kind()) {
                    return self.hard("except with several types", new, seen.node);
                }
                let what = "except E, name";
                self.hard(what, Versions::PY2.or(new), seen.node);
                let last = seen.source(second).rsplit('.').next().unwrap_or("");
                let typed = second.kind() != "tuple" && is_type_name(last);
                let meant = if typed { new } else { Versions::PY2 };
                self.note(what, meant, Strong, span(seen.node));
            }
            [_, _, _, ..] => self.hard("except with several types", new, seen.node),
            _ => {}
        }
    }

    fn returned(&mut self, seen: Seen<'_, '_>) {
        if seen.node.named_child_count() > 0
            && let Some(function) = function_around(seen)
        {
            self.returns.push((function.id(), span(seen.node)));
        }
    }

    fn yielded(&mut self, seen: Seen<'_, '_>) {
        let node = seen.node;
        if children(node).iter().any(|child| child.kind() == "from") {
            self.hard("yield from", Versions::since(3, 3), node);
        }
        for around in seen.around.iter().rev() {
            match around.kind() {
                "function_definition" => {
                    self.generators.insert(around.id());
                    if is_async(*around) {
                        self.hard("async generator", Versions::since(3, 6), node);
                    }
                    return;
                }
                "list_comprehension"
                | "set_comprehension"
                | "dictionary_comprehension"
                | "generator_expression" => {
                    return self.hard("yield in a comprehension", Versions::until(3, 7), node);
                }
                "lambda" | "class_definition" => return,
                _ => {}
            }
        }
    }

    fn awaited(&mut self, seen: Seen<'_, '_>) {
        self.hard("await", Versions::since(3, 5), seen.node);
        for around in seen.around.iter().rev() {
            match around.kind() {
                "function_definition" | "lambda" => return,
                "list_comprehension"
                | "set_comprehension"
                | "dictionary_comprehension"
                | "generator_expression" => {
                    return self.hard("await in a comprehension", Versions::since(3, 6), seen.node);
                }
                "interpolation" => {
                    return self.hard("await in an f-string", Versions::since(3, 7), seen.node);
                }
                _ => {}
            }
        }
    }

    fn walrus(&mut self, seen: Seen<'_, '_>) {
        self.hard("`:=`", Versions::since(3, 8), seen.node);
        let bare = matches!(seen.parent_kind(), "subscript" | "set" | "set_comprehension");
        if bare {
            self.hard("`:=` without brackets", Versions::since(3, 10), seen.node);
        }
    }

    fn with(&mut self, seen: Seen<'_, '_>) {
        let items = seen.node.named_children(&mut seen.node.walk()).count();
        let bracket = seen.node.child(0).is_some_and(|child| child.kind() == "(");
        if items > 1 && !bracket {
            self.hard("with of several", WITH_TWO, seen.node);
        }
    }

    /// `[x for x in 1, 2]`.
    fn listed_iterables(&mut self, seen: Seen<'_, '_>) {
        let mut cursor = seen.node.walk();
        let rights = seen.node.children_by_field_name("right", &mut cursor);
        let several = rights.filter(Node::is_named).count() > 1;
        if several && seen.parent_kind() == "list_comprehension" {
            self.hard("comprehension over a bare tuple", Versions::PY2, seen.node);
        }
    }

    fn definition(&mut self, seen: Seen<'_, '_>) {
        if seen.kind == "decorator" {
            let plain = seen.node.named_child(0).is_none_or(is_dotted_call);
            if !plain {
                self.hard("decorator of any expression", Versions::since(3, 9), seen.node);
            }
            return;
        }
        if let Some(parameters) = seen.field("type_parameters") {
            self.hard("type parameters", Versions::since(3, 12), parameters);
        }
        if let Some(returned) = seen.field("return_type") {
            self.hard("annotation", Versions::PY3, returned);
        }
        if seen.kind == "class_definition"
            && let Some(bases) = seen.field("superclasses")
        {
            self.bases(seen, bases);
        }
    }

    fn bases(&mut self, seen: Seen<'_, '_>, bases: Node<'_>) {
        let new =
            |kind: &str| matches!(kind, "keyword_argument" | "list_splat" | "dictionary_splat");
        let listed = children(bases);
        if let Some(keyword) = listed.iter().find(|child| new(child.kind())) {
            self.hard("class keyword", Versions::PY3, *keyword);
        }
        if seen.source(bases) == "(object)" {
            self.note("class of object", Versions::PY2, Weak, span(bases));
        }
    }

    /// Everything that was noted, with what only whole functions tell.
    pub(super) fn finish(mut self) -> Vec<Form> {
        for (function, at) in std::mem::take(&mut self.returns) {
            if self.generators.contains(&function) {
                self.note("value returned by a generator", Versions::since(3, 3), Hard, at);
            }
        }
        self.forms
    }
}

fn has_cases(node: Node<'_>) -> bool {
    node.child_by_field_name("body")
        .and_then(|body| body.named_child(0))
        .is_some_and(|first| matches!(first.kind(), "case_clause" | "comment"))
}

fn within(seen: Seen<'_, '_>, kinds: &[&str]) -> bool {
    seen.around.iter().any(|node| kinds.contains(&node.kind()))
}

/// The function whose body the node belongs to.
fn function_around<'t>(seen: Seen<'_, 't>) -> Option<Node<'t>> {
    let bodies = ["function_definition", "class_definition", "lambda"];
    let inner = seen.around.iter().rev().find(|node| bodies.contains(&node.kind()))?;
    (inner.kind() == "function_definition").then_some(*inner)
}

fn is_async(function: Node<'_>) -> bool {
    function.child(0).is_some_and(|child| child.kind() == "async")
}

/// Whether a `continue` leaves a `finally`.
fn in_finally(seen: Seen<'_, '_>) -> bool {
    for node in seen.around.iter().rev() {
        match node.kind() {
            "finally_clause" => return true,
            "for_statement" | "while_statement" | "function_definition" | "class_definition" => {
                return false;
            }
            _ => {}
        }
    }
    false
}

/// Whether `a as b` stands inside the brackets of a `with`.
fn in_brackets_of_with(seen: Seen<'_, '_>) -> bool {
    match seen.parent_kind() {
        "with_item" => {
            let clause = seen.around.iter().rev().nth(1);
            clause.and_then(|clause| clause.child(0)).is_some_and(|first| first.kind() == "(")
        }
        "tuple" | "parenthesized_expression" => seen.above(1) == "with_item",
        _ => false,
    }
}

/// Whether `name` is written as the names of exceptions are: `KeyError`, not `e` or `E`.
fn is_type_name(name: &str) -> bool {
    name.len() > 2
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.contains(|c: char| c.is_ascii_lowercase())
}

/// `a.b.c` or `a.b.c(…)`: what a decorator was before 3.9.
fn is_dotted_call(node: Node<'_>) -> bool {
    let mut node = match node.kind() {
        "call" => node.child_by_field_name("function"),
        _ => Some(node),
    };
    while let Some(inner) = node.filter(|node| node.kind() == "attribute") {
        node = inner.child_by_field_name("object");
    }
    node.is_none_or(|node| matches!(node.kind(), "identifier" | "comment"))
}

/// Whether what looks like an alias is a call of `type`.
fn of_call(text: &str) -> bool {
    text.strip_prefix("type").is_some_and(|rest| rest.trim_start().starts_with('('))
}
