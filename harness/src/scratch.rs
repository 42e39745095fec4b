//! A private folder of the host for one run, where no mounts can be made.
//!
//! The host names it and the lane makes it, as the user that the program will be. So each of them can
//! remove it, should the other be killed.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use crate::remove;

/// Removed, with all that the program left in it, when this is dropped.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// One that somebody else is to make, in `base` or where temporary folders lie. Nobody must be
    /// able to guess the `word`, which makes its name.
    pub(crate) fn named(base: Option<&Path>, word: &str) -> Scratch {
        let base = base.map_or_else(std::env::temp_dir, Path::to_owned);
        Scratch(base.join(format!("stillruns-{word}")))
    }

    pub(crate) fn make(path: &Path) -> io::Result<Scratch> {
        let make = |path: &Path| fs::DirBuilder::new().mode(0o700).create(path);
        make(path)?;
        let scratch = Scratch(path.to_owned());
        ["work", "home", "tmp"].iter().try_for_each(|name| make(&path.join(name)))?;
        Ok(scratch)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Best effort: what stays is removed by whoever cleans up the folder for such things.
        remove::contents(&self.0);
        let _ = fs::remove_dir(&self.0);
    }
}
