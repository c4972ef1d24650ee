//! An object's cells as mutations of its row.

use crate::map::field::Nulls;
use crate::map::plan::{Layout, Plan};
use crate::map::ser::{Cells, Packed};
use crate::wire::hot::{Batch, Column, CounterColumn, Deletion, Mutations, SlicePredicate, SliceRange};

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

/// Deletes the object: the row, the super column, the column, or the columns whose names begin with the clustering.
pub(super) fn remove_object(plan: &Plan, id: &Packed, timestamp: i64, out: &mut impl Sink) {
    let super_column = id.super_column.as_deref();
    match (&id.item, plan.layout()) {
        (Some(item), Layout::Timeline) => remove(None, vec![item], timestamp, out),
        (Some(item), _) => {
            let ([start, finish], item) = ([0xff, 1], item);
            remove_slice(&ended(item, start), &ended(item, finish), timestamp, out);
        }
        (None, _) => out.deletion(&Deletion { timestamp: Some(timestamp), super_column, predicate: None }),
    }
}

/// Deletes the columns from one name to another; empty ends are open.
pub(super) fn remove_slice(start: &[u8], finish: &[u8], timestamp: i64, out: &mut impl Sink) {
    let range = SliceRange { start, finish, reversed: false, count: i32::MAX };
    let predicate = Some(SlicePredicate { column_names: None, slice_range: Some(range) });
    out.deletion(&Deletion { timestamp: Some(timestamp), super_column: None, predicate });
}

/// The first components of names, as the end of a slice: -1 is before all names that begin with them, 1 after.
pub(super) fn ended(prefix: &[u8], end: u8) -> Vec<u8> {
    let mut bytes = prefix.to_vec();
    if let Some(last) = bytes.last_mut() {
        *last = end;
    }
    bytes
}
