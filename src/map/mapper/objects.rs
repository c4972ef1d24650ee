//! Objects one after the other.

use std::fmt;

use serde::de::DeserializeOwned;

use super::Mapper;
use super::wide::{Cursor, Reading, Slice};
use crate::column_family::{RawRange, RawRow};
use crate::error::{Error, Result};
use crate::map::de::{Found, Slots};
use crate::map::field::Fields;

/// Objects in the order of the ring; see [`Mapper::get_range`] and [`Mapper::get_indexed_slices`].
///
/// Holds one page of rows, and a row of super columns as a whole. A row that is no object is an error, and the next item
/// is the next row; an error of a call is the last item.
///
/// ```
/// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
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
/// airports.insert(&Airport { code: "EWR".into(), name: "Newark Liberty Intl".into() })?;
/// let objects: cassa::Objects<Airport> = airports.get_range();
/// assert_eq!(objects.collect::<cassa::Result<Vec<_>>>()?.len(), 1);
/// # Ok(())
/// # }
/// ```
pub struct Objects<T> {
    mapper: Mapper<T>,
    range: Result<RawRange, Option<Error>>,
    row: Option<Row>,
    slots: Slots,
    /// Which objects of a wide row, and how many columns a call asks for; then the rows are found by one column each.
    items: Option<(Slice, Reading)>,
}

/// A row that is taken apart: one object, or one a super column, or those of a wide row.
pub(super) enum Row {
    Whole { row: RawRow, next: usize },
    Wide(Box<Cursor>),
}

impl Row {
    pub(super) fn new(row: RawRow) -> Row {
        Row::Whole { row, next: 0 }
    }

    pub(super) fn next<T: DeserializeOwned>(
        &mut self,
        mapper: &Mapper<T>,
        slots: &mut Slots,
    ) -> Option<Result<T>> {
        let (row, next) = match self {
            Row::Whole { row, next } => (row, next),
            Row::Wide(cursor) => return cursor.next(mapper, slots),
        };
        let i = *next;
        *next += 1;
        if mapper.plan().identity().super_column().is_none() {
            return (i == 0).then(|| mapper.object(row, None, slots));
        }
        let super_column = row.row().super_column(i)?;
        let found = Found {
            key: row.key(),
            super_column: Some(super_column.name()),
            cells: super_column.cells(),
            statics: None,
        };
        Some(mapper.found(found, slots))
    }
}

impl<T> Mapper<T> {
    /// The row in one piece: it may have come in several pages.
    fn whole(&self, row: RawRow) -> Result<RawRow> {
        if row.pages().nth(1).is_none() && row.len() == row.row().len() {
            return Ok(row);
        }
        let key = row.key().to_vec();
        row.joined().ok_or_else(|| Error::Unsupported {
            at: Box::new(self.cf.key_place(&key)),
            what: "a row of over 4 GiB at once".into(),
        })
    }
}

impl<T> Objects<T> {
    pub(super) fn new(mapper: Mapper<T>, range: Result<RawRange>) -> Self {
        Objects { mapper, range: range.map_err(Some), row: None, slots: Slots::default(), items: None }
    }

    pub(super) fn of_items(mapper: Mapper<T>, range: Result<RawRange>, items: (Slice, Reading)) -> Self {
        Objects { items: Some(items), ..Objects::new(mapper, range) }
    }
}

impl<T: Fields + DeserializeOwned> Iterator for Objects<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        loop {
            if let Some(row) = &mut self.row {
                if let Some(object) = row.next(&self.mapper, &mut self.slots) {
                    return Some(object);
                }
                self.row = None;
            }
            let range = match &mut self.range {
                Ok(range) => range,
                Err(error) => return error.take().map(Err), // before there was a call
            };
            match range.next()? {
                Ok(row) => match &self.items {
                    None => match self.mapper.whole(row) {
                        Ok(row) => self.row = Some(Row::new(row)),
                        Err(error) => return Some(Err(error)),
                    },
                    Some((slice, reading)) => match reading.open(&self.mapper, slice, row.key()) {
                        Ok(cursor) => self.row = Some(Row::Wide(Box::new(cursor))),
                        Err(error) => return Some(Err(error)),
                    },
                },
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<T> fmt::Debug for Objects<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Objects").field("mapper", &self.mapper).finish_non_exhaustive()
    }
}
