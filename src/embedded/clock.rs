//! The time that expiry and gc_grace are measured by.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since the epoch, as Cassandra counts them for expiry and for the age of deletions.
pub(crate) trait Clock: Send + Sync {
    fn seconds(&self) -> i32;
}

/// The system's clock.
#[derive(Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn seconds(&self) -> i32 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i32::try_from(since.as_secs()).unwrap_or(i32::MAX)
    }
}
