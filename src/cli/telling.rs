//! After the runs: reports, snapshots to review, the exit status.
//!
//! Shared by the verbs that run examples. Judges nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::args::TellingArgs;
use super::github::{self, Stdout};
use super::interrupt::Interrupt;
use super::talk::{Output, unwritten};
use super::{Here, exit};
use crate::config::Config;
use crate::error::Error;
use crate::model::{Change, DocPath, Entry, Outcome, SnippetId, Summary, Verdict};
use crate::pipeline;
use crate::report::{self, Detail, Options, REPORTS, Report};
use crate::snapshot::{self, Present, Record, Recorded};
use crate::store::{self, Stored};

/// Where which report goes; nothing is standard output.
pub(crate) struct Targets(Vec<(&'static Report, Option<PathBuf>)>);

impl Targets {
    /// Reads `NAME[=PATH]`s.
    ///
    /// # Errors
    /// When a name is not known, or two reports want standard output.
    pub(crate) fn new(formats: &[String]) -> Result<Self, Error> {
        let mut targets = Vec::new();
        for format in formats {
            let (name, path) = match format.split_once('=') {
                Some((name, path)) => (name, Some(PathBuf::from(path))),
                None => (format.as_str(), None),
            };
            let Some(report) = report::find(name) else {
                let known: Vec<&str> = REPORTS.iter().map(|report| report.name).collect();
                let known = known.join(", ");
                return Err(Error::usage(format!("there is no format `{name}`; known: {known}")));
            };
            targets.push((report, path));
        }
        if targets.is_empty() {
            targets.push((&REPORTS[0], None));
        }
        if targets.iter().filter(|(_, path)| path.is_none()).count() > 1 {
            let message = "only one format can go to standard output; give the others a file: \
                           `--format NAME=PATH`";
            return Err(Error::usage(message));
        }
        Ok(Self(targets))
    }

    /// Whether a program may be reading standard output.
    fn stdout(&self) -> Stdout {
        let mut to_stdout = self.0.iter().filter(|(_, path)| path.is_none());
        let free = to_stdout.all(|(report, _)| report.name == REPORTS[0].name);
        if free { Stdout::Free } else { Stdout::Taken }
    }

    /// Whether the annotations were asked for by name.
    fn annotates(&self) -> bool {
        self.0.iter().any(|(report, path)| report.name == "github" && path.is_none())
    }

    /// Writes every report.
    ///
    /// # Errors
    /// When one cannot be written.
    pub(crate) fn write(&self, summary: &Summary, options: &Options) -> Result<(), Error> {
        for (report, path) in &self.0 {
            let Some(path) = path else {
                let mut output = Output::new();
                (report.write)(summary, options, &mut output).map_err(unwritten)?;
                output.end()?;
                continue;
            };
            let options = Options { color: false, ..options.clone() };
            let mut bytes = Vec::new();
            (report.write)(summary, &options, &mut bytes)
                .map_err(|error| Error::io("write", path, error))?;
            write_file(path, &bytes)?;
        }
        Ok(())
    }
}

/// Writes the file at `path` whole, wherever the user wants it.
///
/// # Errors
/// When the system refuses.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let Some(name) = path.file_name() else {
        return Err(Error::invalid("write", path, "it names no file"));
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    store::write(folder.unwrap_or(Path::new(".")), Path::new(name), bytes)
}

impl TellingArgs {
    /// What is to be recorded of the output of examples.
    pub(crate) fn outputs(&self, config: &Config) -> Outputs {
        let wanted = self.record_output || config.settings.record_output.unwrap_or(false);
        if wanted { Outputs::Recorded } else { Outputs::Left }
    }
}

/// What the verbs that run examples have in common.
#[derive(Clone, Copy)]
pub(crate) struct Setting<'a> {
    pub(crate) config: &'a Config,
    pub(crate) here: &'a Here,
    /// A document that came over standard input and may differ from the file of its name, so
    /// nothing is proposed for it.
    pub(crate) piped: Option<&'a DocPath>,
    /// What is recorded of the output of examples.
    pub(crate) records: Outputs,
    /// Whether the runs came to their end.
    pub(crate) interrupt: &'a Interrupt,
}

/// Writes the reports that are wanted.
///
/// # Errors
/// When one cannot be written.
pub(crate) fn report(
    summary: &Summary,
    args: &TellingArgs,
    config: &Config,
    here: &Here,
) -> Result<(), Error> {
    let detail = match (here.talk.quiet, args.verbose) {
        (true, _) => Detail::Quiet,
        (_, true) => Detail::Verbose,
        _ => Detail::Usual,
    };
    let options = Options {
        color: here.talk.color,
        detail,
        prefix: here.prefix(config),
        within: here.within(config),
    };
    let targets = Targets::new(&args.format)?;
    targets.write(summary, &options)?;
    if !args.no_annotations && !targets.annotates() {
        github::tell(summary, &options, targets.stdout(), here)?;
    }
    Ok(())
}

/// Tells the result: reports, proposals, status.
///
/// # Errors
/// When a report or a proposal cannot be written.
pub(crate) fn tell(
    summary: &Summary,
    present: &[&Stored],
    args: &TellingArgs,
    setting: Setting<'_>,
) -> Result<u8, Error> {
    let Setting { config, here, .. } = setting;
    report(summary, args, config, here)?;
    if let Some(status) = setting.interrupt.status() {
        here.talk.warn("interrupted: what is told above is not all");
        return Ok(status);
    }
    if !here.ci {
        propose(summary, present, setting)?;
    }
    Ok(status(summary, args))
}

/// Proposes the new verdicts of every document that was looked at, and that nothing is recorded any
/// more for what is gone or was moved away.
fn propose(
    summary: &Summary,
    present: &[&Stored],
    Setting { config, here, piped, records, .. }: Setting<'_>,
) -> Result<(), Error> {
    let root = config.snapshots();
    let outcomes: BTreeMap<&SnippetId, &Outcome> =
        summary.outcomes.iter().map(|outcome| (&outcome.id, outcome)).collect();
    let documents: BTreeSet<&DocPath> = summary.documents.iter().map(|(doc, _)| doc).collect();
    let mut waiting = 0;
    for document in documents.iter().copied().filter(|name| Some(*name) != piped) {
        let examples: Vec<&Stored> =
            present.iter().filter(|one| one.entry.source.document == *document).copied().collect();
        let fresh: Vec<Record> = examples
            .iter()
            .filter_map(|one| {
                outcomes.get(&one.entry.id).map(|outcome| record(one, outcome, records))
            })
            .collect();
        let present: Vec<Present<'_>> = examples.iter().map(|one| pipeline::present(one)).collect();
        let moved = arrivals(summary, document, &root)?;
        let merge = |base: Option<&Recorded>| snapshot::merge(base, &present, &fresh, &moved);
        waiting += u32::from(snapshot::update(&root, document, &merge)?);
    }
    let left = summary.gone.iter().map(|(doc, id)| (doc, id));
    let left = left.chain(summary.moved.iter().map(|one| (&one.from, &one.from_id)));
    let mut leaving: BTreeMap<&DocPath, BTreeSet<&SnippetId>> = BTreeMap::new();
    for (doc, id) in left.filter(|(doc, _)| !documents.contains(doc)) {
        leaving.entry(doc).or_default().insert(id);
    }
    for (document, ids) in leaving {
        let merge = |base: Option<&Recorded>| {
            let mut rest = base.cloned().unwrap_or_default();
            rest.records.retain(|record| !ids.contains(record.id()));
            rest
        };
        waiting += u32::from(snapshot::update(&root, document, &merge)?);
    }
    if waiting > 0 {
        let noun = if waiting == 1 { "document has" } else { "documents have" };
        here.talk.note(format!(
            "{waiting} {noun} verdicts that differ from the recorded ones; \
             `stillruns review` shows them"
        ));
    }
    Ok(())
}

/// What is to be recorded of an example.
fn record(stored: &Stored, outcome: &Outcome, records: Outputs) -> Record {
    let Entry { id, class, .. } = &stored.entry;
    let mut record = Record::new(id.clone(), *class, &outcome.verdict, &stored.code)
        .run_by(&outcome.run.interpreter);
    if let (Outputs::Recorded, Some(output)) = (records, &outcome.run.output) {
        record = record.with_output(output);
    }
    if outcome.change == Change::Flaky { record.flaky() } else { record }
}

/// The records of examples that were moved into `document`, under the names that they have there.
fn arrivals(summary: &Summary, document: &DocPath, root: &Path) -> Result<Vec<Record>, Error> {
    let mut records = Vec::new();
    for moved in summary.moved.iter().filter(|moved| moved.doc == *document) {
        let recorded = snapshot::read(&snapshot::path(root, &moved.from))?;
        let old = recorded.into_iter().flat_map(|recorded| recorded.records);
        let found = old.into_iter().find(|record| *record.id() == moved.from_id);
        records.extend(found.map(|record| record.renamed(moved.id.clone())));
    }
    Ok(records)
}

/// Whether the output of examples is recorded beside their verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outputs {
    /// It is.
    Recorded,
    /// It is not, and what is recorded stays as it is.
    Left,
}

/// The status that the verdicts ask for.
pub(crate) fn status(summary: &Summary, args: &TellingArgs) -> u8 {
    let broken = if args.strict {
        summary
            .outcomes
            .iter()
            .any(|one| one.verdict != Verdict::Pass || one.change == Change::Flaky)
    } else {
        summary.newly_broken() > 0
    };
    if broken && !args.exit_zero { exit::BROKEN } else { exit::CLEAN }
}

/// The status when something that was asked for could not be read.
pub(crate) fn unless_lost(status: u8, lost: bool) -> u8 {
    if lost && status != exit::BROKEN { exit::ERROR } else { status }
}

/// The status when there is nothing to do.
pub(crate) fn nothing(what: &str, allowed: bool, here: &Here) -> u8 {
    here.talk.note(what);
    if allowed { exit::CLEAN } else { exit::NOTHING }
}
