//! What is bound when, at the top level: the way a text runs, branches and all.
//!
//! A branch is a frame. Where branches meet again, what all of them bound is bound; loops are
//! taken to run at least once. Knows names only, not the tree.

use std::collections::{HashMap, HashSet};

use super::bodies::Code;
use super::known::is_builtin;
use super::{Body, Bound, By, Need, Scope, Touch, What};

/// A name with what it is bound to, as it stands at the end of the text.
struct Binding<'t> {
    what: What,
    since: Option<usize>,
    code: Code<'t>,
    /// In which order names were bound first.
    order: usize,
}

/// One branch.
#[derive(Default)]
struct Frame<'t> {
    /// Bound in it, and not before it.
    newly: Vec<&'t str>,
    /// Whether it never comes to its end: `return`, `raise`.
    ended: bool,
}

/// How a branch goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Meeting {
    /// It is one of several.
    Branch,
    /// It is taken in any case.
    Always,
}

/// The state at one point of the text.
#[derive(Default)]
pub(super) struct Flow<'t> {
    bound: HashSet<&'t str>,
    /// Bound some way.
    maybe: HashSet<&'t str>,
    frames: Vec<Frame<'t>>,
    /// What all branches so far bound, of each place where they part; nothing before the first.
    parted: Vec<Option<HashSet<&'t str>>>,
    bindings: HashMap<&'t str, Binding<'t>>,
    /// Names whose bodies are accounted for.
    ran: HashSet<&'t str>,
    needs: HashMap<&'t str, Need>,
    touches: HashSet<Touch>,
    pub(super) opens: bool,
}

impl<'t> Flow<'t> {
    /// Binds `name` to what runs `code` when it is called.
    pub(super) fn bind(&mut self, name: &'t str, what: What, code: Code<'t>, at: usize) {
        let order = self.bindings.len();
        let known = self.bound.contains(name);
        let since = self.frames.is_empty().then_some(at);
        self.ran.remove(name);
        let binding = self.bindings.entry(name).or_insert(Binding {
            what,
            since,
            code: Code::default(),
            order,
        });
        binding.what = what;
        binding.code = code;
        if !known {
            binding.since = since;
            self.again(name);
        }
    }

    /// Marks `name` as bound, here and where this branch ends.
    fn again(&mut self, name: &'t str) {
        if self.bound.insert(name)
            && let Some(frame) = self.frames.last_mut()
        {
            frame.newly.push(name);
        }
    }

    /// `del name`.
    pub(super) fn unbind(&mut self, name: &'t str, at: usize) {
        let own = self.bound.contains(name);
        self.read(name, at, false);
        self.bind(name, What::Nothing, Code::default(), at);
        self.bound.remove(name);
        if !own {
            self.touches.insert(Touch { name: name.to_owned(), by: By::Statement });
        }
    }

    /// `name` is read, or only called.
    pub(super) fn read(&mut self, name: &'t str, at: usize, called: bool) {
        let mut open = vec![(name, called)];
        while let Some((name, called)) = open.pop() {
            if !self.bound.contains(name) {
                self.need(name, at, called);
            }
            let Some(binding) = self.bindings.get(name) else { continue };
            if binding.code.is_empty() || !self.ran.insert(name) {
                continue;
            }
            let code = binding.code.clone();
            open.extend(self.effects(&code, at).into_iter().map(|name| (name, true)));
        }
    }

    /// `code` runs: what it binds and changes happens; what it reads is given back, sorted.
    fn effects(&mut self, code: &Code<'t>, at: usize) -> Vec<&'t str> {
        for name in code.binds() {
            self.bind(name, What::Value, Code::default(), at);
        }
        for (name, by) in code.touches() {
            self.touch(name, by);
        }
        code.reads()
    }

    /// Code without a name runs, or may.
    pub(super) fn run(&mut self, code: &Code<'t>, at: usize) {
        for name in self.effects(code, at) {
            self.read(name, at, true);
        }
    }

    fn need(&mut self, name: &'t str, at: usize, called: bool) {
        let sure = !self.opens && !self.maybe.contains(name) && !is_builtin(name);
        let need = || Need { name: name.to_owned(), at, called, sure };
        let known = self.needs.entry(name).or_insert_with(need);
        known.called &= called;
        known.sure |= sure;
    }

    /// `name` is changed in place, or may be.
    pub(super) fn touch(&mut self, name: &'t str, by: By) {
        if !self.bound.contains(name) {
            self.touches.insert(Touch { name: name.to_owned(), by });
        }
    }

    /// Branches begin.
    pub(super) fn part(&mut self) {
        self.parted.push(None);
    }

    /// A branch begins.
    pub(super) fn enter(&mut self) {
        self.frames.push(Frame::default());
    }

    /// The branch never comes to its end.
    pub(super) fn end(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.ended = true;
        }
    }

    /// A branch ends at `at`.
    pub(super) fn leave(&mut self, meeting: Meeting, at: usize) {
        let Some(frame) = self.frames.pop() else { return };
        for name in &frame.newly {
            self.bound.remove(name);
            self.maybe.insert(name);
        }
        if meeting == Meeting::Always {
            self.meet(frame.newly, at);
        } else if !frame.ended
            && let Some(parted) = self.parted.last_mut()
        {
            *parted = Some(match parted.take() {
                None => frame.newly.into_iter().collect(),
                Some(mut all) => {
                    let newly: HashSet<&str> = frame.newly.into_iter().collect();
                    all.retain(|name| newly.contains(name));
                    all
                }
            });
        }
    }

    /// All branches meet at `at`; unless one of them is taken in any case, none may have been.
    pub(super) fn join(&mut self, one_is_taken: bool, at: usize) {
        let Some(Some(all)) = self.parted.pop() else { return };
        if one_is_taken {
            self.meet(all, at);
        }
    }

    fn meet(&mut self, names: impl IntoIterator<Item = &'t str>, at: usize) {
        let top = self.frames.is_empty();
        for name in names {
            self.again(name);
            if top && let Some(binding) = self.bindings.get_mut(name) {
                binding.since = Some(at);
            }
        }
    }

    /// What was found, in an order that depends on the text alone.
    pub(super) fn finish(self, scope: &mut Scope) {
        let mut bindings: Vec<(&str, Binding<'_>)> = self.bindings.into_iter().collect();
        bindings.sort_unstable_by_key(|(_, binding)| binding.order);
        scope.binds = bindings
            .into_iter()
            .map(|(name, Binding { what, since, code, .. })| {
                let since = since.filter(|_| self.bound.contains(name));
                Bound { name: name.to_owned(), what, since, body: body(&code) }
            })
            .collect();
        scope.needs = self.needs.into_values().collect();
        scope.needs.sort_unstable_by(|one, two| (one.at, &one.name).cmp(&(two.at, &two.name)));
        scope.touches = self.touches.into_iter().collect();
        scope.touches.sort_unstable();
        scope.opens = self.opens;
    }
}

fn body(code: &Code<'_>) -> Body {
    let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
    let touches = code.touches().into_iter().map(|(name, by)| Touch { name: name.to_owned(), by });
    Body { reads: owned(code.reads()), binds: owned(code.binds()), touches: touches.collect() }
}
