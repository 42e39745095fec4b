//! A project in a temporary folder, and the built program run in it.
//!
//! Checks nothing by itself.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// A temporary folder with files in it.
pub(crate) struct Project {
    folder: tempfile::TempDir,
}

/// What the program said and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// Fails unless the program ended with `code`.
    #[track_caller]
    pub(crate) fn code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// Fails unless standard error holds `text`.
    #[track_caller]
    pub(crate) fn err(self, text: &str) -> Self {
        assert!(self.err.contains(text), "no {text:?} in {self:#?}");
        self
    }

    /// Fails unless standard output holds `text`.
    #[track_caller]
    pub(crate) fn out(self, text: &str) -> Self {
        assert!(self.out.contains(text), "no {text:?} in {self:#?}");
        self
    }
}

/// Runs the program in `folder`, which is no project of a test but this repository, or nobody's.
pub(crate) fn run_in(folder: &Path, args: &[&str]) -> Said {
    let mut command = plain(folder, PROGRAM);
    command.args(args);
    said(command, "")
}

impl Project {
    /// An empty project.
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("stillruns").tempdir();
        Self { folder: folder.expect("a temporary folder") }
    }

    /// With one document, `a.md`.
    pub(crate) fn with(text: &str) -> Self {
        Self::new().file("a.md", text)
    }

    /// Adds or replaces a file.
    pub(crate) fn file(self, path: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> Self {
        self.put(path, contents);
        self
    }

    /// Adds or replaces a file.
    pub(crate) fn put(&self, path: impl AsRef<Path>, contents: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(path)
            .expect("opened");
        file.write_all(contents.as_ref()).expect("written");
    }

    /// The whole path of `path`.
    pub(crate) fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(path)
    }

    /// The text of the file at `path`.
    #[track_caller]
    pub(crate) fn read(&self, path: impl AsRef<Path>) -> String {
        fs::read_to_string(self.path(path)).expect("read")
    }

    /// Every file below `folder`, relative to it, sorted; without what is remembered of runs.
    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
        let root = self.path(folder);
        let mut files = Vec::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.extend(Some(path).filter(|path| !path.ends_with(".caches")));
                } else {
                    let inside = path.strip_prefix(&root).expect("below");
                    files.push(inside.display().to_string());
                }
            }
        }
        files.sort();
        files
    }

    /// Runs the program in the project.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Said {
        self.run_with(args, "", &[])
    }

    /// Runs the program with `input` and further variables of the environment.
    pub(crate) fn run_with<S: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = S>,
        input: impl AsRef<[u8]>,
        variables: &[(&str, &str)],
    ) -> Said {
        let mut command = self.command(args);
        command.envs(variables.iter().copied());
        said(command, input)
    }

    /// Runs the program with so many KiB of address space and no more. Without an arena for each
    /// thread, of which the allocator reserves far more than it uses.
    pub(crate) fn run_within(&self, kib: u32, arguments: &str) -> Said {
        let mut command = self.script(&format!("ulimit -v {kib}; exec \"$0\" {arguments}"));
        command.env("MALLOC_ARENA_MAX", "1");
        said(command, "")
    }

    /// Runs the program as somebody who may have so many processes and threads. Only root can.
    pub(crate) fn run_as_one_of(&self, most: u32, arguments: &[&str]) -> Said {
        let program = self.path("stillruns");
        fs::copy(PROGRAM, &program).expect("the program can be copied");
        for path in [self.folder.path(), &program] {
            let all = fs::Permissions::from_mode(0o777);
            fs::set_permissions(path, all).expect("modes can be set");
        }
        let mut command = plain(self.folder.path(), "setpriv");
        // Nobody else is nobody.
        command.args(["--reuid=60124", "--regid=60124", "--clear-groups", "prlimit"]);
        command.arg(format!("--nproc={most}")).arg(program).args(arguments);
        said(command, "")
    }

    /// Runs the program where the kernel makes no namespaces: of the one that is allowed below a
    /// new one, the program's own surroundings are made. Nothing where that cannot be arranged.
    pub(crate) fn run_without_namespaces(&self, arguments: &str) -> Option<Said> {
        let inner = format!("exec '{PROGRAM}' {arguments}");
        let outer = format!(
            "echo 1 > /proc/sys/user/max_user_namespaces || exit 99; \
             exec unshare --user --map-user=1000 sh -c \"{inner}\""
        );
        let output = plain(self.folder.path(), "unshare")
            .args(["--user", "--map-root-user", "sh", "-c", &outer])
            .output()
            .ok()?;
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.code() == Some(99) || err.starts_with("unshare:") {
            return None;
        }
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        Some(Said { code: output.status.code()?, out, err })
    }

    /// The program, ready to run in the project with a plain environment.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = plain(self.folder.path(), PROGRAM);
        command.args(args);
        command
    }

    /// A script of the shell to which `$0` is the program.
    pub(crate) fn script(&self, script: &str) -> Command {
        let mut command = plain(self.folder.path(), "sh");
        command.args(["-c", script, PROGRAM]);
        command
    }
}

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_stillruns");

/// `program`, ready to run in `folder` with a plain environment.
#[expect(clippy::disallowed_methods, reason = "the test runs the program as users do")]
fn plain(folder: &Path, program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    for name in ["CI", "GITHUB_ACTIONS", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    // What one test leaves behind must not help another.
    let caches = if folder.join("Cargo.toml").exists() {
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("caches")
    } else {
        folder.join(".caches")
    };
    command.env("XDG_CACHE_HOME", caches);
    for key in [
        "CACHE_DIR",
        "CONFIG",
        "JOBS",
        "MEMORY",
        "NO_ANNOTATIONS",
        "PYTHON",
        "RETRIES",
        "SANDBOX",
        "TIMEOUT",
    ] {
        command.env_remove(format!("STILLRUNS_{key}"));
    }
    command
}

/// Runs `command` with `input` to its end.
fn said(mut command: Command, input: impl AsRef<[u8]>) -> Said {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that does not read its input closes it early.
    let _ = child.stdin.take().expect("piped").write_all(input.as_ref());
    let output = ended(child);
    Said {
        code: output.status.code().expect("no signal ended it"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// How `child` ended, and what it wrote. A program that is stuck is ended, and fails its test only.
#[track_caller]
pub(crate) fn ended(child: Child) -> Output {
    // Many times what the longest takes on a busy machine.
    const PATIENCE: Duration = Duration::from_secs(600);
    let pid = Pid::from_child(&child);
    let (sender, over) = mpsc::channel::<()>();
    let watch = thread::spawn(move || {
        let stuck = over.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout);
        stuck && kill_process(pid, Signal::KILL).is_ok()
    });
    let output = child.wait_with_output().expect("its output can be read");
    drop(sender);
    assert!(!watch.join().expect("it only waits"), "it did not end: {output:?}");
    output
}

/// Says loudly that a test, or the rest of it, was skipped. Not by `eprintln!`: what a passing
/// test prints with that is never seen.
pub(crate) fn skipped(why: &str) {
    writeln!(std::io::stderr(), "SKIPPED: {why}").expect("standard error takes a line");
}

/// A Python example in a fence.
pub(crate) fn python(code: &str) -> String {
    format!("```python\n{code}\n```\n")
}

/// Two examples that pass and one that is broken, with prose between them.
pub(crate) const MIXED: &str = "# Notes\n\n```python\nprint(1 + 1)\n```\n\nSome words.\n\n\
    ```python\nvalue = [1, 2]\nvalue[5]\n```\n\n```sh\necho hello\n```\n";
