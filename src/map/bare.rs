//! The mapper without a network, for the benchmarks.

use serde::{Deserialize, Serialize};

use super::de::{Found, Slots, object};
use super::fault::Fault;
use super::field::ColumnFamilyMap;
use super::plan::{Plan, Unplannable};
use super::ser::Cells;
use crate::wire::hot::{Batch, Row};

/// The plan of one struct, and what is kept from object to object.
#[derive(Debug)]
pub struct Bare {
    plan: Plan,
    cells: Cells,
    slots: Slots,
}

impl Bare {
    /// Compiles the plan.
    ///
    /// # Errors
    /// If the constants are not those of a derive.
    pub fn new<T: ColumnFamilyMap>() -> Result<Bare, impl std::fmt::Debug + use<T>> {
        let plan = Plan::of::<T>()?;
        Ok::<_, Unplannable>(Bare { plan, cells: Cells::default(), slots: Slots::default() })
    }

    /// Appends the object's row to a batch.
    ///
    /// # Errors
    /// If a value does not fit its column.
    pub fn write<T: ColumnFamilyMap + Serialize>(
        &mut self,
        object: &T,
        batch: &mut Batch,
        timestamp: i64,
    ) -> Result<(), impl std::fmt::Debug + use<T>> {
        self.cells.fill(&self.plan, object)?;
        batch.row(self.cells.key(&self.plan));
        batch.family(T::NAME);
        for (name, value) in self.cells.iter(&self.plan) {
            if let Some(value) = value {
                batch.column(name, value, timestamp, T::TTL);
            }
        }
        Ok::<_, Fault>(())
    }

    /// Reads the object of a row.
    ///
    /// # Errors
    /// If a column is missing or its bytes are no value of the field.
    pub fn read<'de, T: Deserialize<'de>>(
        &mut self,
        row: Row<'de>,
    ) -> Result<T, impl std::fmt::Debug + use<'de, T>> {
        let found = Found { key: row.key(), super_column: None, cells: row.cells(), statics: None };
        object(&self.plan, &found, &mut self.slots).map_err(|fault: Fault| fault)
    }
}
