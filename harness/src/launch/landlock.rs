//! Landlock: everything visible may be read and executed, only the private folders written; no TCP,
//! no signals and no abstract sockets beyond the run.
//!
//! A rule holds for the folder that it was made with, wherever that is mounted later, but not for
//! what is mounted onto it: so the folders of a run are named where they come from. What is visible at all is decided by the mounts. Landlock does not cover path sockets below ABI
//! 9 nor chmod, chown and the like, so without mounts it is no full replacement.

use std::os::fd::OwnedFd;
use std::path::Path;

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, Ruleset, RulesetAttr as _, RulesetCreated,
    RulesetCreatedAttr as _, RulesetError, RulesetStatus, Scope, path_beneath_rules,
};

use super::layout::Layout;
use super::sys;
use super::wire::Failure;
use crate::enforcement::Level;

/// The newest ABI whose rights are asked for; the crate takes what the kernel has of them.
const NEWEST: ABI = ABI::V7;

/// The first ABI that governs truncating, without which a file can be emptied.
const TRUNCATES: u32 = 3;

/// The first ABI that keeps signals and abstract sockets inside.
const SCOPES: u32 = 6;

/// Restricts this process; says how far and with which ABI.
pub(super) fn restrict(layout: &Layout, namespaces: bool, open_network: bool) -> (Level, u32) {
    let enforced =
        rules(layout, &layout.writable, open_network).and_then(RulesetCreated::restrict_self);
    match enforced {
        Ok(status) if status.ruleset == RulesetStatus::NotEnforced => {
            let (level, abi) = offered(namespaces);
            let nothing = Level::Absent(format!("ABI {abi} enforced nothing"));
            (if abi == 0 { level } else { nothing }, abi)
        }
        Ok(_) => offered(namespaces),
        Err(error) => (Level::Absent(error.to_string()), 0),
    }
}

/// The rules as a descriptor, for a process that restricts itself by hand. Nothing where the
/// kernel has none. Called by the stem, in the file system of the run.
pub(super) fn prepare(layout: &Layout, open_network: bool) -> Result<Option<OwnedFd>, Failure> {
    let writable: Vec<&Path> =
        layout.writable.iter().map(|path| layout.seen_by_stem(path)).collect();
    let rules = rules(layout, &writable, open_network);
    rules.map(Into::into).map_err(|error| Failure::new("prepare", "Landlock", error))
}

/// How far the kernel can restrict a process, and by which ABI.
pub(super) fn offered(namespaces: bool) -> (Level, u32) {
    let abi = match sys::landlock_abi() {
        Ok(abi) => abi,
        Err(error) if error.raw_os_error() == Some(libc::EOPNOTSUPP) => {
            return absent("the kernel has it, but switched off");
        }
        Err(_) => return absent("the kernel was built without it"),
    };
    let level = if abi < TRUNCATES {
        Level::Partial(format!("ABI {abi} does not govern truncating files"))
    } else if abi < SCOPES && !namespaces {
        // With namespaces there is nobody outside who could be named in a signal.
        Level::Partial(format!("ABI {abi} does not keep signals inside"))
    } else {
        Level::Full
    };
    (level, abi)
}

fn absent(reason: &str) -> (Level, u32) {
    (Level::Absent(reason.to_owned()), 0)
}

fn rules(
    layout: &Layout,
    writable: &[impl AsRef<Path>],
    open_network: bool,
) -> Result<RulesetCreated, RulesetError> {
    let read = AccessFs::from_read(NEWEST);
    let write = AccessFs::from_all(NEWEST) & !(AccessFs::MakeChar | AccessFs::MakeBlock);
    let device: BitFlags<AccessFs> = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::Truncate;
    let mut rules = Ruleset::default().handle_access(AccessFs::from_all(NEWEST))?;
    if !open_network {
        rules = rules.handle_access(AccessNet::from_all(NEWEST))?;
    }
    rules
        .scope(Scope::from_all(NEWEST))?
        .create()?
        .add_rules(path_beneath_rules(&layout.readable, read))?
        .add_rules(path_beneath_rules(writable, write))?
        .add_rules(path_beneath_rules(&layout.devices, device))
}
