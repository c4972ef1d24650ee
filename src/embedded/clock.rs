//! The time: what expires, how old a deletion is, and what the server dates itself.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Microseconds since the epoch.
pub(crate) trait Clock: Send + Sync {
    fn micros(&self) -> i64;
}

/// The second in which a microsecond lies, as Cassandra counts seconds for expiry and for the age of deletions.
pub(crate) fn second(micros: i64) -> i32 {
    i32::try_from(micros.div_euclid(1_000_000)).unwrap_or(i32::MAX)
}

/// The system's clock.
#[derive(Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn micros(&self) -> i64 {
        since_epoch(SystemTime::now())
    }
}

/// A clock that stands still until it is moved, for tests of what takes its time: columns that expire, deletions
/// that are forgotten. Clones are the same clock.
///
/// ```
/// use std::time::Duration;
///
/// use cassa::{ColumnFamily, ConnectionPool, EmbeddedServer, ManualClock, SimpleStrategy, SystemManager};
///
/// let clock = ManualClock::new();
/// let server = EmbeddedServer::builder().clock(&clock).start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Web", SimpleStrategy(1))?;
/// # system.create_column_family("Web", "Sessions")?;
/// let pool = ConnectionPool::new("Web", server.addresses())?;
/// let sessions = ColumnFamily::open(&pool, "Sessions")?;
/// sessions.write().ttl(600).insert("key", [("user", "ada")])?;
/// clock.advance(Duration::from_secs(599));
/// assert!(sessions.get("key")?.is_some());
/// clock.advance(Duration::from_secs(1));
/// assert!(sessions.get("key")?.is_none());
/// # Ok::<(), cassa::Error>(())
/// ```
#[derive(Clone)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// A clock that shows the present.
    pub fn new() -> ManualClock {
        ManualClock::at(SystemTime::now())
    }

    /// A clock that shows this time; the epoch, if it is before that.
    pub fn at(time: SystemTime) -> ManualClock {
        ManualClock(Arc::new(AtomicI64::new(since_epoch(time))))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        // a relaxed order is enough: whoever moves the clock makes its next call after that
        let moved = |shown: i64| Some(shown.saturating_add(micros));
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, moved);
    }

    /// Sets the clock, also back.
    pub fn set(&self, time: SystemTime) {
        self.0.store(since_epoch(time), Ordering::Relaxed);
    }

    /// The time that the clock shows.
    pub fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_micros(self.micros().unsigned_abs())
    }
}

impl Clock for ManualClock {
    fn micros(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Default for ManualClock {
    fn default() -> ManualClock {
        ManualClock::new()
    }
}

impl fmt::Debug for ManualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ManualClock").field(&self.now()).finish()
    }
}

fn since_epoch(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
