//! Which network namespace a program finds: the empty one of the lane, where nothing of ours is, or
//! a fresh one for each run in which nothing but a loopback is up, so that not even the ports of the
//! run before are taken.
//!
//! That the namespace of the lane is empty is the matter of `namespaces`.

use std::os::fd::{AsFd as _, OwnedFd};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use super::sys;
use super::wire::Failure;

/// Moves this process, and all that it starts from now on, into a new network namespace.
pub(super) fn renew() -> Result<(), Failure> {
    sys::leave_network()
        .and_then(|()| sys::raise_loopback())
        .map_err(|error| Failure::new("make", "a loopback", error))
}

/// The network namespace of this process, by which others may join it.
pub(super) fn open() -> Result<OwnedFd, Failure> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    rustix::fs::open("/proc/self/ns/net", flags, Mode::empty())
        .map_err(|error: Errno| Failure::new("hand out", "a network namespace", error))
}

/// Leaves the network namespace of the programs to them, so that not even the number of our sockets
/// tells them anything.
pub(super) fn set_apart() -> Result<OwnedFd, Failure> {
    let theirs = open()?;
    sys::leave_network()
        .map_err(|error| Failure::new("leave", "the network namespace of programs", error))?;
    Ok(theirs)
}

/// Joins what [`set_apart`] left.
pub(super) fn join(theirs: &OwnedFd) -> Result<(), Failure> {
    move_into_link_name_space(theirs.as_fd(), Some(LinkNameSpaceType::Network))
        .map_err(|error| Failure::new("join", "the network namespace of programs", error))
}
