//! Where things lie for the program: with mounts in a root of its own, without them in a folder of
//! the host.
//!
//! Names only; `mounts.rs` builds the first form, the folders of the second are made here.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use super::wire::Failure;
use crate::job::Job;

/// Device files that a program finds in `/dev`.
pub(super) const DEVICES: [&str; 5] = ["null", "zero", "full", "random", "urandom"];

/// Files below `/etc` that programs read and that tell nothing about this machine's users. The
/// last part is for programs that were given the network.
pub(super) const SETTINGS: [&str; 15] = [
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "alternatives",
    "ssl/certs",
    "ssl/openssl.cnf",
    "pki/tls/certs",
    "ca-certificates",
    "mime.types",
    "services",
    "protocols",
    "terminfo",
    "os-release",
    "debian_version",
];

/// System folders, on many systems links into `/usr`.
pub(super) const SYSTEM: [&str; 6] = ["bin", "sbin", "lib", "lib64", "lib32", "libx32"];

/// Absolute paths as the program sees them.
#[derive(Debug)]
pub(super) struct Layout {
    /// The scratch folder, in which the program starts.
    pub(super) work: PathBuf,
    pub(super) home: PathBuf,
    pub(super) temp: PathBuf,
    /// The driver, for interpreters that want it as a file.
    pub(super) driver: PathBuf,
    /// Folders and files that may be read and executed.
    pub(super) readable: Vec<PathBuf>,
    /// Folders that may be written.
    pub(super) writable: Vec<PathBuf>,
}

impl Layout {
    /// The layout inside of a root of its own: all that is visible may be read.
    pub(super) fn own_root() -> Layout {
        let path = PathBuf::from;
        let writable = ["/rw/work", "/rw/home", "/rw/tmp", "/home/user", "/tmp", "/dev/shm"];
        Layout {
            work: path("/rw/work"),
            home: path("/home/user"),
            temp: path("/tmp"),
            driver: path("/run/driver"),
            readable: vec![path("/")],
            writable: writable.map(path).to_vec(),
        }
    }

    /// The layout in a private folder of the host.
    pub(super) fn on_host(scratch: &Path, job: &Job) -> Layout {
        let folders = ["work", "home", "tmp"].map(|name| scratch.join(name));
        let mut readable = vec![PathBuf::from("/usr"), PathBuf::from("/proc/self")];
        readable.extend(SYSTEM.iter().map(|name| Path::new("/").join(name)));
        readable.extend(SETTINGS.iter().map(|name| Path::new("/etc").join(name)));
        readable.extend(["/etc/passwd", "/etc/group", "/etc/nsswitch.conf"].map(Into::into));
        if job.policy.network {
            readable.extend(["/etc/resolv.conf", "/etc/hosts"].map(Into::into));
        }
        readable.extend(job.interpreter.roots.iter().cloned());
        readable.push(scratch.join("driver"));
        let [work, home, temp] = folders.clone();
        Layout {
            work,
            home,
            temp,
            driver: scratch.join("driver"),
            readable,
            writable: folders.to_vec(),
        }
    }

    pub(super) fn devices(&self) -> impl Iterator<Item = PathBuf> + use<> {
        DEVICES.iter().map(|name| Path::new("/dev").join(name))
    }
}

/// Makes the folders of [`Layout::on_host`] and gives them to the user of the program.
pub(super) fn prepare_on_host(scratch: &Path, owner: Option<(u32, u32)>) -> Result<(), Failure> {
    let mut folders = vec![scratch.to_owned()];
    folders.extend(["work", "home", "tmp"].map(|name| scratch.join(name)));
    for folder in folders {
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        let given = |()| match owner {
            Some((user, group)) => chown(&folder, Some(user), Some(group)),
            None => Ok(()),
        };
        made.and_then(given)
            .map_err(|error| Failure::new("make folder", folder.display().to_string(), error))?;
    }
    Ok(())
}

/// Writes the driver and the files of a job, by paths below `root`.
pub(super) fn fill(layout: &Layout, root: &Path, job: &Job) -> Result<(), Failure> {
    let below = |path: &Path| root.join(path.strip_prefix("/").unwrap_or(path));
    if let Some(text) = job.interpreter.id.recipe().driver_file {
        write(&below(&layout.driver), text.as_bytes(), 0o444)?;
    }
    let work = below(&layout.work);
    for file in &job.files {
        write(&work.join(&file.path), &file.contents, 0o644)?;
    }
    write(&work.join(&job.name), job.code.as_bytes(), 0o644)
}

pub(super) fn write(path: &Path, contents: &[u8], mode: u32) -> Result<(), Failure> {
    let write = || -> io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, contents)?;
        fs::set_permissions(path, fs::Permissions::from_mode(mode))
    };
    write().map_err(|error| Failure::new("write", path.display().to_string(), error))
}
