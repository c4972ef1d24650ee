//! What waits in a unit, merged: of each column the last write only.
//!
//! # Layout
//!
//! `change` (what is said of a column, and where it stands) → `row` (what waits for a row, column family by column family)
//! and `stamps` (the timestamps that attempts to commit have fixed) → `Pending`, here: all rows that wait. `known` answers
//! from them what a column will be.

mod change;
mod known;
mod row;
mod stamps;
#[cfg(test)]
mod tests;

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

pub(super) use change::{Change, Range, Spot};
pub(super) use known::{Known, Seen};
pub(super) use row::{Row, Scope};
pub(super) use stamps::Stamps;

use super::cells::Attempt;
use crate::marshal::Class;
use row::{CELL, ROW, SCOPE};

/// A packed name, key or value.
pub(super) type Packed = Box<[u8]>;

/// The rows in which something waits, in the order in which they came.
///
/// The families of one row stand together, as a server applies what is said of one row key as a whole.
#[derive(Debug, Default)]
pub(super) struct Pending {
    rows: Vec<Row>,
    /// Where the rows are by their keys.
    places: HashTable<usize>,
    hasher: RandomState,
    stamps: Stamps,
}

impl Pending {
    pub(super) fn row(&self, key: &[u8]) -> Option<&Row> {
        let place = self.places.find(self.hasher.hash_one(key), |place| *self.rows[*place].key == *key);
        place.map(|place| &self.rows[*place])
    }

    /// The row of this key, made if there is none. Tells whether it was made.
    fn row_to_change(&mut self, key: &[u8]) -> (&mut Row, bool) {
        let Pending { rows, places, hasher, .. } = self;
        let hash = hasher.hash_one(key);
        if let Some(place) = places.find(hash, |place| *rows[*place].key == *key) {
            return (&mut rows[*place], false);
        }
        rows.push(Row { key: key.into(), scopes: Vec::with_capacity(1) });
        let last = rows.len() - 1;
        places.insert_unique(hash, last, |place| hasher.hash_one(&*rows[*place].key));
        (&mut rows[last], true)
    }

    /// Puts changes of columns in place of what waited for them; are they `distinct`, no two are of one column. Tells by
    /// how many bytes the unit has grown.
    pub(super) fn put_all<'c>(
        &mut self,
        spot: Spot<'_>,
        changes: impl Iterator<Item = (&'c [u8], Change<'c>)> + Clone,
        distinct: bool,
    ) -> usize {
        if changes.clone().next().is_none() {
            return 0;
        }
        let (row, is_new) = self.row_to_change(spot.key);
        let mut grown = if is_new { ROW + spot.key.len() } else { 0 };
        let place = row.place(spot).unwrap_or_else(|place| {
            grown += SCOPE + spot.super_column.map_or(0, <[u8]>::len);
            row.scopes.insert(place, Scope::at(spot));
            place
        });
        let cells = &mut row.scopes[place].cells;
        if !cells.is_empty() {
            for (name, change) in changes {
                let length = name.len() + change.length();
                let before = cells.put(name, change.value(), change.ttl());
                grown += before.map_or(CELL + length, |before| length.saturating_sub(before));
            }
            return grown;
        }
        let lengths = changes.clone().map(|(name, change)| name.len() + change.length());
        let (count, bytes) = lengths.fold((0, 0), |(count, bytes), length| (count + 1, bytes + length));
        cells.reserve(count, bytes);
        for (name, change) in changes {
            if distinct {
                cells.push(name, change.value(), change.ttl());
            } else {
                cells.put(name, change.value(), change.ttl());
            }
        }
        grown + CELL * cells.len() + cells.bytes()
    }

    /// As [`put_all`](Self::put_all), of one column.
    pub(super) fn put(&mut self, spot: Spot<'_>, name: &[u8], change: Change<'_>) -> usize {
        self.put_all(spot, std::iter::once((name, change)), true)
    }

    /// Deletes a row of a column family, or a super column of it: what waited there is needless.
    pub(super) fn delete(&mut self, spot: Spot<'_>) {
        let (row, _) = self.row_to_change(spot.key);
        if spot.super_column.is_none() {
            row.scopes.retain(|scope| scope.family != spot.family);
        }
        let scope = Scope { deleted: Some(0), ..Scope::at(spot) };
        match row.place(spot) {
            Ok(place) => row.scopes[place] = scope,
            Err(place) => row.scopes.insert(place, scope),
        }
    }

    /// Deletes a range of columns: what waited in it is needless.
    pub(super) fn delete_range(&mut self, spot: Spot<'_>, comparator: &Class, range: Range) {
        let (row, _) = self.row_to_change(spot.key);
        let place = row.place(spot).unwrap_or_else(|place| {
            row.scopes.insert(place, Scope::at(spot));
            place
        });
        let scope = &mut row.scopes[place];
        scope.cells.retain(|name| !range.covers(comparator, name));
        scope.ranges.push(range);
    }

    /// What the unit says of the columns of a spot.
    pub(super) fn known(&self, spot: Spot<'_>) -> Known<'_> {
        let row = self.row(spot.key);
        let whole = row.and_then(|row| row.scope(Spot { super_column: None, ..spot }));
        let row_deleted = whole.is_some_and(|scope| scope.deleted.is_some());
        Known { scope: row.and_then(|row| row.scope(spot)), row_deleted }
    }

    /// Whether something waits for a row of a column family.
    pub(super) fn waits(&self, key: &[u8], family: usize) -> bool {
        self.row(key).is_some_and(|row| row.scopes.iter().any(|scope| scope.family == family))
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub(super) fn stamps(&self) -> &Stamps {
        &self.stamps
    }

    /// Every scope, with its row key and the place of its column family.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u8], usize, Option<&[u8]>, &Scope)> {
        self.rows.iter().flat_map(|row| {
            row.scopes.iter().map(|scope| (&*row.key, scope.family, scope.super_column.as_deref(), scope))
        })
    }

    pub(super) fn operations(&self) -> usize {
        self.iter().map(|(.., scope)| scope.operations()).sum()
    }

    pub(super) fn bytes(&self) -> usize {
        let rows = self
            .rows
            .iter()
            .map(|row| ROW + row.key.len() + row.scopes.iter().map(Scope::bytes).sum::<usize>());
        rows.sum()
    }

    /// Fixes the timestamps of all that has none yet: deletions come before insertions.
    pub(super) fn stamp(&mut self, deletions: i64, insertions: i64) {
        if self.rows.is_empty() {
            return;
        }
        let attempt = self.stamps.fix(deletions, insertions);
        let fix = |stamp: &mut Attempt| *stamp = if *stamp == 0 { attempt } else { *stamp };
        for scope in self.rows.iter_mut().flat_map(|row| &mut row.scopes) {
            scope.deleted.iter_mut().for_each(fix);
            scope.ranges.iter_mut().for_each(|range| fix(&mut range.attempt));
            scope.cells.stamp(attempt);
        }
    }

    /// Takes out the first rows: those that are acknowledged.
    pub(super) fn take_first(&mut self, rows: usize) -> Vec<Row> {
        let left = self.rows.split_off(rows.min(self.rows.len()));
        let taken = std::mem::replace(&mut self.rows, left);
        self.places.clear();
        if self.rows.is_empty() {
            // a load goes through here for ever
            self.stamps = Stamps::default();
        }
        for place in 0..self.rows.len() {
            let hash = |place: &usize| self.hasher.hash_one(&*self.rows[*place].key);
            self.places.insert_unique(hash(&place), place, hash);
        }
        taken
    }
}
