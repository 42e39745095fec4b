//! Files that appear whole, and only below a root.
//!
//! Writes beside the target and renames. No component between the root and the file may be a
//! symbolic link, so nothing below the root can lead a write elsewhere; the root itself is the
//! user's choice and may be one. Does not sync to disk: every file can be made again.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

use crate::error::Error;

/// Writes `contents` to `relative` below `root`, making folders on the way.
///
/// # Errors
/// When `relative` leaves the root or leads over a symbolic link, and when the system refuses.
pub(crate) fn write(root: &Path, relative: &Path, contents: &[u8]) -> Result<(), Error> {
    let target = locate(root, relative)?;
    let folder = target.parent().unwrap_or(root);
    fs::create_dir_all(folder).map_err(|error| Error::io("make folder", folder, error))?;
    let wrap = |error: io::Error| Error::io("write", &target, error);
    if target.is_dir() {
        return Err(Error::invalid("write", &target, "a folder is in the way"));
    }
    // The usual mode: the process's mask takes off what the user does not want.
    let mut file = tempfile::Builder::new()
        .prefix(".stillruns-")
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder)
        .map_err(wrap)?;
    file.write_all(contents).map_err(wrap)?;
    if let Ok(old) = fs::metadata(&target) {
        // Whoever may read or execute it still may.
        file.as_file().set_permissions(old.permissions()).map_err(wrap)?;
    }
    file.persist(&target).map_err(|error| wrap(error.error))?;
    Ok(())
}

/// Keeps other processes from changing what lies below `root`, until it is dropped or this process
/// ends, however it does.
///
/// # Errors
/// When the folder cannot be made or locked.
pub(crate) fn lock(root: &Path) -> Result<File, Error> {
    fs::create_dir_all(root).map_err(|error| Error::io("make folder", root, error))?;
    let folder = File::open(root).map_err(|error| Error::io("open", root, error))?;
    folder.lock().map_err(|error| Error::io("lock", root, error))?;
    Ok(folder)
}

/// The contents of `relative` below `root`, or nothing when there is no such file.
///
/// # Errors
/// As [`write`].
pub(crate) fn read(root: &Path, relative: &Path) -> Result<Option<Vec<u8>>, Error> {
    let target = locate(root, relative)?;
    match fs::read(&target) {
        Ok(contents) => Ok(Some(contents)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", &target, error)),
    }
}

/// Removes the file `relative` below `root` and every folder that is empty then.
///
/// # Errors
/// As [`write`]; a file that is not there is none.
pub(crate) fn remove(root: &Path, relative: &Path) -> Result<(), Error> {
    let target = locate(root, relative)?;
    match fs::remove_file(&target) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(Error::io("remove", &target, error));
        }
        _ => {}
    }
    for folder in relative.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty()) {
        // A folder that still holds something refuses, and keeps its parents.
        if fs::remove_dir(root.join(folder)).is_err() {
            break;
        }
    }
    Ok(())
}

/// `relative` below `root`, checked: plain components only, and no symbolic link before the last.
fn locate(root: &Path, relative: &Path) -> Result<PathBuf, Error> {
    let target = root.join(relative);
    let plain = |part| matches!(part, Component::Normal(_));
    if relative.as_os_str().is_empty() || !relative.components().all(plain) {
        return Err(Error::invalid("use", &target, "it is not below the output folder"));
    }
    let mut folder = root.to_owned();
    let parents = relative.parent().into_iter().flat_map(Path::components);
    for part in parents {
        folder.push(part);
        match fs::symlink_metadata(&folder) {
            Ok(found) if found.is_dir() => {}
            Ok(found) if found.is_symlink() => {
                let cause = "it is a symbolic link, and links are not followed here";
                return Err(Error::invalid("enter", &folder, cause));
            }
            Ok(_) => return Err(Error::invalid("enter", &folder, "it is not a folder")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => break,
            Err(error) => return Err(Error::io("enter", &folder, error)),
        }
    }
    Ok(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_written_below_the_root_only() {
        let outside = tempfile::tempdir().expect("a folder");
        let root = tempfile::tempdir().expect("a folder");
        std::os::unix::fs::symlink(outside.path(), root.path().join("link")).expect("a link");
        for path in ["../x", "/x", "", "a/../../x", "link/x"] {
            assert!(write(root.path(), Path::new(path), b"x").is_err(), "{path:?}");
        }
        assert!(fs::read_dir(outside.path()).expect("a folder").next().is_none());
    }

    #[test]
    fn a_link_in_the_place_of_the_file_is_replaced_and_not_followed() {
        let outside = tempfile::NamedTempFile::new().expect("a file");
        let root = tempfile::tempdir().expect("a folder");
        std::os::unix::fs::symlink(outside.path(), root.path().join("a")).expect("a link");
        write(root.path(), Path::new("a"), b"new").expect("written");
        assert_eq!(fs::read(outside.path()).expect("read"), b"");
        assert_eq!(read(root.path(), Path::new("a")).expect("read").as_deref(), Some(&b"new"[..]));
    }

    #[test]
    fn removing_takes_empty_folders_along_and_nothing_else() {
        let root = tempfile::tempdir().expect("a folder");
        for path in ["a/b/c", "a/d", "e/f"] {
            write(root.path(), Path::new(path), b"x").expect("written");
        }
        remove(root.path(), Path::new("a/b/c")).expect("removed");
        remove(root.path(), Path::new("e/f")).expect("removed");
        remove(root.path(), Path::new("e/f")).expect("not there, no error");
        assert!(!root.path().join("a/b").exists() && !root.path().join("e").exists());
        assert!(root.path().join("a/d").exists() && root.path().exists());
    }
}
