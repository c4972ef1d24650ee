//! One operation of a batch: options, then the verb.

use super::mutator::{Kind, Mutator};
use crate::column_family::{ColumnFamily, IntoColumns, Limit, Removal};
use crate::error::Result;
use crate::marshal::Value;
use crate::wire::hot::Mutations;

/// One operation of a batch, with options of its own; made by [`Mutator::write`] and
/// [`CfMutator::write`](super::CfMutator::write). Each verb queues it, and gives the batch back.
///
/// ```
/// # use cassa::{ColumnFamily, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// # system.create_column_family("Keyspace1", "Standard1")?;
/// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
/// # let cf = ColumnFamily::open(&pool, "Standard1")?;
/// let batch = cf.batch();
/// batch.insert("foo", [("a", "1"), ("b", "2"), ("c", "3")])?.write().start("b").finish("c").remove_range("foo")?.send()?;
/// assert_eq!(format!("{:?}", cf.get("foo")?), r#"Some({"a": "1"})"#);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "options do nothing until a verb follows"]
pub struct Operation<'b, B> {
    mutator: &'b Mutator,
    cf: &'b ColumnFamily,
    /// What a verb gives back.
    back: &'b B,
    super_column: Option<Value>,
    start: Option<Limit>,
    finish: Option<Limit>,
    ttl: Option<i32>,
    timestamp: Option<i64>,
}

impl<'b, B> Operation<'b, B> {
    pub(super) fn new<'c: 'b>(mutator: &'b Mutator, cf: &'c ColumnFamily, back: &'b B) -> Self {
        let (super_column, start, finish, ttl, timestamp) = (None, None, None, None, None);
        Operation { mutator, cf, back, super_column, start, finish, ttl, timestamp }
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

    /// The timestamp: microseconds since 1970, by convention; the greatest wins. Defaults to the column family's
    /// [clock](ColumnFamily::clock), later than that of any operation before that was not given one.
    ///
    /// It is sent as it is, but for one case: where a deletion and a later insertion in the same row have the same, the
    /// deletion would win, and so goes out a microsecond earlier.
    pub fn timestamp(mut self, microseconds: i64) -> Self {
        self.timestamp = Some(microseconds);
        self
    }

    /// Queues columns of a row.
    ///
    /// # Errors
    /// [`Error::Type`](crate::Error::Type) where the key, a name or a value does not fit its type,
    /// [`Error::WrongKind`](crate::Error::WrongKind), [`Error::NothingToWrite`](crate::Error::NothingToWrite) and
    /// [`Error::TooLarge`](crate::Error::TooLarge), where it would never fit a frame: nothing is queued then. Those of
    /// [`Mutator::send`], where the batch was full: then it is queued, and kept.
    pub fn insert(self, key: impl Into<Value>, columns: impl IntoColumns) -> Result<&'b B> {
        self.queue(key.into(), Kind::Insertion, |operation, super_column, timestamp, out| {
            operation.cf.put_columns(super_column, columns, timestamp, operation.ttl, out)
        })
    }

    /// Queues the deletion of columns of a row, or of a super column; without one in a super column family, of whole
    /// super columns.
    ///
    /// # Errors
    /// As [`Operation::insert`].
    pub fn remove<N: Into<Value>>(
        self,
        key: impl Into<Value>,
        columns: impl IntoIterator<Item = N>,
    ) -> Result<&'b B> {
        self.queue(key.into(), Kind::Deletion, |operation, super_column, timestamp, out| {
            let names = operation.cf.pack_removed(super_column.is_some(), columns)?;
            operation.cf.put_removal(super_column, &Removal::Names(&names), timestamp, out);
            Ok(())
        })
    }

    /// Queues the deletion of a row, or in it of a super column.
    ///
    /// # Errors
    /// As [`Operation::insert`].
    pub fn remove_row(self, key: impl Into<Value>) -> Result<&'b B> {
        self.queue(key.into(), Kind::Deletion, |operation, super_column, timestamp, out| {
            operation.cf.put_removal(super_column, &Removal::All, timestamp, out);
            Ok(())
        })
    }

    /// Queues the deletion of the columns from [`start`](Self::start) to [`finish`](Self::finish).
    ///
    /// # Errors
    /// [`Error::InvalidOption`](crate::Error::InvalidOption) where no finish is given, or the ends are out of order; as
    /// [`Operation::insert`].
    pub fn remove_range(self, key: impl Into<Value>) -> Result<&'b B> {
        self.queue(key.into(), Kind::Deletion, |operation, super_column, timestamp, out| {
            let inside = super_column.is_some();
            let (start, finish) = (operation.start.as_ref(), operation.finish.as_ref());
            let (start, finish) = operation.cf.pack_removed_range(inside, start, finish)?;
            operation.cf.put_removal(super_column, &Removal::Range(&start, &finish), timestamp, out);
            Ok(())
        })
    }

    /// Queues an addition to a counter; less than nothing subtracts.
    ///
    /// # Errors
    /// [`Error::WrongKind`](crate::Error::WrongKind) where the columns are no counters, or the batch is atomic; as
    /// [`Operation::insert`].
    pub fn add(self, key: impl Into<Value>, column: impl Into<Value>, value: i64) -> Result<&'b B> {
        self.queue(key.into(), Kind::Counter, |operation, super_column, _, out| {
            operation.cf.put_counters(super_column, [(column, value)], out)
        })
    }

    fn queue(
        self,
        key: Value,
        kind: Kind,
        encode: impl FnOnce(&Self, Option<&[u8]>, i64, &mut Mutations) -> Result<()>,
    ) -> Result<&'b B> {
        let key = self.cf.pack_key(&key)?;
        self.mutator.queue(self.cf, &key, self.timestamp, kind, |timestamp, out| {
            let super_column = self.cf.pack_super_column(self.super_column.as_ref())?;
            encode(&self, super_column.as_deref(), timestamp, out)
        })?;
        Ok(self.back)
    }
}
