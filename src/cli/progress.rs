//! The moving line on standard error while examples run.
//!
//! A bar on a terminal, with what was found so far and the example that runs longest; elsewhere one
//! plain line every ten seconds. Never on standard output.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::talk::Talk;
use crate::model::{Event, Place, SnippetId};
use crate::text::visible;

/// How often a plain line is written.
const PAUSE: Duration = Duration::from_secs(10);

/// An example that runs shorter than this is not worth naming.
const SLOW: Duration = Duration::from_secs(1);

/// The line, once it is known how much there is to do.
pub(crate) struct Progress<'a> {
    talk: &'a Talk,
    wanted: bool,
    bar: Option<ProgressBar>,
    to_run: usize,
    counts: Counts,
    /// What runs now, the one that began first in front.
    running: Vec<(Place, Instant)>,
    told: Instant,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    pass: usize,
    fail: usize,
    unjudged: usize,
}

impl Counts {
    fn done(self) -> usize {
        self.pass + self.fail + self.unjudged
    }
}

impl<'a> Progress<'a> {
    /// A line that shows itself at the first event, if it is wanted.
    pub(crate) fn new(talk: &'a Talk, wanted: bool) -> Self {
        Self {
            talk,
            wanted,
            bar: None,
            to_run: 0,
            counts: Counts::default(),
            running: Vec::new(),
            told: Instant::now(),
        }
    }

    /// Moves on.
    pub(crate) fn take(&mut self, event: &Event) {
        match event {
            Event::Planned { to_run, .. } => self.begin(*to_run),
            Event::Began(place) => self.running.push((place.clone(), Instant::now())),
            Event::Finished(id, verdict) => {
                self.ended(id);
                *match verdict.word() {
                    "pass" => &mut self.counts.pass,
                    "fail" => &mut self.counts.fail,
                    _ => &mut self.counts.unjudged,
                } += 1;
            }
            Event::Waiting => {}
        }
        self.tell();
    }

    /// Takes the line away.
    pub(crate) fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }

    fn ended(&mut self, id: &SnippetId) {
        if let Some(at) = self.running.iter().position(|(place, _)| place.id == *id) {
            self.running.remove(at);
        }
    }

    fn begin(&mut self, to_run: usize) {
        self.to_run = to_run;
        if !self.wanted || to_run == 0 {
            return;
        }
        if !io::stderr().is_terminal() {
            self.talk.note(format!("examples to run: {to_run}"));
            return;
        }
        let target = ProgressDrawTarget::stderr();
        let bar = ProgressBar::with_draw_target(Some(to_run as u64), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} {elapsed} {wide_msg}")
        {
            bar.set_style(style);
        }
        self.bar = Some(bar);
    }

    fn tell(&mut self) {
        if let Some(bar) = &self.bar {
            bar.set_position(self.counts.done() as u64);
            bar.set_message(self.words());
        } else if self.wanted && self.to_run > 0 && self.told.elapsed() >= PAUSE {
            self.told = Instant::now();
            let done = self.counts.done();
            self.talk.note(format!("ran {done} of {}: {}", self.to_run, self.words()));
        }
    }

    /// The counts, and what runs longest.
    fn words(&self) -> String {
        let Counts { pass, fail, unjudged } = self.counts;
        let counts = format!("{pass} pass, {fail} fail, {unjudged} unjudged");
        match self.running.first() {
            Some((place, since)) if since.elapsed() >= SLOW => {
                let (doc, start) = (visible(place.doc.as_str()), place.start);
                let seconds = since.elapsed().as_secs();
                format!("{counts}; {doc}:{start} runs for {seconds} s")
            }
            _ => counts,
        }
    }
}
