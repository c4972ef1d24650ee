//! Secondary indexes: which rows have which value in a column.
//!
//! An index has a partition of its own. The key of an entry there is the column's value with 00 escaped as 00
//! FF and the end 00 01, then the row's prefix; so the rows of a value stand together, in the order of their
//! tokens. A value over [`LONGEST_VALUE`] bytes is cut and ends in 00 02 and a hash. An entry whose column
//! expires holds the second in which it does, and compaction removes it after that.
//!
//! Entries change in the batch of their row. Yet an entry is only a hint: who reads it asks the row whether it is
//! so, because a column expires, or is deleted with its row, without a word to the index. Entries that turn out
//! not to be so are removed after the search. `filter` is what is asked of rows, `search` finds those that are
//! fit.

pub(crate) mod filter;
pub(crate) mod search;

use std::cmp::Ordering;
use std::ops::{Bound, ControlFlow};

use super::row::cell::{Cell, Content};
use super::row::find::{reconcile, with_row_of};
use super::row::scan::{Bounds, scan};
use super::row::write::RowUpdate;
use super::row::{Rules, key};
use super::schema::{ColumnFamily, Index};
use super::store::{Batch, Database, Purged, Store, StoreError};
use crate::partitioner::{Partitioner, hash};

/// Cassandra indexes values under this size, and so does this server.
pub(crate) const VALUE_LIMIT: usize = 65_535;

/// Leaves room for the longest row prefix within the store's longest key, with every byte escaped.
const LONGEST_VALUE: usize = 1024;

const END: [u8; 2] = [0, 1];
const END_OF_CUT: [u8; 2] = [0, 2];

/// A seed of our own, so that the hash says something that no token does.
const CUT_SEED: u64 = 0x0069_6e64_6578;

/// So many entries are written at once when an index is filled.
const FILL: usize = 4096;

/// What the entries of a value begin with. No value's beginning is that of another, but for the hash of a
/// cut one.
fn beginning(value: &[u8]) -> Vec<u8> {
    let mut beginning = Vec::with_capacity(value.len().min(LONGEST_VALUE) + 24);
    if value.len() <= LONGEST_VALUE {
        key::put_escaped(value, &mut beginning);
        beginning.extend_from_slice(&END);
        return beginning;
    }
    key::put_escaped(&value[..LONGEST_VALUE], &mut beginning);
    beginning.extend_from_slice(&END_OF_CUT);
    let (high, low) = hash(value, CUT_SEED);
    beginning.extend_from_slice(&high.to_be_bytes());
    beginning.extend_from_slice(&low.to_be_bytes());
    beginning
}

/// The key of an entry.
fn entry(value: &[u8], row_prefix: &[u8]) -> Vec<u8> {
    let mut entry = beginning(value);
    entry.extend_from_slice(row_prefix);
    entry
}

/// The bounds of a value's entries whose rows lie between two bounds.
fn entries_between(beginning: &[u8], rows: &Bounds) -> Bounds {
    let of = |bound: &Vec<u8>| [beginning, bound].concat();
    let lower = match &rows.0 {
        Bound::Unbounded => Bound::Included(beginning.to_vec()),
        bound => bound.as_ref().map(of),
    };
    let upper = match &rows.1 {
        Bound::Unbounded => after(beginning),
        bound => bound.as_ref().map(of),
    };
    (lower, upper)
}

/// The first bytes that do not begin with these.
fn after(beginning: &[u8]) -> Bound<Vec<u8>> {
    let mut after = beginning.to_vec();
    while let Some(last) = after.pop() {
        if let Some(next) = last.checked_add(1) {
            after.push(next);
            return Bound::Excluded(after);
        }
    }
    Bound::Unbounded
}

/// Puts into a row's batch what its update changes in the indexes. The row's lock is held, and the snapshot
/// shows the row as the update will find it.
pub(crate) fn put_entries<B>(
    snapshot: &<Database as Store>::Snapshot,
    batch: &mut B,
    family: &ColumnFamily,
    row_key: &[u8],
    update: &RowUpdate<'_>,
    rules: Rules<'_>,
) -> Result<(), StoreError>
where
    B: Batch<Partition = <Database as Store>::Partition>,
{
    for index in &family.indexes {
        let same = |cell: &&Cell<'_>| rules.comparator.compare(cell.name, &index.column) == Ordering::Equal;
        let new: Vec<Cell<'_>> = update.cells.iter().filter(same).copied().collect();
        if new.is_empty() && update.deletions.is_empty() {
            continue;
        }
        let (row_prefix, _) = key::prefix(row_key, family.partitioner);
        let mut change = |old: Option<&Cell<'_>>| {
            let winner = new.iter().fold(old.copied(), |winner, new| {
                Some(winner.map_or(*new, |winner| reconcile(winner, *new)))
            });
            let winner =
                winner.filter(|cell| !update.deletions.erases(rules.comparator, cell, rules.gc_before));
            let value = winner.as_ref().and_then(indexed_value);
            let old_value = old.and_then(indexed_value);
            if let Some(old_value) = old_value.filter(|old| Some(*old) != value) {
                batch.remove(&index.partition, &entry(old_value, &row_prefix));
            }
            if let (Some(winner), Some(value)) = (&winner, value)
                && old != Some(winner)
            {
                batch.put(&index.partition, &entry(value, &row_prefix), &expiry(winner));
            }
        };
        let stored = with_row_of(snapshot, &family.partition, row_key, rules, |row| {
            row.stored(&index.column, |old| change(Some(old)))
        })?;
        if stored.flatten().is_none() {
            change(None);
        }
    }
    Ok(())
}

/// The value of a cell that has one to be found by.
fn indexed_value<'a>(cell: &Cell<'a>) -> Option<&'a [u8]> {
    match cell.content {
        Content::Live(value) | Content::Expiring { value, .. } => Some(value),
        _ => None,
    }
}

/// What an entry holds.
fn expiry(cell: &Cell<'_>) -> Vec<u8> {
    match cell.content {
        Content::Expiring { expiry, .. } => expiry.to_be_bytes().to_vec(),
        _ => Vec::new(),
    }
}

/// What compaction leaves of an entry that holds this.
pub(crate) fn purge(value: &[u8], now: i32) -> Purged {
    match value.try_into() {
        Ok(expiry) if i32::from_be_bytes(expiry) <= now => Purged::Remove,
        _ => Purged::Keep,
    }
}

/// Fills a new index with the rows that its column family has.
pub(crate) fn fill(
    store: &Database,
    family: &ColumnFamily,
    index: &Index,
    now: i32,
) -> Result<(), StoreError> {
    let snapshot = store.snapshot();
    let mut batch = store.batch();
    let mut count = 0;
    let everything = (Bound::Unbounded, Bound::Unbounded);
    let _ = scan(&snapshot, &family.partition, &everything, family.rules(now), |_, row| {
        let entry =
            row.find(&index.column, |cell| indexed_value(cell).map(|value| entry(value, row.prefix)))?;
        if let Some(entry) = entry.flatten() {
            batch.put(&index.partition, &entry, &[]);
            count += 1;
            if count % FILL == 0 {
                store.commit(std::mem::replace(&mut batch, store.batch()))?;
            }
        }
        Ok::<_, StoreError>(ControlFlow::Continue(()))
    })?;
    if !batch.is_empty() {
        store.commit(batch)?;
    }
    Ok(())
}

/// An entry that its row does not bear out.
#[derive(Clone, Debug)]
pub(crate) struct Stale {
    /// The index.
    pub(crate) index: u64,
    pub(crate) row_prefix: Vec<u8>,
    pub(crate) value: Vec<u8>,
}

impl Stale {
    /// The key of the entry's row, unless only the row itself could tell it.
    pub(crate) fn row_key(&self, partitioner: Partitioner) -> Option<Vec<u8>> {
        let mut row_key = Vec::new();
        let whole = key::unescape(&self.row_prefix, partitioner, &mut row_key).ok()?;
        whole.then_some(row_key)
    }

    pub(crate) fn key(&self) -> Vec<u8> {
        entry(&self.value, &self.row_prefix)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn holds(bounds: &Bounds, key: &[u8]) -> bool {
        let (lower, upper) = bounds;
        (match lower {
            Bound::Included(lower) => key >= lower.as_slice(),
            Bound::Excluded(lower) => key > lower.as_slice(),
            Bound::Unbounded => true,
        }) && match upper {
            Bound::Included(upper) => key <= upper.as_slice(),
            Bound::Excluded(upper) => key < upper.as_slice(),
            Bound::Unbounded => true,
        }
    }

    proptest! {
        #[test]
        fn the_entries_of_a_value_stand_together(
            value in proptest::collection::vec(prop_oneof![Just(0_u8), Just(0xff), any::<u8>()], 0..6),
            other in proptest::collection::vec(prop_oneof![Just(0_u8), Just(0xff), any::<u8>()], 0..6),
            row in proptest::collection::vec(any::<u8>(), 1..12),
        ) {
            let everything = (Bound::Unbounded, Bound::Unbounded);
            let bounds = entries_between(&beginning(&value), &everything);
            prop_assert!(holds(&bounds, &entry(&value, &row)));
            prop_assert_eq!(holds(&bounds, &entry(&other, &row)), value == other);
        }
    }

    #[test]
    fn long_values_are_cut_and_told_apart() {
        let long = vec![0; VALUE_LIMIT - 1];
        let mut other = long.clone();
        other[VALUE_LIMIT - 2] = 1;
        assert_ne!(beginning(&long), beginning(&other));
        assert!(entry(&long, &[0xff; 61_000]).len() < crate::embedded::store::LONGEST_KEY);
    }

    #[test]
    fn bounds_end_behind_a_value_whatever_its_hash_is() {
        assert_eq!(after(&[1, 0xff, 0xff]), Bound::Excluded(vec![2]));
        assert_eq!(after(&[0xff]), Bound::Unbounded);
    }
}
