//! User, process, mount, IPC, host name, cgroup and network namespaces: which to ask for, and who
//! the program is inside and outside.
//!
//! Nested namespaces are refused to the program by the system call filter, not here.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rustix::process::{Pid, getegid, geteuid};
use rustix::thread::{Gid, Uid, set_thread_res_gid, set_thread_res_uid};

use super::wire::{Failure, Terms};

/// Who the program is inside.
const INSIDE: u32 = 1000;

/// Who the program is outside when root starts it: never root, and nobody's number either
/// (61184 to 65519 is the range that systemd keeps for dynamic users).
const INSTEAD_OF_ROOT: u32 = 61184;

/// What the programs of a namespace may have at most of things that the user outside has only so
/// many of, in all (`namespaces(7)`, `inotify(7)`).
const SHARES: [(&str, &str); 4] = [
    ("max_inotify_instances", "32"),
    ("max_inotify_watches", "8192"),
    ("max_fanotify_groups", "0"),
    ("max_user_namespaces", "0"),
];

/// One try to create the child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attempt {
    /// All namespaces, with an empty network or the network of the host.
    Namespaces { network: bool },
    /// A plain child.
    Plain,
}

impl Attempt {
    pub(super) fn flags(self) -> i32 {
        let all = libc::CLONE_NEWUSER
            | libc::CLONE_NEWNS
            | libc::CLONE_NEWPID
            | libc::CLONE_NEWIPC
            | libc::CLONE_NEWUTS
            | libc::CLONE_NEWCGROUP;
        match self {
            Attempt::Namespaces { network: true } => all | libc::CLONE_NEWNET,
            Attempt::Namespaces { network: false } => all,
            Attempt::Plain => 0,
        }
    }

    /// What a cell has for itself within that.
    pub(super) fn flags_of_cell(self, own_root: bool) -> i32 {
        match self {
            Attempt::Plain => 0,
            Attempt::Namespaces { .. } if own_root => {
                libc::CLONE_NEWPID | libc::CLONE_NEWIPC | libc::CLONE_NEWNS
            }
            Attempt::Namespaces { .. } => libc::CLONE_NEWPID | libc::CLONE_NEWIPC,
        }
    }
}

/// The numbers of user and group under which the program runs, seen from outside. The root of a
/// user namespace that holds no other number, as `unshare -Ur` makes it, stays who it is: outside
/// it is nobody special.
pub(super) fn outside() -> (u32, u32) {
    let instead = |id: u32, map: &str| {
        let holds = |(inside, _, count): (u32, u32, u32)| {
            INSTEAD_OF_ROOT.checked_sub(inside).is_some_and(|at| at < count)
        };
        let known = ranges(map).any(holds);
        if id == 0 && known { INSTEAD_OF_ROOT } else { id }
    };
    let user = instead(geteuid().as_raw(), &read_map("uid_map"));
    let group = instead(getegid().as_raw(), &read_map("gid_map"));
    (user, group)
}

fn read_map(name: &str) -> String {
    fs::read_to_string(format!("/proc/self/{name}")).unwrap_or_default()
}

/// The ranges of a map of numbers: first inside, first outside, count (`user_namespaces(7)`).
fn ranges(map: &str) -> impl Iterator<Item = (u32, u32, u32)> {
    map.lines().filter_map(|line| {
        let mut numbers = line.split_whitespace().map(|number| number.parse().ok());
        Some((numbers.next()??, numbers.next()??, numbers.next()??))
    })
}

/// Whether number 0 here is the host's root too, as far as can be seen.
fn is_root_outside(map: &str) -> bool {
    ranges(map).any(|(inside, outside, _)| inside == 0 && outside == 0)
}

/// Tells the kernel who the child is. Called by the launcher, outside.
pub(super) fn map(child: Pid) -> Result<(), Failure> {
    let (user, group) = outside();
    if user == 0 && is_root_outside(&read_map("uid_map")) {
        let cause = io::Error::other("there is none but root");
        return Err(Failure::new("find", "a user to run as", cause));
    }
    let folder = format!("/proc/{}", child.as_raw_nonzero());
    let write = |name: &str, text: &str| {
        let path = format!("{folder}/{name}");
        write_once(&path, text).map_err(|error| Failure::new("write", path, error))
    };
    // Without this an unprivileged user may not map a group.
    write("setgroups", "deny")?;
    write("uid_map", &format!("{INSIDE} {user} 1"))?;
    write("gid_map", &format!("{INSIDE} {group} 1"))
}

fn write_once(path: &str, text: &str) -> io::Result<()> {
    use std::io::Write as _;
    // The kernel wants all of it in a single write, and no new file.
    fs::OpenOptions::new().write(true).open(path)?.write_all(text.as_bytes())
}

/// Becomes another user for good, and loses all capabilities with that. Called by the child.
pub(super) fn become_other((user, group): (u32, u32)) -> Result<(), Failure> {
    become_user(Uid::from_raw(user), Gid::from_raw(group))
}

/// Whether a user who is nobody special can get at all that a program needs.
pub(super) fn may_others(terms: &Terms) -> bool {
    let bits = |path: &Path| fs::metadata(path).map_or(0, |data| data.permissions().mode());
    terms.roots.iter().chain(&terms.warm).all(|path| {
        // Of a folder on the way only entering is asked.
        bits(path) & 0o5 == 0o5 && path.ancestors().all(|folder| bits(folder) & 0o1 == 0o1)
    })
}

/// Becomes the mapped user; capabilities within the namespace stay. Called by the child.
pub(super) fn become_mapped() -> Result<(), Failure> {
    become_user(Uid::from_raw(INSIDE), Gid::from_raw(INSIDE))?;
    for (name, most) in SHARES {
        // An old kernel may lack one, and a container may show all settings read-only.
        let _ = write_once(&format!("/proc/sys/user/{name}"), most);
    }
    Ok(())
}

fn become_user(user: Uid, group: Gid) -> Result<(), Failure> {
    set_thread_res_gid(group, group, group)
        .map_err(|error| Failure::new("become", "another group", error))?;
    set_thread_res_uid(user, user, user)
        .map_err(|error| Failure::new("become", "another user", error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_are_read() {
        let whole = "         0          0 4294967295\n";
        let single = "         0       1000          1\n";
        assert_eq!(ranges(whole).collect::<Vec<_>>(), [(0, 0, u32::MAX)]);
        assert!(is_root_outside(whole));
        assert!(!is_root_outside(single));
        assert_eq!(ranges("nonsense\n").count(), 0);
    }
}
