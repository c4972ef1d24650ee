//! Columns of plain column families, as values, beside the objects.

use std::fmt;

use super::UnitOfWork;
use super::pending::{Change, Range, Spot};
use crate::column_family::{ColumnFamily, ColumnValue, IntoColumns, Limit};
use crate::error::{Error, Result};
use crate::marshal::Value;

/// A column family in a unit of work, with options for one write: the columns of rows that no struct maps.
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
/// let mut work = pool.unit_of_work();
/// work.column_family(&cf)?.insert("foo", [("a", "1"), ("b", "2"), ("c", "3")])?;
/// work.column_family(&cf)?.remove("foo", ["a"])?;
/// work.column_family(&cf)?.start("c").finish("d").remove_range("foo")?;
/// work.column_family(&cf)?.ttl(60).insert("bar", [("a", "1")])?;
/// work.commit()?;
/// assert_eq!(cf.get_count("foo")?, 1);
/// # Ok(())
/// # }
/// ```
#[must_use = "options do nothing until a verb follows"]
pub struct WorkColumns<'w> {
    work: &'w mut UnitOfWork,
    cf: ColumnFamily,
    family: usize,
    super_column: Option<Value>,
    ttl: Option<i32>,
    start: Option<Limit>,
    finish: Option<Limit>,
}

/// A column that is to be written.
struct PackedColumn {
    super_column: Option<Vec<u8>>,
    name: Vec<u8>,
    value: Vec<u8>,
}

impl UnitOfWork {
    /// Takes a column family into the unit; what is written follows.
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
    /// let mut work = pool.unit_of_work();
    /// work.column_family(&cf)?.insert("foo", [("column1", "val1")])?;
    /// work.column_family(&cf)?.ttl(60).insert("bar", [("column1", "val1")])?;
    /// work.commit()?;
    /// assert_eq!(cf.get_range().count(), 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidOption`] where it is of another keyspace, or where it is in the unit with another write consistency
    /// level and the unit has none of its own.
    pub fn column_family(&mut self, cf: &ColumnFamily) -> Result<WorkColumns<'_>> {
        let family = self.enlist(cf)?;
        Ok(WorkColumns {
            work: self,
            cf: cf.clone(),
            family,
            super_column: None,
            ttl: None,
            start: None,
            finish: None,
        })
    }
}

impl WorkColumns<'_> {
    /// The super column in which it is done. Defaults to none.
    ///
    /// ```
    /// # use cassa::{Class, ColumnFamily, ColumnFamilyBuilder, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # let definition = ColumnFamilyBuilder::new("Super1").subcomparator(Class::Bytes);
    /// # system.create_column_family("Keyspace1", definition)?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// # let cf = ColumnFamily::open(&pool, "Super1")?;
    /// let mut work = pool.unit_of_work();
    /// work.column_family(&cf)?.super_column("1").insert("foo", [("column1", "val1")])?;
    /// work.column_family(&cf)?.super_column("2").insert("foo", [("column1", "val1")])?;
    /// work.commit()?;
    /// work.column_family(&cf)?.super_column("1").remove_row("foo")?; // of the row, that super column
    /// work.commit()?;
    /// assert_eq!(cf.get_count("foo")?, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn super_column(mut self, name: impl Into<Value>) -> Self {
        self.super_column = Some(name.into());
        self
    }

    /// After how many seconds the columns that are inserted expire. Defaults to never.
    pub fn ttl(mut self, seconds: i32) -> Self {
        self.ttl = Some(seconds).filter(|seconds| *seconds > 0);
        self
    }

    /// Where a range of columns begins that is removed. Defaults to the first column.
    pub fn start(mut self, name: impl Into<Value>) -> Self {
        self.start = Some(Limit::at(name));
        self
    }

    /// Where a range of columns ends that is removed, that column included. It must be given: Cassandra deletes nothing where
    /// a range has no finish.
    pub fn finish(mut self, name: impl Into<Value>) -> Self {
        self.finish = Some(Limit::at(name));
        self
    }

    /// Writes columns of a row.
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
    /// let mut work = pool.unit_of_work();
    /// work.column_family(&cf)?.insert("foo", [("column1", "val1"), ("column2", "val2")])?;
    /// work.column_family(&cf)?.insert("foo", [("column2", "val3")])?;
    /// work.commit()?;
    /// assert_eq!(format!("{:?}", cf.get("foo")?), r#"Some({"column1": "val1", "column2": "val3"})"#);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Type`] where a key, name or value does not fit; [`Error::NothingToWrite`] without a column;
    /// [`Error::WrongKind`] where the columns are counters, or stand in super columns where there are none, or the other
    /// way round; [`Error::UnitOfWorkFull`]. Nothing of the call is then in the unit.
    pub fn insert(self, key: impl Into<Value>, columns: impl IntoColumns) -> Result<()> {
        let key = self.cf.pack_key(&key.into())?;
        let packed = self.pack(columns).map_err(|e| e.at(self.cf.key_place(&key)))?;
        if packed.is_empty() {
            return Err(Error::NothingToWrite { at: Box::new(self.cf.key_place(&key)) });
        }
        self.work.make_room()?;
        for columns in packed.chunk_by(|one, other| one.super_column == other.super_column) {
            let super_column = columns[0].super_column.as_deref();
            let spot = Spot { key: &key, family: self.family, super_column };
            let changes = columns
                .iter()
                .map(|PackedColumn { name, value, .. }| (&**name, Change::Write { value, ttl: self.ttl }));
            self.work.bytes += self.work.pending.put_all(spot, changes, false);
        }
        Ok(())
    }

    fn pack(&self, columns: impl IntoColumns) -> Result<Vec<PackedColumn>> {
        let cf = &self.cf;
        if cf.definition().is_counter() {
            let why = "its columns are counters: expected `add`, got an insertion";
            return Err(Error::WrongKind { at: Box::new(cf.place()), why: why.into() });
        }
        let inside = cf.pack_super_column(self.super_column.as_ref())?;
        let mut packed = Vec::new();
        let mut put = |super_column: Option<Vec<u8>>, name: &Value, value: &Value| -> Result<()> {
            let mut column = PackedColumn { super_column, name: Vec::new(), value: Vec::new() };
            cf.pack_column((name, value), &mut column.name, &mut column.value)?;
            packed.push(column);
            Ok(())
        };
        for (name, value) in columns.into_columns() {
            match value {
                ColumnValue::Value(value) if inside.is_some() || !cf.definition().is_super() => {
                    put(inside.clone(), &name, &value)?;
                }
                ColumnValue::Columns(columns) if inside.is_none() && cf.definition().is_super() => {
                    let super_column = cf.pack_name(&name, false)?;
                    for (name, value) in &columns {
                        put(Some(super_column.clone()), name, value)?;
                    }
                }
                value => return Err(cf.wrong_shape(&name, &value)),
            }
        }
        Ok(packed)
    }

    /// Deletes columns of a row; in a column family with super columns and without one given, whole super columns.
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
    /// cf.insert("foo", [("column1", "val1"), ("column2", "val2")])?;
    /// let mut work = pool.unit_of_work();
    /// work.column_family(&cf)?.remove("foo", ["column1"])?;
    /// work.commit()?;
    /// assert_eq!(cf.get_count("foo")?, 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`WorkColumns::insert`].
    pub fn remove<N: Into<Value>>(
        self,
        key: impl Into<Value>,
        columns: impl IntoIterator<Item = N>,
    ) -> Result<()> {
        let key = self.cf.pack_key(&key.into())?;
        let at = |e: Error| e.at(self.cf.key_place(&key));
        let super_column = self.cf.pack_super_column(self.super_column.as_ref()).map_err(at)?;
        let names = self.cf.pack_removed(super_column.is_some(), columns).map_err(at)?;
        self.work.make_room()?;
        let whole = super_column.is_none() && self.cf.definition().is_super();
        for name in names {
            if whole {
                let spot = Spot { key: &key, family: self.family, super_column: Some(&name) };
                self.work.pending.delete(spot);
                self.work.counters.remove(spot);
                self.work.bytes += 64 + name.len();
            } else {
                let spot = Spot { key: &key, family: self.family, super_column: super_column.as_deref() };
                self.work.counters.remove_some(spot, |counter| counter == name);
                self.work.bytes += self.work.pending.put(spot, &name, Change::Delete);
            }
        }
        Ok(())
    }

    /// Deletes a row, or the super column given.
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
    /// cf.insert("foo", [("column1", "val1")])?;
    /// let mut work = pool.unit_of_work();
    /// work.column_family(&cf)?.remove_row("foo")?;
    /// work.column_family(&cf)?.insert("foo", [("column2", "val2")])?; // after it
    /// work.commit()?;
    /// assert_eq!(format!("{:?}", cf.get("foo")?), r#"Some({"column2": "val2"})"#);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`WorkColumns::insert`].
    pub fn remove_row(self, key: impl Into<Value>) -> Result<()> {
        let key = self.cf.pack_key(&key.into())?;
        let super_column = self.cf.pack_super_column(self.super_column.as_ref());
        let super_column = super_column.map_err(|e| e.at(self.cf.key_place(&key)))?;
        self.work.make_room()?;
        let spot = Spot { key: &key, family: self.family, super_column: super_column.as_deref() };
        self.work.pending.delete(spot);
        self.work.counters.remove(spot);
        self.work.bytes += 64 + key.len();
        Ok(())
    }

    /// Deletes the columns from [`WorkColumns::start`] to [`WorkColumns::finish`].
    ///
    /// A range that was deleted before, and that holds the name at which this one begins, is cut there by Cassandra 2.1 into
    /// pieces that share the name. A column of just that name, if it was written in between, may still be found in slices:
    /// let the range begin before it.
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
    /// let mut work = pool.unit_of_work();
    /// work.column_family(&cf)?.start("b").finish("z").remove_range("foo")?;
    /// work.commit()?;
    /// assert_eq!(cf.get_count("foo")?, 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`WorkColumns::insert`]; [`Error::InvalidOption`] where no finish is given, or they are in the wrong order.
    pub fn remove_range(self, key: impl Into<Value>) -> Result<()> {
        let key = self.cf.pack_key(&key.into())?;
        let at = |e: Error| e.at(self.cf.key_place(&key));
        let super_column = self.cf.pack_super_column(self.super_column.as_ref()).map_err(at)?;
        let inside = super_column.is_some();
        let range = self.cf.pack_removed_range(inside, self.start.as_ref(), self.finish.as_ref());
        let (start, finish) = range.map_err(at)?;
        self.work.make_room()?;
        let spot = Spot { key: &key, family: self.family, super_column: super_column.as_deref() };
        let comparator = self.work.families[self.family].comparator(inside);
        let range = Range::of(&start, &finish);
        self.work.counters.remove_some(spot, |name| range.covers(comparator, name));
        self.work.pending.delete_range(spot, comparator, range);
        self.work.bytes += 64 + start.len() + finish.len();
        Ok(())
    }

    /// Adds to a counter; see [`UnitOfWork::add`].
    ///
    /// ```
    /// # use cassa::{ColumnFamily, ColumnFamilyBuilder, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family("Keyspace1", ColumnFamilyBuilder::new("Counter1").counters())?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// # let cf = ColumnFamily::open(&pool, "Counter1")?;
    /// let mut work = pool.unit_of_work();
    /// work.column_family(&cf)?.add("home", "hits", 2)?;
    /// work.column_family(&cf)?.add("home", "hits", 3)?;
    /// work.commit()?;
    /// assert_eq!(format!("{:?}", cf.get("home")?), r#"Some({"hits": 5})"#);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`WorkColumns::insert`]; [`Error::WrongKind`] where the columns are no counters, the sum passes 64 bits, or
    /// a deletion of the counter waits.
    pub fn add(self, key: impl Into<Value>, column: impl Into<Value>, number: i64) -> Result<()> {
        let key = self.cf.pack_key(&key.into())?;
        let at = |e: Error| e.at(self.cf.key_place(&key));
        self.cf.expect_counters().map_err(at)?;
        let super_column = self.cf.pack_super_column(self.super_column.as_ref()).map_err(at)?;
        self.cf.expect_super_column(super_column.as_deref()).map_err(at)?;
        let name = self.cf.pack_name(&column.into(), true).map_err(at)?;
        let spot = Spot { key: &key, family: self.family, super_column: super_column.as_deref() };
        self.work.add_at(spot, &name, number)
    }
}

impl fmt::Debug for WorkColumns<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkColumns")
            .field("column_family", &self.cf.name())
            .field("super_column", &self.super_column)
            .field("ttl", &self.ttl)
            .finish_non_exhaustive()
    }
}
