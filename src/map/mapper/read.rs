//! The verbs that read.

use std::any::type_name;
use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Mapper;
use crate::column_family::{RawRange, RawRow, Select};
use crate::error::{Error, Result};
use crate::map::de::{self, Slots};
use crate::map::field::ColumnFamilyMap;
use crate::map::probe;

impl<T: ColumnFamilyMap + DeserializeOwned> Mapper<T> {
    /// The object of a key; `None` where its row has none of the object's columns.
    ///
    /// The key is anything that serde writes as the key's class takes it: for a `String` a `&str` will do.
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    /// # struct Airport { #[cassa(key)] code: String, name: String, feet: Option<i32> }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<Airport>("Keyspace1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let airports = pool.map::<Airport>()?;
    /// let newark = Airport { code: "EWR".into(), name: "Newark Liberty Intl".into(), feet: Some(18) };
    /// airports.insert(&newark)?;
    /// assert_eq!(airports.get("EWR")?, Some(newark));
    /// assert_eq!(airports.get("JFK")?, None);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::MissingColumn`] where the row lacks a column that is neither an `Option` nor has a serde default;
    /// [`Error::Field`] where the key does not fit its class, or a column's bytes not its field; [`Error::Mapping`]
    /// where serde and the derive do not agree on the fields; those of
    /// [`ConnectionPool::execute`](crate::ConnectionPool::execute).
    pub fn get(&self, key: impl Serialize) -> Result<Option<T>> {
        let key = self.key(&key)?;
        let row = self.select()?.raw_get(&key)?;
        row.map(|row| self.object(&row, &mut Slots::default())).transpose()
    }

    /// The objects of several keys, in the order asked for, each once; absent ones are left out.
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
    /// # let airport = |code: &str, name: &str| Airport { code: code.into(), name: name.into() };
    /// airports.batch_insert(&[airport("EWR", "Newark Liberty Intl"), airport("JFK", "John F Kennedy Intl")])?;
    /// let found = airports.multiget(["JFK", "ZZZ", "EWR"])?;
    /// assert_eq!(found.iter().map(|airport| &*airport.code).collect::<Vec<_>>(), ["JFK", "EWR"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Mapper::get`].
    pub fn multiget<K: Serialize>(&self, keys: impl IntoIterator<Item = K>) -> Result<Vec<T>> {
        let keys = keys.into_iter().map(|key| self.key(&key)).collect::<Result<_>>()?;
        let rows = self.select()?.raw_multiget(keys)?;
        let mut slots = Slots::default();
        rows.iter().map(|row| self.object(row, &mut slots)).collect()
    }

    /// All objects, in the order of the ring.
    ///
    /// Rows that have none of the object's columns are left out: those of deleted objects, which Cassandra lists until
    /// `gc_grace_seconds` have passed. A row that is no object is an error, and the next item is the next row; an error
    /// of a call is the last item.
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
    /// for airport in airports.get_range() {
    ///     println!("{:?}", airport?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_range(&self) -> Objects<T> {
        let range = self.select().and_then(Select::raw_get_range);
        Objects { mapper: self.clone(), range: range.map_err(Some), slots: Slots::default() }
    }

    /// Asks for the columns that are fields; for all of them where others are an error.
    fn select(&self) -> Result<Select<'_>> {
        let readable = self.shared.readable.get_or_init(probe::check::<T>);
        if let Err(difference) = readable {
            return Err(Error::Mapping { name: type_name::<T>(), why: difference.to_string().into() });
        }
        let select = self.cf.select();
        if self.plan().deny_unknown_fields() {
            // One column more than there are names: it is one that is no field.
            return Ok(select.count(self.plan().slots() + 1));
        }
        Ok(select.packed_columns(self.shared.names.clone()))
    }

    fn object(&self, row: &RawRow, slots: &mut Slots) -> Result<T> {
        let read = de::object(self.plan(), row.key(), row.row(), slots);
        read.map_err(|fault| self.error(Some(row.key()), &fault))
    }
}

/// Objects in the order of the ring; see [`Mapper::get_range`]. Holds one page of rows.
pub struct Objects<T> {
    mapper: Mapper<T>,
    range: std::result::Result<RawRange, Option<Error>>,
    slots: Slots,
}

impl<T: ColumnFamilyMap + DeserializeOwned> Iterator for Objects<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        let range = match &mut self.range {
            Ok(range) => range,
            Err(error) => return error.take().map(Err), // before there was a call
        };
        let row = range.next()?;
        Some(row.and_then(|row| self.mapper.object(&row, &mut self.slots)))
    }
}

impl<T> fmt::Debug for Objects<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Objects").field("mapper", &self.mapper).finish_non_exhaustive()
    }
}
