//! Texts that touch nothing but what they make: no file, no module's state, no object of another's.
//!
//! What such a text does is over with its namespace, so that one which runs behind it in the same
//! process finds what it would find in one of its own. Asked of the text alone and answered by lists
//! of what is known to be harmless: whatever is not on them, and every way to an object past its
//! name (frames, classes of values, names in texts), makes it open. It is no guard against somebody
//! who wants out, which is the sandbox's part, but against texts that do not know of one another.

mod library;

use std::collections::HashMap;

use tree_sitter::Node;

use self::library::Use;
use super::scope::is_builtin;
use super::{Seen, tree};
use crate::syntax::{Placed, walk};

/// Whether `text` touches nothing but what it makes, as any Python reads it; a text with errors does
/// not count as one that does not.
pub fn is_closed(text: &str) -> bool {
    if super::is_hollow(text) {
        return false;
    }
    let Some(tree) = tree(text).filter(|tree| !tree.root_node().has_error()) else { return false };
    let mut names = Names::default();
    let mut closed = true;
    walk(&tree, |Placed { node, around }| {
        if closed && node.is_named() {
            closed = names.bind(Seen { node, kind: node.kind(), around, text });
        }
    });
    walk(&tree, |Placed { node, around }| {
        closed = closed && names.allow(Seen { node, kind: node.kind(), around, text });
    });
    closed
}

/// What the names of a text stand for.
#[derive(Default)]
struct Names<'t> {
    /// What an import binds: a module, and the name in it unless it is the module itself.
    library: HashMap<&'t str, (&'t str, Option<&'t str>)>,
    /// Functions and classes of its own.
    own: HashMap<&'t str, Own>,
    /// What a name is bound to by an assignment of a call: what is called.
    called: Vec<(&'t str, &'t str)>,
}

/// What a text defines under a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Own {
    Defined,
    /// Something else, or more than one.
    Other,
}

impl<'t> Names<'t> {
    /// Notes what the node binds; whether it may.
    fn bind(&mut self, seen: Seen<'_, 't>) -> bool {
        match seen.kind {
            "import_statement" => self.import(seen, None),
            "import_from_statement" => {
                let Some(module) = seen.field("module_name") else { return false };
                self.import(seen, Some(seen.source(module)))
            }
            "class_definition" | "function_definition" => {
                if let Some(name) = seen.field("name").map(|name| seen.source(name)) {
                    let before = self.own.insert(name, Own::Defined);
                    if before.is_some() {
                        self.own.insert(name, Own::Other);
                    }
                }
                true
            }
            "identifier" if binds(seen) => {
                let called = seen.parent().and_then(|parent| {
                    let right = parent.child_by_field_name("right")?;
                    let is_call = parent.kind() == "assignment" && right.kind() == "call";
                    let called = right.child_by_field_name("function").filter(|_| is_call)?;
                    (called.kind() == "identifier").then(|| seen.source(called))
                });
                match called {
                    Some(called) => self.called.push((seen.own(), called)),
                    None => drop(self.own.insert(seen.own(), Own::Other)),
                }
                true
            }
            _ => true,
        }
    }

    fn import(&mut self, seen: Seen<'_, 't>, module: Option<&'t str>) -> bool {
        let mut cursor = seen.node.walk();
        let from = seen.field("module_name");
        let pieces = seen.node.named_children(&mut cursor).filter(|piece| Some(*piece) != from);
        let pieces: Vec<Node<'t>> = pieces.collect();
        pieces.into_iter().all(|piece| {
            let of = |field: &str| piece.child_by_field_name(field).map(|part| seen.source(part));
            let (name, local) = match piece.kind() {
                "dotted_name" => (seen.source(piece), seen.source(piece)),
                "aliased_import" => match (of("name"), of("alias")) {
                    (Some(name), Some(alias)) => (name, alias),
                    _ => return false,
                },
                // Everything of a module.
                _ => return false,
            };
            let meant = match module {
                Some(module) => (module, Some(name)),
                None => (name, None),
            };
            library::is_known(meant.0, meant.1)
                && self.library.insert(local, meant).is_none_or(|before| before == meant)
        })
    }

    /// Whether the node leads to nothing but what the text makes.
    fn allow(&self, seen: Seen<'_, 't>) -> bool {
        match seen.kind {
            "async"
            | "await"
            | "exec_statement"
            | "chevron"
            | "match_statement"
            | "type_alias_statement" => false,
            "yield" => !seen.around.iter().any(|one| is_guard(one.kind())),
            "keyword_argument" => {
                seen.above(1) != "class_definition" || self.name_of(seen) != Some("metaclass")
            }
            "function_definition" | "class_definition" => self.name_of(seen).is_some_and(|name| {
                let is_method = seen.kind == "function_definition" && is_in_class(seen);
                !name.starts_with("__") || is_method && name != "__del__"
            }),
            "attribute" => self.attribute(seen),
            "identifier" => self.identifier(seen),
            _ => true,
        }
    }

    fn name_of(&self, seen: Seen<'_, 't>) -> Option<&'t str> {
        seen.field("name").map(|name| seen.source(name))
    }

    fn identifier(&self, seen: Seen<'_, 't>) -> bool {
        let (name, parent) = (seen.own(), seen.parent_kind());
        let around = seen.around.iter().map(Node::kind);
        let named = match parent {
            "attribute" => seen.is_field("attribute"),
            // Looked at with what they name.
            "keyword_argument" | "function_definition" | "class_definition" => {
                seen.is_field("name")
            }
            _ => around.clone().any(|kind| kind.contains("import")),
        };
        if named {
            return true;
        }
        match self.library.get(name) {
            Some((module, Some(name))) => may(seen, module, name),
            // A module is nothing by itself: what is asked of it is looked at.
            Some((_, None)) => parent == "attribute",
            None if name.starts_with("__") => library::is_harmless_dunder(name),
            None if name == "type" => is_only_shown(seen),
            None => library::is_harmless(name) || !is_builtin(name),
        }
    }

    fn attribute(&self, seen: Seen<'_, 't>) -> bool {
        let (Some(object), Some(name)) = (seen.field("object"), seen.field("attribute")) else {
            return false;
        };
        let (owner, name) = (seen.source(object), seen.source(name));
        if object.kind() == "identifier"
            && let Some((module, what)) = self.library.get(owner)
        {
            return !is_target(seen)
                && match what {
                    None => may(seen, module, name),
                    Some(what) => {
                        library::way(module, what) == Some(Use::Any)
                            && leads_nowhere(seen, object, name)
                    }
                };
        }
        leads_nowhere(seen, object, name)
            && (!is_target(seen) || object.kind() == "identifier" && self.is_made(seen, owner))
    }

    /// Whether what the name `owner` stands for was made by the text.
    fn is_made(&self, seen: Seen<'_, 't>, owner: &str) -> bool {
        if matches!(owner, "self" | "cls") {
            return is_in_class(seen);
        }
        let defined = |name: &str| self.own.get(name) == Some(&Own::Defined);
        let mut called = self.called.iter().filter(|(name, _)| *name == owner).peekable();
        match called.peek() {
            Some(_) => !self.own.contains_key(owner) && called.all(|(_, what)| defined(what)),
            None => defined(owner),
        }
    }
}

/// Whether the name of the library may stand where the node does.
fn may(seen: Seen<'_, '_>, module: &str, name: &str) -> bool {
    library::way(module, name).is_some_and(|way| way == Use::Any || is_called(seen))
}

/// Whether it is called, or stands where a definition or a handler names it.
fn is_called(seen: Seen<'_, '_>) -> bool {
    let (parent, above) = (seen.parent_kind(), seen.above(1));
    let is_base =
        |parent: &str, above: &str| parent == "argument_list" && above == "class_definition";
    seen.is_field("function")
        || parent == "decorator"
        || is_base(parent, above)
        || parent == "subscript" && is_base(above, seen.above(2))
        || parent == "except_clause"
        || matches!(parent, "as_pattern" | "tuple")
            && matches!(above, "except_clause" | "as_pattern")
        || seen.around.iter().any(|one| one.kind() == "type")
}

/// Whether the attribute `name` leads to nothing that the text did not make.
fn leads_nowhere(seen: Seen<'_, '_>, object: Node<'_>, name: &str) -> bool {
    if library::is_inner(name) {
        return false;
    }
    if !(name.starts_with("__") && name.ends_with("__")) || library::is_told(name) {
        return true;
    }
    let of_super = object.kind() == "call"
        && object.child_by_field_name("function").is_some_and(|one| seen.source(one) == "super");
    match name {
        "__class__" => {
            let next = seen.parent().filter(|parent| parent.kind() == "attribute");
            let next = next.and_then(|parent| parent.child_by_field_name("attribute"));
            next.is_some_and(|next| library::is_told(seen.source(next)))
        }
        _ => of_super && seen.is_field("function") && library::is_of_super(name),
    }
}

/// Whether `type` is asked of one value, and the answer is shown or compared.
fn is_only_shown(seen: Seen<'_, '_>) -> bool {
    let Some(call) = seen.parent().filter(|_| seen.is_field("function")) else { return false };
    let arguments = call.child_by_field_name("arguments");
    if arguments.is_none_or(|arguments| arguments.named_child_count() != 1) {
        return false;
    }
    match seen.above(1) {
        "interpolation" | "comparison_operator" | "expression_statement" | "print_statement" => {
            true
        }
        "attribute" => seen.around.iter().rev().nth(1).is_some_and(|attribute| {
            let name = attribute.child_by_field_name("attribute");
            name.is_some_and(|name| library::is_told(seen.source(name)))
        }),
        "argument_list" => seen.around.iter().rev().nth(2).is_some_and(|outer| {
            let function = outer.child_by_field_name("function");
            function.is_some_and(|one| matches!(seen.source(one), "print" | "repr" | "str"))
        }),
        _ => false,
    }
}

/// Whether the node is a name that is bound, other than by a definition or an import.
fn binds(seen: Seen<'_, '_>) -> bool {
    match seen.parent_kind() {
        "attribute" | "keyword_argument" | "subscript" | "call" => false,
        "parameters"
        | "lambda_parameters"
        | "typed_parameter"
        | "list_splat_pattern"
        | "dictionary_splat_pattern"
        | "as_pattern_target"
        | "global_statement"
        | "nonlocal_statement" => true,
        "default_parameter" | "typed_default_parameter" | "named_expression" => {
            seen.is_field("name")
        }
        _ => is_target(seen),
    }
}

/// Whether the node is, or is part of, what a statement assigns to or deletes.
fn is_target(seen: Seen<'_, '_>) -> bool {
    let mut inner = seen.node;
    for outer in seen.around.iter().rev() {
        match outer.kind() {
            "pattern_list"
            | "tuple_pattern"
            | "list_pattern"
            | "list_splat_pattern"
            | "expression_list"
            | "tuple"
            | "list"
            | "parenthesized_expression"
            | "as_pattern_target" => inner = *outer,
            "assignment" | "augmented_assignment" | "for_statement" | "for_in_clause" => {
                return outer.child_by_field_name("left") == Some(inner);
            }
            "as_pattern" => return inner.kind() == "as_pattern_target",
            "delete_statement" => return true,
            _ => return false,
        }
    }
    false
}

/// Whether a class stands around the node.
fn is_in_class(seen: Seen<'_, '_>) -> bool {
    seen.around.iter().any(|one| one.kind() == "class_definition")
}

/// Whether something of it may run when a generator goes that is held up in it.
fn is_guard(kind: &str) -> bool {
    matches!(kind, "try_statement" | "with_statement")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_all_that_it_uses_is_closed() {
        for text in [
            "",
            "x = [1, 2]\nx.append(3)\nprint(sum(x), len(x))\n",
            "def double(x):\n    return x * 2\n\nassert double(4) == 8\n",
            "import json\nprint(json.dumps({'id': 1}, indent=2))\n",
            "import json as j\ntry:\n    j.loads('{')\nexcept j.JSONDecodeError as error:\n    print(error)\n",
            "import re\nassert re.match(r'\\d+', '12', re.I).group() == '12'\n",
            "from collections import Counter, namedtuple\nP = namedtuple('P', 'x y')\nprint(Counter('ab').most_common(1), P(1, 2)._fields)\n",
            "class Point:\n    count = 0\n\n    def __init__(self, x):\n        self.x = x\n        Point.count += 1\n\np = Point(1)\np.x = 2\nprint(p.x, type(p).__name__)\n",
            "class Late(Exception):\n    def __init__(self, why):\n        super().__init__(why)\n\ntry:\n    raise Late('now')\nexcept Late as e:\n    print(e, e.__class__.__name__)\n",
            "from dataclasses import dataclass, field\nfrom typing import List\n\n@dataclass\nclass A:\n    names: List[str] = field(default_factory=list)\n\na = A()\na.names.append('x')\nprint(a)\n",
            "from enum import Enum\n\nclass Color(Enum):\n    RED = 1\n\nprint(Color.RED.name, Color(1))\n",
            "import math\nprint(math.pi, list(map(math.sqrt, [1, 4])))\n",
            "from datetime import date\nprint(date(2020, 1, 2).isoformat(), date.today() > date.min)\n",
            "from functools import lru_cache\n\n@lru_cache(maxsize=None)\ndef f(n):\n    return n if n < 2 else f(n - 1) + f(n - 2)\n\nprint(f(30), f.cache_info())\n",
            "def count(n):\n    while n:\n        yield n\n        n -= 1\n\nprint(list(count(3)))\n",
            "print 'number %d' % 3\n",
            "print(f'{3:>4}', type(3), type(3) == int)\n",
            "with_name = {'a': 1}\nfor key, value in with_name.items():\n    print(key, value)\n",
            "if __name__ == '__main__':\n    print('main')\n",
            "print(undefined)\n",
        ] {
            assert!(is_closed(text), "{text}");
        }
    }

    #[test]
    fn what_may_touch_something_else_is_open() {
        for text in [
            "x = (\n",
            "import os\n",
            "import json, sys\n",
            "from json import *\n",
            "from json import decoder\n",
            "import collections.abc\n",
            "import json\njson.dumps = None\n",
            "import json\nx = json\n",
            "import json\nx = json.dumps\n",
            "import json\njson.codecs.open('x')\n",
            "from collections import Counter\nCounter.x = 1\n",
            "from datetime import date\ndate.x = 1\n",
            "import datetime\ndatetime.datetime.x = 1\n",
            "from collections import Counter\nsetattr(Counter, 'x', 1)\n",
            "from collections import Counter\nfor c in [Counter]:\n    c.x = 1\n",
            "from collections import Counter\nprint(isinstance(1, Counter))\n",
            "from collections import Counter\ntype(Counter()).x = 1\n",
            "from collections import Counter\nc = type(Counter())\nc.x = 1\n",
            "from collections import Counter\nCounter().__class__.x = 1\n",
            "from collections import Counter\nclass C(Counter): pass\nC.mro()[1].x = 1\n",
            "from collections import Counter\nc = Counter()\nc.x = 1\n",
            "class C: pass\nc = C()\nc, d = 1, 2\nc.x = 1\n",
            "def f(c):\n    c.x = 1\n",
            "def f(c):\n    del c.x\n",
            "class C: pass\nc = C()\ndef f(c):\n    c.x = 1\n",
            "import operator\nprint(operator.attrgetter('__class__')(1))\n",
            "open('x', 'w')\n",
            "def f(open): pass\nopen('x')\n",
            "exec('x')\n",
            "exec 'x'\n",
            "print(globals())\n",
            "print(id(1))\n",
            "print(input())\n",
            "exit()\n",
            "raise SystemExit(0)\n",
            "__builtins__.print = 1\n",
            "__metaclass__ = type\n",
            "def __builtins__(): pass\n",
            "class C:\n    def __del__(self):\n        print('gone')\n",
            "class C(metaclass=M): pass\n",
            "print(().__class__.__base__.__subclasses__())\n",
            "print((lambda: 0).__globals__)\n",
            "print((lambda: 0).func_globals)\n",
            "g = (i for i in [1])\ng.gi_frame.f_globals.clear()\n",
            "try:\n    1 / 0\nexcept Exception as e:\n    e.__traceback__.tb_frame.f_globals.clear()\n",
            "def f():\n    try:\n        yield 1\n    finally:\n        print('late')\nnext(f())\n",
            "async def f():\n    pass\n",
            "class A(object):\n    def f(self):\n        return super(A, self).__getattribute__('x')\n",
            "print(type('C', (), {}))\n",
            "x = type(1)\n",
            "import sys\nprint >>sys.stderr, 'x'\n",
            "!ls\n",
        ] {
            assert!(!is_closed(text), "{text}");
        }
    }
}
