//! Examples that run more than once: when they do, and what is said of them then.
//!
//! Luck is told, never hidden: whoever ended in different ways is flaky, whichever way counts.

use crate::model::{Change, Outcome, Verdict};
use crate::snapshot;

/// Whether examples are run more than once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Repeat {
    /// Every example runs once.
    #[default]
    Never,
    /// One that fails is tried so many times more, until it does not.
    Retry(u32),
    /// Every example runs so many times, to find those that end differently.
    Detect(u32),
}

impl Repeat {
    /// Whether an example that was run `times` times is to be run again.
    pub(super) fn wants_more(self, times: usize, failed: impl FnOnce() -> bool) -> bool {
        match self {
            Self::Never => false,
            Self::Retry(most) => times <= most as usize && failed(),
            Self::Detect(wanted) => times < wanted as usize,
        }
    }
}

/// One outcome of those of an example's `tries`, of which there is at least one: of a pass if there
/// was any, or else the last.
pub(super) fn settle(mut tries: Vec<Outcome>, repeat: Repeat) -> Outcome {
    let told = |outcome: &Outcome| snapshot::told(&outcome.verdict);
    let flaky = tries.iter().any(|one| told(one) != told(&tries[0]));
    let passed = tries.iter().position(|one| one.verdict == Verdict::Pass);
    let mut settled = tries.remove(passed.unwrap_or(tries.len() - 1));
    if flaky || matches!(repeat, Repeat::Retry(_)) {
        settled.run.earlier = tries.into_iter().map(|one| one.verdict).collect();
    }
    if flaky {
        settled.change = Change::Flaky;
    }
    settled
}
