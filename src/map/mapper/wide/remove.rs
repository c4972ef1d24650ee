//! The verbs that remove several objects of a row.

use std::ops::RangeBounds;

use serde::Serialize;

use super::super::WriteObjects;
use super::super::encode::remove_slice;
use super::Slice;
use crate::error::{Error, Result};
use crate::map::field::Clustered;
use crate::map::ser::Packed;

impl<T: Clustered> WriteObjects<'_, T> {
    /// Deletes the objects of a row in a range. [`Mapper::remove_range`](crate::Mapper::remove_range) has an example.
    ///
    /// # Errors
    /// As [`Mapper::remove_range`](crate::Mapper::remove_range).
    pub fn remove_range<K: Serialize>(self, key: impl Serialize, range: impl RangeBounds<K>) -> Result<i64> {
        let mut slice = Slice::default();
        slice.put_range(self.mapper, range.start_bound(), range.end_bound())?;
        self.remove_slice(&key, &slice)
    }

    /// Deletes the objects of a row whose clustering begins so.
    /// [`Mapper::remove_prefix`](crate::Mapper::remove_prefix) has an example.
    ///
    /// # Errors
    /// As [`Mapper::remove_range`](crate::Mapper::remove_range).
    pub fn remove_prefix(self, key: impl Serialize, prefix: impl Serialize) -> Result<i64> {
        let mut slice = Slice::default();
        slice.put_prefix(self.mapper, &prefix)?;
        self.remove_slice(&key, &slice)
    }

    fn remove_slice(self, key: &impl Serialize, slice: &Slice) -> Result<i64> {
        let mapper = self.mapper;
        let key = mapper.row_key(key)?;
        let ends = slice.ends(mapper.plan())?;
        if !ends.without.is_empty() {
            let why = "expected ends that are part of the range, as in `a..=b`: of objects whose name is a single field the \
                       interface deletes no others; got one that is not";
            return Err(Error::InvalidOption { option: "range", why: why.into() });
        }
        if ends.start.is_empty() && ends.finish.is_empty() {
            let why = "expected a start or a finish, got none (to delete all objects, remove the row)";
            return Err(Error::InvalidOption { option: "range", why: why.into() });
        }
        let id = Packed { key, ..Packed::default() };
        if ends.is_nothing {
            return Ok(self.write.stamp());
        }
        self.delete(&id, |timestamp, batch| remove_slice(&ends.start, &ends.finish, timestamp, batch))
    }
}
