//! A root of its own: the system and the interpreter read-only at their places, an `/etc` that tells
//! nothing and five devices, built once for a lane. And for every run one small file system in
//! memory for all that may be written, and a fresh `/proc`.
//!
//! Hides the rest of the disk; does not restrict what may be done with what is shown.

use std::ffi::CString;
use std::fs;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, fstatvfs};
use rustix::io::Errno;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, FsPickFlags, MountAttrFlags, MountFlags, MountPropagationFlags,
    MoveMountFlags, OpenTreeFlags, UnmountFlags, fsconfig_create, fsconfig_reconfigure,
    fsconfig_set_string, fsmount, fsopen, fspick, mount, mount_bind, mount_change, mount_remount,
    move_mount, open_tree, unmount,
};
use rustix::process::{chdir, fchdir, pivot_root};

use super::heap::Room;
use super::layout::{DEVICES, SETTINGS, SPACE, SYSTEM, driver_of, warm_of, write};
use super::sys;
use super::wire::{Failure, Terms};
use crate::enforcement::Level;
use crate::interpreter::InterpreterId;
use crate::job::Network;

/// Where the new root is assembled. It covers the old `/usr`, a folder that every system has; by
/// then all that is needed from the old root has been taken.
const STAGE: &str = "/usr";

/// Something taken from the old root, to be shown at its own place.
pub(super) enum Piece {
    Tree { at: PathBuf, tree: OwnedFd, folder: bool },
    Link { at: PathBuf, to: PathBuf },
    Copy { at: PathBuf, bytes: Vec<u8> },
}

/// A file of settings that is no larger is copied: every mount is one more that each cell is given
/// and that goes with it.
const COPIED: u64 = 256 << 10;

/// Takes everything that will be shown. This comes before the change of user, so that an
/// interpreter below a folder that only its owner may enter can still be reached.
pub(super) fn take(terms: &Terms) -> Result<Vec<Piece>, Failure> {
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
    for root in &terms.roots {
        if !root.starts_with("/usr") && !system.iter().any(|one| root.starts_with(one)) {
            pieces.push(tree(root)?);
        }
    }
    let online: &[&str] = if terms.network == Network::Host { &["resolv.conf"] } else { &[] };
    for name in SETTINGS.iter().chain(online) {
        let at = Path::new("/etc").join(name);
        match fs::metadata(&at) {
            Ok(data) if is_small_and_open(&data) => {
                let bytes = fs::read(&at)
                    .map_err(|error| Failure::new("read", at.display().to_string(), error))?;
                pieces.push(Piece::Copy { at, bytes });
            }
            Ok(_) => pieces.push(tree(&at)?),
            // It is not there on every system.
            Err(_) => {}
        }
    }
    for name in DEVICES {
        pieces.push(device(&Path::new("/dev").join(name))?);
    }
    Ok(pieces)
}

/// Whether a file is worth copying, and was for everybody to read.
fn is_small_and_open(data: &fs::Metadata) -> bool {
    data.is_file() && data.len() <= COPIED && data.permissions().mode() & 0o004 != 0
}

fn tree(at: &Path) -> Result<Piece, Failure> {
    let attributes = libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NODEV;
    open(at, attributes)
}

fn device(at: &Path) -> Result<Piece, Failure> {
    // Read-only is the file, its times above all; what is written to the device passes.
    let attributes = libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NOEXEC;
    open(at, attributes)
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
pub(super) fn assemble(pieces: Vec<Piece>) -> Result<Level, Failure> {
    let stage = Path::new(STAGE);
    memory(stage, "size=4m,nr_inodes=4096,mode=755")?;
    furnish(stage, pieces).inspect_err(|_| {
        // The failure is told in any case; what still covers the old root is only in the way.
        let _ = unmount(stage, UnmountFlags::DETACH);
    })
}

/// Moves into the new root and lets go of the old one.
pub(super) fn enter() -> Result<(), Failure> {
    pivot(Path::new(STAGE)).map_err(|error| Failure::new("move into", "the new root", error))
}

fn furnish(stage: &Path, pieces: Vec<Piece>) -> Result<Level, Failure> {
    skeleton(stage)?;
    for piece in pieces {
        show(piece, stage)?;
    }
    Ok(match proc(&stage.join("proc")) {
        Ok(()) => Level::Full,
        // A container that covers parts of its own /proc is not allowed a fresh one.
        Err(error) => Level::Partial(format!("no /proc: {error}")),
    })
}

/// The folders in the file system of a run: where each is shown, and who may enter.
const FOLDERS: [(&str, Option<&str>, u32); 4] = [
    ("work", None, 0o755),
    ("home", Some("/home/user"), 0o700),
    ("tmp", Some("/tmp"), 0o1777),
    ("shm", Some("/dev/shm"), 0o1777),
];

/// The file system of one run: one for everything writable, so that one size bounds it all. It lies
/// nowhere until a cell puts it in its place: what the stem had mounted it would have to unmount,
/// for which the kernel waits for all processors.
pub(super) struct Space(OwnedFd);

impl Space {
    pub(super) fn new(room: Room) -> Result<Space, Failure> {
        let fail = |error: Errno| Failure::new("make", "a file system in memory", error);
        let space = Space(detached(room).map_err(fail)?);
        space.inside(|| {
            for (name, _, mode) in FOLDERS {
                folder(Path::new(name))?;
                fs::set_permissions(name, fs::Permissions::from_mode(mode))
                    .map_err(|error| Failure::new("open up", name, error))?;
            }
            Ok(())
        })?;
        Ok(space)
    }

    /// Does something that names what lies in here by relative paths.
    pub(super) fn inside<T>(
        &self,
        work: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let fail = |error: Errno| Failure::new("enter", "the file system of a run", error);
        fchdir(&self.0).map_err(fail)?;
        let done = work();
        chdir("/").map_err(fail)?;
        done
    }

    /// Gives it another size, wherever it is mounted by now.
    pub(super) fn resize(&self, room: Room) -> Result<(), Failure> {
        let resize = || {
            let flags = FsPickFlags::FSPICK_CLOEXEC | FsPickFlags::FSPICK_EMPTY_PATH;
            let system = fspick(&self.0, "", flags)?;
            set_room(&system, room)?;
            fsconfig_reconfigure(&system)
        };
        resize().map_err(|error| Failure::new("resize", "the file system of a run", error))
    }

    /// How many bytes are in use; as good as all when that cannot be told.
    pub(super) fn used(&self) -> u64 {
        fstatvfs(&self.0).map_or(u64::MAX, |all| {
            all.f_blocks.saturating_sub(all.f_bfree).saturating_mul(all.f_frsize)
        })
    }
}

fn detached(room: Room) -> Result<OwnedFd, Errno> {
    let system = fsopen("tmpfs", FsOpenFlags::FSOPEN_CLOEXEC)?;
    fsconfig_set_string(&system, "source", "stillruns")?;
    fsconfig_set_string(&system, "mode", "755")?;
    set_room(&system, room)?;
    fsconfig_create(&system)?;
    let attributes = MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NODEV;
    fsmount(&system, FsMountFlags::FSMOUNT_CLOEXEC, attributes)
}

fn set_room(system: &OwnedFd, room: Room) -> Result<(), Errno> {
    fsconfig_set_string(system, "size", room.bytes.to_string())?;
    fsconfig_set_string(system, "nr_inodes", room.names.to_string())
}

/// Puts the folders of the run in their places, and what of `roots` they would cover on top of
/// them: an environment may lie in `/tmp`. Called in the cell.
pub(super) fn settle(space: &Space, mounts: &Level, roots: &[PathBuf]) -> Result<(), Failure> {
    move_mount(&space.0, "", CWD, SPACE, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)
        .map_err(|error| Failure::new("mount", SPACE, error))?;
    for (name, at, _) in FOLDERS {
        if let Some(at) = at {
            let covered = roots.iter().filter(|root| root.starts_with(at)).map(|root| tree(root));
            let covered: Vec<Piece> = covered.collect::<Result<_, _>>()?;
            mount_bind(Path::new(SPACE).join(name), at)
                .map_err(|error| Failure::new("bind", at, error))?;
            for piece in covered {
                show(piece, Path::new("/"))?;
            }
        }
    }
    match mounts {
        // Covers that of the lane.
        Level::Full => {
            proc(Path::new("/proc")).map_err(|error| Failure::new("mount", "/proc", error))
        }
        _ => Ok(()),
    }
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
    for id in InterpreterId::ALL {
        let recipe = id.recipe();
        let scripts = [(driver_of(*id), recipe.driver_file), (warm_of(*id), recipe.warm)];
        for (at, text) in scripts.into_iter().filter_map(|(at, text)| Some((at, text?))) {
            write(&stage.join(at.strip_prefix("/").unwrap_or(&at)), text.as_bytes(), 0o444)?;
        }
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
        Piece::Copy { at, bytes } => write(&below(&at), &bytes, 0o444),
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

fn proc(at: &Path) -> Result<(), Errno> {
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC | MountFlags::RDONLY;
    mount("proc", at, "proc", flags, None)
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
