//! Documents of hostile size and shape: the program ends, in bounded memory, and loses nothing.

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use crate::project::{Project, skipped};

/// Address space that is enough for every document here, in KiB: what the program may use of
/// memory, 200 MB, and what it reserves besides.
const ROOM: u32 = 260_000;

const GOOD: &str = "# Good\n\n```python\nprint(1)\n```\n";

/// Lists `text` beside a good document, and tells how many examples were found in each.
#[track_caller]
fn listed(name: &str, text: &str) -> (usize, usize) {
    let project = Project::new().file(name, text).file("good.md", GOOD);
    let said = project.run_within(ROOM, "list --format jsonl .").code(0);
    let count = |doc: &str| said.out.matches(&format!("\"doc\":\"{doc}\"")).count();
    (count(name), count("good.md"))
}

#[test]
fn a_single_line_of_50_megabytes() {
    let line = "words and `a span` and x = f(1) ".repeat(50 * 1024 * 1024 / 32);
    assert_eq!(listed("line.md", &line), (0, 1));
    assert_eq!(listed("line.txt", &line), (0, 1));
    let page = "<p>words <code>a</code> and x = f(1) ".repeat(50 * 1024 * 1024 / 37);
    assert_eq!(listed("line.html", &page), (0, 1));
    let marks = "[a](b) *c* ".repeat(50 * 1024 * 1024 / 11);
    assert_eq!(listed("line.md", &marks), (0, 1));
}

#[test]
fn a_line_of_10_megabytes_that_looks_like_code() {
    let line = "x = f(a, 'b') if c: d = g(e) # note for i in j: print(i) ".repeat(10_000_000 / 57);
    assert_eq!(listed("code.txt", &line), (0, 1));
    assert_eq!(listed("code.md", &format!("```python\n{line}\n```\n")), (0, 1));
}

#[test]
fn flat_code_without_end_is_not_restored() {
    assert_eq!(listed("lines.txt", &"for i in j:\nk(i)\n".repeat(50_000)), (0, 1));
}

#[test]
fn a_hundred_thousand_fences() {
    let fences = "text\n\n```python\nx = 1\n```\n\n".repeat(100_000);
    assert_eq!(listed("fences.md", &fences), (100_000, 1));
}

#[test]
fn nesting_ten_thousand_deep() {
    let deep = 10_000;
    let documents = [
        format!("{}```python\nx = 1\n", "> ".repeat(deep)),
        format!("{}item\n\n    ls -l\n", "- ".repeat(deep)),
        format!("{}text{}\n", "[".repeat(deep), "](a)".repeat(deep)),
        format!("{}a{}\n", "*_".repeat(deep), "_*".repeat(deep)),
        (0..2_000).map(|depth| format!("{}- a\n", "  ".repeat(depth))).collect(),
    ];
    for document in documents {
        assert_eq!(listed("deep.md", &document).1, 1);
    }
    let code = format!("```python\nx = {}1{}\n```\n", "(".repeat(deep), ")".repeat(deep));
    assert_eq!(listed("code.md", &code), (1, 1));
    let code = format!("```sh\necho {}{}\n```\n", "$(".repeat(deep), ")".repeat(deep));
    assert_eq!(listed("code.md", &code), (1, 1));
}

#[test]
fn an_unterminated_fence_is_code_to_the_end() {
    assert_eq!(listed("open.md", "text\n\n```python\nx = 1\n\nmore = 2\n"), (1, 1));
}

#[test]
fn brackets_that_never_close_and_prompts_without_end() {
    assert_eq!(listed("open.txt", &"f(a,\n".repeat(20_000)).1, 1);
    assert_eq!(listed("prompts.txt", &"$ ls -l\n".repeat(8_000)), (1, 1));
    assert_eq!(listed("cells.md", &"In [1]:\nf(x)\n\n1\n\n".repeat(5_000)), (5_000, 1));
}

#[test]
fn strings_and_paragraphs_without_end() {
    assert_eq!(listed("strings.txt", &"\"\"\"a\"\"\"\n".repeat(200_000)).1, 1);
    let cell = format!("In [1]:\ndef f():\n{}", "    a = 1\n\n".repeat(100_000));
    assert_eq!(listed("cell.txt", &cell), (0, 1));
}

#[test]
fn blocks_that_lost_their_indentation_and_their_bodies() {
    assert_eq!(listed("deep.txt", &"def f():\n".repeat(7_000)), (0, 1));
    assert_eq!(listed("long.txt", &"def f():\n".repeat(100_000)), (0, 1));
    assert_eq!(listed("decorated.txt", &format!("def f():\n{}", "@a\n".repeat(20_000))).1, 1);
}

#[test]
fn backslashes_that_glue_nothing() {
    let cell = format!("In [1]:\n{}\n", "\\\n".repeat(30_000));
    assert_eq!(listed("glue.txt", &cell.repeat(20)).1, 1);
    let fence = format!("```sh\n{}\n```\n", "\\\n".repeat(30_000));
    assert_eq!(listed("glue.md", &fence.repeat(20)).1, 1);
}

#[test]
fn without_threads_the_work_is_done_or_its_end_is_told() {
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return skipped("only root can be somebody who may have no more processes");
    }
    let project = Project::new().file("a.md", GOOD).file("b.md", GOOD);
    for (most, command) in [(1, "list"), (2, "list"), (1, "check"), (2, "check"), (3, "check")] {
        let said = project.run_as_one_of(most, &[command, "."]);
        let done = command == "list" && said.out.lines().count() == 2 && said.err.is_empty();
        let told = said.err.starts_with("stillruns: failed to ") && said.err.lines().count() == 1;
        assert!(done || told, "{command} {most}\n{}\n{}", said.out, said.err);
    }
}
