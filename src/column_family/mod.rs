//! One column family: its columns read and written as values, packed by the live schema.
//!
//! # Layout
//!
//! `columns` (what is read and written) and `clock` (when) → `pack` (values and bytes) → `raw` (rows as they
//! come, paged) → `range` (rows in the order of the ring) → `select` and `write` (options, then the verbs).

mod clock;
mod columns;
mod pack;
mod range;
mod raw;
mod select;
mod write;

use std::fmt;
use std::sync::Arc;

pub(crate) use clock::timestamp;
pub use columns::{Column, Columns, IntoColumns, Iter};
pub use range::Range;
pub(crate) use range::RawRange;
pub(crate) use raw::RawRow;
pub use select::Select;
pub(crate) use write::Batches;
pub use write::Write;

use crate::error::{Error, Place, Result};
use crate::marshal::Value;
use crate::pool::ConnectionPool;
use crate::schema::ColumnFamilyDefinition;
use crate::wire::ConsistencyLevel;
use crate::wire::methods::DescribeKeyspace;

/// A column family of the pool's keyspace.
///
/// Keys, names and values are packed by the types that the live schema gives them, and unpacked again. Cheap
/// to clone; may be used by many threads.
///
/// ```
/// use cassa::{ColumnFamily, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
/// # fn main() -> cassa::Result<()> {
/// let server = EmbeddedServer::start()?;
/// let system = SystemManager::connect(server.addresses())?;
/// system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// system.create_column_family("Keyspace1", "Standard1")?;
/// let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
///
/// let cf = ColumnFamily::open(&pool, "Standard1")?;
/// cf.insert("foo", [("column1", "val1")])?;
/// cf.insert("bar", [("column1", "val3"), ("column2", "val4")])?;
/// assert_eq!(cf.get("foo")?.expect("just inserted")["column1"], "val1");
/// assert_eq!(cf.multiget(["foo", "bar"])?.len(), 2);
/// assert_eq!(cf.get_count("bar")?, 2);
/// for row in cf.get_range() {
///     let (key, columns) = row?;
///     println!("{key}: {columns:?}");
/// }
/// cf.remove("bar", ["column1"])?;
/// cf.remove_row("bar")?;
/// assert_eq!(cf.get("bar")?, None);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ColumnFamily {
    pool: ConnectionPool,
    definition: Arc<ColumnFamilyDefinition>,
    autopack: bool,
    read_consistency_level: ConsistencyLevel,
    write_consistency_level: ConsistencyLevel,
}

impl ColumnFamily {
    /// Opens a column family of the pool's keyspace and reads its live schema.
    ///
    /// # Errors
    /// [`Error::NoSuchKeyspace`] and [`Error::NoSuchColumnFamily`], which names those there are;
    /// [`Error::Unsupported`] for a super or counter column family; [`Error::Class`] where a type's name
    /// cannot be one; those of [`ConnectionPool::execute`].
    pub fn open(pool: &ConnectionPool, name: &str) -> Result<Self> {
        let keyspace = pool.keyspace();
        let ks_def = pool.execute(|connection| {
            let call = DescribeKeyspace { keyspace: keyspace.to_owned() };
            connection.call(&call).map_err(|e| match e {
                Error::NotFound { .. } => {
                    Error::NoSuchKeyspace { server: connection.server().clone(), keyspace: keyspace.into() }
                }
                other => other,
            })
        })?;
        let mut known = Vec::new();
        for cf_def in ks_def.cf_defs {
            if cf_def.name == name {
                // the others may have types that nobody can read
                return Self::with_definition(pool, ColumnFamilyDefinition::from_cf_def(cf_def)?);
            }
            known.push(cf_def.name);
        }
        known.sort();
        Err(Error::NoSuchColumnFamily { keyspace: keyspace.into(), column_family: name.into(), known })
    }

    /// A column family whose definition is known.
    pub(crate) fn with_definition(pool: &ConnectionPool, definition: ColumnFamilyDefinition) -> Result<Self> {
        let unsupported = |what: &str| {
            let at = Box::new(Place::column_family(definition.keyspace(), definition.name()));
            Err(Error::Unsupported { at, what: what.into() })
        };
        if definition.is_super() {
            return unsupported("a super column family");
        }
        if definition.is_counter() {
            return unsupported("a counter column family");
        }
        Ok(ColumnFamily {
            pool: pool.clone(),
            definition: Arc::new(definition),
            autopack: true,
            read_consistency_level: ConsistencyLevel::One,
            write_consistency_level: ConsistencyLevel::One,
        })
    }

    /// Whether keys, names and values are packed by the schema, or are bytes as they stand. Defaults to true.
    ///
    /// ```
    /// # use cassa::{Class, ColumnFamily, ColumnFamilyBuilder, ConnectionPool, EmbeddedServer};
    /// # use cassa::{SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # let definition = ColumnFamilyBuilder::new("Ages").default_validation_class(Class::Int32);
    /// # system.create_column_family("Keyspace1", definition)?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let ages = ColumnFamily::open(&pool, "Ages")?;
    /// ages.insert("ann", [("age", 7)])?;
    /// let columns = ages.autopack(false).get("ann")?.expect("just inserted");
    /// assert_eq!(columns["age"], [0, 0, 0, 7]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn autopack(mut self, autopack: bool) -> Self {
        self.autopack = autopack;
        self
    }

    /// How many replicas must answer a read, where a [`Select`] does not say. Defaults to `ONE`.
    #[must_use]
    pub fn read_consistency_level(mut self, level: ConsistencyLevel) -> Self {
        self.read_consistency_level = level;
        self
    }

    /// How many replicas must take a write, where a [`Write`] does not say. Defaults to `ONE`.
    #[must_use]
    pub fn write_consistency_level(mut self, level: ConsistencyLevel) -> Self {
        self.write_consistency_level = level;
        self
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.definition.name()
    }

    /// Its schema, as it was when it was opened.
    pub fn definition(&self) -> &ColumnFamilyDefinition {
        &self.definition
    }

    /// The pool whose connections it uses.
    pub fn pool(&self) -> &ConnectionPool {
        &self.pool
    }

    /// Options for reading: which columns, in what order, how many, which rows. Then the verb.
    pub fn select(&self) -> Select<'_> {
        Select::new(self)
    }

    /// Options for writing: time to live, timestamp, consistency level. Then the verb.
    pub fn write(&self) -> Write<'_> {
        Write::new(self)
    }

    /// All columns of a row; `None` where it has none.
    ///
    /// # Errors
    /// As [`Select::get`].
    pub fn get(&self, key: impl Into<Value>) -> Result<Option<Columns>> {
        self.select().get(key)
    }

    /// All columns of several rows, in the order asked for; rows without columns are left out.
    ///
    /// # Errors
    /// As [`Select::multiget`].
    pub fn multiget<K: Into<Value>>(
        &self,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<Vec<(Value, Columns)>> {
        self.select().multiget(keys)
    }

    /// The number of columns of a row.
    ///
    /// # Errors
    /// As [`Select::get_count`].
    pub fn get_count(&self, key: impl Into<Value>) -> Result<usize> {
        self.select().get_count(key)
    }

    /// All rows with all their columns, in the order of the ring.
    pub fn get_range(&self) -> Range {
        self.select().get_range()
    }

    /// Writes columns of a row. Gives the timestamp that they were written with.
    ///
    /// # Errors
    /// As [`Write::insert`].
    pub fn insert(&self, key: impl Into<Value>, columns: impl IntoColumns) -> Result<i64> {
        self.write().insert(key, columns)
    }

    /// Writes columns of several rows. Gives the timestamp of the last one.
    ///
    /// # Errors
    /// As [`Write::batch_insert`].
    pub fn batch_insert<K, C>(&self, rows: impl IntoIterator<Item = (K, C)>) -> Result<i64>
    where
        K: Into<Value>,
        C: IntoColumns,
    {
        self.write().batch_insert(rows)
    }

    /// Deletes columns of a row. Gives the timestamp of the deletion.
    ///
    /// # Errors
    /// As [`Write::remove`].
    pub fn remove<N: Into<Value>>(
        &self,
        key: impl Into<Value>,
        columns: impl IntoIterator<Item = N>,
    ) -> Result<i64> {
        self.write().remove(key, columns)
    }

    /// Deletes a row. Gives the timestamp of the deletion.
    ///
    /// # Errors
    /// As [`Write::remove_row`].
    pub fn remove_row(&self, key: impl Into<Value>) -> Result<i64> {
        self.write().remove_row(key)
    }

    pub(crate) fn place(&self) -> Place {
        Place::column_family(self.definition.keyspace(), self.definition.name())
    }
}

impl fmt::Debug for ColumnFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ColumnFamily")
            .field("keyspace", &self.definition.keyspace())
            .field("name", &self.name())
            .field("autopack", &self.autopack)
            .field("read_consistency_level", &self.read_consistency_level)
            .field("write_consistency_level", &self.write_consistency_level)
            .finish_non_exhaustive()
    }
}
