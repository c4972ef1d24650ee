//! The verbs that write.

use serde::Serialize;

use super::Mapper;
use crate::column_family::{Batches, Write};
use crate::error::{Error, Result};
use crate::map::field::{ColumnFamilyMap, Nulls};
use crate::map::ser::{self, Cells};
use crate::wire::hot::{Batch, Deletion, SlicePredicate};

impl<T: ColumnFamilyMap + Serialize> Mapper<T> {
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
    /// [`Error::Field`] where a value does not fit its column; nothing is sent then. [`Error::NothingToWrite`] where all
    /// fields are `None`; those of [`ConnectionPool::execute`](crate::ConnectionPool::execute).
    pub fn insert(&self, object: &T) -> Result<i64> {
        let write = self.write();
        let mut cells = Cells::default();
        self.fill(&mut cells, object)?;
        let (mut batch, timestamp) = (Batch::default(), write.stamp());
        self.put(&cells, timestamp, &mut batch);
        write.send(&batch, || self.cf.key_place(cells.key()))?;
        Ok(timestamp)
    }

    /// Writes several objects, in batches. Gives the timestamp of the last batch.
    ///
    /// An error leaves the batches before it written. Of two objects with one key the later one wins.
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
    /// let airports = pool.map::<Airport>()?;
    /// let airport = |code: &str, name: &str| Airport { code: code.into(), name: name.into() };
    /// airports.batch_insert(&[airport("EWR", "Newark Liberty Intl"), airport("JFK", "John F Kennedy Intl")])?;
    /// assert_eq!(airports.get_range().count(), 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Mapper::insert`].
    pub fn batch_insert<'a>(&self, objects: impl IntoIterator<Item = &'a T>) -> Result<i64>
    where
        T: 'a,
    {
        let write = self.write();
        let mut batches = Batches::new(&write);
        let mut cells = Cells::default();
        for object in objects {
            self.fill(&mut cells, object)?;
            batches.start(cells.key())?;
            let timestamp = batches.timestamp;
            self.put(&cells, timestamp, &mut batches.batch);
        }
        batches.finish()
    }

    /// Deletes an object's row, with all its columns. Gives the timestamp of the deletion.
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
    /// airports.remove(&newark)?;
    /// assert_eq!(airports.get("EWR")?, None);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Field`] where the key does not fit its class; those of
    /// [`ConnectionPool::execute`](crate::ConnectionPool::execute).
    pub fn remove(&self, object: &T) -> Result<i64> {
        let mut cells = Cells::default();
        cells.fill_key(self.plan(), object).map_err(|fault| self.error(None, &fault))?;
        self.write().raw_remove_row(cells.key())
    }

    fn fill(&self, cells: &mut Cells, object: &T) -> Result<()> {
        if let Err(fault) = cells.fill(self.plan(), object) {
            // The key may have been packed before the field that failed.
            let key = Some(cells.key()).filter(|key| !key.is_empty());
            return Err(self.error(key, &fault));
        }
        if cells.iter(self.plan()).all(|(_, value)| value.is_none()) {
            return Err(Error::NothingToWrite { at: Box::new(self.cf.key_place(cells.key())) });
        }
        Ok(())
    }

    fn put(&self, cells: &Cells, timestamp: i64, batch: &mut Batch) {
        let plan = self.plan();
        batch.row(cells.key());
        batch.family(self.cf.name());
        let mut nulls = Vec::new();
        for (name, value) in cells.iter(plan) {
            match value {
                Some(value) => batch.column(name, value, timestamp, T::TTL),
                None if plan.nulls() == Nulls::Delete => nulls.push(name),
                None => {}
            }
        }
        if !nulls.is_empty() {
            let predicate = SlicePredicate { column_names: Some(nulls), slice_range: None };
            batch.deletion(&Deletion {
                timestamp: Some(timestamp),
                super_column: None,
                predicate: Some(predicate),
            });
        }
    }
}

impl<T: ColumnFamilyMap> Mapper<T> {
    /// Deletes the row of a key, with all its columns. Gives the timestamp of the deletion.
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
    /// let airports = pool.map::<Airport>()?;
    /// airports.insert(&Airport { code: "EWR".into(), name: "Newark Liberty Intl".into() })?;
    /// airports.remove_key("EWR")?;
    /// assert_eq!(airports.get("EWR")?, None);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Mapper::remove`].
    pub fn remove_key(&self, key: impl Serialize) -> Result<i64> {
        let key = self.key(&key)?;
        self.write().raw_remove_row(&key)
    }

    /// Packs a key of any type that the key's class takes.
    pub(super) fn key<K: Serialize + ?Sized>(&self, key: &K) -> Result<Vec<u8>> {
        ser::key(self.plan(), key).map_err(|fault| self.error(None, &fault))
    }

    fn write(&self) -> Write<'_> {
        self.cf.write()
    }
}
