//! What binds names by definition: assignments, functions, classes, comprehensions and imports.
//!
//! Says in which order their parts run; branches and loops are looked at in `walker`.

use tree_sitter::Node;

use super::What;
use super::bodies::Kind;
use super::walker::{LIST, Task, Walker};
use crate::syntax::python::children;

impl<'t> Walker<'t> {
    /// Evaluates the annotation, where it is.
    pub(super) fn annotation(&self, node: Option<Node<'t>>) -> Option<Task<'t>> {
        node.filter(|_| !self.lazy).map(Task::Node)
    }

    pub(super) fn assignment(&mut self, node: Node<'t>) {
        let field = |name: &str| node.child_by_field_name(name);
        let (left, right) = (field("left"), field("right"));
        let annotation = self.annotation(field("type").filter(|_| self.functions == 0));
        let Some(right) = right else { return self.first(annotation.into_iter().collect()) };
        if right.kind() == "lambda"
            && let Some(name) = left.filter(|left| left.kind() == "identifier")
        {
            self.tasks.extend(annotation);
            return self.definition(right, self.source(name));
        }
        let tasks = [Some(Task::Node(right)), annotation, left.map(Task::Target)];
        self.first(tasks.into_iter().flatten().collect());
    }

    /// A function, a class, or a lambda that is bound to `name`.
    pub(super) fn definition(&mut self, node: Node<'t>, name: &'t str) {
        let field = |name: &str| node.child_by_field_name(name);
        let (class, end) = (node.kind() == "class_definition", node.end_byte());
        let name = field("name").map_or(name, |name| self.source(name));
        let parameters = field("parameters").map(children).unwrap_or_default();
        let open = Task::Open(if class { Kind::Class } else { Kind::Function }, name);
        let mut tasks = Vec::new();
        for parameter in &parameters {
            tasks.extend(parameter.child_by_field_name("value").map(Task::Node));
        }
        let mut types = Vec::new();
        for parameter in &parameters {
            types.extend(self.annotation(parameter.child_by_field_name("type")));
        }
        types.extend(self.annotation(field("return_type")));
        types.extend(field("superclasses").map(Task::Node));
        // Parameters of a type are seen by the types and by what stands inside.
        if let Some(generic) = field("type_parameters") {
            tasks.extend([open, Task::Parameter(generic)]);
            tasks.append(&mut types);
        } else {
            tasks.append(&mut types);
            tasks.push(open);
        }
        tasks.extend(parameters.into_iter().map(Task::Parameter));
        tasks.extend(field("body").map(Task::Node));
        tasks.push(Task::Close(end));
        tasks.push(Task::Code(name, end));
        self.first(tasks);
    }

    pub(super) fn comprehension(&mut self, node: Node<'t>) {
        let mut tasks = Vec::new();
        let mut opened = false;
        let mut body = None;
        let name = if node.kind() == "list_comprehension" { LIST } else { "" };
        for child in children(node).into_iter().filter(Node::is_named) {
            if child.kind() != "for_in_clause" {
                // The body comes first, and is evaluated last.
                if opened {
                    tasks.push(Task::Node(child));
                } else {
                    body = Some(child);
                }
                continue;
            }
            tasks.extend(child.child_by_field_name("right").map(Task::Node));
            if !opened {
                tasks.push(Task::Open(Kind::Comprehension, name));
                opened = true;
            }
            tasks.extend(child.child_by_field_name("left").map(Task::Target));
        }
        tasks.extend(body.map(Task::Node));
        if opened {
            tasks.push(Task::Close(node.end_byte()));
        }
        self.first(tasks);
    }

    pub(super) fn alias(&mut self, node: Node<'t>) {
        let mut inner = node.child_by_field_name("left");
        while let Some(part) = inner.filter(|part| part.kind() != "identifier") {
            inner = part.named_child(0);
        }
        if let Some(name) = inner {
            self.bind(self.source(name), What::Value, node.end_byte());
        }
    }

    pub(super) fn import(&mut self, node: Node<'t>) {
        let end = node.end_byte();
        let from = node.kind() == "import_from_statement";
        if node.kind() == "future_import_statement" {
            self.lazy |= self.source(node).contains("annotations");
        }
        let module = node.child_by_field_name("module_name");
        for child in children(node) {
            match child.kind() {
                "wildcard_import" => self.opened(),
                "aliased_import" => {
                    if let Some(alias) = child.child_by_field_name("alias") {
                        self.bind(self.source(alias), What::Import, end);
                    }
                }
                "dotted_name" if module != Some(child) => {
                    let name = self.source(child);
                    let root = name.split('.').next().unwrap_or(name).trim();
                    let part = !from && root.len() < name.len();
                    self.bind(root, if part { What::Part } else { What::Import }, end);
                }
                _ => {}
            }
        }
    }
}
