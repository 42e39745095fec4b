//! The walk through a tree in the order in which Python runs it.
//!
//! What is to be done lies on a stack of its own, so depth costs no stack of the machine. Targets
//! are bound in `targets`, calls looked at in `calls`; what is bound when is kept by `flow`.

use std::collections::{HashMap, HashSet};

use tree_sitter::Node;

use super::bodies::{Held, Kind, Scoped};
use super::flow::{Flow, Meeting};
use super::{By, Scope, What};
use crate::model::Lang;
use crate::syntax::python::children;
use crate::syntax::span;

/// Something to be done.
pub(super) enum Task<'t> {
    /// Runs a statement, or evaluates an expression.
    Node(Node<'t>),
    /// Assigns to a target.
    Target(Node<'t>),
    /// Takes a parameter, or what binds several.
    Parameter(Node<'t>),
    /// Matches a pattern.
    Pattern(Node<'t>),
    /// Deletes a target.
    Delete(Node<'t>),
    /// Names that nobody can tell are bound.
    Opened,
    /// Binds the name of an assignment that is an expression.
    Named(&'t str, usize),
    /// Binds a name to the code that ended last; code without a name runs, or may.
    Code(&'t str, usize),
    /// Branches begin; a branch begins; it ends; they meet again.
    Part,
    Branch,
    Leave(Meeting, usize),
    Join(bool, usize),
    /// A scope begins; it ends.
    Open(Kind, &'t str),
    Close(usize),
}

/// The walk.
pub(super) struct Walker<'t> {
    pub(super) text: &'t str,
    lang: Lang,
    /// What is to be done, the next last.
    pub(super) tasks: Vec<Task<'t>>,
    pub(super) flow: Flow<'t>,
    scopes: Vec<Scoped<'t>>,
    /// How many of `scopes` are functions: what runs later, if ever.
    pub(super) functions: usize,
    /// Names of open comprehensions and of open classes that run now, with how many bind them.
    iterated: HashMap<&'t str, usize>,
    members: HashMap<&'t str, usize>,
    /// What the scope that ended last does when it is called, for whoever binds it to a name.
    ended: Held<'t>,
    /// Whether annotations are never evaluated.
    pub(super) lazy: bool,
    pub(super) scope: Scope,
    /// Strings that may name files, and whether they are written.
    pub(super) files: HashSet<(&'t str, bool)>,
    alters: HashSet<&'t str>,
}

impl<'t> Walker<'t> {
    pub(super) fn new(text: &'t str, lang: Lang) -> Self {
        Self {
            text,
            lang,
            tasks: Vec::new(),
            flow: Flow::default(),
            scopes: Vec::new(),
            functions: 0,
            iterated: HashMap::new(),
            members: HashMap::new(),
            ended: Held::default(),
            files: HashSet::new(),
            lazy: false,
            scope: Scope::default(),
            alters: HashSet::new(),
        }
    }

    pub(super) fn run(mut self, root: Node<'t>) -> Scope {
        self.tasks.push(Task::Node(root));
        while let Some(task) = self.tasks.pop() {
            match task {
                Task::Node(node) => self.node(node),
                Task::Target(node) => self.target(node),
                Task::Parameter(node) => self.parameter(node),
                Task::Pattern(node) => self.pattern(node),
                Task::Delete(node) => self.delete(node),
                Task::Opened => self.opened(),
                Task::Named(name, at) => self.named(name, at),
                Task::Code(name, at) => self.defined(name, at),
                Task::Part if self.functions == 0 => self.flow.part(),
                Task::Branch if self.functions == 0 => self.flow.enter(),
                Task::Leave(meeting, at) if self.functions == 0 => self.flow.leave(meeting, at),
                Task::Join(taken, at) if self.functions == 0 => self.flow.join(taken, at),
                Task::Part | Task::Branch | Task::Leave(..) | Task::Join(..) => {}
                Task::Open(kind, name) => self.open(kind, name),
                Task::Close(at) => self.close(at),
            }
        }
        self.flow.finish(&mut self.scope);
        self.scope.alters = self.alters.into_iter().map(str::to_owned).collect();
        self.scope.alters.sort_unstable();
        self.scope
    }

    /// Puts `tasks` before everything else that is to be done.
    pub(super) fn first(&mut self, tasks: Vec<Task<'t>>) {
        self.tasks.extend(tasks.into_iter().rev());
    }

    pub(super) fn source(&self, node: Node<'_>) -> &'t str {
        &self.text[span(node).range()]
    }

    fn node(&mut self, node: Node<'t>) {
        let field = |name: &str| node.child_by_field_name(name);
        let end = node.end_byte();
        match node.kind() {
            "identifier" => self.read(self.source(node), node.start_byte(), false),
            "attribute" | "keyword_argument" => {
                let inner = if node.kind() == "attribute" { "object" } else { "value" };
                self.tasks.extend(field(inner).map(Task::Node));
            }
            "dotted_name" | "global_statement" | "nonlocal_statement" => self.declared(node),
            "assignment" => self.assignment(node),
            "augmented_assignment" => {
                let (left, right) = (field("left"), field("right"));
                let parts = [left.map(Task::Node), right.map(Task::Node), left.map(Task::Target)];
                self.first(parts.into_iter().flatten().collect());
            }
            "named_expression" => {
                let name = field("name").map(|name| Task::Named(self.source(name), end));
                self.first(field("value").map(Task::Node).into_iter().chain(name).collect());
            }
            "for_statement" | "while_statement" => self.repeated(node),
            "if_statement" | "try_statement" | "match_statement" => self.branches(node),
            "except_clause" | "except_group_clause" => self.handler(node),
            "as_pattern" => {
                let alias = field("alias").map(Task::Target);
                self.first(node.child(0).map(Task::Node).into_iter().chain(alias).collect());
            }
            "function_definition" | "class_definition" | "lambda" => self.definition(node, ""),
            "list_comprehension"
            | "set_comprehension"
            | "dictionary_comprehension"
            | "generator_expression" => self.comprehension(node),
            "import_statement" | "import_from_statement" | "future_import_statement" => {
                self.import(node);
            }
            "delete_statement" => {
                self.first(children(node).into_iter().map(Task::Delete).collect());
            }
            "call" => self.call(node),
            "exec_statement" => {
                self.tasks.push(Task::Opened);
                self.inside(node);
            }
            "string" => self.string(node),
            "case_pattern" => self.pattern(node),
            "type_alias_statement" => self.alias(node),
            "raise_statement" | "return_statement" | "break_statement" | "continue_statement" => {
                if self.functions == 0 {
                    self.flow.end();
                }
                self.inside(node);
            }
            _ => self.inside(node),
        }
    }

    /// What stands inside of `node`, in order.
    pub(super) fn inside(&mut self, node: Node<'t>) {
        self.first(children(node).into_iter().filter(Node::is_named).map(Task::Node).collect());
    }

    pub(super) fn read(&mut self, name: &'t str, at: usize, called: bool) {
        if let Some(scope) = self.scopes.last_mut()
            && self.functions > 0
        {
            scope.read(name);
        } else if !self.iterated.contains_key(name) && !self.members.contains_key(name) {
            self.flow.read(name, at, called);
        }
    }

    pub(super) fn touch(&mut self, name: &'t str, by: By) {
        if let Some(scope) = self.scopes.last_mut()
            && self.functions > 0
        {
            scope.touch(name, by);
        } else if !self.iterated.contains_key(name) && !self.members.contains_key(name) {
            self.flow.touch(name, by);
        }
    }

    /// Names that nobody can tell are bound.
    pub(super) fn opened(&mut self) {
        self.flow.opens |= self.functions == 0;
    }

    pub(super) fn bind(&mut self, name: &'t str, what: What, at: usize) {
        self.bind_code(name, what, Held::default(), at);
    }

    fn bind_code(&mut self, name: &'t str, what: What, code: Held<'t>, at: usize) {
        let Some(scope) = self.scopes.last_mut() else {
            return self.flow.bind(name, what, code.code(), at);
        };
        let (new, kind) = (scope.bind(name), scope.kind);
        if self.functions > 0 {
            return;
        }
        let shadows = if kind == Kind::Class { &mut self.members } else { &mut self.iterated };
        *shadows.entry(name).or_default() += usize::from(new);
        // What the functions of a class need counts where the class is used.
        scope.hold(code);
    }

    /// Binds what was defined last; what has no name may be called where it stands.
    fn defined(&mut self, name: &'t str, at: usize) {
        let code = std::mem::take(&mut self.ended);
        if !name.is_empty() {
            self.bind_code(name, What::Callable, code, at);
        } else if self.functions == 0 {
            self.flow.run(&code.code(), at);
        }
    }

    /// `name := ...` binds outside of the comprehensions that it stands in.
    fn named(&mut self, name: &'t str, at: usize) {
        match self.scopes.iter_mut().rev().find(|scope| scope.kind != Kind::Comprehension) {
            Some(scope) if self.functions > 0 => drop(scope.bind(name)),
            Some(_) => self.bind(name, What::Value, at),
            None => self.flow.bind(name, What::Value, Default::default(), at),
        }
    }

    pub(super) fn deleted(&mut self, name: &'t str, at: usize) {
        match self.scopes.last_mut() {
            Some(scope) if self.functions > 0 => {
                scope.read(name);
                scope.bind(name);
            }
            Some(_) => self.read(name, at, false),
            None => self.flow.unbind(name, at),
        }
    }

    pub(super) fn parameter_name(&mut self, name: &'t str) {
        match self.scopes.last_mut() {
            Some(scope) if scope.kind == Kind::Function => scope.parameter(name),
            _ => self.bind(name, What::Value, 0),
        }
    }

    fn declared(&mut self, node: Node<'t>) {
        let global = node.kind() == "global_statement";
        if node.kind() == "dotted_name" || self.functions == 0 {
            return;
        }
        let names: Vec<&str> = children(node)
            .into_iter()
            .filter(|child| child.kind() == "identifier")
            .map(|child| self.source(child))
            .collect();
        if let Some(scope) = self.scopes.last_mut() {
            for name in names {
                if global { scope.global(name) } else { scope.nonlocal(name) }
            }
        }
    }

    fn open(&mut self, kind: Kind, name: &'t str) {
        self.functions += usize::from(kind == Kind::Function);
        self.scopes.push(Scoped::new(kind, name));
    }

    fn close(&mut self, at: usize) {
        let Some(scope) = self.scopes.pop() else { return };
        let kind = scope.kind;
        if kind == Kind::Function {
            self.functions -= 1;
            self.note_altering(&scope);
        }
        self.ended = Held::default();
        if self.functions > 0 {
            let held = scope.close();
            if let Some(around) = self.scopes.last_mut() {
                around.hold(held);
            }
            return;
        }
        let shadows = if kind == Kind::Class { &mut self.members } else { &mut self.iterated };
        if kind != Kind::Function {
            for name in &scope.binds {
                lift(shadows, name);
            }
        }
        let leaks = kind == Kind::Comprehension && scope.name == LIST && self.lang == Lang::Py2;
        let mut leaked: Vec<&str> =
            if leaks { scope.binds.iter().copied().collect() } else { Vec::new() };
        leaked.sort_unstable();
        self.ended = scope.close();
        self.ended.retain(|name| !self.iterated.contains_key(name));
        for name in leaked {
            self.bind(name, What::Value, at);
        }
    }

    fn note_altering(&mut self, scope: &Scoped<'t>) {
        let alters = scope.altered().any(|by| match by {
            By::Statement => true,
            By::Method(name) => super::changes_object(name),
            By::Function(name) => super::known::changes_argument(name),
        });
        if alters && !scope.name.is_empty() {
            self.alters.insert(scope.name);
        }
    }

    fn repeated(&mut self, node: Node<'t>) {
        let field = |name: &str| node.child_by_field_name(name);
        let first = field("right").or_else(|| field("condition"));
        let end = field("body").map_or(node.end_byte(), |body| body.end_byte());
        let tasks = [
            first.map(Task::Node),
            Some(Task::Branch),
            field("left").map(Task::Target),
            field("body").map(Task::Node),
            Some(Task::Leave(Meeting::Always, end)),
            field("alternative").map(Task::Node),
        ];
        self.first(tasks.into_iter().flatten().collect());
    }

    /// `if`, `try` and `match`.
    fn branches(&mut self, node: Node<'t>) {
        let mut tasks = Vec::new();
        let (mut begun, mut one_is_taken) = (false, false);
        let mut last = Vec::new();
        let end = node.end_byte();
        let matches = node.kind() == "match_statement";
        for child in children(node).into_iter().filter(Node::is_named) {
            let kind = child.kind();
            match kind {
                "block" if matches => {
                    tasks.push(Task::Part);
                    begun = true;
                    for case in children(child) {
                        one_is_taken |= is_irrefutable(case);
                        branch(&mut tasks, [Task::Node(case)], case.end_byte());
                    }
                }
                "block" => {
                    tasks.push(Task::Part);
                    begun = true;
                    tasks.extend([Task::Branch, Task::Node(child)]);
                    // What follows a body that nothing went wrong in belongs to it.
                    let after = node.children(&mut node.walk()).find(|next| {
                        node.kind() == "try_statement" && next.kind() == "else_clause"
                    });
                    tasks.extend(after.map(Task::Node));
                    tasks.push(Task::Leave(Meeting::Branch, child.end_byte()));
                    one_is_taken |= node.kind() == "try_statement";
                }
                "else_clause" if node.kind() == "try_statement" => {}
                "finally_clause" => last.push(Task::Node(child)),
                "elif_clause" | "else_clause" | "except_clause" | "except_group_clause" => {
                    one_is_taken |= kind == "else_clause";
                    branch(&mut tasks, [Task::Node(child)], child.end_byte());
                }
                _ => tasks.push(Task::Node(child)),
            }
        }
        if begun {
            tasks.push(Task::Join(one_is_taken, end));
        }
        tasks.append(&mut last);
        self.first(tasks);
    }

    fn handler(&mut self, node: Node<'t>) {
        let mut values = 0;
        let mut tasks = Vec::new();
        for (number, child) in children(node).into_iter().enumerate() {
            let value = node.field_name_for_child(number as u32) == Some("value");
            values += usize::from(value);
            // `except E, e` of Python 2.
            tasks.push(if value && values > 1 { Task::Target(child) } else { Task::Node(child) });
        }
        self.first(tasks);
    }
}

/// The name of list comprehensions, whose names Python 2 leaves bound.
pub(super) const LIST: &str = "[]";

/// One fewer binds `name`.
fn lift<'t>(shadows: &mut HashMap<&'t str, usize>, name: &'t str) {
    if let Some(count) = shadows.get_mut(name) {
        *count -= 1;
        if *count == 0 {
            shadows.remove(name);
        }
    }
}

fn branch<'t>(tasks: &mut Vec<Task<'t>>, inner: [Task<'t>; 1], end: usize) {
    tasks.push(Task::Branch);
    tasks.extend(inner);
    tasks.push(Task::Leave(Meeting::Branch, end));
}

/// Whether a case takes whatever comes: `case _:`, `case x:`.
fn is_irrefutable(case: Node<'_>) -> bool {
    let pattern = children(case).into_iter().find(|child| child.kind() == "case_pattern");
    let plain = pattern.is_some_and(|pattern| match pattern.named_child(0) {
        None => true,
        Some(inner) => inner.kind() == "dotted_name" && inner.named_child_count() == 1,
    });
    plain && case.child_by_field_name("guard").is_none()
}
