//! What to do about a mechanism that does not work here: the likely cause, and the one command that
//! changes it.
//!
//! Guesses from what the kernel shows, and changes nothing itself.

use std::fs;

use crate::enforcement::{Enforcement, Level, Mechanism};

/// Why a mechanism is not in force, as far as can be told, and what helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// Which mechanism.
    pub mechanism: Mechanism,
    /// The likely cause.
    pub cause: String,
    /// A command that enables it; none where it takes another kernel.
    pub command: Option<String>,
}

/// Advice for every mechanism that is not fully in force, in the order of reports.
pub fn advise(enforcement: &Enforcement) -> Vec<Advice> {
    of(enforcement, &Facts::look())
}

/// What the kernel shows of its rules.
#[derive(Debug, Default)]
struct Facts {
    /// `kernel.apparmor_restrict_unprivileged_userns` (Ubuntu 23.10 and later).
    apparmor: Option<u64>,
    /// `user.max_user_namespaces`.
    most: Option<u64>,
    /// `kernel.unprivileged_userns_clone` (Debian).
    clone: Option<u64>,
    /// Whether a filter holds this process already, as in a container.
    filtered: bool,
    /// Names of the security modules that are active.
    modules: Option<String>,
    /// Whether systemd runs, which hands out control groups.
    systemd: bool,
}

impl Facts {
    fn look() -> Facts {
        let read = |path: &str| fs::read_to_string(path).ok();
        let number = |name: &str| read(&format!("/proc/sys/{name}"))?.trim().parse().ok();
        let status = read("/proc/self/status").unwrap_or_default();
        Facts {
            apparmor: number("kernel/apparmor_restrict_unprivileged_userns"),
            most: number("user/max_user_namespaces"),
            clone: number("kernel/unprivileged_userns_clone"),
            filtered: status.lines().any(|line| line == "Seccomp:\t2"),
            modules: read("/sys/kernel/security/lsm"),
            systemd: fs::exists("/run/systemd/system").unwrap_or(false),
        }
    }
}

fn of(enforcement: &Enforcement, facts: &Facts) -> Vec<Advice> {
    let lacking =
        Mechanism::ALL.into_iter().filter_map(|mechanism| match enforcement.level(mechanism) {
            Level::Full => None,
            Level::Partial(reason) | Level::Absent(reason) => Some((mechanism, reason.as_str())),
        });
    let isolated = enforcement.namespaces == Level::Full;
    lacking
        .filter_map(|(mechanism, reason)| {
            let (cause, command) = match mechanism {
                Mechanism::Namespaces => namespaces(facts),
                // These follow from the first.
                Mechanism::Mounts | Mechanism::Network | Mechanism::Capabilities if !isolated => {
                    return None;
                }
                Mechanism::Mounts if reason.contains("/proc") => (
                    "the container covers parts of its /proc, so there can be no other".to_owned(),
                    Some("docker run --security-opt systempaths=unconfined ...".to_owned()),
                ),
                Mechanism::Landlock => landlock(facts),
                Mechanism::Cgroup => cgroup(facts),
                _ => (reason.to_owned(), None),
            };
            Some(Advice { mechanism, cause, command })
        })
        .collect()
}

type Told = (String, Option<String>);

fn told(cause: &str, command: &str) -> Told {
    (cause.to_owned(), Some(command.to_owned()))
}

fn namespaces(facts: &Facts) -> Told {
    if facts.most == Some(0) {
        return told(
            "this machine allows no user namespaces",
            "sudo sysctl -w user.max_user_namespaces=15000",
        );
    }
    if facts.clone == Some(0) {
        return told(
            "only root may make user namespaces",
            "sudo sysctl -w kernel.unprivileged_userns_clone=1",
        );
    }
    if facts.apparmor.is_some_and(|rule| rule > 0) {
        return told(
            "AppArmor lets only programs with a profile use user namespaces",
            "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
        );
    }
    if facts.filtered {
        return told(
            "a filter over system calls, as containers have one, refuses them",
            "docker run --security-opt seccomp=unconfined ...",
        );
    }
    ("the kernel refuses user namespaces, and shows no rule for it".to_owned(), None)
}

fn landlock(facts: &Facts) -> Told {
    let active = facts.modules.as_deref().map(str::trim).filter(|modules| !modules.is_empty());
    match active {
        Some(modules) if !modules.split(',').any(|one| one == "landlock") => told(
            "the kernel was started without it",
            &format!("sudo grubby --update-kernel=ALL --args=lsm=landlock,{modules}"),
        ),
        _ => ("it takes a kernel with Landlock, Linux 6.2 for all of it".to_owned(), None),
    }
}

fn cgroup(facts: &Facts) -> Told {
    if facts.systemd {
        return told(
            "this session may not make control groups; bounds are watched from outside instead",
            "systemd-run --user --scope -p Delegate=yes stillruns check",
        );
    }
    let cause = "no control group can be made; bounds are watched from outside instead";
    (cause.to_owned(), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lacking(mechanisms: &[Mechanism]) -> Enforcement {
        let mut all = Enforcement::absent("switched off");
        for mechanism in Mechanism::ALL.into_iter().filter(|one| !mechanisms.contains(one)) {
            *all.level_mut(mechanism) = Level::Full;
        }
        all
    }

    #[test]
    fn every_rule_against_namespaces_has_its_command() {
        let all = lacking(&[Mechanism::Namespaces, Mechanism::Mounts, Mechanism::Network]);
        for (facts, command) in [
            (Facts { most: Some(0), ..Facts::default() }, Some("user.max_user_namespaces=15000")),
            (Facts { clone: Some(0), ..Facts::default() }, Some("userns_clone=1")),
            (Facts { apparmor: Some(1), ..Facts::default() }, Some("unprivileged_userns=0")),
            (Facts { filtered: true, ..Facts::default() }, Some("seccomp=unconfined")),
            (Facts { most: Some(7), apparmor: Some(0), ..Facts::default() }, None),
        ] {
            let advice = of(&all, &facts);
            assert_eq!(advice.len(), 1, "what follows from it is not told again: {advice:?}");
            let told = advice[0].command.as_deref();
            assert_eq!(told.is_some(), command.is_some(), "{advice:?}");
            assert!(told.unwrap_or_default().contains(command.unwrap_or_default()), "{advice:?}");
        }
    }

    #[test]
    fn what_is_in_force_needs_no_advice() {
        assert_eq!(of(&lacking(&[]), &Facts::default()), []);
        let facts = Facts { modules: Some("capability,yama\n".to_owned()), ..Facts::default() };
        let advice = of(&lacking(&[Mechanism::Landlock]), &facts);
        assert!(advice[0].command.as_deref().unwrap().ends_with("lsm=landlock,capability,yama"));
    }
}
