//! The verbs that insert.

use std::borrow::Cow;

use serde::Serialize;

use super::encode::{Sink, Stamp, put};
use super::{Mapper, WriteObjects};
use crate::column_family::Batches;
use crate::error::{Error, Result};
use crate::map::column_of::{Assignment, ColumnOf};
use crate::map::fault;
use crate::map::field::{ColumnFamilyMap, PlainColumns};
use crate::map::plan::Layout;
use crate::map::ser::{self, Cells, Packed};
use crate::map::wide_name;
use crate::wire::hot::Batch;

impl<T: ColumnFamilyMap> WriteObjects<'_, T> {
    /// Writes an object: a column for each field. Gives the timestamp that they were written with. [`Mapper::insert`]
    /// has an example.
    ///
    /// # Errors
    /// As [`Mapper::insert`].
    pub fn insert(self, object: &T) -> Result<i64>
    where
        T: PlainColumns + Serialize,
    {
        let mut cells = Cells::default();
        self.mapper.fill(&mut cells, object)?;
        self.send(&cells)
    }

    /// Writes some of an object's columns. [`Mapper::insert_columns`] has an example.
    ///
    /// # Errors
    /// As [`Mapper::insert_columns`].
    pub fn insert_columns(self, object: &T, columns: impl IntoIterator<Item = ColumnOf<T>>) -> Result<i64>
    where
        T: PlainColumns + Serialize,
    {
        let mut cells = Cells::default();
        self.mapper.fill_some(&mut cells, object, columns)?;
        self.send(&cells)
    }

    /// Writes several objects, in batches. Gives the timestamp of the last batch. [`Mapper::batch_insert`] has an
    /// example.
    ///
    /// # Errors
    /// As [`Mapper::insert`].
    pub fn batch_insert<'o>(self, objects: impl IntoIterator<Item = &'o T>) -> Result<i64>
    where
        T: PlainColumns + Serialize + 'o,
    {
        let mapper = self.mapper;
        if mapper.has_items() || mapper.plan().identity().super_column().is_some() {
            return self.batch_insert_items(objects);
        }
        let mut batches = Batches::new(&self.write);
        let mut cells = Cells::default();
        for object in objects {
            mapper.fill(&mut cells, object)?;
            batches.start(cells.key(mapper.plan()))?;
            let stamp = self.stamp(batches.timestamp);
            mapper.put_row(&cells, stamp, &mut batches.batch);
        }
        batches.finish()
    }
}

impl<T: ColumnFamilyMap> WriteObjects<'_, T> {
    /// Gives columns of an object new values. [`Mapper::update`] has an example.
    ///
    /// # Errors
    /// As [`Mapper::update`].
    pub fn update<'v>(
        self,
        id: impl Serialize,
        assignments: impl IntoIterator<Item = Assignment<'v, T>>,
    ) -> Result<i64>
    where
        T: PlainColumns + 'v,
    {
        let mapper = self.mapper;
        let id = mapper.identity(&id)?;
        let mut batch = Batch::default();
        batch.row(&id.key);
        batch.family(mapper.cf.name());
        let timestamp = self.write.stamp();
        mapper.assign(&id, assignments, self.stamp_deleting(timestamp), &mut batch)?;
        self.write.send(&batch, || mapper.place(&id))?;
        Ok(timestamp)
    }
}

impl<T> WriteObjects<'_, T> {
    /// Sends one object's cells.
    pub(super) fn send(&self, cells: &Cells) -> Result<i64> {
        let (mapper, plan) = (self.mapper, self.mapper.plan());
        let (mut batch, timestamp) = (Batch::default(), self.write.stamp());
        mapper.put_row(cells, self.stamp(timestamp), &mut batch);
        self.write.send(&batch, || mapper.place_of(cells.key(plan), cells.super_column(plan)))?;
        Ok(timestamp)
    }
}

impl<T: ColumnFamilyMap + Serialize> Mapper<T> {
    /// Packs an object that has something to write.
    pub(super) fn fill(&self, cells: &mut Cells, object: &T) -> Result<()> {
        let filled = cells.fill(self.plan(), object);
        self.check_filled(cells, filled)
    }

    /// Packs some of an object's columns, of which one has something to write.
    pub(super) fn fill_some(
        &self,
        cells: &mut Cells,
        object: &T,
        columns: impl IntoIterator<Item = ColumnOf<T>>,
    ) -> Result<()> {
        let mut marked = vec![false; self.plan().slots()];
        for column in columns {
            marked[self.column(column.name())?.slot] = true;
        }
        let filled = cells.fill_some(self.plan(), object, &marked);
        self.check_filled(cells, filled)
    }

    fn check_filled(&self, cells: &Cells, filled: fault::Result<()>) -> Result<()> {
        if let Err(fault) = filled {
            // The key may have been packed before the field that failed.
            let key = Some(cells.key(self.plan())).filter(|key| !key.is_empty());
            return Err(self.error(key, &fault));
        }
        // Cassandra would keep a ghost of the row.
        if cells.iter(self.plan()).all(|(_, value)| value.is_none()) {
            let (key, super_column) = (cells.key(self.plan()), cells.super_column(self.plan()));
            return Err(Error::NothingToWrite { at: Box::new(self.place_of(key, super_column)) });
        }
        Ok(())
    }
}

impl<T> Mapper<T> {
    pub(super) fn put_row(&self, cells: &Cells, stamp: Stamp, batch: &mut Batch) {
        batch.row(cells.key(self.plan()));
        batch.family(self.cf.name());
        put(self.plan(), cells, stamp, batch);
    }

    /// Writes the values that columns are given; those without one are deleted.
    pub(super) fn assign<'v>(
        &self,
        id: &Packed,
        assignments: impl IntoIterator<Item = Assignment<'v, T>>,
        stamp: Stamp,
        out: &mut impl Sink,
    ) -> Result<()>
    where
        T: 'v,
    {
        let mut cells = Cells::default();
        cells.set_identity(self.plan(), id);
        for assignment in assignments {
            let column = self.column(assignment.column.name())?;
            let packed = cells.assign(self.plan(), column, &assignment.value);
            packed.map_err(|fault| self.error(Some(&id.key), &fault))?;
        }
        if cells.iter(self.plan()).len() == 0 {
            return Err(Error::NothingToWrite { at: Box::new(self.place(id)) });
        }
        put(self.plan(), &cells, stamp, out);
        Ok(())
    }

    /// The packed names of an object's columns.
    pub(super) fn names(
        &self,
        id: &Packed,
        columns: impl IntoIterator<Item = ColumnOf<T>>,
    ) -> Result<Vec<Cow<'_, [u8]>>> {
        columns.into_iter().map(|column| self.name_of(id, self.column(column.name())?.slot)).collect()
    }

    /// The packed name of the column that has this slot.
    pub(super) fn name_of(&self, id: &Packed, slot: usize) -> Result<Cow<'_, [u8]>> {
        let plan = self.plan();
        if let Layout::Row | Layout::SuperColumn = plan.layout() {
            return Ok(plan.name(slot).into());
        }
        let (item, mut name) = (id.item.as_deref().unwrap_or_default(), Vec::new());
        let put = wide_name::put(plan, item, plan.name(slot), plan.is_static(slot), &mut name);
        put.map_err(|length| {
            let why = format!("expected the name of a column of at most {} bytes, got {length}", u16::MAX);
            self.error(Some(&id.key), &fault::Fault::new(why).at(plan.text(slot)))
        })?;
        Ok(name.into())
    }

    /// Packs what an object is found by.
    pub(super) fn identity_of(&self, object: &T) -> Result<Packed>
    where
        T: Serialize,
    {
        let mut cells = Cells::default();
        cells.fill_identity(self.plan(), object).map_err(|fault| self.error(None, &fault))?;
        let (key, super_column) = (cells.key(self.plan()), cells.super_column(self.plan()));
        Ok(ser::Packed {
            key: key.to_vec(),
            super_column: super_column.map(<[u8]>::to_vec),
            item: cells.item(self.plan()).map(<[u8]>::to_vec),
        })
    }
}
