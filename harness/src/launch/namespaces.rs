//! User, process, mount, IPC, host name, cgroup and network namespaces: which to ask for, and who
//! the program is inside and outside.
//!
//! Nested namespaces are refused to the program by the system call filter, not here.

use std::fs;
use std::io;

use rustix::process::{Pid, getegid, geteuid};
use rustix::thread::{Gid, Uid, set_thread_res_gid, set_thread_res_uid};

use super::wire::Failure;

/// Who the program is inside.
const INSIDE: u32 = 1000;

/// Who the program is outside when root starts it: never root, and nobody's number either
/// (61184 to 65519 is the range that systemd keeps for dynamic users).
const INSTEAD_OF_ROOT: u32 = 61184;

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
}

/// The numbers of user and group under which the program runs, seen from outside.
pub(super) fn outside() -> (u32, u32) {
    let instead = |id: u32| if id == 0 { INSTEAD_OF_ROOT } else { id };
    (instead(geteuid().as_raw()), instead(getegid().as_raw()))
}

/// Tells the kernel who the child is. Called by the launcher, outside.
pub(super) fn map(child: Pid) -> Result<(), Failure> {
    let (user, group) = outside();
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

/// Becomes the mapped user; capabilities within the namespace stay. Called by the child.
pub(super) fn become_mapped() -> Result<(), Failure> {
    let (user, group) = (Uid::from_raw(INSIDE), Gid::from_raw(INSIDE));
    set_thread_res_gid(group, group, group)
        .map_err(|error| Failure::new("become", "the mapped group", error))?;
    set_thread_res_uid(user, user, user)
        .map_err(|error| Failure::new("become", "the mapped user", error))
}
