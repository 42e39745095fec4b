//! Why examples could not be judged, counted, with what would make it possible.

use std::collections::BTreeMap;

use crate::model::{Summary, Verdict, Why};
use crate::text::visible;

/// One reason that some examples share.
pub(super) struct Reason {
    /// The stable word for it.
    pub(super) kind: &'static str,
    /// Number of examples.
    pub(super) number: usize,
    /// The flag, setting or change that would make it possible to judge.
    pub(super) hint: &'static str,
    names: Vec<String>,
}

impl Reason {
    /// What is missing, each once; of more than `most` the first ones.
    pub(super) fn names(&self, most: usize) -> String {
        let shown = self.names[..self.names.len().min(most)].join(", ");
        match self.names.len().saturating_sub(most) {
            0 => shown,
            more => format!("{shown}, and {more} more"),
        }
    }
}

/// The reasons of all examples, by their words.
pub(super) fn reasons(summary: &Summary) -> Vec<Reason> {
    let mut reasons: BTreeMap<&'static str, Reason> = BTreeMap::new();
    for outcome in &summary.outcomes {
        let Verdict::Unjudged(why) = &outcome.verdict else { continue };
        let reason = reasons.entry(why.kind()).or_insert_with(|| Reason {
            kind: why.kind(),
            number: 0,
            hint: hint(why),
            names: Vec::new(),
        });
        reason.number += 1;
        for name in missing(why).into_iter().map(visible) {
            if !reason.names.contains(&name) {
                reason.names.push(name);
            }
        }
    }
    reasons.into_values().collect()
}

/// The names of what is missing.
fn missing(why: &Why) -> Vec<&str> {
    match why {
        Why::NeedsModule(name)
        | Why::NeedsCommand(name)
        | Why::NoInterpreter(name)
        | Why::Placeholder(name)
        | Why::Denied(name)
        | Why::SandboxUnavailable(name)
        | Why::NeedsVariable(name)
        | Why::SkippedByDirective(name) => vec![name],
        Why::NeedsContext(names) => names.iter().map(String::as_str).collect(),
        Why::NeedsNetwork | Why::NeedsInput | Why::NeedsSnippet { .. } => Vec::new(),
    }
}

/// The flag, setting or change that would make it possible to judge.
fn hint(why: &Why) -> &'static str {
    match why {
        Why::NeedsModule(_) => {
            "name an interpreter that has it: `--python PATH`, or `python = [\"PATH\"]`"
        }
        Why::NeedsCommand(_) => "install it; commands come from the system's folders",
        Why::NeedsNetwork => {
            "say so above the example, `<!-- stillruns: needs=network -->`, and allow it: \
             `--allow-network`"
        }
        Why::NeedsInput => "examples run without a keyboard; show the answers in the example",
        Why::Placeholder(_) => "it is left to the reader; put a real value in its place",
        Why::NeedsContext(_) => "define the names in the example itself",
        Why::NeedsSnippet { .. } => "it runs when the example that it needs does",
        Why::NoInterpreter(_) => {
            "get one, such as by `uv python install VERSION`, or name it: `--python PATH`; \
             `stillruns doctor` lists what is found"
        }
        Why::Denied(_) => "`--sandbox off` runs it unprotected",
        Why::SandboxUnavailable(_) => {
            "`stillruns doctor` tells what is missing; `--sandbox best-effort` does without"
        }
        Why::NeedsVariable(_) => {
            "allow it, `env = [\"NAME\"]` in `stillruns.toml`, and set it where stillruns runs"
        }
        Why::SkippedByDirective(_) => "nothing, if that is meant; take the directive out to run it",
    }
}
