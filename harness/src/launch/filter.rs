//! Turns the table of `seccomp.rs` into a program for the kernel's small machine.
//!
//! Decides nothing: which call is refused and why stands in the table.

use libc::c_long;
use seccompiler::{BpfProgram, sock_filter};

use super::seccomp::{Around, FAMILIES, FILES, LAST_KNOWN, REFUSED_FORKS, Refusal, Sockets, TABLE};

/// Offsets in `struct seccomp_data`.
const NUMBER: u32 = 0;
const ARCH: u32 = 4;
const fn argument(index: u32) -> u32 {
    // The lower half; the kernel looks at no more of any of these arguments.
    16 + 8 * index
}

const ALLOW: u32 = libc::SECCOMP_RET_ALLOW;
const KILL: u32 = libc::SECCOMP_RET_KILL_PROCESS;
const EPERM: u32 = libc::SECCOMP_RET_ERRNO | libc::EPERM as u32;
const ENOSYS: u32 = libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32;

/// The filter for one architecture (`AUDIT_ARCH_*`). One call of the table may be left out, for a
/// while: [`last`] refuses that too.
pub(super) fn program(arch: u32, around: Around, but: Option<c_long>) -> BpfProgram {
    // On another architecture the numbers below would mean other calls.
    let mut code = vec![load(ARCH), when(Test::Equal, arch, 1), give(KILL), load(NUMBER)];
    // The x32 calls of x86_64 carry this bit; elsewhere no call has it.
    code.extend([unless(Test::AtLeast, 0x4000_0000, 1), give(KILL)]);
    code.extend([unless(Test::Above, LAST_KNOWN, 1), give(ENOSYS)]);
    let files = if around.files { FILES } else { &[] };
    for row in TABLE.iter().chain(files) {
        let answer = match row.refusal {
            Refusal::Eperm => EPERM,
            Refusal::Enosys => ENOSYS,
        };
        for call in row.calls.iter().filter(|call| but != Some(**call)) {
            code.extend([unless(Test::Equal, number(*call), 1), give(answer)]);
        }
    }
    only_for(libc::SYS_clone, &mut code, |body| {
        body.extend([load(argument(0)), unless(Test::Bits, REFUSED_FORKS, 1), give(EPERM)]);
    });
    sockets(around.sockets, &mut code);
    only_for(libc::SYS_ioctl, &mut code, |body| {
        body.push(load(argument(1)));
        for request in [libc::TIOCSTI as u32, TIOCLINUX] {
            body.extend([unless(Test::Equal, request, 1), give(EPERM)]);
        }
        if around.files {
            body.push(mask(0xff00));
            for kind in OF_FILE_SYSTEMS {
                body.extend([unless(Test::Equal, u32::from(kind) << 8, 1), give(EPERM)]);
            }
        }
    });
    if around.files {
        only_for(libc::SYS_utimensat, &mut code, |body| {
            // Without a path and without times it says "now" of a file that is open.
            for half in [argument(1), argument(1) + 4, argument(2), argument(2) + 4] {
                body.extend([load(half), when(Test::Equal, 0, 1), give(EPERM)]);
            }
        });
    }
    if around.processes {
        others(&mut code);
    }
    code.push(give(ALLOW));
    code
}

fn sockets(sockets: Sockets, code: &mut BpfProgram) {
    only_for(libc::SYS_socket, code, |body| {
        if sockets == Sockets::Refused {
            body.push(give(EPERM));
            return;
        }
        family(body);
        if sockets == Sockets::Internet {
            body.extend([unless(Test::Equal, libc::AF_UNIX as u32, 1), give(EPERM)]);
        }
        body.extend([load(argument(1)), mask(0xf)]);
        body.extend([unless(Test::Equal, libc::SOCK_RAW as u32, 1), give(EPERM)]);
    });
    only_for(libc::SYS_socketpair, code, |body| {
        family(body);
        if sockets != Sockets::Common {
            // Half of a pair of these may talk to others.
            body.extend([load(argument(1)), mask(0xf)]);
            body.extend([unless(Test::Equal, libc::SOCK_DGRAM as u32, 1), give(EPERM)]);
        }
    });
}

/// Calls that name a process: only the one that makes them is no other.
fn others(code: &mut BpfProgram) {
    let naming: [(c_long, &[u32]); 3] = [
        (libc::SYS_prlimit64, &[0]),
        // Kind and number; zero and zero is the calling process.
        (libc::SYS_setpriority, &[0, 1]),
        (libc::SYS_sched_setaffinity, &[0]),
    ];
    for (call, arguments) in naming {
        only_for(call, code, |body| {
            for at in arguments {
                body.extend([load(argument(*at)), when(Test::Equal, 0, 1), give(EPERM)]);
            }
        });
    }
}

/// A second filter, on top of one that left out this call.
pub(super) fn last(call: c_long) -> BpfProgram {
    vec![load(NUMBER), unless(Test::Equal, number(call), 1), give(EPERM), give(ALLOW)]
}

/// The bytes of a filter as the kernel reads them (`struct sock_filter`).
pub(super) fn bytes(program: &BpfProgram) -> Vec<u8> {
    let step = |step: &sock_filter| {
        let [code, k] = [step.code.to_ne_bytes().to_vec(), step.k.to_ne_bytes().to_vec()];
        [code, vec![step.jt, step.jf], k].concat()
    };
    program.iter().flat_map(step).collect()
}

/// Types into the terminal of a console, as TIOCSTI does into any.
const TIOCLINUX: u32 = 0x541c;

/// The second byte of requests to file systems: flags, versions, sealing and encryption of files
/// (`FS_IOC_*`), and what ext4, XFS and Btrfs have beyond that. A file that is open for reading is
/// enough for many of them.
const OF_FILE_SYSTEMS: [u8; 4] = [b'f', b'v', b'X', 0x94];

fn family(body: &mut BpfProgram) {
    body.push(load(argument(0)));
    for (left, family) in (0..FAMILIES.len() as u8).rev().zip(FAMILIES) {
        // Over the remaining tests and the refusal.
        body.push(when(Test::Equal, family as u32, left + 1));
    }
    body.push(give(EPERM));
}

/// Instructions that run for one call only and then allow it, unless they refused.
fn only_for(call: c_long, code: &mut BpfProgram, fill: impl FnOnce(&mut BpfProgram)) {
    let mut body = BpfProgram::new();
    fill(&mut body);
    body.push(give(ALLOW));
    let length = u8::try_from(body.len()).expect("bodies are a dozen instructions");
    code.push(unless(Test::Equal, number(call), length));
    code.extend(body);
}

fn number(call: c_long) -> u32 {
    u32::try_from(call).expect("call numbers are small and positive")
}

#[derive(Clone, Copy)]
enum Test {
    Equal,
    Above,
    AtLeast,
    Bits,
}

impl Test {
    fn code(self) -> u16 {
        let test = match self {
            Test::Equal => libc::BPF_JEQ,
            Test::Above => libc::BPF_JGT,
            Test::AtLeast => libc::BPF_JGE,
            Test::Bits => libc::BPF_JSET,
        };
        (libc::BPF_JMP | test | libc::BPF_K) as u16
    }
}

fn load(offset: u32) -> sock_filter {
    let code = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
    sock_filter { code, jt: 0, jf: 0, k: offset }
}

fn mask(bits: u32) -> sock_filter {
    let code = (libc::BPF_ALU | libc::BPF_AND | libc::BPF_K) as u16;
    sock_filter { code, jt: 0, jf: 0, k: bits }
}

fn give(answer: u32) -> sock_filter {
    let code = (libc::BPF_RET | libc::BPF_K) as u16;
    sock_filter { code, jt: 0, jf: 0, k: answer }
}

/// Skips so many instructions when the test holds.
fn when(test: Test, value: u32, skip: u8) -> sock_filter {
    sock_filter { code: test.code(), jt: skip, jf: 0, k: value }
}

/// Skips so many instructions unless the test holds.
fn unless(test: Test, value: u32, skip: u8) -> sock_filter {
    sock_filter { code: test.code(), jt: 0, jf: skip, k: value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::launch::seccomp::ARCHITECTURE;

    /// A program that has what the sandbox gives it, and nothing of the host.
    const INSIDE: Around = Around { sockets: Sockets::Common, files: false, processes: false };

    /// A program that only Landlock and this filter hold.
    const OUTSIDE: Around = Around { sockets: Sockets::Refused, files: true, processes: true };

    /// What the filter answers, by a small machine of our own.
    fn answer(around: Around, arch: u32, number: u32, arguments: [u32; 3]) -> u32 {
        let code = program(arch_of_table(), around, None);
        let (mut at, mut value) = (0, 0);
        loop {
            let step = &code[at];
            at += 1;
            let jump = |holds: bool| usize::from(if holds { step.jt } else { step.jf });
            match u32::from(step.code) {
                0x20 => {
                    value = match step.k {
                        0 => number,
                        4 => arch,
                        16 => arguments[0],
                        24 => arguments[1],
                        32 => arguments[2],
                        28 | 36 => 0,
                        other => panic!("loads from {other}"),
                    }
                }
                0x54 => value &= step.k,
                0x06 => return step.k,
                0x15 => at += jump(value == step.k),
                0x25 => at += jump(value > step.k),
                0x35 => at += jump(value >= step.k),
                0x45 => at += jump(value & step.k != 0),
                other => panic!("instruction {other:#x}"),
            }
        }
    }

    fn arch_of_table() -> u32 {
        ARCHITECTURE.unwrap()
    }

    fn of(call: c_long, arguments: [u32; 2]) -> u32 {
        let [first, second] = arguments;
        answer(INSIDE, arch_of_table(), number(call), [first, second, 0])
    }

    fn outside(call: c_long, arguments: [u32; 3]) -> u32 {
        answer(OUTSIDE, arch_of_table(), number(call), arguments)
    }

    #[test]
    fn every_row_is_refused_and_common_calls_are_not() {
        for row in TABLE {
            let wanted = if row.refusal == Refusal::Eperm { EPERM } else { ENOSYS };
            for call in row.calls {
                assert_eq!(of(*call, [0, 0]), wanted, "{}: {call}", row.reason);
            }
        }
        for call in [libc::SYS_read, libc::SYS_execve, libc::SYS_openat, libc::SYS_futex] {
            assert_eq!(of(call, [0, 0]), ALLOW, "{call}");
        }
    }

    #[test]
    fn unknown_numbers_and_other_architectures_are_refused() {
        let arch = arch_of_table();
        assert_eq!(answer(INSIDE, arch, LAST_KNOWN, [0; 3]), ALLOW);
        assert_eq!(answer(INSIDE, arch, LAST_KNOWN + 1, [0; 3]), ENOSYS);
        assert_eq!(answer(INSIDE, arch, 0x4000_0000, [0; 3]), KILL);
        assert_eq!(answer(INSIDE, arch ^ 1, 0, [0; 3]), KILL);
    }

    #[test]
    fn arguments_decide_about_clone_sockets_and_terminal_input() {
        assert_eq!(of(libc::SYS_clone, [libc::SIGCHLD as u32, 0]), ALLOW);
        assert_eq!(of(libc::SYS_clone, [libc::CLONE_NEWUSER as u32, 0]), EPERM);
        assert_eq!(of(libc::SYS_clone, [libc::CLONE_PARENT as u32, 0]), EPERM);
        for family in FAMILIES {
            assert_eq!(of(libc::SYS_socket, [family as u32, 1]), ALLOW, "{family}");
            assert_eq!(of(libc::SYS_socket, [family as u32, 3]), EPERM, "{family} raw");
            assert_eq!(of(libc::SYS_socketpair, [family as u32, 1]), ALLOW, "{family}");
        }
        for family in [libc::AF_NETLINK, libc::AF_PACKET, libc::AF_VSOCK, libc::AF_ALG] {
            assert_eq!(of(libc::SYS_socket, [family as u32, 1]), EPERM, "{family}");
        }
        assert_eq!(outside(libc::SYS_socket, [1, 1, 0]), EPERM);
        assert_eq!(outside(libc::SYS_socketpair, [1, 1, 0]), ALLOW);
        assert_eq!(outside(libc::SYS_socketpair, [1, 2 | 0x800, 0]), EPERM, "reaches others");
        let around = Around { sockets: Sockets::Internet, ..OUTSIDE };
        for (family, wanted) in [(1, EPERM), (2, ALLOW), (10, ALLOW), (16, EPERM)] {
            let call = number(libc::SYS_socket);
            assert_eq!(answer(around, arch_of_table(), call, [family, 1, 0]), wanted, "{family}");
        }
        assert_eq!(of(libc::SYS_ioctl, [0, libc::TIOCSTI as u32]), EPERM);
        assert_eq!(of(libc::SYS_ioctl, [0, libc::TCGETS as u32]), ALLOW);
    }

    #[test]
    fn files_and_processes_of_the_host_are_left_as_they_are() {
        for row in FILES {
            for call in row.calls {
                assert_eq!(outside(*call, [0; 3]), EPERM, "{}: {call}", row.reason);
                assert_eq!(of(*call, [0, 0]), ALLOW, "with files of its own: {call}");
            }
        }
        for (call, arguments, wanted) in [
            (libc::SYS_utimensat, [3, 0, 0], ALLOW),
            (libc::SYS_utimensat, [3, 0, 77], EPERM),
            (libc::SYS_utimensat, [3, 77, 0], EPERM),
            // `FS_IOC_SETFLAGS`, `FS_IOC_FSSETXATTR`, `FS_IOC_ENABLE_VERITY`, a subvolume of Btrfs.
            (libc::SYS_ioctl, [3, 0x4008_6602, 0], EPERM),
            (libc::SYS_ioctl, [3, 0x401c_5820, 0], EPERM),
            (libc::SYS_ioctl, [3, 0x4080_6685, 0], EPERM),
            (libc::SYS_ioctl, [3, 0x5000_940e, 0], EPERM),
            (libc::SYS_ioctl, [3, libc::TCGETS as u32, 0], ALLOW),
            (libc::SYS_ioctl, [3, libc::FIONREAD as u32, 0], ALLOW),
            (libc::SYS_prlimit64, [0, 7, 0], ALLOW),
            (libc::SYS_prlimit64, [1, 7, 0], EPERM),
            (libc::SYS_setpriority, [0, 0, 5], ALLOW),
            (libc::SYS_setpriority, [2, 0, 5], EPERM),
            (libc::SYS_setpriority, [0, 1, 5], EPERM),
            (libc::SYS_sched_setaffinity, [9, 0, 0], EPERM),
        ] {
            assert_eq!(outside(call, arguments), wanted, "{call} {arguments:?}");
        }
        assert_eq!(of(libc::SYS_prlimit64, [1, 7]), ALLOW);
    }
}
