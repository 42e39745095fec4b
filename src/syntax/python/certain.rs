//! Whether a program must stumble over something that is missing, whatever happens before.
//!
//! Only what the text itself shows is believed: a statement that no branch, no exception and no luck
//! leads around. In doubt the answer is no. That the thing is missing is told by whoever ran it.

use tree_sitter::Node;

use super::scope::scope;
use super::{children, is_hollow, span, tree, walk};
use crate::model::Lang;
use crate::syntax::lexical;
use crate::syntax::scope::{Scope, What};

/// Something that a program stumbled over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack<'a> {
    /// A name that nothing binds.
    Name(&'a str),
    /// A module that is not there; dotted, as far as it is not.
    Module(&'a str),
    /// What is imported from a module that has no such thing.
    Import(&'a str),
    /// An attribute that a module has not.
    Member(&'a str),
}

/// Whether `text`, run as `lang` behind the texts `before`, cannot come to its end for the `lack` at
/// its one-based `line`.
pub fn must_stumble(text: &str, lang: Lang, before: &[&str], line: u32, lack: Lack<'_>) -> bool {
    if is_hollow(text) || [&[text], before].concat().into_iter().any(is_evasive) {
        return false;
    }
    let own = scope(text, lang);
    let may_be_bound = |name: &str| {
        let earlier = before.iter().any(|text| may_bind(&scope(text, lang), name));
        earlier || may_bind(&own, name)
    };
    if let Lack::Name(name) = lack
        && may_be_bound(name)
    {
        return false;
    }
    let Some(tree) = tree(text).filter(|tree| !tree.root_node().has_error()) else { return false };
    let (mut sure, mut made) = (false, false);
    walk(&tree, |placed| {
        let seen = Seen { node: placed.node, around: placed.around, text };
        made |= seen.makes(lack);
        sure |= seen.lacks(lack, &own) && seen.is_at(line) && seen.is_certain();
    });
    sure && !made
}

/// Words by which a program may end without a complaint, or bind what no text shows.
const EVASIVE: &[&str] = &[
    "exit",
    "_exit",
    "quit",
    "SystemExit",
    "abort",
    "kill",
    "killpg",
    "signal",
    "alarm",
    "execl",
    "execle",
    "execlp",
    "execv",
    "execve",
    "execvp",
    "exec",
    "execfile",
    "eval",
    "globals",
    "locals",
    "vars",
    "setattr",
    "builtins",
    "__builtin__",
    "__builtins__",
    "__import__",
    "__dict__",
    "importlib",
    "meta_path",
    "sys.path",
    "sys.modules",
];

fn is_evasive(text: &str) -> bool {
    let masked = lexical::mask(text);
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    EVASIVE.iter().any(|word| {
        masked.match_indices(word).any(|(at, _)| {
            !masked[..at].ends_with(is_name) && !masked[at + word.len()..].starts_with(is_name)
        })
    })
}

fn may_bind(scope: &Scope, name: &str) -> bool {
    scope.opens
        || scope
            .binds
            .iter()
            .any(|bound| bound.name == name || bound.body.binds.iter().any(|inner| inner == name))
}

#[derive(Clone, Copy)]
struct Seen<'w, 't> {
    node: Node<'t>,
    around: &'w [Node<'t>],
    text: &'t str,
}

impl<'t> Seen<'_, 't> {
    fn source(self, node: Node<'_>) -> &'t str {
        &self.text[span(node).range()]
    }

    fn parent_kind(self) -> &'t str {
        self.around.last().map_or("", |node| node.kind())
    }

    /// Whether the node stands for what is lacking.
    fn lacks(self, lack: Lack<'_>, own: &Scope) -> bool {
        let text = self.source(self.node);
        match (self.node.kind(), lack) {
            ("identifier", Lack::Name(name)) => text == name,
            ("dotted_name", Lack::Module(name)) => {
                let begins = text.strip_prefix(name);
                begins.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
                    && self.is_imported(&["name", "module_name"])
            }
            ("dotted_name", Lack::Import(name)) => {
                let statement = if self.parent_kind() == "aliased_import" { 1 } else { 0 };
                let from = self.around.iter().rev().nth(statement);
                text == name
                    && from.is_some_and(|node| node.kind() == "import_from_statement")
                    && self.is_imported(&["name"])
            }
            ("attribute", Lack::Member(name)) => {
                let field = |name| self.node.child_by_field_name(name);
                let is_module = |node: Node<'_>| {
                    let module = self.source(node);
                    own.binds.iter().any(|bound| {
                        bound.name == module
                            && matches!(bound.what, What::Import | What::Part)
                            && bound.since.is_some()
                    })
                };
                field("attribute").is_some_and(|node| self.source(node) == name)
                    && field("object").is_some_and(is_module)
            }
            _ => false,
        }
    }

    /// Whether it is one of `fields` of the statement or the clause around it.
    fn is_imported(self, fields: &[&str]) -> bool {
        let Some(parent) = self.around.last() else { return false };
        let mut cursor = parent.walk();
        fields.iter().any(|field| {
            parent.children_by_field_name(field, &mut cursor).any(|child| child == self.node)
        })
    }

    /// Whether something gives a module what it lacks.
    fn makes(self, lack: Lack<'_>) -> bool {
        let (Lack::Member(name) | Lack::Import(name)) = lack else { return false };
        self.node.kind() == "attribute"
            && self.around.last().is_some_and(|parent| {
                parent.kind() == "assignment"
                    && parent.child_by_field_name("left") == Some(self.node)
            })
            && self.source(self.node).ends_with(name)
    }

    /// Whether its statement spans the one-based `line`.
    fn is_at(self, line: u32) -> bool {
        let mut nodes = self.around.iter().chain([&self.node]).rev();
        let mut statement = self.node;
        let is_suite = |node: &Node<'_>| matches!(node.kind(), "module" | "block");
        for node in nodes.by_ref().take_while(|node| !is_suite(node)) {
            statement = *node;
        }
        let row = line as usize;
        (statement.start_position().row < row) && row <= statement.end_position().row + 1
    }

    /// Whether every way through the text comes to it.
    fn is_certain(self) -> bool {
        let nodes: Vec<Node<'_>> = self.around.iter().copied().chain([self.node]).collect();
        nodes.windows(2).all(|pair| self.leads(pair[0], pair[1]))
    }

    /// Whether whoever comes to `parent` comes to its `child`.
    fn leads(self, parent: Node<'_>, child: Node<'_>) -> bool {
        let is = |field| parent.child_by_field_name(field) == Some(child);
        let place = || {
            let mut cursor = parent.walk();
            parent.named_children(&mut cursor).position(|one| one == child)
        };
        match parent.kind() {
            "module"
            | "expression_statement"
            | "parenthesized_expression"
            | "tuple"
            | "list"
            | "set"
            | "dictionary"
            | "pair"
            | "list_splat"
            | "dictionary_splat"
            | "unary_operator"
            | "not_operator"
            | "binary_operator"
            | "argument_list"
            | "subscript"
            | "slice"
            | "expression_list"
            | "print_statement"
            | "chevron"
            | "string"
            | "interpolation"
            | "concatenated_string"
            | "raise_statement"
            | "call"
            | "decorator"
            | "import_statement"
            | "import_from_statement"
            | "aliased_import" => true,
            "attribute" => is("object"),
            "keyword_argument" | "with_item" => is("value"),
            "assignment" => {
                is("right") || is("left") && matches!(child.kind(), "subscript" | "attribute")
            }
            "augmented_assignment" => is("left") || is("right"),
            "boolean_operator" => is("left"),
            "conditional_expression" => place() == Some(1),
            // A comparison that is false ends a chain of them.
            "comparison_operator" => place().is_some_and(|place| place < 2),
            "assert_statement" | "with_clause" | "as_pattern" => place() == Some(0),
            "while_statement" => is("condition"),
            "if_statement" => is("condition") || is("consequence") && self.is_main(parent),
            "for_statement" => is("right") || is("body") && self.runs_once(parent),
            "class_definition" => is("superclasses") || is("body"),
            "decorated_definition" => child.kind() == "decorator",
            "with_statement" => child.kind() == "with_clause",
            "block" => children(parent).into_iter().take_while(|one| *one != child).all(stays),
            _ => false,
        }
    }

    /// Whether an `if` asks what is always so of a program.
    fn is_main(self, statement: Node<'_>) -> bool {
        let condition = statement.child_by_field_name("condition");
        let text = condition.map_or("", |node| self.source(node)).replace('\'', "\"");
        ["__name__ == \"__main__\"", "__name__==\"__main__\"", "True", "1"].contains(&text.as_str())
    }

    /// Whether a loop goes over something of which there is surely one.
    fn runs_once(self, statement: Node<'_>) -> bool {
        let Some(over) = statement.child_by_field_name("right") else { return false };
        match over.kind() {
            "list" | "tuple" | "set" => {
                let first = over.named_child(0);
                first.is_some_and(|first| !matches!(first.kind(), "list_splat" | "comment"))
            }
            "string" => self.source(over).len() > 2 && !self.source(over).contains("\"\"\""),
            "call" => {
                let text = self.source(over);
                let inner = text.strip_prefix("range(").or(text.strip_prefix("xrange("));
                let count = inner.and_then(|inner| inner.strip_suffix(')'));
                count.and_then(|count| count.trim().parse::<u64>().ok()).is_some_and(|n| n > 0)
            }
            _ => false,
        }
    }
}

/// Whether a statement never leaves the loop or the turn of it that it stands in.
fn stays(statement: Node<'_>) -> bool {
    let mut open = vec![statement];
    while let Some(node) = open.pop() {
        if matches!(node.kind(), "break_statement" | "continue_statement" | "return_statement") {
            return false;
        }
        open.extend(children(node));
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certain(text: &str, line: u32, lack: Lack<'_>) -> bool {
        must_stumble(text, Lang::Py3, &[], line, lack)
    }

    #[test]
    fn what_nothing_leads_around_is_certain() {
        for (text, line) in [
            ("missing\n", 1),
            ("print(a)\nmissing\n", 2),
            ("print(a)\nmissing()\n", 2),
            ("a = 1\nmissing\n", 2),
            ("a = 1\nprint(a, missing)\n", 2),
            ("print(\n    1,\n    missing,\n)\n", 3),
            ("a = [1, {'a': missing.b[0]}]\n", 1),
            ("missing[0] = 1\n", 1),
            ("if missing > 2:\n    pass\n", 1),
            ("for a in range(3):\n    b = 2\n    missing(a)\n", 3),
            ("for a in missing:\n    pass\n", 1),
            ("if __name__ == '__main__':\n    missing()\n", 2),
            ("class A(missing.B):\n    pass\n", 1),
            ("with missing() as a:\n    pass\n", 1),
            ("a = f'{missing}'\n", 1),
            ("a = missing or 1\n", 1),
            ("@missing\ndef f():\n    pass\n", 1),
        ] {
            assert!(certain(text, line, Lack::Name("missing")), "{text}");
        }
    }

    #[test]
    fn what_luck_may_lead_around_is_not() {
        for (text, line) in [
            ("import random\nif random.random() < 0.5:\n    missing\n", 3),
            ("a = 1 or missing\n", 1),
            ("a = 1 if b() else missing\n", 1),
            ("a = b() if missing_not else missing\n", 1),
            ("f = lambda: missing\nf()\n", 1),
            ("def f():\n    return missing\nf()\n", 2),
            ("for a in b():\n    missing\n", 2),
            ("for a in []:\n    missing\n", 2),
            ("for a in range(0):\n    missing\n", 2),
            ("for a in range(3):\n    if b():\n        break\n    missing\n", 4),
            ("while b():\n    missing\n", 2),
            ("try:\n    missing\nfinally:\n    pass\n", 2),
            ("import sys\nif b():\n    sys.exit()\nmissing\n", 4),
            ("globals()[b()] = 1\nmissing\n", 2),
            ("from m import *\nmissing\n", 2),
            ("if b():\n    missing = 1\nmissing\n", 3),
            ("def f():\n    global missing\n    missing = 1\nmissing\n", 4),
            ("a = [missing for a in b()]\n", 1),
            ("a = 1 < b() < missing\n", 1),
            ("assert b(), missing\n", 1),
            ("missing: int\n", 1),
            ("def f(:\n    missing\nmissing\n", 3),
        ] {
            assert!(!certain(text, line, Lack::Name("missing")), "{text}");
        }
        let before = ["if b():\n    missing = 1\n"];
        assert!(!must_stumble("missing\n", Lang::Py3, &before, 1, Lack::Name("missing")));
    }

    #[test]
    fn modules_and_what_they_lack_are_asked_for_by_statements() {
        for (text, line, lack) in [
            ("import a.b\n", 1, Lack::Module("a")),
            ("import os, a.b as c\n", 1, Lack::Module("a.b")),
            ("from a.b import c\n", 1, Lack::Module("a.b")),
            ("from a import b, c\n", 1, Lack::Import("c")),
            ("from a import (\n    b,\n    c as d,\n)\n", 1, Lack::Import("c")),
            ("import a\nprint(a.b(1))\n", 2, Lack::Member("b")),
        ] {
            assert!(certain(text, line, lack), "{text}");
        }
        for (text, line, lack) in [
            ("try:\n    import a\nexcept ImportError:\n    import b\n", 2, Lack::Module("a")),
            ("import ab\n", 1, Lack::Module("a")),
            ("import sys\nsys.path.append(b())\nimport a\n", 3, Lack::Module("a")),
            ("if b():\n    from a import c\n", 2, Lack::Import("c")),
            ("import c\n", 1, Lack::Import("c")),
            ("import a\nif c():\n    a.b\n", 3, Lack::Member("b")),
            ("a = c()\nprint(a.b)\n", 2, Lack::Member("b")),
            ("import a\nif c():\n    a.b = 1\nprint(a.b)\n", 4, Lack::Member("b")),
        ] {
            assert!(!certain(text, line, lack), "{text}");
        }
    }
}
