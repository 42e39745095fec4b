//! The same program as root, as an ordinary user, and where user namespaces are forbidden: each run
//! says truthfully what held it, and nothing runs with less than was asked for.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use stillruns_harness::{End, Level, Mechanism, Run};

use crate::{offered, skip};

/// The harness and a program, where everybody may go.
struct Place {
    folder: tempfile::TempDir,
    harness: PathBuf,
    program: PathBuf,
    secret: PathBuf,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let [harness, program, secret] =
            ["harness", "program.sh", "secret"].map(|name| folder.path().join(name));
        fs::copy(env!("CARGO_BIN_EXE_stillruns-harness"), &harness).unwrap();
        let shown = secret.display();
        // Says who it is, and tries what must not work.
        let text = format!(
            "id -u\ncat {shown} 2>/dev/null || echo refused\n\
             (echo x > {shown}) 2>/dev/null || echo refused\n\
             (echo x > /usr/x) 2>/dev/null || echo refused\n\
             bash -c 'echo x > /dev/tcp/127.0.0.1/22' 2>/dev/null || echo refused\n\
             kill -0 {} 2>/dev/null || echo refused\n",
            std::process::id()
        );
        fs::write(&program, text).unwrap();
        fs::write(&secret, "as before").unwrap();
        for (path, mode) in [(folder.path(), 0o755), (&harness, 0o755), (&secret, 0o666)] {
            fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        }
        Place { folder, harness, program, secret }
    }

    /// What the harness prints when it is started by these words, and whether it was content.
    fn harness(&self, before: &[&str], words: &[&str]) -> (String, bool) {
        let mut command: Vec<&str> = before.to_vec();
        let harness = self.harness.display().to_string();
        command.push(&harness);
        command.extend(words);
        let output = duct::cmd(command[0], &command[1..])
            .env("PATH", "/usr/bin:/bin")
            .env("TMPDIR", "/tmp")
            .env_remove("HOME")
            .env_remove("PYENV_ROOT")
            .dir(self.folder.path())
            .stderr_to_stdout()
            .stdout_capture()
            .unchecked()
            .run()
            .unwrap();
        (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.success())
    }

    fn run(&self, before: &[&str], sandbox: &str) -> Run {
        let program = self.program.display().to_string();
        let (text, _) = self.harness(before, &["run", &program, "--json", "--sandbox", sandbox]);
        let run: Run =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(run.end, End::Exited(0), "{text}");
        let lines = run.stdout.text();
        let refused = lines.lines().filter(|line| *line == "refused").count();
        assert_eq!(refused, 5, "{before:?}: {text}");
        assert_eq!(fs::read_to_string(&self.secret).unwrap(), "as before");
        run
    }
}

/// Becomes nobody; only root can.
const NOBODY: [&str; 4] = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

/// Forbids user namespaces in one that is the last.
pub(crate) const LAST: [&str; 5] = [
    "unshare",
    "-Ur",
    "sh",
    "-c",
    "echo 0 > /proc/sys/user/max_user_namespaces && exec \"$0\" \"$@\"",
];

const BUBBLEWRAP: [&str; 2] = ["/usr/bin/bwrap", "/bin/bwrap"];

fn may_become_nobody() -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        skip("only root can become nobody");
    }
    root
}

#[test]
fn an_ordinary_user_gets_the_whole_sandbox() {
    if !offered(&Mechanism::ALL) || !may_become_nobody() {
        return;
    }
    let place = Place::new();
    for before in [&[][..], &NOBODY[..]] {
        let before: Vec<&str> = ["env"].iter().chain(before).copied().collect();
        let run = place.run(&before, "required");
        assert!(run.enforcement.gaps().is_empty(), "{:?}", run.enforcement);
        assert!(run.stdout.text().starts_with("1000\n"), "nobody is root: {}", run.stdout.text());
    }
}

#[test]
fn without_user_namespaces_the_rest_holds_and_the_lack_is_told() {
    if !offered(&[Mechanism::Namespaces, Mechanism::Landlock]) || !may_become_nobody() {
        return;
    }
    let place = Place::new();
    for before in [LAST.to_vec(), NOBODY.into_iter().chain(LAST).collect()] {
        let run = place.run(&before, "best-effort");
        let level = |mechanism| run.enforcement.level(mechanism).clone();
        // Who is root in its namespace may use bubblewrap, which then needs no namespace for users.
        if BUBBLEWRAP.iter().any(|path| Path::new(path).exists()) {
            let by = |level| matches!(level, Level::Partial(text) if text.contains("bubblewrap"));
            assert!(by(level(Mechanism::Namespaces)), "{:?}", run.enforcement);
            assert_eq!(level(Mechanism::Network), Level::Full);
        } else {
            skip("bubblewrap is not installed");
            assert!(matches!(level(Mechanism::Namespaces), Level::Absent(_)));
            assert!(matches!(level(Mechanism::Network), Level::Partial(_)));
        }
        assert!(matches!(level(Mechanism::Mounts), Level::Absent(_)));
        assert_eq!(
            (level(Mechanism::Landlock), level(Mechanism::Seccomp)),
            (Level::Full, Level::Full)
        );
        // It is the root of its namespace, and there is nobody else in there to become.
        assert!(matches!(level(Mechanism::Capabilities), Level::Partial(_)));

        let program = place.program.display().to_string();
        let (text, fine) = place.harness(&before, &["run", &program, "--sandbox", "required"]);
        assert!(!fine && text.contains("failed to enforce `namespaces`"), "{text}");
        let (text, _) = place.harness(&before, &["doctor"]);
        assert!(text.contains("sudo sysctl -w user.max_user_namespaces="), "{text}");
    }
}
