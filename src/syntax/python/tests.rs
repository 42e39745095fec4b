//! What the answers are for small texts.

use super::*;

fn read_by(text: &str) -> Versions {
    let told = facts(text).forms;
    let told = told.iter().filter(|form| form.strength != Strength::Weak);
    told.fold(Versions::ALL, |all, form| all.and(form.versions))
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
    let since = |minor| Versions::since(3, minor);
    let py3 = [
        ("async def f(): pass", since(5)),
        ("f'{x}'", since(6)),
        ("(a := 1)", since(8)),
        ("def f(a: int) -> str: pass", since(0)),
        ("def f(*, a): pass", since(0)),
        ("a, *b = c", since(0)),
        ("f([*a.b()], c)", since(5)),
        ("type X = int", since(12)),
        ("raise E from e", since(0)),
        ("class C(metaclass=M): pass", since(0)),
        ("print(a, end='')", since(0)),
        ("def f(): yield from g()", since(3)),
        ("match x:\n    case 1:\n        pass", since(10)),
    ];
    for (text, versions) in py3 {
        assert_eq!(read_by(text), versions, "{text}");
    }
    let both = [
        "print('a')",
        "x = a[..., 1]",
        "def f(*args, **kw): pass",
        "x = 0",
        "x = 00",
        "type(a).b = c",
    ];
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

fn names(text: &str) -> Vec<(String, Versions)> {
    facts(text).names.into_iter().map(|name| (name.name, name.versions)).collect()
}

#[test]
fn names_are_resolved_through_imports() {
    let since = |minor| Versions::since(3, minor);
    let cases = [
        ("import urllib2 as u\nu.urlopen(x)", "urllib2", Versions::PY2),
        ("from itertools import izip as zip", "itertools.izip", Versions::PY2),
        ("from urllib import request", "urllib.request", Versions::PY3),
        ("import string as s\ns.letters", "string.letters", Versions::PY2),
        (
            "from datetime import datetime\ndatetime.fromisoformat(x)",
            "datetime.datetime.fromisoformat",
            since(7),
        ),
        ("import collections\ncollections.Mapping", "collections.Mapping", Versions::until(3, 9)),
        ("t = time.perf_counter()", "time.perf_counter", since(3)),
        ("for n in xrange(3): f(n)", "xrange", Versions::PY2),
        ("isinstance(x, (int, long))", "long", Versions::PY2),
        ("d.has_key('a')", "has_key", Versions::PY2),
        ("for k, v in d.iteritems(): f(k)", "iteritems", Versions::PY2),
        ("name.removesuffix('.py')", "removesuffix", since(9)),
        ("x.sort(cmp=f)", "cmp=", Versions::PY2),
        ("open(path, encoding='utf-8')", "open(encoding=)", Versions::PY3),
        ("class A(B):\n    def f(self):\n        super().f()", "super()", Versions::PY3),
        ("'00ff'.decode('hex')", "decode", Versions::PY2),
        ("def f(x: list[int]): pass", "list[]", since(9)),
        ("def f(x: int | None): pass", "X | Y", since(10)),
        ("try:\n    f()\nexcept FileNotFoundError:\n    pass", "FileNotFoundError", since(3)),
    ];
    for (text, name, versions) in cases {
        assert_eq!(names(text), [(name.to_owned(), versions)], "{text}");
    }
}

#[test]
fn names_that_are_bound_guarded_or_ordinary_say_nothing() {
    let silent = [
        "try:\n    import cPickle as p\nexcept ImportError:\n    import pickle as p\np.dumps(x)",
        "try:\n    unicode\nexcept NameError:\n    unicode = str\nunicode(x)",
        "if sys.version_info[0] == 2:\n    text = unicode(x)",
        "text = unicode(x) if six.PY2 else str(x)",
        "def raw_input(prompt): return ''\nraw_input('?')",
        "for file in files: f(file)",
        "lat, lon = g()\nf(lat, long)",
        "user.name = 'x'",
        "string.join(parts)",
        "six.iteritems(d)",
        "class D:\n    def iteritems(self): return []\nD().iteritems()",
        "from six.moves import *\nxrange(3)",
        "from __future__ import annotations\ndef f(x: list[int]): pass",
    ];
    for text in silent {
        assert_eq!(names(text), [], "{text}");
    }
}

#[test]
fn what_the_grammar_lacks_is_read() {
    let cases = [
        ("exec f(x) in scope", Versions::PY2),
        ("if x: exec 'a' % b", Versions::PY2),
        ("from tools import async", Versions::until(3, 6)),
        ("True, False = 1, 0", Versions::PY2),
        ("class A[T = int]:\n    pass", Versions::since(3, 13)),
    ];
    for (text, versions) in cases {
        assert_eq!(facts(text).errors, [], "{text}");
        assert_eq!(read_by(text), versions, "{text}");
    }
    assert_eq!(facts("exec f(x)").effects.len(), 1);
}

#[test]
fn damaged_indentation_is_noticed() {
    let damaged = [
        "if x:\n    f()\n      g()",
        "if x:\nf()",
        "def f():\n    a()\n  b()",
        "def f():",
        "if x:\n    f()\n  else:\n    g()",
        "x = 1\n    y = 2",
        "class A:\n    @property\n  def f(self): pass",
    ];
    for text in damaged {
        assert!(!facts(text).damaged.is_empty(), "{text}");
    }
    let sound = [
        "if x: f()\nelse: g()",
        "try:\n  f()\nfinally:\n      g()",
        "f(a,\n  b)\ng()",
        "if x:\n    \"\"\"a\n  b\"\"\"\n    f()",
        "match x:\n    case 1:\n        f()\n    case _:\n        g()",
        "a(); b()\nif c: d(); e()",
        "def f():\n    # left out",
        "if a:\n\tb()\n\tif c:\n\t\td()",
    ];
    for text in sound {
        assert_eq!(facts(text).damaged, [], "{text}");
    }
    let mixed = "if x:\n        a()\n\tb()";
    assert_eq!((facts(mixed).damaged.len(), read_by(mixed)), (0, Versions::PY2));
}
