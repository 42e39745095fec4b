//! Standard output and standard error: results to the one, talk to the other.
//!
//! A reader that goes away, as `head` does, ends the output and nothing else. Decides nothing
//! about what is said.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use super::args::{TalkArgs, When};
use crate::error::Error;
use crate::text::visible;

/// How this run talks.
#[derive(Debug)]
pub(crate) struct Talk {
    /// Whether standard output takes color.
    pub(crate) color: bool,
    /// Whether to say less.
    pub(crate) quiet: bool,
}

impl Talk {
    /// As the user wants it, `variable` being the environment.
    pub(crate) fn new(args: &TalkArgs, variable: impl Fn(&str) -> Option<String>) -> Self {
        let color = wants_color(args.color, io::stdout().is_terminal(), variable);
        Self { color, quiet: args.quiet }
    }

    /// Says something that may be left out.
    pub(crate) fn note(&self, message: impl Display) {
        if !self.quiet {
            self.warn(message);
        }
    }

    /// Says something that may not be left out.
    pub(crate) fn warn(&self, message: impl Display) {
        let lines: Vec<String> = message.to_string().lines().map(visible).collect();
        // There is nobody left to tell when standard error is closed.
        let _ = writeln!(io::stderr().lock(), "stillruns: {}", lines.join("\n"));
    }
}

/// Color is wanted by flag, then by environment, then on a terminal.
fn wants_color(when: When, terminal: bool, variable: impl Fn(&str) -> Option<String>) -> bool {
    let is_set = |name| variable(name).is_some_and(|value| !value.is_empty() && value != "0");
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto if variable("NO_COLOR").is_some_and(|value| !value.is_empty()) => false,
        When::Auto if is_set("FORCE_COLOR") || is_set("CLICOLOR_FORCE") => true,
        When::Auto => terminal && variable("TERM").as_deref() != Some("dumb"),
    }
}

/// Standard output; what is written after its reader has gone is dropped.
pub(crate) struct Output {
    inner: io::BufWriter<io::StdoutLock<'static>>,
    gone: bool,
}

impl Output {
    /// Takes standard output.
    pub(crate) fn new() -> Self {
        Self { inner: io::BufWriter::new(io::stdout().lock()), gone: false }
    }

    /// Ends the output.
    ///
    /// # Errors
    /// When it could not be written.
    pub(crate) fn end(mut self) -> Result<(), Error> {
        self.flush().map_err(unwritten)
    }

    fn unless_gone<T>(&mut self, result: io::Result<T>, instead: T) -> io::Result<T> {
        match result {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.gone = true;
                Ok(instead)
            }
            other => other,
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.gone {
            return Ok(bytes.len());
        }
        let written = self.inner.write(bytes);
        self.unless_gone(written, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.gone {
            return Ok(());
        }
        let flushed = self.inner.flush();
        self.unless_gone(flushed, ())
    }
}

/// Prints `text` to standard output.
///
/// # Errors
/// When it could not be written.
pub(crate) fn print(text: &str) -> Result<(), Error> {
    let mut output = Output::new();
    output.write_all(text.as_bytes()).map_err(unwritten)?;
    output.end()
}

/// Standard output could not be written.
pub(crate) fn unwritten(error: io::Error) -> Error {
    Error::io("write", std::path::Path::new("standard output"), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_go_before_variables_and_variables_before_the_terminal() {
        let with = |pairs: &'static [(&str, &str)]| {
            move |name: &str| {
                let found = pairs.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            }
        };
        let no = &[("NO_COLOR", "1"), ("FORCE_COLOR", "1")];
        assert!(wants_color(When::Always, false, with(no)));
        assert!(!wants_color(When::Never, true, with(&[("FORCE_COLOR", "1")])));
        assert!(!wants_color(When::Auto, true, with(no)));
        assert!(wants_color(When::Auto, false, with(&[("CLICOLOR_FORCE", "1")])));
        assert!(!wants_color(When::Auto, false, with(&[("FORCE_COLOR", "0")])));
        assert!(wants_color(When::Auto, true, with(&[])));
        assert!(!wants_color(When::Auto, true, with(&[("TERM", "dumb")])));
    }
}
