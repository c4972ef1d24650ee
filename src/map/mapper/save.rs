//! The verb of objects with a version.

use serde::Serialize;

use super::{Mapper, WriteObjects, conflict};
use crate::error::Result;
use crate::map::column_of::Version;
use crate::map::field::{ColumnFamilyMap, VersionedColumns};
use crate::map::plan::Planned;
use crate::map::ser::Cells;
use crate::wire::hot;

impl<T: ColumnFamilyMap> WriteObjects<'_, T> {
    /// Writes an object if the stored one has the version that this one was read with, and counts its version up.
    /// [`Mapper::save`] has an example.
    ///
    /// # Errors
    /// As [`Mapper::save`].
    pub fn save(self, object: &mut T) -> Result<()>
    where
        T: VersionedColumns + Serialize,
    {
        let read = *object.version_mut();
        *object.version_mut() = read.next();
        let saved = self.save_over(object, read);
        if saved.is_err() {
            *object.version_mut() = read;
        }
        saved
    }

    fn save_over(&self, object: &T, read: T::Version) -> Result<()>
    where
        T: VersionedColumns + Serialize,
    {
        let (mapper, plan) = (self.mapper, self.mapper.plan());
        let mut cells = Cells::default();
        mapper.fill(&mut cells, object)?;
        let key = cells.key(plan);
        let version = mapper.version();
        let name = plan.name(version.slot);
        let packed = mapper.packed_version(read).map_err(|e| e.at(mapper.cf.key_place(key)))?;
        // The server sets the timestamps of what it writes, and wants one all the same.
        let timestamp = Some(self.write.stamp());
        let ttl = self.ttl.or(cells.ttl()).or(plan.family().ttl).filter(|seconds| *seconds > 0);
        let expected = [hot::Column { name, value: Some(&packed), timestamp, ttl: None }];
        let updates = cells.iter(plan).filter_map(|(name, value)| Some((name, value?)));
        let (serial_consistency_level, commit_consistency_level) = self.write.levels();
        let request = hot::Cas {
            key,
            column_family: mapper.cf.name(),
            // None at all: there must be no such row.
            expected: Some(if read.is_new() { Vec::new() } else { expected.into() }),
            updates: updates
                .map(|(name, value)| hot::Column { name, value: Some(value), timestamp, ttl })
                .collect(),
            serial_consistency_level,
            commit_consistency_level,
        };
        let result = self.write.raw_cas(&request).map_err(|e| e.at(mapper.cf.key_place(key)))?;
        if result.success {
            return Ok(());
        }
        let current = result.current_values.into_iter().flatten().find(|column| column.name == name);
        let current = current.map(|column| column.value.unwrap_or_default());
        let expected = (!read.is_new()).then_some(&packed[..]);
        Err(conflict(&mapper.cf, key, name, expected, current.as_deref()))
    }
}

impl<T: ColumnFamilyMap> Mapper<T> {
    /// The column of the version: the derive lets no struct pass without.
    pub(super) fn version(&self) -> &Planned
    where
        T: VersionedColumns,
    {
        let name = T::FIELDS.iter().find(|field| field.role == crate::map::field::Role::Version);
        let version = name.and_then(|field| self.plan().column(field.name));
        version.expect("a struct is versioned by a field with that role")
    }

    pub(super) fn packed_version(&self, version: T::Version) -> Result<Vec<u8>>
    where
        T: VersionedColumns,
    {
        let column = self.version();
        let mut packed = Vec::new();
        let done = crate::map::ser::value(self.plan(), column, &version, &mut packed);
        done.map_err(|fault| self.error(None, &fault))?;
        Ok(packed)
    }
}
