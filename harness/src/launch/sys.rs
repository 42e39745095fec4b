//! The only unsafe code: calls for which rustix has no safe form, each wrapped to be safe here.
//!
//! No policy: callers decide what a failure means.
#![expect(unsafe_code, reason = "the one place for it; every block states why it is sound")]

use std::ffi::{CStr, CString};
use std::io;
use std::mem;
use std::os::fd::{AsRawFd, BorrowedFd};

use rustix::process::Pid;

use crate::run::Usage;

/// Forks with new namespaces. `None` is the child.
///
/// The caller must be single-threaded, as the child is a copy of it in which no other thread runs.
pub(super) fn clone(flags: i32) -> io::Result<Option<Pid>> {
    let flags = i64::from(flags) | i64::from(libc::SIGCHLD);
    // SAFETY: without CLONE_VM and with no stack this is fork: the child gets a copy of the memory
    // and returns here. The process has one thread (asserted by `intercept`), so no lock is held
    // by a thread that the child lacks. All further arguments are unused with these flags.
    let pid = unsafe { libc::syscall(libc::SYS_clone, flags, 0, 0, 0, 0) };
    if pid < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(i32::try_from(pid).ok().and_then(Pid::from_raw))
}

/// Waits for a child (any child without a pid): its pid, raw status and cost.
pub(super) fn wait(pid: Option<Pid>) -> io::Result<(Option<Pid>, i32, Usage)> {
    let which = pid.map_or(-1, |pid| pid.as_raw_nonzero().get());
    let mut status = 0;
    // SAFETY: `rusage` consists of integers, for which zero is a value.
    let mut usage: libc::rusage = unsafe { mem::zeroed() };
    loop {
        // SAFETY: both pointers are to live locals of the right types.
        let got = unsafe { libc::wait4(which, &raw mut status, 0, &raw mut usage) };
        if got >= 0 {
            return Ok((Pid::from_raw(got), status, usage_of(&usage)));
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

fn usage_of(usage: &libc::rusage) -> Usage {
    let millis = |time: libc::timeval| {
        u64::try_from(time.tv_sec * 1000 + time.tv_usec / 1000).unwrap_or_default()
    };
    Usage {
        wall_ms: 0,
        user_ms: millis(usage.ru_utime),
        system_ms: millis(usage.ru_stime),
        max_rss_kib: u64::try_from(usage.ru_maxrss).unwrap_or_default(),
    }
}

/// Moves this process into a new network namespace.
pub(super) fn leave_network() -> io::Result<()> {
    // SAFETY: takes a number only, and changes neither memory nor descriptors of this process.
    let done = unsafe { libc::unshare(libc::CLONE_NEWNET) };
    if done < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Brings up the loopback interface of this process's network namespace.
pub(super) fn raise_loopback() -> io::Result<()> {
    let socket = rustix::net::socket(
        rustix::net::AddressFamily::INET,
        rustix::net::SocketType::DGRAM,
        None,
    )?;
    // SAFETY: `ifreq` is plain data, for which zero is a value.
    let mut request: libc::ifreq = unsafe { mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(c"lo".to_bytes_with_nul()) {
        *to = from.cast_signed();
    }
    request.ifr_ifru.ifru_flags = libc::IFF_UP as libc::c_short;
    // SAFETY: the request is of the type that this call reads, and lives through it.
    let done =
        unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS as _, &raw const request) };
    if done < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Sets attributes (`MOUNT_ATTR_*`) on a detached tree of mounts and all below it.
pub(super) fn set_mount_attributes(tree: BorrowedFd<'_>, attributes: u64) -> io::Result<()> {
    let request =
        libc::mount_attr { attr_set: attributes, attr_clr: 0, propagation: 0, userns_fd: 0 };
    let flags = libc::AT_EMPTY_PATH | libc::AT_RECURSIVE;
    // SAFETY: the path is a C string, `request` lives through the call and its size is given.
    let done = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            tree.as_raw_fd(),
            c"".as_ptr(),
            flags,
            &raw const request,
            mem::size_of_val(&request),
        )
    };
    if done < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Closes every descriptor from 3 on. Only for the very start of the launcher, which owns none.
pub(super) fn close_inherited() -> io::Result<()> {
    close_range(0)
}

/// Closes every descriptor from 3 on but these. For a process that will use no other and that ends
/// without dropping their owners.
pub(super) fn close_all_but<const N: usize>(kept: [BorrowedFd<'_>; N]) -> io::Result<()> {
    let mut kept = kept.map(|fd| libc::c_uint::try_from(fd.as_raw_fd()).unwrap_or_default());
    kept.sort_unstable();
    let mut next = 3;
    for fd in kept.into_iter().filter(|fd| *fd >= 3) {
        if fd > next {
            close_between(next, fd - 1, 0)?;
        }
        next = fd + 1;
    }
    close_between(next, libc::c_uint::MAX, 0)
}

/// Marks every descriptor from 3 on to be closed by `exec`.
pub(super) fn close_on_exec() -> io::Result<()> {
    close_range(libc::CLOSE_RANGE_CLOEXEC)
}

fn close_range(flags: libc::c_uint) -> io::Result<()> {
    close_between(3, libc::c_uint::MAX, flags)
}

fn close_between(first: libc::c_uint, last: libc::c_uint, flags: libc::c_uint) -> io::Result<()> {
    // SAFETY: takes numbers only. Closing is called before any descriptor of ours exists, or by a
    // process that touches none but the kept ones from then on, so no owner that is still used is
    // left with a closed one; marking closes nothing.
    let done = unsafe { libc::syscall(libc::SYS_close_range, first, last, flags) };
    if done < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Puts a copy of a descriptor at a number, to be inherited by `exec`.
pub(super) fn inherit_as(fd: BorrowedFd<'_>, number: i32) -> io::Result<()> {
    // SAFETY: takes numbers only. The number belongs to nothing: descriptors that this process
    // keeps lie elsewhere (`OURS` in the launcher), and `exec` follows.
    let done = unsafe { libc::dup2(fd.as_raw_fd(), number) };
    if done < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// The version of Landlock that the kernel offers.
pub(super) fn landlock_abi() -> io::Result<u32> {
    const VERSION: libc::c_uint = 1;
    let none = std::ptr::null::<libc::c_void>();
    // SAFETY: with this flag the kernel reads nothing through the pointer, which must be null.
    let abi = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, none, 0_usize, VERSION) };
    u32::try_from(abi).map_err(|_| io::Error::last_os_error())
}

/// Has the kernel reap all children of this process.
pub(super) fn ignore_children() {
    // SAFETY: sets no handler, only that the signal is ignored.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
}

/// Gives every signal its default meaning and unblocks all, as a fresh program expects it. The
/// Rust runtime ignores SIGPIPE, and the caller of the host may have ignored more.
pub(super) fn reset_signals() {
    for signal in 1..=64 {
        // SAFETY: sets no handler, only the default. Numbers without a changeable meaning fail,
        // which changes nothing.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
    // SAFETY: `sigset_t` is plain data that `sigemptyset` initializes; the old mask is not asked.
    unsafe {
        let mut none: libc::sigset_t = mem::zeroed();
        libc::sigemptyset(&raw mut none);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const none, std::ptr::null_mut());
    }
}

/// Becomes another program; returns only the reason why not.
pub(super) fn exec(program: &CStr, arguments: &[CString], environment: &[CString]) -> io::Error {
    let pointers = |strings: &[CString]| -> Vec<*const libc::c_char> {
        strings.iter().map(|one| one.as_ptr()).chain([std::ptr::null()]).collect()
    };
    let (arguments, environment) = (pointers(arguments), pointers(environment));
    // SAFETY: both arrays end in null and point to C strings that outlive the call.
    unsafe { libc::execve(program.as_ptr(), arguments.as_ptr(), environment.as_ptr()) };
    io::Error::last_os_error()
}
