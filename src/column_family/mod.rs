//! One column family: its columns read and written as values, packed by the live schema.
//!
//! # Layout
//!
//! `columns` (what is read and written), `clock` (when), `packing` (which class packs what) → `live` (a schema that
//! changes, and the two ways to make a call) → `pack` and `limit` (values and bytes) → `predicate`, `raw` and `reader`
//! (rows as they come, page by page) → `range` (rows in the order of the ring, or by an index), `stream` (one row of any
//! width; `paged` for layers above, with `ahead` fetching its next page meanwhile) → `options` (a handle's), `select` and
//! `write` (a call's), then the verbs: `read`; `insert`, `remove`, `counter` (encoded by `mutate`), `cas`; `verbs` are
//! those without options.

mod ahead;
mod cas;
mod clock;
mod columns;
mod counter;
mod index;
mod insert;
mod limit;
mod live;
mod mutate;
mod options;
mod pack;
mod packing;
mod paged;
mod predicate;
mod range;
mod raw;
mod read;
mod reader;
mod remove;
mod select;
mod stream;
mod verbs;
mod write;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use cas::Cas;
pub(crate) use clock::Clock;
pub use columns::{Column, ColumnValue, Columns, IntoColumns, Iter};
#[allow(unused_imports, reason = "for layers above that pack by themselves")]
pub(crate) use index::PackedExpression;
pub use index::{IndexClause, IndexExpression};
pub(crate) use insert::Batches;
pub(crate) use limit::Limit;
pub(crate) use mutate::Removal;
pub(crate) use paged::RawPages;
pub(crate) use range::RawRange;
pub use range::{Keys, Range};
pub(crate) use raw::{Page, RawRow};
pub use select::Select;
pub use stream::ColumnStream;
pub use write::Write;

use crate::error::{Place, Result};
use crate::pool::ConnectionPool;
use crate::schema::ColumnFamilyDefinition;
use crate::wire::ConsistencyLevel;
use live::Looked;
use packing::{Overrides, Packing};

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
    overrides: Arc<Overrides>,
    packing: Arc<Packing>,
    looked: Looked,
    defaults: Defaults,
}

/// What a [`Select`] or a [`Write`] starts with.
#[derive(Clone, Debug)]
struct Defaults {
    read_consistency_level: ConsistencyLevel,
    write_consistency_level: ConsistencyLevel,
    column_buffer_size: usize,
    row_buffer_size: usize,
    retry_counters: bool,
    schema_check: Option<Duration>,
    clock: Clock,
}

impl Default for Defaults {
    fn default() -> Self {
        Defaults {
            read_consistency_level: ConsistencyLevel::One,
            write_consistency_level: ConsistencyLevel::One,
            column_buffer_size: 1024,
            row_buffer_size: 256,
            retry_counters: false,
            schema_check: Some(Duration::from_secs(60)),
            clock: Clock::default(),
        }
    }
}

impl ColumnFamily {
    /// Opens a column family of the pool's keyspace and reads its live schema.
    ///
    /// # Errors
    /// [`Error::NoSuchKeyspace`](crate::Error::NoSuchKeyspace) and
    /// [`Error::NoSuchColumnFamily`](crate::Error::NoSuchColumnFamily), which names those there are;
    /// [`Error::Class`](crate::Error::Class) where a type's name cannot be one; those of
    /// [`ConnectionPool::execute`].
    pub fn open(pool: &ConnectionPool, name: &str) -> Result<Self> {
        Ok(Self::with_definition(pool, live::definition(pool, name)?))
    }

    /// A column family whose definition is known.
    pub(crate) fn with_definition(pool: &ConnectionPool, definition: ColumnFamilyDefinition) -> Self {
        let overrides = Overrides::default();
        ColumnFamily {
            pool: pool.clone(),
            packing: Arc::new(Packing::new(&definition, &overrides)),
            definition: Arc::new(definition),
            overrides: Arc::new(overrides),
            looked: Looked::now(),
            defaults: Defaults::default(),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.definition.name()
    }

    /// Its schema, as it was when it was opened or [reloaded](Self::reload_schema).
    pub fn definition(&self) -> &ColumnFamilyDefinition {
        &self.definition
    }

    /// The pool whose connections it uses.
    pub fn pool(&self) -> &ConnectionPool {
        &self.pool
    }

    /// The consistency level of writes, and whether counters are retried.
    pub(crate) fn write_defaults(&self) -> (ConsistencyLevel, bool) {
        (self.defaults.write_consistency_level, self.defaults.retry_counters)
    }

    /// The time of its clock.
    pub(crate) fn now(&self) -> i64 {
        self.defaults.clock.now()
    }

    fn packing(&self) -> &Packing {
        &self.packing
    }

    fn repack(&mut self) {
        self.packing = Arc::new(Packing::new(&self.definition, &self.overrides));
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
            .field("defaults", &self.defaults)
            .finish_non_exhaustive()
    }
}
