//! The moving line on standard error while examples run.
//!
//! A bar on a terminal, one plain line elsewhere. Never on standard output.

use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::talk::Talk;
use crate::model::Event;

/// The line, once it is known how much there is to do.
pub(crate) struct Progress<'a> {
    talk: &'a Talk,
    wanted: bool,
    bar: Option<ProgressBar>,
}

impl<'a> Progress<'a> {
    /// A line that shows itself at the first event, if it is wanted.
    pub(crate) fn new(talk: &'a Talk, wanted: bool) -> Self {
        Self { talk, wanted, bar: None }
    }

    /// Moves on.
    pub(crate) fn take(&mut self, event: &Event) {
        match *event {
            Event::Planned(number) if self.wanted => self.begin(number),
            Event::Planned(_) => {}
            Event::Finished(_) => {
                if let Some(bar) = &self.bar {
                    bar.inc(1);
                }
            }
        }
    }

    /// Takes the line away.
    pub(crate) fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }

    fn begin(&mut self, number: usize) {
        if !io::stderr().is_terminal() {
            self.talk.note(format!("examples to run: {number}"));
            return;
        }
        let target = ProgressDrawTarget::stderr();
        let bar = ProgressBar::with_draw_target(Some(number as u64), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed}") {
            bar.set_style(style);
        }
        self.bar = Some(bar);
    }
}
