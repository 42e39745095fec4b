//! A loopback of its own for one run: a fresh network namespace in which nothing but that is up.
//!
//! Each run has a new one, so that not even the ports of the run before are taken. What a program
//! without any network finds is the matter of `namespaces`.

use std::os::fd::OwnedFd;

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

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
        .map_err(|error: Errno| Failure::new("hand out", "a loopback", error))
}
