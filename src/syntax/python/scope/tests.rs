//! Which names are needed, and which are bound.

use super::*;

fn names(text: &str) -> String {
    told(text, Lang::Py3)
}

/// What a text needs for sure, what it may need (in brackets), `->`, what it binds.
fn told(text: &str, lang: Lang) -> String {
    let scope = scope(text, lang);
    let need = |need: &Need| match need.sure {
        true => Some(need.name.clone()),
        false => (!is_builtin(&need.name)).then(|| format!("({})", need.name)),
    };
    let needs: Vec<String> = scope.needs.iter().filter_map(need).collect();
    let bound = |bound: &Bound| match (bound.what, bound.since) {
        (What::Nothing, _) => format!("-{}", bound.name),
        (_, None) => format!("({})", bound.name),
        (_, Some(_)) => bound.name.clone(),
    };
    let binds: Vec<String> = scope.binds.iter().map(bound).collect();
    let opens = if scope.opens { " *" } else { "" };
    format!("{} -> {}{opens}", needs.join(" "), binds.join(" "))
}

#[test]
fn names_are_needed_where_they_are_read_before_they_are_bound() {
    let cases = [
        ("x = y\nz = x", "y -> x z"),
        ("x += 1", "x -> x"),
        ("x.a = 1\ny[i] = 2", "x y i -> "),
        ("a = b = c = d", "d -> c b a"),
        ("a, (b, *c) = d", "d -> a b c"),
        ("for i, j in xs: k = i\nprint(k, i)", "xs -> i j k"),
        ("while n: n -= 1", "n -> n"),
        ("with open(p) as f, g() as (h, k): f", "p g -> f h k"),
        ("import a.b, c as d\nfrom e import f as g, h", " -> a d g h"),
        ("from . import x\nfrom .y import z", " -> x z"),
        ("del x\nx", "x -> -x"),
        ("x = 1\ndel x\nx", "x -> -x"),
        ("del x[0], y.z", "x y -> "),
        ("x: int = 1\ny: T\nz: U = V", "T U V -> x z"),
        (
            "from __future__ import annotations\nx: T = 1\ndef f(a: U) -> V: pass",
            " -> annotations x f",
        ),
        ("if (n := f()) > 1: print(n)", "f -> n"),
        ("print(f'{a} {b:{c}}' 'd')", "a b c -> "),
        ("type A[T] = list[T]\nx: A = 1", " -> A x"),
        ("global x\nx = 1", " -> x"),
        ("f(x=1, **k)\nf(y)", "f k y -> "),
        ("\"{x}\".format(x=1); '%s' % z", "z -> "),
    ];
    for (text, expected) in cases {
        assert_eq!(names(text), expected, "{text}");
    }
}

#[test]
fn branches_meet_again() {
    let cases = [
        ("if a: x = 1\nelse: x = 2\nx", "a -> x"),
        ("if a: x = 1\nx", "a (x) -> (x)"),
        ("if a: x = 1\nelif b: x = 2\nelse: raise E\nx", "a b E -> x"),
        ("try: import j\nexcept ImportError: import k as j\nj", " -> j"),
        ("try: x = f()\nexcept E as e: print(e)\nx", "f E (x) -> (x) (e)"),
        ("try: x = 1\nfinally: y = 2\nx, y", " -> x y"),
        ("try: a\nexcept NameError: a = 1\nelse: b = 2", "a -> (b) (a)"),
        (
            "match p:\n case [a, *b]: x = a\n case C(d=e) | W.X: x = e\n case _: x = 1\nx",
            "p C W -> (a) (b) x (e)",
        ),
        ("match p:\n case {'k': v, **r}: y = v\ny", "p (y) -> (v) (r) (y)"),
        ("for i in s:\n  if i: y = 1\n  else: break\ny", "s -> i y"),
    ];
    for (text, expected) in cases {
        assert_eq!(names(text), expected, "{text}");
    }
}

#[test]
fn bodies_run_when_they_are_called() {
    let cases = [
        ("def f(): return g(x)", " -> f"),
        ("def f(): return g(x)\nf()", "g x -> f"),
        ("def f(): return g()\ndef g(): return y\nf()", "y -> f g"),
        ("def f(n): return f(n - 1)\nf(3)", " -> f"),
        ("x = 1\ndef f(): return x\nf()", " -> x f"),
        ("def f(a=b, *, c: d = e) -> h: z = a; return z + q", "b d e h -> f"),
        ("@deco(x)\ndef f(): pass", "deco x -> f"),
        ("def f():\n  def g(): return a + b\n  a = 1\n  return g\nf()", "b -> f"),
        ("def f():\n  global x\n  x = y\nf()\nx", "y -> f x"),
        ("def f():\n  x = 1\n  def g():\n    nonlocal x\n    x += 1\nf()", " -> f"),
        ("f = lambda a, b=c: a + b + d", "c -> f"),
        ("f = lambda: d\nf()", "d -> f"),
        ("g(lambda a: a + d)", "g d -> "),
        ("def f(): yield (z := [w for w in u])\nf()", "u -> f"),
        ("async def f():\n  async with a as b: await b\nf()", "a -> f"),
        ("def f(): pass\nf.attr = 1\ndef f(): k\nf", "k -> f"),
        ("def f[T](a: T, b: U) -> T: return a\nf(1)", "U -> f"),
    ];
    for (text, expected) in cases {
        assert_eq!(names(text), expected, "{text}");
    }
}

#[test]
fn classes_run_where_they_stand_and_their_methods_later() {
    let cases = [
        ("class A(B, metaclass=M):\n  x = y\n  z = x\n  def f(self): return w", "B M y -> A"),
        ("class A:\n  def f(self): return w\nA().f()", "w -> A"),
        ("class A:\n  x = 1\n  def f(self): return x\nA", "x -> A"),
        ("class A:\n  x = [i for i in range(3)]\n  @property\n  def p(self): return A", " -> A"),
        ("class A[T](B[T]):\n  x: T", "B -> A"),
        ("class A:\n  class B:\n    def f(self): return q\nA", "q -> A"),
    ];
    for (text, expected) in cases {
        assert_eq!(names(text), expected, "{text}");
    }
}

#[test]
fn comprehensions_are_scopes_of_their_own() {
    let cases = [
        ("[x for x in xs if x > y]", "xs y -> "),
        ("{a: b for a, b in c for d in a}\na", "c a -> "),
        ("[[y for y in x] for x in z]", "z -> "),
        ("[x for x in x]", "x -> "),
        ("(last := [k := i for i in j])\nk", "j -> k last"),
        ("f(a for a in b)\na", "f b a -> "),
        ("[lambda: i + q for i in r]", "q r -> "),
        ("[x for x in a]; [[x for x in b] for x in c]; x", "a b c x -> "),
    ];
    for (text, expected) in cases {
        assert_eq!(names(text), expected, "{text}");
    }
    assert_eq!(told("[x for x in xs]\nprint x", Lang::Py2), "xs -> x");
}

#[test]
fn what_nobody_can_tell_is_said() {
    let cases = [
        ("from m import *\nsin(1)", "(sin) ->  *"),
        ("exec('x = 1')\nx", "(x) ->  *"),
        ("eval('a + 1')", "a -> "),
        ("globals()['x'] = 1\nx", " -> x"),
        ("def f(): exec('x')\nx", "x -> f"),
    ];
    for (text, expected) in cases {
        assert_eq!(names(text), expected, "{text}");
    }
    assert!(scope("globals()[n] = 1", Lang::Py3).opens);
}

#[test]
fn python_2_is_read_as_well() {
    let cases = [
        ("print x, y", "x y -> "),
        ("print >>f, `z`", "f z -> "),
        ("exec code in ns", "code ns ->  *"),
        ("try: pass\nexcept E, e: print e", "E -> (e)"),
        ("def f((a, b), c): return a + d\nf", "d -> f"),
        ("raise E, v", "E v -> "),
    ];
    for (text, expected) in cases {
        assert_eq!(told(text, Lang::Py2), expected, "{text}");
    }
}

#[test]
fn changes_are_told_with_what_makes_them() {
    let touches = |text: &str| -> Vec<String> {
        let by = |by: &By| match by {
            By::Statement => String::new(),
            By::Method(name) => format!(".{name}"),
            By::Function(name) => format!("<{name}"),
        };
        scope(text, Lang::Py3)
            .touches
            .iter()
            .map(|it| format!("{}{}", it.name, by(&it.by)))
            .collect()
    };
    assert_eq!(touches("x[0] = 1; y.a.b = 2; del z[1]"), ["x", "y", "z"]);
    assert_eq!(touches("x.items[0].append(f(y))"), ["x.append", "y<f"]);
    assert_eq!(touches("x = []\nx.append(1)"), [""; 0]);
    assert_eq!(touches("def f(): x.add(1)\nf()"), ["x.add"]);
    assert_eq!(touches("def f(): x.add(1)"), [""; 0]);
    assert_eq!(touches("random.shuffle(deck)"), ["deck", "random.shuffle"]);
    let alters = "class S:\n  def push(self, x): self.items.append(x)\n  def top(self): return self.items[-1]\ndef fill(g): g[0] = 1\n";
    assert_eq!(scope(alters, Lang::Py3).alters, ["fill", "push"]);
}

#[test]
fn files_are_read_or_written() {
    let text = "open('a.txt', 'w'); open('a.txt'); open('b.txt'); Path('c/d.txt').write_text('x')\n\
                df.to_csv('e.csv'); f('http://a.b/c'); open('g.txt', mode='a')\n";
    let scope = scope(text, Lang::Py3);
    assert_eq!(scope.writes, ["a.txt", "c/d.txt", "e.csv", "g.txt"]);
    assert_eq!(scope.reads, ["b.txt"]);
}

#[test]
fn depth_and_width_cost_little() {
    let nested = format!("{}x{}", "[".repeat(9000), " for x in x]".repeat(9000));
    scope(&nested, Lang::Py3);
    let lambdas = format!("{}x", "lambda a: ".repeat(6000));
    assert_eq!(scope(&lambdas, Lang::Py3).needs.len(), 1);
    let wide: String = (0..9000).map(|at| format!("if a: x{at} = 1\n")).collect();
    assert_eq!(scope(&wide, Lang::Py3).binds.len(), 9000);
    let brackets = format!("{}{}", "(".repeat(30_000), "f(");
    scope(&brackets, Lang::Py3);
}
