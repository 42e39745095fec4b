//! The names that the examples of documents bind, looked up when a verdict asks for them.
//!
//! What a name that nothing binds may be a slip for is for `judge` to say.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::judge::bound_names;
use crate::model::DocPath;
use crate::store::Stored;

/// The names by document, as far as anybody asked.
#[derive(Default)]
pub(super) struct Bound(Mutex<BTreeMap<DocPath, Arc<OnceLock<Names>>>>);

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
        let names = Arc::clone(all.entry(document.clone()).or_default());
        // Nobody waits for the names of another document.
        drop(all);
        let names = names.get_or_init(|| gather(stored, at));
        let elsewhere = names.iter().filter(|(_, only)| **only != Some(at));
        elsewhere.map(|(name, _)| name.clone()).collect()
    }
}

/// The names of the document of the one at the place `from`; documents stand one after the other.
fn gather(stored: &[&Stored], from: usize) -> Names {
    let mut names = Names::new();
    let document = &stored[from].entry.source.document;
    let own = |stored: &&&Stored| stored.entry.source.document == *document;
    let first = from - stored[..from].iter().rev().take_while(own).count();
    for (at, stored) in (first..).zip(stored[first..].iter().take_while(own)) {
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
