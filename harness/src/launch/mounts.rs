//! A root of its own for the program: the system and the interpreter read-only at their places, an
//! `/etc` that tells nothing, five devices, a fresh `/proc`, and one small file system in memory
//! for all that may be written.
//!
//! Hides the rest of the disk; does not restrict what may be done with what is shown.

use std::ffi::CString;
use std::fs;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use rustix::fs::CWD;
use rustix::io::Errno;
use rustix::mount::{
    MountFlags, MountPropagationFlags, MoveMountFlags, OpenTreeFlags, UnmountFlags, mount,
    mount_bind, mount_change, mount_remount, move_mount, open_tree, unmount,
};
use rustix::process::{chdir, pivot_root};

use super::layout::{DEVICES, Layout, SETTINGS, SYSTEM, fill, write};
use super::sys;
use super::wire::Failure;
use crate::enforcement::Level;
use crate::job::Job;

/// Where the new root is assembled. It covers the old `/usr`, a folder that every system has; by
/// then all that is needed from the old root has been taken.
const STAGE: &str = "/usr";

/// Something taken from the old root, to be shown at its own place.
pub(super) enum Piece {
    Tree { at: PathBuf, tree: OwnedFd, folder: bool },
    Link { at: PathBuf, to: PathBuf },
}

/// Takes everything that will be shown. This comes before the change of user, so that an
/// interpreter below a folder that only its owner may enter can still be reached.
pub(super) fn take(job: &Job) -> Result<Vec<Piece>, Failure> {
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    mount_change("/", private).map_err(|error| Failure::new("make private", "/", error))?;

    let mut pieces = vec![tree(Path::new("/usr"))?];
    for name in SYSTEM {
        let at = Path::new("/").join(name);
        if let Ok(to) = fs::read_link(&at) {
            pieces.push(Piece::Link { at, to });
        } else if at.is_dir() {
            pieces.push(tree(&at)?);
        }
    }
    let system: Vec<PathBuf> = SYSTEM.iter().map(|name| Path::new("/").join(name)).collect();
    for root in &job.interpreter.roots {
        if !root.starts_with("/usr") && !system.iter().any(|one| root.starts_with(one)) {
            pieces.push(tree(root)?);
        }
    }
    let online: &[&str] = if job.policy.network { &["resolv.conf"] } else { &[] };
    for name in SETTINGS.iter().chain(online) {
        let at = Path::new("/etc").join(name);
        if at.exists() {
            pieces.push(tree(&at)?);
        }
    }
    for name in DEVICES {
        pieces.push(device(&Path::new("/dev").join(name))?);
    }
    Ok(pieces)
}

fn tree(at: &Path) -> Result<Piece, Failure> {
    let attributes = libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NODEV;
    open(at, attributes)
}

fn device(at: &Path) -> Result<Piece, Failure> {
    open(at, libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NOEXEC)
}

fn open(at: &Path, attributes: u64) -> Result<Piece, Failure> {
    let name = || at.display().to_string();
    let flags = OpenTreeFlags::OPEN_TREE_CLONE
        | OpenTreeFlags::OPEN_TREE_CLOEXEC
        | OpenTreeFlags::AT_RECURSIVE;
    let tree = open_tree(CWD, at, flags).map_err(|error| Failure::new("take", name(), error))?;
    sys::set_mount_attributes(tree.as_fd(), attributes)
        .map_err(|error| Failure::new("protect", name(), error))?;
    Ok(Piece::Tree { at: at.to_owned(), tree, folder: at.is_dir() })
}

/// Assembles the new root; says what of it had to be left out. On failure the old root is as it
/// was.
pub(super) fn assemble(pieces: Vec<Piece>, job: &Job) -> Result<(Layout, Level), Failure> {
    let stage = Path::new(STAGE);
    memory(stage, "size=4m,nr_inodes=4096,mode=755")?;
    furnish(stage, pieces, job).inspect_err(|_| {
        // The failure is told in any case; what still covers the old root is only in the way.
        let _ = unmount(stage, UnmountFlags::DETACH);
    })
}

/// Moves into the new root and lets go of the old one.
pub(super) fn enter() -> Result<(), Failure> {
    pivot(Path::new(STAGE)).map_err(|error| Failure::new("move into", "the new root", error))
}

fn furnish(stage: &Path, pieces: Vec<Piece>, job: &Job) -> Result<(Layout, Level), Failure> {
    let layout = Layout::own_root();
    skeleton(stage)?;
    for piece in pieces {
        show(piece, stage)?;
    }
    writable(stage, job.limits.scratch_bytes)?;
    fill(&layout, stage, job)?;
    let level = match proc(stage) {
        Ok(()) => Level::Full,
        // A container that covers parts of its own /proc is not allowed a fresh one.
        Err(error) => Level::Partial(format!("no /proc: {error}")),
    };
    Ok((layout, level))
}

fn memory(at: &Path, options: &str) -> Result<(), Failure> {
    let fail = |error: &dyn ToString| {
        Failure::new("mount memory at", at.display().to_string(), error.to_string())
    };
    let options = CString::new(options).map_err(|error| fail(&error))?;
    let flags = MountFlags::NOSUID | MountFlags::NODEV;
    mount("stillruns", at, "tmpfs", flags, options.as_c_str()).map_err(|error| fail(&error))
}

/// The folders and synthesized files that are there in any case.
fn skeleton(stage: &Path) -> Result<(), Failure> {
    const FILES: [(&str, &str); 5] = [
        ("etc/passwd", "root:x:0:0:root:/:/bin/false\nuser:x:1000:1000:user:/home/user:/bin/sh\n"),
        ("etc/group", "root:x:0:\nuser:x:1000:\n"),
        ("etc/hosts", "127.0.0.1 localhost\n::1 localhost\n"),
        ("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"),
        ("etc/hostname", "sandbox\n"),
    ];
    const LINKS: [(&str, &str); 5] = [
        ("dev/fd", "/proc/self/fd"),
        ("dev/stdin", "/proc/self/fd/0"),
        ("dev/stdout", "/proc/self/fd/1"),
        ("dev/stderr", "/proc/self/fd/2"),
        ("var/tmp", "/tmp"),
    ];
    for name in ["dev/shm", "etc", "home/user", "proc", "rw", "run", "tmp", "var"] {
        folder(&stage.join(name))?;
    }
    for (name, text) in FILES {
        write(&stage.join(name), text.as_bytes(), 0o444)?;
    }
    LINKS.iter().try_for_each(|(name, to)| link(&stage.join(name), Path::new(to)))
}

fn folder(at: &Path) -> Result<(), Failure> {
    fs::create_dir_all(at)
        .map_err(|error| Failure::new("make folder", at.display().to_string(), error))
}

fn link(at: &Path, to: &Path) -> Result<(), Failure> {
    symlink(to, at).map_err(|error| Failure::new("link", at.display().to_string(), error))
}

fn show(piece: Piece, stage: &Path) -> Result<(), Failure> {
    let below = |at: &Path| stage.join(at.strip_prefix("/").unwrap_or(at));
    match piece {
        Piece::Link { at, to } => link(&below(&at), &to),
        Piece::Tree { at, tree, folder: is_folder } => {
            let target = below(&at);
            if is_folder {
                folder(&target)?;
            } else {
                write(&target, b"", 0o444)?;
            }
            let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH;
            move_mount(&tree, "", CWD, &target, flags)
                .map_err(|error| Failure::new("show", at.display().to_string(), error))
        }
    }
}

/// One file system for everything writable, so that one size bounds it all.
fn writable(stage: &Path, bytes: u64) -> Result<(), Failure> {
    let rw = stage.join("rw");
    memory(&rw, &format!("size={bytes},nr_inodes=8192,mode=755"))?;
    for (name, at, mode) in [
        ("work", None, 0o755),
        ("home", Some("home/user"), 0o700),
        ("tmp", Some("tmp"), 0o1777),
        ("shm", Some("dev/shm"), 0o1777),
    ] {
        let source = rw.join(name);
        folder(&source)?;
        fs::set_permissions(&source, fs::Permissions::from_mode(mode))
            .map_err(|error| Failure::new("open up", name, error))?;
        if let Some(at) = at {
            mount_bind(&source, stage.join(at)).map_err(|error| Failure::new("bind", at, error))?;
        }
    }
    Ok(())
}

fn proc(stage: &Path) -> Result<(), Errno> {
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC | MountFlags::RDONLY;
    mount("proc", stage.join("proc"), "proc", flags, None)
}

fn pivot(stage: &Path) -> Result<(), Errno> {
    chdir(stage)?;
    // The old root ends up below the new one and is let go at once.
    pivot_root(".", ".")?;
    unmount(".", UnmountFlags::DETACH)?;
    chdir("/")?;
    let flags = MountFlags::BIND | MountFlags::RDONLY | MountFlags::NOSUID | MountFlags::NODEV;
    mount_remount("/", flags, "")
}
