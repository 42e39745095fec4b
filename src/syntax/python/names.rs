//! Names of the standard library that a text uses.
//!
//! One walk gathers what is imported, bound and used; what is bound by the text itself, or stands
//! where it asks for the version or catches that a name is missing, says nothing. Calls are not
//! followed, and no types are inferred.

use std::collections::{HashMap, HashSet};

use tree_sitter::Node;

use super::{Name, Seen, children, table};
use crate::model::Versions;
use crate::syntax::span;
use crate::text::Span;

/// What one walk gathers.
#[derive(Default)]
pub(super) struct Uses<'t> {
    imports: Vec<Import<'t>>,
    bound: HashSet<&'t str>,
    /// Functions defined: methods among them.
    defined: HashSet<&'t str>,
    /// Names, dotted or not.
    used: Vec<(&'t str, Context, Span)>,
    methods: Vec<(&'t str, Versions, Span)>,
    /// Keywords by the function that takes them.
    keywords: Vec<(&'t str, &'t str, Span)>,
    /// Certain without knowing what is bound.
    sure: Vec<Name>,
    /// Where a name that is missing does no harm.
    guarded: Vec<Span>,
    /// Whether annotations are never evaluated.
    lazy_annotations: bool,
}

/// A name that an import binds.
struct Import<'t> {
    /// What is imported.
    full: String,
    /// What the name means: for `import a.b` it is `a`.
    means: String,
    /// The name; nothing for `*`.
    local: &'t str,
    at: Span,
}

/// How a name is used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    /// Called, or asked for as a type.
    Called,
    Other,
}

impl<'t> Uses<'t> {
    /// Looks at one named node.
    pub(super) fn look(&mut self, seen: Seen<'_, 't>) {
        match seen.kind {
            "identifier" => self.identifier(seen),
            "attribute" => self.attribute(seen),
            "call" => self.call(seen),
            "import_statement" | "import_from_statement" | "future_import_statement" => {
                self.import(seen);
            }
            "try_statement" if catches_missing(seen) => self.guarded.push(span(seen.node)),
            "if_statement" | "conditional_expression" | "elif_clause" if asks_version(seen) => {
                self.guarded.push(span(seen.node));
            }
            "type" => self.annotation(seen),
            _ => {}
        }
    }

    fn identifier(&mut self, seen: Seen<'_, 't>) {
        let name = seen.own();
        match role(seen) {
            Role::Bound => {
                if seen.parent_kind() == "function_definition" {
                    self.defined.insert(name);
                }
                self.bound.insert(name);
            }
            Role::Used if table::builtin(name).is_some() => {
                let context = if is_called(seen) { Context::Called } else { Context::Other };
                self.used.push((name, context, span(seen.node)));
            }
            Role::Used | Role::Neither => {}
        }
    }

    /// A whole chain of names, and the method at the end of any chain.
    fn attribute(&mut self, seen: Seen<'_, 't>) {
        let Some(last) = seen.field("attribute") else { return };
        let called = seen.parent_kind() == "call" && seen.is_field("function");
        let name = seen.source(last);
        if called {
            self.method(seen, name, last);
        }
        if let Some(versions) = table::member(name) {
            self.methods.push((name, versions, span(last)));
        }
        let inner = seen.parent_kind() == "attribute";
        if !inner && is_chain(seen.node) {
            self.used.push((seen.own(), Context::Other, span(seen.node)));
        }
    }

    fn method(&mut self, seen: Seen<'_, 't>, name: &'t str, last: Node<'t>) {
        let arguments = seen.parent().and_then(|call| call.child_by_field_name("arguments"));
        let Some(arguments) = arguments else { return };
        if let Some(versions) = table::method(name, arguments.named_child_count()) {
            self.methods.push((name, versions, span(last)));
        }
        if !matches!(name, "encode" | "decode") {
            return;
        }
        let Some(object) = seen.field("object") else { return };
        let text = object.kind() == "string"
            && !seen.source(object).trim_start_matches(['r', 'R']).starts_with(['b', 'B']);
        let codec = arguments.named_child(0).map_or("", |first| seen.source(first));
        let codec = codec.trim_matches(['\'', '"']);
        let bytes_only =
            ["hex", "base64", "string_escape", "string-escape", "zlib", "bz2", "rot13"];
        if name == "decode" && text || bytes_only.contains(&codec) {
            self.methods.push((name, Versions::PY2, span(last)));
        }
    }

    fn call(&mut self, seen: Seen<'_, 't>) {
        let (Some(function), Some(arguments)) = (seen.field("function"), seen.field("arguments"))
        else {
            return;
        };
        let name = seen.source(function);
        let mut listed = arguments.walk();
        for argument in arguments.named_children(&mut listed) {
            if argument.kind() == "keyword_argument"
                && let Some(keyword) = argument.child_by_field_name("name")
            {
                self.keywords.push((name, seen.source(keyword), span(argument)));
            }
        }
        if name == "super" && arguments.named_child_count() == 0 {
            self.used.push((name, Context::Called, span(seen.node)));
        }
    }

    fn import(&mut self, seen: Seen<'_, 't>) {
        let module = seen.field("module_name").map(|module| (seen.source(module), span(module)));
        if seen.kind == "future_import_statement" {
            self.lazy_annotations |= seen.own().contains("annotations");
            return;
        }
        let mut cursor = seen.node.walk();
        let names: Vec<Node<'t>> =
            seen.node.children_by_field_name("name", &mut cursor).filter(Node::is_named).collect();
        if let Some((module, at)) = module
            && names.is_empty()
        {
            let full = module.to_owned();
            self.imports.push(Import { means: full.clone(), full, local: "", at });
        }
        for node in names {
            let name = seen.source(node.child_by_field_name("name").unwrap_or(node));
            let alias = node.child_by_field_name("alias").map(|alias| seen.source(alias));
            let root = name.split('.').next().unwrap_or(name);
            let (full, means) = match (module, alias) {
                (Some((module, _)), _) => (format!("{module}.{name}"), None),
                (None, Some(_)) => (name.to_owned(), None),
                (None, None) => (name.to_owned(), Some(root.to_owned())),
            };
            let means = means.unwrap_or_else(|| full.clone());
            let at = span(node);
            self.imports.push(Import { full, means, local: alias.unwrap_or(root), at });
        }
    }

    /// Builtin types with brackets (PEP 585) and unions (PEP 604), where they are evaluated.
    fn annotation(&mut self, seen: Seen<'_, 't>) {
        let lazy = self.lazy_annotations
            || matches!(seen.parent_kind(), "type_alias_statement" | "type_parameter");
        if lazy
            || !matches!(
                seen.parent_kind(),
                "typed_parameter"
                    | "typed_default_parameter"
                    | "function_definition"
                    | "assignment"
            )
        {
            return;
        }
        let mut note = |name: &str, versions, node: Node<'_>| {
            self.sure.push(Name { name: name.to_owned(), versions, at: span(node) });
        };
        let mut rest = children(seen.node);
        while let Some(node) = rest.pop() {
            let kind = node.kind();
            let first = node.child(0).map_or("", |first| seen.source(first));
            let generic = ["list", "dict", "tuple", "set", "frozenset", "type"].contains(&first);
            match kind {
                "generic_type" | "subscript" if generic => {
                    note(&format!("{first}[]"), Versions::since(3, 9), node);
                }
                "union_type" => note("X | Y", Versions::since(3, 10), node),
                "binary_operator" if children(node).iter().any(|child| child.kind() == "|") => {
                    note("X | Y", Versions::since(3, 10), node);
                }
                "string" => continue,
                _ => {}
            }
            rest.extend(children(node));
        }
    }

    /// The names that tell versions apart.
    pub(super) fn resolve(self) -> Vec<Name> {
        let mut found = Vec::new();
        let mut locals: HashMap<&str, Vec<&str>> = HashMap::new();
        let mut guarded: HashSet<&str> = HashSet::new();
        for import in &self.imports {
            let meanings = locals.entry(import.local).or_default();
            if !meanings.contains(&import.means.as_str()) {
                meanings.push(&import.means);
            }
            if self.is_guarded(import.at) {
                guarded.insert(import.local);
            } else if let Some((name, versions)) = table::library(&import.full) {
                found.push(Name { name: name.to_owned(), versions, at: import.at });
            }
        }
        // Compatibility libraries bring names of one Python to the other.
        let star = locals.get("").is_some_and(|modules| {
            let bridge = ["six", "future", "past", "builtins", "compat", "_compat"];
            modules.iter().any(|module| module.split('.').any(|part| bridge.contains(&part)))
        });
        let resolver = Resolver { uses: &self, locals: &locals, guarded: &guarded, star };
        for (name, context, at) in &self.used {
            if let Some((name, versions)) = resolver.used(name, *context)
                && !self.is_guarded(*at)
            {
                found.push(Name { name, versions, at: *at });
            }
        }
        for (function, keyword, at) in &self.keywords {
            if let Some((name, versions)) = resolver.keyword(function, keyword)
                && !self.is_guarded(*at)
            {
                found.push(Name { name, versions, at: *at });
            }
        }
        for (name, versions, at) in &self.methods {
            if !self.defined.contains(name) && !self.is_guarded(*at) {
                found.push(Name { name: (*name).to_owned(), versions: *versions, at: *at });
            }
        }
        let sure = self.sure.iter().filter(|name| !self.is_guarded(name.at)).cloned();
        found.extend(sure);
        found
    }

    fn is_guarded(&self, at: Span) -> bool {
        self.guarded.iter().any(|guard| guard.start() <= at.start() && at.end() <= guard.end())
    }
}

/// What the text binds its names to.
struct Resolver<'u, 't> {
    uses: &'u Uses<'t>,
    locals: &'u HashMap<&'u str, Vec<&'u str>>,
    guarded: &'u HashSet<&'u str>,
    star: bool,
}

impl Resolver<'_, '_> {
    /// The versions that have a name that is used, if not all have it.
    fn used(&self, name: &str, context: Context) -> Option<(String, Versions)> {
        let (root, rest) = name.split_once('.').unwrap_or((name, ""));
        if self.uses.bound.contains(root) || self.guarded.contains(root) {
            return None;
        }
        if let Some(full) = self.locals.get(root) {
            let [full] = full[..] else { return None };
            return library(&join(full, rest), full);
        }
        if rest.is_empty() {
            return self.builtin(root, context);
        }
        let member = rest.split('.').next().unwrap_or(rest);
        table::is_meant(root, member).then(|| library(name, "")).flatten()
    }

    fn builtin(&self, name: &str, context: Context) -> Option<(String, Versions)> {
        if name == "super" {
            return Some(("super()".to_owned(), Versions::PY3));
        }
        let versions = table::builtin(name)?;
        let counts = context == Context::Called || !table::is_called_only(name);
        (counts && !self.star).then(|| (name.to_owned(), versions))
    }

    fn keyword(&self, function: &str, keyword: &str) -> Option<(String, Versions)> {
        let (root, rest) = function.split_once('.').unwrap_or((function, ""));
        if keyword == "cmp" && function.ends_with(".sort") {
            return Some((format!("{keyword}="), Versions::PY2));
        }
        if self.uses.bound.contains(root) {
            return None;
        }
        let full = match self.locals.get(root).map(Vec::as_slice) {
            None => function.to_owned(),
            Some([full]) => join(full, rest),
            Some(_) => return None,
        };
        let versions = table::keyword(&format!("{full}:{keyword}"))?;
        Some((format!("{full}({keyword}=)"), versions))
    }
}

fn join(full: &str, rest: &str) -> String {
    if rest.is_empty() { full.to_owned() } else { format!("{full}.{rest}") }
}

/// What the table says of `full`, beyond what it said of `imported`, which was told there.
fn library(full: &str, imported: &str) -> Option<(String, Versions)> {
    let (name, versions) = table::library(full)?;
    (name.len() > imported.len()).then(|| (name.to_owned(), versions))
}

enum Role {
    Bound,
    Used,
    Neither,
}

/// What the identifier does.
fn role(seen: Seen<'_, '_>) -> Role {
    let bound = |bound: bool| if bound { Role::Bound } else { Role::Used };
    match seen.parent_kind() {
        "attribute" if seen.is_field("attribute") => Role::Neither,
        "keyword_argument" if seen.is_field("name") => Role::Neither,
        "dotted_name" | "aliased_import" | "global_statement" | "nonlocal_statement"
        | "import_statement" | "keyword_pattern" => Role::Neither,
        "pattern_list"
        | "tuple_pattern"
        | "list_pattern"
        | "list_splat_pattern"
        | "dictionary_splat_pattern"
        | "parameters"
        | "lambda_parameters"
        | "as_pattern_target"
        | "splat_pattern" => Role::Bound,
        "assignment" | "augmented_assignment" | "for_statement" | "for_in_clause" => {
            bound(seen.is_field("left"))
        }
        "function_definition"
        | "class_definition"
        | "named_expression"
        | "default_parameter"
        | "typed_default_parameter" => bound(seen.is_field("name")),
        "typed_parameter" => bound(seen.parent().and_then(|it| it.child(0)) == Some(seen.node)),
        "except_clause" => {
            let first = seen.parent().and_then(|clause| clause.child_by_field_name("value"));
            bound(first != Some(seen.node))
        }
        _ => Role::Used,
    }
}

/// Whether a name is called, or asked for as a type: `isinstance(x, (int, long))`.
fn is_called(seen: Seen<'_, '_>) -> bool {
    if seen.parent_kind() == "call" && seen.is_field("function") {
        return true;
    }
    let tuple = usize::from(seen.parent_kind() == "tuple");
    if seen.above(tuple) != "argument_list" {
        return false;
    }
    let call = seen.around.iter().rev().nth(tuple + 1);
    let function = call.and_then(|call| call.child_by_field_name("function"));
    function.is_some_and(|it| matches!(seen.source(it), "isinstance" | "issubclass" | "map"))
}

/// Whether an attribute is names and dots all through.
fn is_chain(node: Node<'_>) -> bool {
    let mut node = node;
    loop {
        match node.kind() {
            "identifier" => return true,
            "attribute" => match node.child_by_field_name("object") {
                Some(object) => node = object,
                None => return false,
            },
            _ => return false,
        }
    }
}

/// Whether a `try` expects names or modules to be missing.
fn catches_missing(seen: Seen<'_, '_>) -> bool {
    let body = seen.field("body").and_then(|body| body.named_child(0));
    let imports = body.is_some_and(|first| first.kind().starts_with("import"));
    children(seen.node).into_iter().filter(|child| child.kind() == "except_clause").any(|clause| {
        let caught = clause.child_by_field_name("value").map_or("", |value| seen.source(value));
        let missing = ["ImportError", "ModuleNotFoundError", "NameError", "AttributeError"];
        missing.iter().any(|name| caught.contains(name))
            || imports && (caught.is_empty() || caught.starts_with("Exception"))
    })
}

/// Whether a condition asks for the version of Python, or whether a name is there.
fn asks_version(seen: Seen<'_, '_>) -> bool {
    let condition = match seen.kind {
        "conditional_expression" => seen.node.named_child(1),
        _ => seen.field("condition"),
    };
    let condition = condition.map_or("", |condition| seen.source(condition));
    let words =
        ["version_info", "hexversion", "python_version", "PY2", "PY3", "hasattr", "sys.version"];
    words.iter().any(|word| condition.contains(word))
}
