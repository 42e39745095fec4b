//! `stillruns run`: run the examples of an extracted folder.
//!
//! Finds nothing by itself: the manifest says what there is, and documents are only read to show
//! their lines.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::cli::Here;
use crate::cli::args::RunArgs;
use crate::cli::machine::Machine;
use crate::cli::progress::Progress;
use crate::cli::select::Pick;
use crate::cli::telling::{Present, Setting, Targets, nothing, tell};
use crate::discover;
use crate::error::Error;
use crate::model::{Counts, DocPath, Outcome, Summary, sha256_hex};
use crate::pipeline;
use crate::store::{self, Stored};

/// Runs the verb.
pub(crate) fn run(args: &RunArgs, here: &Here) -> Result<u8, Error> {
    Targets::new(&args.telling.format)?;
    let config = here.config(&args.config)?;
    let all = store::load(&args.folder)?;
    let pick = Pick::new(&args.class, &args.filter);
    let chosen: Vec<Stored> = all.iter().filter(|one| pick.keeps(&one.entry)).cloned().collect();
    if chosen.is_empty() {
        let allowed = args.telling.allow_empty || config.settings.allow_empty.unwrap_or(false);
        return Ok(nothing("found no example to run", allowed, here));
    }
    let machine = Machine::new(&args.running, &config, here)?;
    let wanted = !args.telling.no_progress && !here.talk.quiet;
    let mut progress = Progress::new(&here.talk, wanted);
    let outcomes =
        pipeline::run_stored(&chosen, &machine.check(), &mut |event| progress.take(&event));
    progress.end();
    let mut summary = summarize(outcomes?, &chosen, &config.root);
    summary.machine = machine.digest();
    let present: Vec<Present> = all.into_iter().map(present).collect();
    let setting = Setting { config: &config, here, piped: None };
    tell(&summary, &present, &args.telling, setting)
}

fn present(stored: Stored) -> Present {
    let Stored { entry, code } = stored;
    Present { document: entry.source.document, id: entry.id, class: entry.class, code }
}

fn summarize(mut outcomes: Vec<Outcome>, stored: &[Stored], root: &Path) -> Summary {
    let mut counts: BTreeMap<DocPath, Counts> = BTreeMap::new();
    for outcome in &outcomes {
        counts.entry(outcome.doc.clone()).or_default().add(&outcome.verdict);
    }
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
            let of_it = outcomes.iter_mut().filter(|one| one.doc == source.document);
            pipeline::quote(&found, of_it);
        }
    }
    let documents = counts.into_iter().collect();
    Summary { outcomes, documents, ..Summary::default() }
}
