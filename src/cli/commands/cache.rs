//! `stillruns cache`: how much is remembered of earlier runs, and forgetting it.
//!
//! Where it is remembered is for `remembered` to say.

use crate::cli::args::{CacheStatsArgs, CacheVerb};
use crate::cli::talk::print;
use crate::cli::{Here, exit, remembered};
use crate::error::Error;
use crate::ledger::{History, Ledger};

/// Runs the verb.
pub(crate) fn run(verb: &CacheVerb, here: &Here) -> Result<u8, Error> {
    match verb {
        CacheVerb::Stats(args) => {
            let stats = ledger(args, here)?.stats()?;
            let mut text = format!("{}\n", stats.path.display());
            for (word, (number, bytes)) in stats.facts {
                text += &format!("  {word:10} {number:8} {}\n", size(bytes));
            }
            text += &format!("  {:10} {:8}\n", "history", stats.endings);
            text += &format!("  {:10} {:8} {}\n", "on disk", "", size(stats.bytes));
            print(&text)?;
        }
        CacheVerb::Clean(args) => {
            let history = if args.history { History::Dropped } else { History::Kept };
            ledger(&args.stats, here)?.clean(history)?;
            here.talk.note("the cache is empty");
        }
    }
    Ok(exit::CLEAN)
}

fn ledger(args: &CacheStatsArgs, here: &Here) -> Result<Ledger, Error> {
    let config = here.config(&args.config)?;
    Ok(remembered::ledger(args.cache_dir.as_deref(), &config, here))
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes:5} B"),
        1024..1_048_576 => format!("{:5} KiB", bytes >> 10),
        _ => format!("{:5} MiB", bytes >> 20),
    }
}
