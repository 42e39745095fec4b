//! Code and markup that nest deeper than any stack: every stage before running.
//!
//! How long that takes is for `tests/bench/ratios.rs`; here nothing may overflow.

use stillruns::model::{DocPath, Document};
use stillruns::pipeline;

const DEEP: usize = 100_000;

/// Code that nests `times` deep.
fn nested(times: usize) -> Vec<String> {
    let around = |open: &str, inner: &str, close: &str| {
        format!("x = {}{inner}{}\n", open.repeat(times), close.repeat(times))
    };
    vec![
        around("(", "1", ")"),
        around("[", "", ""),
        around("{", "1", "}"),
        around("f(", "", ")"),
        around("lambda x: ", "1", ""),
        around("[", "a", " for a in b]"),
        around("not ", "y", ""),
        around("", "y", ".a"),
        around("1 if y else ", "2", ""),
        around("f'{", "1", "}'"),
        around("", "1", " + 1"),
    ]
}

#[test]
fn nothing_nests_too_deep_to_be_found_and_linked() {
    for code in nested(DEEP).into_iter().chain(nested(5_000)) {
        let text = format!("```python\n{code}```\n\n```\n{code}```\n\n{code}");
        pipeline::find(&Document::new(DocPath::new("a.md"), text));
    }
    let shells = ["$(", "if true; then ", "{ ", "(", "\"$("];
    for open in shells {
        for times in [DEEP, 5_000] {
            let text = format!("```bash\n{}\n```\n", open.repeat(times));
            pipeline::find(&Document::new(DocPath::new("a.md"), text));
        }
    }
    for open in ["> ", "- ", "<div>", "1. "] {
        let text = format!("{}```python\nx = 1\n", open.repeat(DEEP));
        pipeline::find(&Document::new(DocPath::new("a.md"), text));
    }
}
