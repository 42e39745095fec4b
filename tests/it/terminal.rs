//! What people do and see at a terminal: `review`, key by key.
//!
//! The terminal is a real one of the kernel (a pseudo-terminal), and the program is asked nothing
//! but what its screen shows.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

use crate::project::{Project, python};

/// A program that is stuck is no reason for the test to be.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program at a terminal, of 100 columns where nothing else is said.
struct Terminal {
    keys: File,
    child: Child,
    shown: Receiver<Vec<u8>>,
    screen: String,
}

impl Terminal {
    fn run(project: &Project, args: &[&str]) -> Self {
        Self::start(project.command(args), 100)
    }

    fn start(mut command: Command, columns: u16) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&master).expect("granted");
        unlockpt(&master).expect("unlocked");
        let name = ptsname(&master, Vec::new()).expect("it has a name");
        let size = Winsize { ws_row: 40, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&master, size).expect("it has a size");
        let side = || -> Stdio {
            let flags = OFlags::RDWR | OFlags::NOCTTY;
            rustix::fs::open(&name, flags, Mode::empty()).expect("opened").into()
        };
        command.env("TERM", "xterm-256color").stdin(side()).stdout(side()).stderr(side());
        let child = command.spawn().expect("the program starts");
        // With the last copy of the other side, the terminal ends.
        drop(command);
        // What nobody has asked for yet stays with the program.
        let (sender, shown) = mpsc::sync_channel(0);
        let keys = File::from(master);
        let mut screen = File::from(OwnedFd::from(keys.try_clone().expect("two handles")));
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            // A terminal that nobody holds any more says so by an error.
            while let Ok(count @ 1..) = screen.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { keys, child, shown, screen: String::new() }
    }

    /// What stands on the screen up to the next question; without colors.
    #[track_caller]
    fn question(&mut self) -> String {
        self.until("[q]uit\r\n")
    }

    /// What is shown until `text` is, without colors.
    #[track_caller]
    fn until(&mut self, text: &str) -> String {
        plain(&self.raw(text))
    }

    /// All that is written until `text` is.
    #[track_caller]
    fn raw(&mut self, text: &str) -> String {
        loop {
            if let Some(at) = self.screen.find(text) {
                let rest = self.screen.split_off(at + text.len());
                return std::mem::replace(&mut self.screen, rest);
            }
            assert!(self.reads(), "it ended without {text:?}: {:?}", self.screen);
        }
    }

    /// Adds to the screen what is written next; false when the program has ended.
    #[track_caller]
    fn reads(&mut self) -> bool {
        match self.shown.recv_timeout(PATIENCE) {
            Ok(bytes) => {
                self.screen += &String::from_utf8_lossy(&bytes);
                true
            }
            Err(RecvTimeoutError::Disconnected) => false,
            Err(RecvTimeoutError::Timeout) => {
                self.child.kill().expect("killed");
                panic!("it neither writes nor ends: {:?}", self.screen);
            }
        }
    }

    /// Whether a key at the terminal sends a signal to the program that is there.
    fn signals(&self) -> bool {
        let modes = tcgetattr(&self.keys).expect("it has modes").local_modes;
        modes.contains(LocalModes::ISIG)
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("pressed");
    }

    /// The exit status, and what was shown since the last question.
    fn end(mut self) -> (i32, String) {
        while self.reads() {}
        let status = self.child.wait().expect("it ends");
        (status.code().expect("no signal"), plain(&self.screen))
    }
}

fn plain(screen: &str) -> String {
    console::strip_ansi_codes(screen).replace("\r\n", "\n")
}

/// A project with a recorded document of two examples, of which the second broke, and before them
/// two that are new.
fn waiting() -> Project {
    let texts = ["first = 1", "second = 2"].map(python).join("\nwords\n\n");
    let project = Project::with(&texts);
    let check = ["check", "--sandbox", "best-effort", "--exit-zero"];
    project.run(check).code(0);
    project.run(["accept"]).code(0);
    let broken = texts.replace("second = 2", "second = [][2]");
    project.put("a.md", ["third = 3", "4 / 0"].map(python).join("\n") + "\n" + &broken);
    project.run(check).code(0);
    project
}

const RECORDS: &str = "snippets/a.md/verdicts.snap";
const PENDING: &str = "snippets/a.md/verdicts.snap.new";

#[test]
fn a_change_is_shown_with_its_source_and_both_sides_beside_one_another() {
    let project = waiting();
    let mut terminal = Terminal::run(&project, &["review"]);
    let shown = terminal.question();
    assert!(shown.contains("[1/3] a.md:2  ") && shown.contains("  new\n"), "{shown}");
    terminal.press("s");
    terminal.question();
    terminal.press("s");
    let shown = terminal.question();
    assert!(shown.contains("[3/3] a.md:16  ") && shown.contains("  changed\n"), "{shown}");
    assert!(shown.contains("   16 | second = [][2]\n"), "{shown}");
    let line = |text: &str| {
        let found = shown.lines().find(|line| line.contains(text));
        found.unwrap_or_else(|| panic!("no {text:?} in {shown}")).to_owned()
    };
    let sides = |line: String| {
        let (old, new) = line.split_once(" | ").expect("two sides");
        (old.trim().to_owned(), new.trim().to_owned())
    };
    assert_eq!(sides(line("recorded")), ("recorded".to_owned(), "now".to_owned()));
    let (old, new) = sides(line("IndexError"));
    assert!(
        old.ends_with("pass") && new.ends_with("IndexError: list index out of range"),
        "{shown}"
    );
    assert!(shown.lines().all(|line| line.chars().count() <= 100), "{shown}");
    terminal.press("q");
    assert_eq!(terminal.end().0, 0);
    assert!(project.path(PENDING).exists(), "nothing was decided");
}

#[test]
fn each_key_decides_over_one_example() {
    let project = waiting();
    let before = project.read(RECORDS);
    let mut terminal = Terminal::run(&project, &["review"]);
    assert!(terminal.question().contains("[1/3]"));
    // What means nothing is passed over.
    terminal.press("xs");
    assert!(terminal.question().contains("[2/3]"));
    assert_eq!(project.read(RECORDS), before, "to skip decides nothing");
    terminal.press("a");
    assert!(terminal.question().contains("[3/3]"));
    let records = project.read(RECORDS);
    assert_eq!(records.matches("    id: ").count(), before.matches("    id: ").count() + 1);
    terminal.press("r");
    let (code, shown) = terminal.end();
    assert_eq!(code, 0);
    assert!(shown.contains("1 accepted, 1 rejected, 1 left to decide over"), "{shown}");
    assert_eq!(project.read(RECORDS), records, "what is rejected is not recorded");
    // What was skipped still waits, and nothing else.
    let left = project.run(["review"]).code(0);
    assert!(left.out.contains("+     code: third = 3\n"), "{left:?}");
    assert!(!left.out.contains("IndexError") && !left.out.contains("+ py3 fail"), "{left:?}");
}

#[test]
fn all_that_follow_are_accepted_at_once_and_quitting_leaves_the_rest() {
    let project = waiting();
    let mut terminal = Terminal::run(&project, &["review", "a.md"]);
    terminal.question();
    terminal.press("r");
    assert!(terminal.question().contains("[2/3]"));
    terminal.press("A");
    let (code, shown) = terminal.end();
    assert_eq!(code, 0);
    assert!(shown.contains("2 accepted, 1 rejected, 0 left"), "{shown}");
    assert!(!project.path(PENDING).exists(), "nothing waits");
    let records = project.read(RECORDS);
    assert!(records.contains("ZeroDivisionError") && records.contains("IndexError"), "{records}");
    assert!(!records.contains("third"), "{records}");

    for (key, status) in [("q", 0), ("\u{1b}", 0), ("\u{3}", 130)] {
        let project = waiting();
        let before = project.read(RECORDS);
        let mut terminal = Terminal::run(&project, &["review"]);
        terminal.question();
        terminal.press(key);
        let (code, shown) = terminal.end();
        assert_eq!(code, status, "{key:?}: {shown}");
        assert!(shown.contains("3 left"), "{key:?}: {shown}");
        assert_eq!(project.read(RECORDS), before);
        assert!(project.path(PENDING).exists());
    }
}

#[test]
fn ctrl_c_is_an_answer_between_two_questions_too() {
    // More than a terminal takes before somebody reads it: the program is still writing when the
    // key is pressed.
    let long = format!("b = '{}'\n", "long ".repeat(200)).repeat(30);
    let project = Project::with(&["a = 1", &long].map(python).join("\n"));
    project.run(["check", "--sandbox", "best-effort", "--exit-zero"]).code(0);
    let mut terminal = Terminal::start(project.script("\"$0\" review; echo $?; stty -a"), 1200);
    terminal.question();
    assert!(!terminal.signals(), "it would end before it told anything");
    terminal.press("a");
    terminal.until("[2/2]");
    assert!(!terminal.signals(), "it would end before it told anything");
    terminal.press("\u{3}");
    let question = terminal.question();
    assert!(question.len() > 30_000, "{question}");
    let (_, shown) = terminal.end();
    assert!(shown.contains("1 accepted, 0 rejected, 1 left to decide over\n130\n"), "{shown}");
    let after: Vec<_> = shown.split_whitespace().collect();
    assert!(["isig", "icanon", "echo"].iter().all(|mode| after.contains(mode)), "{shown}");
}

#[test]
fn nothing_that_an_example_holds_reaches_the_terminal_as_more_than_text() {
    let hostile = "print('\u{1b}]0;title\u{7}\u{1b}[2J')\nraise ValueError('\u{1b}[31m\u{9b}2J')";
    let project = Project::with(&python(hostile));
    project.run(["check", "--sandbox", "best-effort", "--exit-zero"]).code(0);
    let mut terminal = Terminal::run(&project, &["review"]);
    terminal.until("[1/1]");
    let screen = terminal.raw("[q]uit\r\n");
    for sequence in ["\u{1b}]", "\u{1b}[2J", "\u{9b}", "\u{7}"] {
        assert!(!screen.contains(sequence), "{screen:?}");
    }
    terminal.press("q");
    terminal.end();
}
