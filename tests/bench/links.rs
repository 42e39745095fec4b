//! What links cost: whether ten times as many snippets take more than ten times as long to find and
//! to link, in documents made to make that hard. Times are of the processor.
//!
//! `cargo bench --bench links`.

#![expect(clippy::print_stdout, reason = "what was measured is for whoever asked")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use stillruns::link::link;
use stillruns::model::{DocPath, Document, Found};
use stillruns::pipeline;

/// The snippets of the larger document.
const MANY: usize = 10_000;

/// A document made of snippets: its name, their tag, and the snippet of a number.
type Shape = (&'static str, &'static str, fn(usize) -> String);

const SHAPES: &[Shape] = &[
    ("a chain of names", "python", |at| format!("x{} = x{at}", at + 1)),
    ("a chain of functions, each called", "python", |at| {
        format!("def f{}():\n    return f{at}()\nf{0}()", at + 1)
    }),
    ("a chain of functions, called by many", "python", |at| match at % 2 {
        0 => format!("def f{}():\n    return f{at}()", at + 2),
        _ => format!("f{}()", at + 1),
    }),
    ("changes of one name", "python", |at| match at {
        0 => "x = []".to_owned(),
        _ => format!("x.append({at})"),
    }),
    ("one name used by all", "python", |at| match at {
        0 => "x = 1".to_owned(),
        _ => format!("print(x, {at})"),
    }),
    ("names that come too late", "python", |at| match at {
        at if at % 100 == 99 => format!("y{} = 1", at / 100),
        at => format!("print(y{})", at / 100),
    }),
    ("imports of everything", "python", |at| format!("from m{at} import *\nprint(z{at})")),
    ("parts of a package", "python", |at| format!("import p.q{at}\np.q{at}.f()")),
    ("a shell that goes deeper", "sh", |at| format!("mkdir d{at}\ncd d{at}")),
    ("files in one folder", "sh", |at| format!("cat *.txt\ntouch a/{at}.txt")),
    ("functions of a shell", "sh", |at| format!("f{}() {{ f{at}; }}\nf{0}", at + 1)),
];

fn main() {
    println!("{MANY} snippets take, in multiples of a tenth of them (11 is the bar):");
    for (name, tag, snippet) in SHAPES {
        let find = |count: usize| pipeline::find(&document(tag, *snippet, count));
        let (few, many) = (find(MANY / 10), find(MANY));
        assert_eq!(many.snippets.len(), MANY, "{name}");
        let all = |found: &Found, times: usize| {
            shortest(|| (0..times).for_each(|_| drop(black_box(link(found.snippets.clone())))))
        };
        // The few as often as they lie in the many: clocks are coarse.
        let (one, ten) = (all(&few, 10), all(&many, 1));
        let multiple = 10.0 * ten.as_secs_f64() / one.as_secs_f64();
        let links: usize = (0..MANY).map(|at| many.links.needs(at).len()).sum();
        let micros = ten.as_secs_f64() * 1e6 / MANY as f64;
        let bad = if multiple > 11.0 { "  OVER" } else { "" };
        println!("  {name:<40} {multiple:>6.1}   {micros:>7.1} us each, {links:>7} links{bad}");
    }
}

fn document(tag: &str, snippet: fn(usize) -> String, count: usize) -> Document {
    let mut text = String::new();
    for at in 0..count {
        writeln!(text, "Step {at}:\n\n```{tag}\n{}\n```\n", snippet(at))
            .expect("a string takes everything");
    }
    Document::new(DocPath::new("a.md"), text)
}

fn shortest(work: impl Fn()) -> Duration {
    let time = |_| {
        let begun = now();
        work();
        now() - begun
    };
    (0..3).map(time).min().unwrap_or_default()
}

/// Time that this thread had a processor, or where the system does not tell, of the wall clock.
fn now() -> Duration {
    static BEGUN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds =
        told.and_then(|line| line.split(' ').next().and_then(|first| first.parse().ok()));
    nanoseconds.map_or_else(|| BEGUN.get_or_init(Instant::now).elapsed(), Duration::from_nanos)
}
