//! How much a batch gathers, and how it is sent.

use super::Mutator;
use crate::wire::ConsistencyLevel;

#[derive(Clone, Debug)]
pub(super) struct Options {
    pub(super) queue_size: Option<usize>,
    pub(super) byte_limit: usize,
    pub(super) consistency_level: ConsistencyLevel,
    pub(super) atomic: bool,
    pub(super) retry_counters: bool,
    /// Whether this is a scope's: nothing is sent before its end, and what is left of it is discarded in silence.
    pub(super) scoped: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            queue_size: Some(100),
            byte_limit: 1024 * 1024,
            consistency_level: ConsistencyLevel::One,
            atomic: false,
            retry_counters: false,
            scoped: false,
        }
    }
}

impl Mutator {
    /// The batch sends itself when it has come to so many operations; `None` for never. Defaults to 100, as pycassa's.
    #[must_use]
    pub fn queue_size(mut self, operations: impl Into<Option<usize>>) -> Self {
        self.options.queue_size = operations.into().map(|operations| operations.max(1));
        self
    }

    /// No message is larger than so many bytes, exactly counted; the batch sends itself when it has come to that.
    /// Defaults to 1 MiB; more than the pool's [`max_frame`](crate::ConnectionPoolBuilder::max_frame) is taken as that.
    ///
    /// A batch is split between rows, and inside a row only where that row alone passes the limit. A single column that
    /// does goes out in a message of its own.
    #[must_use]
    pub fn byte_limit(mut self, bytes: usize) -> Self {
        self.options.byte_limit = bytes;
        self
    }

    /// How many replicas must take the batch. Defaults to `ONE`, or of a batch on one column family, to
    /// [`ColumnFamily::write_consistency_level`](crate::ColumnFamily::write_consistency_level).
    #[must_use]
    pub fn consistency_level(mut self, level: ConsistencyLevel) -> Self {
        self.options.consistency_level = level;
        self
    }

    /// Whether a batch is logged: once a server has it, it takes effect as a whole, sooner or later, whatever fails
    /// between. Defaults to false.
    ///
    /// It is sent whole, and only by [`send`](Self::send) or a scope; one that is larger than a frame is refused. It
    /// takes no counters. Cassandra knows it since 1.2; a server that does not is an
    /// [`Error::Unsupported`](crate::Error::Unsupported).
    #[must_use]
    pub fn atomic(mut self, atomic: bool) -> Self {
        self.options.atomic = atomic;
        self
    }

    /// Whether counters are sent again when it is not known whether they took effect: they may then count twice.
    /// Defaults to false, or of a batch on one column family, to
    /// [`ColumnFamily::retry_counters`](crate::ColumnFamily::retry_counters).
    #[must_use]
    pub fn retry_counters(mut self, retry: bool) -> Self {
        self.options.retry_counters = retry;
        self
    }
}
