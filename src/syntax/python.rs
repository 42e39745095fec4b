//! What the Python grammar says of a text.
//!
//! The grammar of tree-sitter is neutral between Python 2 and 3, so the forms that belong to one
//! of them are picked out of the tree here. It does not judge indentation: [`Facts::unindented`]
//! does.

use std::cell::RefCell;

use tree_sitter::{Node, Parser};

use super::{Placed, parse, span, walk};
use crate::model::{Strength, Versions};
use crate::text::Span;

/// Answers about one text. Every list is in the order of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Where the grammar stumbles.
    pub errors: Vec<Span>,
    /// Block headers whose body is missing or not deeper than they are, and statements that have
    /// lost the function around them.
    pub unindented: Vec<Span>,
    /// Statements that do something, with what they are.
    pub effects: Vec<(&'static str, Span)>,
    /// Statements at the top level that do nothing: names, literals, comparisons.
    pub idle: Vec<Span>,
    /// Forms that not every version reads alike.
    pub forms: Vec<Form>,
    /// Modules imported, and names imported from them as `module.name`.
    pub imports: Vec<(String, Span)>,
    /// Names used that no statement of the text binds at its top level.
    pub calls: Vec<(String, Span)>,
}

/// A form that not every version of Python reads alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// Its name.
    pub what: &'static str,
    /// The versions that read it as its author meant.
    pub versions: Versions,
    /// Whether the others refuse it, or read it as something else.
    pub strength: Strength,
    /// Where it stands.
    pub at: Span,
}

thread_local! {
    static PARSER: RefCell<Parser> = RefCell::new(Parser::new());
}

/// Parses `text` as Python of any version; total on all input.
pub fn facts(text: &str) -> Facts {
    let mut facts = Facts::default();
    let language = tree_sitter_python::LANGUAGE.into();
    let Some(tree) = PARSER.with(|slot| parse(slot, &language, text)) else { return facts };
    walk(&tree, |Placed { node, around }| {
        let seen = Seen { node, around, text };
        if node.is_error() || node.is_missing() {
            facts.errors.push(span(node));
        }
        let hard =
            |what, versions| Form { what, versions, strength: Strength::Hard, at: span(node) };
        facts.forms.extend(seen.py2().map(|what| hard(what, Versions::PY2)));
        facts.forms.extend(seen.py3().map(|what| hard(what, Versions::PY3)));
        if let Some(effect) = seen.effect() {
            facts.effects.push((effect, span(node)));
        } else if seen.is_idle() {
            facts.idle.push(span(node));
        }
        if seen.is_unindented() || seen.is_stray() {
            facts.unindented.push(span(node));
        }
        seen.imports(&mut facts.imports);
        facts.calls.extend(seen.called());
    });
    facts
}

/// A node with the nodes around it and the text it stands in.
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

    fn own(self) -> &'t str {
        self.source(self.node)
    }

    fn children(self) -> impl Iterator<Item = Node<'t>> {
        (0..self.node.child_count()).filter_map(move |at| self.node.child(at))
    }

    fn has_child(self, kind: &str) -> bool {
        self.children().any(|child| child.kind() == kind)
    }

    /// The prefix letters of a string literal, in lower case.
    fn prefix(self) -> String {
        let start = self.node.child(0).filter(|child| child.kind() == "string_start");
        let start = start.map_or("", |start| self.source(start));
        start.trim_end_matches(['"', '\'']).to_ascii_lowercase()
    }

    fn py2(self) -> Option<&'static str> {
        match self.node.kind() {
            "print_statement" => Some("print statement"),
            "exec_statement" => Some("exec statement"),
            "comparison_operator" if self.has_child("<>") => Some("`<>`"),
            "string" if self.own().starts_with('`') => Some("backticks"),
            "string" if self.prefix().contains('u') && self.prefix().contains('r') => {
                Some("ur\"\"")
            }
            "integer" => py2_integer(self.own()),
            "raise_statement" if self.has_child("expression_list") => Some("raise E, value"),
            "except_clause" if self.is_old_except() => Some("except E, name"),
            "tuple_pattern" if self.is_parameter() => Some("tuple parameter"),
            "expression_statement" => self.old_print(),
            _ => None,
        }
    }

    /// `print ("a"), b` and `print ("a") % b`: Python 3 reads them, and does something else.
    fn old_print(self) -> Option<&'static str> {
        let first = self.node.child(0)?;
        let text = self.source(first);
        let spaced = text.starts_with("print (") || text.starts_with("print(");
        if !spaced {
            return None;
        }
        let operated = matches!(first.kind(), "binary_operator" | "boolean_operator" | "subscript");
        let listed = self.node.child_count() > 1 && first.kind() == "call";
        (operated || listed).then_some("print with an expression behind its bracket")
    }

    fn is_old_except(self) -> bool {
        let mut cursor = self.node.walk();
        self.node.children_by_field_name("value", &mut cursor).count() > 1
    }

    fn is_parameter(self) -> bool {
        matches!(self.parent_kind(), Some("parameters" | "lambda_parameters"))
    }

    fn py3(self) -> Option<&'static str> {
        let first = self.node.child(0);
        let leads = |kind: &str| first.is_some_and(|child| child.kind() == kind);
        match self.node.kind() {
            "function_definition" | "for_statement" | "with_statement" | "for_in_clause"
                if leads("async") =>
            {
                Some("async")
            }
            "await" => Some("await"),
            "string" if self.prefix().contains('f') => Some("f-string"),
            "named_expression" => Some("`:=`"),
            "match_statement" if self.has_child("block") => Some("match"),
            "nonlocal_statement" => Some("nonlocal"),
            "keyword_separator" => Some("keyword-only parameter"),
            "positional_separator" => Some("positional-only parameter"),
            "typed_parameter" | "typed_default_parameter" => Some("annotation"),
            "function_definition" if self.has_field("return_type") => Some("annotation"),
            "assignment" if self.has_field("type") => Some("annotation"),
            "raise_statement" if self.has_field("cause") => Some("raise from"),
            "yield" if self.has_child("from") => Some("yield from"),
            "list_splat_pattern" if !self.is_inside_parameters() => Some("starred target"),
            "dictionary_splat" if self.parent_kind() == Some("dictionary") => {
                Some("`**` in a dict")
            }
            "type_alias_statement" => Some("type alias"),
            "class_definition" => self.class_keyword(),
            "call" => self.new_print(),
            "ellipsis" if self.is_bare_ellipsis() => Some("`...`"),
            _ => None,
        }
    }

    fn has_field(self, name: &str) -> bool {
        self.node.child_by_field_name(name).is_some()
    }

    fn parent_kind(self) -> Option<&'t str> {
        self.around.last().map(Node::kind)
    }

    fn is_inside_parameters(self) -> bool {
        matches!(self.parent_kind(), Some("parameters" | "lambda_parameters" | "typed_parameter"))
    }

    /// Python 2 has `...` in subscripts only.
    fn is_bare_ellipsis(self) -> bool {
        !matches!(self.parent_kind(), Some("subscript" | "slice"))
    }

    fn class_keyword(self) -> Option<&'static str> {
        let bases = self.node.child_by_field_name("superclasses")?;
        let bases = Seen { node: bases, ..self };
        bases.has_child("keyword_argument").then_some("class keyword")
    }

    /// `print(x, end="")`.
    fn new_print(self) -> Option<&'static str> {
        let name = self.node.child_by_field_name("function")?;
        let arguments = self.node.child_by_field_name("arguments")?;
        let keyword = Seen { node: arguments, ..self }.has_child("keyword_argument");
        (self.source(name) == "print" && keyword).then_some("print with a keyword")
    }

    fn effect(self) -> Option<&'static str> {
        match self.node.kind() {
            "import_statement" | "import_from_statement" | "future_import_statement" => {
                Some("import")
            }
            "function_definition" => Some("function"),
            "class_definition" => Some("class"),
            "assignment" if self.has_field("right") => Some("assignment"),
            "augmented_assignment" => Some("assignment"),
            "call" if self.is_statement() => Some("call"),
            "await" if self.is_statement() => Some("call"),
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
        self.parent_kind() == Some("expression_statement")
    }

    fn is_idle(self) -> bool {
        let top = self.parent_kind() == Some("module");
        let idle = self.node.child(0).is_some_and(|child| {
            !matches!(
                child.kind(),
                "call" | "await" | "assignment" | "augmented_assignment" | "yield"
            ) || child.kind() == "assignment" && child.child_by_field_name("right").is_none()
        });
        top && self.node.kind() == "expression_statement" && idle
    }

    /// A block header whose body is missing, or begins on a later line without being deeper.
    fn is_unindented(self) -> bool {
        let header = matches!(
            self.node.kind(),
            "function_definition"
                | "class_definition"
                | "for_statement"
                | "while_statement"
                | "if_statement"
                | "with_statement"
                | "try_statement"
        );
        let body = self
            .node
            .child_by_field_name("body")
            .or_else(|| self.node.child_by_field_name("consequence"));
        header
            && body.is_some_and(|body| {
                let column = |node: Node<'_>| node.start_position().column;
                body.named_child_count() == 0
                    || body.start_position().row > self.node.start_position().row
                        && column(body) <= column(self.node)
            })
    }

    /// A `return` that stands in no function.
    fn is_stray(self) -> bool {
        self.node.kind() == "return_statement"
            && !self.around.iter().any(|node| node.kind() == "function_definition")
    }

    fn imports(self, into: &mut Vec<(String, Span)>) {
        let module = match self.node.kind() {
            "import_statement" => None,
            "import_from_statement" => self.node.child_by_field_name("module_name"),
            _ => return,
        };
        let mut cursor = self.node.walk();
        for name in self.node.children_by_field_name("name", &mut cursor) {
            let name = name.child_by_field_name("name").unwrap_or(name);
            let text = self.source(name);
            let full =
                module.map_or(text.to_owned(), |module| format!("{}.{text}", self.source(module)));
            into.push((full, span(name)));
        }
    }

    /// The name that a call calls, or the method behind a dot as `.method`.
    fn called(self) -> Option<(String, Span)> {
        if self.node.kind() != "call" {
            return None;
        }
        let function = self.node.child_by_field_name("function")?;
        match function.kind() {
            "identifier" => Some((self.source(function).to_owned(), span(function))),
            "attribute" => {
                let method = function.child_by_field_name("attribute")?;
                Some((format!(".{}", self.source(method)), span(method)))
            }
            _ => None,
        }
    }
}

fn py2_integer(text: &str) -> Option<&'static str> {
    if text.ends_with(['l', 'L']) {
        return Some("long integer");
    }
    let octal = text.len() > 1 && text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    (octal && text.bytes().any(|b| b != b'0')).then_some("octal integer")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_by(text: &str) -> Versions {
        facts(text).forms.iter().fold(Versions::ALL, |all, form| all.and(form.versions))
    }

    #[test]
    fn forms_of_one_version_are_noticed() {
        let py2 = [
            "print 'a', b",
            "exec code",
            "if a <> b: pass",
            "x = `y`",
            "n = 0777",
            "n = 10L",
            "raise E, 'm'",
            "try:\n    f()\nexcept E, e:\n    pass",
            "def f((a, b)): pass",
            "print ('a') % b",
        ];
        for text in py2 {
            assert_eq!(read_by(text), Versions::PY2, "{text}");
        }
        let py3 = [
            "async def f(): pass",
            "f'{x}'",
            "(a := 1)",
            "def f(a: int) -> str: pass",
            "def f(*, a): pass",
            "a, *b = c",
            "raise E from e",
            "class C(metaclass=M): pass",
            "print(a, end='')",
            "def f(): yield from g()",
            "match x:\n    case 1:\n        pass",
        ];
        for text in py3 {
            assert_eq!(read_by(text), Versions::PY3, "{text}");
        }
        let both = ["print('a')", "x = a[..., 1]", "def f(*args, **kw): pass", "x = 0", "x = 00"];
        for text in both {
            assert_eq!(read_by(text), Versions::ALL, "{text}");
        }
    }

    #[test]
    fn statements_do_something_or_not() {
        assert_eq!(facts("a\nb == c\n'text'\nx: int\n").idle.len(), 4);
        assert!(facts("a.b\n").effects.is_empty());
        assert_eq!(facts("f(x)\ny = 1\n").effects.len(), 2);
        assert_eq!(facts("class C:\ndef f(self):\nreturn 1\n").unindented.len(), 3);
    }
}
