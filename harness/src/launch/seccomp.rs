//! The filter over system calls: what no example in a document needs and what reaches deep into
//! the kernel is refused.
//!
//! A list of refusals with one rule for the unknown, not a list of permissions: programs keep
//! working with new libraries, and a kernel newer than this table adds nothing. Files are not its
//! business.

use libc::c_long;

use super::filter;

/// What a refused call returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// "Operation not permitted".
    Eperm,
    /// "Not implemented": libraries then take an older way.
    Enosys,
}

/// Calls that are refused for one reason.
pub(super) struct Row {
    #[cfg_attr(not(test), expect(dead_code, reason = "the table is its own documentation"))]
    pub(super) reason: &'static str,
    pub(super) refusal: Refusal,
    pub(super) calls: &'static [c_long],
}

pub(super) const TABLE: &[Row] = &[
    Row {
        reason: "looks into other processes",
        refusal: Refusal::Eperm,
        calls: &[
            libc::SYS_ptrace,
            libc::SYS_process_vm_readv,
            libc::SYS_process_vm_writev,
            libc::SYS_kcmp,
        ],
    },
    Row {
        reason: "changes what is mounted, or where the root is",
        refusal: Refusal::Eperm,
        calls: &[libc::SYS_mount, libc::SYS_umount2, libc::SYS_chroot, libc::SYS_pivot_root],
    },
    Row {
        reason: "the newer calls to mount",
        refusal: Refusal::Enosys,
        calls: &[
            libc::SYS_open_tree,
            libc::SYS_move_mount,
            libc::SYS_fsopen,
            libc::SYS_fsconfig,
            libc::SYS_fsmount,
            libc::SYS_fspick,
            libc::SYS_mount_setattr,
            OPEN_TREE_ATTR,
        ],
    },
    Row {
        reason: "new namespaces bring capabilities, and with them most of the kernel",
        refusal: Refusal::Eperm,
        calls: &[libc::SYS_unshare, libc::SYS_setns],
    },
    Row {
        reason: "its flags lie behind a pointer, where no filter can see them; `clone` remains",
        refusal: Refusal::Enosys,
        calls: &[libc::SYS_clone3],
    },
    Row {
        reason: "key rings are shared beyond namespaces",
        refusal: Refusal::Eperm,
        calls: &[libc::SYS_add_key, libc::SYS_request_key, libc::SYS_keyctl],
    },
    Row {
        reason: "programs in the kernel, and views into it",
        refusal: Refusal::Eperm,
        calls: &[
            libc::SYS_bpf,
            libc::SYS_perf_event_open,
            libc::SYS_userfaultfd,
            libc::SYS_fanotify_init,
            libc::SYS_syslog,
        ],
    },
    Row {
        reason: "asynchronous input and output goes around this filter",
        refusal: Refusal::Enosys,
        calls: &[
            libc::SYS_io_uring_setup,
            libc::SYS_io_uring_enter,
            libc::SYS_io_uring_register,
            libc::SYS_io_setup,
        ],
    },
    Row {
        reason: "memory that no resource limit counts",
        refusal: Refusal::Enosys,
        calls: &[libc::SYS_memfd_create, libc::SYS_memfd_secret],
    },
    Row {
        reason: "memory and queues that outlive their maker",
        refusal: Refusal::Eperm,
        calls: &[libc::SYS_shmget, libc::SYS_semget, libc::SYS_msgget, libc::SYS_mq_open],
    },
    Row {
        reason: "takes descriptors of other processes",
        refusal: Refusal::Enosys,
        calls: &[libc::SYS_pidfd_getfd],
    },
    Row {
        reason: "opens files past the path checks",
        refusal: Refusal::Eperm,
        calls: &[libc::SYS_name_to_handle_at, libc::SYS_open_by_handle_at],
    },
    Row {
        reason: "a program that restricts itself further is rare, and the call reaches new code",
        refusal: Refusal::Enosys,
        calls: &[libc::SYS_landlock_create_ruleset],
    },
    Row {
        reason: "belongs to the machine: kernel, modules, clock, swap, names, accounting",
        refusal: Refusal::Eperm,
        calls: &[
            libc::SYS_kexec_load,
            libc::SYS_kexec_file_load,
            libc::SYS_init_module,
            libc::SYS_finit_module,
            libc::SYS_delete_module,
            libc::SYS_reboot,
            libc::SYS_swapon,
            libc::SYS_swapoff,
            libc::SYS_settimeofday,
            libc::SYS_clock_settime,
            libc::SYS_clock_adjtime,
            libc::SYS_adjtimex,
            libc::SYS_acct,
            libc::SYS_quotactl,
            libc::SYS_quotactl_fd,
            libc::SYS_sethostname,
            libc::SYS_setdomainname,
            libc::SYS_vhangup,
        ],
    },
    Row {
        reason: "changes how the kernel treats this process, or others",
        refusal: Refusal::Eperm,
        calls: &[
            libc::SYS_personality,
            libc::SYS_sched_setscheduler,
            libc::SYS_sched_setattr,
            libc::SYS_ioprio_set,
            libc::SYS_mbind,
            libc::SYS_set_mempolicy,
            libc::SYS_set_mempolicy_home_node,
            libc::SYS_migrate_pages,
            libc::SYS_move_pages,
        ],
    },
    #[cfg(target_arch = "x86_64")]
    Row {
        reason: "ports and segments of the processor",
        refusal: Refusal::Eperm,
        calls: &[libc::SYS_iopl, libc::SYS_ioperm, libc::SYS_modify_ldt, libc::SYS_uselib],
    },
];

/// The same number on every architecture, and too new for the C library's list.
const OPEN_TREE_ATTR: c_long = 467;

/// The last number that was looked at when the table was made (`listns`, Linux 6.19; numbers from
/// 424 on are the same on every architecture). What comes later is answered "not implemented".
pub(super) const LAST_KNOWN: u32 = 470;

/// `CLONE_NEW*`: user, mount, process, network, IPC, host name, cgroup and time namespaces.
pub(super) const NEW_NAMESPACES: u32 = 0x7e02_0080;

/// Address families that programs may use; the rest (vsock, netlink, packet, alg, ...) reaches
/// around the network namespace or deep into the kernel.
pub(super) const FAMILIES: [i32; 3] = [libc::AF_UNIX, libc::AF_INET, libc::AF_INET6];

/// Whether `socket` works at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sockets {
    /// The common families, but not raw.
    Common,
    /// None: for programs without a network namespace that may not use the network.
    Refused,
}

/// What a warm interpreter must be able to do for its forks, until each of them gives it up.
pub(super) const JOIN: c_long = libc::SYS_setns;

/// Applies the filter to this process for good.
pub(super) fn apply(sockets: Sockets) -> Result<(), String> {
    apply_but(sockets, None)
}

/// Applies the filter, but for one call.
pub(super) fn apply_but(sockets: Sockets, but: Option<c_long>) -> Result<(), String> {
    let Some(arch) = ARCHITECTURE else {
        return Err("no table for this processor".to_owned());
    };
    let program = filter::program(arch, sockets, but);
    seccompiler::apply_filter(&program).map_err(|error| error.to_string())
}

/// `AUDIT_ARCH_*` of this processor.
pub(super) const ARCHITECTURE: Option<u32> = if cfg!(target_arch = "x86_64") {
    Some(0xc000_003e)
} else if cfg!(target_arch = "aarch64") {
    Some(0xc000_00b7)
} else {
    None
};
