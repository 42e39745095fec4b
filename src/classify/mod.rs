//! Region and normalized code in, class and evidence out; or a skip with its reason.
//!
//! Detectors only note what they see. What it weighs is decided in `decide`, and nowhere else.

mod decide;
mod modules;
mod tags;

use crate::model::{Classification, Cue, Evidence, Region, Skip, SkipReason};
use crate::syntax::shape;
use crate::syntax::{placeholder, python, shell};

/// Larger code is not parsed: nobody reads an example of a quarter of a mebibyte, and parsing
/// must stay bounded.
const LARGEST: usize = 256 * 1024;

/// A region with everything that detectors ask about, made once.
struct Candidate<'r> {
    region: &'r Region,
    /// The normalized code.
    code: &'r str,
    python: python::Facts,
    shell: shell::Facts,
}

/// Declares the modules of the detectors and lists them.
macro_rules! detectors {
    ($($detector:ident),+ $(,)?) => {
        $(mod $detector;)+
        const DETECTORS: &[fn(&Candidate<'_>, &mut Vec<Evidence>)] = &[$($detector::observe),+];
    };
}

detectors![cues, python_forms, shell_forms, foreign, prose];

/// Says what `region`, whose normalized text is `code`, is.
pub fn classify(region: &Region, code: &str) -> Result<Classification, Box<Skip>> {
    let skip =
        |reason, evidence| Box::new(Skip { at: region.at, cue: region.cue, reason, evidence });
    if region.cue == Cue::Output {
        return Err(skip(SkipReason::Output, Vec::new()));
    }
    if code.trim().is_empty() {
        return Err(skip(SkipReason::Empty, Vec::new()));
    }
    if code.len() > LARGEST {
        return Err(skip(SkipReason::TooLarge, Vec::new()));
    }
    let candidate = Candidate {
        region,
        code,
        python: python::facts(&readable(code)),
        shell: shell::facts(&placeholder::filled(code)),
    };
    let mut evidence = Vec::new();
    for observe in DETECTORS {
        observe(&candidate, &mut evidence);
    }
    decide::decide(region.cue, evidence).map_err(|(reason, evidence)| skip(reason, evidence))
}

/// `code` with placeholders made names, and the remarks behind elisions made comments, byte for
/// byte as long: what was left out must not make the rest unreadable.
fn readable(code: &str) -> String {
    let code = &placeholder::filled(code);
    let mut text = String::with_capacity(code.len());
    for line in code.split_inclusive('\n') {
        match line.split_once("... ") {
            Some((blank, rest)) if shape::is_elision(line) && blank.trim().is_empty() => {
                text.push_str(blank);
                text.push_str("...#");
                text.push_str(rest);
            }
            _ => text.push_str(line),
        }
    }
    text
}
