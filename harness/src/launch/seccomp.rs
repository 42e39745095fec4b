//! The filter over system calls: what no example in a document needs and what reaches deep into
//! the kernel is refused.
//!
//! A list of refusals with one rule for the unknown, not a list of permissions: programs keep
//! working with new libraries, and a kernel newer than this table adds nothing. Files are not its
//! business.

use libc::c_long;

use super::Ground;
use super::filter;
use super::namespaces::Attempt;
use crate::enforcement::{Level, Mechanism};
use crate::job::Network;

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
            libc::SYS_process_madvise,
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
        calls: &[
            libc::SYS_shmget,
            libc::SYS_shmat,
            libc::SYS_shmctl,
            libc::SYS_semget,
            libc::SYS_semop,
            libc::SYS_semtimedop,
            libc::SYS_semctl,
            libc::SYS_msgget,
            libc::SYS_msgsnd,
            libc::SYS_msgrcv,
            libc::SYS_msgctl,
            libc::SYS_mq_open,
            libc::SYS_mq_unlink,
        ],
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
            libc::SYS_sched_setparam,
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

/// What is refused on top of that where the files of the host are in sight, as no mounts hide them:
/// Landlock does not govern who owns a file, nor its mode, times and attributes.
pub(super) const FILES: &[Row] = &[
    Row {
        reason: "changes what is written down about a file of the host",
        refusal: Refusal::Eperm,
        calls: &[
            libc::SYS_fchmod,
            libc::SYS_fchmodat,
            FCHMODAT2,
            libc::SYS_fchown,
            libc::SYS_fchownat,
            libc::SYS_setxattr,
            libc::SYS_lsetxattr,
            libc::SYS_fsetxattr,
            SETXATTRAT,
            libc::SYS_removexattr,
            libc::SYS_lremovexattr,
            libc::SYS_fremovexattr,
            REMOVEXATTRAT,
            FILE_SETATTR,
        ],
    },
    Row {
        reason: "tells what others do with files of the host, which Landlock does not govern",
        refusal: Refusal::Eperm,
        calls: &[libc::SYS_inotify_init1, libc::SYS_inotify_add_watch],
    },
    #[cfg(target_arch = "x86_64")]
    Row {
        reason: "the older calls for the same",
        refusal: Refusal::Eperm,
        calls: &[
            libc::SYS_inotify_init,
            libc::SYS_chmod,
            libc::SYS_chown,
            libc::SYS_lchown,
            libc::SYS_utime,
            libc::SYS_utimes,
            libc::SYS_futimesat,
        ],
    },
];

/// The same number on every architecture, and too new for the C library's list.
const OPEN_TREE_ATTR: c_long = 467;
const FCHMODAT2: c_long = 452;
const SETXATTRAT: c_long = 463;
const REMOVEXATTRAT: c_long = 466;
const FILE_SETATTR: c_long = 469;

/// The last number that was looked at when the table was made (`listns`, Linux 6.19; numbers from
/// 424 on are the same on every architecture). What comes later is answered "not implemented".
pub(super) const LAST_KNOWN: u32 = 470;

/// `CLONE_NEW*`: user, mount, process, network, IPC, host name, cgroup and time namespaces.
const NEW_NAMESPACES: u32 = 0x7e02_0080;

/// Flags of `clone` that are refused. A child beside its maker would be ours to wait for.
pub(super) const REFUSED_FORKS: u32 = NEW_NAMESPACES | libc::CLONE_PARENT as u32;

/// Address families that programs may use; the rest (vsock, netlink, packet, alg, ...) reaches
/// around the network namespace or deep into the kernel.
pub(super) const FAMILIES: [i32; 3] = [libc::AF_UNIX, libc::AF_INET, libc::AF_INET6];

/// Whether `socket` works at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sockets {
    /// The common families, but not raw.
    Common,
    /// The same without sockets in files, where those of the host are in sight.
    Internet,
    /// None: for programs without a network namespace that may not use the network.
    Refused,
}

/// What a warm interpreter must be able to do for its forks, until each of them gives it up.
pub(super) const JOIN: c_long = libc::SYS_setns;

/// What a program has around it, as far as it matters to the filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Around {
    pub(super) sockets: Sockets,
    /// Whether the files of the host are in sight.
    pub(super) files: bool,
    /// Whether other processes of the host's user are.
    pub(super) processes: bool,
}

impl Around {
    /// What a program has around it on this ground. Without a namespace of its own it gets no
    /// network because it gets no sockets, which the level of the network then says.
    pub(super) fn of(ground: &Ground, network: &mut Level) -> Around {
        let (files, processes) = (!ground.own_root(), !ground.isolated());
        let own = ground.attempt == (Attempt::Namespaces { network: true });
        let mut sockets = if files { Sockets::Internet } else { Sockets::Common };
        if !own
            && ground.terms.network != Network::Host
            && ground.switched_off(Mechanism::Seccomp).is_none()
            && ground.switched_off(Mechanism::Network).is_none()
            && let Level::Absent(reason) = network
        {
            let text = format!("no namespace ({reason}), but no sockets are given out either");
            *network = Level::Partial(text);
            sockets = Sockets::Refused;
        }
        Around { sockets, files, processes }
    }
}

/// Applies the filter to this process for good, but for one call.
pub(super) fn apply(around: Around, but: Option<c_long>) -> Result<(), String> {
    let Some(arch) = ARCHITECTURE else {
        return Err("no table for this processor".to_owned());
    };
    let program = filter::program(arch, around, but);
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
