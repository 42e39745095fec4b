//! Code that no Python reads, and the small edit that makes it readable.
//!
//! Proposes and never applies: an author's error is reported, not mended. Every edit is tried by
//! parsing what it makes, the likeliest first, and the cost is bounded whatever the code. What
//! kind of slip it may be is for the files beside this one to say: they only make candidates.

mod brackets;
mod commas;
mod indent;
mod quotes;
mod spot;
mod words;

use self::spot::{Candidate, Spot};
use crate::model::{Correction, Python, Strength, Suggestion, Versions};
use crate::syntax::python::{Facts, facts};
use crate::text::LineIndex;

/// Code that an interpreter refuses to read.
#[derive(Clone, Copy, Debug)]
pub struct Broken<'a> {
    /// The code.
    pub code: &'a str,
    /// The one-based line that the interpreter names.
    pub line: u32,
    /// The one-based column that it names, in characters.
    pub column: Option<u32>,
    /// Its version.
    pub python: Python,
}

/// Adds what one kind of slip may be edited to at a place.
type Slips = fn(&Spot<'_>, &mut Vec<Candidate>);

/// Kinds of slips, each with the candidates that it makes at a place.
const SLIPS: &[Slips] =
    &[words::slips, brackets::slips, quotes::slips, commas::slips, indent::slips];

/// As many errors may be edited away: more would be another example.
const MOST_EDITS: usize = 3;

/// As many candidates are tried for each.
const MOST_TRIED: usize = 48;

/// As many bytes are parsed in all.
const MOST_PARSED: usize = 256 << 10;

/// What the author of `broken` may have meant.
pub fn suggest(broken: &Broken<'_>) -> Option<Suggestion> {
    let read = facts(broken.code);
    let readable = reads(broken.code, &read, Versions::ALL);
    if readable && let Some(other) = of_other_versions(&read, broken.python) {
        return Some(other);
    }
    let versions = Versions::since(broken.python.major, broken.python.minor)
        .and(Versions::until(broken.python.major, broken.python.minor));
    // The grammar reads more than any Python. What it reads tells nothing of an edit, so that only
    // words are left that are hardly anything but mistyped.
    let slips = if readable { &SLIPS[..1] } else { SLIPS };
    let mut search = Search { versions, slips, parsed: 0 };
    let edits = search.edits(broken)?;
    let told: Vec<String> = edits.iter().map(Candidate::told).collect();
    let edits = (0..edits.len())
        .map(|last| {
            Some(correction(broken.code, &edits[last], origin(&edits[..last], &edits[last])?))
        })
        .collect::<Option<_>>()?;
    Some(Suggestion::new(told.join("; "), edits))
}

/// Where `edit` begins in the code as it was before the edits in `made`; nothing where it touches
/// one of them.
fn origin(made: &[Candidate], edit: &Candidate) -> Option<usize> {
    made.iter().rev().try_fold(edit.at.start(), |at, before| {
        let (start, end) = (before.at.start(), before.at.start() + before.new.len());
        if at >= end {
            Some(at - before.new.len() + before.at.len())
        } else {
            (at < start).then_some(at)
        }
    })
}

/// Whether the grammar stumbles nowhere in `code`, and some of `versions` reads every form.
fn reads(code: &str, facts: &Facts, versions: Versions) -> bool {
    let mut hard = facts.forms.iter().filter(|form| form.strength == Strength::Hard);
    facts.errors.is_empty()
        && facts.damaged.is_empty()
        && !indent::is_hollow(code)
        && (versions == Versions::ALL || hard.all(|form| form.versions.meets(versions)))
}

/// The forms that `python` does not read, and what does: no slip, but another Python.
fn of_other_versions(facts: &Facts, python: Python) -> Option<Suggestion> {
    let hard = facts.forms.iter().filter(|form| form.strength == Strength::Hard);
    let all = hard.clone().fold(Versions::ALL, |all, form| all.and(form.versions));
    let refused = hard.clone().find(|form| !form.versions.has(python))?;
    let message = match hard.clone().find(|form| !form.versions.meets(refused.versions)) {
        Some(other) => format!(
            "no Python reads both: {} needs {}, {} needs {}",
            refused.what, refused.versions, other.what, other.versions
        ),
        None if all.is_empty() => return None,
        None => format!("{} needs Python {}", refused.what, refused.versions),
    };
    Some(Suggestion::new(message, Vec::new()))
}

/// `edit` of the byte `at` of `code`, with its line and column.
fn correction(code: &str, edit: &Candidate, at: usize) -> Correction {
    let index = LineIndex::new(code);
    let line = index.line(at);
    let before = &code[index.span(line).start()..at];
    Correction {
        line,
        column: u32::try_from(before.chars().count()).unwrap_or(u32::MAX - 1) + 1,
        old: edit.old.clone(),
        new: edit.new.clone(),
    }
}

/// A search for edits, with what it may still cost.
struct Search {
    versions: Versions,
    slips: &'static [Slips],
    parsed: usize,
}

impl Search {
    /// The edits that make the code readable, one after the other.
    fn edits(&mut self, broken: &Broken<'_>) -> Option<Vec<Candidate>> {
        let mut code = broken.code.to_owned();
        let (mut line, mut column) = (broken.line, broken.column);
        let mut edits = Vec::new();
        while edits.len() < MOST_EDITS {
            let (edit, whole) = self.edit(&code, line, column)?;
            code.replace_range(edit.at.range(), &edit.new);
            edits.push(edit);
            if whole {
                return Some(edits);
            }
            let facts = self.parse(&code)?;
            let at = facts.errors.iter().chain(&facts.damaged).map(|at| at.start()).min();
            (line, column) = (LineIndex::new(&code).line(at.unwrap_or(code.len())), None);
        }
        None
    }

    /// The first edit around `line` that makes all of `code` readable, or else the first that makes
    /// its own line so; and whether it is all.
    fn edit(&mut self, code: &str, line: u32, column: Option<u32>) -> Option<(Candidate, bool)> {
        let mut own = None;
        for spot in Spot::around(code, line, column) {
            let mut candidates = Vec::new();
            for slips in self.slips {
                slips(&spot, &mut candidates);
            }
            candidates.sort_by_key(|candidate| candidate.cost);
            for candidate in candidates.into_iter().take(MOST_TRIED) {
                let mut edited = code.to_owned();
                edited.replace_range(candidate.at.range(), &candidate.new);
                if reads(&edited, &self.parse(&edited)?, self.versions) {
                    return Some((candidate, true));
                }
                if own.is_none()
                    && let Some(alone) = spot.alone(&candidate)
                    && reads(&alone, &self.parse(&alone)?, self.versions)
                {
                    own = Some(candidate);
                }
            }
        }
        own.map(|candidate| (candidate, false))
    }

    /// What the grammar says of `code`; nothing when that would cost too much.
    fn parse(&mut self, code: &str) -> Option<Facts> {
        self.parsed += code.len();
        (self.parsed <= MOST_PARSED).then(|| facts(code))
    }
}
