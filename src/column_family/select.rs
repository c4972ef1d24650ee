//! Options for reading, then the verb.

use std::collections::HashSet;
use std::sync::Arc;

use super::range::{End, RawRange};
use super::raw::{Predicate, RawRow, Reader};
use super::{ColumnFamily, Columns, Range};
use crate::error::{Error, Result};
use crate::marshal::Value;
use crate::wire::hot::{self, ColumnParent, Rows};
use crate::wire::{ConsistencyLevel, methods};

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
    cf: &'a ColumnFamily,
    columns: Option<Vec<Value>>,
    packed_columns: Option<Arc<[Vec<u8>]>>,
    start: Option<Value>,
    finish: Option<Value>,
    reversed: bool,
    count: Option<usize>,
    consistency_level: ConsistencyLevel,
    column_buffer_size: usize,
    row_buffer_size: usize,
    start_key: Option<Value>,
    finish_key: Option<Value>,
    start_token: Option<String>,
    finish_token: Option<String>,
    row_count: Option<usize>,
    keep_empty: bool,
}

impl<'a> Select<'a> {
    pub(super) fn new(cf: &'a ColumnFamily) -> Self {
        Select {
            cf,
            columns: None,
            packed_columns: None,
            start: None,
            finish: None,
            reversed: false,
            count: None,
            consistency_level: cf.read_consistency_level,
            column_buffer_size: 1024,
            row_buffer_size: 256,
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

    /// As [`Select::columns`], packed.
    pub(crate) fn packed_columns(mut self, names: Arc<[Vec<u8>]>) -> Self {
        self.packed_columns = Some(names);
        self
    }

    /// The column to start at, which is part of the slice. Defaults to the first.
    pub fn start(mut self, name: impl Into<Value>) -> Self {
        self.start = Some(name.into());
        self
    }

    /// The column to finish at, which is part of the slice. Defaults to the last.
    pub fn finish(mut self, name: impl Into<Value>) -> Self {
        self.finish = Some(name.into());
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

    /// How many columns of a row one call asks for; wider rows take further calls. Defaults to 1,024.
    pub fn column_buffer_size(mut self, columns: usize) -> Self {
        self.column_buffer_size = columns.max(1);
        self
    }

    /// How many rows one call of `multiget` or `get_range` asks for. Defaults to 256.
    pub fn row_buffer_size(mut self, rows: usize) -> Self {
        self.row_buffer_size = rows.max(1);
        self
    }

    /// The row to start a range at, which is part of it. Defaults to the first on the ring.
    pub fn start_key(mut self, key: impl Into<Value>) -> Self {
        self.start_key = Some(key.into());
        self
    }

    /// The row to finish a range at, which is part of it. Defaults to the last on the ring.
    ///
    /// Rows stand in the order of their tokens. With a partitioner that hashes keys, which is the rule, that
    /// is not the order of the keys.
    pub fn finish_key(mut self, key: impl Into<Value>) -> Self {
        self.finish_key = Some(key.into());
        self
    }

    /// The token to start a range after. Excludes [`start_key`](Self::start_key).
    pub fn start_token(mut self, token: impl ToString) -> Self {
        self.start_token = Some(token.to_string());
        self
    }

    /// The token to finish a range at, which is part of it. Excludes [`finish_key`](Self::finish_key), and
    /// goes with a start token or a start key.
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

    /// The columns of a row; `None` where there are none.
    ///
    /// Rows of any width come whole: a wide one takes several calls, and columns that are written meanwhile
    /// may or may not be there.
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
    /// cf.insert("foo", [("a", "1"), ("b", "2"), ("c", "3")])?;
    /// let some = cf.select().columns(["a", "c"]).get("foo")?;
    /// assert_eq!(format!("{some:?}"), r#"Some({"a": "1", "c": "3"})"#);
    /// assert_eq!(cf.select().start("d").get("foo")?, None);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Type`] where the key or a name does not fit its type, or a stored value does not; those of
    /// [`ConnectionPool::execute`](crate::ConnectionPool::execute).
    pub fn get(self, key: impl Into<Value>) -> Result<Option<Columns>> {
        let key = self.cf.pack_key(&key.into())?;
        let row = self.raw_get(&key)?;
        row.map(|row| self.cf.unpack_columns(&row)).transpose()
    }

    /// As [`Select::get`], packed.
    pub(crate) fn raw_get(&self, key: &[u8]) -> Result<Option<RawRow>> {
        match self.predicate()? {
            None => Ok(None),
            Some(predicate) => self.reader().row(key, &predicate),
        }
    }

    /// The columns of several rows, in the order asked for, each row once; rows without any are left out.
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
    /// cf.batch_insert([("foo", [("a", "1")]), ("bar", [("a", "2")])])?;
    /// let rows = cf.multiget(["bar", "absent", "foo"])?;
    /// assert_eq!(format!("{rows:?}"), r#"[("bar", {"a": "2"}), ("foo", {"a": "1"})]"#);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Select::get`].
    pub fn multiget<K: Into<Value>>(
        self,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<Vec<(Value, Columns)>> {
        let keys: Result<Vec<_>> = keys.into_iter().map(|key| self.cf.pack_key(&key.into())).collect();
        let rows = self.raw_multiget(keys?)?;
        rows.iter().map(|row| Ok((self.cf.unpack_key(row.key())?, self.cf.unpack_columns(row)?))).collect()
    }

    /// As [`Select::multiget`], packed.
    pub(crate) fn raw_multiget(&self, keys: Vec<Vec<u8>>) -> Result<Vec<RawRow>> {
        let Some(predicate) = self.predicate()? else { return Ok(Vec::new()) };
        let mut seen = HashSet::new();
        let keys: Vec<_> = keys.into_iter().filter(|key| seen.insert(key.clone())).collect();
        self.reader().rows(&keys, &predicate, self.row_buffer_size)
    }

    /// The number of columns of a row, counted by the server.
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
    /// cf.insert("foo", [("a", "1"), ("b", "2"), ("c", "3")])?;
    /// assert_eq!(cf.get_count("foo")?, 3);
    /// assert_eq!(cf.select().start("b").get_count("foo")?, 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Select::get`].
    pub fn get_count(self, key: impl Into<Value>) -> Result<usize> {
        let key = self.cf.pack_key(&key.into())?;
        let Some(mut predicate) = self.predicate()? else { return Ok(0) };
        if let Predicate::Slice { page, .. } = &mut predicate {
            *page = usize::MAX; // nothing but a number comes back
        }
        let request = hot::GetCount {
            key: &key,
            column_parent: ColumnParent { column_family: self.cf.name(), super_column: None },
            predicate: predicate.as_wire(),
            consistency_level: self.consistency_level,
        };
        let count = self.reader().call(|connection| {
            connection.call_in_place::<methods::GetCount>(|sequence, out| request.encode(sequence, out))
        });
        let count = count.map_err(|e| e.at(self.cf.key_place(&key)))?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// The rows of a range with their columns, in the order of the ring.
    ///
    /// Rows that are written or deleted meanwhile may or may not be there; no row comes twice. What is wrong
    /// with the options is the first item.
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
    /// for i in 0..10 {
    ///     cf.insert(format!("key{i}"), [("column1", "x")])?;
    /// }
    /// let rows: Vec<_> = cf.select().row_count(5).get_range().collect::<cassa::Result<_>>()?;
    /// assert_eq!(rows.len(), 5);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use = "an iterator does nothing until it is asked"]
    pub fn get_range(self) -> Range {
        Range(self.raw_get_range().map_err(Some))
    }

    /// As [`Select::get_range`], packed.
    pub(crate) fn raw_get_range(self) -> Result<RawRange> {
        let cf = self.cf;
        let end = |key: &Option<Value>, token: &Option<String>, option| match (key, token) {
            (Some(_), Some(_)) => {
                Err(Error::InvalidOption { option, why: "expected a key or a token, got both".into() })
            }
            (_, Some(token)) => Ok(End::Token(token.clone())),
            (Some(key), None) => cf.pack_key(key).map(End::Key),
            (None, None) => Ok(End::Key(Vec::new())),
        };
        let start = end(&self.start_key, &self.start_token, "start_token")?;
        let finish = end(&self.finish_key, &self.finish_token, "finish_token")?;
        let predicate = self.predicate()?;
        let nothing = predicate.is_none();
        Ok(RawRange {
            cf: cf.clone(),
            predicate: predicate.unwrap_or_else(|| Predicate::Names(Arc::new([]))),
            consistency_level: self.consistency_level,
            start,
            finish,
            buffer: self.row_buffer_size.max(2),
            wanted: if nothing { 0 } else { self.row_count.unwrap_or(usize::MAX) },
            keep_empty: self.keep_empty,
            page: Arc::new(Rows::default()),
            next: 0,
            last_page: false,
        })
    }

    fn reader(&self) -> Reader<'_> {
        Reader { cf: self.cf, consistency_level: self.consistency_level }
    }

    /// Packs the choice of columns; `None` where it is of none.
    fn predicate(&self) -> Result<Option<Predicate>> {
        let pack = |name: &Value| self.cf.pack_name(name);
        if let Some(names) = &self.packed_columns {
            return Ok(Some(Predicate::Names(names.clone())));
        }
        if let Some(columns) = &self.columns {
            if self.start.is_some() || self.finish.is_some() || self.count.is_some() || self.reversed {
                let why = "expected names or a slice (start, finish, count, reversed), got both";
                return Err(Error::InvalidOption { option: "columns", why: why.into() });
            }
            let names = columns.iter().map(pack).collect::<Result<Arc<[_]>>>()?;
            return Ok((!names.is_empty()).then_some(Predicate::Names(names)));
        }
        let end = |name: &Option<Value>| name.as_ref().map_or(Ok(Vec::new()), pack);
        let (start, finish) = (end(&self.start)?, end(&self.finish)?);
        Ok((self.count != Some(0)).then_some(Predicate::Slice {
            start,
            finish,
            reversed: self.reversed,
            count: self.count,
            page: self.column_buffer_size,
        }))
    }
}
