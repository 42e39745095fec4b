//! Removes what a program left in a folder, whatever that is: folders within folders without end,
//! folders that nobody may enter.
//!
//! Never follows a link and never leaves the folder; needs neither a deep stack nor many descriptors.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, chmodat, openat, unlinkat};
use rustix::io::Errno;

/// Removes all that is in a folder, as far as this user may. Nobody else may be at work in there.
pub(crate) fn contents(folder: &Path) {
    let Ok(mut at) = open(CWD, folder.as_os_str()) else { return };
    // The way down from the top folder: names, each with the folders beside it that are still full.
    let mut way: Vec<(Vec<u8>, Vec<Vec<u8>>)> = Vec::new();
    let mut full = empty(&at);
    loop {
        if let Some(name) = full.pop() {
            open_up(&at, &name);
            // One that stays closed is another user's.
            if let Ok(inner) = open(&at, OsStr::from_bytes(&name)) {
                at = inner;
                way.push((name, std::mem::replace(&mut full, empty(&at))));
            }
        } else {
            let Some((name, beside)) = way.pop() else { return };
            let Ok(outer) = open(&at, OsStr::new("..")) else { return };
            at = outer;
            full = beside;
            gone(&at, &name, FileType::Directory);
        }
    }
}

/// Removes all in a folder that is no full folder, and returns those.
fn empty(folder: &OwnedFd) -> Vec<Vec<u8>> {
    let mut names = list(folder);
    names.retain(|(name, kind)| !gone(folder, name, *kind));
    // The kind is told without following a link.
    names.retain(|(_, kind)| *kind == FileType::Directory);
    names.into_iter().map(|(name, _)| name).collect()
}

/// Lets this user into a folder; of anything else the call would follow a link.
fn open_up(within: &OwnedFd, name: &[u8]) {
    // It may be open already, and if it stays closed that shows soon.
    let _ = chmodat(within, OsStr::from_bytes(name), Mode::RWXU, AtFlags::empty());
}

/// Removes one name, a folder only if it is empty; says whether it is gone.
fn gone(within: &OwnedFd, name: &[u8], kind: FileType) -> bool {
    let name = OsStr::from_bytes(name);
    let folder = kind == FileType::Directory;
    let flags = if folder { AtFlags::REMOVEDIR } else { AtFlags::empty() };
    match unlinkat(within, name, flags) {
        Ok(()) | Err(Errno::NOENT) => true,
        // The kind is a guess where a file system does not tell it.
        Err(Errno::ISDIR | Errno::NOTDIR) => {
            unlinkat(within, name, flags ^ AtFlags::REMOVEDIR).is_ok()
        }
        Err(_) => false,
    }
}

fn open(within: impl rustix::fd::AsFd, name: &OsStr) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(within, name, flags, Mode::empty())
}

fn list(folder: &OwnedFd) -> Vec<(Vec<u8>, FileType)> {
    let entries = Dir::read_from(folder).into_iter().flatten().flatten();
    let named = entries.map(|entry| (entry.file_name().to_bytes().to_vec(), entry.file_type()));
    named.filter(|(name, _)| name != b"." && name != b"..").collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn whatever_a_program_leaves_is_removed_and_nothing_else() {
        let beside = tempfile::tempdir().unwrap();
        fs::write(beside.path().join("kept"), "x").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let work = folder.path().join("work");
        fs::create_dir(&work).unwrap();
        symlink(beside.path(), work.join("link")).unwrap();
        symlink(beside.path(), folder.path().join("link")).unwrap();
        fs::create_dir_all(work.join("closed/within")).unwrap();
        fs::write(work.join("closed/within/file"), "x").unwrap();
        for name in ["closed/within", "closed"] {
            fs::set_permissions(work.join(name), fs::Permissions::from_mode(0o000)).unwrap();
        }
        // Deeper than any path may be long.
        let mut at = open(CWD, work.as_os_str()).unwrap();
        let name = "d".repeat(200);
        for _ in 0..40 {
            rustix::fs::mkdirat(&at, name.as_str(), Mode::RWXU).unwrap();
            at = open(&at, OsStr::new(&name)).unwrap();
        }
        contents(folder.path());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(beside.path().join("kept").exists());
    }
}
