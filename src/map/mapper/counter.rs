//! The verbs of counters.

use serde::Serialize;

use super::WriteObjects;
use crate::error::Result;
use crate::map::column_of::ColumnOf;
use crate::map::field::{ColumnFamilyMap, CounterColumns};
use crate::map::ser::Cells;
use crate::wire::hot::Batch;

impl<T: ColumnFamilyMap> WriteObjects<'_, T> {
    /// Adds an object's counters to those that are stored. [`Mapper::add`](super::Mapper::add) has an example.
    ///
    /// # Errors
    /// As [`Mapper::add`](super::Mapper::add).
    #[expect(clippy::should_implement_trait, reason = "pycassa's word; it takes the object by reference")]
    pub fn add(self, object: &T) -> Result<()>
    where
        T: CounterColumns + Serialize,
    {
        let mut cells = Cells::default();
        self.mapper.fill(&mut cells, object)?;
        self.send(&cells).map(drop)
    }

    /// Adds a number to one counter of an object. [`Mapper::add_to`](super::Mapper::add_to) has an example.
    ///
    /// # Errors
    /// As [`Mapper::add`](super::Mapper::add).
    pub fn add_to(self, id: impl Serialize, counter: ColumnOf<T>, number: i64) -> Result<()>
    where
        T: CounterColumns,
    {
        let mapper = self.mapper;
        let id = mapper.identity(&id)?;
        let mut batch = Batch::default();
        batch.row(&id.key);
        batch.family(mapper.cf.name());
        mapper.assign(&id, [counter.set(number)], self.stamp(0), &mut batch)?;
        self.write.send(&batch, || mapper.place(&id))
    }
}
