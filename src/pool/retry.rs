//! Whether a call that failed is made again, and when.

use std::fmt;
use std::time::Duration;

use crate::connection::LONGEST_WAIT;
use crate::error::Error;

/// Decides whether a call that failed is made again.
///
/// It is asked after each attempt that reached a server, and where none could be reached
/// ([`Error::AllServersUnavailable`]); before that, servers that cannot be connected to are passed over
/// without asking, as nothing was sent. The deadline of the call ends it in any case, and where no server can
/// be reached the connect timeout does.
///
/// ```
/// # use std::time::Duration;
/// # use cassa::{ConnectionPool, EmbeddedServer, Error, SimpleStrategy, SystemManager, wire};
/// use cassa::{FailedAttempt, RetryPolicy};
///
/// /// Asks one other server, at once, and only where too few replicas were up.
/// #[derive(Debug)]
/// struct OnceIfUnavailable;
///
/// impl RetryPolicy for OnceIfUnavailable {
///     fn pause(&self, failed: &FailedAttempt<'_>) -> Option<Duration> {
///         let unavailable = matches!(failed.error, Error::Unavailable { .. });
///         (unavailable && failed.attempt == 1).then_some(Duration::ZERO)
///     }
/// }
///
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// let pool = ConnectionPool::builder("Keyspace1")
///     .servers(server.addresses())
///     .retry_policy(OnceIfUnavailable)
///     .build()?;
/// # pool.execute(|connection| connection.call(&wire::methods::DescribeVersion {}))?;
/// # Ok(())
/// # }
/// ```
pub trait RetryPolicy: fmt::Debug + Send + Sync {
    /// How long to wait before the call is made again, on another server where there is one; `None` where it
    /// is not made again.
    fn pause(&self, failed: &FailedAttempt<'_>) -> Option<Duration>;
}

/// An attempt of a call that failed.
///
/// [`RetryPolicy`] has an example.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FailedAttempt<'a> {
    /// Why.
    pub error: &'a Error,
    /// Which attempt; the first is 1.
    pub attempt: usize,
    /// Whether the call may be made twice.
    pub idempotent: bool,
    /// Whether a request went out whole, so that the server may have acted on it.
    pub sent: bool,
}

/// The policy of a pool that is given no other: up to so many retries, each after a longer pause, with
/// jitter.
///
/// Made again is what another server may do ([`Error::is_retryable`]) and what none could be reached for, if the call may
/// be made twice or no request of it went out whole.
///
/// ```
/// # use std::time::Duration;
/// # use cassa::{ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
/// use cassa::Backoff;
///
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// let backoff = Backoff { max_retries: Some(3), first: Duration::from_millis(50), jitter: 1.0 };
/// let pool = ConnectionPool::builder("Keyspace1").servers(server.addresses()).retry_policy(backoff).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Backoff {
    /// The most retries; `None` for as many as the deadline leaves time for. Defaults to 5.
    pub max_retries: Option<usize>,
    /// The pause before the first retry; it doubles with each further one, up to 64 times. Defaults to 10 ms.
    pub first: Duration,
    /// The share of a pause that is left to chance, from 0 to 1, so that clients that failed together do not
    /// come back together. Defaults to 0.5: a pause of 10 ms is one of 5 to 10 ms.
    pub jitter: f64,
}

impl Default for Backoff {
    fn default() -> Self {
        Backoff { max_retries: Some(5), first: Duration::from_millis(10), jitter: 0.5 }
    }
}

/// A pause doubles with each retry, up to this many times.
const MAX_DOUBLINGS: u32 = 6;

impl RetryPolicy for Backoff {
    fn pause(&self, failed: &FailedAttempt<'_>) -> Option<Duration> {
        let allowed = self.max_retries.is_none_or(|most| failed.attempt <= most);
        let harmless = failed.idempotent || !failed.sent;
        let may_pass = failed.error.is_retryable() || matches!(failed.error, Error::AllServersUnavailable(_));
        (allowed && harmless && may_pass).then(|| self.nth_pause(failed.attempt))
    }
}

impl Backoff {
    pub(super) fn nth_pause(&self, attempt: usize) -> Duration {
        let doublings = u32::try_from(attempt - 1).map_or(MAX_DOUBLINGS, |n| n.min(MAX_DOUBLINGS));
        let full = self.first.min(LONGEST_WAIT) * (1 << doublings);
        // `clamp` lets NaN pass
        let jitter = if self.jitter > 0.0 { self.jitter.min(1.0) } else { 0.0 };
        full.mul_f64(1.0 - jitter * fastrand::f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    fn broken() -> Error {
        Error::Io { server: "a".into(), method: "get", source: io::ErrorKind::BrokenPipe.into() }
    }

    #[test]
    fn pauses_double_within_their_jitter() {
        let backoff = Backoff { jitter: 0.25, ..Backoff::default() };
        for attempt in 1..100 {
            let full = Duration::from_millis(10 << (attempt - 1).min(6));
            let pause = backoff.nth_pause(attempt);
            assert!(pause <= full && pause >= full.mul_f64(0.74), "{attempt}: {pause:?}");
        }
        for jitter in [f64::NAN, -1.0, 7.0] {
            assert!(Backoff { jitter, ..Backoff::default() }.nth_pause(1) <= Duration::from_millis(10));
        }
    }

    #[test]
    fn what_may_have_taken_effect_is_not_made_again_unless_it_may_be_made_twice() {
        let error = broken();
        let refused = Error::InvalidOption { option: "a", why: "no".into() };
        let failed = FailedAttempt { error: &error, attempt: 1, idempotent: true, sent: true };
        let backoff = Backoff::default();
        assert!(backoff.pause(&failed).is_some());
        assert!(backoff.pause(&FailedAttempt { idempotent: false, sent: false, ..failed }).is_some());
        assert_eq!(backoff.pause(&FailedAttempt { idempotent: false, ..failed }), None);
        assert_eq!(backoff.pause(&FailedAttempt { error: &refused, ..failed }), None);
    }

    #[test]
    fn retries_are_counted_or_have_no_end() {
        let error = broken();
        let failed = |attempt| FailedAttempt { error: &error, attempt, idempotent: true, sent: true };
        let three = Backoff { max_retries: Some(3), ..Backoff::default() };
        assert!(three.pause(&failed(3)).is_some());
        assert_eq!(three.pause(&failed(4)), None);
        let unlimited = Backoff { max_retries: None, ..Backoff::default() };
        assert!(unlimited.pause(&failed(usize::MAX)).is_some());
    }
}
