//! Operations as they are queued: stamped, encoded, and sent once there are enough.

use std::sync::Arc;

use super::Mutator;
use crate::batch::queue::{self, Operation};
use crate::column_family::ColumnFamily;
use crate::error::{Error, Result};
use crate::wire::hot::{Batch, Mutations};

/// What an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Insertion,
    Deletion,
    Counter,
}

impl Mutator {
    /// Queues an operation on a row, and sends the batch if it is full. Where that fails, the operation is queued.
    pub(crate) fn queue(
        &self,
        cf: &ColumnFamily,
        key: &[u8],
        given: Option<i64>,
        kind: Kind,
        encode: impl FnOnce(i64, &mut Mutations) -> Result<()>,
    ) -> Result<()> {
        let at = || cf.key_place(key);
        if cf.definition().keyspace() != self.pool.keyspace() {
            let expected = self.pool.keyspace();
            let why =
                format!("expected one of keyspace {expected}, got one of {}", cf.definition().keyspace());
            return Err(Error::InvalidOption { option: "column family", why: why.into() });
        }
        if kind == Kind::Counter && self.options.atomic {
            let why = "an atomic batch takes no counters";
            return Err(Error::WrongKind { at: Box::new(at()), why: why.into() });
        }
        cf.look_if_due()?;
        let timestamp = given.unwrap_or_else(|| self.stamp(cf));
        let mut mutations = Mutations::default();
        encode(timestamp, &mut mutations).map_err(|e| e.at(at()))?;
        self.check_size(key, cf.name(), &mutations).map_err(|e| e.at(at()))?;
        let full = {
            let mut state = self.state.lock();
            let name = match state.families.get_key_value(cf.name()) {
                Some((name, _)) => name.clone(),
                None => {
                    let name: Arc<str> = cf.name().into();
                    state.families.insert(name.clone(), cf.clone());
                    name
                }
            };
            let is_deletion = kind == Kind::Deletion;
            // what a counter family gets must not be sent twice
            let rows = if cf.definition().is_counter() { &mut state.counters } else { &mut state.plain };
            rows.push(key, &name, Operation { mutations, given, is_deletion });
            let operations = state.operations();
            let bytes = state.plain.bytes().max(state.counters.bytes());
            self.options.queue_size.is_some_and(|most| operations >= most) || bytes >= self.limit()
        };
        if full && !self.options.scoped && !self.options.atomic { self.send() } else { Ok(()) }
    }

    /// The clock's time, but later than that of the operation before.
    fn stamp(&self, cf: &ColumnFamily) -> i64 {
        let now = cf.now();
        let mut state = self.state.lock();
        state.last_timestamp = now.max(state.last_timestamp.saturating_add(1));
        state.last_timestamp
    }

    /// What could never be sent is refused at once: it would keep all the rest from being sent.
    fn check_size(&self, key: &[u8], name: &str, mutations: &Mutations) -> Result<()> {
        let fixed = Batch::default().message_size(self.options.atomic)
            + queue::row_size(key)
            + queue::family_size(name);
        let largest = (0..mutations.len()).map(|i| mutations.size_of(&(i..i + 1))).max().unwrap_or_default();
        let (length, limit) = (fixed + largest, self.pool.max_frame());
        if length > limit {
            return Err(Error::TooLarge { at: Box::default(), length, limit });
        }
        Ok(())
    }
}
