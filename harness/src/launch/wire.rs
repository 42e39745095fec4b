//! The language between host and lane: terms in and a hello out, once; then one order in and one
//! answer out, for every run. And the notes that the processes inside of a cell send to the stem.
//!
//! Shapes and framing only. Status travels here and never as an exit code, so a program may exit
//! with any number.

use std::fmt::Display;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::enforcement::{Enforcement, Mechanism};
use crate::interpreter::Interpreter;
use crate::job::{Job, Network, Require};
use crate::run::{End, Start, Usage};

/// The argument that makes a process the launcher.
pub(crate) const FLAG: &str = "--stillruns-launch";

/// Host and launcher are usually the same file, but an update may replace it in between.
pub(crate) const VERSION: u32 = 7;

/// Most frames are no larger, and taken in at once.
const USUAL_FRAME: usize = 64 << 10;

/// No frame is larger: a length beyond it means that something else talks to us.
const LARGEST_FRAME: u32 = 1 << 30;

/// Host to launcher, once: what a lane is built from. Runs that agree in this may share one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Terms {
    pub(crate) version: u32,
    pub(crate) require: Require,
    pub(crate) without: Vec<Mechanism>,
    /// See [`Policy::network`](crate::Policy::network).
    pub(crate) network: Network,
    /// Folders that are visible beside the system, see [`Interpreter`](crate::Interpreter).
    pub(crate) roots: Vec<PathBuf>,
    /// The interpreter that may be kept warm, if the runs have one.
    pub(crate) warm: Option<PathBuf>,
    /// The processor that the lane keeps to, if any.
    pub(crate) processor: Option<usize>,
    /// Where the launcher is inside of bubblewrap: the folder of the host that is visible there.
    pub(crate) outer: Option<PathBuf>,
}

/// Lane to host, once: it stands, or why not.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Hello {
    Ready(Footing),
    Failed(Failure),
}

/// What the host must know about a lane.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Footing {
    /// User and group to hand files over to, where the program is somebody else than the host.
    pub(crate) owner: Option<(u32, u32)>,
    /// Whether every run is to have a private folder of the host, as no mounts can be made.
    pub(crate) scratch: bool,
    /// The folder in which those must lie, if not any will do. It goes with the lane.
    pub(crate) base: Option<PathBuf>,
}

/// How Python programs are to be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wish {
    /// Warm where a warm interpreter is ready; one is made ready when a lane had its first runs.
    #[default]
    Either,
    /// Always as a fresh process.
    Cold,
    /// Warm from the first run on, which waits for the interpreter.
    Warm,
}

/// Host to lane: run this.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    /// The folder to make for it, see [`Footing::scratch`].
    pub(crate) scratch: Option<PathBuf>,
    pub(crate) wish: Wish,
    /// What marks the end of a step or of a watched program in the output; empty without any.
    pub(crate) mark: String,
    /// CPU time of one watched program, or of all together where none is. The limits of the job
    /// hold the time of all in either case.
    pub(crate) cpu: Duration,
    /// The job with the contents of its files taken out; they follow as frames of their own.
    pub(crate) job: Job,
}

/// Stem to cell: what the process of the program must know of an order.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Task {
    pub(crate) interpreter: Interpreter,
    /// File name of the main program.
    pub(crate) name: String,
    /// Whether there is more than one program, or it is divided.
    pub(crate) is_planned: bool,
    pub(crate) variables: Vec<(String, String)>,
}

/// Lane to host: what became of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Answer {
    Done(Box<Done>),
    Failed(Failure),
    /// The warm interpreter was lost, and the run with it; the text says how.
    Lost(String),
}

/// A program was started and ended.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Done {
    pub(crate) stop: Stop,
    pub(crate) start: Start,
    /// What the driver wrote.
    #[serde(with = "crate::bytes")]
    pub(crate) report: Vec<u8>,
    /// When every watched program was begun, and then the main one: milliseconds since the order.
    pub(crate) begun: Vec<u64>,
    pub(crate) usage: Usage,
    pub(crate) enforcement: Enforcement,
    /// Whether nothing of the run is left, so that the lane may serve again.
    pub(crate) clean: bool,
}

/// How the run ended, as the stem saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stop {
    Ended(End),
    /// The host closed its end of the socket.
    ByHost,
}

/// A step that failed before the program started.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Failure {
    /// The mechanism whose lack is the reason, if it is one.
    pub(crate) mechanism: Option<Mechanism>,
    pub(crate) stage: String,
    pub(crate) thing: String,
    pub(crate) cause: String,
}

impl Failure {
    pub(crate) fn new(stage: &str, thing: impl Into<String>, cause: impl Display) -> Failure {
        let (stage, thing) = (stage.to_owned(), thing.into());
        Failure { mechanism: None, stage, thing, cause: format!("{cause}") }
    }

    /// The failure as the reason of a gap.
    pub(crate) fn reason(&self) -> String {
        format!("failed to {} `{}`: {}", self.stage, self.thing, self.cause)
    }
}

/// Inside of a cell to the stem, one JSON line each.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Note {
    /// Everything is in force; the program starts now.
    Ready(Enforcement),
    Failed(Failure),
    /// A fork of a warm interpreter could not take this step, and went.
    Refused {
        step: String,
        errno: i32,
    },
    /// The program ended: raw wait status and cost.
    Ended {
        status: i32,
        usage: Usage,
    },
}

impl Order {
    /// Sends the order with both streams of the run, and the contents of its files.
    pub(crate) fn send(mut self, streams: [BorrowedFd<'_>; 2], to: &UnixStream) -> io::Result<()> {
        let contents: Vec<Vec<u8>> =
            self.job.files.iter_mut().map(|file| std::mem::take(&mut file.contents)).collect();
        let mut out = to;
        send_with(&self, streams, to)?;
        contents.iter().try_for_each(|one| send_bytes(one, &mut out))
    }

    /// Receives an order whole; nothing when there are no more.
    pub(crate) fn receive(from: &UnixStream) -> io::Result<Option<(Order, [OwnedFd; 2])>> {
        let Some((mut order, streams)) = receive_with::<Order>(from)? else { return Ok(None) };
        let mut input = from;
        for file in &mut order.job.files {
            file.contents = receive_bytes(&mut input)?;
        }
        Ok(Some((order, streams)))
    }

    /// What of it the process of the program must know.
    pub(crate) fn task(&self) -> Task {
        let job = &self.job;
        Task {
            interpreter: job.interpreter.clone(),
            name: job.name.clone(),
            is_planned: !(job.before.is_empty() && job.steps.is_empty()),
            variables: job.variables.clone(),
        }
    }
}

/// Sends one message with both streams of a run.
pub(crate) fn send_with(
    message: &impl Serialize,
    streams: [BorrowedFd<'_>; 2],
    to: &UnixStream,
) -> io::Result<()> {
    let body = serde_json::to_vec(message)?;
    send_streams(&header(&body)?, streams, to)?;
    let mut out = to;
    out.write_all(&body)
}

/// Receives what [`send_with`] sent; nothing when there is no more.
pub(crate) fn receive_with<T: DeserializeOwned>(
    from: &UnixStream,
) -> io::Result<Option<(T, [OwnedFd; 2])>> {
    let Some((length, streams)) = receive_streams(from)? else { return Ok(None) };
    let mut input = from;
    Ok(Some((serde_json::from_slice(&receive_body(length, &mut input)?)?, streams)))
}

/// Sends descriptors with one byte.
pub(crate) fn send_fds(fds: &[BorrowedFd<'_>; 3], to: &OwnedFd) -> Result<(), Errno> {
    pass(b"!", fds, to.as_fd()).map(|_| ())
}

/// Receives what [`send_fds`] sent; nothing when the other end is gone.
pub(crate) fn receive_fds(from: &OwnedFd) -> Result<Option<[OwnedFd; 3]>, Errno> {
    let (_, fds) = take(&mut [0], from.as_fd())?;
    Ok(fds.try_into().ok())
}

/// Other systems than Linux close nothing that is received by `exec`, and send a signal for a socket
/// whose other end is gone, which the Rust runtime ignores.
#[cfg(target_os = "linux")]
const RECEIVING: RecvFlags = RecvFlags::CMSG_CLOEXEC;
#[cfg(target_os = "linux")]
const SENDING: SendFlags = SendFlags::NOSIGNAL;
#[cfg(not(target_os = "linux"))]
const RECEIVING: RecvFlags = RecvFlags::empty();
#[cfg(not(target_os = "linux"))]
const SENDING: SendFlags = SendFlags::empty();

pub(crate) fn pass(
    bytes: &[u8],
    fds: &[BorrowedFd<'_>],
    to: BorrowedFd<'_>,
) -> Result<usize, Errno> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(16))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !fds.is_empty() {
        control.push(SendAncillaryMessage::ScmRights(fds));
    }
    sendmsg(to, &[IoSlice::new(bytes)], &mut control, SENDING)
}

fn take(bytes: &mut [u8], from: BorrowedFd<'_>) -> Result<(usize, Vec<OwnedFd>), Errno> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(16))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let got = loop {
        match recvmsg(from, &mut [IoSliceMut::new(bytes)], &mut control, RECEIVING) {
            Err(Errno::INTR) => {}
            other => break other?.bytes,
        }
    };
    let mut fds = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(some) = message {
            fds.extend(some);
        }
    }
    Ok((got, fds))
}

fn send_streams(header: &[u8; 4], streams: [BorrowedFd<'_>; 2], to: &UnixStream) -> io::Result<()> {
    let sent = pass(header, &streams, to.as_fd())?;
    if sent == header.len() { Ok(()) } else { Err(io::ErrorKind::WriteZero.into()) }
}

fn receive_streams(from: &UnixStream) -> io::Result<Option<(u32, [OwnedFd; 2])>> {
    let mut header = [0; 4];
    match take(&mut header, from.as_fd())? {
        (0, _) => Ok(None),
        (4, streams) if streams.len() == 2 => {
            Ok(streams.try_into().ok().map(|streams| (u32::from_le_bytes(header), streams)))
        }
        _ => Err(io::Error::other("an order without its streams")),
    }
}

/// Sends one message as a frame: length, then JSON.
pub(crate) fn send(message: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    send_bytes(&serde_json::to_vec(message)?, out)
}

/// Receives one message.
pub(crate) fn receive<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<T> {
    Ok(serde_json::from_slice(&receive_bytes(from)?)?)
}

/// Whether these bytes begin with a whole frame.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    bytes
        .split_first_chunk()
        .is_some_and(|(length, body)| body.len() >= u32::from_le_bytes(*length) as usize)
}

fn send_bytes(bytes: &[u8], out: &mut impl Write) -> io::Result<()> {
    out.write_all(&header(bytes)?)?;
    out.write_all(bytes)
}

fn header(bytes: &[u8]) -> io::Result<[u8; 4]> {
    let length = u32::try_from(bytes.len()).ok().filter(|length| *length <= LARGEST_FRAME);
    Ok(length.ok_or_else(|| io::Error::other("message too large"))?.to_le_bytes())
}

fn receive_bytes(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    receive_body(u32::from_le_bytes(length), from)
}

fn receive_body(length: u32, from: &mut impl Read) -> io::Result<Vec<u8>> {
    if length > LARGEST_FRAME {
        return Err(io::Error::other("message too large"));
    }
    // What is said of the length is believed only so far.
    let mut bytes = Vec::with_capacity((length as usize).min(USUAL_FRAME));
    from.take(length.into()).read_to_end(&mut bytes)?;
    if bytes.len() < length as usize {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_survive_the_way_and_torn_ones_are_errors() {
        let mut wire = Vec::new();
        send(&Stop::Ended(End::Exited(3)), &mut wire).unwrap();
        let back: Stop = receive(&mut wire.as_slice()).unwrap();
        assert_eq!(back, Stop::Ended(End::Exited(3)));
        for length in 0..wire.len() {
            assert!(receive::<Stop>(&mut &wire[..length]).is_err(), "{length}");
            assert!(!is_whole(&wire[..length]), "{length}");
        }
        assert!(receive::<Stop>(&mut [0xff; 8].as_slice()).is_err());
    }
}
