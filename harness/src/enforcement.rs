//! What was enforced: per mechanism in full, in part or not at all, with the reason.
//!
//! Facts only; whether a gap is acceptable is decided by [`Require`](crate::Require).

use serde::{Deserialize, Serialize};

use crate::job::Network;

/// One layer of the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mechanism {
    /// User, process, IPC, host name and cgroup namespaces.
    Namespaces,
    /// A minimal read-only file system with private scratch folders.
    Mounts,
    /// Landlock: which files may be read and written, no TCP, no signals outwards.
    Landlock,
    /// A filter over system calls.
    Seccomp,
    /// Resource limits.
    Rlimits,
    /// No capabilities, and no way to gain any.
    Capabilities,
    /// A network namespace that leads nowhere.
    Network,
    /// A control group, by which the kernel counts what all processes use together.
    Cgroup,
}

impl Mechanism {
    /// All mechanisms, in the order of reports.
    pub const ALL: [Mechanism; 8] = [
        Mechanism::Namespaces,
        Mechanism::Mounts,
        Mechanism::Landlock,
        Mechanism::Seccomp,
        Mechanism::Rlimits,
        Mechanism::Capabilities,
        Mechanism::Network,
        Mechanism::Cgroup,
    ];

    /// The lower-case name, as in reports.
    pub fn name(self) -> &'static str {
        match self {
            Mechanism::Namespaces => "namespaces",
            Mechanism::Mounts => "mounts",
            Mechanism::Landlock => "landlock",
            Mechanism::Seccomp => "seccomp",
            Mechanism::Rlimits => "rlimits",
            Mechanism::Capabilities => "capabilities",
            Mechanism::Network => "network",
            Mechanism::Cgroup => "cgroup",
        }
    }

    /// Whether a run without all of it has a gap. Control groups only sharpen bounds that are
    /// watched in any case, and most users may make none.
    pub fn is_required(self) -> bool {
        self != Mechanism::Cgroup
    }
}

/// How far a mechanism was in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// All of it.
    Full,
    /// Some of it; the text says what is missing.
    Partial(String),
    /// Nothing of it; the text says why.
    Absent(String),
}

/// What held one program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enforcement {
    /// User, process, IPC, host name and cgroup namespaces.
    pub namespaces: Level,
    /// A minimal read-only file system with private scratch folders.
    pub mounts: Level,
    /// Landlock.
    pub landlock: Level,
    /// The Landlock ABI in use; 0 without Landlock.
    pub landlock_abi: u32,
    /// The system call filter.
    pub seccomp: Level,
    /// Resource limits.
    pub rlimits: Level,
    /// Capabilities dropped for good.
    pub capabilities: Level,
    /// The network namespace that leads nowhere; absent when the job was given that of the host.
    pub network: Level,
    /// The control group.
    pub cgroup: Level,
    /// The network that the job was given.
    pub given: Network,
}

impl Enforcement {
    /// Nothing enforced, for one reason.
    pub fn absent(reason: &str) -> Enforcement {
        let absent = || Level::Absent(reason.to_owned());
        Enforcement {
            namespaces: absent(),
            mounts: absent(),
            landlock: absent(),
            landlock_abi: 0,
            seccomp: absent(),
            rlimits: absent(),
            capabilities: absent(),
            network: absent(),
            cgroup: absent(),
            given: Network::Off,
        }
    }

    /// The level of one mechanism.
    pub fn level(&self, mechanism: Mechanism) -> &Level {
        match mechanism {
            Mechanism::Namespaces => &self.namespaces,
            Mechanism::Mounts => &self.mounts,
            Mechanism::Landlock => &self.landlock,
            Mechanism::Seccomp => &self.seccomp,
            Mechanism::Rlimits => &self.rlimits,
            Mechanism::Capabilities => &self.capabilities,
            Mechanism::Network => &self.network,
            Mechanism::Cgroup => &self.cgroup,
        }
    }

    #[cfg(test)]
    pub(crate) fn level_mut(&mut self, mechanism: Mechanism) -> &mut Level {
        match mechanism {
            Mechanism::Namespaces => &mut self.namespaces,
            Mechanism::Mounts => &mut self.mounts,
            Mechanism::Landlock => &mut self.landlock,
            Mechanism::Seccomp => &mut self.seccomp,
            Mechanism::Rlimits => &mut self.rlimits,
            Mechanism::Capabilities => &mut self.capabilities,
            Mechanism::Network => &mut self.network,
            Mechanism::Cgroup => &mut self.cgroup,
        }
    }

    /// Every required mechanism that was not fully in force, with the reason.
    pub fn gaps(&self) -> Vec<(Mechanism, &str)> {
        Mechanism::ALL
            .into_iter()
            .filter(|mechanism| mechanism.is_required())
            .filter_map(|mechanism| match self.level(mechanism) {
                Level::Full => None,
                Level::Partial(reason) | Level::Absent(reason) => {
                    Some((mechanism, reason.as_str()))
                }
            })
            .collect()
    }
}
