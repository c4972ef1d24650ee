//! Writes of objects gathered and sent together.

use std::any::type_name;
use std::fmt;

use serde::Serialize;

use super::Mapper;
use super::encode::{Stamp, put, remove_object};
use crate::batch::{Kind, Mutator};
use crate::error::Result;
use crate::map::column_of::{Assignment, ColumnOf};
use crate::map::field::{ColumnFamilyMap, CounterColumns, Nulls, PlainColumns};
use crate::map::ser::{Cells, Packed};

/// Writes of objects, gathered and sent together; made by [`Mapper::batch`].
///
/// It sends by itself as soon as as much as its [`Mutator`] holds has come together, and the rest by
/// [`send`](MapperBatch::send). What a failed send leaves unacknowledged can be sent again. Shared between threads.
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
/// let batch = airports.batch();
/// batch.insert(&airport("EWR", "Newark Liberty Intl"))?.insert(&airport("JFK", "John F Kennedy Intl"))?;
/// batch.remove_key("LGA")?;
/// batch.write().ttl(60).insert(&airport("TTN", "Trenton Mercer"))?;
/// assert_eq!(airports.count()?, 0); // nothing was sent so far
/// batch.send()?;
/// assert_eq!(airports.count()?, 3);
/// # Ok(())
/// # }
/// ```
pub struct MapperBatch<T> {
    pub(super) mapper: Mapper<T>,
    pub(super) mutator: Mutator,
}

impl<T> Mapper<T> {
    /// Gathers writes, to be sent together.
    pub fn batch(&self) -> MapperBatch<T> {
        let (level, retry) = self.cf.write_defaults();
        let mutator = Mutator::new(self.cf.pool()).consistency_level(level).retry_counters(retry);
        MapperBatch { mapper: self.clone(), mutator }
    }
}

impl<T> MapperBatch<T> {
    /// Sets how the writes are gathered and sent: queue size, byte limit, consistency level, atomic. Defaults to a
    /// [`Mutator`]'s own options, at the mapper's write consistency level.
    #[must_use]
    pub fn with(self, options: impl FnOnce(Mutator) -> Mutator) -> Self {
        MapperBatch { mutator: options(self.mutator), ..self }
    }

    /// Options for the next operation: time to live and timestamp. Then the verb.
    pub fn write(&self) -> MapperOperation<'_, T> {
        MapperOperation { batch: self, ttl: None, timestamp: None }
    }

    /// The writes as a [`Mutator`], which knows how many there are, and can discard them or add writes to other column
    /// families.
    pub fn mutator(&self) -> &Mutator {
        &self.mutator
    }

    /// Sends what there is.
    ///
    /// # Errors
    /// As [`Mutator::send`]; what is not acknowledged stays, to be sent again.
    pub fn send(&self) -> Result<()> {
        self.mutator.send()
    }

    /// Gathers an insertion: [`Mapper::insert`].
    ///
    /// # Errors
    /// As [`Mapper::insert`] and, where it makes the batch full, [`send`](Self::send).
    pub fn insert(&self, object: &T) -> Result<&Self>
    where
        T: PlainColumns + Serialize,
    {
        self.write().insert(object)
    }

    /// Gathers new values of columns: [`Mapper::update`].
    ///
    /// # Errors
    /// As [`Mapper::update`] and, where it makes the batch full, [`send`](Self::send).
    pub fn update<'v>(
        &self,
        id: impl Serialize,
        assignments: impl IntoIterator<Item = Assignment<'v, T>>,
    ) -> Result<&Self>
    where
        T: PlainColumns + 'v,
    {
        self.write().update(id, assignments)
    }

    /// Gathers an addition to counters: [`Mapper::add`].
    ///
    /// # Errors
    /// As [`Mapper::add`] and, where it makes the batch full, [`send`](Self::send).
    pub fn add(&self, object: &T) -> Result<&Self>
    where
        T: CounterColumns + Serialize,
    {
        self.write().add(object)
    }

    /// Gathers an addition to one counter: [`Mapper::add_to`].
    ///
    /// # Errors
    /// As [`Mapper::add`] and, where it makes the batch full, [`send`](Self::send).
    pub fn add_to(&self, id: impl Serialize, counter: ColumnOf<T>, number: i64) -> Result<&Self>
    where
        T: CounterColumns,
    {
        self.write().add_to(id, counter, number)
    }

    /// Gathers a deletion: [`Mapper::remove`].
    ///
    /// # Errors
    /// As [`Mapper::remove`] and, where it makes the batch full, [`send`](Self::send).
    pub fn remove(&self, object: &T) -> Result<&Self>
    where
        T: ColumnFamilyMap + Serialize,
    {
        self.write().remove(object)
    }

    /// Gathers the deletion of the object of a key: [`Mapper::remove_key`].
    ///
    /// # Errors
    /// As [`Mapper::remove`] and, where it makes the batch full, [`send`](Self::send).
    pub fn remove_key(&self, id: impl Serialize) -> Result<&Self>
    where
        T: ColumnFamilyMap,
    {
        self.write().remove_key(id)
    }

    /// Gathers the deletion of a row, with all objects in it: [`Mapper::remove_row`].
    ///
    /// # Errors
    /// As [`Mapper::remove`] and, where it makes the batch full, [`send`](Self::send).
    pub fn remove_row(&self, key: impl Serialize) -> Result<&Self>
    where
        T: ColumnFamilyMap,
    {
        self.write().remove_row(key)
    }
}

/// One operation of a batch, with options; made by [`MapperBatch::write`], which has an example.
#[must_use = "options do nothing until a verb follows"]
pub struct MapperOperation<'b, T> {
    pub(super) batch: &'b MapperBatch<T>,
    ttl: Option<i32>,
    pub(super) timestamp: Option<i64>,
}

impl<'b, T> MapperOperation<'b, T> {
    /// What is inserted expires after so many seconds; with 0 never. Defaults to what object and struct say.
    pub fn ttl(mut self, seconds: i32) -> Self {
        self.ttl = Some(seconds);
        self
    }

    /// The timestamp of this operation: microseconds since 1970, by convention. Defaults to now.
    pub fn timestamp(mut self, microseconds: i64) -> Self {
        self.timestamp = Some(microseconds);
        self
    }

    /// As [`MapperBatch::insert`].
    ///
    /// # Errors
    /// As [`MapperBatch::insert`].
    pub fn insert(self, object: &T) -> Result<&'b MapperBatch<T>>
    where
        T: PlainColumns + Serialize,
    {
        self.put(object, Kind::Insertion)
    }

    /// As [`MapperBatch::add`].
    ///
    /// # Errors
    /// As [`MapperBatch::add`].
    #[expect(clippy::should_implement_trait, reason = "pycassa's word; it takes the object by reference")]
    pub fn add(self, object: &T) -> Result<&'b MapperBatch<T>>
    where
        T: CounterColumns + Serialize,
    {
        self.put(object, Kind::Counter)
    }

    /// As [`MapperBatch::update`].
    ///
    /// # Errors
    /// As [`MapperBatch::update`].
    pub fn update<'v>(
        self,
        id: impl Serialize,
        assignments: impl IntoIterator<Item = Assignment<'v, T>>,
    ) -> Result<&'b MapperBatch<T>>
    where
        T: PlainColumns + 'v,
    {
        self.assign(id, assignments, Kind::Insertion)
    }

    /// As [`MapperBatch::add_to`].
    ///
    /// # Errors
    /// As [`MapperBatch::add_to`].
    pub fn add_to(self, id: impl Serialize, counter: ColumnOf<T>, number: i64) -> Result<&'b MapperBatch<T>>
    where
        T: CounterColumns,
    {
        self.assign(id, [counter.set(number)], Kind::Counter)
    }

    /// As [`MapperBatch::remove`].
    ///
    /// # Errors
    /// As [`MapperBatch::remove`].
    pub fn remove(self, object: &T) -> Result<&'b MapperBatch<T>>
    where
        T: ColumnFamilyMap + Serialize,
    {
        let id = self.batch.mapper.identity_of(object)?;
        self.remove_identity(&id)
    }

    /// As [`MapperBatch::remove_key`].
    ///
    /// # Errors
    /// As [`MapperBatch::remove_key`].
    pub fn remove_key(self, id: impl Serialize) -> Result<&'b MapperBatch<T>>
    where
        T: ColumnFamilyMap,
    {
        let id = self.batch.mapper.identity(&id)?;
        self.remove_identity(&id)
    }

    /// As [`MapperBatch::remove_row`].
    ///
    /// # Errors
    /// As [`MapperBatch::remove_row`].
    pub fn remove_row(self, key: impl Serialize) -> Result<&'b MapperBatch<T>>
    where
        T: ColumnFamilyMap,
    {
        let key = self.batch.mapper.row_key(&key)?;
        self.remove_identity(&Packed { key, ..Packed::default() })
    }

    fn stamp(&self, timestamp: i64, nulls: Nulls) -> Stamp {
        Stamp { timestamp, ttl: self.ttl, nulls }
    }

    fn put(self, object: &T, kind: Kind) -> Result<&'b MapperBatch<T>>
    where
        T: ColumnFamilyMap + Serialize,
    {
        let MapperBatch { mapper, mutator } = self.batch;
        let mut cells = Cells::default();
        mapper.fill(&mut cells, object)?;
        let (plan, nulls) = (mapper.plan(), mapper.plan().family().nulls);
        mutator.queue(&mapper.cf, cells.key(plan), self.timestamp, kind, |timestamp, out| {
            put(plan, &cells, self.stamp(timestamp, nulls), out);
            Ok(())
        })?;
        Ok(self.batch)
    }

    fn assign<'v>(
        self,
        id: impl Serialize,
        assignments: impl IntoIterator<Item = Assignment<'v, T>>,
        kind: Kind,
    ) -> Result<&'b MapperBatch<T>>
    where
        T: 'v,
    {
        let MapperBatch { mapper, mutator } = self.batch;
        let id = mapper.identity(&id)?;
        mutator.queue(&mapper.cf, &id.key, self.timestamp, kind, |timestamp, out| {
            mapper.assign(&id, assignments, self.stamp(timestamp, Nulls::Delete), out)
        })?;
        Ok(self.batch)
    }

    fn remove_identity(self, id: &Packed) -> Result<&'b MapperBatch<T>> {
        let MapperBatch { mapper, mutator } = self.batch;
        mutator.queue(&mapper.cf, &id.key, self.timestamp, Kind::Deletion, |timestamp, out| {
            remove_object(mapper.plan(), id, timestamp, out);
            Ok(())
        })?;
        Ok(self.batch)
    }
}

impl<T> fmt::Debug for MapperBatch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MapperBatch").field("mapper", &self.mapper).field("mutator", &self.mutator).finish()
    }
}

impl<T> fmt::Debug for MapperOperation<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MapperOperation")
            .field("object", &type_name::<T>())
            .field("ttl", &self.ttl)
            .field("timestamp", &self.timestamp)
            .finish()
    }
}
