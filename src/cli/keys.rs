//! A terminal that hands every key to who reads it, for as long as questions are asked.
//!
//! Reads no key itself and changes no more than what becomes of one.

use std::io::{self, Stdin};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// While this lives, keys at the terminal neither show, wait for the end of a line, nor send a
/// signal; then all is as before.
///
/// A reader of one key does the same for as long as it reads. Between two of them Ctrl-C would
/// still end the program, before it told what had been decided, or be lost where the terminal is
/// not the one that controls the program.
pub(crate) struct Keys {
    terminal: Stdin,
    before: Termios,
}

impl Keys {
    /// Takes the keys of standard input.
    ///
    /// # Errors
    /// When it is no terminal.
    pub(crate) fn of_stdin() -> io::Result<Self> {
        let terminal = io::stdin();
        let before = tcgetattr(&terminal)?;
        let mut ours = before.clone();
        ours.local_modes -= LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG;
        tcsetattr(&terminal, OptionalActions::Drain, &ours)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        // A terminal that has gone needs nothing back.
        let _ = tcsetattr(&self.terminal, OptionalActions::Drain, &self.before);
    }
}
