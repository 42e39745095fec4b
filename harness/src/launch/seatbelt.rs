//! The rules of `sandbox-exec`, by which macOS holds a program: everything is denied that is not
//! listed here (`sandbox-exec(1)`; its language is not documented, and known from the profiles in
//! `/System/Library/Sandbox/Profiles`).
//!
//! Text only, the same for the same job; whoever starts the program uses it.

use std::path::{Path, PathBuf};

/// What a program may have, in absolute paths without links.
pub(super) struct Allowed<'a> {
    /// Folders and files that may be read and executed, beside the system.
    pub(super) readable: &'a [PathBuf],
    /// Folders that may be written.
    pub(super) writable: &'a [PathBuf],
    /// Whether it may use the network of the host.
    pub(super) network: bool,
}

/// What every program needs of the system, to be read and executed. `/usr/local` is not among it:
/// there lie data of services as well.
const SYSTEM: [&str; 10] = [
    "/usr/bin",
    "/usr/sbin",
    "/usr/lib",
    "/usr/libexec",
    "/usr/share",
    "/bin",
    "/sbin",
    "/System",
    "/Library/Apple",
    "/private/var/db/dyld",
];

/// Files of the system that tell nothing about this machine's users.
const SETTINGS: [&str; 4] = [
    "/private/etc/localtime",
    "/private/var/db/timezone",
    "/private/etc/ssl",
    "/private/etc/protocols",
];

/// On the way to everything, or links to it: to be looked at, not to be listed.
const WAYS: [&str; 6] = ["/etc", "/tmp", "/var", "/private", "/dev", "/usr"];

const DEVICES: [&str; 4] = ["/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"];

/// Services that programs ask for names and certificates, where they have the network.
const SERVICES: [&str; 3] =
    ["com.apple.SystemConfiguration.configd", "com.apple.dnssd.service", "com.apple.trustd.agent"];

/// The profile for `sandbox-exec -p`.
pub(super) fn profile(allowed: &Allowed<'_>) -> String {
    let mut lines = vec![
        "(version 1)".to_owned(),
        "(deny default)".to_owned(),
        "(allow process-fork)".to_owned(),
        "(allow signal (target same-sandbox))".to_owned(),
        "(allow process-info* (target same-sandbox))".to_owned(),
        "(allow sysctl-read)".to_owned(),
    ];
    let system = SYSTEM.iter().chain(&SETTINGS).map(|path| subpath(Path::new(path)));
    let readable: Vec<String> =
        system.chain(allowed.readable.iter().map(|path| subpath(path))).collect();
    let writable: Vec<String> = allowed.writable.iter().map(|path| subpath(path)).collect();
    let devices: Vec<String> = DEVICES.iter().map(|path| literal(Path::new(path))).collect();
    let ways = ways(allowed);

    let root = vec![literal(Path::new("/"))];
    lines.push(allow("file-read-metadata", &ways));
    lines.push(allow(
        "file-read*",
        &[root, readable.clone(), writable.clone(), devices.clone()].concat(),
    ));
    let executable = [readable, writable.clone()].concat();
    lines.push(allow("process-exec", &executable));
    lines.push(allow("file-map-executable", &executable));
    lines.push(allow("file-write*", &writable));
    lines.push(allow("file-write-data", &devices));
    lines.push(allow("file-ioctl", &devices));
    if allowed.network {
        lines.push("(allow network*)".to_owned());
        lines.push("(allow system-socket)".to_owned());
        let names: Vec<String> =
            SERVICES.iter().map(|name| format!("(global-name {})", quote(name))).collect();
        lines.push(allow("mach-lookup", &names));
        let files =
            ["/private/etc/resolv.conf", "/private/var/run/resolv.conf", "/private/etc/hosts"];
        lines.push(allow("file-read*", &files.map(|path| literal(Path::new(path)))));
    }
    lines.join("\n") + "\n"
}

/// All folders above what may be used, without which no path to it leads anywhere.
fn ways(allowed: &Allowed<'_>) -> Vec<String> {
    let mut ways: Vec<PathBuf> = WAYS.iter().map(PathBuf::from).collect();
    let used = allowed.readable.iter().chain(allowed.writable);
    ways.extend(used.flat_map(|path| path.ancestors().skip(1)).map(Path::to_owned));
    ways.sort();
    ways.dedup();
    ways.iter().map(|path| literal(path)).collect()
}

fn allow(what: &str, filters: &[String]) -> String {
    format!("(allow {what}\n  {})", filters.join("\n  "))
}

fn subpath(path: &Path) -> String {
    format!("(subpath {})", quote(&path.to_string_lossy()))
}

fn literal(path: &Path) -> String {
    format!("(literal {})", quote(&path.to_string_lossy()))
}

/// A string of the language, which is Scheme.
fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(network: bool) -> String {
        let readable = [PathBuf::from("/opt/py \"3\"\\x")];
        let writable = [PathBuf::from("/private/tmp/run/work")];
        profile(&Allowed { readable: &readable, writable: &writable, network })
    }

    /// The rules as lists of words: operation, then filters.
    fn rules(text: &str) -> Vec<(String, Vec<String>)> {
        let text = text.replace("\n  ", "\u{1}");
        let lines = text.lines().filter_map(|line| line.strip_prefix("(allow ")?.strip_suffix(')'));
        lines
            .map(|line| {
                let mut words = line.split('\u{1}').map(str::to_owned);
                (words.next().unwrap_or_default(), words.collect())
            })
            .collect()
    }

    #[test]
    fn everything_is_denied_that_is_not_listed() {
        let text = rendered(false);
        assert!(text.starts_with("(version 1)\n(deny default)\n"), "{text}");
        for word in ["network", "mach-lookup", "system-socket", "iokit", "file-write-create"] {
            assert!(!text.contains(word), "{word}: {text}");
        }
        // Balanced, strings aside.
        let bare = text.replace("\\\\", "").replace("\\\"", "");
        let outside: String = bare.split('"').step_by(2).collect();
        let count = |one: char| outside.chars().filter(|each| *each == one).count();
        assert_eq!(count('('), count(')'), "{text}");
    }

    #[test]
    fn only_the_folders_of_the_run_are_written() {
        for (operation, filters) in rules(&rendered(false)) {
            match operation.as_str() {
                "file-write*" => assert_eq!(filters, ["(subpath \"/private/tmp/run/work\")"]),
                "file-write-data" | "file-ioctl" => {
                    assert!(filters.iter().all(|one| one.starts_with("(literal \"/dev/")));
                }
                other => assert!(!other.contains("write"), "{other}"),
            }
        }
    }

    #[test]
    fn what_lies_above_may_be_passed_and_not_listed() {
        let text = rendered(false);
        let of = |wanted: &str| {
            let mut found = rules(&text).into_iter().filter(|(operation, _)| operation == wanted);
            found.next().unwrap().1
        };
        assert!(of("file-read-metadata").contains(&"(literal \"/private/tmp\")".to_owned()));
        let read = of("file-read*");
        assert!(!read.iter().any(|one| one.contains("/private/tmp\"")), "{read:?}");
        assert!(!read.iter().any(|one| one.contains("/Users") || one.contains("(subpath \"/\")")));
        assert!(read.contains(&"(subpath \"/opt/py \\\"3\\\"\\\\x\")".to_owned()), "{read:?}");
    }

    #[test]
    fn the_network_comes_with_what_names_take() {
        let text = rendered(true);
        assert!(text.contains("(allow network*)"), "{text}");
        assert!(text.contains("(global-name \"com.apple.dnssd.service\")"), "{text}");
    }
}
