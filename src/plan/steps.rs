//! How a snippet whose document shows output is divided for its run.
//!
//! Chooses lines and how they are typed; comparing what they print is for `judge`.

use stillruns_harness::{Mode, Step};

use crate::model::{Cue, Lang, Shown, StepEntry, Why};
use crate::store::Stored;
use crate::syntax::flags;

/// The steps of `stored`; none where it runs whole. Those that are not to be run are left out.
pub(super) fn steps(stored: &Stored) -> Result<Vec<Step>, Why> {
    let (entry, code) = (&stored.entry, stored.code.as_str());
    let Some(mode) = mode(stored) else { return Ok(Vec::new()) };
    let texts = StepEntry::texts(&entry.steps, code).into_iter();
    let runs = entry.steps.iter().zip(texts).filter(|(_, typed)| !flags::is_skipped(typed));
    let steps: Vec<Step> =
        runs.map(|(step, _)| Step { first: step.first, last: step.last, mode }).collect();
    if steps.is_empty() { Err(Why::SkippedByDirective("+SKIP".to_owned())) } else { Ok(steps) }
}

/// How every step is typed; nothing where all is run as one program.
fn mode(stored: &Stored) -> Option<Mode> {
    let entry = &stored.entry;
    let shows = |shown: Shown| {
        let mut all = entry.steps.iter().filter_map(|step| step.expected.as_ref());
        all.any(|expected| expected.shown == shown)
    };
    if entry.steps.is_empty() {
        return None;
    }
    if entry.class == Lang::Shell {
        let block = entry.steps.len() == 1 && shows(Shown::Block);
        return (!block).then_some(Mode::Whole);
    }
    if shows(Shown::Session) {
        return Some(if entry.origin == Cue::Ipython { Mode::Cell } else { Mode::Single });
    }
    if shows(Shown::Block) && !shows(Shown::Cell) {
        // What a program prints, as one; without a word of printing it can only be a value.
        let prints = ["print", "write", "display", "show", "log", "echo", "pprint"];
        let silent = !prints.iter().any(|word| stored.code.contains(word));
        return silent.then_some(Mode::Cell);
    }
    Some(Mode::Cell)
}
