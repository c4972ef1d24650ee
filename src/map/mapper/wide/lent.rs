//! Objects of a row, one after the other, that borrow from it.

use std::fmt;

use serde::Deserialize;

use super::super::Mapper;
use super::Cursor;
use crate::error::{Error, Result};
use crate::map::de::{self, Found, Slots};
use crate::map::fault::Fault;
use crate::map::field::Clustered;
use crate::map::plan::Layout;
use crate::map::wide_name;
use crate::marshal::Class;

/// The objects of a wide row, each lent until the next one is asked for: for a struct that borrows, as with `&str`, so
/// that nothing is copied. Made by [`Mapper::lend`].
///
/// As an iterator cannot lend, it is asked by [`next`](Self::next) in a `while let`. Otherwise as
/// [`Items`](crate::Items).
///
/// ```
/// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize, ColumnFamilyMap)]
/// # struct Line<'a> { #[cassa(key)] log: &'a str, #[cassa(clustering)] number: i64, #[cassa(value)] text: &'a str }
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// # system.create_column_family_for::<Line>("Keyspace1")?;
/// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
/// # let lines = pool.map::<Line>()?;
/// # lines.insert(&Line { log: "N14228", number: 1, text: "boarding" })?;
/// let mut objects: cassa::LentItems<Line> = lines.lend("N14228");
/// while let Some(line) = objects.next() {
///     assert_eq!(line?.text, "boarding");
/// }
/// # Ok(())
/// # }
/// ```
pub struct LentItems<T> {
    mapper: Mapper<T>,
    cursor: Result<Cursor, Option<Error>>,
    slots: Slots,
}

impl<T: Clustered> LentItems<T> {
    pub(super) fn new(mapper: Mapper<T>, cursor: Result<Cursor>) -> Self {
        LentItems { mapper, cursor: cursor.map_err(Some), slots: Slots::default() }
    }

    /// The next object; `None` after the last.
    ///
    /// # Errors
    /// As [`Mapper::get`]; what is wrong with the options is the first item.
    pub fn next<'s>(&'s mut self) -> Option<Result<T::Lent<'s>>>
    where
        T::Lent<'s>: Deserialize<'s>,
    {
        let cursor = match &mut self.cursor {
            Ok(cursor) => cursor,
            Err(error) => return error.take().map(Err),
        };
        if let Err(error) = self.mapper.check_lendable() {
            return Some(Err(error));
        }
        match cursor.advance(&self.mapper) {
            Ok(true) => Some(self.mapper.lent(cursor.found(), &mut self.slots)),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        }
    }
}

impl<T> Mapper<T> {
    #[inline]
    pub(super) fn lent<'s, L: Deserialize<'s>>(&self, found: Found<'s>, slots: &mut Slots) -> Result<L> {
        match de::object(self.plan(), &found, slots) {
            Ok(object) => Ok(object),
            Err(fault) => Err(self.explain_item(&fault, &found)),
        }
    }

    #[cold]
    fn explain_item(&self, fault: &Fault, found: &Found<'_>) -> Error {
        let error = self.error(Some(found.key), fault);
        self.in_item(error, found.cells.name(0).unwrap_or_default())
    }

    /// Names the object of a wide row: by its clustering, and the column behind it.
    fn in_item(&self, mut error: Error, name: &[u8]) -> Error {
        let (Error::Field { at, .. } | Error::MissingColumn { at, .. }) = &mut error else { return error };
        let parts = self.plan().identity().clustering();
        let length = match (self.plan().layout(), parts) {
            (Layout::Timeline, [_]) => Some(name.len()),
            _ => wide_name::clustering(name, parts.len()),
        };
        let class = match (self.plan().layout(), parts) {
            (Layout::Timeline, [one]) => one.class.clone(),
            _ => Class::composite(parts.iter().map(|part| part.class.clone()).collect::<Vec<_>>()),
        };
        let clustering = length.and_then(|length| class.unpack(&name[..length].to_vec().into()).ok());
        let Some(clustering) = clustering else { return error };
        at.column = Some(match at.column.take().filter(|_| self.plan().layout() != Layout::Timeline) {
            Some(field) => format!("{clustering:?}, {field}").into(),
            None => format!("{clustering:?}").into(),
        });
        error
    }
}

impl<T> fmt::Debug for LentItems<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LentItems").field("mapper", &self.mapper).finish_non_exhaustive()
    }
}
