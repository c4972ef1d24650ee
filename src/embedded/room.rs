//! The memory that all large requests share, so that many of them, whole or half, do not take it all.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Up to this a request's memory is its connection's own.
pub(super) const OWN: usize = 128 * 1024;

/// What is shared.
#[derive(Debug)]
pub(super) struct SharedRoom {
    limit: usize,
    taken: AtomicUsize,
}

impl SharedRoom {
    pub(super) fn new(limit: usize) -> SharedRoom {
        SharedRoom { limit, taken: AtomicUsize::new(0) }
    }

    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    pub(super) fn nothing(&self) -> Room<'_> {
        Room { shared: self, taken: 0 }
    }
}

/// One request's part of it, until it is dropped.
#[derive(Debug)]
pub(super) struct Room<'a> {
    shared: &'a SharedRoom,
    taken: usize,
}

impl Room<'_> {
    /// Takes what a request of this capacity needs beyond what it has; where there is not as much, it has
    /// nothing.
    pub(super) fn grow_to(&mut self, capacity: usize) -> bool {
        let more = capacity.saturating_sub(OWN).saturating_sub(self.taken);
        let fits = |taken: usize| taken.checked_add(more).filter(|taken| *taken <= self.shared.limit);
        match self.shared.taken.fetch_update(Ordering::AcqRel, Ordering::Acquire, fits) {
            Ok(_) => {
                self.taken += more;
                true
            }
            Err(_) => {
                self.give_back();
                false
            }
        }
    }

    fn give_back(&mut self) {
        self.shared.taken.fetch_sub(self.taken, Ordering::AcqRel);
        self.taken = 0;
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        self.give_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared_is_never_more_than_its_limit() {
        let shared = SharedRoom::new(1000);
        let (mut one, mut other) = (shared.nothing(), shared.nothing());
        assert!(one.grow_to(OWN) && other.grow_to(OWN), "that is their own");
        assert!(one.grow_to(OWN + 600));
        assert!(!other.grow_to(OWN + 401));
        assert!(other.grow_to(OWN + 400));
        // who finds no room has none
        assert!(!one.grow_to(OWN + 601));
        assert!(other.grow_to(OWN + 1000));
        drop(other);
        assert!(one.grow_to(OWN + 1000));
        assert!(!one.grow_to(usize::MAX));
        drop(one);
        assert_eq!(shared.taken.load(Ordering::Acquire), 0);
    }
}
