//! Scopes inside of the top level: bodies of functions, classes and comprehensions.
//!
//! A body gathers what it reads and binds; when it ends, what it does not bind itself is the
//! scope's around it. Sets are merged into the larger of two, so depth costs little.

use std::collections::{HashMap, HashSet};
use std::mem;

use super::By;

/// What a body does with names of the top level, shared by all who ask.
#[derive(Clone, Debug, Default)]
pub(super) struct Code<'t>(Option<std::rc::Rc<Inner<'t>>>);

#[derive(Debug, Default)]
struct Inner<'t> {
    reads: HashSet<&'t str>,
    binds: HashSet<&'t str>,
    touches: HashSet<(&'t str, By)>,
}

impl<'t> Code<'t> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Sorted, as the other lists are.
    pub(super) fn reads(&self) -> Vec<&'t str> {
        self.0.as_ref().map_or_else(Vec::new, |inner| sorted(inner.reads.iter().copied()))
    }

    pub(super) fn binds(&self) -> Vec<&'t str> {
        self.0.as_ref().map_or_else(Vec::new, |inner| sorted(inner.binds.iter().copied()))
    }

    pub(super) fn touches(&self) -> Vec<(&'t str, By)> {
        self.0.as_ref().map_or_else(Vec::new, |inner| sorted(inner.touches.iter().cloned()))
    }
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort_unstable();
    items
}

/// What kind of scope a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Function,
    Class,
    Comprehension,
}

/// One scope while it is open.
#[derive(Debug)]
pub(super) struct Scoped<'t> {
    pub(super) kind: Kind,
    /// What it is named by; empty where by nothing.
    pub(super) name: &'t str,
    reads: HashSet<&'t str>,
    pub(super) binds: HashSet<&'t str>,
    parameters: HashSet<&'t str>,
    /// Declared `global` or `nonlocal`.
    global: HashSet<&'t str>,
    nonlocal: HashSet<&'t str>,
    touches: HashMap<&'t str, HashSet<By>>,
    /// What bodies inside of it do with names of the top level.
    held: Inner<'t>,
}

impl<'t> Scoped<'t> {
    pub(super) fn new(kind: Kind, name: &'t str) -> Self {
        Self {
            kind,
            name,
            reads: HashSet::new(),
            binds: HashSet::new(),
            parameters: HashSet::new(),
            global: HashSet::new(),
            nonlocal: HashSet::new(),
            touches: HashMap::new(),
            held: Inner::default(),
        }
    }

    pub(super) fn read(&mut self, name: &'t str) {
        self.reads.insert(name);
    }

    /// Whether this is new.
    pub(super) fn bind(&mut self, name: &'t str) -> bool {
        self.binds.insert(name)
    }

    pub(super) fn parameter(&mut self, name: &'t str) {
        self.binds.insert(name);
        self.parameters.insert(name);
    }

    pub(super) fn global(&mut self, name: &'t str) {
        self.global.insert(name);
    }

    pub(super) fn nonlocal(&mut self, name: &'t str) {
        self.nonlocal.insert(name);
    }

    pub(super) fn touch(&mut self, name: &'t str, by: By) {
        self.touches.entry(name).or_default().insert(by);
    }

    /// What changes an object that was given to it.
    pub(super) fn altered(&self) -> impl Iterator<Item = &By> {
        self.parameters.iter().filter_map(|name| self.touches.get(name)).flatten()
    }

    /// Ends the scope: what it does with names of the scopes around it.
    pub(super) fn close(mut self) -> Held<'t> {
        for name in self.global.iter().chain(&self.nonlocal) {
            self.binds.remove(name);
        }
        let mut own = Inner { reads: mem::take(&mut self.reads), ..Inner::default() };
        own.binds.clone_from(&self.global);
        let touches = mem::take(&mut self.touches).into_iter();
        own.touches =
            touches.flat_map(|(name, by)| by.into_iter().map(move |by| (name, by))).collect();
        let binds = mem::take(&mut self.binds);
        let mut held = mem::take(&mut self.held);
        without(&mut own, &binds);
        // Functions in a class do not see its names.
        if self.kind != Kind::Class {
            without(&mut held, &binds);
        }
        Held(merge(own, held))
    }

    /// Takes what a body inside of it does.
    pub(super) fn hold(&mut self, inner: Held<'t>) {
        let mine = mem::take(&mut self.held);
        self.held = merge(mine, inner.0);
    }
}

/// What an ended scope does with the names around it.
#[derive(Debug, Default)]
pub(super) struct Held<'t>(Inner<'t>);

impl<'t> Held<'t> {
    /// Leaves out names that are not the top level's.
    pub(super) fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.0.reads.retain(|name| keep(name));
        self.0.touches.retain(|(name, _)| keep(name));
    }

    pub(super) fn code(self) -> Code<'t> {
        let Inner { reads, binds, touches } = &self.0;
        let empty = reads.is_empty() && binds.is_empty() && touches.is_empty();
        Code((!empty).then(|| std::rc::Rc::new(self.0)))
    }
}

fn without<'t>(inner: &mut Inner<'t>, binds: &HashSet<&'t str>) {
    if binds.len() < inner.reads.len() {
        for name in binds {
            inner.reads.remove(name);
        }
    } else {
        inner.reads.retain(|name| !binds.contains(name));
    }
    if !inner.touches.is_empty() {
        inner.touches.retain(|(name, _)| !binds.contains(name));
    }
}

fn merge<'t>(one: Inner<'t>, two: Inner<'t>) -> Inner<'t> {
    Inner {
        reads: union(one.reads, two.reads),
        binds: union(one.binds, two.binds),
        touches: union(one.touches, two.touches),
    }
}

fn union<T: Eq + std::hash::Hash>(one: HashSet<T>, two: HashSet<T>) -> HashSet<T> {
    let (mut large, small) = if one.len() < two.len() { (two, one) } else { (one, two) };
    large.extend(small);
    large
}
