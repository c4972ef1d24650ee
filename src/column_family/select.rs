//! Options for reading.

use std::sync::Arc;

use super::ColumnFamily;
use super::limit::{Limit, Name};
use crate::marshal::Value;
use crate::wire::ConsistencyLevel;

/// Which columns of which rows to read, and how; made by [`ColumnFamily::select`].
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
/// cf.insert("foo", [("a", "1"), ("b", "2"), ("c", "3"), ("z", "26")])?;
/// let last_two = cf
///     .select()
///     .start("m") // a reversed slice starts at its greatest column
///     .reversed()
///     .count(2)
///     .consistency_level(ConsistencyLevel::Quorum)
///     .get("foo")?
///     .expect("just inserted");
/// assert_eq!(format!("{last_two:?}"), r#"{"c": "3", "b": "2"}"#);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "options do nothing until a verb follows"]
pub struct Select<'a> {
    pub(super) cf: &'a ColumnFamily,
    pub(super) columns: Option<Vec<Value>>,
    pub(super) packed_columns: Option<Arc<[Vec<u8>]>>,
    pub(super) super_column: Option<Name>,
    pub(super) start: Option<Limit>,
    pub(super) finish: Option<Limit>,
    pub(super) reversed: bool,
    pub(super) count: Option<usize>,
    pub(super) consistency_level: ConsistencyLevel,
    pub(super) column_buffer_size: usize,
    pub(super) row_buffer_size: usize,
    pub(super) start_key: Option<Name>,
    pub(super) finish_key: Option<Name>,
    pub(super) start_token: Option<String>,
    pub(super) finish_token: Option<String>,
    pub(super) row_count: Option<usize>,
    pub(super) keep_empty: bool,
}

impl<'a> Select<'a> {
    pub(super) fn new(cf: &'a ColumnFamily) -> Self {
        Select {
            cf,
            columns: None,
            packed_columns: None,
            super_column: None,
            start: None,
            finish: None,
            reversed: false,
            count: None,
            consistency_level: cf.defaults.read_consistency_level,
            column_buffer_size: cf.defaults.column_buffer_size,
            row_buffer_size: cf.defaults.row_buffer_size,
            start_key: None,
            finish_key: None,
            start_token: None,
            finish_token: None,
            row_count: None,
            keep_empty: false,
        }
    }

    /// These columns. Excludes [`start`](Self::start), [`finish`](Self::finish), [`count`](Self::count) and
    /// [`reversed`](Self::reversed). Defaults to all.
    pub fn columns<N: Into<Value>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.columns = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// As [`Select::super_column`], packed.
    #[allow(dead_code, reason = "for layers above that pack by themselves")]
    pub(crate) fn packed_super_column(mut self, name: Vec<u8>) -> Self {
        self.super_column = Some(Name::Packed(name));
        self
    }

    /// As [`Select::start`], packed.
    #[allow(dead_code, reason = "for layers above that pack by themselves")]
    pub(crate) fn packed_start(mut self, name: Vec<u8>) -> Self {
        self.start = Some(Limit::packed(name));
        self
    }

    /// As [`Select::finish`], packed.
    #[allow(dead_code, reason = "for layers above that pack by themselves")]
    pub(crate) fn packed_finish(mut self, name: Vec<u8>) -> Self {
        self.finish = Some(Limit::packed(name));
        self
    }

    /// As [`Select::start_key`], packed.
    #[allow(dead_code, reason = "for layers above that pack by themselves")]
    pub(crate) fn packed_start_key(mut self, key: Vec<u8>) -> Self {
        self.start_key = Some(Name::Packed(key));
        self
    }

    /// As [`Select::finish_key`], packed.
    #[allow(dead_code, reason = "for layers above that pack by themselves")]
    pub(crate) fn packed_finish_key(mut self, key: Vec<u8>) -> Self {
        self.finish_key = Some(Name::Packed(key));
        self
    }

    /// As [`Select::columns`], packed.
    pub(crate) fn packed_columns(mut self, names: Arc<[Vec<u8>]>) -> Self {
        self.packed_columns = Some(names);
        self
    }

    /// The columns in this super column. Without it, a super column family gives super columns, and
    /// [`columns`](Self::columns), [`start`](Self::start), [`finish`](Self::finish) and [`count`](Self::count) are of
    /// those.
    pub fn super_column(mut self, name: impl Into<Value>) -> Self {
        self.super_column = Some(Name::Value(name.into()));
        self
    }

    /// The column to start at, which is part of the slice. Defaults to the first.
    ///
    /// Of a composite its first components will do: the slice starts at the first name that begins with them. A time in
    /// the place of a `TimeUUIDType` stands for all UUIDs of its moment.
    ///
    /// ```
    /// # use cassa::{Class, ColumnFamily, ColumnFamilyBuilder, ConnectionPool, EmbeddedServer};
    /// # use cassa::{SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// let names = Class::composite([Class::Utf8, Class::Long]);
    /// system.create_column_family("Keyspace1", ColumnFamilyBuilder::new("Log").comparator(names))?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let log = ColumnFamily::open(&pool, "Log")?;
    /// log.insert("N14228", [(("flight", 1), "EWR"), (("flight", 2), "IAH"), (("service", 1), "oil")])?;
    /// let flights = log.select().start(("flight",)).finish(("flight",)).get_count("N14228")?;
    /// assert_eq!(flights, 2);
    /// assert_eq!(log.select().start_after(("flight",)).get_count("N14228")?, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn start(mut self, name: impl Into<Value>) -> Self {
        self.start = Some(Limit::at(name));
        self
    }

    /// As [`start`](Self::start), but what is given is not part of the slice: composites that begin with these
    /// components, or UUIDs of this moment. The interface excludes no other names.
    pub fn start_after(mut self, name: impl Into<Value>) -> Self {
        self.start = Some(Limit::beside(name));
        self
    }

    /// The column to finish at, which is part of the slice. Defaults to the last.
    ///
    /// Of a composite its first components will do: the slice finishes at the last name that begins with them.
    pub fn finish(mut self, name: impl Into<Value>) -> Self {
        self.finish = Some(Limit::at(name));
        self
    }

    /// As [`finish`](Self::finish), but what is given is not part of the slice, as with
    /// [`start_after`](Self::start_after).
    pub fn finish_before(mut self, name: impl Into<Value>) -> Self {
        self.finish = Some(Limit::beside(name));
        self
    }

    /// From the greatest column to the least: then `start` is not less than `finish`.
    pub fn reversed(mut self) -> Self {
        self.reversed = true;
        self
    }

    /// At most so many columns of a row. Defaults to all of them.
    pub fn count(mut self, columns: usize) -> Self {
        self.count = Some(columns);
        self
    }

    /// How many replicas must answer. Defaults to
    /// [`ColumnFamily::read_consistency_level`].
    pub fn consistency_level(mut self, level: ConsistencyLevel) -> Self {
        self.consistency_level = level;
        self
    }

    /// How many columns of a row one call asks for; wider rows take further calls. Defaults to
    /// [`ColumnFamily::column_buffer_size`].
    pub fn column_buffer_size(mut self, columns: usize) -> Self {
        self.column_buffer_size = columns.max(1);
        self
    }

    /// How many rows one call asks for. Defaults to [`ColumnFamily::row_buffer_size`].
    pub fn row_buffer_size(mut self, rows: usize) -> Self {
        self.row_buffer_size = rows.max(1);
        self
    }

    /// The row to start a range at, which is part of it. Defaults to the first on the ring.
    pub fn start_key(mut self, key: impl Into<Value>) -> Self {
        self.start_key = Some(Name::Value(key.into()));
        self
    }

    /// The row to finish a range at, which is part of it. Defaults to the last on the ring.
    ///
    /// Rows stand in the order of their tokens. With a partitioner that hashes keys, which is the rule, that
    /// is not the order of the keys.
    pub fn finish_key(mut self, key: impl Into<Value>) -> Self {
        self.finish_key = Some(Name::Value(key.into()));
        self
    }

    /// The token to start a range after. Excludes [`start_key`](Self::start_key).
    pub fn start_token(mut self, token: impl ToString) -> Self {
        self.start_token = Some(token.to_string());
        self
    }

    /// The token to finish a range at, which is part of it. Excludes [`finish_key`](Self::finish_key), and
    /// goes with a start token or a start key. A range between two tokens may go around the ring.
    pub fn finish_token(mut self, token: impl ToString) -> Self {
        self.finish_token = Some(token.to_string());
        self
    }

    /// At most so many rows of a range. Defaults to all of them.
    pub fn row_count(mut self, rows: usize) -> Self {
        self.row_count = Some(rows);
        self
    }

    /// Gives rows of a range also when they have none of the columns asked for, such as deleted rows, which
    /// Cassandra lists until `gc_grace_seconds` have passed. Defaults to leaving them out, as pycassa's
    /// `filter_empty`.
    pub fn keep_empty(mut self) -> Self {
        self.keep_empty = true;
        self
    }
}
