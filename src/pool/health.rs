//! Whether a host is up, as far as the pool knows.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How a pool stands to a host.
///
/// [`PoolStats`](crate::PoolStats) has an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HostState {
    /// It is used.
    Up,
    /// A connection to it broke. It is passed over while others are up, until a health check, which follows
    /// at once, has said whether it is up.
    Suspect,
    /// It failed. It is passed over while others are up, until it has cooled off and passed a health check.
    Aside,
}

const UP: u64 = 0;
const SUSPECT: u64 = 1;

/// The state of a host and, where it is aside, until when: one word, read at each check-out.
pub(super) struct Health {
    /// What the time in the word counts from.
    epoch: Instant,
    word: AtomicU64,
}

impl Health {
    pub(super) fn new(epoch: Instant) -> Self {
        Health { epoch, word: AtomicU64::new(UP) }
    }

    pub(super) fn state(&self) -> HostState {
        match self.word.load(Ordering::Relaxed) {
            UP => HostState::Up,
            SUSPECT => HostState::Suspect,
            _ => HostState::Aside,
        }
    }

    /// Whether it was not up before.
    pub(super) fn set_up(&self) -> bool {
        self.word.swap(UP, Ordering::Relaxed) != UP
    }

    /// Suspects a host that is up.
    pub(super) fn suspect(&self) {
        let _ = self.word.compare_exchange(UP, SUSPECT, Ordering::Relaxed, Ordering::Relaxed);
    }

    pub(super) fn put_aside(&self, until: Instant) {
        // a microsecond after the two other states, and never the time of a pool's first moment
        let micros = until.saturating_duration_since(self.epoch).as_micros();
        let word = u64::try_from(micros).unwrap_or(u64::MAX - 2) + 2;
        self.word.store(word, Ordering::Relaxed);
    }

    /// When it is time for a health check; `None` where there is no need of one.
    pub(super) fn check_due(&self) -> Option<Instant> {
        match self.word.load(Ordering::Relaxed) {
            UP => None,
            SUSPECT => Some(self.epoch),
            // no time that can be told is as good as never
            word => self.epoch.checked_add(Duration::from_micros(word - 2)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_is_aside_is_not_suspected_as_well() {
        let epoch = Instant::now();
        let health = Health::new(epoch);
        assert_eq!((health.state(), health.check_due()), (HostState::Up, None));
        health.suspect();
        assert_eq!((health.state(), health.check_due()), (HostState::Suspect, Some(epoch)));
        let until = epoch + Duration::from_secs(7);
        health.put_aside(until);
        health.suspect();
        assert_eq!((health.state(), health.check_due()), (HostState::Aside, Some(until)));
        assert!(health.set_up());
        assert!(!health.set_up());
        health.put_aside(epoch);
        assert_eq!(health.state(), HostState::Aside);
    }
}
