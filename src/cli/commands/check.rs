//! `stillruns check`: find, run, compare, tell.
//!
//! Writes proposals for snapshots, never snapshots.

use crate::cli::args::CheckArgs;
use crate::cli::fixing::{Fixing, fix};
use crate::cli::machine::Machine;
use crate::cli::progress::Progress;
use crate::cli::select::{Holding, hold};
use crate::cli::talk::print;
use crate::cli::telling::{Setting, Targets, nothing, tell, unless_lost};
use crate::cli::{Here, exit, remembered};
use crate::error::Error;
use crate::model::{DocPath, Entry};
use crate::pipeline::{self, Orphans};
use crate::store::Stored;
use crate::text::visible;

/// Runs the verb.
pub(crate) fn run(args: &CheckArgs, here: &Here) -> Result<u8, Error> {
    // A mistyped format should not be told after minutes of running.
    Targets::new(&args.telling.format)?;
    let fixing = Fixing::new(&args.fix, here)?;
    let config = here.config(&args.select.config)?;
    let memory = remembered::memory(&args.running.cache, &config, here);
    let mut holding = hold(&args.select, &config, &memory, here)?;
    if holding.chosen().next().is_none() {
        let allowed = args.telling.allow_empty || config.settings.allow_empty.unwrap_or(false);
        let status = nothing("found no example to check", allowed, here);
        return Ok(unless_lost(status, holding.lost));
    }
    let shard = holding.part(args.select.partition.as_ref());
    if args.dry_run {
        print(&plan(&holding))?;
        return Ok(unless_lost(exit::CLEAN, holding.lost));
    }
    let machine = Machine::new(&args.running, &config, &memory, here)?;
    let interrupt = machine.listen()?;
    let wanted = !args.telling.no_progress && !here.talk.quiet;
    let mut progress = Progress::new(&here.talk, wanted);
    let meant = |doc: &DocPath| holding.would_hold(doc);
    let orphans = Orphans { root: &config.root, meant: &meant };
    let summary = pipeline::check(
        &holding.documents,
        &holding.held,
        &|entry| holding.pick.keeps(entry),
        &machine.check(&interrupt, Some(orphans)),
        &mut |event| progress.take(&event),
    );
    progress.end();
    if let Some(trouble) = memory.trouble() {
        here.talk.warn(trouble);
    }
    let mut summary = summary?;
    summary.machine = machine.digest();
    summary.shard = shard;
    fix(fixing, &holding, &summary, &config, here)?;
    let piped = holding.piped.as_ref();
    let records = args.telling.outputs(&config);
    let setting = Setting { config: &config, here, piped, records, interrupt: &interrupt };
    let present: Vec<&Stored> = holding.held.iter().flat_map(|held| &held.stored).collect();
    let status = tell(&summary, &present, &args.telling, setting)?;
    Ok(unless_lost(status, holding.lost))
}

fn plan(holding: &Holding) -> String {
    let line = |stored: &Stored| {
        let Entry { id, class, source, start, .. } = &stored.entry;
        format!("would run {}:{start}  {id}  {class}\n", visible(source.document.as_str()))
    };
    holding.chosen().map(line).collect()
}
