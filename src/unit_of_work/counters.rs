//! What waits to be added to counters, summed up.

use std::collections::BTreeMap;

use super::pending::{Packed, Spot};

/// The sums of the counters of one row of a column family, by super column and name.
pub(super) type Sums = BTreeMap<Option<Packed>, BTreeMap<Packed, i64>>;

/// Sums by row key and by the place of the column family in the unit.
#[derive(Clone, Debug, Default)]
pub(super) struct Counters {
    pub(super) rows: BTreeMap<Packed, BTreeMap<usize, Sums>>,
}

/// The sum passes 64 bits.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Overflow;

impl Counters {
    /// Adds to what waits for a counter. Tells by how many bytes the unit has grown.
    pub(super) fn add(&mut self, spot: Spot<'_>, name: &[u8], number: i64) -> Result<usize, Overflow> {
        let row = self.rows.entry(spot.key.into()).or_default();
        let sums = row.entry(spot.family).or_default().entry(spot.super_column.map(Box::from)).or_default();
        let before = sums.len();
        let sum = sums.entry(name.into()).or_default();
        *sum = sum.checked_add(number).ok_or(Overflow)?;
        Ok(if sums.len() == before { 0 } else { 64 + name.len() })
    }

    /// Forgets what waits for a row, or for a super column of it.
    pub(super) fn remove(&mut self, spot: Spot<'_>) {
        let Some(row) = self.rows.get_mut(spot.key) else { return };
        if let (Some(sums), Some(name)) = (row.get_mut(&spot.family), spot.super_column) {
            sums.remove(&Some(Box::from(name)));
        } else {
            row.remove(&spot.family);
        }
        self.sweep(spot.key);
    }

    /// Forgets what waits for some counters of a row, or of a super column of it.
    pub(super) fn remove_some(&mut self, spot: Spot<'_>, is_gone: impl Fn(&[u8]) -> bool) {
        let Some(row) = self.rows.get_mut(spot.key) else { return };
        let Some(sums) = row.get_mut(&spot.family) else { return };
        if let Some((_, names)) = sums.iter_mut().find(|(at, _)| at.as_deref() == spot.super_column) {
            names.retain(|name, _| !is_gone(name));
        }
        self.sweep(spot.key);
    }

    /// Lets go of what holds no sum any more.
    fn sweep(&mut self, key: &[u8]) {
        let Some(row) = self.rows.get_mut(key) else { return };
        row.retain(|_, sums| {
            sums.retain(|_, names| !names.is_empty());
            !sums.is_empty()
        });
        if row.is_empty() {
            self.rows.remove(key);
        }
    }

    /// Adds all of another's; a sum that passes 64 bits stays at their end.
    pub(super) fn merge(&mut self, other: Counters) {
        for (key, family, super_column, name, number) in other.iter() {
            let row = self.rows.entry(key.into()).or_default();
            let sums = row.entry(family).or_default().entry(super_column.map(Box::from)).or_default();
            let sum = sums.entry(name.into()).or_default();
            *sum = sum.saturating_add(number);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u8], usize, Option<&[u8]>, &[u8], i64)> {
        self.rows.iter().flat_map(|(key, row)| {
            row.iter().flat_map(move |(family, sums)| {
                sums.iter().flat_map(move |(super_column, names)| {
                    names.iter().map(move |(name, number)| {
                        (&**key, *family, super_column.as_deref(), &**name, *number)
                    })
                })
            })
        })
    }

    /// Takes out the first rows.
    pub(super) fn take_first(&mut self, rows: usize) -> Counters {
        let left = self.rows.keys().nth(rows).cloned();
        let left = left.map(|key| self.rows.split_off(&key)).unwrap_or_default();
        Counters { rows: std::mem::replace(&mut self.rows, left) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPOT: Spot<'static> = Spot { key: b"home", family: 0, super_column: None };

    #[test]
    fn what_is_added_is_summed_up() {
        let mut counters = Counters::default();
        assert!(counters.add(SPOT, b"hits", 2).is_ok_and(|grown| grown > 0));
        assert_eq!(counters.add(SPOT, b"hits", 3), Ok(0));
        let mut more = Counters::default();
        more.add(SPOT, b"hits", -1).expect("small");
        counters.merge(more);
        assert_eq!(counters.iter().map(|(.., number)| number).collect::<Vec<_>>(), [4]);
        counters.add(SPOT, b"most", i64::MAX).expect("just so");
        assert_eq!(counters.add(SPOT, b"most", 1), Err(Overflow));
        counters.remove(SPOT);
        assert!(counters.is_empty());
    }

    #[test]
    fn a_super_column_is_removed_alone() {
        let mut counters = Counters::default();
        for super_column in [&b"a"[..], b"b"] {
            counters.add(Spot { super_column: Some(super_column), ..SPOT }, b"hits", 1).expect("small");
        }
        counters.remove(Spot { super_column: Some(b"a"), ..SPOT });
        assert_eq!(counters.iter().count(), 1);
        assert_eq!(counters.take_first(1).iter().count(), 1);
        assert!(counters.is_empty());
    }
}
