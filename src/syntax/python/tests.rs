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
        ("raise E from e", since(0)),
        ("class C(metaclass=M): pass", since(0)),
        ("print(a, end='')", since(0)),
        ("def f(): yield from g()", since(3)),
        ("match x:\n    case 1:\n        pass", since(10)),
    ];
    for (text, versions) in py3 {
        assert_eq!(read_by(text), versions, "{text}");
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
