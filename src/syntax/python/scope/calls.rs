//! Calls: what they may change, evaluate and write, as far as their form tells.

use tree_sitter::Node;

use super::By;
use super::known::{changes_argument, writes_file};
use super::walker::{Task, Walker};
use crate::syntax::python::children;

/// Longer strings name no file.
const LONGEST_PATH: usize = 200;

impl<'t> Walker<'t> {
    pub(super) fn call(&mut self, node: Node<'t>) {
        let (Some(function), Some(arguments)) =
            (node.child_by_field_name("function"), node.child_by_field_name("arguments"))
        else {
            return self.inside(node);
        };
        let given: Vec<Node<'t>> = if arguments.kind() == "argument_list" {
            children(arguments).into_iter().filter(Node::is_named).collect()
        } else {
            Vec::new()
        };
        let called = match function.kind() {
            "identifier" => self.plain_call(function, &given),
            "attribute" => self.method_call(function, &given),
            _ => "",
        };
        self.files(called, function, &given);
        self.tasks.push(Task::Node(arguments));
        match function.kind() {
            "identifier" => self.read(called, function.start_byte(), true),
            _ => self.tasks.push(Task::Node(function)),
        }
    }

    fn plain_call(&mut self, function: Node<'t>, given: &[Node<'t>]) -> &'t str {
        let name = self.source(function);
        match name {
            "exec" | "execfile" => self.tasks.push(Task::Opened),
            "eval" | "timeit" | "compile" => self.evaluated(given),
            _ => {}
        }
        for (number, argument) in given.iter().enumerate() {
            if argument.kind() == "identifier" {
                let by = if number == 0 && changes_argument(name) {
                    By::Statement
                } else {
                    By::Function(name.to_owned())
                };
                self.touch(self.source(*argument), by);
            }
        }
        name
    }

    fn method_call(&mut self, function: Node<'t>, given: &[Node<'t>]) -> &'t str {
        let Some(method) = function.child_by_field_name("attribute") else { return "" };
        let method = self.source(method);
        if let Some(name) = self.root(function) {
            self.touch(name, By::Method(method.to_owned()));
        }
        // `random.shuffle(x)`
        if changes_argument(method)
            && let Some(first) = given.first().filter(|it| it.kind() == "identifier")
        {
            self.touch(self.source(*first), By::Statement);
        }
        method
    }

    /// Names in code that is given as a string.
    fn evaluated(&mut self, given: &[Node<'t>]) {
        if let Some(code) = given.first().and_then(|first| self.plain_string(*first)) {
            self.words(code, given[0].start_byte());
        }
    }

    fn words(&mut self, code: &'t str, at: usize) {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        for name in code.split(|c: char| !word(c)) {
            if name.starts_with(|c: char| c.is_alphabetic() || c == '_') && !is_keyword(name) {
                self.read(name, at, true);
            }
        }
    }

    /// A string, or what Python 2 writes between backticks.
    pub(super) fn string(&mut self, node: Node<'t>) {
        let source = self.source(node);
        match source.strip_prefix('`').and_then(|inner| inner.strip_suffix('`')) {
            Some(code) => self.words(code, node.start_byte()),
            None => self.inside(node),
        }
    }

    /// What a literal holds that needs no reading: no escapes, no parts to be filled in.
    pub(super) fn plain_string(&self, node: Node<'t>) -> Option<&'t str> {
        if node.kind() != "string" {
            return None;
        }
        let source = self.source(node).trim_start_matches(['u', 'U', 'r', 'R', 'b', 'B']);
        let quotes = ["\"\"\"", "'''", "\"", "'"];
        let quote = quotes.into_iter().find(|quote| source.starts_with(quote))?;
        let inner = source.strip_prefix(quote)?.strip_suffix(quote)?;
        (!inner.contains('\\')).then_some(inner)
    }

    /// Strings that may name files.
    fn files(&mut self, called: &str, function: Node<'t>, given: &[Node<'t>]) {
        let mut strings: Vec<&str> =
            given.iter().filter_map(|argument| self.plain_string(*argument)).collect();
        let writes = match called {
            "open" => given.iter().skip(1).any(|mode| {
                let mode = mode.child_by_field_name("value").unwrap_or(*mode);
                self.plain_string(mode)
                    .is_some_and(|mode| mode.len() <= 3 && mode.contains(['w', 'a', 'x']))
            }),
            _ => writes_file(called),
        };
        // `Path("x").write_text(...)`
        let object = function.child_by_field_name("object").filter(|it| it.kind() == "call");
        if writes && let Some(inner) = object.and_then(|call| call.child_by_field_name("arguments"))
        {
            let first = inner.named_child(0).and_then(|first| self.plain_string(first));
            strings.extend(first);
        }
        for path in strings {
            let named = !path.is_empty()
                && path.len() <= LONGEST_PATH
                && !path.contains(['\n', ' ', '*', '<', '%', '{'])
                && !path.contains("://")
                && !path.starts_with('.')
                && path.contains(['.', '/']);
            if !named || self.files.contains(&(path, true)) || !self.files.insert((path, writes)) {
                continue;
            }
            let list = if writes { &mut self.scope.writes } else { &mut self.scope.reads };
            list.push(path.to_owned());
        }
    }
}

fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "and"
            | "as"
            | "assert"
            | "break"
            | "class"
            | "continue"
            | "def"
            | "del"
            | "elif"
            | "else"
            | "except"
            | "finally"
            | "for"
            | "from"
            | "global"
            | "if"
            | "import"
            | "in"
            | "is"
            | "lambda"
            | "not"
            | "or"
            | "pass"
            | "raise"
            | "return"
            | "try"
            | "while"
            | "with"
            | "yield"
    )
}
