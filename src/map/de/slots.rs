//! Which of an object's cells each field is in.

use super::Found;
use crate::map::fault::{Fault, Result};
use crate::map::plan::{Layout, Plan, Planned};
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
    #[inline]
    pub(super) fn fill(&mut self, plan: &Plan, found: &Found<'_>) -> Result<()> {
        match plan.layout() {
            // There is one cell, and its name is the clustering.
            Layout::Timeline if self.of_names.len() == 1 => Ok(()),
            Layout::Timeline => {
                self.of_names = vec![0];
                Ok(())
            }
            Layout::Row | Layout::SuperColumn => self.fill_row(plan, &found.cells, None),
            Layout::Prefix { .. } => {
                let components = plan.identity().clustering().len();
                let first = found.cells.name(0);
                let behind = first.and_then(|name| wide_name::clustering(name, components)).unwrap_or(0);
                self.fill_row(plan, &found.cells, Some(behind))?;
                self.fill_statics(plan, found, components);
                Ok(())
            }
        }
    }

    /// The fields' names are those of the cells, or stand in them behind so many bytes of clustering.
    fn fill_row(&mut self, plan: &Plan, cells: &Cells<'_>, clustering: Option<usize>) -> Result<()> {
        self.of_names.clear();
        self.of_names.resize(plan.slots(), ABSENT);
        self.rest.clear();
        let mut next = 0;
        for i in 0..cells.len() {
            let Some(whole) = cells.name(i) else { break };
            let i = i as u32; // a frame holds no more
            let name = match clustering {
                None => whole,
                Some(bytes) => match wide_name::field(whole, bytes) {
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

    /// The value of a field's cell: of that with its name, or with the first of its aliases that has one.
    #[inline]
    pub(super) fn value<'de>(&self, field: &Planned, cells: &Cells<'de>) -> Option<&'de [u8]> {
        match self.of_names.get(field.slot) {
            Some(&ABSENT) if field.has_aliases() => self.value_of_alias(field, cells),
            Some(&ABSENT) | None => None,
            Some(place) => cells.value(*place as usize),
        }
    }

    fn value_of_alias<'de>(&self, field: &Planned, cells: &Cells<'de>) -> Option<&'de [u8]> {
        let place = field.slots().map(|slot| self.of_names[slot]).find(|place| *place != ABSENT)?;
        cells.value(place as usize)
    }

    /// Whether any of these slots has a cell.
    pub(super) fn any(&self, slots: std::ops::RangeInclusive<usize>) -> bool {
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
