//! Deletions of whole rows and of ranges of names.
//!
//! Cassandra 2.1 keeps the ranges of a row as a sorted list of pieces, two neighbours of which may share the
//! name at which they meet, each with its own timestamp. Which of the two counts there depends on how the row
//! is read ([`View`](super::view::View)). Clients see that, so the list is kept piece by piece as Cassandra keeps it.

use std::cmp::Ordering;

use super::bounds::{Order, binary_search};
use super::cell::{Cell, Content};
use crate::marshal::Class;

/// Deletes what is not newer than `timestamp`; was made in the second `at`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Deletion {
    pub(crate) timestamp: i64,
    pub(crate) at: i32,
}

impl Deletion {
    /// Whether it deletes a cell that it covers. A counter is deleted whenever it was added to: as in Cassandra,
    /// no addition brings it back before the deletion is forgotten.
    pub(crate) fn deletes(self, cell: &Cell<'_>) -> bool {
        matches!(cell.content, Content::Counter(_)) || cell.timestamp <= self.timestamp
    }
}

/// A deletion of the names from `start` to `finish`, both included; an empty bound is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RangeDeletion<'a> {
    pub(crate) start: &'a [u8],
    pub(crate) finish: &'a [u8],
    pub(crate) deletion: Deletion,
}

/// What is deleted of a row beyond single cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Deletions<'a> {
    pub(crate) row: Option<Deletion>,
    /// Sorted; a piece begins where the one before it ends, or after it.
    pub(crate) ranges: Vec<RangeDeletion<'a>>,
}

/// From this number of pieces on, those that the row's deletion makes needless are dropped. Cassandra drops
/// them later, when it compacts; before that they can still be seen where pieces meet.
const MANY_RANGES: usize = 256;

impl<'a> Deletions<'a> {
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.row.is_none() && self.ranges.is_empty()
    }

    /// Adds a deletion of the whole row.
    pub(crate) fn add_row(&mut self, deletion: Deletion) {
        if self.row.is_none_or(|row| row.timestamp < deletion.timestamp) {
            self.row = Some(deletion);
        }
    }

    /// Adds a deletion of a range: where it overlaps others, the greatest timestamp stays.
    pub(crate) fn add_range(&mut self, comparator: &Class, new: RangeDeletion<'a>) {
        let order = Order(comparator);
        match self.ranges.last() {
            Some(last) if order.finish_with_start(last.finish, new.start) == Ordering::Greater => {
                let at =
                    binary_search(&self.ranges, |range| order.finish_with_start(range.finish, new.start));
                self.insert_from(order, at.unwrap_or_else(|at| at), new);
            }
            _ => self.ranges.push(new),
        }
    }

    /// Adds all of another set.
    pub(crate) fn merge(&mut self, comparator: &Class, other: &Deletions<'a>) {
        let order = Order(comparator);
        if let Some(row) = other.row {
            self.add_row(row);
        }
        if self.ranges.len() > 10 * other.ranges.len() {
            for range in &other.ranges {
                self.add_range(comparator, *range);
            }
        } else {
            let mut at = 0;
            let mut new = other.ranges.as_slice();
            while let (Some(range), Some(old)) = (new.first(), self.ranges.get(at)) {
                if order.finish_with_start(old.finish, range.start) == Ordering::Greater {
                    self.insert_from(order, at, *range);
                    new = &new[1..];
                } else {
                    at += 1;
                }
            }
            self.ranges.extend_from_slice(new);
        }
        if self.ranges.len() > MANY_RANGES
            && let Some(row) = self.row
        {
            self.ranges.retain(|range| range.deletion.timestamp > row.timestamp);
        }
    }

    /// Adds a range that begins at or before the end of piece `at`, and after the pieces before that.
    fn insert_from(&mut self, order: Order<'_>, mut at: usize, mut new: RangeDeletion<'a>) {
        while let Some(&old) = self.ranges.get(at) {
            let stronger = new.deletion.timestamp > old.deletion.timestamp;
            let starts = order.starts(new.start, old.start);
            let before = order.finish_with_start(new.finish, old.start) != Ordering::Greater;
            if stronger {
                if starts == Ordering::Greater {
                    self.ranges.insert(at, RangeDeletion { finish: new.start, ..old });
                    at += 1;
                } else if before {
                    let point = order.start_with_finish(old.start, old.finish) == Ordering::Equal;
                    if point && order.finish_with_start(new.finish, old.start) == Ordering::Equal {
                        self.ranges[at] = new;
                    } else {
                        self.ranges.insert(at, new);
                    }
                    return;
                }
                if order.finishes(old.finish, new.finish) == Ordering::Greater {
                    self.ranges.insert(at, new);
                    self.ranges[at + 1] = RangeDeletion { start: new.finish, ..old };
                    return;
                }
                if at + 1 == self.ranges.len() {
                    self.ranges[at] = new;
                    return;
                }
                self.ranges[at] = RangeDeletion { finish: old.finish, ..new };
            } else {
                if starts == Ordering::Less {
                    if before {
                        self.ranges.insert(at, new);
                        return;
                    }
                    self.ranges.insert(at, RangeDeletion { finish: old.start, ..new });
                    at += 1;
                }
            }
            if order.finishes(new.finish, old.finish) != Ordering::Greater {
                return;
            }
            new.start = old.finish;
            at += 1;
        }
        self.ranges.push(new);
    }

    /// Whether a cell is deleted in every view, now and whatever is added later, so that it need not be kept.
    /// Within a piece that is so; where pieces may meet, only once the piece itself is forgotten with what
    /// was deleted before `gc_before`.
    #[inline]
    pub(crate) fn erases(&self, comparator: &Class, cell: &Cell<'_>, gc_before: i32) -> bool {
        !self.is_empty() && self.some_erases(comparator, cell, gc_before)
    }

    fn some_erases(&self, comparator: &Class, cell: &Cell<'_>, gc_before: i32) -> bool {
        let forgotten = |deletion: Deletion| deletion.at < gc_before;
        // a counter that was added to after a deletion that is forgotten begins anew
        let deletes = |deletion: Deletion| {
            if forgotten(deletion) { cell.timestamp <= deletion.timestamp } else { deletion.deletes(cell) }
        };
        if self.row.is_some_and(deletes) {
            return true;
        }
        let order = Order(comparator);
        self.ranges.iter().any(|range| {
            let start = order.name_with_start(cell.name, range.start);
            let finish = order.name_with_finish(cell.name, range.finish);
            let inside = start == Ordering::Greater && finish == Ordering::Less;
            let touches = start != Ordering::Less && finish != Ordering::Greater;
            deletes(range.deletion) && (inside || touches && forgotten(range.deletion))
        })
    }

    /// Whether there is something to forget of what was deleted before `gc_before`.
    pub(crate) fn is_purgeable(&self, gc_before: i32) -> bool {
        self.row.is_some_and(|row| row.at < gc_before) || self.forgotten(gc_before).next().is_some()
    }

    /// The ranges that were deleted before `gc_before`.
    pub(crate) fn forgotten(&self, gc_before: i32) -> impl Iterator<Item = &RangeDeletion<'a>> {
        self.ranges.iter().filter(move |range| range.deletion.at < gc_before)
    }

    /// Forgets what was deleted before `gc_before`. Only once the cells on the bounds of the forgotten ranges
    /// have been rewritten: those within were erased when the deletion, or they, were written.
    pub(crate) fn purge(&mut self, gc_before: i32) {
        self.row = self.row.filter(|row| row.at >= gc_before);
        self.ranges.retain(|range| range.deletion.at >= gc_before);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::super::view::View;
    use super::*;

    /// Names of one letter; 0 and 9 stand for open bounds.
    pub(crate) const NAMES: [&[u8]; 10] = [b"", b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"8", b""];

    pub(crate) fn range(start: usize, finish: usize, timestamp: i64) -> RangeDeletion<'static> {
        RangeDeletion { start: NAMES[start], finish: NAMES[finish], deletion: Deletion { timestamp, at: 0 } }
    }

    proptest! {
        #[test]
        fn merged_ranges_delete_what_the_single_ones_do(
            batches in proptest::collection::vec(
                proptest::collection::vec((0_usize..10, 0_usize..10, 1_i64..6), 1..4), 0..8),
        ) {
            let mut deletions = Deletions::default();
            let mut single = Vec::new();
            for batch in batches {
                let mut update = Deletions::default();
                for (one, other, timestamp) in batch {
                    let (start, finish) = (one.min(other), one.max(other));
                    if start != 9 && finish != 0 {
                        single.push((start, finish, timestamp));
                        update.add_range(&Class::Bytes, range(start, finish, timestamp));
                    }
                }
                deletions.merge(&Class::Bytes, &update);
            }
            for (name, bytes) in NAMES.iter().enumerate().take(9).skip(1) {
                let over = |bounds_too: bool| single.iter()
                    .filter(|(start, finish, _)| {
                        if bounds_too { (*start..=*finish).contains(&name) } else { *start < name && name < *finish }
                    })
                    .map(|(.., timestamp)| *timestamp)
                    .max()
                    .unwrap_or(0);
                for timestamp in 1..7 {
                    let view = View::whole(&deletions, &Class::Bytes, false);
                    let cell = Cell { name: bytes, timestamp, content: Content::Live(b"") };
                    let deleted = view.deletes(&cell);
                    // within a range there is no doubt; on its bounds a weaker neighbour may speak for it
                    prop_assert!(deleted || timestamp > over(false), "{} {} {:?}", name, timestamp, deletions);
                    prop_assert!(!deleted || timestamp <= over(true), "{} {} {:?}", name, timestamp, deletions);
                    if deletions.erases(&Class::Bytes, &cell, i32::MIN) {
                        prop_assert!(deleted);
                    }
                }
            }
            for pair in deletions.ranges.windows(2) {
                prop_assert!(!pair[0].finish.is_empty() && !pair[1].start.is_empty(), "{:?}", deletions);
                prop_assert!(pair[0].finish <= pair[1].start, "{:?}", deletions);
            }
        }
    }

    #[test]
    fn purge_forgets_by_age() {
        let mut deletions =
            Deletions { row: Some(Deletion { timestamp: 5, at: 10 }), ranges: vec![range(1, 2, 9)] };
        deletions.purge(10);
        assert!(deletions.row.is_some() && deletions.ranges.is_empty());
        deletions.purge(11);
        assert!(deletions.is_empty());
    }
}
