//! Objects of a row, one after the other.

use std::fmt;

use serde::de::DeserializeOwned;

use super::super::Mapper;
use super::Cursor;
use crate::error::{Error, Result};
use crate::map::de::{Found, Slots};
use crate::map::field::Fields;

/// The objects of a wide row, in its order or against it; made by [`Mapper::xget`].
///
/// Holds a page of the row ([`SelectObjects::column_buffer_size`](crate::SelectObjects::column_buffer_size)) and the
/// next one, which is fetched meanwhile ([`read_ahead`](crate::SelectObjects::read_ahead)), however wide the row is; an
/// object whose columns lie across the ends of pages comes whole. An object that cannot be read is an
/// error, and the next item is the next object; an error of a call is the last item. What is written meanwhile may or may
/// not be there.
///
/// ```
/// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize, ColumnFamilyMap)]
/// # struct Reading { #[cassa(key)] sensor: String, #[cassa(clustering)] minute: i32, #[cassa(value)] degrees: f64 }
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// # system.create_column_family_for::<Reading>("Keyspace1")?;
/// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
/// # let readings = pool.map::<Reading>()?;
/// # let reading = |minute| Reading { sensor: "attic".into(), minute, degrees: f64::from(minute) / 2.0 };
/// # readings.batch_insert(&(0..60).map(reading).collect::<Vec<_>>())?;
/// let objects: cassa::Items<Reading> = readings.select().range(..30).xget("attic");
/// let (mut sum, mut count) = (0.0, 0);
/// for object in objects {
///     sum += object?.degrees;
///     count += 1;
/// }
/// assert_eq!(sum / f64::from(count), 7.25);
/// # Ok(())
/// # }
/// ```
pub struct Items<T> {
    mapper: Mapper<T>,
    cursor: Result<Cursor, Option<Error>>,
    slots: Slots,
}

impl<T> Items<T> {
    pub(super) fn new(mapper: Mapper<T>, cursor: Result<Cursor>) -> Self {
        Items { mapper, cursor: cursor.map_err(Some), slots: Slots::default() }
    }
}

impl<T: Fields + DeserializeOwned> Iterator for Items<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        match &mut self.cursor {
            Ok(cursor) => cursor.next(&self.mapper, &mut self.slots),
            Err(error) => error.take().map(Err), // what was wrong with the options
        }
    }
}

impl Cursor {
    /// The next object.
    #[inline]
    pub(in crate::map::mapper) fn next<T: DeserializeOwned>(
        &mut self,
        mapper: &Mapper<T>,
        slots: &mut Slots,
    ) -> Option<Result<T>> {
        match self.advance(mapper) {
            Ok(true) => Some(mapper.item(self.found(), slots)),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        }
    }
}

impl<T: DeserializeOwned> Mapper<T> {
    /// Reads an object of a wide row.
    #[inline]
    pub(super) fn item(&self, found: Found<'_>, slots: &mut Slots) -> Result<T> {
        self.lent(found, slots)
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("mapper", &self.mapper).finish_non_exhaustive()
    }
}
