//! The verbs that remove.

use serde::Serialize;

use super::WriteObjects;
use super::encode::{remove, remove_object};
use crate::error::{Error, Result};
use crate::map::column_of::ColumnOf;
use crate::map::field::ColumnFamilyMap;
use crate::map::ser::Packed;
use crate::wire::hot::Batch;

impl<T: ColumnFamilyMap> WriteObjects<'_, T> {
    /// Deletes an object, with all its columns. [`Mapper::remove`](super::Mapper::remove) has an example.
    ///
    /// # Errors
    /// As [`Mapper::remove`](super::Mapper::remove).
    pub fn remove(self, object: &T) -> Result<i64>
    where
        T: Serialize,
    {
        let id = self.mapper.identity_of(object)?;
        self.remove_identity(&id)
    }

    /// Deletes the object of a key. [`Mapper::remove_key`](super::Mapper::remove_key) has an example.
    ///
    /// # Errors
    /// As [`Mapper::remove`](super::Mapper::remove).
    pub fn remove_key(self, id: impl Serialize) -> Result<i64> {
        let id = self.mapper.identity(&id)?;
        self.remove_identity(&id)
    }

    /// Deletes a row, with all objects in it. [`Mapper::remove_row`](super::Mapper::remove_row) has an example.
    ///
    /// # Errors
    /// As [`Mapper::remove`](super::Mapper::remove).
    pub fn remove_row(self, key: impl Serialize) -> Result<i64> {
        let key = self.mapper.row_key(&key)?;
        self.remove_identity(&Packed { key, ..Packed::default() })
    }

    /// Deletes some columns of an object. [`Mapper::remove_columns`](super::Mapper::remove_columns) has an example.
    ///
    /// # Errors
    /// As [`Mapper::remove_columns`](super::Mapper::remove_columns).
    pub fn remove_columns(
        self,
        id: impl Serialize,
        columns: impl IntoIterator<Item = ColumnOf<T>>,
    ) -> Result<i64> {
        let mapper = self.mapper;
        let id = mapper.identity(&id)?;
        let names = mapper.names(&id, columns)?;
        if names.is_empty() {
            return Err(Error::NothingToWrite { at: Box::new(mapper.place(&id)) });
        }
        let names = names.iter().map(|name| &**name).collect();
        self.delete(&id, |timestamp, batch| remove(id.super_column.as_deref(), names, timestamp, batch))
    }

    fn remove_identity(&self, id: &Packed) -> Result<i64> {
        self.delete(id, |timestamp, batch| remove_object(self.mapper.plan(), id, timestamp, batch))
    }

    pub(super) fn delete(&self, id: &Packed, fill: impl FnOnce(i64, &mut Batch)) -> Result<i64> {
        let (mut batch, timestamp) = (Batch::default(), self.write.stamp());
        batch.row(&id.key);
        batch.family(self.mapper.cf.name());
        fill(timestamp, &mut batch);
        self.write.send(&batch, || self.mapper.place(id))?;
        Ok(timestamp)
    }
}
