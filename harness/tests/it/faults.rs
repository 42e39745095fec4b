//! Whatever dies or runs out at whatever moment: no run hangs, none but the one that was hit is
//! touched, trouble is told in a sentence, and nothing stays behind.
//!
//! `STILLRUNS_TEST_FAULTS` says how many processes are killed; a few where it is not set.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, geteuid, kill_process};
use stillruns_harness::{End, Error, File, InterpreterId, Mechanism, Require, Run, Sandbox, Start};

use crate::users::LAST;
use crate::{cold, job, note, offered, processes_with};

/// Longer than any run here can take, a second try included.
const SOON: Duration = Duration::from_secs(60);

/// A sequence without a pattern, the same every time (xorshift).
struct Moments(u64);

impl Moments {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// A process that cannot be mistaken for a later one of the same number.
type Seen = (i32, String);

fn kills() -> u64 {
    std::env::var("STILLRUNS_TEST_FAULTS").ok().and_then(|text| text.parse().ok()).unwrap_or(16)
}

/// A program whose processes can be told from those of others by its name.
fn marked(name: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let name = format!("{name}-{}", std::process::id());
    fs::copy(env!("CARGO_BIN_EXE_stillruns-harness"), folder.path().join(&name)).unwrap();
    (folder, name)
}

#[test]
fn a_kill_at_any_moment_costs_at_most_the_run_that_it_hits() {
    if cold() || !offered(&Mechanism::ALL) {
        return;
    }
    let (folder, name) = marked("struck");
    let sandbox = Sandbox::with_launcher(folder.path().join(&name), Require::All);
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap();
    let mut moments = Moments(0x5eed);
    let mut seen = HashSet::new();
    for strike in 0..kills() {
        let sandbox = if strike % 3 == 0 { sandbox.clone() } else { sandbox.clone().warm() };
        let id = if strike % 4 == 3 { InterpreterId::Sh } else { InterpreterId::Python3 };
        let code = match id {
            InterpreterId::Sh => "sleep 0.05; echo ran\n",
            _ => "import time\ntime.sleep(0.05)\nprint('ran')\n",
        };
        let started = Instant::now();
        let ran = thread::scope(|scope| {
            let running = scope.spawn(|| sandbox.run(&job(id, code)));
            thread::sleep(Duration::from_millis(moments.below(120)));
            let lanes = lane_processes(&name);
            if let Some(at) = (lanes.len() as u64).checked_sub(1) {
                strike_down(lanes[moments.below(at + 1) as usize].0);
            }
            seen.extend(lanes);
            running.join().unwrap()
        });
        assert!(started.elapsed() < SOON, "{strike}: {:?}", started.elapsed());
        assert!(is_honest(&ran), "{strike}: {ran:?}");
        // The rest of the runs is none the wiser.
        let next = sandbox.run(&job(id, code)).unwrap();
        assert_eq!((next.end, next.stdout.text().as_str()), (End::Exited(0), "ran\n"), "{strike}");
    }
    drop(sandbox);
    assert_eq!(processes_with(&name), Vec::<String>::new());
    wait_for_end(|| seen.iter().filter(|one| is_there(one)).map(told).collect());
    assert_eq!(fs::read_to_string("/proc/self/mounts").unwrap(), mounts);
}

#[test]
fn a_cell_whose_first_process_is_killed_costs_no_verdict() {
    if cold() || !offered(&Mechanism::ALL) {
        return;
    }
    let (folder, name) = marked("beheaded");
    let sandbox = Sandbox::with_launcher(folder.path().join(&name), Require::All);
    for (id, code) in [
        (InterpreterId::Python3, "import time\ntime.sleep(0.5)\nprint('ran')\n"),
        (InterpreterId::Sh, "sleep 0.5; echo ran\n"),
    ] {
        let sandbox = sandbox.clone().warm();
        let ran = thread::scope(|scope| {
            let running = scope.spawn(|| sandbox.run(&job(id, code)).unwrap());
            let first = loop {
                // Once the program is there: the first of a cell has a namespace of its own.
                let all = lane_processes(&name);
                let of = |levels: &[&str]| all.iter().find(|one| number_in_cell(one.0) == levels);
                if let (Some(first), Some(_)) = (of(&["1"]), of(&["2"])) {
                    break first.0;
                }
                thread::sleep(Duration::from_millis(5));
            };
            strike_down(first);
            running.join().unwrap()
        });
        assert_eq!((ran.start, ran.end), (Start::Again, End::Exited(0)), "{id:?}");
        assert_eq!(ran.stdout.text(), "ran\n");
    }
}

/// The number of a process where it is the deepest, below that of a stem; nothing for others.
fn number_in_cell(pid: i32) -> Vec<String> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let numbers = status.lines().find_map(|line| line.strip_prefix("NSpid:"));
    // On the host, of the stem, in the cell.
    let numbers = numbers.unwrap_or_default().split_whitespace().skip(2);
    numbers.map(Into::into).collect()
}

/// A run that was struck is whole, or says that it was killed, or there is none and a reason.
fn is_honest(ran: &Result<Run, Error>) -> bool {
    match ran {
        Ok(run) if run.end == End::Exited(0) => run.stdout.text() == "ran\n",
        // The program itself was struck, or the shell's child.
        Ok(run) => matches!(run.end, End::Signaled(9) | End::Exited(137)),
        Err(error) => error.to_string().starts_with("failed to "),
    }
}

#[test]
fn a_host_that_is_killed_at_any_moment_leaves_nothing() {
    if cold() || !offered(&Mechanism::ALL) {
        return;
    }
    let (folder, name) = marked("bereft");
    let temp = tempfile::tempdir().unwrap();
    let file = folder.path().join("slow.py");
    fs::write(&file, "import time\ntime.sleep(60)\n").unwrap();
    let mut moments = Moments(0xdead);
    for strike in 0..kills() / 2 {
        let (before, how): (&[&str], &str) = match strike % 5 {
            2 => (&[], "off"),
            // Bubblewrap comes next, or nothing.
            4 => (&LAST, "best-effort"),
            _ => (&[], "required"),
        };
        let program = folder.path().join(&name);
        let words = [program.as_os_str(), "run".as_ref(), file.as_os_str(), "--sandbox".as_ref()];
        let before = before.iter().map(AsRef::as_ref);
        let words: Vec<&OsStr> = before.chain(words).chain([how.as_ref()]).collect();
        let host = host(&words, temp.path());
        thread::sleep(Duration::from_millis(moments.below(400)));
        let seen = lane_processes(&name);
        host.kill().unwrap();
        host.wait().unwrap();
        wait_for_end(|| processes_with(&name));
        wait_for_end(|| seen.iter().filter(|one| is_there(one)).map(told).collect());
        wait_for_end(|| names_in(temp.path()));
    }
}

fn host(words: &[&OsStr], temp: &Path) -> duct::Handle {
    duct::cmd(words[0], &words[1..])
        .env("TMPDIR", temp)
        .stdout_null()
        .stderr_null()
        .unchecked()
        .start()
        .unwrap()
}

#[test]
fn what_runs_out_is_told_in_a_sentence() {
    let mut full = job(InterpreterId::Sh, "echo ran\n");
    full.limits.scratch_bytes = 1 << 16;
    full.files.push(File { path: "large".into(), contents: vec![0; 1 << 20] });
    if offered(&[Mechanism::Namespaces, Mechanism::Mounts]) {
        let error = crate::sandbox(Require::BestEffort).run(&full).unwrap_err().to_string();
        assert!(error.starts_with("failed to write `"), "{error}");
        assert!(error.contains("large`: No space left"), "{error}");
    }
}

/// What may be lacking where a run is started, made in a mount namespace of its own: `$T` is its home
/// and the folder for what is temporary.
const LACKS: [(&str, &str); 7] = [
    ("room", "mount -t tmpfs -o size=64k none $T; head -c 100000 /dev/zero 2>/dev/null > $T/full"),
    ("names", "mount -t tmpfs -o nr_inodes=1 none $T"),
    ("folders to write", "mount -t tmpfs -o ro none $T"),
    ("shared memory", "umount -l /dev/shm"),
    ("devices", "mount -t tmpfs none /dev"),
    ("settings", "mount -t tmpfs none /etc"),
    ("/proc", "umount -l /proc"),
];

#[test]
fn whatever_is_lacking_around_a_run_is_told_and_nothing_stays() {
    if cold() {
        return;
    }
    let place = Bare::new();
    for sandbox in ["required", "best-effort", "off"] {
        let run = place.command(sandbox);
        let mut told = 0;
        for most in [4, 5, 6, 8, 10, 12, 16, 20, 30] {
            told += u32::from(place.told(&format!("ulimit -n {most}; exec {run}")).is_some());
        }
        assert!(told > 0, "{sandbox}: too few descriptors to run are none of these");
        if !geteuid().is_root() {
            note("only root can take things away, or be somebody else: the rest was not tested");
            continue;
        }
        for (what, lack) in LACKS {
            let lacking = format!("{lack}; exec {run}");
            let command = format!("exec unshare -m --propagation private sh -c '{lacking}'");
            let told = place.told(&command);
            // What is written goes to memory where it can, and else to a folder of the host.
            let written = matches!(what, "room" | "names" | "folders to write");
            assert!(!written || sandbox != "off" || told.is_some(), "{what}: {told:?}");
        }
        for most in [1, 2, 3, 4, 5, 6, 8] {
            // Nobody else is nobody.
            let user = "setpriv --reuid=60123 --regid=60123 --clear-groups";
            let told = place.told(&format!("exec {user} prlimit --nproc={most} {run}"));
            assert!(most > 1 || told.is_some(), "{sandbox}: it forks where it may not");
        }
        // The rest goes on as if nothing had been.
        assert_eq!(place.told(&format!("exec {run}")), None);
    }
}

/// The harness and a program where everybody may go, and an empty folder.
struct Bare {
    folder: tempfile::TempDir,
    name: String,
    temp: tempfile::TempDir,
    mounts: String,
}

impl Bare {
    fn new() -> Bare {
        let (folder, name) = marked("lacking");
        fs::write(folder.path().join("a.sh"), "echo ran\n").unwrap();
        let temp = tempfile::tempdir().unwrap();
        for (path, mode) in [(folder.path(), 0o755), (temp.path(), 0o777)] {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
        let mounts = fs::read_to_string("/proc/self/mounts").unwrap();
        Bare { folder, name, temp, mounts }
    }

    fn command(&self, sandbox: &str) -> String {
        let folder = self.folder.path().display();
        let variables = "env HOME=$T TMPDIR=$T PATH=/usr/bin:/bin";
        format!("{variables} {folder}/{} run {folder}/a.sh --sandbox {sandbox}", self.name)
    }

    /// Runs a command that must end soon, by a run or by saying what failed, and leave nothing.
    /// Returns what it said failed.
    fn told(&self, command: &str) -> Option<String> {
        let started = Instant::now();
        let output = duct::cmd!("sh", "-c", command)
            .env("T", self.temp.path())
            .stdout_capture()
            .stderr_capture()
            .unchecked()
            .run()
            .unwrap();
        assert!(started.elapsed() < SOON, "{command}");
        let [out, error] = [&output.stdout, &output.stderr].map(|one| String::from_utf8_lossy(one));
        let ran = output.status.success() && out.contains("ran\n");
        let error = error.trim_end().to_owned();
        let sentence = error.starts_with("stillruns-harness: failed to ") && error.contains(": ");
        assert!(ran || sentence && error.lines().count() == 1, "{command}\n{out}\n{error}");
        wait_for_end(|| processes_with(&self.name));
        assert_eq!(names_in(self.temp.path()), Vec::<String>::new(), "{command}");
        assert_eq!(fs::read_to_string("/proc/self/mounts").unwrap(), self.mounts, "{command}");
        (!ran).then_some(error)
    }
}

fn strike_down(pid: i32) {
    // It may have gone with another.
    let _ = Pid::from_raw(pid).map(|pid| kill_process(pid, Signal::KILL));
}

/// Launchers that were started under this name, and all below them.
fn lane_processes(name: &str) -> Vec<Seen> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_string_lossy().parse::<i32>().ok());
    let launcher = |pid: &i32| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).into_owned();
        line.contains(name) && line.contains("--stillruns-launch")
    };
    let mut waiting: Vec<i32> = pids.filter(launcher).collect();
    let mut all = Vec::new();
    while let Some(pid) = waiting.pop() {
        if let Some(start) = start_of(pid).filter(|_| !all.iter().any(|(known, _)| *known == pid)) {
            all.push((pid, start));
            let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
            let children = children.unwrap_or_default();
            waiting.extend(children.split_whitespace().filter_map(|pid| pid.parse::<i32>().ok()));
        }
    }
    all
}

/// When a process was started; nothing when it is gone or only waits to be reaped.
fn start_of(pid: i32) -> Option<String> {
    let line = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = line.rsplit(')').next()?.split_whitespace().collect();
    (fields.first() != Some(&"Z")).then(|| fields.get(19).copied().unwrap_or_default().to_owned())
}

fn is_there(one: &Seen) -> bool {
    start_of(one.0).as_ref() == Some(&one.1)
}

/// What a process is and does, for whoever must find out why it is there.
fn told(one: &Seen) -> String {
    let read = |what: &str| fs::read_to_string(format!("/proc/{}/{what}", one.0));
    let state = read("status").unwrap_or_default();
    let state = state.lines().filter(|line| line.starts_with(['N', 'S', 'P'])).take(8);
    let [line, stack] = ["cmdline", "stack"].map(|what| read(what).unwrap_or_default());
    format!("{line:?} {:?} {stack:?}", state.collect::<Vec<_>>())
}

fn names_in(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.file_name());
    names.map(|name| name.to_string_lossy().into_owned()).collect()
}

/// Waits until nothing is left.
fn wait_for_end(left: impl Fn() -> Vec<String>) {
    let started = Instant::now();
    while let left = left()
        && !left.is_empty()
    {
        assert!(started.elapsed() < SOON, "these stay: {left:#?}");
        thread::sleep(Duration::from_millis(20));
    }
}
