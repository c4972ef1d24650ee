//! Options for writing.

use super::ColumnFamily;
use super::limit::Limit;
use crate::error::{Place, Result};
use crate::marshal::Value;
use crate::wire::hot::{Batch, Mutations};
use crate::wire::{ConsistencyLevel, methods};

/// How to write; made by [`ColumnFamily::write`].
///
/// ```
/// # use cassa::{ColumnFamily, ConnectionPool, ConsistencyLevel, EmbeddedServer, SimpleStrategy};
/// # use cassa::SystemManager;
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// # system.create_column_family("Keyspace1", "Standard1")?;
/// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
/// # let cf = ColumnFamily::open(&pool, "Standard1")?;
/// cf.write().ttl(60).consistency_level(ConsistencyLevel::Quorum).insert("foo", [("a", "1")])?;
/// let columns = cf.get("foo")?.expect("it lives for a minute");
/// assert_eq!(columns.column("a").expect("just inserted").ttl, Some(60));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "options do nothing until a verb follows"]
pub struct Write<'a> {
    pub(super) cf: &'a ColumnFamily,
    pub(super) super_column: Option<Value>,
    pub(super) start: Option<Limit>,
    pub(super) finish: Option<Limit>,
    pub(super) ttl: Option<i32>,
    pub(super) timestamp: Option<i64>,
    pub(super) consistency_level: ConsistencyLevel,
    pub(super) serial_consistency_level: ConsistencyLevel,
    pub(super) retry_counters: bool,
}

impl<'a> Write<'a> {
    pub(super) fn new(cf: &'a ColumnFamily) -> Self {
        Write {
            cf,
            super_column: None,
            start: None,
            finish: None,
            ttl: None,
            timestamp: None,
            consistency_level: cf.defaults.write_consistency_level,
            serial_consistency_level: ConsistencyLevel::Serial,
            retry_counters: cf.defaults.retry_counters,
        }
    }

    /// The super column in which to write or delete. Without it, a super column family takes whole super columns.
    pub fn super_column(mut self, name: impl Into<Value>) -> Self {
        self.super_column = Some(name.into());
        self
    }

    /// The first column of a range to [delete](Self::remove_range), which is part of it. Defaults to the first of the
    /// row.
    pub fn start(mut self, name: impl Into<Value>) -> Self {
        self.start = Some(Limit::at(name));
        self
    }

    /// As [`start`](Self::start), but what is given is not part of the range, as with
    /// [`Select::start_after`](crate::Select::start_after).
    pub fn start_after(mut self, name: impl Into<Value>) -> Self {
        self.start = Some(Limit::beside(name));
        self
    }

    /// The last column of a range to [delete](Self::remove_range), which is part of it. A range must
    /// have one.
    pub fn finish(mut self, name: impl Into<Value>) -> Self {
        self.finish = Some(Limit::at(name));
        self
    }

    /// As [`finish`](Self::finish), but what is given is not part of the range.
    pub fn finish_before(mut self, name: impl Into<Value>) -> Self {
        self.finish = Some(Limit::beside(name));
        self
    }

    /// What is inserted expires after so many seconds. Defaults to never, or to the column family's
    /// `default_time_to_live`.
    pub fn ttl(mut self, seconds: i32) -> Self {
        self.ttl = Some(seconds);
        self
    }

    /// The timestamp of what is written: microseconds since 1970, by convention; the greatest wins. Defaults
    /// to the [clock](ColumnFamily::clock)'s. Counters and `cas` have none: the server stamps them.
    pub fn timestamp(mut self, microseconds: i64) -> Self {
        self.timestamp = Some(microseconds);
        self
    }

    /// How many replicas must take the write. Defaults to [`ColumnFamily::write_consistency_level`].
    pub fn consistency_level(mut self, level: ConsistencyLevel) -> Self {
        self.consistency_level = level;
        self
    }

    /// How many replicas a [`cas`](Self::cas) must agree among: `SERIAL`, or `LOCAL_SERIAL` for those of this data
    /// centre only. Defaults to `SERIAL`.
    pub fn serial_consistency_level(mut self, level: ConsistencyLevel) -> Self {
        self.serial_consistency_level = level;
        self
    }

    /// Whether a change of a counter is made again where it is not known whether it took effect: it may then count
    /// twice. Defaults to [`ColumnFamily::retry_counters`].
    pub fn retry_counters(mut self, retry: bool) -> Self {
        self.retry_counters = retry;
        self
    }

    pub(crate) fn stamp(&self) -> i64 {
        self.timestamp.unwrap_or_else(|| self.cf.defaults.clock.now())
    }

    /// The serial and the commit consistency level of a conditional write.
    pub(crate) fn levels(&self) -> (ConsistencyLevel, ConsistencyLevel) {
        (self.serial_consistency_level, self.consistency_level)
    }

    pub(super) fn packed_super_column(&self) -> Result<Option<Vec<u8>>> {
        self.cf.pack_super_column(self.super_column.as_ref())
    }

    /// Packs the key, and sends what `fill` encodes for its row.
    pub(super) fn mutate(
        &self,
        key: Value,
        fill: impl FnOnce(Option<&[u8]>, &mut Mutations) -> Result<()>,
    ) -> Result<()> {
        let key = self.cf.pack_key(&key)?;
        let mut mutations = Mutations::default();
        let filled = self.packed_super_column().and_then(|name| fill(name.as_deref(), &mut mutations));
        filled.map_err(|e| e.at(self.cf.key_place(&key)))?;
        let mut batch = Batch::default();
        batch.row(&key);
        batch.family(self.cf.name());
        batch.mutations(&mutations, 0..mutations.len());
        self.send_to(Some(&key), &batch).map_err(|e| e.at(self.cf.key_place(&key)))
    }

    /// Sends a batch; `place` is asked where, if it fails.
    pub(crate) fn send(&self, batch: &Batch, place: impl FnOnce() -> Place) -> Result<()> {
        self.send_to(None, batch).map_err(|e| e.at(place()))
    }

    fn send_to(&self, key: Option<&[u8]>, batch: &Batch) -> Result<()> {
        let level = self.consistency_level;
        let retry = self.retry_counters || !self.cf.definition().is_counter();
        self.cf.call_once(key, retry, |connection| {
            connection.call_in_place::<methods::BatchMutate>(|sequence, out| {
                batch.encode(false, level, sequence, out);
            })
        })
    }
}
