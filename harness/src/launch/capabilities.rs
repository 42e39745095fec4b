//! Drops every capability for good: no set keeps one, and no program can bring one back.
//!
//! Within a user namespace these are capabilities over the namespace only, but they reach much of
//! the kernel.

use rustix::io::Errno;
use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, clear_ambient_capability_set,
    configure_capability_in_ambient_set, remove_capability_from_bounding_set, set_capabilities,
    set_no_new_privs,
};

use super::wire::Failure;

/// What a warm interpreter needs to send its forks into their cells.
const JOINING: CapabilitySet = CapabilitySet::SYS_ADMIN.union(CapabilitySet::SYS_CHROOT);

/// Allows processes that are started from here to keep, by [`keep_joining`], what joining a cell
/// takes. Must come before [`bound`].
pub(super) fn allow_joining() -> Result<(), Failure> {
    let now = capabilities(None).map_err(|error| fail("nothing of the capabilities", error))?;
    set_capabilities(None, CapabilitySets { inheritable: JOINING, ..now })
        .map_err(|error| fail("nothing of the capabilities", error))
}

/// Keeps of all capabilities, beyond the execution of a program, what joining a cell takes.
pub(super) fn keep_joining() -> Result<(), Failure> {
    let sets = CapabilitySets { effective: JOINING, permitted: JOINING, inheritable: JOINING };
    set_capabilities(None, sets).map_err(|error| fail("capabilities", error))?;
    for one in JOINING.iter() {
        configure_capability_in_ambient_set(one, true)
            .map_err(|error| fail("capabilities", error))?;
    }
    set_no_new_privs(true).map_err(|error| fail("the right to gain privileges", error))
}

/// Sees to it that no program can bring one back, in this process and all that it starts.
pub(super) fn bound() -> Result<(), Failure> {
    for bit in 0..64 {
        match remove_capability_from_bounding_set(CapabilitySet::from_bits_retain(1 << bit)) {
            // Beyond the last capability of this kernel.
            Err(Errno::INVAL) => break,
            // Without the right to drop there is nothing to gain either: `no_new_privs` follows.
            Ok(()) | Err(Errno::PERM) => {}
            Err(error) => return Err(fail("the capability bounding set", error)),
        }
    }
    Ok(())
}

/// Drops all of this process; the bounding set is the matter of [`bound`].
pub(super) fn drop_all() -> Result<(), Failure> {
    clear_ambient_capability_set().map_err(|error| fail("ambient capabilities", error))?;
    let none = CapabilitySet::empty();
    let sets = CapabilitySets { effective: none, permitted: none, inheritable: none };
    set_capabilities(None, sets).map_err(|error| fail("capabilities", error))?;
    set_no_new_privs(true).map_err(|error| fail("the right to gain privileges", error))
}

fn fail(what: &str, error: Errno) -> Failure {
    Failure::new("drop", what, error)
}
