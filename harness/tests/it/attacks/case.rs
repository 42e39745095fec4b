//! Attacks as they stand in the files beside this one: sections that begin with a line
//! `### name | languages | canary | proof [limits] [if=path[:text]]`, then the program. A line
//! `### next` parts a program from one that runs after it in the same sandbox. Where a proof takes
//! what not every kernel offers, it is asked for only if that file is there, with that text.
//!
//! Reads only; what a canary is and what counts as success is for `canary.rs` to say.

use std::fs;
use std::path::Path;
use std::time::Duration;

use stillruns_harness::{InterpreterId, Limits};

/// How it is shown that an attack can succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Proof {
    /// With the sandbox switched off.
    Off,
    /// The same, for root only.
    Root,
    /// By the interpreter alone: what stops it is there even with the sandbox switched off.
    Bare,
    /// By the interpreter alone, and all parts as one program: nothing lies between them.
    Together,
    /// By the interpreter alone as the root of throwaway namespaces, where changes harm nobody.
    Apart,
    /// By the interpreter alone on a terminal, with somebody who answers.
    Terminal,
    /// With the sandbox switched off and without its last line, by which it ends early.
    Last,
    /// Not at all, for this reason.
    None(String),
}

/// One attack in one language.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) id: InterpreterId,
    pub(crate) canary: String,
    pub(crate) proof: Proof,
    pub(crate) limits: Limits,
    /// What the proof takes of the kernel: a file, and the text in it.
    pub(crate) takes: Option<(String, String)>,
    /// The program, and what runs after it.
    pub(crate) parts: Vec<String>,
}

/// All attacks of all families.
pub(crate) fn all() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/attacks");
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let texts = files.iter().filter(|file| file.extension().is_some_and(|it| it == "txt"));
    texts
        .flat_map(|file| {
            let family = file.file_stem().unwrap().to_string_lossy().into_owned();
            sections(&family, &fs::read_to_string(file).unwrap())
        })
        .collect()
}

fn sections(family: &str, text: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut current: Option<(&str, Vec<String>)> = None;
    for line in text.lines() {
        match line.strip_prefix("### ") {
            Some("next") => current.as_mut().unwrap().1.push(String::new()),
            Some(header) => {
                cases.extend(current.take());
                current = Some((header, vec![String::new()]));
            }
            None => {
                if let Some((_, parts)) = &mut current {
                    let part = parts.last_mut().unwrap();
                    part.push_str(line);
                    part.push('\n');
                }
            }
        }
    }
    cases.extend(current);
    cases.into_iter().flat_map(|(header, parts)| of_section(family, header, &parts)).collect()
}

fn of_section(family: &str, header: &str, parts: &[String]) -> Vec<Case> {
    let fields: Vec<&str> = header.split(" | ").collect();
    let [name, languages, canary, proof] = fields[..] else { panic!("four fields: {header}") };
    let (proof, limits, takes) = match proof.split_once(": ") {
        Some(("none", reason)) => (Proof::None(reason.to_owned()), limits([].into_iter()), None),
        _ => {
            let (takes, mut words): (Vec<&str>, Vec<&str>) =
                proof.split(' ').partition(|word| word.starts_with("if="));
            let takes =
                takes.first().map(|word| word[3..].split_once(':').unwrap_or((&word[3..], "")));
            let proof = match words.remove(0) {
                "off" => Proof::Off,
                "root" => Proof::Root,
                "bare" => Proof::Bare,
                "together" => Proof::Together,
                "apart" => Proof::Apart,
                "terminal" => Proof::Terminal,
                "last" => Proof::Last,
                _ => panic!("no such proof: {header}"),
            };
            let takes = takes.map(|(path, text)| (path.to_owned(), text.to_owned()));
            (proof, limits(words.into_iter()), takes)
        }
    };
    let wanted = languages.split(' ').filter_map(|language| {
        let (language, processor) = language.split_once('@').unwrap_or((language, ""));
        (processor.is_empty() || processor == std::env::consts::ARCH).then_some(language)
    });
    wanted
        .map(|language| Case {
            name: format!("{family}: {name} ({language})"),
            id: match language {
                "py3" => InterpreterId::Python3,
                "py2" => InterpreterId::Python2,
                "sh" => InterpreterId::Sh,
                "bash" => InterpreterId::Bash,
                _ => panic!("no such language: {header}"),
            },
            canary: canary.to_owned(),
            proof: proof.clone(),
            limits: limits.clone(),
            takes: takes.clone(),
            parts: parts.to_vec(),
        })
        .collect()
}

fn limits<'a>(words: impl Iterator<Item = &'a str>) -> Limits {
    let mut limits = Limits { wall: Duration::from_secs(20), ..Limits::default() };
    for word in words {
        let (name, value) = word.split_once('=').unwrap();
        let value: u64 = value.parse().unwrap();
        match name {
            "memory" => limits.memory_bytes = value << 20,
            "cpu" => limits.cpu = Duration::from_secs(value),
            "wall" => limits.wall = Duration::from_secs(value),
            _ => panic!("no such limit: {word}"),
        }
    }
    limits
}

impl Case {
    /// Whether what the proof takes of the kernel is there.
    pub(crate) fn is_offered(&self) -> bool {
        let holds = |(path, text): &(String, String)| {
            let found = || fs::read_to_string(path).is_ok_and(|found| found.trim() == text);
            Path::new(path).exists() && (text.is_empty() || found())
        };
        self.takes.as_ref().is_none_or(holds)
    }

    /// The text of a part, ready to run: with what all programs share before it, and names of
    /// system calls as numbers.
    pub(crate) fn text(&self, part: &str, words: &[(&str, String)]) -> String {
        let mut text = match self.id {
            InterpreterId::Python2 | InterpreterId::Python3 => PYTHON.to_owned() + part,
            _ => SHELL.to_owned() + part,
        };
        for (name, value) in words {
            text = text.replace(&format!("@{name}@"), value);
        }
        let left =
            ["@PATH@", "@PORT@", "@PID@", "@SEGMENT@"].iter().any(|name| text.contains(name));
        assert!(!left, "{}: it wants what its canary has not", self.name);
        numbers(&text)
    }
}

/// The word that says that something worked is put together, so that no traceback holds it.
const PYTHON: &str = "\
from __future__ import print_function
import ctypes, os, socket, struct, sys, time
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
def call(number, *values):
    return libc.syscall(*[ctypes.c_long(v) if isinstance(v, int) else v for v in (number,) + values])
def refused(number, *values):
    return call(number, *values) < 0 and ctypes.get_errno() in (1, 38)
def escaped(): print('ESC' + 'APED'); sys.stdout.flush()
";
const SHELL: &str = "escaped() { echo ESC''APED; }\n";

fn numbers(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("SYS_") {
        out.push_str(&rest[..at]);
        let name = &rest[at + 4..];
        let length = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let name = &name[..length.unwrap_or(name.len())];
        let number = CALLS.iter().find(|(known, _)| *known == name);
        out.push_str(&number.unwrap_or_else(|| panic!("no call {name}")).1.to_string());
        rest = &rest[at + 4 + name.len()..];
    }
    out + rest
}

const CALLS: &[(&str, libc::c_long)] = &[
    ("acct", libc::SYS_acct),
    ("add_key", libc::SYS_add_key),
    ("adjtimex", libc::SYS_adjtimex),
    ("bpf", libc::SYS_bpf),
    ("capset", libc::SYS_capset),
    ("clock_adjtime", libc::SYS_clock_adjtime),
    ("clock_settime", libc::SYS_clock_settime),
    ("clone", libc::SYS_clone),
    ("clone3", libc::SYS_clone3),
    ("delete_module", libc::SYS_delete_module),
    ("exit", libc::SYS_exit),
    ("fanotify_init", libc::SYS_fanotify_init),
    ("finit_module", libc::SYS_finit_module),
    ("fsconfig", libc::SYS_fsconfig),
    ("fsmount", libc::SYS_fsmount),
    ("fsopen", libc::SYS_fsopen),
    ("fspick", libc::SYS_fspick),
    ("init_module", libc::SYS_init_module),
    ("io_setup", libc::SYS_io_setup),
    ("io_uring_enter", libc::SYS_io_uring_enter),
    ("io_uring_register", libc::SYS_io_uring_register),
    ("io_uring_setup", libc::SYS_io_uring_setup),
    ("ioctl", libc::SYS_ioctl),
    ("ioprio_set", libc::SYS_ioprio_set),
    ("kcmp", libc::SYS_kcmp),
    ("kexec_file_load", libc::SYS_kexec_file_load),
    ("kexec_load", libc::SYS_kexec_load),
    ("keyctl", libc::SYS_keyctl),
    ("landlock_create_ruleset", libc::SYS_landlock_create_ruleset),
    ("mbind", libc::SYS_mbind),
    ("memfd_create", libc::SYS_memfd_create),
    ("memfd_secret", libc::SYS_memfd_secret),
    ("migrate_pages", libc::SYS_migrate_pages),
    ("mount_setattr", libc::SYS_mount_setattr),
    ("move_mount", libc::SYS_move_mount),
    ("move_pages", libc::SYS_move_pages),
    ("msgctl", libc::SYS_msgctl),
    ("msgget", libc::SYS_msgget),
    ("name_to_handle_at", libc::SYS_name_to_handle_at),
    ("open_by_handle_at", libc::SYS_open_by_handle_at),
    ("open_tree", libc::SYS_open_tree),
    ("openat2", libc::SYS_openat2),
    ("perf_event_open", libc::SYS_perf_event_open),
    ("personality", libc::SYS_personality),
    ("pidfd_getfd", libc::SYS_pidfd_getfd),
    ("pidfd_open", libc::SYS_pidfd_open),
    ("pidfd_send_signal", libc::SYS_pidfd_send_signal),
    ("pivot_root", libc::SYS_pivot_root),
    ("process_vm_readv", libc::SYS_process_vm_readv),
    ("process_vm_writev", libc::SYS_process_vm_writev),
    ("ptrace", libc::SYS_ptrace),
    ("quotactl", libc::SYS_quotactl),
    ("reboot", libc::SYS_reboot),
    ("request_key", libc::SYS_request_key),
    ("rt_sigqueueinfo", libc::SYS_rt_sigqueueinfo),
    ("sched_setattr", libc::SYS_sched_setattr),
    ("semctl", libc::SYS_semctl),
    ("semget", libc::SYS_semget),
    ("set_mempolicy", libc::SYS_set_mempolicy),
    ("setns", libc::SYS_setns),
    ("settimeofday", libc::SYS_settimeofday),
    ("shmat", libc::SYS_shmat),
    ("shmctl", libc::SYS_shmctl),
    ("shmget", libc::SYS_shmget),
    ("socket", libc::SYS_socket),
    ("socketpair", libc::SYS_socketpair),
    ("swapoff", libc::SYS_swapoff),
    ("swapon", libc::SYS_swapon),
    ("syslog", libc::SYS_syslog),
    ("tgkill", libc::SYS_tgkill),
    ("userfaultfd", libc::SYS_userfaultfd),
    ("vhangup", libc::SYS_vhangup),
];
