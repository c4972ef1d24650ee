//! An object's cells as mutations of its row.

use crate::map::field::Nulls;
use crate::map::plan::Plan;
use crate::map::ser::Cells;
use crate::wire::hot::{Batch, Column, CounterColumn, Deletion, Mutations, SlicePredicate};

/// Where mutations go: to a batch at once, or aside.
pub(super) trait Sink {
    fn column(&mut self, name: &[u8], value: &[u8], timestamp: i64, ttl: Option<i32>);
    fn super_column<'c>(&mut self, name: &[u8], columns: impl IntoIterator<Item = Column<'c>>);
    fn counter(&mut self, name: &[u8], value: i64);
    fn counter_super_column<'c>(&mut self, name: &[u8], columns: impl IntoIterator<Item = CounterColumn<'c>>);
    fn deletion(&mut self, deletion: &Deletion<'_>);
}

macro_rules! sinks {
    ($($sink:ty),+) => {$(
        impl Sink for $sink {
            #[inline]
            fn column(&mut self, name: &[u8], value: &[u8], timestamp: i64, ttl: Option<i32>) {
                self.column(name, value, timestamp, ttl);
            }

            fn super_column<'c>(&mut self, name: &[u8], columns: impl IntoIterator<Item = Column<'c>>) {
                self.super_column(name, columns);
            }

            fn counter(&mut self, name: &[u8], value: i64) {
                self.counter(name, value);
            }

            fn counter_super_column<'c>(
                &mut self,
                name: &[u8],
                columns: impl IntoIterator<Item = CounterColumn<'c>>,
            ) {
                self.counter_super_column(name, columns);
            }

            fn deletion(&mut self, deletion: &Deletion<'_>) {
                self.deletion(deletion);
            }
        }
    )+};
}

sinks!(Batch, Mutations);

/// How the cells are written.
#[derive(Clone, Copy)]
pub(crate) struct Stamp {
    pub(crate) timestamp: i64,
    /// For this write, whatever object and struct say.
    pub(crate) ttl: Option<i32>,
    pub(crate) nulls: Nulls,
}

/// Writes the cells that have a value, and deletes the others where that is wanted.
pub(super) fn put(plan: &Plan, cells: &Cells, stamp: Stamp, out: &mut impl Sink) {
    if plan.holds_counters() {
        return add(plan, cells, out);
    }
    let Stamp { timestamp, ttl, nulls } = stamp;
    // No time to live at all is said by 0.
    let ttl = ttl.or(cells.ttl()).or(plan.family().ttl).filter(|seconds| *seconds > 0);
    match cells.super_column(plan) {
        None => {
            for (name, value) in cells.iter(plan) {
                if let Some(value) = value {
                    out.column(name, value, timestamp, ttl);
                }
            }
        }
        Some(super_column) => {
            let written = cells.iter(plan).filter_map(|(name, value)| Some((name, value?)));
            let mut columns = written
                .map(|(name, value)| Column { name, value: Some(value), timestamp: Some(timestamp), ttl })
                .peekable();
            if columns.peek().is_some() {
                out.super_column(super_column, columns);
            }
        }
    }
    if nulls == Nulls::Delete {
        let names = cells.iter(plan).filter(|(_, value)| value.is_none()).map(|(name, _)| name).collect();
        remove(cells.super_column(plan), names, timestamp, out);
    }
}

/// Adds what the cells hold to the counters of their names.
fn add(plan: &Plan, cells: &Cells, out: &mut impl Sink) {
    let counters = cells.iter(plan).filter_map(|(name, value)| {
        let value = i64::from_be_bytes(value?.try_into().ok()?);
        Some(CounterColumn { name, value })
    });
    match cells.super_column(plan) {
        None => counters.for_each(|counter| out.counter(counter.name, counter.value)),
        Some(super_column) => out.counter_super_column(super_column, counters),
    }
}

/// Deletes these columns, if there are any.
pub(super) fn remove(super_column: Option<&[u8]>, names: Vec<&[u8]>, timestamp: i64, out: &mut impl Sink) {
    if !names.is_empty() {
        let predicate = Some(SlicePredicate { column_names: Some(names), slice_range: None });
        out.deletion(&Deletion { timestamp: Some(timestamp), super_column, predicate });
    }
}

/// Deletes the object: the row, or the super column.
pub(super) fn remove_all(super_column: Option<&[u8]>, timestamp: i64, out: &mut impl Sink) {
    out.deletion(&Deletion { timestamp: Some(timestamp), super_column, predicate: None });
}
