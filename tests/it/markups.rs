//! How the building blocks of a document are written in each format.
//!
//! What a block means is for `writing`. A block is given back with its last line end; whoever joins
//! blocks puts blank lines between them.

use serde_json::json;

use crate::writing::Piece;

/// A format to write in.
#[derive(Clone, Copy)]
pub(crate) struct Markup {
    pub(crate) format: &'static str,
    pub(crate) name: &'static str,
    /// A document of these blocks; it ends in a line end where it has any.
    pub(crate) write: fn(&[Piece]) -> String,
    /// What stands between two documents, or before one: a heading, or a paragraph.
    pub(crate) heading: fn(&str) -> String,
    pub(crate) paragraph: fn(&str) -> String,
}

impl std::fmt::Debug for Markup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

pub(crate) const MARKUPS: &[Markup] = &[
    Markup {
        format: "markdown",
        name: "a.md",
        write: |pieces| joined(pieces, markdown),
        heading: |text| format!("# {text}\n"),
        paragraph: line,
    },
    Markup {
        format: "markdown",
        name: "a.mdx",
        write: |pieces| joined(pieces, markdown),
        heading: |text| format!("## {text}\n"),
        paragraph: line,
    },
    Markup {
        format: "rst",
        name: "a.rst",
        write: |pieces| joined(pieces, rst),
        heading: |text| format!("{text}\n{}\n", "=".repeat(text.len())),
        paragraph: line,
    },
    Markup {
        format: "org",
        name: "a.org",
        write: |pieces| joined(pieces, org),
        heading: |text| format!("* {text}\n"),
        paragraph: line,
    },
    Markup {
        format: "asciidoc",
        name: "a.adoc",
        write: |pieces| joined(pieces, asciidoc),
        heading: |text| format!("== {text}\n"),
        paragraph: line,
    },
    Markup {
        format: "html",
        name: "a.html",
        write: |pieces| joined(pieces, html),
        heading: |text| format!("<h2>{text}</h2>\n"),
        paragraph: |text| format!("<p>{}</p>\n", escaped(text)),
    },
    Markup {
        format: "plain",
        name: "a.txt",
        write: |pieces| joined(pieces, plain),
        heading: line,
        paragraph: line,
    },
    Markup {
        format: "pydoc",
        name: "a.py",
        write: |pieces| joined(pieces, pydoc),
        heading: |text| format!("# {text}\n"),
        paragraph: |text| format!("# {}\n", text.replace('\n', "\n# ")),
    },
];

fn joined(pieces: &[Piece], write: fn(&Piece) -> String) -> String {
    pieces.iter().map(write).collect::<Vec<_>>().join("\n")
}

/// A notebook with a cell for each block, whose lines end in `end`. What a markup would mark is
/// code or output in it, and everything else text.
pub(crate) fn notebook(pieces: &[Piece], end: &str) -> String {
    let cell = |piece: &Piece| {
        let source = |text: &str| {
            let text = text.replace('\n', end);
            let lines: Vec<&str> = text.split_inclusive('\n').collect();
            if text.len().is_multiple_of(2) { json!(text) } else { json!(lines) }
        };
        match piece {
            Piece::Code(_, code) => json!({"cell_type": "code", "source": source(code)}),
            Piece::Output(text) => {
                let printed = json!([{"output_type": "stream", "text": source(text)}]);
                json!({"cell_type": "code", "source": [], "outputs": printed})
            }
            other => json!({"cell_type": "markdown", "source": source(&markdown(other))}),
        }
    };
    let cells: Vec<_> = pieces.iter().map(cell).collect();
    format!("{:#}\n", json!({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
}

fn line(text: &str) -> String {
    format!("{text}\n")
}

/// `text` with `by` before every line that is not blank.
fn deeper(text: &str, by: &str) -> String {
    let deep = |line: &str| if line.is_empty() { "\n".to_owned() } else { format!("{by}{line}\n") };
    text.lines().map(deep).collect()
}

fn pick(from: &[&str], number: usize) -> String {
    line(from[number % from.len()])
}

fn markdown(piece: &Piece) -> String {
    match piece {
        Piece::Paragraph(text) | Piece::Bare(text) => line(text),
        Piece::Heading(text) => format!("## {text}\n"),
        Piece::Code(tag, code) => format!("```{tag}\n{code}\n```\n"),
        Piece::Indented(code) => deeper(code, "    "),
        Piece::Span(before, code, behind) => format!("{before}`{code}`{behind}\n"),
        Piece::List(items) => {
            let item = |(text, code): &(&str, &str)| {
                let fence =
                    if code.is_empty() { String::new() } else { format!("\n```\n{code}\n```") };
                format!("- {}", deeper(&format!("{text}{fence}"), "  ").trim_start())
            };
            items.iter().map(item).collect()
        }
        Piece::Note(text, code) => {
            let body = format!("{text}\n\n```sh\n{code}\n```\n");
            match text.len() % 4 {
                0 => deeper(&body, "> "),
                1 => format!("!!! note \"On this\"\n\n{}", deeper(&body, "    ")),
                2 => format!("````{{note}}\n{body}````\n"),
                _ => format!(":::note\n\n{body}\n:::\n"),
            }
        }
        Piece::Output(text) => format!("```output\n{text}\n```\n"),
        Piece::Special(number) => pick(MARKDOWN, *number),
    }
}

const MARKDOWN: &[&str] = &[
    "{% highlight python %}\nprint(area(3, 4))\n{% endhighlight %}",
    "{{< highlight bash \"linenos=1\" >}}\nls -l garden\n{{< /highlight >}}",
    "=== \"Linux\"\n\n    ```bash\n    sudo apt-get install six\n    ```\n\n=== \"Mac\"\n\n    ```bash\n    brew install six\n    ```",
    "    #!python\n    print(area(3, 4))",
    "    :::bash\n    rm -f *.o",
    "~~~~\nls -l\n~~~~\n{: .language-bash}",
    "<pre><code class=\"language-python\">print(area(3, 4))\n</code></pre>",
    "<!-- kept for later:\n\n```python\nprint('hidden')\n```\n-->",
    "<details>\n<summary>More</summary>\n\n```sh\nls -l\n```\n\n</details>",
    "| what | how |\n| --- | --- |\n| list | `ls -l \\| wc -l` |\n| leave | `exit 1` |",
    "1. Make room:\n\n        rm -rf /tmp/garden\n\n2. Leave.",
    "> ```python\n> import os\n>\n> os.getcwd()\n> ```",
    "Term\n: What it means.\n\n    ls -l",
    "---",
    "[garden]: https://example.org/garden \"Garden\"\n[^1]: A note.\n    On two lines.",
    "Run `pip install\nsix` first.",
    "import Tabs from '@theme/Tabs';\n\n<Tabs>\n<TabItem value=\"a\">\n\n```bash\nls -l\n```\n\n</TabItem>\n</Tabs>",
    ":::{code-cell} ipython3\n:tags: [a]\n\nprint(area(3, 4))\n:::",
    "Subtitle\n--------",
    "* * *\n\n+ pip install six\n+ import six",
];

fn rst(piece: &Piece) -> String {
    match piece {
        Piece::Paragraph(text) | Piece::Bare(text) => line(text),
        Piece::Heading(text) => format!("{text}\n{}\n", "-".repeat(text.len())),
        Piece::Code(tag, code) => {
            format!(".. code-block:: {tag}\n   :linenos:\n\n{}", deeper(code, "   "))
        }
        Piece::Indented(code) => format!("Like this::\n\n{}", deeper(code, "    ")),
        Piece::Span(before, code, behind) => format!("{before}``{code}``{behind}\n"),
        Piece::List(items) => {
            let item = |(text, code): &(&str, &str)| {
                let code = deeper(code, "   ");
                let block = format!("{text}\n\n.. code-block:: sh\n\n{code}");
                let body = if code.is_empty() { text } else { block.as_str() };
                format!("* {}", deeper(body, "  ").trim_start())
            };
            items.iter().map(item).collect::<Vec<_>>().join("\n")
        }
        Piece::Note(text, code) => {
            let body = format!("{text}\n\n.. code-block::\n\n{}", deeper(code, "   "));
            format!(".. note::\n\n{}", deeper(&body, "   "))
        }
        Piece::Output(text) => format!(".. testoutput::\n\n{}", deeper(text, "   ")),
        Piece::Special(number) => pick(RST, *number),
    }
}

const RST: &[&str] = &[
    ".. _garden: https://example.org",
    "..\n   A comment with code in it::\n\n      ls -l",
    ".. image:: garden.png\n   :width: 200",
    "Quoted::\n\n> ls -l\n> pwd",
    "Quoted::\n\n$ ls -l\n$ pwd",
    ".. function:: area(width, height)\n              area(size)\n\n   The area::\n\n      >>> area(3, 4)\n      12",
    ".. [1] Said in ``ls -l /tmp`` and elsewhere.",
    "====  ====\nname  size\n====  ====\nelm   10\n====  ====",
    "term\n   What it means::\n\n      ls -l",
    ".. ipython::\n\n   In [1]: x = 2\n\n   In [2]: x\n   Out[2]: 2",
    ".. tip:: Have a look::\n\n      ls -l",
    "::\n\n  make install",
    ">>> area(3, 4)\n12",
];

fn org(piece: &Piece) -> String {
    match piece {
        Piece::Paragraph(text) | Piece::Bare(text) => line(text),
        Piece::Heading(text) => format!("** {text}\n"),
        Piece::Code(tag, code) => format!("#+begin_src {tag}\n{code}\n#+end_src\n"),
        Piece::Indented(code) => deeper(code, ": ").replace("\n\n", "\n:\n"),
        Piece::Span(before, code, behind) => format!("{before}~{code}~{behind}\n"),
        Piece::List(items) => {
            let item = |(text, code): &(&str, &str)| {
                let block = format!("{text}\n#+BEGIN_SRC sh\n{code}\n#+END_SRC");
                let body = if code.is_empty() { text } else { block.as_str() };
                format!("- {}", deeper(body, "  ").trim_start())
            };
            items.iter().map(item).collect()
        }
        Piece::Note(text, code) => {
            format!("#+begin_quote\n{text}\n#+begin_src sh\n{code}\n#+end_src\n#+end_quote\n")
        }
        Piece::Output(text) => format!("#+RESULTS:\n{}", deeper(text, ": ")),
        Piece::Special(number) => pick(ORG, *number),
    }
}

const ORG: &[&str] = &[
    "#+TITLE: Garden\n#+OPTIONS: toc:nil",
    ":PROPERTIES:\n:header-args: :eval no\n:END:",
    "#+begin_example\n$ ls -l\ntotal 0\n#+end_example",
    "#+begin_comment\nls -l\n#+end_comment",
    "#+RESULTS:\n:results:\nelm 10\n:end:",
    "#+RESULTS: heights\n| elm | 10 |\n| oak | 20 |",
    "#+begin_src org\n,* A heading\n,#+begin_src sh\nls -l\n,#+end_src\n#+end_src",
    "# a comment: ls -l",
    "| =ls -l= | lists |",
    "#+begin_export html\n<pre>ls -l</pre>\n#+end_export",
];

fn asciidoc(piece: &Piece) -> String {
    match piece {
        Piece::Paragraph(text) | Piece::Bare(text) => line(text),
        Piece::Heading(text) => format!("=== {text}\n"),
        Piece::Code("", code) => format!("----\n{code}\n----\n"),
        Piece::Code(tag, code) => format!("[source,{tag}]\n----\n{code}\n----\n"),
        Piece::Indented(code) => format!("....\n{code}\n....\n"),
        Piece::Span(before, code, behind) => format!("{before}`{code}`{behind}\n"),
        Piece::List(items) => {
            let item = |(text, code): &(&str, &str)| {
                let text = text.replace('\n', " ");
                let block = format!("+\n[source,sh]\n----\n{code}\n----\n");
                format!("* {text}\n{}", if code.is_empty() { "" } else { block.as_str() })
            };
            items.iter().map(item).collect()
        }
        Piece::Note(text, code) => {
            format!("[NOTE]\n====\n{text}\n\n[source,bash]\n----\n{code}\n----\n====\n")
        }
        Piece::Output(text) => format!(".Output\n....\n{text}\n....\n"),
        Piece::Special(number) => pick(ASCIIDOC, *number),
    }
}

const ASCIIDOC: &[&str] = &[
    "////\nls -l\n////",
    "// a comment: ls -l",
    "image::garden.png[]",
    "[source,python]\nprint(area(3, 4))",
    " ls -l garden\n pwd",
    "[source,sh]\n----\nls -l # <1>\n----\n<1> Everything.",
    "|===\n| what | how\n\n| list\n| `ls -l`\n|===",
    "[quote,Somebody]\n____\nIt grows.\n____",
    "[[garden]]\n.A title\n[%hardbreaks]\nIt grows.",
    "--\nls -l\n--",
    "```python\nprint(area(3, 4))\n```",
    "[stem]\n++++\nx = y\n++++",
    "++++\n<pre>ls -l</pre>\n++++",
];

fn html(piece: &Piece) -> String {
    match piece {
        Piece::Paragraph(text) => format!("<p>{}</p>\n", escaped(text)),
        Piece::Bare(text) => format!("<div>\n{}\n</div>\n", escaped(text)),
        Piece::Heading(text) => format!("<h3>{text}</h3>\n"),
        Piece::Code("", code) => format!("<pre>\n{}\n</pre>\n", escaped(code)),
        Piece::Code(tag, code) => {
            format!("<pre><code class=\"language-{tag}\">{}</code></pre>\n", escaped(code))
        }
        Piece::Indented(code) => {
            let lines: Vec<String> = code
                .lines()
                .map(|line| format!("<span class=\"l\">{}</span>", escaped(line)))
                .collect();
            format!("<div class=\"highlight\"><pre>{}</pre></div>\n", lines.join("\n"))
        }
        Piece::Span(before, code, behind) => {
            format!("<p>{before}<code>{}</code>{behind}</p>\n", escaped(code))
        }
        Piece::List(items) => {
            let item = |(text, code): &(&str, &str)| {
                format!("<li>{}<pre>{}</pre></li>\n", escaped(text), escaped(code))
            };
            format!("<ul>\n{}</ul>\n", items.iter().map(item).collect::<String>())
        }
        Piece::Note(text, code) => {
            format!("<blockquote>{}<pre>{}</pre></blockquote>\n", escaped(text), escaped(code))
        }
        Piece::Output(text) => {
            format!("<div class=\"output\"><pre>{}</pre></div>\n", escaped(text))
        }
        Piece::Special(number) => pick(HTML, *number),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

const HTML: &[&str] = &[
    "<!-- <pre>ls -l</pre> -->",
    "<script>if (a < b) { document.write('<pre>ls</pre>'); }</script>",
    "<style>\npre > code { color: red }\n</style>",
    "<table><tr><td class=\"linenos\"><pre>1\n2</pre></td><td class=\"code\"><pre>ls -l\npwd</pre></td></tr></table>",
    "<p>See <code>ls -l</code>,<br>or <kbd>pwd</kbd>.",
    "<pre>ls -l<br>pwd<br/>\nexit 1</pre>",
    "<img src='a.png' alt='a > b'>",
    "<div class=\"highlight-python\"><div class=\"highlight\"><pre><span class=\"k\">import</span> os\n</pre></div></div>",
    "<textarea>ls -l</textarea>",
];

fn plain(piece: &Piece) -> String {
    match piece {
        Piece::Paragraph(text) | Piece::Bare(text) | Piece::Heading(text) => line(text),
        // Nothing marks it, but for its indentation.
        Piece::Code(_, code) | Piece::Indented(code) => deeper(code, "    "),
        Piece::Span(before, code, behind) => format!("{before}{code}{behind}\n"),
        Piece::List(items) => {
            items.iter().map(|(text, code)| format!("- {text}\n{}", deeper(code, "    "))).collect()
        }
        Piece::Note(text, code) => format!("{text}\n{code}\n"),
        Piece::Output(text) => line(text),
        Piece::Special(number) => pick(PLAIN, *number),
    }
}

const PLAIN: &[&str] = &[
    "1) pip install six\n2) import six",
    "* rm -rf /tmp/garden\n* make it anew",
    "Use it like so: import six print(six.PY3)",
    "Garden\n======",
    "____________",
    "    It is indented, and no code at all.",
];

/// A function whose docstring holds the block.
fn pydoc(piece: &Piece) -> String {
    match piece {
        Piece::Special(number) => pick(PYDOC, *number),
        piece => {
            let text = rst(piece).replace('\\', "/").replace("\"\"\"", "'''");
            format!(
                "def grow():\n{}    pass\n",
                deeper(&format!("r\"\"\"Grows.\n\n{text}\n\"\"\""), "    ")
            )
        }
    }
}

const PYDOC: &[&str] = &[
    "LIMITS = {\n    'elm': \"it's\",\n}",
    "# >>> area(3, 4)\n# 12",
    "x = '''no\ndocstring'''",
    "class Oak:\n    '''Grows.\n\n    ```python\n    Oak().grow()\n    ```\n    '''",
    "def f(a=\"#\"):\n    \"\"\"One line.\"\"\"  # why",
    "# ls -l",
];
