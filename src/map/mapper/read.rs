//! The verbs that read.

use std::collections::HashSet;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::objects::Row;
use super::{Mapper, Objects, SelectObjects};
use crate::column_family::{PackedExpression, RawRow};
use crate::error::Result;
use crate::map::column_of::Condition;
use crate::map::de::{self, Found, Slots};
use crate::map::field::Fields;
use crate::map::plan::Layout;
use crate::map::schema::mapping;
use crate::map::ser::Packed;

impl<T: Fields + DeserializeOwned> SelectObjects<'_, T> {
    /// The object of a key; `None` where there is none of its columns. [`Mapper::get`] has an example.
    ///
    /// # Errors
    /// As [`Mapper::get`].
    pub fn get(self, id: impl Serialize) -> Result<Option<T>> {
        let mapper = self.mapper;
        let id = mapper.identity(&id)?;
        if mapper.has_items() {
            return self.get_item(&id);
        }
        let row = self.object(id.super_column.clone())?.raw_get(&id.key)?;
        row.map(|row| mapper.object(&row, id.super_column.as_deref(), &mut Slots::default())).transpose()
    }

    /// The objects of several keys, in the order asked for, each once; absent ones are left out. [`Mapper::multiget`]
    /// has an example.
    ///
    /// # Errors
    /// As [`Mapper::get`].
    pub fn multiget<K: Serialize>(self, ids: impl IntoIterator<Item = K>) -> Result<Vec<T>> {
        let mapper = self.mapper;
        let mut seen = HashSet::new();
        let ids = ids.into_iter().map(|id| mapper.identity(&id)).collect::<Result<Vec<_>>>()?;
        let ids: Vec<Packed> = ids.into_iter().filter(|id| seen.insert(id.clone())).collect();
        if mapper.has_items() {
            return self.get_items(&ids);
        }
        let mut slots = Slots::default();
        let rows = self.rows_of(ids)?;
        rows.iter().map(|(id, row)| mapper.object(row, id.super_column.as_deref(), &mut slots)).collect()
    }

    /// All objects of a row: of super columns one each. [`Mapper::get_row`] has an example.
    ///
    /// # Errors
    /// As [`Mapper::get`].
    pub fn get_row(self, key: impl Serialize) -> Result<Vec<T>> {
        let mapper = self.mapper;
        if mapper.has_items() {
            let (mut cursor, mut slots) = (self.cursor(&key)?, Slots::default());
            return std::iter::from_fn(|| cursor.next(mapper, &mut slots)).collect();
        }
        let key = mapper.row_key(&key)?;
        let Some(row) = self.rows()?.raw_get(&key)? else { return Ok(Vec::new()) };
        let (mut row, mut slots) = (Row::new(row), Slots::default());
        std::iter::from_fn(|| row.next(mapper, &mut slots)).collect()
    }

    /// The objects of a range of rows, in the order of the ring. [`Mapper::get_range`] has an example; what is wrong with
    /// the options is the first item.
    #[must_use = "an iterator does nothing until it is asked"]
    pub fn get_range(self) -> Objects<T> {
        let mapper = self.mapper.clone();
        if mapper.has_items() {
            return self.items_of_range();
        }
        Objects::new(mapper, self.rows().and_then(crate::column_family::Select::raw_get_range))
    }

    /// The objects that meet conditions, in the order of the ring. [`Mapper::get_indexed_slices`] has an example; what
    /// is wrong with the conditions is the first item.
    ///
    /// Of the options for rows [`start_key`](Self::start_key) and [`row_count`](Self::row_count) count.
    #[must_use = "an iterator does nothing until it is asked"]
    pub fn get_indexed_slices(self, condition: Condition<'_, T>) -> Objects<T> {
        let mapper = self.mapper.clone();
        let expressions = mapper.pack(&condition);
        let range = expressions.and_then(|expressions| self.rows()?.raw_get_indexed_slices(expressions));
        Objects::new(mapper, range)
    }

    /// How many objects there are in the range. [`Mapper::count`] has an example.
    ///
    /// Reads the objects' columns, page by page, and takes none of them apart.
    ///
    /// # Errors
    /// As [`Mapper::count`].
    pub fn count(self) -> Result<usize> {
        if self.mapper.has_items() {
            return self.count_items();
        }
        let is_super = self.mapper.plan().identity().super_column().is_some();
        let range = self.rows()?.raw_get_range()?;
        range.map(|row| row.map(|row| if is_super { row.len() } else { 1 })).sum()
    }
}

impl<T> Mapper<T> {
    fn pack(&self, condition: &Condition<'_, T>) -> Result<Vec<PackedExpression>> {
        if let Layout::Timeline | Layout::Prefix { .. } = self.plan().layout() {
            let why =
                "an index finds whole rows by a column's name, and these columns' names are composed of more";
            return Err(mapping::<T>(why));
        }
        let pack = |part: &crate::map::column_of::Part<'_, T>| {
            let column = self.column(part.column.name())?;
            let mut value = Vec::new();
            let packed = (part.value)(self.plan(), column, &mut value);
            let packed = packed.map_err(|fault| self.error(None, &fault))?;
            // No bytes at all is what an index has for none.
            packed.map_or_else(|| value.clear(), |()| ());
            let name = self.plan().name(column.slot).to_vec();
            Ok(PackedExpression { column: name, operator: part.operator, value })
        };
        condition.parts.iter().map(pack).collect()
    }
}

impl<T: DeserializeOwned> Mapper<T> {
    pub(super) fn object(&self, row: &RawRow, super_column: Option<&[u8]>, slots: &mut Slots) -> Result<T> {
        self.found(Found { key: row.key(), super_column, cells: row.row().cells(), statics: None }, slots)
    }

    pub(super) fn found(&self, found: Found<'_>, slots: &mut Slots) -> Result<T> {
        de::object(self.plan(), &found, slots).map_err(|fault| {
            let error = self.error(Some(found.key), &fault);
            error.at(self.place_of(found.key, found.super_column))
        })
    }
}
