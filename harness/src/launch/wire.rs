//! The language between host and launcher: one order in, one answer out, over one socket; and the
//! notes that the processes inside of the sandbox send to the launcher.
//!
//! Shapes and framing only. Status travels here and never as an exit code, so a program may exit
//! with any number.

use std::fmt::Display;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::enforcement::{Enforcement, Mechanism};
use crate::job::{Job, Require};
use crate::run::{End, Usage};

/// The argument that makes a process the launcher.
pub(crate) const FLAG: &str = "--stillruns-launch";

/// Host and launcher are usually the same file, but an update may replace it in between.
pub(crate) const VERSION: u32 = 1;

/// No frame is larger: a length beyond it means that something else talks to us.
const LARGEST_FRAME: u32 = 1 << 30;

/// Host to launcher: run this.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    pub(crate) version: u32,
    pub(crate) require: Require,
    pub(crate) without: Vec<Mechanism>,
    /// A private folder of the host, used where no mounts can be made.
    pub(crate) scratch: PathBuf,
    /// The job with the contents of its files taken out; they follow as frames of their own.
    pub(crate) job: Job,
}

/// Launcher to host: what became of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Answer {
    Done(Box<Done>),
    Failed(Failure),
}

/// A program was started and ended.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Done {
    pub(crate) stop: Stop,
    /// What the driver wrote.
    #[serde(with = "crate::bytes")]
    pub(crate) report: Vec<u8>,
    pub(crate) usage: Usage,
    pub(crate) enforcement: Enforcement,
}

/// How the run ended, as the launcher saw it.
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

/// Inside of the sandbox to launcher, one JSON line each.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Note {
    /// Everything is in force; the program starts now.
    Ready(Enforcement),
    Failed(Failure),
    /// The program ended: raw wait status and cost.
    Ended {
        status: i32,
        usage: Usage,
    },
}

impl Order {
    /// Sends the order and the contents of its files.
    pub(crate) fn send(
        mut self,
        files: &[crate::job::File],
        out: &mut impl Write,
    ) -> io::Result<()> {
        for file in &mut self.job.files {
            file.contents = Vec::new();
        }
        send(&self, out)?;
        files.iter().try_for_each(|file| send_bytes(&file.contents, out))
    }

    /// Receives an order whole.
    pub(crate) fn receive(from: &mut impl Read) -> io::Result<Order> {
        let mut order: Order = receive(from)?;
        for file in &mut order.job.files {
            file.contents = receive_bytes(from)?;
        }
        Ok(order)
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

fn send_bytes(bytes: &[u8], out: &mut impl Write) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).ok().filter(|length| *length <= LARGEST_FRAME);
    let length = length.ok_or_else(|| io::Error::other("message too large"))?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(bytes)
}

fn receive_bytes(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    if length > LARGEST_FRAME {
        return Err(io::Error::other("message too large"));
    }
    let mut bytes = Vec::new();
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
        }
        assert!(receive::<Stop>(&mut [0xff; 8].as_slice()).is_err());
    }
}
