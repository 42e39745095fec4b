//! What must hold for every input, tried on generated text.

use proptest::prelude::*;
use stillruns::model::{DocPath, Document};
use stillruns::text::{LineIndex, Mapped, Replace, Span, decode};
use stillruns::{normalize, pipeline, scan};

use crate::promises::{self, assert_mapped};

/// What the other formats are written with.
const MARKUP: &[&str] = &[
    ".. code-block:: sh\n\n",
    ".. highlight:: python\n",
    ".. ",
    "   :a: b\n",
    "so::\n\n",
    "``",
    "#+begin_src python\n",
    "#+END_SRC\n",
    "#+results:\n",
    ": ",
    ":results:\n",
    ":end:\n",
    ",* ",
    "=ls -l=",
    "[source,python]\n",
    "----\n",
    "....\n",
    "--\n",
    " <1>\n",
    ":source-language: sh\n",
    "+",
    "<pre>",
    "<pre class=\"language-python\">",
    "</pre>",
    "<code>",
    "</code>",
    "<span class='ln'>",
    "</span>",
    "<br>",
    "<!--",
    "-->",
    "<style>",
    "<div class=output>",
    "</div>",
    "&lt;",
    "&#10;",
    "&amp",
    "<a b=\"",
    "é>",
];

/// What sessions and their outputs are written with.
const SESSIONS: &[&str] = &[
    "$ python3\n",
    "$ echo 'a\n",
    ">>> exit()\n",
    "$ node\n",
    "> 1\n",
    "(Pdb) p x\n",
    "ann@box:~$ ls\n",
    "box:~> ls\n",
    "➜  src git:(a) ✗ ls\n",
    "```output\n",
    "This prints:\n",
    "x  # => 3\n",
    "#> 3\n",
    "# Output:\n",
    "# 4\n",
];

/// Text made of the pieces that documents are made of, and of anything.
pub(crate) fn document() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "\n",
            "\n\n",
            "    ",
            "\t",
            "```",
            "```python\n",
            "~~~ sh\n",
            "> ",
            "- ",
            "`",
            "`ls -l`",
            "{: .language-python}\n",
            "In [1]:\n",
            "In [2]: x",
            "   ...: ",
            "Out[2]: 3\n",
            ">>> ",
            "... ",
            "$ ",
            "% ",
            "import os\n",
            "x = f(1)\n",
            "print 'a'\n",
            "def f(a):\n",
            "pip install x\n",
            "rm -f *.o\n",
            "f(a,\n",
            ")\n",
            "'''",
            "\"",
            "#",
            "\\\n",
            "<<EOF\n",
            "EOF\n",
            "---\n",
            "the end of it.\n",
            "\u{a0}",
            "“",
            "’",
            "–",
            "é",
            "\u{200b}",
            "\0",
            "$ cat <<E\n",
            "!!! note\n",
            "=== \"Tab\"\n\n",
            "    ```{note} A\n",
            "```{code-block} python\n",
            ":::{code-cell}\n",
            ":::\n",
            ":caption: a\n",
            "{% highlight python %}\n",
            "{% endhighlight %}\n",
            "<Tabs>\n",
            "layout: a\n",
            "    #!python\n",
            "| `ls \\| wc` |\n| - |\n",
            "# >>> f()\n",
            "\"\"\"A.\n",
        ])
        .prop_map(str::to_owned),
        prop::sample::select(MARKUP).prop_map(str::to_owned),
        prop::sample::select(SESSIONS).prop_map(str::to_owned),
        "[ -~\n]{0,12}",
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Statements about a few names.
fn statement() -> impl Strategy<Value = String> {
    let name = || prop::sample::select(vec!["a", "b", "c", "d"]);
    let form = prop::sample::select(vec![
        "import X",
        "X = Y",
        "X += 1",
        "X.append(Y)",
        "X[0] = Y",
        "del X",
        "print(X, Y)",
        "def X():\n    return Y()",
        "class X(Y):\n    z = X",
        "if X: Y = 1",
        "for X in Y: pass",
        "from X import *",
        "[X for X in Y]",
    ]);
    (form, name(), name()).prop_map(|(form, x, y)| form.replace('X', x).replace('Y', y))
}

/// A document of that name; a notebook has `text` in its cells.
fn read(text: &str, name: &str) -> Document {
    if name == "b.ipynb" {
        let source = serde_json::Value::from(text).to_string();
        let list: Vec<&str> = text.split_inclusive(' ').collect();
        let list = serde_json::json!(list).to_string();
        let cells = format!(
            r#"{{"cells": [{{"cell_type": "code", "outputs": [{{"text": {list}}}],
            "source": {source}}}, {{"cell_type": "code", "source": {list}}},
            {{"cell_type": "markdown", "source": {source}}}]}}"#
        );
        return Document::new(DocPath::new(name), cells);
    }
    Document::new(DocPath::new(name), decode(text.as_bytes().to_vec()).text)
}

fn names() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a.md", "a.txt", "a.mdx", "a.rst", "a.org", "a.adoc", "a.html", "a.py", "a.ipynb",
        "b.ipynb",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn nothing_vanishes(text in document(), name in names()) {
        let document = read(&text, name);
        let regions = scan::scan(&document);
        let found = pipeline::find(&document);
        prop_assert_eq!(regions.len(), found.snippets.len() + found.skips.len());
        for region in &regions {
            let kept = found.snippets.iter().any(|snippet| snippet.at == region.at)
                || found.skips.iter().any(|skip| skip.at == region.at);
            prop_assert!(kept, "{:?}", region);
        }
    }

    #[test]
    fn every_promise_is_kept(text in document(), name in names()) {
        promises::keep(&read(&text, name));
    }

    #[test]
    fn scanning_twice_gives_the_same(text in document(), name in names()) {
        let document = read(&text, name);
        prop_assert_eq!(scan::scan(&document), scan::scan(&document));
    }

    #[test]
    fn every_byte_knows_its_origin(text in document(), name in names()) {
        let document = read(&text, name);
        for region in scan::scan(&document) {
            assert_mapped(&region.code, &document.text);
            let (code, _) = normalize::normalize(&region.code);
            assert_mapped(&code, &document.text);
            let lines = code.source_lines(&document.lines);
            prop_assert_eq!(lines.len(), code.text().lines().count());
            prop_assert!(lines.is_sorted());
        }
    }

    #[test]
    fn steps_are_in_order_and_lead_to_the_document(text in document(), name in names()) {
        let document = read(&text, name);
        for snippet in pipeline::find(&document).snippets {
            let count = snippet.code.text().lines().count();
            let mut done = 0;
            for step in &snippet.steps {
                prop_assert!(done < step.first && step.first <= step.last, "{:?}", step);
                done = step.last;
                let Some(expected) = &step.expected else { continue };
                assert_mapped(&expected.text, &document.text);
                let lines = expected.text.text().lines().count();
                prop_assert_eq!(lines, expected.spans.len());
                prop_assert!(lines > 0 && expected.text.text().ends_with('\n'));
                let mut at = 0;
                for (line, span) in expected.text.text().split_inclusive('\n').zip(&expected.spans) {
                    prop_assert!(span.end() <= document.text.len());
                    for byte in at..at + line.trim_end_matches('\n').len() {
                        let origin = expected.text.origin(byte);
                        prop_assert!(origin.is_none_or(|origin| span.range().contains(&origin)));
                    }
                    at += line.len();
                }
            }
            prop_assert!(done as usize <= count);
            prop_assert!(snippet.steps.is_empty()
                || snippet.steps.iter().any(|step| step.expected.is_some()));
        }
    }

    #[test]
    fn normalizing_twice_is_normalizing_once(text in document()) {
        let whole = Mapped::cut(&text, [Span::new(0, text.len())]);
        let (once, _) = normalize::normalize(&whole);
        let (twice, edits) = normalize::normalize(&once);
        prop_assert_eq!(once.text(), twice.text(), "{:?}", edits);
    }

    #[test]
    fn replacing_keeps_origins(text in any::<String>(), at in 0usize..40, len in 0usize..9, with in "[a-z]{0,3}") {
        let whole = Mapped::cut(&text, [Span::new(0, text.len())]);
        let edit = Replace { at: Span::new(at.min(text.len()), (at + len).min(text.len())), with };
        assert_mapped(&whole.replace(&[edit]), &text);
    }

    #[test]
    fn lines_and_offsets_agree(text in document()) {
        let index = LineIndex::new(&text);
        for (at, _) in text.char_indices() {
            let line = index.line(at);
            let span = index.span(line);
            prop_assert!(span.start() <= at && at <= span.end());
        }
        prop_assert_eq!(index.count() as usize, text.matches('\n').count() + 1);
    }

    #[test]
    fn ids_survive_an_edit_elsewhere(text in document()) {
        let before = read(&format!("# Title\n\n```python\nimport os\n```\n\n{text}"), "a.md");
        let after = read(&format!("# Title\n\nA new paragraph.\n\n```python\nimport os\n```\n\n{text}"), "a.md");
        let (before, after) = (pipeline::find(&before), pipeline::find(&after));
        prop_assert_eq!(&before.snippets[0].id, &after.snippets[0].id);
    }

    #[test]
    fn links_survive_a_paragraph_elsewhere(parts in prop::collection::vec(statement(), 1..12), at in 0usize..12) {
        let page = |more: usize| {
            let block = |(number, part): (usize, &String)| {
                let words = if number == more { "A new paragraph.\n\n" } else { "" };
                format!("{words}```python\n{part}\n```\n\n")
            };
            let text: String = parts.iter().enumerate().map(block).collect();
            pipeline::find(&read(&text, "a.md"))
        };
        let (before, after) = (page(usize::MAX), page(at % parts.len()));
        prop_assert_eq!(&before.links, &after.links);
        for at in 0..before.snippets.len() {
            let needed = before.links.closure(at);
            prop_assert!(needed.is_sorted() && needed.iter().all(|needed| *needed < at));
            prop_assert_eq!(&needed, &before.links.closure(at));
        }
    }

    #[test]
    fn ids_are_unique(text in document(), name in names()) {
        let found = pipeline::find(&read(&format!("{text}\n{text}"), name));
        let mut ids: Vec<_> = found.snippets.iter().map(|snippet| snippet.id.clone()).collect();
        ids.sort();
        let count = ids.len();
        ids.dedup();
        prop_assert_eq!(ids.len(), count);
    }

    #[test]
    fn decoding_is_total(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let decoded = decode(bytes);
        prop_assert!(!decoded.text.contains('\r'));
    }
}
