//! What waits in a unit, merged: of each column the last write only.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

use super::cells::{Attempt, Cells};
use crate::marshal::Class;

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

#[derive(Debug)]
pub(super) struct Row {
    pub(super) key: Packed,
    /// By column family, and in it first that of the row itself, then those of super columns by their names.
    pub(super) scopes: Vec<Scope>,
}

/// What waits for one row of a column family, or for one super column of it.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// The place of the column family in the unit.
    pub(super) family: usize,
    pub(super) super_column: Option<Packed>,
    /// All of it is deleted, before anything else.
    pub(super) deleted: Option<Attempt>,
    /// Then these ranges.
    pub(super) ranges: Vec<Range>,
    /// Then these are written, or deleted where they have no value.
    pub(super) cells: Cells,
}

/// A range of names that is deleted, bounds included; an empty one is open.
#[derive(Debug)]
pub(super) struct Range {
    pub(super) start: Packed,
    pub(super) finish: Packed,
    pub(super) attempt: Attempt,
}

/// What is to become of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change<'c> {
    Write { value: &'c [u8], ttl: Option<i32> },
    Delete,
}

/// The timestamps that attempts to commit have fixed: of deletions, and of what is written.
#[derive(Debug, Default)]
pub(super) struct Stamps(Vec<(i64, i64)>);

/// What is known of a column without asking a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen<'a> {
    Value(&'a [u8]),
    Absent,
    Unknown,
}

/// Where a column stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot<'a> {
    pub(super) key: &'a [u8],
    pub(super) family: usize,
    pub(super) super_column: Option<&'a [u8]>,
}

/// What the unit says of the columns of a spot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'p> {
    scope: Option<&'p Scope>,
    row_deleted: bool,
}

/// What there is beside the bytes, in memory and in a message, whichever is more.
const ROW: usize = 64;
const SCOPE: usize = 128;
const CELL: usize = 44;
const RANGE: usize = 96;

impl Range {
    pub(super) fn of(start: &[u8], finish: &[u8]) -> Range {
        Range { start: start.into(), finish: finish.into(), attempt: 0 }
    }

    pub(super) fn covers(&self, comparator: &Class, name: &[u8]) -> bool {
        (self.start.is_empty() || comparator.compare(&self.start, name).is_le())
            && (self.finish.is_empty() || comparator.compare(name, &self.finish).is_le())
    }
}

impl<'c> Change<'c> {
    #[inline]
    fn value(&self) -> Option<&'c [u8]> {
        if let Change::Write { value, .. } = self { Some(value) } else { None }
    }

    #[inline]
    fn ttl(&self) -> Option<i32> {
        if let Change::Write { ttl, .. } = self { *ttl } else { None }
    }

    #[inline]
    fn length(&self) -> usize {
        self.value().map_or(0, <[u8]>::len)
    }
}

impl Stamps {
    #[inline]
    pub(super) fn of_deletions(&self, attempt: Attempt) -> Option<i64> {
        self.of(attempt).map(|(deletions, _)| deletions)
    }

    #[inline]
    pub(super) fn of_writes(&self, attempt: Attempt) -> Option<i64> {
        self.of(attempt).map(|(_, writes)| writes)
    }

    #[inline]
    fn of(&self, attempt: Attempt) -> Option<(i64, i64)> {
        self.0.get((attempt as usize).checked_sub(1)?).copied()
    }
}

impl Scope {
    fn at(spot: Spot<'_>) -> Scope {
        let super_column = spot.super_column.map(Box::from);
        Scope { family: spot.family, super_column, ..Scope::default() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.deleted.is_none() && self.ranges.is_empty() && self.cells.is_empty()
    }

    /// How many mutations it is, as people count: cells, ranges, and one for all of it.
    pub(super) fn operations(&self) -> usize {
        usize::from(self.deleted.is_some()) + self.ranges.len() + self.cells.len()
    }

    fn bytes(&self) -> usize {
        let ranges = self.ranges.iter().map(|range| RANGE + range.start.len() + range.finish.len());
        let name = self.super_column.as_ref().map_or(0, |name| name.len());
        SCOPE + name + ranges.sum::<usize>() + CELL * self.cells.len() + self.cells.bytes()
    }
}

impl Row {
    /// Where the scope of a spot is, or would be.
    fn place(&self, spot: Spot<'_>) -> Result<usize, usize> {
        let sought = (spot.family, spot.super_column);
        self.scopes.binary_search_by(|scope| (scope.family, scope.super_column.as_deref()).cmp(&sought))
    }

    fn scope(&self, spot: Spot<'_>) -> Option<&Scope> {
        self.place(spot).ok().map(|place| &self.scopes[place])
    }

    /// The scopes of each of its column families.
    pub(super) fn families(&self) -> impl Iterator<Item = (usize, &[Scope])> {
        let families = self.scopes.chunk_by(|one, other| one.family == other.family);
        families.map(|scopes| (scopes[0].family, scopes))
    }
}

impl<'p> Known<'p> {
    pub(super) fn seen(&self, comparator: &Class, name: &[u8]) -> Seen<'p> {
        let mut deleted = self.row_deleted;
        if let Some(scope) = self.scope {
            match scope.cells.get(name) {
                Some(cell) => return cell.value.map_or(Seen::Absent, Seen::Value),
                None => deleted |= scope.deleted.is_some(),
            }
            deleted |= scope.ranges.iter().any(|range| range.covers(comparator, name));
        }
        if deleted { Seen::Absent } else { Seen::Unknown }
    }

    /// The names of the columns that are to be written.
    pub(super) fn written(&self) -> impl Iterator<Item = &'p [u8]> {
        let cells = self.scope.into_iter().flat_map(|scope| scope.cells.iter());
        cells.filter(|cell| cell.value.is_some()).map(|cell| cell.name)
    }
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
        self.stamps.0.push((deletions, insertions));
        let attempt = Attempt::try_from(self.stamps.0.len()).unwrap_or(Attempt::MAX);
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

#[cfg(test)]
mod tests {
    use super::*;

    const SPOT: Spot<'static> = Spot { key: b"row", family: 0, super_column: None };

    fn write(value: &[u8]) -> Change<'_> {
        Change::Write { value, ttl: None }
    }

    fn seen<'p>(pending: &'p Pending, name: &[u8]) -> Seen<'p> {
        pending.known(SPOT).seen(&Class::Utf8, name)
    }

    #[test]
    fn the_last_word_on_a_column_counts() {
        let mut pending = Pending::default();
        assert_eq!(seen(&pending, b"a"), Seen::Unknown);
        let grown = pending.put(SPOT, b"a", write(b"1"));
        assert_eq!(pending.put(SPOT, b"a", write(b"2")), 0, "no larger than before");
        assert_eq!(grown, pending.bytes());
        assert_eq!(seen(&pending, b"a"), Seen::Value(b"2"));
        pending.put(SPOT, b"a", Change::Delete);
        assert_eq!(seen(&pending, b"a"), Seen::Absent);
        assert_eq!(pending.operations(), 1);
    }

    #[test]
    fn a_deletion_takes_what_waited_and_leaves_what_comes_later() {
        let mut pending = Pending::default();
        pending.put(SPOT, b"a", write(b"1"));
        pending.delete(SPOT);
        assert_eq!(seen(&pending, b"a"), Seen::Absent);
        pending.put(SPOT, b"b", write(b"2"));
        assert_eq!(seen(&pending, b"b"), Seen::Value(b"2"));
        assert_eq!(pending.operations(), 2);

        let super_column = Spot { super_column: Some(b"sc"), ..SPOT };
        pending.put(super_column, b"c", write(b"3"));
        pending.delete(SPOT);
        assert_eq!(pending.known(super_column).seen(&Class::Utf8, b"c"), Seen::Absent);
        assert_eq!(pending.operations(), 1);
    }

    #[test]
    fn a_range_takes_the_names_in_it() {
        let mut pending = Pending::default();
        for name in [b"a", b"b", b"c"] {
            pending.put(SPOT, name, write(b"1"));
        }
        pending.delete_range(SPOT, &Class::Utf8, Range::of(b"b", b""));
        assert_eq!(seen(&pending, b"a"), Seen::Value(b"1"));
        assert_eq!([seen(&pending, b"b"), seen(&pending, b"z")], [Seen::Absent; 2]);
        pending.put(SPOT, b"c", write(b"2"));
        assert_eq!(seen(&pending, b"c"), Seen::Value(b"2"));
    }

    #[test]
    fn timestamps_are_fixed_once() {
        let mut pending = Pending::default();
        pending.delete(SPOT);
        pending.put(SPOT, b"a", write(b"1"));
        pending.stamp(10, 11);
        pending.put(SPOT, b"b", write(b"2"));
        pending.put(SPOT, b"a", write(b"3"));
        pending.stamp(20, 21);
        let scope = &pending.rows()[0].scopes[0];
        assert_eq!(scope.deleted.and_then(|attempt| pending.stamps().of_deletions(attempt)), Some(10));
        for (name, why) in [(b"a", "what is new is later than what may have been sent"), (b"b", "so is this")]
        {
            let cell = scope.cells.get(name).expect("it was put");
            assert_eq!(pending.stamps().of_writes(cell.attempt), Some(21), "{why}");
        }
    }

    #[test]
    fn rows_leave_in_the_order_in_which_they_came() {
        let mut pending = Pending::default();
        for key in 0..100_u8 {
            pending.put(Spot { key: &[key], ..SPOT }, b"a", write(b"1"));
        }
        let taken = pending.take_first(60);
        assert!(taken.iter().map(|row| row.key[0]).eq(0..60));
        assert!(pending.row(&[59]).is_none());
        assert!((60..100).all(|key| pending.row(&[key]).is_some_and(|row| *row.key == [key])));
        assert_eq!(pending.put(Spot { key: &[99], ..SPOT }, b"a", write(b"2")), 0, "the row is known");
    }

    #[test]
    fn attempts_are_remembered_as_long_as_something_of_them_waits() {
        let mut pending = Pending::default();
        for now in 0..100 {
            pending.put(SPOT, b"a", write(b"1"));
            pending.put(Spot { key: b"another row", ..SPOT }, b"a", write(b"1"));
            pending.stamp(now, now);
            pending.take_first(1);
            let cell = pending.rows()[0].scopes[0].cells.get(b"a").expect("it waits");
            assert_eq!(pending.stamps().of_writes(cell.attempt), Some(now));
            pending.take_first(1);
            assert!(pending.stamps().0.is_empty());
        }
    }

    #[test]
    fn scopes_stand_by_family_and_super_column() {
        let mut pending = Pending::default();
        for (family, super_column) in
            [(1, Some(&b"b"[..])), (0, Some(b"a")), (1, None), (0, None), (1, Some(b"a"))]
        {
            pending.put(Spot { family, super_column, ..SPOT }, b"a", write(b"1"));
        }
        let row = &pending.rows()[0];
        let families: Vec<_> = row.families().map(|(family, scopes)| (family, scopes.len())).collect();
        assert_eq!(families, [(0, 2), (1, 3)]);
        assert!(row.scopes.is_sorted_by_key(|scope| (scope.family, scope.super_column.clone())));
    }
}
