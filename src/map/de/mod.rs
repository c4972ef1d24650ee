//! The cells of a row to an object.
//!
//! [`slots`] finds each cell's field in one pass over the row and the plan's index; [`row`] offers the fields to serde by
//! name; [`column`] reads one value by the column's class, [`parts`] the values that serde wants in pieces, [`rest`] the
//! columns that are no fields, [`number`] what is known of the cells as a whole.

mod column;
mod number;
mod parts;
mod rest;
mod row;
mod slots;

use serde::Deserialize;

use super::fault::Result;
use super::plan::Plan;
use crate::wire::hot::Cells;
use row::{Object, RowDeserializer};
pub(crate) use slots::Slots;

/// The cells of one object, and what it was found by, all packed.
#[derive(Clone, Debug)]
pub(crate) struct Found<'de> {
    /// The key comes beside the row, as not every reply repeats it.
    pub(crate) key: &'de [u8],
    /// The name of the super column that the cells stand in.
    pub(crate) super_column: Option<&'de [u8]>,
    pub(crate) cells: Cells<'de>,
    /// The columns that a wide row has once, beside its objects.
    pub(crate) statics: Option<Cells<'de>>,
}

/// Reads an object. It may borrow from the cells and from what it was found by.
#[inline]
pub(crate) fn object<'de, T: Deserialize<'de>>(
    plan: &Plan,
    found: &Found<'de>,
    slots: &mut Slots,
) -> Result<T> {
    slots.fill(plan, found)?;
    T::deserialize(RowDeserializer::new(&Object { plan, found, slots }, plan.fields()))
}
