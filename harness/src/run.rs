//! What happened: the facts of one run.
//!
//! No judgement: whether an exit status is good or bad is for the caller to say.

use serde::{Deserialize, Serialize};

use crate::enforcement::Enforcement;

/// The facts of one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// How the program was started.
    pub start: Start,
    /// How the process ended.
    pub end: End,
    /// What the text of the program did, as told by the driver.
    pub finish: Finish,
    /// Standard output.
    pub stdout: Stream,
    /// Standard error.
    pub stderr: Stream,
    /// What became of every step of the job that was begun, in order. When all were begun and the
    /// program still ended in the last of them, that one is [`Finish::Unknown`].
    #[serde(default)]
    pub steps: Vec<StepRun>,
    /// What became of every watched program that gave way to the one behind it, in order. Nothing
    /// where the output does not tell surely what is whose.
    #[serde(default)]
    pub parts: Vec<PartRun>,
    /// What it cost.
    pub usage: Usage,
    /// Which mechanisms held the program.
    pub enforcement: Enforcement,
}

/// The facts of one step. What is printed counts for the step during which it is printed, whichever
/// process prints it. The driver marks the ends of steps in the output with a word that is drawn for
/// every run; a program that goes looking for it can forge it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepRun {
    /// How it ended. In Python code that does not compile has raised an exception; in shells a
    /// status other than zero is [`Finish::StatusAt`], without a line.
    pub finish: Finish,
    /// Standard output; in shells standard error too, in the order of printing.
    pub stdout: Stream,
    /// Standard error.
    pub stderr: Stream,
}

/// The facts of one program before the main one that was watched. The streams of the run are without
/// what these printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartRun {
    /// [`Finish::Completed`] where it is sure that it would have ended like this as the main program,
    /// with status zero and without another word, and else [`Finish::Unknown`]: only a run of its
    /// own can tell.
    pub finish: Finish,
    /// Standard output.
    pub stdout: Stream,
    /// Standard error.
    pub stderr: Stream,
    /// As [`Run::steps`].
    pub steps: Vec<StepRun>,
    /// Wall-clock time from its beginning to that of the next, in milliseconds.
    pub wall_ms: u64,
}

/// How a program was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// As a fresh process of its interpreter.
    Cold,
    /// By a fork of an interpreter that was ready and waiting inside of the sandbox.
    Warm,
    /// As a fresh process, after a first try was lost with whatever ran it.
    Again,
}

/// How the process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// It exited with this status (0 to 255).
    Exited(i32),
    /// A signal killed it.
    Signaled(i32),
    /// It was stopped because its wall-clock or CPU time was used up.
    TimedOut,
    /// It was stopped because its processes together used too much memory, or, where that cannot be
    /// limited, were too many or wrote too much.
    OutOfMemory,
    /// It was stopped because it printed too much.
    TooMuchOutput,
}

/// What the text of the program did. A driver inside of the sandbox tells it over a socket of
/// its own and signs it with a mark that is new for every run, so nothing that the program prints or
/// writes can be mistaken for it; one that takes its own process apart to find the mark can forge it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Finish {
    /// It ran to its last line.
    Completed,
    /// It asked to stop: `SystemExit` in Python, `exit` in a shell.
    Exited {
        /// One-based line in the main program.
        line: Option<u32>,
        /// Whether this happened inside of the last top-level statement. False when unsure.
        last_statement: bool,
    },
    /// An exception left the program.
    Raised {
        /// Name of the exception type, with its module unless that is the main program or the
        /// builtins.
        kind: String,
        /// The exception as text, at most 4 KiB of it.
        message: String,
        /// One-based line of the innermost frame that lies in the main program.
        line: Option<u32>,
        /// The name that was missing: of a variable, an attribute or a module.
        name: Option<String>,
        /// Names much like that, where it was looked for: in a module, or in an object and its
        /// types. Empty before Python 3.10, which does not tell of what object an attribute was
        /// asked.
        #[serde(default)]
        near: Vec<String>,
        /// The frames that lie in the main program or in one before it, the outermost first; of
        /// more than 32 the middle is left out.
        #[serde(default)]
        frames: Vec<Frame>,
    },
    /// The program does not compile.
    SyntaxError {
        /// What the interpreter says.
        message: String,
        /// One-based line in the main program.
        line: Option<u32>,
        /// One-based column as the interpreter counts it.
        column: Option<u32>,
    },
    /// A shell ended because of the status of a command.
    StatusAt {
        /// The status.
        status: i32,
        /// One-based line of the command in the main program.
        line: Option<u32>,
        /// The command, at most 500 characters of it; of a pipeline the last part.
        command: Option<String>,
    },
    /// A program before the main one did not run to its end, so the main one was never begun. In
    /// Python a successful exit by the last statement counts as its end, in shells none does.
    Prefix {
        /// Which one, as an index into [`Job::before`](crate::Job::before).
        part: u32,
        /// What became of it; its lines are those of that program.
        finish: Box<Finish>,
    },
    /// It ended without a word: killed, `os._exit`, `exec`.
    Unknown,
}

/// A place that a traceback passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    /// Index into [`Job::before`](crate::Job::before); nothing for the main program.
    pub part: Option<u32>,
    /// One-based line.
    pub line: u32,
}

/// One output stream, of which head and tail are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stream {
    /// The first bytes, at most [`Limits::kept_bytes`](crate::Limits::kept_bytes).
    #[serde(with = "crate::bytes")]
    pub head: Vec<u8>,
    /// The last bytes after the head, at most as many again.
    #[serde(with = "crate::bytes")]
    pub tail: Vec<u8>,
    /// How many bytes were printed; of a stopped flood how many were read.
    pub total: u64,
    /// Whether bytes between head and tail were dropped.
    pub cut: bool,
}

impl Stream {
    /// The stream as text: undecodable bytes are replaced, a cut is marked on a line of its own.
    pub fn text(&self) -> String {
        if !self.cut {
            let whole = [self.head.as_slice(), self.tail.as_slice()].concat();
            return String::from_utf8_lossy(&whole).into_owned();
        }
        let dropped = self.total.saturating_sub((self.head.len() + self.tail.len()) as u64);
        let head = String::from_utf8_lossy(&self.head);
        let tail = String::from_utf8_lossy(&self.tail);
        format!("{head}\n[... {dropped} bytes cut ...]\n{tail}")
    }
}

/// What a run cost, over all processes that were waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Usage {
    /// Wall-clock time from taking the job to the end, in milliseconds.
    pub wall_ms: u64,
    /// CPU time in user mode, in milliseconds.
    pub user_ms: u64,
    /// CPU time in the kernel, in milliseconds.
    pub system_ms: u64,
    /// Largest resident size of one process, in KiB.
    pub max_rss_kib: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_joins_split_characters_and_marks_cuts() {
        let whole = Stream { head: vec![b'a', 0xc3], tail: vec![0xa9], total: 3, cut: false };
        assert_eq!(whole.text(), "aé");
        let cut = Stream { head: b"ab".to_vec(), tail: b"yz".to_vec(), total: 26, cut: true };
        assert_eq!(cut.text(), "ab\n[... 22 bytes cut ...]\nyz");
    }
}
