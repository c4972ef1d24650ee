//! How long a host takes to answer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A moving average, of which each new call is an eighth.
pub(super) struct Latency {
    epoch: Instant,
    nanos: AtomicU64,
    /// When the last call ended, in nanoseconds from the epoch.
    at: AtomicU64,
}

/// An average that no new call has confirmed is halved after each of these: a host that once was slow, and is
/// no longer asked because of it, comes to be asked again.
const HALF_LIFE: Duration = Duration::from_secs(5);

impl Latency {
    pub(super) fn new(epoch: Instant) -> Self {
        Latency { epoch, nanos: AtomicU64::new(0), at: AtomicU64::new(0) }
    }

    /// A call took so long, until `now`. Calls that end at the same moment may lose one another's part.
    pub(super) fn record(&self, took: Duration, now: Instant) {
        let took = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX).max(1);
        let old = self.nanos.load(Ordering::Relaxed);
        let new = if old == 0 { took } else { old - old / 8 + took / 8 };
        self.nanos.store(new, Ordering::Relaxed);
        self.at.store(self.since_epoch(now), Ordering::Relaxed);
    }

    /// The average; `None` before the first call.
    pub(super) fn average(&self, now: Instant) -> Option<Duration> {
        let nanos = self.nanos.load(Ordering::Relaxed);
        let age = self.since_epoch(now).saturating_sub(self.at.load(Ordering::Relaxed));
        let halvings = (age / HALF_LIFE.as_nanos() as u64).min(63);
        (nanos > 0).then(|| Duration::from_nanos(nanos >> halvings))
    }

    fn since_epoch(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.epoch).as_nanos()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_average_follows_the_calls_and_fades_without_them() {
        let epoch = Instant::now();
        let latency = Latency::new(epoch);
        assert_eq!(latency.average(epoch), None);
        latency.record(Duration::from_millis(80), epoch);
        assert_eq!(latency.average(epoch), Some(Duration::from_millis(80)));
        (0..100).for_each(|_| latency.record(Duration::from_millis(8), epoch));
        let settled = latency.average(epoch).expect("calls were made");
        assert!(settled < Duration::from_millis(9), "{settled:?}");
        let faded = latency.average(epoch + 3 * HALF_LIFE).expect("calls were made");
        assert_eq!(faded, settled / 8);
        latency.record(Duration::MAX, epoch + Duration::from_secs(1_000_000));
    }
}
