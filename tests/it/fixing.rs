//! `check --fix-outputs` and `check --diff`: only the shown lines change, in every format, and what
//! was rewritten passes and stays.

use crate::project::Project;

/// Documents whose shown output is wrong, and how they are once it is rewritten.
const CASES: &[(&str, &str, &str)] = &[
    (
        "session.md",
        ">>> print('a'); print(); print('b')\na\n<BLANKLINE>\nc\n>>> 1 + 1\n3\n",
        ">>> print('a'); print(); print('b')\na\n<BLANKLINE>\nb\n>>> 1 + 1\n2\n",
    ),
    (
        "crlf.md",
        "\u{feff}# T\r\n\r\n> ```python\r\n> >>> [1, 2]\r\n> [1,\r\n>  3]\r\n> ```\r\n\r\nend \r\n",
        "\u{feff}# T\r\n\r\n> ```python\r\n> >>> [1, 2]\r\n> [1, 2]\r\n> ```\r\n\r\nend \r\n",
    ),
    (
        "block.md",
        "```python\nfor i in range(3):\n    print(i)\n```\n\n```\n0\n```\n\nx\n",
        "```python\nfor i in range(3):\n    print(i)\n```\n\n```\n0\n1\n2\n```\n\nx\n",
    ),
    (
        "comments.md",
        "```python\nx = 6\nx * 7  # => 41\nprint('a', 'b')\n#> a\n```\n",
        "```python\nx = 6\nx * 7  # => 42\nprint('a', 'b')\n#> a b\n```\n",
    ),
    (
        "error.md",
        "```\n>>> {}['x']\nTraceback (most recent call last):\n  ...\nKeyError: 'y'\n```\n",
        "```\n>>> {}['x']\nTraceback (most recent call last):\n  ...\nKeyError: 'x'\n```\n",
    ),
    (
        "shell.md",
        "```console\n$ seq 3\n1\n$ echo a\nb\n```\n",
        "```console\n$ seq 3\n1\n2\n3\n$ echo a\na\n```\n",
    ),
    ("doc.rst", "Title\n=====\n\n>>> 2 + 2\n5\n\ntext\n", "Title\n=====\n\n>>> 2 + 2\n4\n\ntext\n"),
    (
        "module.py",
        "def f():\n    \"\"\"One.\n\n    >>> 1 + 1\n    3\n    \"\"\"\n",
        "def f():\n    \"\"\"One.\n\n    >>> 1 + 1\n    2\n    \"\"\"\n",
    ),
    (
        "cells.ipynb",
        r#"{"cells": [{"cell_type": "code", "execution_count": 1, "metadata": {}, "source": ["print('a')\n", "print('\"b\"')"],
 "outputs": [{"name": "stdout", "output_type": "stream", "text": ["a\n", "c\n"]}]}],
 "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}
"#,
        r#"{"cells": [{"cell_type": "code", "execution_count": 1, "metadata": {}, "source": ["print('a')\n", "print('\"b\"')"],
 "outputs": [{"name": "stdout", "output_type": "stream", "text": ["a\n", "\"b\"\n"]}]}],
 "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}
"#,
    ),
];

#[test]
fn shown_output_is_rewritten_and_nothing_else() {
    for (name, old, new) in CASES {
        let project = Project::new().file(name, old);
        let diff = project.run(["check", name, "--diff"]).code(1);
        assert!(diff.out.contains("--- a/") && diff.out.contains("\n+"), "{name}: {}", diff.out);
        assert_eq!(project.read(name), *old, "{name}");
        let said = project.run(["check", name, "--fix-outputs"]);
        assert_eq!(project.read(name), *new, "{name}: {}{}", said.out, said.err);
        project.run(["check", name]).code(0);
        project.run(["check", name, "--fix-outputs"]).code(0);
        assert_eq!(project.read(name), *new, "{name}");
    }
}

#[test]
fn what_only_differs_from_run_to_run_is_left_as_it_is() {
    let text = ">>> object()\n<object object at 0x7f0000000001>\n>>> {2, 1}\n{2, 1}\n>>> 1\n2\n";
    let project = Project::new().file("a.md", text);
    project.run(["check", "a.md", "--fix-outputs"]);
    assert_eq!(project.read("a.md"), text.replace("1\n2\n", "1\n1\n"));
}

#[test]
fn what_would_change_the_examples_is_refused_with_its_line() {
    let text = "```python\nprint('```')\n```\n\n```\nx\n```\n";
    let project = Project::new().file("a.md", text);
    project.run(["check", "a.md", "--fix-outputs"]).code(1).err("a.md:6: left as it is");
    assert_eq!(project.read("a.md"), text);
}

#[test]
fn nothing_is_rewritten_in_ci_unless_told() {
    let project = Project::new().file("a.md", ">>> 1\n2\n");
    let run = |flags: &[&str]| {
        let arguments = [&["check", "a.md", "--fix-outputs"], flags].concat();
        project.run_with(arguments, "", &[("CI", "true")])
    };
    run(&[]).code(2).err("--force");
    assert_eq!(project.read("a.md"), ">>> 1\n2\n");
    run(&["--force"]);
    assert_eq!(project.read("a.md"), ">>> 1\n1\n");
}
