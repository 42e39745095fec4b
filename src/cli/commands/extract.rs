//! `stillruns extract`: every example as a file, with a manifest.
//!
//! What is written where is the store's to decide.

use crate::cli::args::ExtractArgs;
use crate::cli::select::select;
use crate::cli::talk::print;
use crate::cli::telling::{nothing, unless_lost};
use crate::cli::{Here, exit};
use crate::error::Error;
use crate::store::{self, Extraction};

/// Runs the verb.
pub(crate) fn run(args: &ExtractArgs, here: &Here) -> Result<u8, Error> {
    let config = here.config(&args.select.config)?;
    let selection = select(&args.select, &config, here)?;
    let root = args.output.clone().unwrap_or_else(|| config.snapshots());
    let found = selection.only_chosen();
    let pairs: Vec<_> = selection.documents.iter().zip(&found).collect();
    let number: usize = found.iter().map(|found| found.snippets.len()).sum();
    let allowed = args.allow_empty || config.settings.allow_empty.unwrap_or(false);
    if number == 0 && !allowed {
        let status = nothing("found no example to extract", false, here);
        return Ok(unless_lost(status, selection.lost));
    }
    if args.check || args.dry_run {
        let extraction = store::compare(&root, &pairs)?;
        print(&changes(&extraction))?;
        let out_of_date = args.check && !extraction.is_current();
        if out_of_date {
            here.talk.note(format!("`{}` is out of date", root.display()));
        }
        let status = if out_of_date { exit::BROKEN } else { exit::CLEAN };
        return Ok(unless_lost(status, selection.lost));
    }
    let extraction = store::extract(&root, &pairs)?;
    for file in &extraction.left {
        here.talk.note(format!("left `{file}` in place: it was changed by hand"));
    }
    here.talk.note(format!(
        "{number} examples in `{}`: {} files written, {} removed",
        root.display(),
        extraction.written.len(),
        extraction.removed.len(),
    ));
    Ok(unless_lost(exit::CLEAN, selection.lost))
}

fn changes(extraction: &Extraction) -> String {
    let written = extraction.written.iter().map(|file| format!("would write {file}\n"));
    let removed = extraction.removed.iter().map(|file| format!("would remove {file}\n"));
    let left = extraction.left.iter().map(|file| format!("would leave {file}\n"));
    written.chain(removed).chain(left).collect()
}
