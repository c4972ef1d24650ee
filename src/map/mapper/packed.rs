//! Objects as packed cells, and back, for what gathers them: units of work and loaders.

use std::collections::HashMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::encode::ended;
use super::wide::Slice;
use super::{Mapper, SelectObjects};
use crate::column_family::{ColumnFamily, RawRow};
use crate::error::{Error, Result};
use crate::map::column_of::Version;
use crate::map::de::Slots;
use crate::map::field::{ColumnFamilyMap, Fields, Nulls, VersionedColumns};
use crate::map::plan::{Layout, Plan};
use crate::map::ser::{Cells, Packed};
use crate::marshal::Value;
use crate::wire::hot;

/// An object, and the row that it was read from.
pub(crate) struct Loaded<T> {
    pub(crate) id: Packed,
    pub(crate) object: T,
    pub(crate) row: RawRow,
}

/// An object that is to be written if its version is still the one that it was read with.
pub(crate) struct PackedVersion {
    pub(crate) key: Vec<u8>,
    /// The name of the column of the version.
    pub(crate) name: Vec<u8>,
    /// The version that it was read with; `None` for a new object.
    pub(crate) expected: Option<Vec<u8>>,
    /// All columns, that of the new version among them.
    pub(crate) columns: Vec<(Vec<u8>, Vec<u8>)>,
    pub(crate) ttl: Option<i32>,
}

impl PackedVersion {
    /// The version that it is written with.
    pub(crate) fn written(&self) -> Option<&[u8]> {
        self.columns.iter().find(|(name, _)| *name == self.name).map(|(_, value)| &**value)
    }
}

impl<T> Mapper<T> {
    /// How the struct is stored.
    pub(crate) fn the_plan(&self) -> &Plan {
        self.plan()
    }

    /// Packs what an object is found by.
    pub(crate) fn pack_identity(&self, id: impl Serialize) -> Result<Packed> {
        self.identity(&id)
    }

    /// The packed name of an object's column, by the name of its field.
    pub(crate) fn pack_column_name(&self, id: &Packed, name: &str) -> Result<Vec<u8>> {
        Ok(self.name_of(id, self.column(name)?.slot)?.into_owned())
    }

    /// Whether a row has several objects that are columns of it.
    pub(crate) fn is_wide(&self) -> bool {
        self.has_items()
    }

    /// The columns that an object of a wide row is, from one name to another; `None` in other layouts.
    pub(crate) fn columns_of(&self, id: &Packed) -> Option<(Vec<u8>, Vec<u8>)> {
        let item = id.item.as_deref()?;
        Some(match self.plan().layout() {
            Layout::Timeline => (item.to_vec(), item.to_vec()),
            _ => (ended(item, 0xff), ended(item, 1)),
        })
    }

    /// The names that a read asks for; `None` where it asks for all.
    pub(crate) fn asked_names(&self) -> Option<impl ExactSizeIterator<Item = &[u8]>> {
        (!self.plan().reads_all()).then(|| self.plan().names())
    }

    /// The names that a read of an object of a wide row asks for.
    pub(crate) fn asked_names_of_item(&self, id: &Packed) -> Result<Vec<Vec<u8>>> {
        self.names_of_item(id)
    }

    /// The seconds after which a write of these cells expires.
    pub(crate) fn ttl_of(&self, given: Option<i32>, cells: &Cells) -> Option<i32> {
        given.or(cells.ttl()).or(self.plan().family().ttl).filter(|seconds| *seconds > 0)
    }

    /// Whether a field that is `None` deletes its column when an object is inserted.
    pub(crate) fn deletes_nulls(&self) -> bool {
        self.plan().family().nulls == Nulls::Delete
    }
}

impl<T: Fields + DeserializeOwned> Mapper<T> {
    /// Reads objects of wide rows by these identities, in their order, without those that are not there. Tells which
    /// cells were read for each.
    pub(crate) fn load_items(
        &self,
        ids: &[Packed],
        told: impl FnMut(&Packed, hot::Cells<'_>),
    ) -> Result<Vec<T>> {
        self.select().items_of(ids, told)
    }

    /// Reads the objects of these identities, in their order, without those that are not there.
    pub(crate) fn load(&self, ids: Vec<Packed>) -> Result<Vec<Loaded<T>>> {
        let mut slots = Slots::default();
        let rows = self.select().rows_of(ids)?;
        let load = |(id, row): (Packed, RawRow)| {
            let object = self.object(&row, id.super_column.as_deref(), &mut slots)?;
            Ok(Loaded { id, object, row })
        };
        rows.into_iter().map(load).collect()
    }
}

impl<T: ColumnFamilyMap + Serialize> Mapper<T> {
    /// Packs an object.
    pub(crate) fn pack_object(&self, object: &T, cells: &mut Cells) -> Result<()> {
        self.fill(cells, object)
    }

    /// Packs what an object is found by.
    pub(crate) fn pack_identity_of(&self, object: &T) -> Result<Packed> {
        self.identity_of(object)
    }
}

impl<T: VersionedColumns + Serialize> Mapper<T> {
    /// Packs an object with its next version, which it has afterwards.
    pub(crate) fn pack_version(&self, object: &mut T, given_ttl: Option<i32>) -> Result<PackedVersion> {
        let read = *object.version_mut();
        *object.version_mut() = read.next();
        let packed = self.pack_next_version(object, read, given_ttl);
        if packed.is_err() {
            *object.version_mut() = read;
        }
        packed
    }

    fn pack_next_version(&self, object: &T, read: T::Version, ttl: Option<i32>) -> Result<PackedVersion> {
        let (plan, mut cells) = (self.plan(), Cells::default());
        self.fill(&mut cells, object)?;
        let key = cells.key(plan).to_vec();
        let expected = self.packed_version(read).map_err(|e| e.at(self.column_family().key_place(&key)))?;
        let columns = cells.iter(plan).filter_map(|(name, value)| Some((name.to_vec(), value?.to_vec())));
        Ok(PackedVersion {
            name: plan.name(self.version().slot).to_vec(),
            expected: (!read.is_new()).then_some(expected),
            columns: columns.collect(),
            ttl: self.ttl_of(ttl, &cells),
            key,
        })
    }
}

/// Says that an object was written by another since it was read.
pub(crate) fn conflict(
    cf: &ColumnFamily,
    key: &[u8],
    name: &[u8],
    expected: Option<&[u8]>,
    current: Option<&[u8]>,
) -> Error {
    let class = cf.definition().validator_of(name);
    let shown = |version: Option<&[u8]>| {
        let value = version.map(|version| {
            let bytes = bytes::Bytes::copy_from_slice(version);
            class.unpack(&bytes).unwrap_or(Value::Bytes(bytes)).to_string()
        });
        value.map_or_else(|| "none".into(), Into::into)
    };
    Error::Conflict { at: Box::new(cf.key_place(key)), expected: shown(expected), current: shown(current) }
}

impl<T: Fields + DeserializeOwned> SelectObjects<'_, T> {
    /// The rows of these identities, in their order, without those that are not there.
    pub(super) fn rows_of(self, ids: Vec<Packed>) -> Result<Vec<(Packed, RawRow)>> {
        let mapper = self.mapper;
        // One call is of one super column, or of none.
        let mut calls: HashMap<Option<Vec<u8>>, Vec<Vec<u8>>> = HashMap::new();
        for id in &ids {
            calls.entry(id.super_column.clone()).or_default().push(id.key.clone());
        }
        let mut rows = HashMap::new();
        let select = self.select?;
        for (super_column, keys) in calls {
            let select = SelectObjects { mapper, select: Ok(select.clone()), slice: Ok(Slice::default()) };
            let select = select.object(super_column.clone())?;
            for row in select.raw_multiget(keys)? {
                let (key, super_column) = (row.key().to_vec(), super_column.clone());
                rows.insert(Packed { key, super_column, item: None }, row);
            }
        }
        Ok(ids.into_iter().filter_map(|id| rows.remove(&id).map(|row| (id, row))).collect())
    }
}
