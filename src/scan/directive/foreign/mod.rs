//! What other tools are told in comments of markup.
//!
//! One row per spelling; `meaning` makes instructions of what stands behind it. What is not known
//! here is nobody's mistake.

pub(super) mod code;
pub(super) mod heads;
mod meaning;

use super::{Reach, Said};
use crate::model::{Instruction, Part};
use meaning::{
    condition, continued, fails, grouped, named, needed, nothing, sessions, skipped, version,
};

/// One spelling: whose it is, how a comment begins, which examples it is for, and what it says by
/// what follows.
struct Spelling(&'static str, &'static str, Reach, fn(&str) -> Vec<Instruction>);

/// Every spelling at the beginning of a comment.
const SPELLINGS: &[Spelling] = &[
    Spelling("pytest", "pytest.mark.skip", Reach::Block, skipped),
    Spelling("pytest", "pytest.mark.skipif", Reach::Block, condition),
    Spelling("pytest", "pytest.mark.xfail", Reach::Block, fails),
    Spelling("pytest", "pytest.importorskip", Reach::Block, needed),
    Spelling("pytest-codeblocks", "pytest-codeblocks:skip", Reach::Block, skipped),
    Spelling("pytest-codeblocks", "pytest-codeblocks:skipif", Reach::Block, condition),
    Spelling("pytest-codeblocks", "pytest-codeblocks:skipfile", Reach::Document, skipped),
    Spelling("pytest-codeblocks", "pytest-codeblocks:cont", Reach::Block, continued),
    Spelling("pytest-codeblocks", "pytest-codeblocks:expect-error", Reach::Block, fails),
    Spelling("pytest-codeblocks", "pytest-codeblocks:expect-exception", Reach::Block, fails),
    Spelling("pytest-codeblocks", "pytest-codeblocks:importorskip", Reach::Block, needed),
    Spelling("phmdoctest", "phmdoctest-skip", Reach::Block, skipped),
    Spelling("phmdoctest", "phmdoctest-mark.skip", Reach::Block, skipped),
    Spelling("phmdoctest", "phmdoctest-mark.skipif", Reach::Block, version),
    Spelling("phmdoctest", "phmdoctest-mark.xfail", Reach::Block, fails),
    Spelling("phmdoctest", "phmdoctest-share-names", Reach::Block, continued),
    Spelling("phmdoctest", "phmdoctest-clear-names", Reach::Block, sessions),
    Spelling("phmdoctest", "phmdoctest-setup", Reach::Block, |_| hidden(Part::Setup)),
    Spelling("phmdoctest", "phmdoctest-teardown", Reach::Block, |_| hidden(Part::Cleanup)),
    Spelling("phmdoctest", "phmdoctest-label", Reach::Block, named),
    Spelling("sybil", "skip: next", Reach::Next, skipped_or_condition),
    Spelling("sybil", "skip: start", Reach::Start, skipped_or_condition),
    Spelling("sybil", "skip: end", Reach::End, skipped),
    Spelling("sybil", "clear-namespace", Reach::Next, sessions),
    Spelling("doccmd", "group: start", Reach::Start, grouped),
    Spelling("doccmd", "group: end", Reach::End, grouped),
    Spelling("pytest-codeblock", "pytestmark: skip", Reach::Block, skipped),
    Spelling("pytest-codeblock", "pytestmark: skipif", Reach::Block, condition),
    Spelling("pytest-codeblock", "pytestmark: xfail", Reach::Block, fails),
    Spelling("pytest-codeblock", "continue:", Reach::Block, continued),
    Spelling("pytest-codeblock", "codeblock-name:", Reach::Block, named),
    Spelling("ruff", "ruff:skip", Reach::Block, skipped),
    Spelling("ruff", "ruff: skip", Reach::Block, skipped),
    Spelling("pytest-doctestplus", "doctest-skip-all", Reach::Start, skipped),
    Spelling("pytest-doctestplus", "doctest-skip::", Reach::Body, skipped),
    Spelling("pytest-doctestplus", "doctest-requires::", Reach::Body, needed),
    Spelling("pytest-doctestplus", "doctest-remote-data::", Reach::Body, |_| {
        vec![Instruction::NeedsNetwork]
    }),
    Spelling("pytest-doctestplus", "doctest-remote-data-all", Reach::Start, |_| {
        vec![Instruction::NeedsNetwork]
    }),
];

fn hidden(part: Part) -> Vec<Instruction> {
    vec![Instruction::Hidden(part)]
}

/// `next if(CONDITION, reason="…")`, or a reason alone.
fn skipped_or_condition(rest: &str) -> Vec<Instruction> {
    match rest.trim().strip_prefix("if") {
        Some(rest) if rest.trim_start().starts_with('(') => condition(rest),
        _ => skipped(rest),
    }
}

/// What the comment `body` says in the words of another tool.
pub(super) fn comment(body: &str) -> Vec<Said> {
    let body = body.trim();
    if let Some(words) = body.strip_prefix("pmd-metadata:") {
        return heads::words(words);
    }
    if ["name:", "mark:", "case:"].iter().any(|start| body.starts_with(start)) {
        return fields(body);
    }
    let written = without_marker(body);
    let (tool, body) = written.as_ref().map_or((None, body), |body| (Some("doccmd"), body));
    let row = SPELLINGS.iter().find(|Spelling(_, start, ..)| begins(body, start));
    let Some(Spelling(owner, start, reach, make)) = row else { return Vec::new() };
    let tool = tool.unwrap_or(owner);
    let made = make(&body[start.len()..]);
    made.into_iter().map(|what| Said { what, reach: *reach, tool }).collect()
}

/// Whether `body` begins with the words `start` and not only with their letters.
fn begins(body: &str, start: &str) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let rest = body.get(..start.len()).filter(|begin| begin.eq_ignore_ascii_case(start));
    rest.is_some() && (start.ends_with(':') || !body[start.len()..].starts_with(goes_on))
}

/// `skip doccmd[all]: next` as `skip: next`.
fn without_marker(body: &str) -> Option<String> {
    let (verb, rest) = body.split_once(" doccmd[")?;
    let (_, action) = rest.split_once("]:")?;
    Some(format!("{verb}: {}", action.trim()))
}

/// `name: test_x; mark: skip(reason="…")`.
fn fields(body: &str) -> Vec<Said> {
    const TOOL: &str = "markdown-pytest";
    let fields = super::words::split(body, |c| c == ';');
    let pairs = fields.iter().filter_map(|field| field.split_once(':'));
    let made = pairs.flat_map(|(key, value)| match key.trim() {
        "name" => named(value),
        "mark" => marked(value.trim()),
        _ => Vec::new(),
    });
    made.map(|what| Said { what, reach: Reach::Block, tool: TOOL }).collect()
}

/// A mark of pytest: `skip(reason="…")`, `xfail(raises=E)`.
fn marked(mark: &str) -> Vec<Instruction> {
    let made = |name: &str, make: fn(&str) -> Vec<Instruction>| {
        begins(mark, name).then(|| make(&mark[name.len()..]))
    };
    let skips = made("skipif", condition).or_else(|| made("skip", skipped));
    skips.or_else(|| made("xfail", fails)).unwrap_or_else(nothing)
}
