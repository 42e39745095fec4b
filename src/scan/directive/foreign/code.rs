//! What comments inside of code tell other tools: flags of doctest and its relatives, marks of
//! notebooks.

use super::heads::flags;
use super::meaning::{flag, nothing, required};
use crate::model::{Instruction, Scope};
use crate::scan::directive::words::{self, millis};

/// What begins a comment: whose it is, its first words, and what it says by what follows.
struct Start(&'static str, &'static str, fn(&str) -> Vec<Instruction>);

/// Every beginning of a comment that is about the statement in its line, or about all of the code
/// where it stands on a line of its own.
const STARTS: &[Start] = &[
    Start("doctest", "doctest:", flags),
    Start("xdoctest", "xdoctest:", directives),
    Start("xdoctest", "xdoc:", directives),
    Start("byexample", "byexample:", options),
    Start("scipy-doctest", "may vary", |_| vec![Instruction::NoCompare]),
    Start("scipy-doctest", "random", ending),
    Start("scipy-doctest", "uninitialized", ending),
    Start("markdown-exec", "markdown-exec: hide", |_| {
        vec![Instruction::Hidden(crate::model::Part::Setup)]
    }),
    Start("phmdoctest", "phmdoctest:omit", |_| vec![Instruction::Omit]),
    Start("phmdoctest", "phmdoctest:pass", |_| vec![Instruction::Omit]),
];

/// Every comment that is about all of its cell, wherever it stands.
const CELLS: &[Start] = &[
    Start("nbval", "NBVAL_IGNORE_OUTPUT", |_| vec![Instruction::NoCompare]),
    Start("nbval", "NBVAL_SKIP", |_| vec![Instruction::Skip(None)]),
    Start("nbval", "NBVAL_RAISES_EXCEPTION", |_| {
        vec![Instruction::ExpectFail { raises: None, status: None }]
    }),
];

/// What `comment`, without its sign, says; `alone` is whether nothing stands before it.
pub(in crate::scan::directive) fn comment(
    comment: &str,
    alone: bool,
) -> Option<(&'static str, Scope, Vec<Instruction>)> {
    let comment = comment.trim();
    if let Some(Start(tool, _, make)) = CELLS.iter().find(|start| comment.starts_with(start.1)) {
        return Some((tool, Scope::Block, make("")));
    }
    let starts = |start: &&Start| {
        let begin = comment.get(..start.1.len());
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(start.1))
    };
    let Start(tool, start, make) = STARTS.iter().find(starts)?;
    let made = make(&comment[start.len()..]);
    // What a tool says of a line of its own it says of all that follows.
    let whole = alone && matches!(*tool, "xdoctest" | "doctest" | "byexample");
    let told =
        made.iter().all(|one| matches!(one, Instruction::NeedsNetwork | Instruction::SkipIf(_)));
    let scope = if whole || told { Scope::Block } else { Scope::Statement };
    (!made.is_empty()).then_some((*tool, scope, made))
}

/// A word that means it only where nothing follows.
fn ending(rest: &str) -> Vec<Instruction> {
    if rest.trim().is_empty() { vec![Instruction::NoCompare] } else { nothing() }
}

/// `+SKIP`, `+REQUIRES(module:x, PY3)`.
fn directives(rest: &str) -> Vec<Instruction> {
    let words = words::split(rest, |c: char| c.is_whitespace() || c == ',');
    let one = |word: &str| match word.split_once('(') {
        Some(("REQUIRES", inner)) => required(inner.trim_end_matches(')')),
        // `+SKIP(condition)`
        Some(_) => nothing(),
        None => flag(word),
    };
    words.into_iter().filter_map(|word| word.strip_prefix('+')).flat_map(one).collect()
}

/// `+skip +timeout=4 +rm=~`.
fn options(rest: &str) -> Vec<Instruction> {
    let one = |word: &str| match word.split_once('=') {
        Some(("timeout", value)) => millis(value).map(Instruction::Timeout).into_iter().collect(),
        Some(("rm", value)) => {
            let remove = crate::model::MatchOption::Remove(value.to_owned());
            vec![Instruction::Match(remove)]
        }
        Some(_) => nothing(),
        None => flag(word),
    };
    rest.split_whitespace().filter_map(|word| word.strip_prefix('+')).flat_map(one).collect()
}
