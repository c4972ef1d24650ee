//! What waits in a unit, merged: of each column the last write only.

use std::collections::BTreeMap;

use crate::marshal::Class;

/// A packed name, key or value.
pub(super) type Packed = Box<[u8]>;

/// The rows in which something waits, each with its column families by their place in the unit.
///
/// The families of one row stand together, as a server applies what is said of one row key as a whole.
#[derive(Debug, Default)]
pub(super) struct Pending {
    pub(super) rows: BTreeMap<Packed, Row>,
}

pub(super) type Row = BTreeMap<usize, Scopes>;

/// The columns of the row itself, or those of a super column.
pub(super) type Scopes = BTreeMap<Option<Packed>, Scope>;

/// What waits for one row of a column family, or for one super column of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// All of it is deleted, before anything else.
    pub(super) deleted: Option<Stamp>,
    /// Then these ranges.
    pub(super) ranges: Vec<Range>,
    /// Then these are written, or deleted.
    pub(super) cells: BTreeMap<Packed, Cell>,
}

/// A range of names that is deleted, bounds included; an empty one is open.
#[derive(Clone, Debug)]
pub(super) struct Range {
    pub(super) start: Packed,
    pub(super) finish: Packed,
    pub(super) stamp: Stamp,
}

#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) change: Change,
    pub(super) stamp: Stamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Write { value: Packed, ttl: Option<i32> },
    Delete,
}

/// The timestamp, once an attempt to commit has fixed it.
pub(super) type Stamp = Option<i64>;

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

/// What a cell takes beside its bytes: a guess, as maps do not tell.
const CELL: usize = 96;

impl Range {
    pub(super) fn of(start: &[u8], finish: &[u8]) -> Range {
        Range { start: start.into(), finish: finish.into(), stamp: None }
    }

    pub(super) fn covers(&self, comparator: &Class, name: &[u8]) -> bool {
        (self.start.is_empty() || comparator.compare(&self.start, name).is_le())
            && (self.finish.is_empty() || comparator.compare(name, &self.finish).is_le())
    }
}

impl Scope {
    pub(super) fn is_empty(&self) -> bool {
        self.deleted.is_none() && self.ranges.is_empty() && self.cells.is_empty()
    }

    /// How many mutations it is, as people count: cells, ranges, and one for all of it.
    pub(super) fn operations(&self) -> usize {
        usize::from(self.deleted.is_some()) + self.ranges.len() + self.cells.len()
    }

    fn bytes(&self) -> usize {
        let cells = self.cells.iter().map(|(name, cell)| {
            CELL + name.len() + if let Change::Write { value, .. } = &cell.change { value.len() } else { 0 }
        });
        let ranges = self.ranges.iter().map(|range| CELL + range.start.len() + range.finish.len());
        cells.sum::<usize>() + ranges.sum::<usize>()
    }
}

impl Pending {
    /// The scope of a spot, made if there is none.
    fn scope(&mut self, spot: Spot<'_>) -> &mut Scope {
        let row = self.rows.entry(spot.key.into()).or_default();
        row.entry(spot.family).or_default().entry(spot.super_column.map(Box::from)).or_default()
    }

    fn scopes(&self, key: &[u8], family: usize) -> Option<&Scopes> {
        self.rows.get(key)?.get(&family)
    }

    /// Puts a change of one column in place of what waited for it. Tells by how many bytes the unit has grown.
    pub(super) fn put(&mut self, spot: Spot<'_>, name: &[u8], change: Change) -> usize {
        let grown = |change: &Change| if let Change::Write { value, .. } = change { value.len() } else { 0 };
        let new = grown(&change);
        let old = self.scope(spot).cells.insert(name.into(), Cell { change, stamp: None });
        match old {
            Some(old) => new.saturating_sub(grown(&old.change)),
            None => CELL + name.len() + new,
        }
    }

    /// Deletes a row of a column family, or a super column of it: what waited there is needless.
    pub(super) fn delete(&mut self, spot: Spot<'_>) {
        if spot.super_column.is_none()
            && let Some(row) = self.rows.get_mut(spot.key)
        {
            row.remove(&spot.family);
        }
        *self.scope(spot) = Scope { deleted: Some(None), ..Scope::default() };
    }

    /// Deletes a range of columns: what waited in it is needless.
    pub(super) fn delete_range(&mut self, spot: Spot<'_>, comparator: &Class, range: Range) {
        let scope = self.scope(spot);
        scope.cells.retain(|name, _| !range.covers(comparator, name));
        scope.ranges.push(range);
    }

    /// What the unit says of a column.
    pub(super) fn seen(&self, spot: Spot<'_>, comparator: &Class, name: &[u8]) -> Seen<'_> {
        let Some(scopes) = self.scopes(spot.key, spot.family) else { return Seen::Unknown };
        let mut deleted = false;
        if let Some(scope) =
            scopes.iter().find(|(at, _)| at.as_deref() == spot.super_column).map(|(_, it)| it)
        {
            match scope.cells.get(name).map(|cell| &cell.change) {
                Some(Change::Write { value, .. }) => return Seen::Value(value),
                Some(Change::Delete) => return Seen::Absent,
                None => {}
            }
            deleted = scope.deleted.is_some() || scope.ranges.iter().any(|it| it.covers(comparator, name));
        }
        let row_deleted = scopes.get(&None).is_some_and(|row| row.deleted.is_some());
        if deleted || row_deleted { Seen::Absent } else { Seen::Unknown }
    }

    /// Whether something waits for a row of a column family.
    pub(super) fn waits(&self, key: &[u8], family: usize) -> bool {
        self.scopes(key, family).is_some()
    }

    /// The names of the columns that are to be written.
    pub(super) fn written(&self, spot: Spot<'_>) -> impl Iterator<Item = &[u8]> {
        let scopes = self.scopes(spot.key, spot.family).into_iter().flatten();
        let scopes = scopes.filter(move |(at, _)| at.as_deref() == spot.super_column);
        let cells = scopes.flat_map(|(_, scope)| &scope.cells);
        cells.filter(|(_, cell)| cell.change != Change::Delete).map(|(name, _)| &**name)
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Every scope, with its row key and the place of its column family.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u8], usize, Option<&[u8]>, &Scope)> {
        self.rows.iter().flat_map(|(key, row)| {
            row.iter().flat_map(move |(family, scopes)| {
                scopes
                    .iter()
                    .map(move |(super_column, scope)| (&**key, *family, super_column.as_deref(), scope))
            })
        })
    }

    pub(super) fn operations(&self) -> usize {
        self.iter().map(|(.., scope)| scope.operations()).sum()
    }

    pub(super) fn bytes(&self) -> usize {
        self.iter().map(|(key, _, _, scope)| key.len() + scope.bytes()).sum()
    }

    /// Fixes the timestamps of all that has none yet: deletions come before insertions.
    pub(super) fn stamp(&mut self, deletions: i64, insertions: i64) {
        let scopes = self.rows.values_mut().flat_map(|row| row.values_mut());
        for scope in scopes.flat_map(|scopes| scopes.values_mut()) {
            if let Some(stamp) = &mut scope.deleted {
                stamp.get_or_insert(deletions);
            }
            for range in &mut scope.ranges {
                range.stamp.get_or_insert(deletions);
            }
            for cell in scope.cells.values_mut() {
                let deletes = cell.change == Change::Delete;
                cell.stamp.get_or_insert(if deletes { deletions } else { insertions });
            }
        }
    }

    /// Takes out rows that are acknowledged.
    pub(super) fn take(&mut self, keys: &[Packed]) -> Vec<(Packed, Row)> {
        keys.iter().filter_map(|key| self.rows.remove_entry(key)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPOT: Spot<'static> = Spot { key: b"row", family: 0, super_column: None };

    fn write(value: &[u8]) -> Change {
        Change::Write { value: value.into(), ttl: None }
    }

    fn seen<'p>(pending: &'p Pending, name: &[u8]) -> Seen<'p> {
        pending.seen(SPOT, &Class::Utf8, name)
    }

    #[test]
    fn the_last_word_on_a_column_counts() {
        let mut pending = Pending::default();
        assert_eq!(seen(&pending, b"a"), Seen::Unknown);
        let grown = pending.put(SPOT, b"a", write(b"1"));
        assert_eq!(pending.put(SPOT, b"a", write(b"2")), 0, "no larger than before");
        assert_eq!(grown + SPOT.key.len(), pending.bytes());
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
        assert_eq!(pending.seen(super_column, &Class::Utf8, b"c"), Seen::Absent);
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
        let scope = &pending.rows[&b"row"[..]][&0][&None];
        assert_eq!(scope.deleted, Some(Some(10)));
        assert_eq!(
            scope.cells[&b"a"[..]].stamp,
            Some(21),
            "what is new is later than what may have been sent"
        );
        assert_eq!(scope.cells[&b"b"[..]].stamp, Some(21));
    }
}
