//! `stillruns list`: the examples, and on request what is none.
//!
//! Runs nothing.

use crate::cli::Here;
use crate::cli::args::ListArgs;
use crate::cli::exit;
use crate::cli::listing::{listed, render};
use crate::cli::select::select;
use crate::cli::talk::print;
use crate::cli::telling::{nothing, unless_lost};
use crate::error::Error;

/// Runs the verb.
pub(crate) fn run(args: &ListArgs, here: &Here) -> Result<u8, Error> {
    let config = here.config(&args.select.config)?;
    let selection = select(&args.select, &config, here)?;
    let examples = selection.chosen().count();
    let listed = listed(&selection, args.skipped);
    print(&render(&listed, args.format))?;
    let allowed = args.allow_empty || config.settings.allow_empty.unwrap_or(false);
    let status =
        if examples == 0 { nothing("found no example", allowed, here) } else { exit::CLEAN };
    Ok(unless_lost(status, selection.lost))
}
