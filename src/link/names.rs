//! The names of one language, as the snippets so far have left them.
//!
//! A name has a definition, the latest, and changes to it since. Names that are needed and not yet
//! known wait here for whoever defines them too late.

use std::collections::{HashMap, HashSet};

use crate::model::{Later, Link, LinkKind};
use crate::syntax::python::scope::{changes_object, is_builtin};
use crate::syntax::scope::{Body, Bound, By, Need, Scope, Touch, What};

/// One name.
#[derive(Clone, Debug)]
struct Name {
    /// The snippet that defines it.
    at: usize,
    what: What,
    body: Body,
    /// The snippet that changed it last, since it was defined.
    changed: Option<usize>,
    /// For parts of a package: the snippet that imported others of it before.
    before: Vec<usize>,
}

/// All names of one language.
#[derive(Default)]
pub(super) struct Table {
    names: HashMap<String, Name>,
    /// Functions and methods, by name, that change what they are given.
    alters: HashSet<String>,
    /// Snippets that bind names that nobody can tell, the latest last.
    open: Vec<usize>,
    /// Who needs a name that is not known.
    missing: HashMap<String, Vec<usize>>,
    /// Which snippet needs which name itself.
    needed: HashSet<(usize, String)>,
    /// How many steps into the bodies of functions were taken.
    steps: usize,
}

/// Steps into bodies that a document has to begin with, and that every snippet brings along. Names
/// that lie deeper are left out.
const FIRST_STEPS: usize = 2_000;
const MORE_STEPS: usize = 64;

/// How many snippets that bind unknown names are asked for a name, the nearest first.
const MOST_OPEN: usize = 8;

/// How many parts of a package are remembered.
const MOST_PARTS: usize = 8;

impl Table {
    /// What the snippet `at` needs of the names so far; then what it does to them.
    pub(super) fn take(
        &mut self,
        at: usize,
        scope: &Scope,
        later: &mut Vec<(usize, Later)>,
    ) -> Vec<Link> {
        self.alters.extend(scope.alters.iter().cloned());
        let mut visit = Visit::new(at, scope);
        self.needs(&mut visit);
        for touch in &scope.touches {
            self.touched(&mut visit, touch);
        }
        let Visit { links, binds, touches, .. } = visit;
        for name in touches {
            if let Some(known) = self.names.get_mut(&name) {
                known.changed = Some(at);
            }
        }
        for name in binds {
            self.define(at, &name, What::Value, &Body::default(), later);
        }
        for Bound { name, what, body, .. } in &scope.binds {
            if *what != What::Nothing {
                self.define(at, name, *what, body, later);
            }
        }
        if scope.opens {
            self.open.push(at);
        }
        links
    }

    fn needs(&mut self, visit: &mut Visit<'_>) {
        let mut seen: HashSet<String> = HashSet::new();
        for need in &visit.scope.needs {
            let mut open = vec![(need.name.clone(), None)];
            while let Some((name, by)) = open.pop() {
                if !seen.insert(name.clone()) {
                    continue;
                }
                let Some((definer, body)) = self.need(visit, need, &name, by) else { continue };
                visit.binds.extend(body.binds);
                for touch in &body.touches {
                    self.touched(visit, touch);
                }
                for name in body.reads {
                    if self.is_open(visit, definer, &name, need.at) {
                        self.steps += 1;
                        open.push((name, Some(definer)));
                    }
                }
            }
        }
    }

    /// Whether `name`, which a body that `definer` defines reads, is for the snippet to look for:
    /// it does not bind it itself before its byte `at`, and `definer` did not need it as it is.
    fn is_open(&self, visit: &Visit<'_>, definer: usize, name: &str, at: usize) -> bool {
        let Some(known) = self.names.get(name) else { return false };
        let settled = known.at.max(known.changed.unwrap_or(0)) < definer
            && self.needed.contains(&(definer, name.to_owned()));
        let left = self.steps < FIRST_STEPS + MORE_STEPS * visit.at;
        left && !settled && !visit.binds_before(name, at)
    }

    /// Links to what makes `name`: needed itself, or by a body that the snippet `by` defines. The
    /// snippet that defines it, and what happens when it is called.
    fn need(
        &mut self,
        visit: &mut Visit<'_>,
        need: &Need,
        name: &str,
        by: Option<usize>,
    ) -> Option<(usize, Body)> {
        let called = by.is_some() || need.called;
        let Some(known) = self.names.get(name) else {
            if by.is_none() && need.sure {
                self.lacks(visit, name);
            }
            return None;
        };
        let callable = matches!(known.what, What::Callable | What::Import);
        if is_builtin(name) && called && !callable {
            return None;
        }
        let kind = || LinkKind::Defines(name.to_owned());
        let places = [Some(known.at), known.changed];
        let parts = known.before.iter().copied();
        visit
            .links
            .extend(places.into_iter().flatten().chain(parts).map(|to| Link { to, kind: kind() }));
        let found = (known.at, known.body.clone());
        self.needed.insert((visit.at, name.to_owned()));
        Some(found)
    }

    /// Nothing so far defines `name`; snippets that bind unknown names may, or a later one does.
    fn lacks(&mut self, visit: &mut Visit<'_>, name: &str) {
        let open = self.open.iter().rev().take(MOST_OPEN);
        let kind = || LinkKind::Defines(name.to_owned());
        visit.links.extend(open.map(|to| Link { to: *to, kind: kind() }));
        self.missing.entry(name.to_owned()).or_default().push(visit.at);
    }

    fn touched(&mut self, visit: &mut Visit<'_>, touch: &Touch) {
        let Some(known) = self.names.get(&touch.name) else { return };
        let changes = match &touch.by {
            By::Statement => true,
            By::Method(name) => changes_object(name) || self.alters.contains(name),
            By::Function(name) => self.alters.contains(name),
        };
        if changes && !matches!(known.what, What::Import | What::Part) {
            visit.touches.push(touch.name.clone());
        }
    }

    fn define(
        &mut self,
        at: usize,
        name: &str,
        what: What,
        body: &Body,
        later: &mut Vec<(usize, Later)>,
    ) {
        let waiting = self.missing.remove(name).unwrap_or_default();
        let defined = Later { name: name.to_owned(), at };
        // What a snippet needs before it defines the same name itself is not defined later.
        let others = waiting.into_iter().filter(|needs| *needs != at);
        later.extend(others.map(|needs| (needs, defined.clone())));
        let mut before = Vec::new();
        if what == What::Part
            && let Some(known) = self.names.remove(name)
            && matches!(known.what, What::Import | What::Part)
        {
            before = known.before;
            before.push(known.at);
            before.drain(..before.len().saturating_sub(MOST_PARTS));
        }
        let name_of = Name { at, what, body: body.clone(), changed: None, before };
        self.names.insert(name.to_owned(), name_of);
    }
}

/// One snippet on its way through the table.
struct Visit<'s> {
    at: usize,
    scope: &'s Scope,
    /// From which byte on it binds which name, whichever way it runs.
    since: HashMap<&'s str, usize>,
    links: Vec<Link>,
    /// What bodies of earlier snippets bind and change when this one runs them.
    binds: Vec<String>,
    touches: Vec<String>,
}

impl<'s> Visit<'s> {
    fn new(at: usize, scope: &'s Scope) -> Self {
        let since = |bound: &'s Bound| Some((bound.name.as_str(), bound.since?));
        Self {
            at,
            scope,
            since: scope.binds.iter().filter_map(since).collect(),
            links: Vec::new(),
            binds: Vec::new(),
            touches: Vec::new(),
        }
    }

    fn binds_before(&self, name: &str, at: usize) -> bool {
        self.since.get(name).is_some_and(|since| *since <= at)
    }
}
