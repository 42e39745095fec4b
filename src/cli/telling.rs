//! After the runs: reports, snapshots to review, the exit status.
//!
//! Shared by the verbs that run examples. Judges nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::args::TellingArgs;
use super::github::{self, Stdout};
use super::talk::{Output, unwritten};
use super::{Here, exit};
use crate::config::Config;
use crate::error::Error;
use crate::model::{DocPath, Lang, Outcome, SnippetId, Summary, Verdict};
use crate::report::{self, Detail, Options, REPORTS, Report};
use crate::snapshot::{self, Record};
use crate::store;

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

/// One example that is there, judged or not.
pub(crate) struct Present {
    pub(crate) document: DocPath,
    pub(crate) id: SnippetId,
    pub(crate) class: Lang,
    pub(crate) code: String,
}

/// What the verbs that run examples have in common.
#[derive(Clone, Copy)]
pub(crate) struct Setting<'a> {
    pub(crate) config: &'a Config,
    pub(crate) here: &'a Here,
    /// A document that came over standard input and may differ from the file of its name, so
    /// nothing is proposed for it.
    pub(crate) piped: Option<&'a DocPath>,
}

/// Tells the result: reports, proposals, status.
///
/// # Errors
/// When a report or a proposal cannot be written.
pub(crate) fn tell(
    summary: &Summary,
    present: &[Present],
    args: &TellingArgs,
    setting: Setting<'_>,
) -> Result<u8, Error> {
    let Setting { config, here, .. } = setting;
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
    if !here.ci {
        propose(summary, present, setting)?;
    }
    Ok(status(summary, args))
}

/// Proposes the new verdicts of every document that was looked at.
fn propose(
    summary: &Summary,
    present: &[Present],
    Setting { config, here, piped, .. }: Setting<'_>,
) -> Result<(), Error> {
    let root = config.snapshots();
    let outcomes: BTreeMap<&SnippetId, &Outcome> =
        summary.outcomes.iter().map(|outcome| (&outcome.id, outcome)).collect();
    let mut waiting = 0;
    for (document, _) in summary.documents.iter().filter(|(name, _)| Some(name) != piped) {
        let examples = || present.iter().filter(|one| one.document == *document);
        let fresh: Vec<Record> = examples()
            .filter_map(|one| outcomes.get(&one.id).map(|outcome| (one, &outcome.verdict)))
            .map(|(one, verdict)| Record::new(one.id.clone(), one.class, verdict, &one.code))
            .collect();
        let ids: Vec<&SnippetId> = examples().map(|one| &one.id).collect();
        let recorded = snapshot::read(&snapshot::path(&root, document))?;
        let merged = snapshot::merge(recorded.as_ref(), &ids, &fresh);
        waiting += u32::from(snapshot::propose(&root, document, &merged)?);
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

fn status(summary: &Summary, args: &TellingArgs) -> u8 {
    let broken = if args.strict {
        summary.outcomes.iter().any(|outcome| outcome.verdict != Verdict::Pass)
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
