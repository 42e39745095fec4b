//! How a driver tells what its program did: over a socket of its own, between two copies of a mark
//! that it finds in there.
//!
//! Keeps apart what the driver tells and what a program writes to that descriptor. What it means is
//! for `interpreter` to say. A program that searches the memory of its driver finds the mark.

use std::fmt::Write as _;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

use rustix::io::{fcntl_dupfd_cloexec, write};

use super::OURS;
use super::wire::Failure;

/// What stands before and after everything that a driver tells.
pub(super) struct Mark(Vec<u8>);

/// The end of the stem, that of the driver, and the mark, which must still be introduced.
pub(super) fn channel() -> Result<(OwnedFd, OwnedFd, Mark), Failure> {
    make().map_err(|error| Failure::new("make", "a way to report", error))
}

fn make() -> io::Result<(OwnedFd, OwnedFd, Mark)> {
    let mut mark = String::new();
    random()?.iter().for_each(|byte| {
        write!(mark, "{byte:02x}").expect("writing to a string does not fail");
    });
    // A stream, as shells read it byte by byte.
    let (near, far) = UnixStream::pair()?;
    let (near, far) = (OwnedFd::from(near), OwnedFd::from(far));
    // Out of the way of the number at which the driver will find it.
    let keep = |fd: OwnedFd| fcntl_dupfd_cloexec(fd, OURS);
    Ok((keep(near)?, keep(far)?, Mark(mark.into_bytes())))
}

#[cfg(target_os = "linux")]
fn random() -> io::Result<[u8; 16]> {
    let mut random = [0; 16];
    rustix::rand::getrandom(&mut random, rustix::rand::GetRandomFlags::empty())?;
    Ok(random)
}

#[cfg(not(target_os = "linux"))]
fn random() -> io::Result<[u8; 16]> {
    let mut random = [0; 16];
    io::Read::read_exact(&mut std::fs::File::open("/dev/urandom")?, &mut random)?;
    Ok(random)
}

impl Mark {
    /// Puts the mark where the driver will find it, at the end of the stem; with the `word` of the
    /// host, which is known when there is an order.
    pub(super) fn introduce(&self, near: &OwnedFd, word: &str) -> Result<(), Failure> {
        let text = [self.0.as_slice(), b"\n", word.as_bytes(), b"\n"].concat();
        match write(near, &text) {
            Ok(_) => Ok(()),
            Err(error) => Err(Failure::new("introduce", "the mark", error)),
        }
    }

    /// What tells that a program was begun where there are more than one.
    #[cfg(target_os = "linux")]
    pub(super) fn beginning(&self) -> Vec<u8> {
        [self.0.as_slice(), b".", &self.0].concat()
    }

    /// What a driver told, of all that came.
    pub(super) fn told(&self, bytes: &[u8]) -> Vec<u8> {
        let mut told = Vec::new();
        let (mut rest, mut inside) = (bytes, false);
        while let Some(at) = rest.windows(self.0.len()).position(|window| window == self.0) {
            if inside {
                told.extend_from_slice(&rest[..at]);
            }
            inside = !inside;
            rest = &rest[at + self.0.len()..];
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_marks_was_told() {
        let mark = Mark(b"<mark>".to_vec());
        for (came, told) in [
            ("", ""),
            ("completed", ""),
            ("<mark>completed<mark>", "completed"),
            ("junk<mark>.<mark>junk<mark>done<mark>junk", ".done"),
            ("<mark>torn", ""),
            ("<mark>.<mark><mark>done", "."),
        ] {
            assert_eq!(mark.told(came.as_bytes()), told.as_bytes(), "{came}");
        }
    }
}
