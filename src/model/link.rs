//! Which snippet of a document needs which.
//!
//! Links point backwards, so no cycle can be built, and one document's links know nothing of
//! another's. What makes a link is for `link` to say; running is for later stages.

use std::collections::BTreeSet;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SnippetId;

/// Why a snippet needs an earlier one.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum LinkKind {
    /// It defines or changes this name: `x`, `$X`, `f`.
    Defines(String),
    /// It goes on with it, as its author says or as one working folder tells.
    Continues,
    /// It makes this file or folder.
    Prepares(String),
}

impl LinkKind {
    /// The name or path that it is about.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Defines(name) | Self::Prepares(name) => Some(name),
            Self::Continues => None,
        }
    }
}

impl fmt::Display for LinkKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Defines(name) => write!(f, "defines {name}"),
            Self::Continues => f.write_str("continues"),
            Self::Prepares(path) => write!(f, "prepares {path}"),
        }
    }
}

/// A snippet that another one needs, by its place among the snippets of the document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// The place of the needed snippet, counted from zero.
    pub to: usize,
    /// What for.
    pub kind: LinkKind,
}

/// A name that a snippet needs and that only a later one defines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Later {
    /// The name.
    pub name: String,
    /// The place of the snippet that defines it, counted from zero.
    pub at: usize,
}

/// The links of one document: for every snippet, in document order, what it needs directly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// First link of each snippet in `links`, and the end of the last one's.
    starts: Vec<usize>,
    links: Vec<Link>,
    /// The first place that each snippet leads to, its own where it needs nothing.
    floors: Vec<usize>,
    /// In the order of the snippets that need them.
    later: Vec<(usize, Later)>,
}

/// A link that does not point backwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotBackwards {
    /// The place of the snippet that needs.
    pub from: usize,
    /// The place of what it is said to need.
    pub to: usize,
}

impl Graph {
    /// The graph of as many snippets as `links` has lists; each list is what one of them needs.
    ///
    /// # Errors
    /// When a link does not point to an earlier snippet.
    pub fn new(links: impl IntoIterator<Item = Vec<Link>>) -> Result<Self, NotBackwards> {
        let mut graph = Self { starts: vec![0], ..Self::default() };
        for (from, mut needs) in links.into_iter().enumerate() {
            if let Some(link) = needs.iter().find(|link| link.to >= from) {
                return Err(NotBackwards { from, to: link.to });
            }
            needs.sort_unstable();
            needs.dedup();
            graph.push(needs);
        }
        Ok(graph)
    }

    /// The same with what is defined too late, by the place of the snippet that needs it.
    #[must_use]
    pub fn with_later(mut self, mut later: Vec<(usize, Later)>) -> Self {
        later.retain(|(needs, one)| one.at > *needs);
        later.sort_unstable();
        later.dedup();
        self.later = later;
        self
    }

    /// The graph of the snippets at the places `kept` alone, which are in order; links to others
    /// are left out.
    #[must_use]
    pub fn only(&self, kept: &[usize]) -> Self {
        let place = |at: usize| kept.binary_search(&at).ok();
        let moved = |link: &Link| Some(Link { to: place(link.to)?, kind: link.kind.clone() });
        let mut only = Self { starts: vec![0], ..Self::default() };
        for (from, &at) in kept.iter().enumerate() {
            only.push(self.needs(at).iter().filter_map(moved).collect());
            let later = self.later(at).filter_map(|later| {
                Some((from, Later { name: later.name.clone(), at: place(later.at)? }))
            });
            only.later.extend(later);
        }
        only
    }

    fn push(&mut self, mut needs: Vec<Link>) {
        let floors = needs.iter().filter_map(|link| self.floors.get(link.to).copied());
        let floor = floors.fold(self.floors.len(), usize::min);
        self.links.append(&mut needs);
        self.starts.push(self.links.len());
        self.floors.push(floor);
    }

    /// Number of snippets.
    pub fn count(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// What the snippet at `from` needs directly, by place and then by kind.
    pub fn needs(&self, from: usize) -> &[Link] {
        match self.starts.get(from..from + 2) {
            Some(&[start, end]) => &self.links[start..end],
            _ => &[],
        }
    }

    /// The names that the snippet at `from` needs and that are defined too late.
    pub fn later(&self, from: usize) -> impl Iterator<Item = &Later> {
        let first = self.later.partition_point(|(at, _)| *at < from);
        self.later[first..].iter().take_while(move |(at, _)| *at == from).map(|(_, later)| later)
    }

    /// The places of exactly the snippets that the one at `from` needs, directly or through
    /// others, in document order.
    pub fn closure(&self, from: usize) -> Vec<usize> {
        self.closure_of([from]).into_iter().filter(|at| *at != from).collect()
    }

    /// At most so many of the places in the closure of `from`: the last ones, in document order.
    pub fn nearest(&self, from: usize, most: usize) -> Vec<usize> {
        let mut open: BTreeSet<usize> = self.needs(from).iter().map(|link| link.to).collect();
        let mut found = Vec::new();
        while found.len() < most
            && let Some(at) = open.pop_last()
        {
            found.push(at);
            open.extend(self.needs(at).iter().map(|link| link.to));
        }
        found.reverse();
        found
    }

    /// The places of all of `wanted` and of what they need, in document order.
    pub fn closure_of(&self, wanted: impl IntoIterator<Item = usize>) -> Vec<usize> {
        let mut open: Vec<usize> = wanted.into_iter().filter(|at| *at < self.count()).collect();
        let first = open.iter().map(|&at| self.floors[at]).min().unwrap_or(0);
        let end = open.iter().max().map_or(0, |at| at + 1);
        let mut seen = vec![false; end - first];
        while let Some(at) = open.pop() {
            if !std::mem::replace(&mut seen[at - first], true) {
                open.extend(self.needs(at).iter().map(|link| link.to));
            }
        }
        (first..end).filter(|at| seen[at - first]).collect()
    }
}

/// A [`Link`] on disk and in listings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkEntry {
    /// The needed snippet.
    pub id: SnippetId,
    /// The first line of its region in the document, one-based.
    pub line: u32,
    /// What for.
    #[serde(rename = "for")]
    pub kind: LinkKind,
}

/// A [`Later`] on disk and in listings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LaterEntry {
    /// The name.
    pub name: String,
    /// The first line of the region that defines it, one-based.
    pub line: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(to: usize) -> Link {
        Link { to, kind: LinkKind::Continues }
    }

    #[test]
    fn no_cycle_can_be_built() {
        let own = Graph::new([vec![], vec![link(1)]]);
        assert_eq!(own, Err(NotBackwards { from: 1, to: 1 }));
        let circle = Graph::new([vec![link(1)], vec![link(0)]]);
        assert_eq!(circle, Err(NotBackwards { from: 0, to: 1 }));
        let beyond = Graph::new([vec![], vec![], vec![link(7)]]);
        assert_eq!(beyond, Err(NotBackwards { from: 2, to: 7 }));
    }

    #[test]
    fn what_is_needed_is_everything_behind_in_document_order() {
        let links = [vec![], vec![link(0)], vec![], vec![link(2), link(1), link(1)], vec![]];
        let graph = Graph::new(links).expect("all point backwards");
        assert_eq!(graph.needs(3).len(), 2);
        assert_eq!(graph.closure(3), [0, 1, 2]);
        assert_eq!(graph.nearest(3, 9), [0, 1, 2]);
        assert_eq!(graph.nearest(3, 2), [1, 2]);
        assert_eq!(graph.closure(4), [0; 0]);
        assert_eq!(graph.closure(9), [0; 0]);
        assert_eq!(graph.closure_of([1, 4]), [0, 1, 4]);
        assert_eq!(Graph::default().needs(0), []);
        let only = graph.only(&[0, 1, 3]);
        assert_eq!(
            (only.count(), only.needs(1), only.needs(2)),
            (3, &[link(0)][..], &[link(1)][..])
        );
    }

    #[test]
    fn a_long_chain_costs_no_stack() {
        let links = (0..100_000).map(|at: usize| at.checked_sub(1).map(link).into_iter().collect());
        let graph = Graph::new(links).expect("all point backwards");
        assert_eq!(graph.closure(99_999).len(), 99_999);
    }

    #[test]
    fn what_comes_too_late_is_told_by_snippet() {
        let later = |name: &str| Later { name: name.to_owned(), at: 2 };
        let graph = Graph::new([vec![], vec![], vec![]]).expect("no links");
        let graph = graph.with_later(vec![(1, later("b")), (0, later("a")), (1, later("b"))]);
        assert_eq!(graph.later(1).collect::<Vec<_>>(), [&later("b")]);
        assert_eq!(graph.later(2).count(), 0);
    }
}
