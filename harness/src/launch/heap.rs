//! Weighs a private folder of the host, which has no limit of its own.
//!
//! Looks only, and follows no link; what to do about a heap is for others to say. Needs neither short
//! paths nor many descriptors, as programs may be at work in there.

use std::ffi::CString;
use std::path::Path;

use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, openat, statat};
use rustix::io::Errno;
use rustix::path::Arg;

use crate::job::{Job, Limits, Part};

/// Files and folders that a program may make in the private folders of a run.
pub(super) const MOST_NAMES: u64 = 8192;

/// What the private folders of a run may hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub(super) bytes: u64,
    /// Files and folders.
    pub(super) names: u64,
}

impl Room {
    /// The room for a program that comes alone.
    pub(super) fn plain(limits: &Limits) -> Room {
        Room { bytes: limits.scratch_bytes, names: MOST_NAMES }
    }

    /// The room for `job`. What comes before its main program takes nothing of what that may use.
    pub(super) fn of(job: &Job) -> Room {
        let page = |part: &Part| (part.code().len() as u64).next_multiple_of(4096);
        // Each lies in its file, and in the plan.
        let own: u64 = job.before.iter().map(|part| 2 * page(part)).sum();
        let Room { bytes, names } = Room::plain(&job.limits);
        Room { bytes: bytes.saturating_add(own), names: names + job.before.len() as u64 }
    }
}

/// Whether a folder holds more than there is room for, or what cannot be weighed.
pub(super) fn is_heap(folder: &Path, room: Room) -> bool {
    let mut heap = Heap { left: room.bytes, names: room.names };
    let Ok(mut at) = open(CWD, folder) else { return false };
    let Some(mut inner) = heap.add(&at) else { return true };
    // On the way down: the folders beside it that were not looked into yet.
    let mut way: Vec<Vec<CString>> = Vec::new();
    loop {
        if let Some(name) = inner.pop() {
            match open(&at, &name) {
                Ok(below) => {
                    let Some(within) = heap.add(&below) else { return true };
                    at = below;
                    way.push(std::mem::replace(&mut inner, within));
                }
                // Any other that is closed stays as it is, and what has gone is gone.
                Err(_) if is_open_to_write(&at, &name) => return true,
                Err(_) => {}
            }
        } else {
            let Some(beside) = way.pop() else { return false };
            // Should the program move folders meanwhile this leads elsewhere, at worst to count
            // twice; the next look counts anew.
            let Ok(above) = open(&at, "..") else { return false };
            at = above;
            inner = beside;
        }
    }
}

/// How much more there may be.
struct Heap {
    left: u64,
    names: u64,
}

impl Heap {
    /// Adds what lies directly in a folder, and returns the folders among it; nothing when it is too
    /// much.
    fn add(&mut self, folder: &OwnedFd) -> Option<Vec<CString>> {
        let mut folders = Vec::new();
        for entry in Dir::read_from(folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            let Ok(data) = statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) else { continue };
            let bytes = u64::try_from(data.st_blocks).unwrap_or_default() * 512;
            self.left = self.left.checked_sub(bytes)?;
            self.names = self.names.checked_sub(1)?;
            if FileType::from_raw_mode(data.st_mode) == FileType::Directory {
                folders.push(name.to_owned());
            }
        }
        Some(folders)
    }
}

fn open(within: impl std::os::fd::AsFd, name: impl Arg) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(within, name, flags, Mode::empty())
}

/// Whether the owner of a folder may make files in there.
fn is_open_to_write(within: &OwnedFd, name: &CString) -> bool {
    statat(within, name, AtFlags::SYMLINK_NOFOLLOW).is_ok_and(|data| {
        let is_folder = FileType::from_raw_mode(data.st_mode) == FileType::Directory;
        is_folder && data.st_mode & 0o300 == 0o300
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn room(bytes: u64) -> Room {
        Room { bytes, names: 100 }
    }

    #[test]
    fn a_folder_is_weighed_with_all_below_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        fs::write(folder.path().join("a/b/file"), vec![1; 100_000]).unwrap();
        assert!(is_heap(folder.path(), room(90_000)));
        assert!(is_heap(folder.path(), Room { bytes: 1 << 20, names: 2 }));
        assert!(!is_heap(folder.path(), room(1 << 20)));
    }

    #[test]
    fn a_folder_is_weighed_however_deep_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let mut at = open(CWD, folder.path()).unwrap();
        for _ in 0..30 {
            // Each by way of the one above, as none of them can be named whole.
            let name = "d".repeat(200);
            rustix::fs::mkdirat(&at, &name, Mode::RWXU).unwrap();
            rustix::fs::mkdirat(&at, "beside", Mode::RWXU).unwrap();
            at = open(&at, &name).unwrap();
        }
        assert!(!is_heap(folder.path(), room(1 << 20)));
        let flags = OFlags::WRONLY | OFlags::CREATE;
        let file = openat(&at, "file", flags, Mode::RWXU).unwrap();
        rustix::io::write(&file, &vec![1; 2 << 20]).unwrap();
        assert!(is_heap(folder.path(), room(1 << 20)));
        crate::remove::contents(folder.path());
    }

    #[test]
    fn what_can_be_filled_and_not_weighed_is_too_heavy() {
        if rustix::process::geteuid().is_root() {
            // Who may read everything weighs everything.
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let closed = folder.path().join("closed");
        fs::create_dir(&closed).unwrap();
        for (mode, heavy) in [(0o300, true), (0o000, false), (0o100, false), (0o700, false)] {
            fs::set_permissions(&closed, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(is_heap(folder.path(), room(1 << 20)), heavy, "{mode:o}");
        }
    }
}
