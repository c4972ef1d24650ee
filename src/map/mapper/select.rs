//! Options for reading objects.

use std::any::type_name;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Mapper;
use super::wide::Slice;
use crate::column_family::Select;
use crate::error::{Error, Result};
use crate::map::field::Fields;
use crate::map::probe;
use crate::map::ser;
use crate::wire::ConsistencyLevel;

/// Which objects to read, and how; made by [`Mapper::select`].
///
/// ```
/// # use cassa::{ColumnFamilyMap, ConnectionPool, ConsistencyLevel, EmbeddedServer, SimpleStrategy, SystemManager};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
/// # struct Airport { #[cassa(key)] code: String, name: String }
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// # system.create_column_family_for::<Airport>("Keyspace1")?;
/// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
/// # let airports = pool.map::<Airport>()?;
/// # let airport = |code: &str, name: &str| Airport { code: code.into(), name: name.into() };
/// airports.batch_insert(&[airport("EWR", "Newark Liberty Intl"), airport("JFK", "John F Kennedy Intl")])?;
/// let one = airports.select().consistency_level(ConsistencyLevel::Quorum).row_count(1).get_range();
/// assert_eq!(one.count(), 1);
/// # Ok(())
/// # }
/// ```
#[must_use = "options do nothing until a verb follows"]
pub struct SelectObjects<'a, T> {
    pub(super) mapper: &'a Mapper<T>,
    /// What is wrong with an option comes with the verb.
    pub(super) select: Result<Select<'a>>,
    /// Which objects of a wide row.
    pub(super) slice: Result<Slice>,
}

impl<T> Mapper<T> {
    /// Options for reading: which rows, how many, and how. Then the verb.
    pub fn select(&self) -> SelectObjects<'_, T> {
        SelectObjects { mapper: self, select: Ok(self.cf.select()), slice: Ok(Slice::default()) }
    }
}

impl<'a, T> SelectObjects<'a, T> {
    fn with(mut self, change: impl FnOnce(Select<'a>) -> Result<Select<'a>>) -> Self {
        self.select = self.select.and_then(change);
        self
    }

    /// How many replicas must answer. Defaults to [`Mapper::read_consistency_level`].
    pub fn consistency_level(self, level: ConsistencyLevel) -> Self {
        self.with(|select| Ok(select.consistency_level(level)))
    }

    /// How many rows one call of `multiget`, `get_range` or `get_indexed_slices` asks for. Defaults to 256.
    pub fn row_buffer_size(self, rows: usize) -> Self {
        self.with(|select| Ok(select.row_buffer_size(rows)))
    }

    /// How many columns of a row one call asks for, where all of a row are read; wider rows take further calls. Defaults
    /// to 1,024.
    pub fn column_buffer_size(self, columns: usize) -> Self {
        self.with(|select| Ok(select.column_buffer_size(columns)))
    }

    /// The row key to start a range at, which is part of it; of a composite key a tuple. Defaults to the first row on the
    /// ring.
    pub fn start_key(self, key: impl Serialize) -> Self {
        let mapper = self.mapper;
        self.with(|select| Ok(select.packed_start_key(mapper.row_key(&key)?)))
    }

    /// The row key to finish a range at, which is part of it. Defaults to the last row on the ring.
    ///
    /// Rows stand in the order of their tokens. With a partitioner that hashes keys, which is the rule, that is not the
    /// order of the keys.
    pub fn finish_key(self, key: impl Serialize) -> Self {
        let mapper = self.mapper;
        self.with(|select| Ok(select.packed_finish_key(mapper.row_key(&key)?)))
    }

    /// The token to start a range after. Excludes [`start_key`](Self::start_key).
    pub fn start_token(self, token: impl ToString) -> Self {
        self.with(|select| Ok(select.start_token(token)))
    }

    /// The token to finish a range at, which is part of it. Excludes [`finish_key`](Self::finish_key), and goes with a
    /// start token or a start key.
    pub fn finish_token(self, token: impl ToString) -> Self {
        self.with(|select| Ok(select.finish_token(token)))
    }

    /// At most so many rows of a range. Defaults to all of them.
    pub fn row_count(self, rows: usize) -> Self {
        self.with(|select| Ok(select.row_count(rows)))
    }
}

impl<'a, T> SelectObjects<'a, T> {
    /// Asks for the columns that are fields; for all of them where others count.
    pub(super) fn rows<'de>(self) -> Result<Select<'a>>
    where
        T: Fields + Deserialize<'de>,
    {
        let mapper = self.mapper;
        mapper.check_readable()?;
        let (plan, select) = (mapper.plan(), self.select?);
        // A slice of super columns cannot choose among the columns in them.
        if plan.identity().super_column().is_some() || plan.reads_all() {
            return Ok(select);
        }
        Ok(select.packed_columns(mapper.shared.names.clone()))
    }

    /// The same for one object by all of its identity.
    pub(super) fn object<'de>(self, super_column: Option<Vec<u8>>) -> Result<Select<'a>>
    where
        T: Fields + Deserialize<'de>,
    {
        let mapper = self.mapper;
        mapper.check_readable()?;
        let (plan, mut select) = (mapper.plan(), self.select?);
        if let Some(name) = super_column {
            select = select.packed_super_column(name);
        }
        Ok(if plan.reads_all() { select } else { select.packed_columns(mapper.shared.names.clone()) })
    }
}

impl<T> Mapper<T> {
    pub(super) fn check_readable<'de>(&self) -> Result<()>
    where
        T: Fields + Deserialize<'de>,
    {
        self.explain_readable(self.shared.readable.get_or_init(probe::check::<T>))
    }

    pub(super) fn explain_readable(
        &self,
        readable: &std::result::Result<(), probe::Difference>,
    ) -> Result<()> {
        match readable {
            Ok(()) => Ok(()),
            Err(difference) => {
                Err(Error::Mapping { name: type_name::<T>(), why: difference.to_string().into() })
            }
        }
    }

    /// Packs a row key of any type that its class takes.
    pub(super) fn row_key<K: Serialize + ?Sized>(&self, key: &K) -> Result<Vec<u8>> {
        ser::row_key(self.plan(), key).map_err(|fault| self.error(None, &fault))
    }

    /// Packs all of what an object is found by.
    pub(super) fn identity<K: Serialize + ?Sized>(&self, id: &K) -> Result<ser::Packed> {
        ser::identity(self.plan(), id).map_err(|fault| self.error(None, &fault))
    }
}

impl<T> fmt::Debug for SelectObjects<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SelectObjects")
            .field("object", &type_name::<T>())
            .field("select", &self.select)
            .finish_non_exhaustive()
    }
}
