//! Where it is remembered what earlier runs brought, and whether this run wants to know.
//!
//! Nothing is read or written here; see the ledger.

use std::env;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::args::CacheArgs;
use super::{Here, variable};
use crate::config::Config;
use crate::ledger::Ledger;
use crate::model::sha256_hex;
use crate::pipeline::Memory;

/// The folder: as `named`, as configured, or one for this project in the user's cache folder.
/// Nothing where there is no such folder.
pub(crate) fn folder(named: Option<&Path>, config: &Config, here: &Here) -> Option<PathBuf> {
    if let Some(named) = named {
        return Some(here.folder.join(named));
    }
    if let Some(configured) = &config.settings.cache_dir {
        return Some(config.root.join(configured));
    }
    let absolute = |name| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let caches =
        absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")))?;
    let root = here.folder.join(&config.root);
    let name = &sha256_hex(root.as_os_str().as_encoded_bytes())[..16];
    Some(caches.join("stillruns").join(name))
}

/// What earlier runs left in the folder.
pub(crate) fn ledger(named: Option<&Path>, config: &Config, here: &Here) -> Ledger {
    let Some(folder) = folder(named, config, here) else { return Ledger::off() };
    let mut ledger = Ledger::open(&folder, now());
    if let Some(trouble) = ledger.trouble() {
        here.talk.warn(trouble);
    }
    ledger
}

/// What earlier runs left, as far as `args` want it.
pub(crate) fn memory(args: &CacheArgs, config: &Config, here: &Here) -> Memory {
    let ledger = match args.no_cache {
        true => Ledger::off(),
        false => ledger(args.cache_dir.as_deref(), config, here),
    };
    // A program that does not know its own file is told from others by its version alone.
    Memory::new(ledger, &env::current_exe().unwrap_or_default())
}

/// Seconds since 1970; 0 where the clock stands before that.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
