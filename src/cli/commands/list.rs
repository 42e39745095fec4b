//! `stillruns list`: the examples, and on request what is none.
//!
//! Runs nothing.

use crate::cli::args::ListArgs;
use crate::cli::listing::{self, Listing};
use crate::cli::select::select;
use crate::cli::talk::{Output, unwritten};
use crate::cli::telling::{nothing, unless_lost};
use crate::cli::{Here, exit};
use crate::error::Error;

/// Runs the verb.
pub(crate) fn run(args: &ListArgs, here: &Here) -> Result<u8, Error> {
    let config = here.config(&args.select.config)?;
    let selection = select(&args.select, &config, here)?;
    let examples = selection.chosen().count();
    let mut output = Output::new();
    let ListArgs { format, skipped, links, .. } = *args;
    let listing = Listing { format, skipped, links };
    listing::write(&selection, listing, &mut output).map_err(unwritten)?;
    output.end()?;
    let allowed = args.allow_empty || config.settings.allow_empty.unwrap_or(false);
    let status =
        if examples == 0 { nothing("found no example", allowed, here) } else { exit::CLEAN };
    Ok(unless_lost(status, selection.lost))
}
