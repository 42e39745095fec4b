//! A private folder of the host for one run, where no mounts can be made.
//!
//! Only makes and removes it; what the program may do in there is for the lane to say.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, chown};
use std::path::Path;

use crate::error::Error;

/// Removed, with all that the program left in it, when this is dropped.
pub(super) fn make(owner: Option<(u32, u32)>) -> Result<tempfile::TempDir, Error> {
    let make = || -> io::Result<tempfile::TempDir> {
        let scratch = tempfile::Builder::new().prefix("stillruns-").tempdir()?;
        hand_over(scratch.path(), owner)?;
        for name in ["work", "home", "tmp"] {
            let folder = scratch.path().join(name);
            fs::DirBuilder::new().mode(0o700).create(&folder)?;
            hand_over(&folder, owner)?;
        }
        Ok(scratch)
    };
    make().map_err(|source| Error::io("make", "a scratch folder", source))
}

fn hand_over(folder: &Path, owner: Option<(u32, u32)>) -> io::Result<()> {
    match owner {
        Some((user, group)) => chown(folder, Some(user), Some(group)),
        None => Ok(()),
    }
}
