//! The verbs without options. What they ask of a struct stands at each of them, so that the compiler says what to write
//! where it is none of a wide row.

use std::ops::RangeBounds;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::Mapper;
use super::{Items, LentItems};
use crate::error::Result;
use crate::map::field::Clustered;

impl<T> Mapper<T> {
    /// The objects of a row, one after the other, in the order of their clustering. Holds two pages of the row, however
    /// wide it is. What is wrong with the key is the first item.
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    /// struct Reading {
    ///     #[cassa(key)]
    ///     sensor: String,
    ///     #[cassa(clustering)]
    ///     minute: i32,
    ///     #[cassa(value)]
    ///     degrees: f64,
    /// }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<Reading>("Keyspace1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let readings = pool.map::<Reading>()?;
    /// let reading = |minute| Reading { sensor: "attic".into(), minute, degrees: f64::from(minute) / 2.0 };
    /// readings.batch_insert(&(0..60).map(reading).collect::<Vec<_>>())?;
    /// let mut objects = readings.select().range(10..).reversed().xget("attic");
    /// assert_eq!(objects.next().expect("there are 50")?.degrees, 29.5);
    /// assert_eq!(objects.count(), 49);
    /// assert_eq!(readings.xget("attic").count(), 60);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use = "an iterator does nothing until it is asked"]
    pub fn xget(&self, key: impl Serialize) -> Items<T>
    where
        T: Clustered + DeserializeOwned,
    {
        self.select().xget(key)
    }

    /// The first object of a row, in the order of its clustering; `None` where the row has none.
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    /// struct Reading {
    ///     #[cassa(key)]
    ///     sensor: String,
    ///     #[cassa(clustering)]
    ///     minute: i32,
    ///     #[cassa(value)]
    ///     degrees: f64,
    /// }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<Reading>("Keyspace1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let readings = pool.map::<Reading>()?;
    /// let reading = |minute| Reading { sensor: "attic".into(), minute, degrees: f64::from(minute) / 2.0 };
    /// readings.batch_insert(&(0..60).map(reading).collect::<Vec<_>>())?;
    /// assert_eq!(readings.first("attic")?.expect("there are 60").minute, 0);
    /// assert_eq!(readings.last("attic")?.expect("there are 60").minute, 59);
    /// assert_eq!(readings.select().range(..30).last("attic")?.expect("there are 30").minute, 29);
    /// assert_eq!(readings.first("cellar")?, None);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Mapper::get`].
    pub fn first(&self, key: impl Serialize) -> Result<Option<T>>
    where
        T: Clustered + DeserializeOwned,
    {
        self.select().first(key)
    }

    /// The last object of a row; see [`first`](Self::first).
    ///
    /// # Errors
    /// As [`Mapper::get`].
    pub fn last(&self, key: impl Serialize) -> Result<Option<T>>
    where
        T: Clustered + DeserializeOwned,
    {
        self.select().last(key)
    }

    /// The objects of several rows: one list a key, in the order of the keys, empty where the row has none. Holds them
    /// all; [`xget`](Self::xget) does not.
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    /// struct Reading {
    ///     #[cassa(key)]
    ///     sensor: String,
    ///     #[cassa(clustering)]
    ///     minute: i32,
    ///     #[cassa(value)]
    ///     degrees: f64,
    /// }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<Reading>("Keyspace1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let readings = pool.map::<Reading>()?;
    /// let reading = |minute| Reading { sensor: "attic".into(), minute, degrees: f64::from(minute) / 2.0 };
    /// readings.batch_insert(&(0..60).map(reading).collect::<Vec<_>>())?;
    /// let rows = readings.select().reversed().limit(2).multiget_rows(["cellar", "attic"])?;
    /// assert_eq!(rows[0], []);
    /// assert_eq!(rows[1], [reading(59), reading(58)]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Mapper::get`].
    pub fn multiget_rows<K: Serialize>(&self, keys: impl IntoIterator<Item = K>) -> Result<Vec<Vec<T>>>
    where
        T: Clustered + DeserializeOwned,
    {
        self.select().multiget_rows(keys)
    }
}

impl<T> Mapper<T> {
    /// The objects of a row, each lent until the next one is asked for: for structs that borrow.
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, ColumnFamilyMap)]
    /// struct Line<'a> {
    ///     #[cassa(key)]
    ///     log: &'a str,
    ///     #[cassa(clustering)]
    ///     number: i64,
    ///     #[cassa(value)]
    ///     text: &'a str,
    /// }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<Line>("Keyspace1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let lines = pool.map::<Line>()?;
    /// lines.batch_insert(&[(1, "boarding"), (2, "take-off")].map(|(number, text)| Line { log: "N14228", number, text }))?;
    /// let (mut rows, mut letters) = (lines.lend("N14228"), 0);
    /// while let Some(line) = rows.next() {
    ///     letters += line?.text.len(); // the text is still where it was received
    /// }
    /// assert_eq!(letters, 16);
    /// # Ok(())
    /// # }
    /// ```
    pub fn lend(&self, key: impl Serialize) -> LentItems<T>
    where
        T: Clustered,
    {
        self.select().lend(key)
    }

    /// How many objects a row has.
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    /// struct Reading {
    ///     #[cassa(key)]
    ///     sensor: String,
    ///     #[cassa(clustering)]
    ///     minute: i32,
    ///     #[cassa(value)]
    ///     degrees: f64,
    /// }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<Reading>("Keyspace1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let readings = pool.map::<Reading>()?;
    /// let reading = |minute| Reading { sensor: "attic".into(), minute, degrees: f64::from(minute) / 2.0 };
    /// readings.batch_insert(&(0..60).map(reading).collect::<Vec<_>>())?;
    /// assert_eq!(readings.get_count("attic")?, 60);
    /// assert_eq!(readings.select().range(10..20).get_count("attic")?, 10);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Field`](crate::Error::Field) where the key does not fit its class; those of
    /// [`ConnectionPool::execute`](crate::ConnectionPool::execute).
    pub fn get_count(&self, key: impl Serialize) -> Result<usize>
    where
        T: Clustered,
    {
        self.select().get_count(key)
    }

    /// Deletes the objects of a row in a range, as [`SelectObjects::range`](crate::SelectObjects::range) has it. Gives
    /// the timestamp of the deletion.
    ///
    /// It is one deletion, however many objects there are (Cassandra knows it since 1.2), and also deletes those that
    /// are written to the range later with a lesser timestamp. Where one `clustering` field and a `value` are all of an
    /// object, its ends are part of the range: the interface deletes no others.
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    /// struct Reading {
    ///     #[cassa(key)]
    ///     sensor: String,
    ///     #[cassa(clustering)]
    ///     minute: i32,
    ///     #[cassa(value)]
    ///     degrees: f64,
    /// }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<Reading>("Keyspace1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let readings = pool.map::<Reading>()?;
    /// let reading = |minute| Reading { sensor: "attic".into(), minute, degrees: f64::from(minute) / 2.0 };
    /// readings.batch_insert(&(0..60).map(reading).collect::<Vec<_>>())?;
    /// readings.remove_range("attic", 10..=19)?;
    /// assert_eq!(readings.get_count("attic")?, 50);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidOption`](crate::Error::InvalidOption) for a range that has no end in the order of the row, is
    /// against it, or leaves out an end that the interface cannot; those of [`Mapper::remove`].
    pub fn remove_range<K: Serialize>(&self, key: impl Serialize, range: impl RangeBounds<K>) -> Result<i64>
    where
        T: Clustered,
    {
        self.write().remove_range(key, range)
    }

    /// Deletes the objects of a row whose clustering begins so: with a value of its first field, or a tuple of values of
    /// its first fields. Gives the timestamp of the deletion.
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    /// struct Reading {
    ///     #[cassa(key)]
    ///     sensor: String,
    ///     #[cassa(clustering)]
    ///     minute: i32,
    ///     #[cassa(value)]
    ///     degrees: f64,
    /// }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<Reading>("Keyspace1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let readings = pool.map::<Reading>()?;
    /// let reading = |minute| Reading { sensor: "attic".into(), minute, degrees: f64::from(minute) / 2.0 };
    /// readings.batch_insert(&(0..60).map(reading).collect::<Vec<_>>())?;
    /// readings.remove_prefix("attic", 10)?; // of a single field all of it
    /// assert_eq!(readings.get(("attic", 10))?, None);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`remove_range`](Self::remove_range).
    pub fn remove_prefix(&self, key: impl Serialize, prefix: impl Serialize) -> Result<i64>
    where
        T: Clustered,
    {
        self.write().remove_prefix(key, prefix)
    }
}
