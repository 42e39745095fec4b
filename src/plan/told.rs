//! What the directives of a snippet mean for its job.
//!
//! The nearest to the snippet holds where several say the same. State that snippets share and the
//! comparison of outputs are not settled here.

use std::time::Duration;

use stillruns_harness::{Interpreter, Job, Network};

use super::condition::{Facts, holds};
use super::{Refused, Terms};
use crate::model::{DirectiveEntry, Instruction, Scope, Why};

/// The longest time that a document can ask for; more is for the user to allow.
const LONGEST: Duration = Duration::from_secs(600);

/// The directives of one snippet.
pub(super) struct Told<'a>(&'a [DirectiveEntry]);

impl<'a> Told<'a> {
    pub(super) fn new(directives: &'a [DirectiveEntry]) -> Self {
        Self(directives)
    }

    /// What holds for the snippet as a whole.
    fn all(&self) -> impl DoubleEndedIterator<Item = &'a DirectiveEntry> {
        self.0.iter().filter(|one| one.scope != Scope::Statement)
    }

    /// Why the snippet is not to be run under `terms`, whatever it runs on.
    pub(super) fn refusal(&self, terms: &Terms<'_>) -> Result<(), Refused> {
        // What is not to be run needs nothing.
        let skips = self.all().rev().filter(|one| matches!(one.what, Instruction::Skip(_)));
        for one in skips.chain(self.all()) {
            let why = match &one.what {
                Instruction::Skip(_) => Why::SkippedByDirective(one.spelling.clone()),
                Instruction::NeedsNetwork if !terms.allow_network => Why::NeedsNetwork,
                Instruction::Env(name) if given(terms, name).is_none() => {
                    Why::NeedsVariable(name.clone())
                }
                _ => continue,
            };
            return Err(Refused { why, line: Some(one.line) });
        }
        Ok(())
    }

    /// Why the snippet is not to be run on `interpreter`: a condition holds, or nobody can tell.
    pub(super) fn condition(
        &self,
        terms: &Terms<'_>,
        interpreter: &Interpreter,
    ) -> Result<(), Refused> {
        let facts = Facts {
            version: &interpreter.release(),
            implementation: &interpreter.implementation,
            variables: terms.variables,
        };
        for one in self.all() {
            let Instruction::SkipIf(condition) = &one.what else { continue };
            let why = match holds(condition, &facts) {
                Some(false) => continue,
                Some(true) => one.spelling.clone(),
                None => format!("{} (nobody can tell here: {condition})", one.spelling),
            };
            return Err(Refused { why: Why::SkippedByDirective(why), line: Some(one.line) });
        }
        Ok(())
    }

    /// Gives `job` what the directives ask for.
    pub(super) fn settle(&self, job: &mut Job, terms: &Terms<'_>) {
        for one in self.all() {
            match &one.what {
                Instruction::Timeout(millis) => {
                    let most = LONGEST.max(job.limits.wall);
                    let time = Duration::from_millis(*millis).min(most);
                    (job.limits.wall, job.limits.cpu) = (time, time);
                }
                // Without leave the snippet was refused.
                Instruction::NeedsNetwork => job.policy.network = Network::Host,
                Instruction::Env(name) => {
                    let value = given(terms, name).cloned();
                    job.variables.extend(value.map(|value| (name.clone(), value)));
                }
                _ => {}
            }
        }
    }
}

/// The value of the variable `name`, if it may be asked for and is set.
fn given<'t>(terms: &Terms<'t>, name: &str) -> Option<&'t String> {
    terms.variables.get(name)?.as_ref()
}
