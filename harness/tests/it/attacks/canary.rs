//! What an attack is after, set up outside of the sandbox, and whether it got there, seen from
//! outside.
//!
//! One variant for one thing to look at; which attack is after what stands in the files of attacks.

use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::io::{ErrorKind, Read as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::{SocketAddr, UnixDatagram, UnixListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::fs::{CWD, Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process};
use stillruns_harness::{End, Finish};
use tempfile::TempDir;

/// What came of a program, however it was run.
#[derive(Debug, Default)]
pub(crate) struct Effect {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// How many bytes it printed on the stream on which that was more.
    pub(crate) printed: u64,
    /// Nothing where it was run by the interpreter alone.
    pub(crate) told: Option<(End, Finish)>,
}

/// One canary for one run.
pub(crate) struct Canary {
    /// Unique: what must not be seen, or a name that must not appear.
    word: String,
    /// Unique as well, where a number is wanted.
    number: u32,
    /// What stands in the program for the things below.
    words: Vec<(&'static str, String)>,
    kind: Kind,
    /// Goes when this does.
    _folder: Option<TempDir>,
}

enum Kind {
    /// The word must not be printed.
    Secret,
    Victim {
        folder: PathBuf,
        before: String,
    },
    Process {
        victim: Box<Victim>,
        wanted: String,
    },
    Tcp(TcpListener),
    Udp(UdpSocket),
    Unix(UnixListener),
    UnixDatagram(UnixDatagram),
    Listen {
        reached: Arc<AtomicBool>,
        over: Arc<AtomicBool>,
        knocking: Option<JoinHandle<()>>,
    },
    /// A program says so itself, where nothing outside could show it.
    Word,
    /// A file that must not appear.
    File(PathBuf),
    /// A process that must not outlive the run, and how long it may take to show.
    Survivor(String, Duration),
    Segment {
        _made: Segment,
    },
    More(f64),
    Flood(u64),
    Completed,
    Status(i32),
}

impl Canary {
    pub(crate) fn new(wish: &str) -> Canary {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let number = 10_000_000 + std::process::id() % 100_000 * 1000 + next % 1000;
        let word = format!("canary{number:x}");
        let mut made = Canary { words: Vec::new(), kind: Kind::Word, _folder: None, word, number };
        made.place(wish);
        made.words.push(("WORD", made.word.clone()));
        made.words.push(("NUMBER", made.number.to_string()));
        made
    }

    /// What stands in the program for the things of this canary.
    pub(crate) fn words(&self) -> &[(&'static str, String)] {
        &self.words
    }

    fn place(&mut self, wish: &str) {
        let (kind, value) = match wish.rsplit_once(' ') {
            Some((kind, value)) if value.parse::<f64>().is_ok() => (kind, value),
            _ => (wish, ""),
        };
        self.kind = match kind {
            "secret" => self.secret(&std::env::temp_dir()),
            "home" => self.secret(Path::new(&std::env::var_os("HOME").unwrap())),
            "victim" => self.victim(),
            "process" => self.process(self.word.clone()),
            "process-name" => self.process(format!("60.{}", self.number)),
            "tcp" => self.tcp("127.0.0.1:0"),
            "tcp6" => self.tcp("[::1]:0"),
            "udp" => self.udp("127.0.0.1:0"),
            "udp6" => self.udp("[::1]:0"),
            "unix" | "unixgram" => self.unix(kind),
            "abstract" => {
                let address = SocketAddr::from_abstract_name(&self.word).unwrap();
                Kind::Unix(UnixListener::bind_addr(&address).unwrap())
            }
            "abstractgram" => {
                let address = SocketAddr::from_abstract_name(&self.word).unwrap();
                Kind::UnixDatagram(UnixDatagram::bind_addr(&address).unwrap())
            }
            "listen" => self.listen(),
            "word" => Kind::Word,
            "shm" => Kind::File(Path::new("/dev/shm").join(&self.word)),
            "tmp" => Kind::File(Path::new("/tmp").join(&self.word)),
            "cwd" => {
                let folder = std::env::current_dir().unwrap();
                self.path(&folder);
                Kind::File(folder.join(&self.word))
            }
            "survivor" => Kind::Survivor(format!("45.{}", self.number), Duration::ZERO),
            "late survivor" => {
                Kind::Survivor(format!("45.{}", self.number), Duration::from_secs(5))
            }
            "segment" => self.segment(),
            "more than" => Kind::More(value.parse().unwrap()),
            "flood" => Kind::Flood(value.parse().unwrap()),
            "completed" => Kind::Completed,
            "status" => Kind::Status(value.parse().unwrap()),
            _ => panic!("no such canary: {wish}"),
        };
    }

    fn folder(&mut self, within: &Path) -> PathBuf {
        let folder = tempfile::tempdir_in(within).unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
        let path = folder.path().to_owned();
        self._folder = Some(folder);
        path
    }

    fn path(&mut self, path: &Path) {
        self.words.push(("PATH", path.display().to_string()));
    }

    fn secret(&mut self, within: &Path) -> Kind {
        let path = self.folder(within).join("secret");
        fs::write(&path, format!("{}\n", self.word)).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o666)).unwrap();
        self.path(&path);
        // A path alone does not give it away.
        Kind::Secret
    }

    fn victim(&mut self) -> Kind {
        let folder = self.folder(&std::env::temp_dir());
        let file = folder.join("file");
        fs::write(&file, "as before").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o666)).unwrap();
        self.path(&folder);
        Kind::Victim { before: state_of(&folder), folder }
    }

    fn process(&mut self, wanted: String) -> Kind {
        let path = self.folder(&std::env::temp_dir()).join("held");
        fs::write(&path, format!("{}\n", self.word)).unwrap();
        let handle = duct::cmd!("sleep", format!("60.{}", self.number))
            .env("SECRET", &self.word)
            .stdin_file(File::open(&path).unwrap())
            .unchecked()
            .start()
            .unwrap();
        fs::remove_file(&path).unwrap();
        let pid = handle.pids()[0];
        self.words.push(("PID", pid.to_string()));
        // It takes a moment to become what it is.
        while !fs::read_to_string(format!("/proc/{pid}/comm")).unwrap().contains("sleep") {
            thread::sleep(Duration::from_millis(1));
        }
        thread::sleep(Duration::from_millis(5));
        let before = look_of(pid);
        Kind::Process { victim: Box::new(Victim { handle, pid, before }), wanted }
    }

    fn tcp(&mut self, address: &str) -> Kind {
        let one = TcpListener::bind(address).unwrap();
        self.words.push(("PORT", one.local_addr().unwrap().port().to_string()));
        Kind::Tcp(one)
    }

    fn udp(&mut self, address: &str) -> Kind {
        let one = UdpSocket::bind(address).unwrap();
        self.words.push(("PORT", one.local_addr().unwrap().port().to_string()));
        Kind::Udp(one)
    }

    fn unix(&mut self, kind: &str) -> Kind {
        let folder = self.folder(&std::env::temp_dir());
        let path = folder.join("socket");
        let kind = match kind {
            "unix" => Kind::Unix(UnixListener::bind(&path).unwrap()),
            _ => Kind::UnixDatagram(UnixDatagram::bind(&path).unwrap()),
        };
        fs::set_permissions(&path, Permissions::from_mode(0o777)).unwrap();
        self.path(&folder);
        kind
    }

    fn segment(&mut self) -> Kind {
        let told = duct::cmd!("ipcmk", "-M", "4096", "-p", "0666").read().unwrap();
        let number = told.rsplit(' ').next().unwrap().to_owned();
        self.words.push(("SEGMENT", number.clone()));
        Kind::Segment { _made: Segment(number) }
    }

    fn listen(&mut self) -> Kind {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        self.words.push(("PORT", port.to_string()));
        let (reached, over) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (hit, stop) = (Arc::clone(&reached), Arc::clone(&over));
        let knocking = thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                    hit.store(true, Ordering::Relaxed);
                }
                thread::sleep(Duration::from_millis(10));
            }
        });
        Kind::Listen { reached, over, knocking: Some(knocking) }
    }

    /// Whether the attack got what it was after. Clears away what it left.
    pub(crate) fn is_hit(&mut self, effect: &Effect) -> bool {
        let printed = |word: &str| effect.stdout.contains(word) || effect.stderr.contains(word);
        // A program says so itself, of whatever is more than the canary's.
        let told = printed("ESCAPED");
        let hit = match &mut self.kind {
            Kind::Secret => printed(&self.word),
            Kind::Victim { folder, before } => state_of(folder) != *before,
            Kind::Process { victim, wanted } => printed(wanted) || victim.is_harmed(),
            Kind::Tcp(one) => {
                one.set_nonblocking(true).unwrap();
                arrived(one.accept())
            }
            Kind::Udp(one) => {
                one.set_nonblocking(true).unwrap();
                arrived(one.recv(&mut [0; 9]))
            }
            Kind::Unix(one) => {
                one.set_nonblocking(true).unwrap();
                arrived(one.accept())
            }
            Kind::UnixDatagram(one) => {
                one.set_nonblocking(true).unwrap();
                arrived(one.recv(&mut [0; 9]))
            }
            Kind::Listen { reached, over, knocking } => {
                over.store(true, Ordering::Relaxed);
                knocking.take().map(JoinHandle::join).unwrap().unwrap();
                reached.load(Ordering::Relaxed)
            }
            Kind::Word | Kind::Segment { .. } => false,
            Kind::File(path) => fs::remove_file(path).is_ok(),
            Kind::Survivor(name, patience) => {
                let until = Instant::now() + *patience;
                loop {
                    if kill_all(name) {
                        break true;
                    }
                    if Instant::now() >= until {
                        break false;
                    }
                    thread::sleep(Duration::from_millis(50));
                }
            }
            Kind::More(most) => {
                effect.stdout.lines().any(|line| line.parse::<f64>().is_ok_and(|it| it > *most))
            }
            Kind::Flood(most) => effect.printed > *most,
            Kind::Completed => matches!(&effect.told, Some((_, Finish::Completed))),
            Kind::Status(wanted) => {
                !matches!(&effect.told, Some((End::Exited(status), _)) if status == wanted)
            }
        };
        told || hit
    }
}

/// Memory of the host that everybody may attach.
struct Segment(String);

impl Drop for Segment {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = duct::cmd!("ipcrm", "-m", &self.0).stderr_null().unchecked().run();
    }
}

fn arrived<T>(result: std::io::Result<T>) -> bool {
    match result {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::WouldBlock);
            false
        }
    }
}

/// A process of the host.
struct Victim {
    handle: duct::Handle,
    pid: u32,
    before: String,
}

impl Victim {
    fn is_harmed(&self) -> bool {
        let harmed = || look_of(self.pid) != self.before;
        // A signal waits, and then shows when its process had a processor.
        harmed() || {
            thread::sleep(Duration::from_millis(20));
            harmed()
        }
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        // It may be gone already; a stopped one dies as well.
        let _ = self.handle.kill();
        let _ = self.handle.wait();
    }
}

/// All that others could have changed about a process.
fn look_of(pid: u32) -> String {
    let read = |name: &str| fs::read_to_string(format!("/proc/{pid}/{name}")).unwrap_or_default();
    let status = read("status");
    let kept = ["Cpus_allowed:", "TracerPid:", "SigPnd:", "ShdPnd:"];
    let status = status.lines().filter(|line| kept.iter().any(|one| line.starts_with(one)));
    let stat = read("stat");
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    // Priority, nice value, policy (`proc_pid_stat(5)`, counted from the state).
    let lives = matches!(fields.first(), Some(&("R" | "S" | "D")));
    let stat = [15, 16, 38].map(|at| fields.get(at).copied().unwrap_or_default());
    let ionice = duct::cmd!("ionice", "-p", pid.to_string())
        .stdout_capture()
        .stderr_null()
        .unchecked()
        .run()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let status: Vec<&str> = status.collect();
    format!("{lives} {status:?} {stat:?} {} {} {ionice:?}", read("limits"), read("oom_score_adj"))
}

/// All that could have changed in a folder.
fn state_of(folder: &Path) -> String {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().chain([]) {
        let path = entry.unwrap().path();
        let data = fs::symlink_metadata(&path).unwrap();
        let mut text = String::new();
        if data.is_file() {
            // Reads as root even what nobody may.
            let read = File::open(&path).and_then(|mut file| file.read_to_string(&mut text));
            text = format!("{text} {read:?}");
        }
        let mut names = [0_u8; 256];
        let attributes = rustix::fs::listxattr(&path, &mut names).unwrap_or(0);
        let flags =
            rustix::fs::openat(CWD, &path, OFlags::RDONLY | OFlags::NONBLOCK, Mode::empty())
                .and_then(rustix::fs::ioctl_getflags)
                .map_or(0, |flags| flags.bits());
        let about = (data.mode(), data.uid(), data.gid(), data.mtime(), data.mtime_nsec());
        let about =
            format!("{about:?} {attributes} {flags} {text} {:?}", fs::read_link(&path).ok());
        all.insert(path, about);
    }
    format!(
        "{all:?} {:?}",
        fs::metadata(folder).map(|data| (data.mode(), data.mtime(), data.mtime_nsec()))
    )
}

/// Kills every process whose command line has this word; says whether there was one.
fn kill_all(word: &str) -> bool {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let mut any = false;
    for entry in entries {
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let pid = entry.file_name().to_string_lossy().parse().ok().and_then(Pid::from_raw);
        if let Some(pid) = pid
            && String::from_utf8_lossy(&line).split('\0').any(|argument| argument == word)
        {
            any = true;
            // It may have ended in between.
            let _ = kill_process(pid, Signal::KILL);
        }
    }
    any
}
