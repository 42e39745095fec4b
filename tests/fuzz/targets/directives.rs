//! What the dialects of Markdown write around code: info strings, options, attribute lines, front
//! matter. Whatever stands there, the code behind it is found.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stillruns_fuzz::{codes, keep_text};

const BEHIND: &str = "import sys\nprint(sys.argv)\n";

fuzz_target!(|text: &str| {
    // Neither an end of the fence nor another line.
    let plain = text.replace(['`', '~'], "'").replace('\r', "\n");
    let (line, rest) = plain.split_once('\n').unwrap_or((&plain, ""));
    let documents = [
        format!("```{line}\n{rest}\n```\n"),
        format!("```{{{line}\n:a: b\n{rest}\n```\n"),
        format!("```{{code-block}} {line}\n---\n{rest}\n```\n"),
        format!("````{{note}}\n{plain}\n````\n"),
        format!("```\nx = 1\n```\n{{: {line}}}\n"),
        format!("---\na: {line}\n---\n"),
    ];
    for document in documents {
        let whole = format!("{document}\n# Behind it\n\n```python\n{BEHIND}```\n");
        for name in ["a.md", "a.mdx", "a.kramdown"] {
            let found = codes(&keep_text(name, "markdown", &whole));
            assert_eq!(found.last().map(String::as_str), Some(BEHIND), "{name}");
        }
    }
});
