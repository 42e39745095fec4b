//! Bubblewrap, where it may make the namespaces that we may not: some systems allow user namespaces
//! to programs with a profile only, and it has one.
//!
//! It hides the host once for all runs of a lane: the launcher starts itself anew in there and goes
//! on as where there are no namespaces. It is only tried when ours are refused.

use std::ffi::{CString, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::process;

use rustix::fd::AsFd;
use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout};

use super::layout::{SETTINGS, SYSTEM};
use super::wire::{FLAG, Terms};
use super::{switched_off, sys};
use crate::enforcement::Mechanism;
use crate::job::Network;
use crate::remove;

/// Where it lies; a program of that name from elsewhere is not trusted with this.
const PLACES: [&str; 3] = ["/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap"];

/// Where the launcher lies in there.
const LAUNCHER: &str = "/run/launcher";

/// Starts the launcher anew inside of bubblewrap, with `control` as its standard input, and ends with
/// it. Returns, with the reason, only where that cannot be; then nothing has changed.
pub(super) fn enter(terms: &Terms, control: impl AsFd) -> String {
    match prepare(terms, &control) {
        Ok(never) => match never {},
        Err(error) => error.to_string(),
    }
}

/// Whether it is worth a try.
pub(super) fn is_wanted(terms: &Terms) -> bool {
    terms.outer.is_none() && switched_off(terms, Mechanism::Namespaces).is_none()
}

enum Never {}

fn prepare(terms: &Terms, control: &impl AsFd) -> io::Result<Never> {
    let bwrap = PLACES.iter().map(Path::new).find(|path| path.exists());
    let bwrap = bwrap.ok_or_else(|| io::Error::other("bubblewrap is not installed"))?;
    if !works(bwrap)? {
        return Err(io::Error::other("bubblewrap is refused namespaces as well"));
    }
    // In there no folder of the host can be made visible later.
    let base = tempfile::Builder::new().prefix("stillruns-").tempdir()?.keep();
    let inner = Terms { outer: Some(base.clone()), ..terms.clone() };
    let mut words = arguments(terms, &std::env::current_exe()?, &base);
    words.extend([LAUNCHER.into(), FLAG.into(), serde_json::to_string(&inner)?.into()]);
    let started = sys::clone(0);
    if let Ok(None) = started {
        let _ = dup2_stdin(control).map(|()| exec(bwrap, words));
        process::exit(1);
    }
    // The inner launcher cannot remove what it lives in, and the host may be killed.
    let ended = started.and_then(sys::wait);
    remove::contents(&base);
    let _ = fs::remove_dir(base);
    ended.map(|_| process::exit(0))
}

/// Whether it can make what it is asked for.
fn works(bwrap: &Path) -> io::Result<bool> {
    let Some(child) = sys::clone(0)? else {
        if let Ok(null) = fs::File::options().write(true).open("/dev/null") {
            let _ = dup2_stdout(&null).and_then(|()| dup2_stderr(&null));
        }
        let words = ["--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "/bin/true"];
        exec(bwrap, words.map(Into::into).to_vec());
        process::exit(1);
    };
    let (_, status, _) = sys::wait(Some(child))?;
    Ok(libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0)
}

fn exec(program: &Path, words: Vec<OsString>) -> io::Error {
    let all: Result<Vec<CString>, _> = std::iter::once(program.as_os_str().to_owned())
        .chain(words)
        .map(|word| CString::new(word.into_vec()))
        .collect();
    match all {
        // Its own first process would show an environment to all others.
        Ok(all) => sys::exec(&all[0], &all, &[]),
        Err(error) => error.into(),
    }
}

/// What is shown in there: the same as in a root of our own, and the folder of the lane.
fn arguments(terms: &Terms, launcher: &Path, base: &Path) -> Vec<OsString> {
    let mut words: Vec<OsString> =
        ["--unshare-all", "--new-session", "--die-with-parent", "--cap-drop", "ALL"]
            .map(Into::into)
            .to_vec();
    words.extend(["--hostname", "sandbox"].map(Into::into));
    if terms.network == Network::Host {
        words.push("--share-net".into());
    }
    let mut show = |how: &str, from: &Path, at: &Path| {
        words.extend([how.into(), from.into(), at.into()]);
    };
    show("--ro-bind", Path::new("/usr"), Path::new("/usr"));
    for name in SYSTEM {
        let at = Path::new("/").join(name);
        match fs::read_link(&at) {
            Ok(to) => show("--symlink", &to, &at),
            Err(_) => show("--ro-bind-try", &at, &at),
        }
    }
    let online: &[&str] =
        if terms.network == Network::Host { &["resolv.conf", "hosts"] } else { &[] };
    let users = ["passwd", "group", "nsswitch.conf"];
    for name in SETTINGS.iter().chain(&users).chain(online) {
        let at = Path::new("/etc").join(name);
        show("--ro-bind-try", &at, &at);
    }
    for root in terms.roots.iter().filter(|root| !root.starts_with("/usr")) {
        show("--ro-bind", root, root);
    }
    show("--ro-bind", launcher, Path::new(LAUNCHER));
    words.extend(["--proc", "/proc", "--dev", "/dev"].map(Into::into));
    let base: &PathBuf = &base.to_owned();
    words.extend(["--bind".into(), base.into(), base.into()]);
    words.extend(["--chdir", "/"].map(Into::into));
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::Require;
    use crate::launch::wire::VERSION;

    #[test]
    fn nothing_is_shown_but_what_a_program_may_see() {
        let terms = Terms {
            version: VERSION,
            require: Require::BestEffort,
            without: Vec::new(),
            network: Network::Off,
            roots: vec!["/opt/python".into()],
            warm: None,
            processor: None,
            outer: None,
        };
        let words = arguments(&terms, Path::new("/x/launcher"), Path::new("/tmp/lane"));
        let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
        let text = words.join(" ");
        assert!(text.contains("--ro-bind /opt/python /opt/python"), "{text}");
        assert!(text.contains("--bind /tmp/lane /tmp/lane"), "{text}");
        assert_eq!(words.iter().filter(|word| *word == "--bind").count(), 1, "{text}");
        assert!(!text.contains("--share-net") && !text.contains("resolv.conf"), "{text}");
        let online = Terms { network: Network::Host, ..terms };
        let words = arguments(&online, Path::new("/x/launcher"), Path::new("/tmp/lane"));
        assert!(words.contains(&"--share-net".into()), "{words:?}");
    }
}
