//! Which of an object's cells each field is in.

use super::Found;
use crate::map::fault::{Fault, Result};
use crate::map::plan::{Layout, Plan};
use crate::map::wide_name::{self, MARKER};
use crate::wire::hot::{Cell, Cells};

/// The place of each field's cell. Kept from object to object, so that nothing is allocated for most of them.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    of_names: Vec<u32>,
    /// The cells that are no fields, where a field takes them.
    rest: Vec<u32>,
}

/// For a field that has no cell.
const ABSENT: u32 = u32::MAX;

impl Slots {
    pub(super) fn fill(&mut self, plan: &Plan, found: &Found<'_>) -> Result<()> {
        self.of_names.clear();
        self.of_names.resize(plan.slots(), ABSENT);
        self.rest.clear();
        match plan.layout() {
            Layout::Row | Layout::SuperColumn => self.fill_row(plan, &found.cells, None),
            // There is one cell, and its name is the clustering.
            Layout::Timeline => {
                self.of_names[0] = 0;
                Ok(())
            }
            Layout::Prefix { .. } => {
                let components = plan.identity().clustering().len();
                let first = found.cells.get(0);
                let behind = first.and_then(|cell| wide_name::clustering(cell.name, components)).unwrap_or(0);
                self.fill_row(plan, &found.cells, Some(behind))?;
                self.fill_statics(plan, found, components);
                Ok(())
            }
        }
    }

    /// The fields' names are those of the cells, or stand in them behind so many bytes of clustering.
    fn fill_row(&mut self, plan: &Plan, cells: &Cells<'_>, clustering: Option<usize>) -> Result<()> {
        let mut next = 0;
        for (i, cell) in (0_u32..).zip(cells.clone()) {
            let name = match clustering {
                None => cell.name,
                Some(bytes) => match wide_name::field(cell.name, bytes) {
                    Some(name) if name != MARKER => name,
                    _ => continue,
                },
            };
            match position(plan, &mut next, name) {
                Some(slot) => self.of_names[slot] = i,
                None if plan.rest().is_some() => self.rest.push(i),
                None if plan.family().deny_unknown_fields => {
                    let reason =
                        "the row has this column, the struct no such field, and it denies unknown ones";
                    return Err(Fault::new(reason).at_unknown(String::from_utf8_lossy(name).into_owned()));
                }
                None => {}
            }
        }
        Ok(())
    }

    /// The columns that the row has once are counted apart from the object's own.
    fn fill_statics(&mut self, plan: &Plan, found: &Found<'_>, components: usize) {
        let Some(cells) = &found.statics else { return };
        for (i, cell) in (0_u32..).zip(cells.clone()) {
            let name = wide_name::static_field(cell.name, components);
            let column = name.and_then(|name| plan.statics().find_map(|column| column.slot_of(plan, name)));
            if let Some(slot) = column {
                self.of_names[slot] = i;
            }
        }
    }

    /// The cell at the first of these slots that has one.
    #[inline]
    pub(super) fn first<'de>(
        &self,
        mut slots: std::ops::RangeInclusive<usize>,
        cells: &Cells<'de>,
    ) -> Option<Cell<'de>> {
        let found =
            slots.find_map(|slot| (self.of_names[slot] != ABSENT).then_some(self.of_names[slot] as usize))?;
        cells.get(found)
    }

    /// Whether any of these slots has a cell.
    pub(super) fn any(&self, slots: std::ops::Range<usize>) -> bool {
        self.of_names[slots].iter().any(|cell| *cell != ABSENT)
    }

    /// The cells that are no fields.
    pub(super) fn rest(&self) -> &[u32] {
        &self.rest
    }

    /// The cells that the object is made of.
    pub(super) fn taken<'s, 'de>(
        &'s self,
        plan: &'s Plan,
        cells: &'s Cells<'de>,
    ) -> impl Iterator<Item = Cell<'de>> + 's {
        let own = self.of_names.iter().enumerate().filter(|(slot, _)| !plan.is_static(*slot));
        let named = own.map(|(_, cell)| cell).filter(|cell| **cell != ABSENT);
        named.chain(&self.rest).filter_map(|cell| cells.get(*cell as usize))
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
