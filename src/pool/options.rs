//! What a pool was told when it was made.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::balance::BalancingPolicy;
use super::retry::RetryPolicy;
use super::ring::RingHost;

#[derive(Clone, Debug)]
pub(super) struct Options {
    pub(super) pool_size: usize,
    /// `None` for no limit.
    pub(super) max_overflow: Option<usize>,
    /// `None` for ever.
    pub(super) pool_timeout: Option<Duration>,
    pub(super) call_timeout: Duration,
    pub(super) retry: Arc<dyn RetryPolicy>,
    pub(super) recycle: u64,
    pub(super) cool_off: Duration,
    pub(super) balancing: Arc<dyn BalancingPolicy>,
    pub(super) datacenter: Option<Arc<str>>,
    /// Takes the hosts that pass from the ring; `None` keeps to the servers that were given.
    pub(super) discover: Option<Filter>,
    /// Gives the servers.
    pub(super) supplier: Option<Supplier>,
    pub(super) refresh_every: Duration,
}

impl Options {
    /// The most connections that may be in callers' hands.
    pub(super) fn capacity(&self) -> usize {
        self.max_overflow.map_or(usize::MAX, |overflow| self.pool_size.saturating_add(overflow))
    }

    /// Whether the ring must be read.
    pub(super) fn uses_ring(&self) -> bool {
        self.discover.is_some() || self.datacenter.is_some() || self.balancing.uses_replicas()
    }
}

/// A user's function.
macro_rules! function {
    ($name:ident, $type:ty) => {
        #[derive(Clone)]
        pub(super) struct $name(pub(super) Arc<$type>);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    };
}

function!(Filter, dyn Fn(&RingHost) -> bool + Send + Sync);
function!(Supplier, dyn Fn() -> Vec<String> + Send + Sync);
