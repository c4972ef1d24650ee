//! The cells of a row to an object.
//!
//! [`row`] finds each cell's field in one pass over the row and the plan's index, and offers the fields to serde by name;
//! [`column`] reads one value by the column's class, [`parts`] the values that serde wants in pieces.

mod column;
mod parts;
mod row;

use serde::Deserialize;

use super::fault::{Fault, Result};
use super::plan::Plan;
use crate::wire::hot::Row;
use row::RowDeserializer;

/// Which of a row's cells each field is in. Kept from row to row, so that nothing is allocated for most of them.
#[derive(Debug, Default)]
pub(crate) struct Slots(Vec<u32>);

/// For a field that the row has no cell of.
const ABSENT: u32 = u32::MAX;

impl Slots {
    fn fill(&mut self, plan: &Plan, row: &Row<'_>) -> Result<()> {
        self.0.clear();
        self.0.resize(plan.slots(), ABSENT);
        let mut next = 0;
        for (i, cell) in (0_u32..).zip(row.cells()) {
            match position(plan, &mut next, cell.name) {
                Some(slot) => self.0[slot] = i,
                None if plan.deny_unknown_fields() => {
                    let reason = "the row has this column, the struct no such field, and it is \
                                  `#[serde(deny_unknown_fields)]`";
                    return Err(Fault::new(reason).at(String::from_utf8_lossy(cell.name).into_owned()));
                }
                None => {}
            }
        }
        Ok(())
    }

    /// The cell at the first of these slots that has one.
    #[inline]
    fn first(&self, mut slots: std::ops::RangeInclusive<usize>) -> Option<usize> {
        slots.find_map(|slot| (self.0[slot] != ABSENT).then_some(self.0[slot] as usize))
    }
}

/// The slot of the next cell. Row and index have one order, so each is gone through once.
#[inline]
fn position(plan: &Plan, next: &mut usize, name: &[u8]) -> Option<usize> {
    while let Some((indexed, slot)) = plan.indexed(*next) {
        if indexed == name {
            *next += 1;
            return Some(slot);
        }
        if indexed > name {
            break;
        }
        *next += 1;
    }
    // No field, or a server that does not keep the order.
    plan.slot_of(name)
}

/// Reads an object of a row. It may borrow from row and key.
///
/// The key comes beside the row, as not every reply repeats it.
pub(crate) fn object<'de, T: Deserialize<'de>>(
    plan: &Plan,
    key: &'de [u8],
    row: Row<'de>,
    slots: &mut Slots,
) -> Result<T> {
    slots.fill(plan, &row)?;
    T::deserialize(RowDeserializer::new(plan.fields(), key, row, slots))
}
