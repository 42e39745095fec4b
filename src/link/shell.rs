//! Links of a shell snippet: variables, functions, files, and the folder that it works in.

use super::Session;
use crate::model::{Later, Link, LinkKind};
use crate::syntax::scope::{Place, Scope};
use crate::syntax::shell::tidied;

impl Session {
    /// What the shell snippet `at` needs.
    pub(super) fn shell(
        &mut self,
        at: usize,
        scope: &Scope,
        later: &mut Vec<(usize, Later)>,
    ) -> Vec<Link> {
        let mut links = self.shell.take(at, scope, later);
        if let Some(to) = self.moved.filter(|_| scope.folder.matters) {
            links.push(Link { to, kind: LinkKind::Continues });
        }
        let here = |path: &String| tidied(self.folder.as_deref()?, path);
        let reads: Vec<String> = scope.reads.iter().filter_map(here).collect();
        let writes: Vec<String> = scope.writes.iter().filter_map(here).collect();
        for path in reads {
            links.extend(self.made.needed(&path));
        }
        for path in writes {
            self.made.made(&path, at);
        }
        if scope.folder.ends != Place::Same {
            self.moved = Some(at);
            self.folder = match &scope.folder.ends {
                Place::At(to) if to.starts_with(['/', '~']) => tidied("", to),
                Place::At(to) => self.folder.as_deref().and_then(|folder| tidied(folder, to)),
                _ => None,
            };
        }
        links
    }
}
