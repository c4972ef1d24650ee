//! To read.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::{Mapper, Objects};
use crate::error::Result;
use crate::map::column_of::Condition;
use crate::map::field::Fields;

impl<T: Fields + DeserializeOwned> Mapper<T> {
    /// The object of a key; `None` where there is none of the object's columns.
    ///
    /// The key is anything that serde writes as the key's class takes it: for a `String` a `&str` will do. Of several
    /// `key` fields it is a tuple, in their order; so it is of a key and a super column.
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
    /// [`Error::MissingColumn`](crate::Error::MissingColumn) where the row lacks a column that is neither an `Option` nor
    /// has a serde default; [`Error::Field`](crate::Error::Field) where the key does not fit its class, or a column's bytes
    /// not its field; [`Error::Mapping`](crate::Error::Mapping) where serde and the derive do not agree on the fields;
    /// those of [`ConnectionPool::execute`](crate::ConnectionPool::execute).
    pub fn get(&self, id: impl Serialize) -> Result<Option<T>> {
        self.select().get(id)
    }

    /// The objects of several keys, in the order asked for, each once; absent ones are left out.
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
    /// # let airports = pool.map::<Airport>()?;
    /// # let airport = |code: &str, name: &str| Airport { code: code.into(), name: name.into(), feet: None };
    /// airports.batch_insert(&[airport("EWR", "Newark Liberty Intl"), airport("JFK", "John F Kennedy Intl")])?;
    /// let found = airports.multiget(["JFK", "ZZZ", "EWR"])?;
    /// assert_eq!(found.iter().map(|airport| &*airport.code).collect::<Vec<_>>(), ["JFK", "EWR"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Mapper::get`].
    pub fn multiget<K: Serialize>(&self, ids: impl IntoIterator<Item = K>) -> Result<Vec<T>> {
        self.select().multiget(ids)
    }

    /// All objects of a row: of super columns one each, in their order.
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    /// struct Engine {
    ///     #[cassa(key)]
    ///     tailnum: String,
    ///     #[cassa(super_column)]
    ///     position: i32,
    ///     kind: String,
    /// }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<Engine>("Keyspace1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let engines = pool.map::<Engine>()?;
    /// for position in [2, 1] {
    ///     engines.insert(&Engine { tailnum: "N14228".into(), position, kind: "Turbo-fan".into() })?;
    /// }
    /// assert_eq!(engines.get(("N14228", 2))?.expect("just inserted").kind, "Turbo-fan");
    /// let all = engines.get_row("N14228")?;
    /// assert_eq!(all.iter().map(|engine| engine.position).collect::<Vec<_>>(), [1, 2]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Mapper::get`].
    pub fn get_row(&self, key: impl Serialize) -> Result<Vec<T>> {
        self.select().get_row(key)
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
    /// # struct Airport { #[cassa(key)] code: String, name: String, feet: Option<i32> }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<Airport>("Keyspace1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// # let airports = pool.map::<Airport>()?;
    /// # let airport = |code: &str, name: &str| Airport { code: code.into(), name: name.into(), feet: None };
    /// airports.insert(&airport("EWR", "Newark Liberty Intl"))?;
    /// for airport in airports.get_range() {
    ///     println!("{:?}", airport?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_range(&self) -> Objects<T> {
        self.select().get_range()
    }

    /// The objects that meet conditions, of which at least one is `eq` on a column with an index.
    ///
    /// Items are as those of [`get_range`](Self::get_range).
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    /// struct Plane {
    ///     #[cassa(key)]
    ///     tailnum: String,
    ///     #[cassa(index)]
    ///     model: String,
    ///     seats: i32,
    /// }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<Plane>("Keyspace1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let planes = pool.map::<Plane>()?;
    /// let plane = |tailnum: &str, model: &str, seats| Plane { tailnum: tailnum.into(), model: model.into(), seats };
    /// planes.batch_insert(&[plane("N1", "A320", 182), plane("N2", "A320", 150), plane("N3", "MD-88", 142)])?;
    ///
    /// let large = Plane::COLUMNS.model.eq("A320").and(Plane::COLUMNS.seats.gt(160));
    /// let found: Vec<Plane> = planes.get_indexed_slices(large).collect::<cassa::Result<_>>()?;
    /// assert_eq!(found, [plane("N1", "A320", 182)]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_indexed_slices(&self, condition: Condition<'_, T>) -> Objects<T> {
        self.select().get_indexed_slices(condition)
    }

    /// How many objects there are. Reads them all, page by page.
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
    /// # let airports = pool.map::<Airport>()?;
    /// # let airport = |code: &str, name: &str| Airport { code: code.into(), name: name.into(), feet: None };
    /// airports.batch_insert(&[airport("EWR", "Newark Liberty Intl"), airport("JFK", "John F Kennedy Intl")])?;
    /// assert_eq!(airports.count()?, 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Mapping`](crate::Error::Mapping) as [`Mapper::get`]; those of
    /// [`ConnectionPool::execute`](crate::ConnectionPool::execute).
    pub fn count(&self) -> Result<usize> {
        self.select().count()
    }
}
