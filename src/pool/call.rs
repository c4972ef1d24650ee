//! What kind of call it is.

use std::time::{Duration, Instant};

use crate::connection::LONGEST_WAIT;

/// What the pool must know of a call: whether it may be made twice, where it belongs, and by when it must be
/// done.
///
/// ```
/// # use std::time::Duration;
/// # use cassa::{Call, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager, wire};
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
/// let call = Call::idempotent().within(Duration::from_secs(2));
/// let version = pool.execute_with(call, |connection| connection.call(&wire::methods::DescribeVersion {}))?;
/// assert_eq!(version, "19.39.0");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    pub(super) idempotent: bool,
    pub(super) routing_key: Option<&'a [u8]>,
    pub(super) deadline: Option<Instant>,
}

impl<'a> Call<'a> {
    /// A call that may be made again after it was sent: a read, a write with a fixed timestamp.
    #[must_use]
    pub fn idempotent() -> Call<'a> {
        Call { idempotent: true, routing_key: None, deadline: None }
    }

    /// A call that is not made again once it was sent, as nobody knows whether it took effect: a counter,
    /// `cas`, a change of the schema, `truncate`.
    #[must_use]
    pub fn once() -> Call<'a> {
        Call { idempotent: false, ..Call::idempotent() }
    }

    /// The packed key of the row that it is about, for a balancing policy that prefers the row's replicas.
    /// Defaults to none.
    #[must_use]
    pub fn routing_key(mut self, key: &'a [u8]) -> Call<'a> {
        self.routing_key = Some(key);
        self
    }

    /// By when it must be done: wait for a connection, attempts and pauses together. Defaults to the pool's
    /// [`call_timeout`](crate::ConnectionPoolBuilder::call_timeout) from when it starts.
    #[must_use]
    pub fn deadline(mut self, deadline: Instant) -> Call<'a> {
        self.deadline = Some(deadline);
        self
    }

    /// As [`Call::deadline`], from now.
    #[must_use]
    pub fn within(self, time: Duration) -> Call<'a> {
        self.deadline(Instant::now() + time.min(LONGEST_WAIT))
    }
}
