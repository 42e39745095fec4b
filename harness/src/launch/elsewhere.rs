//! The child's side on systems other than Linux: a launcher that runs one program by `sandbox-exec`
//! where that is, as on macOS, and none where it is not.
//!
//! What it does is in `stand.rs`, which is tested on Linux as well; here it is only started.

#[expect(dead_code, reason = "what an interpreter that is kept warm takes is used on Linux only")]
mod command;
#[expect(dead_code, reason = "a root of its own is made on Linux only")]
mod layout;
mod report;
mod seatbelt;
mod stand;
#[expect(dead_code, reason = "cells and interpreters that are kept warm are made on Linux only")]
pub(crate) mod wire;

use std::io;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::{env, panic, process};

use rustix::io::fcntl_dupfd_cloexec;
use rustix::process::setsid;
use rustix::stdio::{dup2_stdin, stdin};

use self::stand::Stand;

/// Descriptors of ours lie from here on, out of the way of the numbers on which drivers report.
const OURS: i32 = 210;

/// Must be the first call of every `main` whose program is used as a launcher: when this process
/// was started as the launcher of a run it becomes that and never returns; otherwise it does
/// nothing.
pub fn intercept() {
    let mut arguments = env::args_os().skip(1);
    if arguments.next().is_none_or(|first| first != wire::FLAG) || arguments.next().is_some() {
        return;
    }
    panic::set_hook(Box::new(|_| {}));
    let served = panic::catch_unwind(serve);
    process::exit(i32::from(!matches!(served, Ok(Ok(())))));
}

fn serve() -> io::Result<()> {
    let control = UnixStream::from(fcntl_dupfd_cloexec(stdin(), OURS)?);
    let null =
        rustix::fs::open("/dev/null", rustix::fs::OFlags::RDONLY, rustix::fs::Mode::empty())?;
    dup2_stdin(null)?;
    // Only the leader of a group cannot, and that has no terminal already.
    let _ = setsid();
    Stand { tool: Path::new("/usr/bin/sandbox-exec"), limit: stand::limit }.serve(&control)
}
