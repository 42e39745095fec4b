#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]

mod advice;
mod bytes;
mod enforcement;
mod error;
mod host;
mod interpreter;
mod job;
#[cfg(target_os = "linux")]
mod launch;
#[cfg(not(target_os = "linux"))]
#[path = "launch/elsewhere.rs"]
mod launch;
mod remove;
mod run;
mod scratch;

pub use advice::{Advice, advise};
pub use enforcement::{Enforcement, Level, Mechanism};
pub use error::Error;
pub use host::Sandbox;
pub use interpreter::{Found, Interpreter, InterpreterId, Search, find};
pub use job::{File, Job, Limits, Mode, Network, Part, Policy, Require, Step, Watch};
pub use launch::intercept;
pub use run::{End, Finish, Frame, PartRun, Run, Start, StepRun, Stream, Usage};
