//! What on this machine decides how programs end: interpreters, their packages, the system's
//! commands and libraries, and what the kernel lets a process do. As digests.
//!
//! Reads folders and the data of files, never what they hold. Starts nothing.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::ledger::{Key, key};

/// A program that runs others: its own file, and all that lies beside it.
///
/// `roots` are the folders that it was installed into, besides those of the system.
pub fn program(path: &Path, roots: &[PathBuf]) -> Key {
    let mut seen = Seen::default();
    seen.file(path);
    // A link that now leads elsewhere is another program.
    seen.word(&fs::canonicalize(path).unwrap_or_default().to_string_lossy());
    if let Ok(real) = fs::canonicalize(path) {
        seen.file(&real);
    }
    let beside = path.parent().and_then(Path::parent).map(Path::to_owned);
    let system = ["/usr", "/usr/local"].map(PathBuf::from);
    let mut homes: Vec<PathBuf> = roots.iter().cloned().chain(beside).chain(system).collect();
    homes.sort();
    homes.dedup();
    for home in homes {
        seen.file(&home.join("pyvenv.cfg"));
        seen.file(&home.join("bin"));
        for library in ["lib", "lib64"].map(|name| home.join(name)) {
            for version in entries(&library) {
                if version
                    .file_name()
                    .is_some_and(|name| name.to_string_lossy().starts_with("python"))
                {
                    seen.packages(&version.join("site-packages"));
                    seen.packages(&version.join("dist-packages"));
                }
            }
        }
    }
    seen.key()
}

/// The commands and libraries of the system.
pub fn system() -> Key {
    let mut seen = Seen::default();
    for folder in [
        "/bin",
        "/sbin",
        "/usr/bin",
        "/usr/sbin",
        "/usr/local/bin",
        "/usr/local/sbin",
        "/usr/local/lib",
        "/lib",
        "/usr/lib",
    ] {
        seen.file(Path::new(folder));
    }
    // What changes with every package that is installed, on the common systems.
    for file in [
        "/etc/ld.so.cache",
        "/etc/os-release",
        "/var/lib/dpkg/status",
        "/lib/apk/db/installed",
        "/var/lib/rpm/rpmdb.sqlite",
        "/usr/lib/sysimage/rpm/rpmdb.sqlite",
        "/var/lib/pacman/local",
        "/usr/share/zoneinfo",
    ] {
        seen.file(Path::new(file));
    }
    seen.key()
}

/// This very program and what the kernel lets it do: as long as this is the same, so is what a
/// sandbox can be made of.
pub fn machine(own: &Path) -> Key {
    let mut seen = Seen::default();
    seen.file(own);
    for file in [
        "/proc/sys/kernel/random/boot_id",
        "/proc/sys/kernel/osrelease",
        "/proc/sys/user/max_user_namespaces",
        "/proc/sys/kernel/unprivileged_userns_clone",
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "/proc/self/attr/current",
        "/proc/self/cgroup",
        "/proc/self/uid_map",
    ] {
        seen.word(&fs::read_to_string(file).unwrap_or_default());
    }
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    for line in status.lines() {
        if ["Uid:", "Gid:", "Cap", "NoNewPrivs:", "Seccomp:"]
            .iter()
            .any(|name| line.starts_with(name))
        {
            seen.word(line);
        }
    }
    for space in entries(Path::new("/proc/self/ns")) {
        seen.word(&fs::read_link(space).unwrap_or_default().to_string_lossy());
    }
    seen.key()
}

/// This very program.
pub fn tool(own: &Path) -> Key {
    let mut seen = Seen::default();
    seen.word(env!("CARGO_PKG_VERSION"));
    // Two builds of one version are two programs.
    if let Ok(data) = fs::metadata(own) {
        seen.word(&format!("{} {} {}", data.len(), data.mtime(), data.mtime_nsec()));
    }
    seen.key()
}

/// What was seen, in order.
#[derive(Default)]
struct Seen(Vec<u8>);

impl Seen {
    fn word(&mut self, word: &str) {
        self.0.extend_from_slice(&(word.len() as u64).to_le_bytes());
        self.0.extend_from_slice(word.as_bytes());
    }

    /// The identity of a file or folder, or that there is none.
    fn file(&mut self, path: &Path) {
        self.word(&path.to_string_lossy());
        let told = fs::metadata(path).map_or_else(
            |_| "none".to_owned(),
            |data| {
                let (seconds, nanos) = (data.mtime(), data.mtime_nsec());
                format!("{} {} {} {seconds} {nanos}", data.dev(), data.ino(), data.len())
            },
        );
        self.word(&told);
    }

    /// A folder of packages: when anything directly in it was made, replaced or removed.
    fn packages(&mut self, folder: &Path) {
        self.file(folder);
        for entry in entries(folder) {
            self.file(&entry);
        }
    }

    fn key(self) -> Key {
        key([self.0.as_slice()])
    }
}

/// What lies in a folder, sorted; nothing where it cannot be read.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    // As text: part by part, as paths compare, costs several times as much.
    paths.sort_by(|one, two| one.as_os_str().cmp(two.as_os_str()));
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_is_installed_changes_its_interpreter_and_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = |name: &str| {
            let home = folder.path().join(name);
            fs::create_dir_all(home.join("lib/python3.13/site-packages")).expect("made");
            fs::create_dir_all(home.join("bin")).expect("made");
            fs::copy("/bin/sh", home.join("bin/python")).expect("copied");
            home
        };
        let (one, two) = (home("one"), home("two"));
        let seen = |home: &Path| program(&home.join("bin/python"), &[home.to_owned()]);
        let before = (seen(&one), seen(&two));
        assert_eq!(before, (seen(&one), seen(&two)));
        fs::create_dir(one.join("lib/python3.13/site-packages/thing-1.dist-info")).expect("made");
        assert_ne!(before.0, seen(&one));
        assert_eq!(before.1, seen(&two));
        fs::copy("/bin/cat", two.join("bin/python")).expect("copied");
        assert_ne!(before.1, seen(&two));
    }

    #[test]
    fn nothing_of_it_changes_by_itself() {
        let own = Path::new("/bin/sh");
        assert_eq!((machine(own), tool(own), system()), (machine(own), tool(own), system()));
    }
}
