//! Columns of plain column families, as values, beside the objects.

use std::fmt;

use super::Loader;
use crate::column_family::{ColumnFamily, IntoColumns};
use crate::error::Result;
use crate::marshal::Value;

/// A column family in a load, with options for one write: the columns of rows that no struct maps.
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
/// let mut loader = pool.loader();
/// loader.column_family(&cf)?.insert("foo", [("a", "1"), ("b", "2")])?;
/// loader.column_family(&cf)?.ttl(60).insert("foo", [("c", "3")])?;
/// assert_eq!(loader.finish()?.objects, 2);
/// assert_eq!(cf.get_count("foo")?, 3);
/// # Ok(())
/// # }
/// ```
#[must_use = "options do nothing until a verb follows"]
pub struct LoadColumns<'l> {
    loader: &'l mut Loader,
    cf: ColumnFamily,
    super_column: Option<Value>,
    ttl: i32,
}

impl Loader {
    /// Takes a column family into the load; what is written follows.
    ///
    /// # Errors
    /// As [`UnitOfWork::column_family`](crate::UnitOfWork::column_family).
    pub fn column_family(&mut self, cf: &ColumnFamily) -> Result<LoadColumns<'_>> {
        self.work.enlist(cf)?;
        Ok(LoadColumns { loader: self, cf: cf.clone(), super_column: None, ttl: 0 })
    }
}

impl LoadColumns<'_> {
    /// The super column in which it is done. Defaults to none.
    pub fn super_column(mut self, name: impl Into<Value>) -> Self {
        self.super_column = Some(name.into());
        self
    }

    /// After how many seconds the columns that are inserted expire. Defaults to never.
    pub fn ttl(mut self, seconds: i32) -> Self {
        self.ttl = seconds;
        self
    }

    /// Writes columns of a row.
    ///
    /// # Errors
    /// As [`WorkColumns::insert`](crate::WorkColumns::insert), and then nothing of the call is in the load; as
    /// [`Loader::insert`].
    pub fn insert(self, key: impl Into<Value>, columns: impl IntoColumns) -> Result<()> {
        let LoadColumns { loader, cf, super_column, ttl } = self;
        loader.one(|work| {
            let write = work.column_family(&cf)?.ttl(ttl);
            match super_column {
                Some(name) => write.super_column(name).insert(key, columns),
                None => write.insert(key, columns),
            }
        })
    }

    /// Adds to a counter.
    ///
    /// # Errors
    /// As [`WorkColumns::add`](crate::WorkColumns::add), and then nothing of the call is in the load; as [`Loader::insert`].
    pub fn add(self, key: impl Into<Value>, column: impl Into<Value>, number: i64) -> Result<()> {
        let LoadColumns { loader, cf, super_column, .. } = self;
        loader.one(|work| {
            let write = work.column_family(&cf)?;
            match super_column {
                Some(name) => write.super_column(name).add(key, column, number),
                None => write.add(key, column, number),
            }
        })
    }
}

impl fmt::Debug for LoadColumns<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoadColumns")
            .field("column_family", &self.cf.name())
            .field("super_column", &self.super_column)
            .field("ttl", &self.ttl)
            .finish_non_exhaustive()
    }
}
