//! The verbs that remove several objects of a row.

use std::ops::RangeBounds;

use serde::Serialize;

use super::super::encode::remove_slice;
use super::super::{Mapper, MapperBatch, MapperOperation, WriteObjects};
use super::Slice;
use super::slice::Ends;
use crate::batch::Kind;
use crate::error::{Error, Result};
use crate::map::field::Clustered;
use crate::map::ser::Packed;

impl<T> WriteObjects<'_, T> {
    /// Deletes the objects of a row in a range. [`Mapper::remove_range`](crate::Mapper::remove_range) has an example.
    ///
    /// # Errors
    /// As [`Mapper::remove_range`](crate::Mapper::remove_range).
    pub fn remove_range<K: Serialize>(self, key: impl Serialize, range: impl RangeBounds<K>) -> Result<i64>
    where
        T: Clustered,
    {
        let slice = Slice::of_range(self.mapper, &range)?;
        self.remove_slice(&key, &slice)
    }

    /// Deletes the objects of a row whose clustering begins so.
    /// [`Mapper::remove_prefix`](crate::Mapper::remove_prefix) has an example.
    ///
    /// # Errors
    /// As [`Mapper::remove_range`](crate::Mapper::remove_range).
    pub fn remove_prefix(self, key: impl Serialize, prefix: impl Serialize) -> Result<i64>
    where
        T: Clustered,
    {
        let slice = Slice::of_prefix(self.mapper, &prefix)?;
        self.remove_slice(&key, &slice)
    }

    fn remove_slice(self, key: &impl Serialize, slice: &Slice) -> Result<i64>
    where
        T: Clustered,
    {
        let key = self.mapper.row_key(key)?;
        let ends = slice.ends_of_a_deletion(self.mapper)?;
        let id = Packed { key, ..Packed::default() };
        if ends.is_nothing {
            return Ok(self.write.stamp());
        }
        self.delete(&id, |timestamp, batch| remove_slice(&ends.start, &ends.finish, timestamp, batch))
    }
}

impl<T> MapperBatch<T> {
    /// Gathers the deletion of the objects of a row in a range: [`Mapper::remove_range`].
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, ColumnFamilyMap)]
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
    /// // an hour's readings become their mean
    /// let batch = readings.batch();
    /// batch.remove_range("attic", 0..=59)?.insert(&Reading { degrees: 14.75, ..reading(0) })?;
    /// batch.send()?;
    /// assert_eq!(readings.get_count("attic")?, 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Mapper::remove_range`] and, where it makes the batch full, [`send`](Self::send).
    pub fn remove_range<K: Serialize>(&self, key: impl Serialize, range: impl RangeBounds<K>) -> Result<&Self>
    where
        T: Clustered,
    {
        self.write().remove_range(key, range)
    }

    /// Gathers the deletion of the objects of a row whose clustering begins so: [`Mapper::remove_prefix`].
    ///
    /// # Errors
    /// As [`Mapper::remove_range`] and, where it makes the batch full, [`send`](Self::send).
    pub fn remove_prefix(&self, key: impl Serialize, prefix: impl Serialize) -> Result<&Self>
    where
        T: Clustered,
    {
        self.write().remove_prefix(key, prefix)
    }
}

impl<'b, T> MapperOperation<'b, T> {
    /// As [`MapperBatch::remove_range`].
    ///
    /// # Errors
    /// As [`MapperBatch::remove_range`].
    pub fn remove_range<K: Serialize>(
        self,
        key: impl Serialize,
        range: impl RangeBounds<K>,
    ) -> Result<&'b MapperBatch<T>>
    where
        T: Clustered,
    {
        let slice = Slice::of_range(&self.batch.mapper, &range)?;
        self.remove_slice(&key, &slice)
    }

    /// As [`MapperBatch::remove_prefix`].
    ///
    /// # Errors
    /// As [`MapperBatch::remove_prefix`].
    pub fn remove_prefix(self, key: impl Serialize, prefix: impl Serialize) -> Result<&'b MapperBatch<T>>
    where
        T: Clustered,
    {
        let slice = Slice::of_prefix(&self.batch.mapper, &prefix)?;
        self.remove_slice(&key, &slice)
    }

    fn remove_slice(self, key: &impl Serialize, slice: &Slice) -> Result<&'b MapperBatch<T>> {
        let MapperBatch { mapper, mutator } = self.batch;
        let (key, ends) = (mapper.row_key(key)?, slice.ends_of_a_deletion(mapper)?);
        if !ends.is_nothing {
            mutator.queue(&mapper.cf, &key, self.timestamp, Kind::Deletion, |timestamp, out| {
                remove_slice(&ends.start, &ends.finish, timestamp, out);
                Ok(())
            })?;
        }
        Ok(self.batch)
    }
}

impl Slice {
    fn of_range<T, K: Serialize>(mapper: &Mapper<T>, range: &impl RangeBounds<K>) -> Result<Slice> {
        let mut slice = Slice::default();
        slice.put_range(mapper, range.start_bound(), range.end_bound())?;
        Ok(slice)
    }

    fn of_prefix<T>(mapper: &Mapper<T>, prefix: &impl Serialize) -> Result<Slice> {
        let mut slice = Slice::default();
        slice.put_prefix(mapper, prefix)?;
        Ok(slice)
    }

    /// The ends, if there is a deletion that has them.
    fn ends_of_a_deletion<T>(&self, mapper: &Mapper<T>) -> Result<Ends> {
        let ends = self.ends(mapper.plan())?;
        if !ends.without.is_empty() {
            let why = "expected ends that are part of the range, as in `a..=b`: of objects whose name is a single field the \
                       interface deletes no others; got one that is not";
            return Err(Error::InvalidOption { option: "range", why: why.into() });
        }
        if ends.start.is_empty() && ends.finish.is_empty() {
            let why = "expected a start or a finish, got none (to delete all objects, remove the row)";
            return Err(Error::InvalidOption { option: "range", why: why.into() });
        }
        if ends.finish.is_empty() {
            let why = "expected an end at which the range stops, in the order of the row: where there is none, Cassandra deletes \
                       the column at its start and no other";
            return Err(Error::InvalidOption { option: "range", why: why.into() });
        }
        Ok(ends)
    }
}
