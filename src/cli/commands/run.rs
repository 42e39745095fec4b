//! `stillruns run`: run the examples of an extracted folder.
//!
//! Finds nothing by itself: the manifest says what there is, and documents are only read to show
//! their lines.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::cli::args::RunArgs;
use crate::cli::machine::Machine;
use crate::cli::progress::Progress;
use crate::cli::select::Pick;
use crate::cli::telling::{Setting, Targets, nothing, tell};
use crate::cli::{Here, remembered};
use crate::discover;
use crate::error::Error;
use crate::model::{Counts, DocPath, Entry, Summary, sha256_hex};
use crate::pipeline;
use crate::store::{self, Stored};

/// Runs the verb.
pub(crate) fn run(args: &RunArgs, here: &Here) -> Result<u8, Error> {
    Targets::new(&args.telling.format)?;
    let config = here.config(&args.config)?;
    let all = store::load(&args.folder)?;
    let mut pick = Pick::new(&args.class, &args.filter);
    let chosen: Vec<Stored> = all.iter().filter(|one| pick.keeps(&one.entry)).cloned().collect();
    if chosen.is_empty() {
        let allowed = args.telling.allow_empty || config.settings.allow_empty.unwrap_or(false);
        return Ok(nothing("found no example to run", allowed, here));
    }
    let shard = args
        .partition
        .as_ref()
        .map(|partition| pick.only(partition, &all.iter().collect::<Vec<_>>()));
    let memory = remembered::memory(&args.running.cache, &config, here);
    let machine = Machine::new(&args.running, &config, &memory, here)?;
    let interrupt = machine.listen()?;
    let wanted = !args.telling.no_progress && !here.talk.quiet;
    let mut progress = Progress::new(&here.talk, wanted);
    let check = machine.check(&interrupt, None);
    let present: Vec<&Stored> = all.iter().collect();
    let documents: BTreeSet<&DocPath> =
        all.iter().map(|stored| &stored.entry.source.document).collect();
    let keep = |entry: &Entry| pick.keeps(entry);
    let summary =
        pipeline::run_stored(documents.into_iter(), &present, &keep, &check, &mut |event| {
            progress.take(&event);
        });
    progress.end();
    if let Some(trouble) = memory.trouble() {
        here.talk.warn(trouble);
    }
    let mut summary = summary?;
    complete(&mut summary, &chosen, &config.root);
    summary.machine = machine.digest();
    summary.shard = shard;
    let records = args.telling.outputs(&config);
    let setting = Setting { config: &config, here, piped: None, records, interrupt: &interrupt };
    tell(&summary, &present, &args.telling, setting)
}

/// Counts per document, and the lines that outcomes are about.
fn complete(summary: &mut Summary, stored: &[Stored], root: &Path) {
    let mut counts: BTreeMap<DocPath, Counts> = BTreeMap::new();
    for outcome in &summary.outcomes {
        counts.entry(outcome.doc.clone()).or_default().add(&outcome.verdict);
    }
    summary.documents = counts.into_iter().collect();
    let mut seen = BTreeSet::new();
    for source in stored.iter().map(|one| &one.entry.source) {
        if !seen.insert(&source.document) {
            continue;
        }
        // Lines of a document that has changed since would be the wrong ones.
        let options = discover::Options { root, exclude: &[], force_exclude: false };
        let (found, _) = discover::discover(&[root.join(source.document.as_str())], &options);
        if let Some(found) = found.into_iter().next()
            && sha256_hex(found.text.as_bytes()) == source.sha256
        {
            let of_it = summary.outcomes.iter_mut().filter(|one| one.doc == source.document);
            pipeline::quote(&found, of_it);
        }
    }
}
