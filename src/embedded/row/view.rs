//! What a read sees of a row's deletions.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::bounds::{Order, binary_search};
use super::cell::Cell;
use super::deletion::{Deletion, Deletions, RangeDeletion};
use super::read::Slice;
use crate::marshal::Class;

/// The deletions as one kind of read sees them.
#[derive(Clone, Debug)]
pub(crate) struct View<'d, 'a> {
    comparator: &'d Class,
    row: Option<Deletion>,
    ranges: Cow<'d, [RangeDeletion<'a>]>,
    reversed: bool,
}

impl<'d, 'a> View<'d, 'a> {
    /// What a scan over rows sees: all pieces.
    pub(crate) fn whole(deletions: &'d Deletions<'a>, comparator: &'d Class, reversed: bool) -> View<'d, 'a> {
        View { comparator, row: deletions.row, ranges: Cow::Borrowed(&deletions.ranges), reversed }
    }

    /// What a read of slices sees: of each, the pieces from the one that covers its first name to the one
    /// that covers its last.
    pub(crate) fn slices(
        deletions: &'d Deletions<'a>,
        comparator: &'d Class,
        slices: &[Slice<'_>],
        reversed: bool,
    ) -> View<'d, 'a> {
        let mut pieces = slices.iter().map(|slice| pieces(&deletions.ranges, comparator, slice, reversed));
        let ranges = match (pieces.next(), slices.len()) {
            (Some(seen), 1) => Cow::Borrowed(seen),
            (first, _) => {
                let mut seen: Deletions<'a> = Deletions::default();
                for range in first.into_iter().chain(pieces).flatten() {
                    seen.add_range(comparator, *range);
                }
                Cow::Owned(seen.ranges)
            }
        };
        View { comparator, row: deletions.row, ranges, reversed }
    }

    /// What a read of these sorted names sees: the piece that covers each, looked for only where the one
    /// found before does not cover it, too.
    pub(crate) fn names(
        deletions: &'d Deletions<'a>,
        comparator: &'d Class,
        names: &[Cow<'_, [u8]>],
    ) -> View<'d, 'a> {
        let mut seen: Deletions<'a> = Deletions::default();
        let mut last: Option<RangeDeletion<'a>> = None;
        if !deletions.ranges.is_empty() {
            for name in names {
                if !last.is_some_and(|last| covers(Order(comparator), &last, name)) {
                    let found = search(comparator, &deletions.ranges, name, 0);
                    last = found.ok().map(|found| deletions.ranges[found]);
                }
                if let Some(last) = last {
                    seen.add_range(comparator, last);
                }
            }
        }
        View { comparator, row: deletions.row, ranges: Cow::Owned(seen.ranges), reversed: false }
    }

    /// Whether a cell is deleted.
    #[inline]
    pub(crate) fn deletes(&self, cell: &Cell<'_>) -> bool {
        // Cassandra has no row deletion that is older than this one
        cell.timestamp == i64::MIN
            || self.row.is_some_and(|row| row.deletes(cell))
            || !self.ranges.is_empty() && self.deletes_in_range(cell)
    }

    fn deletes_in_range(&self, cell: &Cell<'_>) -> bool {
        // the first piece that does not end before the name
        let (order, name) = (Order(self.comparator), cell.name);
        let first = self
            .ranges
            .partition_point(|range| order.name_with_finish(name, range.finish) == Ordering::Greater);
        let deletes = |range: &RangeDeletion<'_>| range.deletion.deletes(cell);
        let found = self.ranges.get(first);
        let in_order = found.is_some_and(|range| {
            order.name_with_start(name, range.start) != Ordering::Less && deletes(range)
        });
        in_order
            || self.reversed
                && search(self.comparator, &self.ranges, name, 0)
                    .is_ok_and(|found| deletes(&self.ranges[found]))
    }
}

/// The pieces that one slice sees.
fn pieces<'r, 'a>(
    ranges: &'r [RangeDeletion<'a>],
    comparator: &Class,
    Slice { start, finish }: &Slice<'_>,
    reversed: bool,
) -> &'r [RangeDeletion<'a>] {
    let (from, till) = if reversed { (finish, start) } else { (start, finish) };
    let first = match &**from {
        [] => 0,
        from => search(comparator, ranges, from, 0).unwrap_or_else(|next| next),
    };
    let end = match &**till {
        [] => ranges.len(),
        till => search(comparator, ranges, till, first).map_or_else(|next| next, |covering| covering + 1),
    };
    ranges.get(first..end).unwrap_or_default()
}

fn covers(order: Order<'_>, range: &RangeDeletion<'_>, name: &[u8]) -> bool {
    order.name_with_start(name, range.start) != Ordering::Less
        && order.name_with_finish(name, range.finish) != Ordering::Greater
}

/// The piece from `first` on that covers a name; of two that meet there, the stronger one before it or else
/// the one that begins there. Where none does, the piece that would come next.
fn search(
    comparator: &Class,
    ranges: &[RangeDeletion<'_>],
    name: &[u8],
    first: usize,
) -> Result<usize, usize> {
    let order = Order(comparator);
    let begins = |range: &RangeDeletion<'_>| order.name_with_start(name, range.start).reverse();
    match binary_search(&ranges[first..], begins) {
        Ok(found) => {
            let found = first + found;
            let before = found.checked_sub(1).map(|before| &ranges[before]);
            let stronger = before.is_some_and(|before| {
                order.name_with_finish(name, before.finish) == Ordering::Equal
                    && before.deletion.timestamp > ranges[found].deletion.timestamp
            });
            Ok(if stronger { found - 1 } else { found })
        }
        Err(next) => match (first + next).checked_sub(1) {
            Some(before) if order.name_with_finish(name, ranges[before].finish) != Ordering::Greater => {
                Ok(before)
            }
            _ => Err(first + next),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::cell::tests::{counter, live};
    use super::super::deletion::tests::range;
    use super::*;

    fn whole<'d>(deletions: &'d Deletions<'static>) -> View<'d, 'static> {
        View::whole(deletions, &Class::Bytes, false)
    }

    #[test]
    fn where_pieces_meet_the_way_of_reading_decides() {
        // recorded: a slice over all names gives a cell that the second of two touching pieces deletes; a slice
        // from its name on, or a read of the name, does not
        let mut deletions = Deletions::default();
        deletions.add_range(&Class::Bytes, range(1, 6, 35));
        deletions.merge(&Class::Bytes, &Deletions { row: None, ranges: vec![range(2, 2, 38)] });
        assert_eq!(deletions.ranges, [range(1, 2, 35), range(2, 2, 38), range(2, 6, 35)]);
        let slice = |start: &'static [u8], reversed| {
            let slices = [Slice { start: Cow::Borrowed(start), finish: Cow::Borrowed(b"") }];
            View::slices(&deletions, &Class::Bytes, &slices, reversed)
        };
        assert!(!slice(b"", false).deletes(&live("2", 38, "")));
        assert!(slice(b"2", false).deletes(&live("2", 38, "")));
        assert!(slice(b"2", true).deletes(&live("2", 38, "")));
        assert!(View::names(&deletions, &Class::Bytes, &[Cow::Borrowed(b"2")]).deletes(&live("2", 38, "")));
        assert!(!deletions.erases(&Class::Bytes, &live("2", 38, ""), i32::MIN));
        assert!(deletions.erases(&Class::Bytes, &live("2", 38, ""), 1));
        assert!(deletions.erases(&Class::Bytes, &live("3", 35, ""), i32::MIN));
    }

    #[test]
    fn a_row_deletion_counts_for_every_name() {
        let mut deletions = Deletions::default();
        deletions.add_range(&Class::Bytes, range(5, 6, 9));
        deletions.add_row(Deletion { timestamp: 5, at: 1 });
        deletions.add_row(Deletion { timestamp: 4, at: 2 });
        assert!(whole(&deletions).deletes(&live("zz", 5, "")));
        assert!(!whole(&deletions).deletes(&live("zz", 6, "")));
        assert!(whole(&deletions).deletes(&live("5", 9, "")));
    }

    #[test]
    fn a_counter_is_deleted_whenever_it_was_added_to() {
        let mut deletions = Deletions::default();
        deletions.add_range(&Class::Bytes, range(5, 6, 9));
        assert!(whole(&deletions).deletes(&counter("5", 10, 1)));
        assert!(!whole(&deletions).deletes(&counter("7", 8, 1)));
        deletions.add_row(Deletion { timestamp: 5, at: 1 });
        assert!(whole(&deletions).deletes(&counter("7", 8, 1)));
        assert!(deletions.erases(&Class::Bytes, &counter("7", 8, 1), i32::MIN));
    }

    #[test]
    fn nothing_is_older_than_no_deletion() {
        // recorded: a cell of the least timestamp is never seen
        assert!(whole(&Deletions::default()).deletes(&live("1", i64::MIN, "")));
        assert!(!whole(&Deletions::default()).deletes(&live("1", i64::MIN + 1, "")));
    }
}
