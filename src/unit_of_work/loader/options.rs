//! How much is gathered, and how it is sent.

use super::Loader;
use crate::wire::ConsistencyLevel;

impl Loader {
    /// As [`UnitOfWork::consistency_level`](crate::UnitOfWork::consistency_level).
    pub fn consistency_level(mut self, level: ConsistencyLevel) -> Self {
        self.work.options.consistency_level = Some(level);
        self
    }

    /// How many bytes are gathered before they are sent, about; an object is never cut. Defaults to 1 MiB.
    pub fn byte_limit(mut self, bytes: usize) -> Self {
        let options = &mut self.work.options;
        options.byte_limit = bytes;
        options.max_pending_bytes = options.max_pending_bytes.max(bytes.saturating_mul(2));
        self
    }

    /// How many rows are gathered before they are sent. Defaults to 1,000.
    pub fn row_limit(mut self, rows: usize) -> Self {
        self.work.options.row_limit = rows.max(1);
        self
    }

    /// How many requests may be under way, each on a connection of its own; more than the pool may have are of no use.
    /// Memory is about this many times [`Loader::byte_limit`]. It holds from the first request on. Defaults to 4.
    pub fn requests(mut self, requests: usize) -> Self {
        self.requests = requests.clamp(1, 1_024);
        self
    }
}
