//! One copy of what is the same for nearly all outcomes: what the sandbox enforced.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What was in force, as an outcome tells it.
type Enforced = Arc<BTreeMap<String, String>>;

/// Those that were seen, each once: seldom more than one for each kind of interpreter.
#[derive(Default)]
pub(super) struct Alike(Mutex<Vec<Enforced>>);

impl Alike {
    /// The first that was like this one.
    pub(super) fn first(&self, one: Enforced) -> Enforced {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(first) = seen.iter().find(|other| **other == one) {
            return Arc::clone(first);
        }
        seen.push(Arc::clone(&one));
        one
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_are_alike_are_one() {
        let alike = Alike::default();
        let made = |how: &str| Arc::new(BTreeMap::from([("seccomp".to_owned(), how.to_owned())]));
        let full = alike.first(made("full"));
        assert!(Arc::ptr_eq(&full, &alike.first(made("full"))));
        assert_eq!(alike.first(made("absent: no table")), made("absent: no table"));
    }
}
