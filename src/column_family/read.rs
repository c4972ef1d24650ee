//! The verbs that read.

use std::collections::HashSet;
use std::sync::Arc;

use super::index::{IndexClause, PackedExpression};
use super::limit::Name;
use super::predicate::Predicate;
use super::range::{End, Keys, Range, RawRange, Source, Wrap};
use super::raw::{Pages, RawRow};
use super::reader::{Multiget, Reader};
use super::stream::{ColumnStream, State};
use super::{Columns, Select};
use crate::error::{Error, Result};
use crate::marshal::Value;
use crate::wire::hot::Rows;

impl Select<'_> {
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
    /// [`Error::Type`] where the key or a name does not fit its type, or a stored value does not;
    /// [`Error::SchemaChanged`] where that is because the schema has changed; those of
    /// [`ConnectionPool::execute`](crate::ConnectionPool::execute).
    pub fn get(self, key: impl Into<Value>) -> Result<Option<Columns>> {
        let key = self.cf.pack_key(&key.into())?;
        let row = self.paged_get(key)?;
        row.map(|row| self.cf.unpack_columns(&row)).transpose()
    }

    fn paged_get(&self, key: Vec<u8>) -> Result<Option<RawRow>> {
        let super_column = self.super_column_bytes()?;
        match self.predicate()? {
            None => Ok(None),
            Some(predicate) => self.reader(super_column.as_deref()).row(key, predicate),
        }
    }

    /// As [`Select::get`], packed, and in one piece.
    pub(crate) fn raw_get(&self, key: &[u8]) -> Result<Option<RawRow>> {
        self.paged_get(key.to_vec())?.map(|row| self.joined(row)).transpose()
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
        let keys = self.pack_keys(keys)?;
        let super_column = self.super_column_bytes()?;
        let unpack = |row: RawRow| Ok((self.cf.unpack_key(row.key())?, self.cf.unpack_columns(&row)?));
        self.rows(keys, super_column.as_deref())?.map(|row| row.and_then(unpack)).collect()
    }

    /// As [`Select::multiget`], packed, and each row in one piece.
    pub(crate) fn raw_multiget(&self, keys: Vec<Vec<u8>>) -> Result<Vec<RawRow>> {
        let super_column = self.super_column_bytes()?;
        let rows = self.rows(once_each(keys), super_column.as_deref())?;
        rows.map(|row| row.and_then(|row| self.joined(row))).collect()
    }

    fn rows<'s>(&'s self, mut keys: Vec<Vec<u8>>, super_column: Option<&'s [u8]>) -> Result<Multiget<'s>> {
        let predicate = self.predicate()?.unwrap_or_else(|| {
            keys.clear();
            Predicate::names(Arc::new([]))
        });
        Ok(Multiget::new(self.reader(super_column), keys, predicate, self.row_buffer_size))
    }

    fn joined(&self, row: RawRow) -> Result<RawRow> {
        let at = self.cf.key_place(row.key());
        row.joined().ok_or_else(|| Error::Unsupported {
            at: Box::new(at),
            what: "a row of over 4 GiB at once (read it in slices)".into(),
        })
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
        let super_column = self.super_column_bytes()?;
        let Some(predicate) = self.counting()? else { return Ok(0) };
        self.reader(super_column.as_deref()).get_count(&key, predicate.as_wire())
    }

    /// The numbers of columns of several rows, counted by the server, in the order asked for, each row once; 0 for a row
    /// without any.
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
    /// cf.insert("bar", [("a", "1")])?;
    /// let counts = cf.multiget_count(["bar", "absent", "foo"])?;
    /// assert_eq!(format!("{counts:?}"), r#"[("bar", 1), ("absent", 0), ("foo", 3)]"#);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Select::get`].
    pub fn multiget_count<K: Into<Value>>(
        self,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<Vec<(Value, usize)>> {
        let keys = self.pack_keys(keys)?;
        let super_column = self.super_column_bytes()?;
        let counts = match self.counting()? {
            None => vec![0; keys.len()],
            Some(predicate) => {
                let reader = self.reader(super_column.as_deref());
                reader.multiget_count(&keys, &predicate, self.row_buffer_size)?
            }
        };
        keys.iter().zip(counts).map(|(key, count)| Ok((self.cf.unpack_key(key)?, count))).collect()
    }

    /// The predicate of a count: nothing but numbers comes back, so no page is too large.
    pub(super) fn counting(&self) -> Result<Option<Predicate>> {
        let mut predicate = self.predicate()?;
        if let Some(Predicate::Slice { page, .. }) = &mut predicate {
            *page = usize::MAX;
        }
        Ok(predicate)
    }

    /// The columns of a row of any width, one after the other; holds one page of them. What is wrong with the options is
    /// the first item.
    ///
    /// A column that is written meanwhile may or may not be there; none comes twice.
    ///
    /// ```
    /// # use cassa::{Class, ColumnFamily, ColumnFamilyBuilder, ConnectionPool, EmbeddedServer};
    /// # use cassa::{SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # let definition = ColumnFamilyBuilder::new("Wide").comparator(Class::Long);
    /// # system.create_column_family("Keyspace1", definition)?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let wide = ColumnFamily::open(&pool, "Wide")?; // its comparator is LongType
    /// wide.insert("foo", (0..5_000).map(|i| (i, "x")))?;
    /// let mut columns = wide.select().start(4_000).reversed().xget("foo");
    /// assert_eq!(columns.next().expect("there are 4,001")?.name, 4_000);
    /// assert_eq!(columns.count(), 4_000);
    /// # Ok(())
    /// # }
    /// ```
    pub fn xget(self, key: impl Into<Value>) -> ColumnStream {
        ColumnStream(self.stream(key.into()).map_err(Some))
    }

    fn stream(self, key: Value) -> Result<State> {
        let key = self.cf.pack_key(&key)?;
        Ok(State {
            cf: self.cf.clone(),
            super_column: self.super_column_bytes()?,
            consistency_level: self.consistency_level,
            pages: self.predicate()?.map(|predicate| Pages::new(key, predicate)),
            page: None,
            next: 0,
        })
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
    pub fn get_range(self) -> Range {
        Range(self.paged_range().map_err(Some))
    }

    /// As [`Select::get_range`], packed.
    pub(crate) fn raw_get_range(self) -> Result<RawRange> {
        self.paged_range()
    }

    /// The keys of a range of rows, in the order of the ring, without their columns: of each row the first one is asked
    /// for, to tell rows that are there from deleted ones.
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
    /// cf.remove_row("bar")?;
    /// let keys = cf.select().get_keys().collect::<cassa::Result<Vec<_>>>()?;
    /// assert_eq!(keys, ["foo"]);
    /// assert_eq!(cf.select().keep_empty().get_keys().count(), 2); // a deleted row is listed for a while
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_keys(mut self) -> Keys {
        if self.columns.is_none() && self.count != Some(0) {
            self.count = Some(1);
        }
        Keys(self.get_range())
    }

    /// The rows that an index finds, with their columns; in the order of the ring.
    ///
    /// A row that was found comes also where it has none of the columns that are asked for. Of the options for rows,
    /// [`start_key`](Self::start_key) and [`row_count`](Self::row_count) apply.
    ///
    /// ```
    /// # use cassa::{Class, ColumnFamily, ColumnFamilyBuilder, ConnectionPool, EmbeddedServer, IndexClause};
    /// # use cassa::{SimpleStrategy, SystemManager, columns};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// let users = ColumnFamilyBuilder::new("Users")
    ///     .comparator(Class::Utf8)
    ///     .index("state", Class::Utf8)
    ///     .column("birthdate", Class::Long);
    /// system.create_column_family("Keyspace1", users)?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let users = ColumnFamily::open(&pool, "Users")?;
    /// users.insert("bsanderson", columns! { "birthdate" => 1975, "state" => "UT" })?;
    /// users.insert("prothfuss", columns! { "birthdate" => 1973, "state" => "WI" })?;
    /// users.insert("htayler", columns! { "birthdate" => 1968, "state" => "UT" })?;
    ///
    /// let clause = IndexClause::default().eq("state", "UT").gt("birthdate", 1970);
    /// let rows = users.select().get_indexed_slices(clause).collect::<cassa::Result<Vec<_>>>()?;
    /// assert_eq!(format!("{rows:?}"), r#"[("bsanderson", {"birthdate": 1975, "state": "UT"})]"#);
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_indexed_slices(self, clause: impl Into<IndexClause>) -> Range {
        Range(self.indexed(&clause.into()).map_err(Some))
    }

    fn indexed(self, clause: &IndexClause) -> Result<RawRange> {
        let mut select = self;
        if let Some(key) = &clause.start_key {
            select.start_key = Some(Name::Value(key.clone()));
        }
        select.row_count = [clause.count, select.row_count].into_iter().flatten().min();
        let expressions = clause.pack(select.cf)?;
        select.raw_get_indexed_slices(expressions)
    }

    /// As [`Select::get_indexed_slices`], packed.
    pub(crate) fn raw_get_indexed_slices(self, expressions: Vec<PackedExpression>) -> Result<RawRange> {
        let refused = [
            ("finish_key", self.finish_key.is_some()),
            ("start_token", self.start_token.is_some()),
            ("finish_token", self.finish_token.is_some()),
        ];
        if let Some((option, _)) = refused.into_iter().find(|(_, given)| *given) {
            let why = "expected none with an index clause, got one".into();
            return Err(Error::InvalidOption { option, why });
        }
        let start = self.start_key.as_ref();
        let start = start.map_or(Ok(Vec::new()), |key| key.packed(|key| self.cf.pack_key(key)))?;
        let wanted = self.row_count;
        let mut range = self.ranged(Source::Index { expressions, start }, wanted)?;
        range.keep_empty = true;
        Ok(range)
    }

    fn paged_range(self) -> Result<RawRange> {
        let end = |key: &Option<Name>, token: &Option<String>, option| match (key, token) {
            (Some(_), Some(_)) => {
                Err(Error::InvalidOption { option, why: "expected a key or a token, got both".into() })
            }
            (_, Some(token)) => Ok(End::Token(token.clone())),
            (Some(key), None) => key.packed(|key| self.cf.pack_key(key)).map(End::Key),
            (None, None) => Ok(End::Key(Vec::new())),
        };
        let start = end(&self.start_key, &self.start_token, "start_token")?;
        let finish = end(&self.finish_key, &self.finish_token, "finish_token")?;
        if let (End::Token(_), Some(_)) = (&start, &self.finish_key) {
            let why = "expected a start_key or a finish_token, got a start_token with a finish_key".into();
            return Err(Error::InvalidOption { option: "finish_key", why });
        }
        let wrap = match (&start, &finish) {
            (End::Token(_), End::Token(_)) => Wrap::Perhaps,
            _ => Wrap::No,
        };
        let wanted = self.row_count;
        self.ranged(Source::Ring { start, finish, wrap }, wanted)
    }

    fn ranged(self, source: Source, wanted: Option<usize>) -> Result<RawRange> {
        let predicate = self.predicate()?;
        let nothing = predicate.is_none();
        Ok(RawRange {
            cf: self.cf.clone(),
            super_column: self.super_column_bytes()?,
            predicate: predicate.unwrap_or_else(|| Predicate::names(Arc::new([]))),
            consistency_level: self.consistency_level,
            source,
            buffer: self.row_buffer_size.max(2),
            wanted: if nothing { 0 } else { wanted.unwrap_or(usize::MAX) },
            keep_empty: self.keep_empty,
            page: Arc::new(Rows::default()),
            next: 0,
            last_page: false,
            restart: false,
        })
    }

    pub(super) fn reader<'s>(&'s self, super_column: Option<&'s [u8]>) -> Reader<'s> {
        Reader { cf: self.cf, super_column, consistency_level: self.consistency_level }
    }

    fn pack_keys<K: Into<Value>>(&self, keys: impl IntoIterator<Item = K>) -> Result<Vec<Vec<u8>>> {
        let keys: Result<Vec<_>> = keys.into_iter().map(|key| self.cf.pack_key(&key.into())).collect();
        keys.map(once_each)
    }

    fn super_column_bytes(&self) -> Result<Option<Vec<u8>>> {
        match &self.super_column {
            Some(Name::Packed(name)) => Ok(Some(name.clone())),
            Some(Name::Value(name)) => self.cf.pack_super_column(Some(name)),
            None => Ok(None),
        }
    }

    /// Packs the choice of columns; `None` where it is of none.
    pub(super) fn predicate(&self) -> Result<Option<Predicate>> {
        let inside = self.super_column.is_some();
        let pack = |name: &Value| self.cf.pack_name(name, inside);
        if let Some(names) = &self.packed_columns {
            return Ok(Some(Predicate::names(names.clone())));
        }
        if let Some(columns) = &self.columns {
            if self.start.is_some() || self.finish.is_some() || self.count.is_some() || self.reversed {
                let why = "expected names or a slice (start, finish, count, reversed), got both";
                return Err(Error::InvalidOption { option: "columns", why: why.into() });
            }
            let names = columns.iter().map(pack).collect::<Result<Arc<[_]>>>()?;
            return Ok((!names.is_empty()).then(|| Predicate::names(names)));
        }
        // a reversed slice starts at its upper end
        let start = self.cf.pack_limit(self.start.as_ref(), inside, !self.reversed)?;
        let finish = self.cf.pack_limit(self.finish.as_ref(), inside, self.reversed)?;
        Ok((self.count != Some(0)).then_some(Predicate::Slice {
            start,
            finish,
            reversed: self.reversed,
            count: self.count,
            page: self.column_buffer_size,
        }))
    }
}

fn once_each(keys: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut seen = HashSet::with_capacity(keys.len());
    let again: Vec<bool> = keys.iter().map(|key| !seen.insert(key.as_slice())).collect();
    keys.into_iter().zip(again).filter_map(|(key, again)| (!again).then_some(key)).collect()
}
