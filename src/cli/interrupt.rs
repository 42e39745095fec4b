//! Signals that ask for an end: the first ends all runs and lets the report be told, the second
//! ends the program at once.
//!
//! Tells nothing itself.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level;
use stillruns_harness::Sandbox;

use crate::error::Error;

/// Whether a signal came.
pub(crate) struct Interrupt(Arc<Came>);

#[derive(Default)]
struct Came {
    any: AtomicBool,
    which: AtomicI32,
}

/// What shells report of a program that a signal ended is its number and this.
const BY_SIGNAL: i32 = 128;

impl Interrupt {
    /// Listens from now on, and stops `sandbox` when a signal comes.
    ///
    /// # Errors
    /// When the system does not let it.
    pub(super) fn listen(sandbox: Sandbox) -> Result<Self, Error> {
        let fail = |error| Error::io("listen for", Path::new("signals"), error);
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).map_err(fail)?;
        let came = Arc::new(Came::default());
        let told = Arc::clone(&came);
        let listen = move || {
            for signal in signals.forever() {
                if told.any.load(Ordering::Relaxed) {
                    low_level::exit(BY_SIGNAL + signal);
                }
                told.which.store(signal, Ordering::Relaxed);
                told.any.store(true, Ordering::Relaxed);
                sandbox.stop();
            }
        };
        // Without it signals would be caught and come to nothing.
        thread::Builder::new().spawn(listen).map_err(fail)?;
        Ok(Self(came))
    }

    /// Whether a signal came, for those who run.
    pub(super) fn flag(&self) -> &AtomicBool {
        &self.0.any
    }

    /// The exit status to end with when a signal came.
    pub(crate) fn status(&self) -> Option<u8> {
        let status = BY_SIGNAL + self.0.which.load(Ordering::Relaxed);
        let came = self.0.any.load(Ordering::Relaxed);
        came.then(|| u8::try_from(status).unwrap_or(super::exit::ERROR))
    }
}
