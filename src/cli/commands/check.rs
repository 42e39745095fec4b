//! `stillruns check`: find, run, compare, tell.
//!
//! Writes proposals for snapshots, never snapshots.

use crate::cli::args::CheckArgs;
use crate::cli::machine::Machine;
use crate::cli::progress::Progress;
use crate::cli::select::{Selection, select};
use crate::cli::talk::print;
use crate::cli::telling::{Present, Setting, Targets, nothing, tell, unless_lost};
use crate::cli::{Here, exit};
use crate::error::Error;
use crate::model::{Document, Snippet};
use crate::pipeline;
use crate::text::visible;

/// Runs the verb.
pub(crate) fn run(args: &CheckArgs, here: &Here) -> Result<u8, Error> {
    // A mistyped format should not be told after minutes of running.
    Targets::new(&args.telling.format)?;
    let config = here.config(&args.select.config)?;
    let selection = select(&args.select, &config, here)?;
    if selection.chosen().next().is_none() {
        let allowed = args.telling.allow_empty || config.settings.allow_empty.unwrap_or(false);
        let status = nothing("found no example to check", allowed, here);
        return Ok(unless_lost(status, selection.lost));
    }
    if args.dry_run {
        print(&plan(&selection))?;
        return Ok(unless_lost(exit::CLEAN, selection.lost));
    }
    let machine = Machine::new(&args.running, &config, here)?;
    let wanted = !args.telling.no_progress && !here.talk.quiet;
    let mut progress = Progress::new(&here.talk, wanted);
    let summary = pipeline::check(
        &selection.documents,
        &selection.found,
        &|entry| selection.pick.keeps(entry),
        &machine.check(),
        &mut |event| progress.take(&event),
    );
    progress.end();
    let mut summary = summary?;
    summary.machine = machine.digest();
    let piped = selection.piped.as_ref();
    let setting = Setting { config: &config, here, piped };
    let status = tell(&summary, &present(&selection), &args.telling, setting)?;
    Ok(unless_lost(status, selection.lost))
}

fn plan(selection: &Selection) -> String {
    let line = |(document, snippet): (&Document, &Snippet)| {
        let line = document.lines.line(snippet.at.start());
        let (id, class) = (&snippet.id, snippet.classification.lang);
        format!("would run {}:{line}  {id}  {class}\n", visible(document.path.as_str()))
    };
    selection.chosen().map(line).collect()
}

fn present(selection: &Selection) -> Vec<Present> {
    let pairs = selection.documents.iter().zip(&selection.found);
    pairs
        .flat_map(|(document, found)| found.snippets.iter().map(move |one| (document, one)))
        .map(|(document, snippet)| Present {
            document: document.path.clone(),
            id: snippet.id.clone(),
            class: snippet.classification.lang,
            code: snippet.code.text().to_owned(),
        })
        .collect()
}
