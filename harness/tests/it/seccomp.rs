//! The filter answers as its table says, seen from a program.

use std::fmt::Write as _;

use stillruns_harness::Mechanism;

use crate::{offered, python};

const EPERM: i32 = 1;
const ENOSYS: i32 = 38;

#[test]
fn dangerous_calls_are_refused() {
    if !offered(&[Mechanism::Seccomp]) {
        return;
    }
    let table = [
        (libc::SYS_ptrace, EPERM),
        (libc::SYS_process_vm_readv, EPERM),
        (libc::SYS_process_vm_writev, EPERM),
        (libc::SYS_kcmp, EPERM),
        (libc::SYS_mount, EPERM),
        (libc::SYS_umount2, EPERM),
        (libc::SYS_chroot, EPERM),
        (libc::SYS_pivot_root, EPERM),
        (libc::SYS_open_tree, ENOSYS),
        (libc::SYS_fsopen, ENOSYS),
        (libc::SYS_unshare, EPERM),
        (libc::SYS_setns, EPERM),
        (libc::SYS_clone3, ENOSYS),
        (libc::SYS_add_key, EPERM),
        (libc::SYS_request_key, EPERM),
        (libc::SYS_keyctl, EPERM),
        (libc::SYS_bpf, EPERM),
        (libc::SYS_perf_event_open, EPERM),
        (libc::SYS_userfaultfd, EPERM),
        (libc::SYS_fanotify_init, EPERM),
        (libc::SYS_syslog, EPERM),
        (libc::SYS_io_uring_setup, ENOSYS),
        (libc::SYS_io_setup, ENOSYS),
        (libc::SYS_memfd_create, ENOSYS),
        (libc::SYS_memfd_secret, ENOSYS),
        (libc::SYS_shmget, EPERM),
        (libc::SYS_semget, EPERM),
        (libc::SYS_msgget, EPERM),
        (libc::SYS_mq_open, EPERM),
        (libc::SYS_pidfd_getfd, ENOSYS),
        (libc::SYS_open_by_handle_at, EPERM),
        (libc::SYS_landlock_create_ruleset, ENOSYS),
        (libc::SYS_reboot, EPERM),
        (libc::SYS_init_module, EPERM),
        (libc::SYS_swapon, EPERM),
        (libc::SYS_clock_settime, EPERM),
        (libc::SYS_sethostname, EPERM),
        (libc::SYS_personality, EPERM),
        (libc::SYS_sched_setscheduler, EPERM),
        (libc::SYS_mbind, EPERM),
        (1000, ENOSYS),
    ];
    let mut code = "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n\
                    def call(*values):\n    got = libc.syscall(*map(ctypes.c_long, values))\n    \
                    print(values[0], got, ctypes.get_errno())\n"
        .to_owned();
    let mut wanted = String::new();
    for (number, errno) in table {
        // Arguments that would do no harm if the call went through.
        writeln!(code, "call({number}, 0, 0, 0, 0, 0, 0)").unwrap();
        writeln!(wanted, "{number} -1 {errno}").unwrap();
    }
    let run = python(&code);
    assert_eq!(run.stdout.text(), wanted, "{}", run.stderr.text());
}

#[test]
fn sockets_and_clone_are_judged_by_their_arguments() {
    if !offered(&[Mechanism::Seccomp]) {
        return;
    }
    let code = "import ctypes, socket\nlibc = ctypes.CDLL(None, use_errno=True)\n\
        for family, kind in ((1, 1), (2, 1), (2, 2), (10, 1), (2, 3), (16, 3), (17, 3), (38, 5), (40, 1)):\n    \
        try:\n        socket.socket(family, kind).close()\n        print(family, kind, 'given')\n    \
        except PermissionError: print(family, kind, 'refused')\n\
        for pair in [(1, 1)]: socket.socketpair(*pair)\n\
        for flag in (0x10000000, 0x20000, 0x20000000, 0x40000000):\n    \
        print(libc.syscall(CLONE, ctypes.c_long(flag | 17), 0, 0, 0, 0), ctypes.get_errno())\n\
        print(libc.ioctl(0, 0x5412, b'x'), ctypes.get_errno())\n"
        .replace("CLONE", &libc::SYS_clone.to_string());
    let run = python(&code);
    let wanted = "1 1 given\n2 1 given\n2 2 given\n10 1 given\n2 3 refused\n16 3 refused\n\
                  17 3 refused\n38 5 refused\n40 1 refused\n-1 1\n-1 1\n-1 1\n-1 1\n-1 1\n";
    assert_eq!(run.stdout.text(), wanted, "{}", run.stderr.text());
}
