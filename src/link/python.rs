//! Links of a Python snippet: names, and files that it reads by their name.

use super::Session;
use crate::model::{Later, Link};
use crate::syntax::scope::Scope;

impl Session {
    /// What the Python snippet `at` needs.
    pub(super) fn python(
        &mut self,
        at: usize,
        scope: &Scope,
        later: &mut Vec<(usize, Later)>,
    ) -> Vec<Link> {
        let mut links = self.python.take(at, scope, later);
        for path in &scope.reads {
            links.extend(self.made.needed(path));
        }
        for path in &scope.writes {
            self.made.made(path, at);
        }
        links
    }
}
