//! What other tools are told at the head of a block: words behind the language of a fence,
//! attributes in braces, options of directives.

use super::meaning::{condition, flag, named, skipped, specified};
use super::{Part, Reach, Said};
use crate::model::Instruction;
use crate::scan::directive::words::{self, Word, unquoted};

/// One word: whose it is, the word, and what it says by what it is set to, which is empty where it
/// is set to nothing.
struct Head(&'static str, &'static str, fn(&str) -> Vec<Instruction>);

/// Every word that is known behind the language of a block.
const HEADS: &[Head] = &[
    Head("pytest-markdown-docs", "notest", |_| vec![Instruction::Skip(None)]),
    Head("pytest-markdown-docs", "continuation", |_| vec![Instruction::Continue(None)]),
    Head("pytest-markdown-docs", "retry", retried),
    Head("pytest-examples", "test", tested),
    Head("pytest-examples", "requires", |value| {
        let bound = specified(value).map(|bound| Instruction::SkipIf(format!("not ({bound})")));
        bound.into_iter().collect()
    }),
    Head("pytest-examples", "group", grouped),
    Head("markdown-exec", "session", grouped),
    Head("markdown-exec", "id", named),
    Head("markdown-exec", "name", named),
    Head("markdown-exec", "exec", executed),
    Head("markdown-exec", "returncode", ended),
    Head("codebraid", ".cb-run", |_| vec![Instruction::Run]),
    Head("codebraid", ".cb-nb", |_| vec![Instruction::Run]),
    Head("codebraid", ".cb-expr", |_| vec![Instruction::Run]),
    Head("phmdoctest", "phmdoctest-skip", |_| vec![Instruction::Skip(None)]),
];

/// Every option of a directive, `:name: value`.
const OPTIONS: &[Head] = &[
    Head("sphinx", "skipif", |value| condition(&format!("({value})"))),
    Head("sphinx", "pyversion", |value| {
        let bound = specified(value).map(|bound| Instruction::SkipIf(format!("not ({bound})")));
        bound.into_iter().collect()
    }),
    Head("sphinx", "hide", |_| vec![Instruction::Hidden(Part::Setup)]),
    Head("sphinx", "options", flags),
    Head("sphinx", "name", named),
    Head("ipython", "okexcept", |_| vec![Instruction::ExpectFail { raises: None, status: None }]),
    Head("ipython", "suppress", |_| vec![Instruction::Hidden(Part::Setup)]),
    Head("myst-nb", "tags", |value| value.split(listed).flat_map(tag).collect()),
];

/// Every directive that says something by being there.
const DIRECTIVES: &[Head] = &[
    Head("sphinx", "testsetup", |group| part(Part::Setup, group)),
    Head("sphinx", "testcleanup", |group| part(Part::Cleanup, group)),
    Head("sphinx", "testcode", shared),
    Head("myst-nb", "code-cell", |_| vec![Instruction::Run]),
    Head("ipython", "ipython", |_| vec![Instruction::Run]),
    Head("jupyter-sphinx", "jupyter-execute", |_| vec![Instruction::Run]),
];

fn part(part: Part, group: &str) -> Vec<Instruction> {
    let mut all = vec![Instruction::Hidden(part)];
    all.extend(shared(group).into_iter().filter(|one| matches!(one, Instruction::Group(_))));
    all
}

/// Blocks without a group share one; `*` stands for all of them.
fn shared(group: &str) -> Vec<Instruction> {
    let group = match group.trim() {
        "" => "default",
        named => named,
    };
    vec![Instruction::Run, Instruction::Group(group.to_owned())]
}

fn grouped(value: &str) -> Vec<Instruction> {
    let group = unquoted(value);
    (!group.is_empty()).then(|| Instruction::Group(group.to_owned())).into_iter().collect()
}

fn retried(value: &str) -> Vec<Instruction> {
    let count = value.trim().parse().unwrap_or(1);
    vec![Instruction::Retries(count.min(super::super::ours::MOST_RETRIES))]
}

/// `skip`, `skip - why`, `xfail`.
fn tested(value: &str) -> Vec<Instruction> {
    let (word, rest) = value.split_at(value.find([' ', '-', ':']).unwrap_or(value.len()));
    match word {
        "skip" | "false" | "no" => skipped(rest),
        "xfail" => vec![Instruction::ExpectFail { raises: None, status: None }],
        _ => Vec::new(),
    }
}

fn executed(value: &str) -> Vec<Instruction> {
    let on = matches!(value, "on" | "true" | "yes" | "1");
    on.then_some(Instruction::Run).into_iter().collect()
}

fn ended(value: &str) -> Vec<Instruction> {
    let status = value.trim().parse().ok().filter(|status| *status != 0);
    let fails = |status| Instruction::ExpectFail { raises: None, status: Some(status) };
    status.map(fails).into_iter().collect()
}

/// `+ELLIPSIS, +SKIP`.
pub(super) fn flags(value: &str) -> Vec<Instruction> {
    let words = words::split(value, |c: char| c.is_whitespace() || c == ',');
    words.into_iter().filter_map(|word| word.strip_prefix('+')).flat_map(flag).collect()
}

/// What parts the tags of a list.
fn listed(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | '[' | ']' | '"' | '\'')
}

/// What the tag of a notebook's cell says.
pub(in crate::scan) fn tag(tag: &str) -> Vec<Instruction> {
    match tag {
        "skip-execution" | "nbval-skip" | "notest" | "skip" => vec![Instruction::Skip(None)],
        "raises-exception" | "nbval-raises-exception" => {
            vec![Instruction::ExpectFail { raises: None, status: None }]
        }
        "nbval-ignore-output" => vec![Instruction::NoCompare],
        "remote-data" => vec![Instruction::NeedsNetwork],
        _ => Vec::new(),
    }
}

/// What the words behind the language of a block say.
pub(in crate::scan::directive) fn words(text: &str) -> Vec<Said> {
    words::words(text).iter().flat_map(word).collect()
}

/// What one such word says.
pub(in crate::scan::directive) fn word(word: &Word) -> Vec<Said> {
    let Some(Head(tool, _, make)) = HEADS.iter().find(|Head(_, name, _)| *name == word.key) else {
        return Vec::new();
    };
    told(tool, make(word.value.as_deref().unwrap_or("")))
}

/// What the option `:name: value` of a directive says.
pub(in crate::scan::directive) fn option(name: &str, value: &str) -> Vec<Said> {
    let known = OPTIONS.iter().find(|Head(_, known, _)| *known == name);
    known.map(|Head(tool, _, make)| told(tool, make(value))).unwrap_or_default()
}

/// What the directive `name` with that argument says.
pub(in crate::scan::directive) fn directive(name: &str, argument: &str) -> Vec<Said> {
    let known = DIRECTIVES.iter().find(|Head(_, known, _)| *known == name);
    known.map(|Head(tool, _, make)| told(tool, make(argument))).unwrap_or_default()
}

fn told(tool: &'static str, made: Vec<Instruction>) -> Vec<Said> {
    made.into_iter().map(|what| Said { what, reach: Reach::Block, tool }).collect()
}
