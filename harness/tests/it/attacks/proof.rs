//! Shows that an attack can succeed: runs it where nothing is in its way, and without harm. What it
//! needs more rights for than the tests should use, it gets in namespaces of its own, on a copy of
//! the disk that vanishes with them.

use std::fs;
use std::path::Path;

use stillruns_harness::Sandbox;

use super::canary::{Canary, Effect};
use super::case::{Case, Proof};
use crate::interpreter;

/// What became of a proof.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Works,
    Fails,
    /// There can be none here.
    Unproven,
}

/// Runs an attack where it is to work.
pub(super) fn show(case: &Case, off: &Sandbox) -> Shown {
    let root = rustix::process::geteuid().is_root();
    let takes_root = matches!(case.proof, Proof::Root | Proof::Apart);
    if takes_root && !root || !case.is_offered() {
        return Shown::Unproven;
    }
    let works = match &case.proof {
        Proof::Off | Proof::Root => super::attack(case, off).is_some(),
        Proof::Last => super::attack(&without_end(case), off).is_some(),
        Proof::Bare => bare(case, &case.parts, &plain),
        Proof::Together => bare(case, &[case.parts.concat()], &plain),
        Proof::Apart => bare(case, &[case.parts.concat()], &apart),
        Proof::Terminal => bare(case, &case.parts, &on_terminal),
        Proof::None(_) => return Shown::Unproven,
    };
    if works { Shown::Works } else { Shown::Fails }
}

/// The same without its last line.
fn without_end(case: &Case) -> Case {
    let part = case.parts[0].trim_end();
    let parts = vec![part.rsplit_once('\n').map_or("", |(rest, _)| rest).to_owned() + "\n"];
    Case { parts, ..case.clone() }
}

type Way = dyn Fn(&Path, &Path) -> duct::Expression;

/// Runs an attack by the interpreter alone, in some way.
fn bare(case: &Case, parts: &[String], way: &Way) -> bool {
    let mut canary = Canary::new(&case.canary);
    let folder = tempfile::tempdir().unwrap();
    let [file, out, err] = ["attack", "out", "err"].map(|name| folder.path().join(name));
    let mut effect = Effect::default();
    for part in parts {
        fs::write(&file, case.text(part, canary.words())).unwrap();
        // Into files, as whoever holds a pipe would have to be waited for.
        way(&interpreter(case.id).unwrap().program, &file)
            .env("STILLRUNS_ATTACK", "secret")
            .env("HOME", folder.path())
            .env("TMPDIR", folder.path())
            .dir(folder.path())
            .stdout_path(&out)
            .stderr_path(&err)
            .unchecked()
            .run()
            .unwrap();
        let [out, err] = [&out, &err].map(|path| fs::read(path).unwrap());
        effect.stdout += &String::from_utf8_lossy(&out);
        effect.stderr += &String::from_utf8_lossy(&err);
        effect.printed = out.len().max(err.len()) as u64;
    }
    canary.is_hit(&effect)
}

fn plain(program: &Path, file: &Path) -> duct::Expression {
    duct::cmd!(program, file).stdin_null()
}

/// On a terminal, where whoever asks is answered.
pub(super) fn on_terminal(program: &Path, file: &Path) -> duct::Expression {
    typed(&format!("{} {}", program.display(), file.display()))
}

/// A command line, on a terminal.
pub(super) fn typed(line: &str) -> duct::Expression {
    // Little by little, as what is typed before the question may be thrown away.
    let typing = "for time in 1 2 3 4 5 6; do sleep 0.5; echo answer; done";
    let on_terminal = format!("({typing}) | timeout 20 script -qec \"$0\" /dev/null");
    duct::cmd!("sh", "-c", on_terminal, line)
}

/// As root of its own namespaces, with a loopback, all files of the host to write, of which it has
/// a copy, and one other process, which must be alive in the end.
const COPY: &str = r#"
set -e
mount -t tmpfs none "$3"
mkdir "$3/upper" "$3/back" "$3/root"
mount -t overlay -o "lowerdir=/,upperdir=$3/upper,workdir=$3/back" overlay "$3/root"
mount --rbind /dev "$3/root/dev"
mount -t tmpfs none "$3/root/tmp"
cp "$2" "$3/root/tmp/attack"
exec unshare --user --map-root-user --mount --pid --fork --kill-child --ipc --uts --net --cgroup \
  --root="$3/root" sh -c "$0" "$1"
"#;
const INSIDE: &str = r#"
set -e
mount -t proc proc /proc
ip link set lo up
echo '0 0' > /proc/sys/net/ipv4/ping_group_range
cd /tmp
sleep 60 & victim=$!
"$0" /tmp/attack || true
sleep 0.2
grep -q "^State:.[RSD]" "/proc/$victim/status" || echo ESC""APED
"#;

fn apart(program: &Path, file: &Path) -> duct::Expression {
    let place = file.with_extension("place");
    fs::create_dir_all(&place).unwrap();
    let start = ["timeout", "60", "unshare", "--mount", "sh", "-c", COPY, INSIDE];
    let files = [program, file, &place].map(|path| path.display().to_string());
    let words: Vec<&str> = start.into_iter().chain(files.iter().map(String::as_str)).collect();
    duct::cmd(words[0], &words[1..]).stdin_null()
}
