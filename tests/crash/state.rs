//! What a writer knows of what it has written.

use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher};

use cassa::Error;

/// The state that was acknowledged last, and the one that a call without an answer may have made of it.
pub(crate) struct Known<S> {
    acknowledged: S,
    in_flight: Option<S>,
}

impl<S: Default> Default for Known<S> {
    fn default() -> Self {
        Known { acknowledged: S::default(), in_flight: None }
    }
}

impl<S: Clone + Debug + PartialEq> Known<S> {
    pub(crate) fn now(&self) -> &S {
        &self.acknowledged
    }

    /// Makes a call that leads to `next`.
    pub(crate) fn change(&mut self, next: S, call: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
        self.in_flight = Some(next);
        match call() {
            Ok(()) => {
                self.acknowledged = self.in_flight.take().expect("it was put there");
                Ok(())
            }
            Err(lost @ (Error::Io { .. } | Error::NoAnswer { .. } | Error::Protocol { .. })) => Err(lost),
            Err(refused) => panic!("the server refuses what it must take: {refused}"),
        }
    }

    /// Holds what is there to what may be there.
    pub(crate) fn check(&mut self, what: &str, found: S) {
        assert!(
            found == self.acknowledged || Some(&found) == self.in_flight.as_ref(),
            "{what}: found {found:?}, acknowledged {:?}, in flight {:?}",
            self.acknowledged,
            self.in_flight
        );
        self.acknowledged = found;
        self.in_flight = None;
    }
}

/// What tells one state from another.
pub(crate) fn digest(state: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    state.hash(&mut hasher);
    hasher.finish()
}
