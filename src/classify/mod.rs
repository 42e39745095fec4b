//! Region and normalized code in, class and evidence out; or a skip with its reason.
//!
//! Detectors only note what they see. What it weighs is decided in `decide`, and nowhere else.

mod decide;
mod tags;

use self::tags::Declared;
use crate::model::{Classification, Context, Cue, Evidence, Region, Skip, SkipReason};
use crate::syntax::shape::{self, Shape};
use crate::syntax::{placeholder, python, script, session, shell};

/// Larger code is not parsed: nobody reads an example of 64 KiB, and on hostile text the time of
/// the grammars grows with the square of its length.
const LARGEST: usize = 64 * 1024;

/// A region with everything that detectors ask about, made once.
struct Candidate<'r> {
    region: &'r Region,
    /// The normalized code.
    code: &'r str,
    /// What the document says around it.
    context: &'r Context,
    /// Whose prompts it was typed behind.
    typed: Option<session::Kind>,
    /// What the Python grammar says; nothing where the author says that it is something else.
    python: Option<python::Facts>,
    /// What the Bash grammar says; nothing where it is said, or plain, that it is Python.
    shell: Option<shell::Facts>,
    /// The code by logical lines; empty where it is plain that it is no script.
    script: Vec<script::Logical>,
}

impl<'r> Candidate<'r> {
    /// Asks the grammars, each only where its answer can matter: parsing is most of the work.
    fn new(region: &'r Region, code: &'r str, context: &'r Context) -> Self {
        let typed = session::split(region.code.text()).map(|session| session.kind);
        let mut said = cues::said(region, typed);
        // A document inside a command reads as comparisons and names in Python.
        if said.is_none() && shell::has_heredoc(code) {
            said = Some(Declared::Shell);
        }
        let python =
            matches!(said, None | Some(Declared::Python(_))).then(|| python_facts(region, code));
        let mut new =
            Self { region, code, context, typed, python, shell: None, script: Vec::new() };
        if said.is_some_and(|declared| declared != Declared::Shell) || new.is_plain_python() {
            return new;
        }
        new.script = script::read(code);
        let plain = |facts: &python::Facts| facts.errors.is_empty() && !facts.effects.is_empty();
        let plain = new.python.as_ref().is_some_and(plain);
        if !plain || new.script.iter().any(script::Logical::is_telling) {
            new.shell = Some(shell::facts(&placeholder::filled(code)));
        }
        new
    }
}

impl Candidate<'_> {
    /// Whether it reads as Python and has what other languages write in another way.
    fn is_plain_python(&self) -> bool {
        const OWN: &[&str] =
            &["import", "function", "class", "decorator", "try", "print statement"];
        self.python.as_ref().is_some_and(|facts| {
            facts.errors.is_empty() && facts.effects.iter().any(|(effect, _)| OWN.contains(effect))
        })
    }
}

/// Declares the modules of the detectors and lists them.
macro_rules! detectors {
    ($($detector:ident),+ $(,)?) => {
        $(mod $detector;)+
        const DETECTORS: &[fn(&Candidate<'_>, &mut Vec<Evidence>)] = &[$($detector::observe),+];
    };
}

detectors![cues, python_forms, printed, shell_forms, foreign, prose, context];

/// Says what `region`, whose normalized text is `code` and which stands in `context`, is.
pub fn classify(
    region: &Region,
    code: &str,
    context: &Context,
) -> Result<Classification, Box<Skip>> {
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
    let candidate = Candidate::new(region, code, context);
    let mut evidence = Vec::new();
    for observe in DETECTORS {
        observe(&candidate, &mut evidence);
    }
    decide::decide(region.cue.is_marked() || region.restored.is_some(), evidence)
        .map_err(|(reason, evidence)| skip(reason, evidence))
}

/// What the Python grammar says. Lines that nobody marked and that each lack a bracket, or have one
/// too many, are read as if they had not: they are examples with a slip, and no sentence.
fn python_facts(region: &Region, code: &str) -> python::Facts {
    const MOST: usize = 4;
    let facts = python::facts(&readable(code));
    let lines: Vec<&str> = code.lines().collect();
    if facts.errors.is_empty() || region.cue != Cue::Unfenced || lines.len() > MOST {
        return facts;
    }
    let mended: Option<Vec<String>> = lines.iter().map(|line| mended(line, lines.len())).collect();
    let read = mended.map(|lines| python::facts(&format!("{}\n", lines.join("\n"))));
    read.filter(|mended| mended.errors.is_empty()).unwrap_or(facts)
}

/// `line`, one of `count`, with the bracket that it lacks, or without the one too many; `None` where
/// more is wrong.
fn mended(line: &str, count: usize) -> Option<String> {
    let line = line.trim_end();
    // Of several lines each must be a statement by its looks.
    let alone = count == 1 || shape::shape(line) == Shape::Python;
    match shape::depth(line) {
        _ if !alone => None,
        0 => Some(line.to_owned()),
        1 => Some(format!("{line})")),
        -1 => line.strip_suffix(')').map(str::to_owned),
        _ => None,
    }
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
