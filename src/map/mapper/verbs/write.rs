//! To write: plain columns, counters, and by version.

use serde::Serialize;

use super::super::Mapper;
use crate::error::Result;
use crate::map::column_of::{Assignment, ColumnOf};
use crate::map::field::{ColumnFamilyMap, CounterColumns, PlainColumns, VersionedColumns};

impl<T: ColumnFamilyMap> Mapper<T> {
    /// Writes an object: a column for each field. Gives the timestamp that they were written with.
    ///
    /// A field that is `None` is not written, and an older value of its column stays; with
    /// `#[cassa(nulls = "delete")]` the column is deleted.
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
    /// airports.insert(&Airport { code: "EWR".into(), name: "Newark Liberty Intl".into(), feet: Some(18) })?;
    /// // no column is written for `None`, and the older one stays
    /// airports.insert(&Airport { code: "EWR".into(), name: "Newark".into(), feet: None })?;
    /// let newark = airports.get("EWR")?.expect("just inserted");
    /// assert_eq!((&*newark.name, newark.feet), ("Newark", Some(18)));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Field`](crate::Error::Field) where a value does not fit its column; nothing is sent then.
    /// [`Error::NothingToWrite`](crate::Error::NothingToWrite) where all fields are `None`, as Cassandra keeps no row
    /// without a column; those of [`ConnectionPool::execute`](crate::ConnectionPool::execute).
    pub fn insert(&self, object: &T) -> Result<i64>
    where
        T: PlainColumns + Serialize,
    {
        self.write().insert(object)
    }

    /// Writes some of an object's columns. Gives the timestamp that they were written with.
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
    /// let other = Airport { code: "EWR".into(), name: "…".into(), feet: Some(18) };
    /// airports.insert_columns(&other, [Airport::COLUMNS.feet])?;
    /// let newark = airports.get("EWR")?.expect("it was inserted");
    /// assert_eq!((&*newark.name, newark.feet), ("Newark Liberty Intl", Some(18)));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Mapper::insert`]; [`Error::Mapping`](crate::Error::Mapping) where a
    /// [named](crate::ColumnOf::named) column is none of the struct's.
    pub fn insert_columns(&self, object: &T, columns: impl IntoIterator<Item = ColumnOf<T>>) -> Result<i64>
    where
        T: PlainColumns + Serialize,
    {
        self.write().insert_columns(object, columns)
    }

    /// Writes several objects, in batches. Gives the timestamp of the last batch.
    ///
    /// An error leaves the batches before it written. Of two objects with one key the later one wins.
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
    /// assert_eq!(airports.get_range().count(), 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Mapper::insert`].
    pub fn batch_insert<'o>(&self, objects: impl IntoIterator<Item = &'o T>) -> Result<i64>
    where
        T: PlainColumns + Serialize + 'o,
    {
        self.write().batch_insert(objects)
    }
}

impl<T: ColumnFamilyMap> Mapper<T> {
    /// Gives columns of an object new values, without reading it; `None` deletes a column. Gives the timestamp of the
    /// write.
    ///
    /// As everywhere in Cassandra, an object that is not there is made by it.
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
    /// airports.insert(&airport("EWR", "Newark"))?;
    /// airports.update("EWR", [Airport::COLUMNS.name.set("Newark Liberty Intl"), Airport::COLUMNS.feet.set(18)])?;
    /// airports.update("EWR", [Airport::COLUMNS.feet.set(None::<i32>)])?;
    /// let newark = airports.get("EWR")?.expect("it was inserted");
    /// assert_eq!((&*newark.name, newark.feet), ("Newark Liberty Intl", None));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Field`](crate::Error::Field) where the key or a value does not fit its class; nothing is sent then.
    /// [`Error::NothingToWrite`](crate::Error::NothingToWrite) without an assignment;
    /// [`Error::Mapping`](crate::Error::Mapping) where a [named](crate::ColumnOf::named) column is none of the struct's;
    /// those of [`ConnectionPool::execute`](crate::ConnectionPool::execute).
    pub fn update<'v>(
        &self,
        id: impl Serialize,
        assignments: impl IntoIterator<Item = Assignment<'v, T>>,
    ) -> Result<i64>
    where
        T: PlainColumns + 'v,
    {
        self.write().update(id, assignments)
    }
}

impl<T: ColumnFamilyMap> Mapper<T> {
    /// Adds an object's counters to those that are stored; what is not there counts from 0.
    ///
    /// There is no `insert` of counters: one that was read, changed and inserted would count double.
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    /// struct Hits {
    ///     #[cassa(key)]
    ///     page: String,
    ///     #[cassa(counter)]
    ///     views: i64,
    ///     #[cassa(counter)]
    ///     clicks: i64,
    /// }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<Hits>("Keyspace1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let hits = pool.map::<Hits>()?;
    /// hits.add(&Hits { page: "/".into(), views: 2, clicks: 1 })?;
    /// hits.add(&Hits { page: "/".into(), views: 1, clicks: 0 })?;
    /// assert_eq!(hits.get("/")?, Some(Hits { page: "/".into(), views: 3, clicks: 1 }));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Field`](crate::Error::Field) where the key does not fit its class; nothing is sent then. Those of
    /// [`ConnectionPool::execute`](crate::ConnectionPool::execute). After a
    /// time-out or a broken connection it is not known whether the numbers were added, and nothing is tried again
    /// unless [`retry_counters`](crate::WriteObjects::retry_counters) says so.
    pub fn add(&self, object: &T) -> Result<()>
    where
        T: CounterColumns + Serialize,
    {
        self.write().add(object)
    }

    /// Adds a number to one counter of an object.
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    /// struct Hits {
    ///     #[cassa(key)]
    ///     page: String,
    ///     #[cassa(counter)]
    ///     views: i64,
    ///     #[cassa(counter)]
    ///     clicks: i64,
    /// }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<Hits>("Keyspace1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let hits = pool.map::<Hits>()?;
    /// hits.add(&Hits { page: "/".into(), views: 2, clicks: 0 })?;
    /// hits.add_to("/", Hits::COLUMNS.clicks, 5)?;
    /// assert_eq!(hits.get("/")?, Some(Hits { page: "/".into(), views: 2, clicks: 5 }));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Mapper::add`].
    pub fn add_to(&self, id: impl Serialize, counter: ColumnOf<T>, number: i64) -> Result<()>
    where
        T: CounterColumns,
    {
        self.write().add_to(id, counter, number)
    }
}

impl<T: ColumnFamilyMap> Mapper<T> {
    /// Writes an object if the stored one has the version that this one was read with, and counts its version up.
    ///
    /// An object whose version is 0 is new: nothing may be stored under its key. The server compares and writes in one
    /// step (Thrift's `cas`, from Cassandra 2.0 on) and sets the timestamps, so that such objects are written by nothing
    /// but `save`. A field that is `None` is not written.
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    /// struct Account {
    ///     #[cassa(key)]
    ///     owner: String,
    ///     balance: i64,
    ///     #[cassa(version)]
    ///     version: i64,
    /// }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<Account>("Keyspace1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let accounts = pool.map::<Account>()?;
    /// let mut account = Account { owner: "ann".into(), balance: 10, version: 0 };
    /// accounts.save(&mut account)?;
    /// assert_eq!(account.version, 1);
    ///
    /// let mut other = accounts.get("ann")?.expect("it was saved");
    /// account.balance += 5;
    /// accounts.save(&mut account)?;
    /// other.balance -= 3; // it does not know of the 5
    /// let error = accounts.save(&mut other).expect_err("another version is stored");
    /// assert_eq!(error.to_string().rsplit(": ").next(), Some("expected version 1, the stored one is 2"));
    /// assert_eq!(accounts.get("ann")?, Some(account));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Conflict`](crate::Error::Conflict) where the stored version is another; those of [`Mapper::insert`].
    /// After a time-out or a broken connection it is not known whether the object was saved: read it again.
    pub fn save(&self, object: &mut T) -> Result<()>
    where
        T: VersionedColumns + Serialize,
    {
        self.write().save(object)
    }
}
