//! Where things lie for the program: with mounts in a root of its own, without them in a folder of
//! the host.
//!
//! Names and the files of a job only; `mounts.rs` builds the first form, the host makes the second.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

#[cfg(target_os = "linux")]
use super::Ground;
#[cfg(target_os = "linux")]
use super::prepared::Shape;
use super::wire::{Failure, Task};
use crate::interpreter::{InterpreterId, Spot};
use crate::job::Job;
#[cfg(target_os = "linux")]
use crate::job::Network;
use crate::scratch::Scratch;

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

/// Where the file system of a run lies in a root of its own.
pub(super) const SPACE: &str = "/rw";

/// Where the drivers of all interpreters lie in a root of its own.
pub(super) const DRIVERS: &str = "/run/driver";

/// Where the script lies that keeps an interpreter warm.
pub(super) fn warm_of(id: InterpreterId) -> PathBuf {
    Path::new("/run/warm").join(id.name())
}

/// Absolute paths as the program sees them.
#[derive(Debug)]
pub(super) struct Layout {
    /// The scratch folder, in which the program starts.
    pub(super) work: PathBuf,
    pub(super) home: PathBuf,
    pub(super) temp: PathBuf,
    /// The driver, for interpreters that want it as a file.
    pub(super) driver: PathBuf,
    /// What tells the driver of more than one program, where there is more to tell.
    pub(super) plan: PathBuf,
    /// Whether the driver comes with the run and not with the lane.
    own_driver: bool,
    /// Folders and files that may be read and executed.
    pub(super) readable: Vec<PathBuf>,
    /// Folders that may be written.
    pub(super) writable: Vec<PathBuf>,
    /// Devices, or the folder that holds nothing else.
    pub(super) devices: Vec<PathBuf>,
}

impl Layout {
    /// How the stem names a file or folder of the run: with a root of its own relative to the file
    /// system of the run, which only the cell has in its place.
    pub(super) fn seen_by_stem<'p>(&self, path: &'p Path) -> &'p Path {
        if self.own_driver { path } else { path.strip_prefix(SPACE).unwrap_or(path) }
    }

    /// The layout for a run on this ground.
    #[cfg(target_os = "linux")]
    pub(super) fn of(ground: &Ground, shape: &Shape) -> Layout {
        match &shape.scratch {
            Some(scratch) if !ground.own_root() => Layout::on_host(scratch, ground),
            _ => Layout::own_root(shape.id),
        }
    }

    /// The layout inside of a root of its own: all that is visible may be read. The names of
    /// folders that may be written are those that the stem and the cell both know.
    pub(super) fn own_root(id: InterpreterId) -> Layout {
        let path = PathBuf::from;
        Layout {
            work: path("/rw/work"),
            home: path("/home/user"),
            temp: path("/tmp"),
            driver: driver_of(id),
            plan: path("/rw/plan"),
            own_driver: false,
            readable: vec![path("/")],
            writable: ["/rw/work", "/rw/home", "/rw/tmp", "/rw/shm"].map(path).to_vec(),
            devices: vec![path("/dev")],
        }
    }

    /// The layout in a private folder of the host, with all of the host that may be read.
    #[cfg(target_os = "linux")]
    fn on_host(scratch: &Path, ground: &Ground) -> Layout {
        let mut readable = vec![PathBuf::from("/usr"), PathBuf::from("/proc/self")];
        readable.extend(SYSTEM.iter().map(|name| Path::new("/").join(name)));
        readable.extend(SETTINGS.iter().map(|name| Path::new("/etc").join(name)));
        readable.extend(["/etc/passwd", "/etc/group", "/etc/nsswitch.conf"].map(Into::into));
        if ground.terms.network == Network::Host {
            readable.extend(["/etc/resolv.conf", "/etc/hosts"].map(Into::into));
        }
        readable.extend(ground.terms.roots.iter().cloned());
        let own = Layout::in_folder(scratch);
        readable.extend(own.readable.iter().cloned());
        Layout { readable, ..own }
    }

    /// The layout in a private folder of the host, and nothing else of the host.
    pub(super) fn in_folder(scratch: &Path) -> Layout {
        let folders = ["work", "home", "tmp"].map(|name| scratch.join(name));
        let [driver, plan] = ["driver", "plan"].map(|name| scratch.join(name));
        let readable = vec![driver.clone(), plan.clone()];
        let [work, home, temp] = folders.clone();
        let writable = folders.to_vec();
        let devices = DEVICES.iter().map(|name| Path::new("/dev").join(name)).collect();
        Layout { work, home, temp, driver, plan, own_driver: true, readable, writable, devices }
    }

    /// What the interpreter must know to find its programs.
    pub(super) fn spot<'a>(&'a self, id: InterpreterId, task: Option<&'a Task>) -> Spot<'a> {
        Spot {
            name: task.map_or("", |task| &task.name),
            folder: &self.work,
            driver: &self.driver,
            plan: task.filter(|task| task.is_planned).map(|_| self.plan.as_path()),
            report: id.recipe().report,
        }
    }
}

/// Where the driver of an interpreter lies in a root of its own.
pub(super) fn driver_of(id: InterpreterId) -> PathBuf {
    Path::new(DRIVERS).join(id.name())
}

/// Makes the private folder of a run on the host. Called by the stem.
pub(super) fn make(scratch: &Path) -> Result<Scratch, Failure> {
    Scratch::make(scratch)
        .map_err(|error| Failure::new("make", scratch.display().to_string(), error))
}

/// Writes the files of a job. Called by the stem.
pub(super) fn fill(layout: &Layout, job: &Job, task: &Task) -> Result<(), Failure> {
    let put = |path: &Path, bytes: &[u8], mode| write(layout.seen_by_stem(path), bytes, mode);
    if let Some(text) = job.interpreter.id.recipe().driver_file
        && layout.own_driver
    {
        put(&layout.driver, text.as_bytes(), 0o444)?;
    }
    let spot = layout.spot(job.interpreter.id, Some(task));
    if let Some(plan) = spot.plan {
        put(plan, (job.interpreter.id.recipe().plan)(job, &spot).as_bytes(), 0o444)?;
    }
    for file in &job.files {
        put(&layout.work.join(&file.path), &file.contents, 0o644)?;
    }
    if job.interpreter.id.recipe().watches && !job.before.is_empty() {
        // The driver makes them, each at its turn.
        return Ok(());
    }
    for part in &job.before {
        put(&layout.work.join(part.name()), part.code().as_bytes(), 0o644)?;
    }
    put(&layout.work.join(&job.name), job.code.as_bytes(), 0o644)
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
