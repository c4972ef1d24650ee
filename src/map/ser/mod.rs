//! An object to the cells of its row.
//!
//! serde tells the fields one by one. [`row`] finds each in the plan, [`column`] packs its value by the column's class,
//! [`parts`] takes the values that come in pieces, and [`rest`] the map of columns that are no fields; [`identity`] packs
//! what an object is found by, of the object or given alone.

mod column;
mod identity;
mod json;
mod parts;
mod refuse;
mod rest;
mod row;

use std::ops::Range;

use serde::Serialize;

use super::fault::Result;
use super::plan::{Layout, Plan, Planned};
use super::wide_name;
use column::{ColumnSerializer, Written};
use identity::too_long;
pub(crate) use identity::{Packed, bound, identity, row_key};
use row::{RowSerializer, Wanted};

/// One object's identity and cells. Kept from object to object, so that nothing is allocated for most of them.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    /// The parts of the identity, the names of columns that are no fields, and all values, one behind the other.
    bytes: Vec<u8>,
    /// The place of each part of the identity in `bytes`.
    parts: Vec<Option<Range<usize>>>,
    /// The row key, where it is put together of several parts.
    key: Vec<u8>,
    /// The clustering in `bytes`, as it stands in the names of the object's columns.
    item: Range<usize>,
    cells: Vec<Cell>,
    /// What a `ttl` field says.
    ttl: Option<i32>,
}

#[derive(Debug)]
struct Cell {
    name: Name,
    /// Its place in `bytes`; `None` for a field that is null.
    value: Option<Range<usize>>,
}

#[derive(Debug)]
enum Name {
    /// The plan's, of this slot.
    Slot(usize),
    /// Of a column that is no field, in `bytes`.
    Own(Range<usize>),
}

impl Cells {
    /// Takes an object's cells in place of those held so far.
    pub(crate) fn fill<T: Serialize + ?Sized>(&mut self, plan: &Plan, object: &T) -> Result<()> {
        self.take(plan, object, Wanted::All)
    }

    /// Takes only the cells whose slots are marked.
    pub(crate) fn fill_some<T: Serialize + ?Sized>(
        &mut self,
        plan: &Plan,
        object: &T,
        slots: &[bool],
    ) -> Result<()> {
        self.take(plan, object, Wanted::Slots(slots))
    }

    /// Takes an object's identity and no cell.
    pub(crate) fn fill_identity<T: Serialize + ?Sized>(&mut self, plan: &Plan, object: &T) -> Result<()> {
        self.take(plan, object, Wanted::Identity)
    }

    fn take<T: Serialize + ?Sized>(&mut self, plan: &Plan, object: &T, wanted: Wanted<'_>) -> Result<()> {
        self.clear(plan);
        object.serialize(RowSerializer::new(plan, wanted, self))?;
        self.finish_identity(plan)?;
        self.name_cells(plan, 0)?;
        match plan.layout() {
            Layout::Prefix { has_marker: true }
                if !matches!(wanted, Wanted::Identity) && !plan.holds_counters() =>
            {
                self.mark(plan)
            }
            _ => Ok(()),
        }
    }

    fn clear(&mut self, plan: &Plan) {
        self.bytes.clear();
        self.parts.clear();
        self.parts.resize(plan.identity().parts().len(), None);
        self.key.clear();
        self.item = 0..0;
        self.cells.clear();
        self.ttl = None;
    }

    /// Takes an identity, and no cell yet.
    pub(crate) fn set_identity(&mut self, plan: &Plan, id: &Packed) {
        self.clear(plan);
        if plan.identity().has_composite_key() {
            self.key.extend_from_slice(&id.key);
        } else {
            self.parts[0] = Some(self.append(&id.key));
        }
        if let Some(name) = &id.super_column {
            self.parts[plan.identity().key().len()] = Some(self.append(name));
        }
        if let Some(item) = &id.item {
            self.item = self.append(item);
        }
    }

    fn append(&mut self, bytes: &[u8]) -> Range<usize> {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        start..self.bytes.len()
    }

    /// Adds the cell of one column, whose value `pack` appends if there is one.
    pub(crate) fn assign(
        &mut self,
        plan: &Plan,
        column: &Planned,
        pack: impl FnOnce(&Plan, &Planned, &mut Vec<u8>) -> Result<Option<()>>,
    ) -> Result<()> {
        let start = self.bytes.len();
        let value = pack(plan, column, &mut self.bytes)?.map(|()| start..self.bytes.len());
        self.cells.push(Cell { name: Name::Slot(column.slot), value });
        self.name_cells(plan, self.cells.len() - 1)
    }

    /// Gives the cells from this one on the names that they have in a wide row: behind the object's clustering.
    fn name_cells(&mut self, plan: &Plan, from: usize) -> Result<()> {
        if let Layout::Row | Layout::SuperColumn = plan.layout() {
            return Ok(());
        }
        let item = self.item.clone();
        if plan.layout() == Layout::Timeline {
            self.cells[from..].iter_mut().for_each(|cell| cell.name = Name::Own(item.clone()));
            return Ok(());
        }
        for i in from..self.cells.len() {
            let Name::Slot(slot) = self.cells[i].name else { continue };
            let start = self.bytes.len();
            // The clustering is in front of what is appended, in the same bytes.
            let is_static = plan.is_static(slot);
            let in_front = if is_static { 0..0 } else { item.clone() };
            self.bytes.extend_from_within(in_front);
            wide_name::put(plan, &[], plan.name(slot), is_static, &mut self.bytes)
                .ok()
                .filter(|()| self.bytes.len() - start <= usize::from(u16::MAX))
                .ok_or_else(|| too_long("the name of a column", self.bytes.len() - start))?;
            self.cells[i].name = Name::Own(start..self.bytes.len());
        }
        Ok(())
    }

    /// Adds the cell that says, in a table that was made in CQL, that the object is there.
    fn mark(&mut self, plan: &Plan) -> Result<()> {
        let start = self.bytes.len();
        self.bytes.extend_from_within(self.item.clone());
        wide_name::put(plan, &[], wide_name::MARKER, false, &mut self.bytes)
            .map_err(|length| too_long("the name of a column", length))?;
        let end = self.bytes.len();
        self.cells.push(Cell { name: Name::Own(start..end), value: Some(end..end) });
        Ok(())
    }

    /// The clustering, as it stands in the names of the object's columns; `None` in other layouts.
    pub(crate) fn item(&self, plan: &Plan) -> Option<&[u8]> {
        (!plan.identity().clustering().is_empty()).then(|| &self.bytes[self.item.clone()])
    }

    /// The packed row key; empty as long as it is not known.
    pub(crate) fn key(&self, plan: &Plan) -> &[u8] {
        if plan.identity().has_composite_key() { &self.key } else { self.part(0) }
    }

    /// The packed name of the super column.
    pub(crate) fn super_column(&self, plan: &Plan) -> Option<&[u8]> {
        plan.identity().super_column().map(|_| self.part(plan.identity().key().len()))
    }

    fn part(&self, i: usize) -> &[u8] {
        self.parts.get(i).and_then(Option::as_ref).map_or(&[], |range| &self.bytes[range.clone()])
    }

    /// The seconds to live that the object itself says.
    pub(crate) fn ttl(&self) -> Option<i32> {
        self.ttl
    }

    /// Each column's name and value, in the order of declaration; a null has no value.
    pub(crate) fn iter<'a>(
        &'a self,
        plan: &'a Plan,
    ) -> impl ExactSizeIterator<Item = (&'a [u8], Option<&'a [u8]>)> + Clone {
        self.cells.iter().map(|cell| {
            let value = cell.value.clone().map(|range| &self.bytes[range]);
            let name = match &cell.name {
                Name::Slot(slot) => plan.name(*slot),
                Name::Own(range) => &self.bytes[range.clone()],
            };
            (name, value)
        })
    }
}

/// The value of one column alone, as conditions and updates have it; `None` for a null.
pub(crate) fn value<V: Serialize + ?Sized>(
    plan: &Plan,
    column: &Planned,
    value: &V,
    out: &mut Vec<u8>,
) -> Result<Option<()>> {
    let written = row::write(column, value, out);
    match written.map_err(|fault| fault.at_column(plan.text(column.slot), column.name))? {
        Written::Value => Ok(Some(())),
        Written::Null => Ok(None),
    }
}
