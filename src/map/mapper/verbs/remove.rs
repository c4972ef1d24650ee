//! To remove.

use serde::Serialize;

use super::super::Mapper;
use crate::error::Result;
use crate::map::column_of::ColumnOf;
use crate::map::field::ColumnFamilyMap;

impl<T: ColumnFamilyMap> Mapper<T> {
    /// Deletes an object, with all its columns: its row, or its super column. Gives the timestamp of the deletion.
    ///
    /// The columns of an object with a `version` have timestamps of the servers' clocks: where those are ahead of this
    /// one, it survives.
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
    /// let newark = airport("EWR", "Newark Liberty Intl");
    /// airports.insert(&newark)?;
    /// airports.remove(&newark)?;
    /// assert_eq!(airports.get("EWR")?, None);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Field`](crate::Error::Field) where the key does not fit its class; those of
    /// [`ConnectionPool::execute`](crate::ConnectionPool::execute).
    pub fn remove(&self, object: &T) -> Result<i64>
    where
        T: Serialize,
    {
        self.write().remove(object)
    }

    /// Deletes the object of a key, with all its columns. Gives the timestamp of the deletion.
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
    /// airports.remove_key("EWR")?;
    /// assert_eq!(airports.get("EWR")?, None);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Mapper::remove`].
    pub fn remove_key(&self, id: impl Serialize) -> Result<i64> {
        self.write().remove_key(id)
    }

    /// Deletes a row, with all the objects in it. Gives the timestamp of the deletion.
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
    /// for position in [1, 2] {
    ///     engines.insert(&Engine { tailnum: "N14228".into(), position, kind: "Turbo-fan".into() })?;
    /// }
    /// engines.remove_key(("N14228", 1))?;
    /// assert_eq!(engines.get_row("N14228")?.len(), 1);
    /// engines.remove_row("N14228")?;
    /// assert_eq!(engines.get_row("N14228")?, []);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Mapper::remove`].
    pub fn remove_row(&self, key: impl Serialize) -> Result<i64> {
        self.write().remove_row(key)
    }

    /// Deletes some columns of an object. Gives the timestamp of the deletion.
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
    /// airports.insert(&Airport { feet: Some(18), ..airport("EWR", "Newark Liberty Intl") })?;
    /// airports.remove_columns("EWR", [Airport::COLUMNS.feet])?;
    /// assert_eq!(airports.get("EWR")?.expect("it was inserted").feet, None);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Mapper::remove`]; [`Error::NothingToWrite`](crate::Error::NothingToWrite) without a column;
    /// [`Error::Mapping`](crate::Error::Mapping) where a [named](crate::ColumnOf::named) column is none of the struct's.
    pub fn remove_columns(
        &self,
        id: impl Serialize,
        columns: impl IntoIterator<Item = ColumnOf<T>>,
    ) -> Result<i64> {
        self.write().remove_columns(id, columns)
    }

    /// Deletes all rows of the column family, on all nodes, at once.
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
    /// airports.truncate()?;
    /// assert_eq!(airports.count()?, 0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`ColumnFamily::truncate`](crate::ColumnFamily::truncate).
    pub fn truncate(&self) -> Result<()> {
        self.column_family().truncate()
    }
}
