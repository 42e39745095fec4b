//! A private folder of the host for one run, where no mounts can be made.
//!
//! Only makes and removes it; what the program may do in there is for the lane to say.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, chown};
use std::path::Path;

use tempfile::TempDir;

use crate::error::Error;
use crate::remove;

/// Removed, with all that the program left in it, when this is dropped.
pub(super) struct Scratch(TempDir);

impl Scratch {
    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Best effort: what stays is removed by whoever cleans up the folder for such things. The
        // folder itself goes with its owner.
        remove::contents(self.path());
    }
}

pub(super) fn make(base: Option<&Path>, owner: Option<(u32, u32)>) -> Result<Scratch, Error> {
    let make = || -> io::Result<Scratch> {
        let mut folder = tempfile::Builder::new();
        folder.prefix("stillruns-");
        let scratch = base.map_or_else(|| folder.tempdir(), |base| folder.tempdir_in(base))?;
        hand_over(scratch.path(), owner)?;
        for name in ["work", "home", "tmp"] {
            let folder = scratch.path().join(name);
            fs::DirBuilder::new().mode(0o700).create(&folder)?;
            hand_over(&folder, owner)?;
        }
        Ok(Scratch(scratch))
    };
    make().map_err(|source| Error::io("make", "a scratch folder", source))
}

fn hand_over(folder: &Path, owner: Option<(u32, u32)>) -> io::Result<()> {
    match owner {
        Some((user, group)) => chown(folder, Some(user), Some(group)),
        None => Ok(()),
    }
}
