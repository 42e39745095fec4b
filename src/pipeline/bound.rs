//! The names that the examples of documents bind, looked up when a verdict asks for them.
//!
//! What a name that nothing binds may be a slip for is for `judge` to say.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::judge::bound_names;
use crate::model::DocPath;
use crate::store::Stored;

/// The names by document, as far as anybody asked.
#[derive(Default)]
pub(super) struct Bound(Mutex<BTreeMap<DocPath, Names>>);

/// A name, and the place of the only example that binds it, if it is only one.
type Names = BTreeMap<String, Option<usize>>;

/// As many names of a document are known: each name that nothing binds is compared with all.
const MOST_NAMES: usize = 1000;

impl Bound {
    /// The names that the examples of its document, but for the one at the place `at` of `stored`,
    /// bind.
    pub(super) fn names(&self, stored: &[&Stored], at: usize) -> Vec<String> {
        let document = &stored[at].entry.source.document;
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.contains_key(document) {
            all.insert(document.clone(), gather(stored, document));
        }
        let elsewhere = all[document].iter().filter(|(_, only)| **only != Some(at));
        elsewhere.map(|(name, _)| name.clone()).collect()
    }
}

fn gather(stored: &[&Stored], document: &DocPath) -> Names {
    let mut names = Names::new();
    let own = |(_, stored): &(usize, &&Stored)| stored.entry.source.document == *document;
    for (at, stored) in stored.iter().enumerate().filter(own) {
        for name in bound_names(stored.entry.class, &stored.code) {
            let others = names.len() < MOST_NAMES || names.contains_key(&name);
            if others {
                let only = names.entry(name).or_insert(Some(at));
                *only = only.filter(|only| *only == at);
            }
        }
    }
    names
}
