//! Which host a call goes to.

use std::fmt;
use std::time::{Duration, Instant};

use super::host::Host;

/// Decides which host a call goes to, among those that are as good in other respects.
///
/// The pool asks for the score of each host; the least is taken, and hosts of equal score take turns. Before
/// the score comes whether a host is up, whether it is in the preferred data centre, whether this call has
/// failed on it already, and whether a connection to it is at hand where the pool has as many as it keeps.
///
/// ```
/// # use cassa::{ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager, wire};
/// use cassa::{BalancingPolicy, HostView};
///
/// /// The first host by name, while it is up.
/// #[derive(Debug)]
/// struct ByName;
///
/// impl BalancingPolicy for ByName {
///     fn score(&self, host: &HostView<'_>) -> u64 {
///         let first = host.server().bytes().take(8);
///         first.fold(0, |score, byte| score << 8 | u64::from(byte))
///     }
/// }
///
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// let pool = ConnectionPool::builder("Keyspace1").servers(server.addresses()).balancing(ByName).build()?;
/// # pool.execute(|connection| connection.call(&wire::methods::DescribeVersion {}))?;
/// # Ok(())
/// # }
/// ```
pub trait BalancingPolicy: fmt::Debug + Send + Sync {
    /// How little this host suits the call. Called for each host at each check-out, so it must be fast.
    fn score(&self, host: &HostView<'_>) -> u64;

    /// Whether it asks for [`HostView::replica`]; the pool then reads the ring. Defaults to false.
    fn uses_replicas(&self) -> bool {
        false
    }
}

/// A host, as a [`BalancingPolicy`] sees it.
pub struct HostView<'a> {
    pub(super) host: &'a Host,
    pub(super) datacenter: Option<&'a str>,
    pub(super) replica: Option<usize>,
    pub(super) now: Instant,
}

impl HostView<'_> {
    /// The server, as it was given or discovered.
    pub fn server(&self) -> &str {
        self.host.server()
    }

    /// Its data centre, where the ring has been read.
    pub fn datacenter(&self) -> Option<&str> {
        self.datacenter
    }

    /// How many of its connections are in callers' hands.
    pub fn pending(&self) -> usize {
        self.host.out()
    }

    /// How long its last calls took, on average; `None` where none was made. Without new calls the average
    /// fades.
    pub fn latency(&self) -> Option<Duration> {
        self.host.latency().average(self.now)
    }

    /// Which replica of the call's row it is, 0 for the first; `None` where it is none, or the row or the ring
    /// is not known.
    pub fn replica(&self) -> Option<usize> {
        self.replica
    }
}

impl fmt::Debug for HostView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostView")
            .field("server", &self.server())
            .field("datacenter", &self.datacenter)
            .field("pending", &self.pending())
            .field("latency", &self.latency())
            .field("replica", &self.replica)
            .finish()
    }
}

/// All hosts in turn. The default.
///
/// ```
/// # use cassa::{ConnectionPool, EmbeddedServer, RoundRobin, SimpleStrategy, SystemManager};
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// let pool = ConnectionPool::builder("Keyspace1").servers(server.addresses()).balancing(RoundRobin).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RoundRobin;

impl BalancingPolicy for RoundRobin {
    fn score(&self, _: &HostView<'_>) -> u64 {
        0
    }
}

/// The host that has the fewest connections out.
///
/// ```
/// # use cassa::{ConnectionPool, EmbeddedServer, LeastPending, SimpleStrategy, SystemManager};
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// let pool =
///     ConnectionPool::builder("Keyspace1").servers(server.addresses()).balancing(LeastPending).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeastPending;

impl BalancingPolicy for LeastPending {
    fn score(&self, host: &HostView<'_>) -> u64 {
        host.pending() as u64
    }
}

/// The host that answers fastest, its pending calls considered; hosts that differ by less than two times take
/// turns.
///
/// ```
/// # use cassa::{ConnectionPool, EmbeddedServer, LatencyScore, SimpleStrategy, SystemManager};
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// let pool =
///     ConnectionPool::builder("Keyspace1").servers(server.addresses()).balancing(LatencyScore).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LatencyScore;

impl BalancingPolicy for LatencyScore {
    fn score(&self, host: &HostView<'_>) -> u64 {
        let latency = host.latency().unwrap_or_default().as_micros() as u64;
        // the number of its bits: equal for what is of one order of magnitude
        u64::from(u64::BITS - latency.saturating_mul(host.pending() as u64 + 1).leading_zeros())
    }
}

/// The replicas of the call's row, its first one before the others; among hosts that are equal in this the
/// inner policy decides. A call without a row, and a ring that could not be read, leave all to the inner one.
///
/// A connection to a replica is not made at the cost of others: a pool should keep at least as many
/// connections as there are hosts.
///
/// ```
/// # use cassa::{Call, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager, wire};
/// use cassa::{LeastPending, TokenAware};
///
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// let pool = ConnectionPool::builder("Keyspace1")
///     .servers(server.addresses())
///     .balancing(TokenAware(LeastPending))
///     .build()?;
/// let call = Call::idempotent().routing_key(b"N14228");
/// # pool.execute_with(call, |connection| connection.call(&wire::methods::DescribeVersion {}))?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenAware<P = RoundRobin>(pub P);

impl<P: BalancingPolicy> BalancingPolicy for TokenAware<P> {
    fn score(&self, host: &HostView<'_>) -> u64 {
        const INNER: u32 = 48;
        let rank = host.replica().map_or(u64::from(u16::MAX), |replica| replica as u64);
        rank.min(u16::MAX.into()) << INNER | self.0.score(host).min((1 << INNER) - 1)
    }

    fn uses_replicas(&self) -> bool {
        true
    }
}
