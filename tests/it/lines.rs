//! A failure points at its line and column of the document, however deep the code lies in markup.
//!
//! Every document breaks on the one line that holds `boom`.

use serde_json::Value;

use crate::project::Project;

/// The line and column of `what` in `text`, one-based and in characters.
fn place(text: &str, what: &str) -> (u64, u64) {
    let found = text.trim_start_matches('\u{feff}').lines().zip(1..);
    let (line, number) = found.into_iter().find(|(line, _)| line.contains(what)).expect("there");
    let before = line.split(what).next().expect("a part");
    (number, before.chars().count() as u64 + 1)
}

/// The broken examples of a document, as events.
fn broken(name: &str, text: &str) -> Vec<Value> {
    let project = Project::new().file(name, text);
    let args = ["check", "--sandbox", "best-effort", "--format", "jsonl", "--exit-zero", name];
    let events = project.run(args).code(0).out;
    let events = events.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    events.filter(|event| event["verdict"] == "fail").collect()
}

const NOTEBOOK: &str = r#"{
 "cells": [
  {"cell_type": "markdown", "metadata": {}, "source": ["Words\n"]},
  {
   "cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [],
   "source": [
    "first = \"a\"\n",
    "x = [\"\\t\", 'b' CODE\n",
    "last = 2"
   ]
  }
 ],
 "metadata": {"language_info": {"name": "python"}},
 "nbformat": 4, "nbformat_minor": 5
}
"#;

/// Documents in which `CODE` is at the end of a line of Python.
fn documents() -> Vec<(&'static str, String)> {
    let fence = "```python\nfirst = 1\nx = 2 CODE\nlast = 3\n```\n";
    let indented =
        |by: &str| -> String { fence.lines().map(|line| format!("{by}{line}\n")).collect() };
    vec![
        ("plain.md", format!("# A\n\n{fence}")),
        ("crlf.md", format!("# A\n\n{fence}").replace('\n', "\r\n")),
        ("marked.md", format!("\u{feff}# Ä ö\n\n{fence}")),
        ("quote.md", format!("> Words\n>\n{}", indented("> "))),
        ("quote_in_list.md", format!("- Words\n\n  > more\n  >\n{}", indented("  > "))),
        ("list.md", format!("1. One\n\n{}", indented("   "))),
        ("tab.md", format!("=== \"Python\"\n\n    Words\n\n{}", indented("    "))),
        ("note.md", format!("!!! note\n\n    Words\n\n{}", indented("    "))),
        ("indented.md", "Words:\n\n\tfirst = 1\n\tx = 2 CODE\n\tlast = 3\n".to_owned()),
        ("session.md", "Words:\n\n>>> first = 1\n>>> x = 2 CODE\n>>> last = 3\n".to_owned()),
        ("page.html", "<p>A</p>\n<pre><code class=\"language-python\">first = 1 &lt; 2\nx = 1 &lt; 2 CODE\n</code></pre>\n".to_owned()),
        ("nested.rst", "A\n=\n\n* Words\n\n  .. note::\n\n     .. code-block:: python\n\n        first = 1\n        x = 2 CODE\n".to_owned()),
        ("doc.py", "def f():\n    \"\"\"Words.\n\n    >>> first = 1\n    >>> x = 2 CODE\n    \"\"\"\n".to_owned()),
        ("notes.org", "* A\n\n  #+begin_src python\n    first = 1\n    x = 2 CODE\n  #+end_src\n".to_owned()),
        ("quotes.md", "Words:\n\n```python\nfirst = \u{201c}ä\u{201d}\nx = \u{201c}ä\u{201d}, 2 CODE\n```\n".to_owned()),
        ("book.ipynb", NOTEBOOK.to_owned()),
    ]
}

#[test]
fn syntax_errors_point_at_line_and_column_in_every_format() {
    for (name, text) in documents() {
        let text = text.replace("CODE", ")boom");
        let broken = broken(name, &text);
        assert_eq!(broken.len(), 1, "{name}: {broken:#?}");
        let event = &broken[0];
        assert_eq!(event["cause"]["kind"], "syntax", "{name}: {event:#}");
        let (line, column) = place(&text, ")boom");
        assert_eq!(
            (&event["line"], &event["column"]),
            (&line.into(), &column.into()),
            "{name}: {event:#}"
        );
    }
}

#[test]
fn exceptions_point_at_their_line_in_every_format() {
    for (name, text) in documents() {
        let code = if name == "book.ipynb" { "]; int('boom')" } else { "; int('boom')" };
        let text = text.replace("CODE", code);
        let broken = broken(name, &text);
        assert_eq!(broken.len(), 1, "{name}: {broken:#?}");
        assert_eq!(broken[0]["cause"]["detail"]["name"], "ValueError", "{name}: {:#}", broken[0]);
        let (line, _) = place(&text, "boom");
        assert_eq!(broken[0]["line"], line, "{name}: {:#}", broken[0]);
    }
}

#[test]
fn a_suggestion_tells_how_the_line_of_the_document_would_read() {
    let text = "> - Words\n>\n>   ```python\n>   x = [1, 2, 3\n>   print(x)\n>   ```\n";
    let broken = broken("a.md", text);
    let suggestion = &broken[0]["background"]["suggestion"];
    assert_eq!(suggestion["line"], 4, "{suggestion:#}");
    assert_eq!(suggestion["replacement"], ">   x = [1, 2, 3]");
    assert_eq!(suggestion["edits"][0]["column"], 17);
}
