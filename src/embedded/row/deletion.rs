//! Deletions of whole rows and of ranges of names.

use std::cmp::Ordering;

use crate::marshal::Class;

/// Deletes what is not newer than `timestamp`; was made in the second `at`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Deletion {
    pub(crate) timestamp: i64,
    pub(crate) at: i32,
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
    /// Sorted; two neighbours share at most the name at which they meet.
    pub(crate) ranges: Vec<RangeDeletion<'a>>,
}

impl<'a> Deletions<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.row.is_none() && self.ranges.is_empty()
    }

    /// Whether a cell of this name and timestamp is deleted.
    pub(crate) fn shadow(&self, comparator: &Class, name: &[u8], timestamp: i64) -> bool {
        if self.row.is_some_and(|row| timestamp <= row.timestamp) {
            return true;
        }
        if self.ranges.is_empty() {
            return false;
        }
        let first = self.ranges.partition_point(|range| {
            !range.finish.is_empty() && comparator.compare(range.finish, name) == Ordering::Less
        });
        self.ranges[first..]
            .iter()
            .take_while(|range| {
                range.start.is_empty() || comparator.compare(range.start, name) != Ordering::Greater
            })
            .any(|range| timestamp <= range.deletion.timestamp)
    }

    /// Adds a deletion of the whole row.
    pub(crate) fn add_row(&mut self, deletion: Deletion) {
        self.row = self.row.max(Some(deletion));
    }

    /// Adds a deletion of a range: where it meets others, the greatest timestamp stays.
    pub(crate) fn add_range(&mut self, comparator: &Class, new: RangeDeletion<'a>) {
        let old_ranges = std::mem::take(&mut self.ranges);
        let mut left = Some(new);
        for old in old_ranges {
            let Some(new) = left else {
                self.ranges.push(old);
                continue;
            };
            if ends_before(comparator, old.finish, new.start) {
                self.ranges.push(old);
            } else if ends_before(comparator, new.finish, old.start) {
                self.ranges.extend([new, old]);
                left = None;
            } else if old.deletion.timestamp >= new.deletion.timestamp {
                if compare_starts(comparator, new.start, old.start) == Ordering::Less {
                    self.ranges.push(RangeDeletion { finish: old.start, ..new });
                }
                self.ranges.push(old);
                let beyond = compare_finishes(comparator, old.finish, new.finish) == Ordering::Less;
                left = beyond.then_some(RangeDeletion { start: old.finish, ..new });
            } else {
                if compare_starts(comparator, old.start, new.start) == Ordering::Less {
                    self.ranges.push(RangeDeletion { finish: new.start, ..old });
                }
                if compare_finishes(comparator, new.finish, old.finish) == Ordering::Less {
                    self.ranges.extend([new, RangeDeletion { start: new.finish, ..old }]);
                    left = None;
                }
            }
        }
        self.ranges.extend(left);
    }

    /// Adds all of another set.
    pub(crate) fn merge(&mut self, comparator: &Class, other: &Deletions<'a>) {
        if let Some(row) = other.row {
            self.add_row(row);
        }
        for range in &other.ranges {
            self.add_range(comparator, *range);
        }
        self.drop_shadowed_ranges();
    }

    /// Forgets what was deleted before `gc_before`. Only for a row of which every cell has been rewritten:
    /// a shadowed cell would come back.
    pub(crate) fn purge(&mut self, gc_before: i32) {
        self.row = self.row.filter(|row| row.at >= gc_before);
        self.ranges.retain(|range| range.deletion.at >= gc_before);
    }

    fn drop_shadowed_ranges(&mut self) {
        if let Some(row) = self.row {
            self.ranges.retain(|range| range.deletion.timestamp > row.timestamp);
        }
    }
}

/// Whether a range that ends at `finish` lies wholly before one that begins at `start`.
fn ends_before(comparator: &Class, finish: &[u8], start: &[u8]) -> bool {
    !finish.is_empty() && !start.is_empty() && comparator.compare(finish, start) == Ordering::Less
}

fn compare_starts(comparator: &Class, one: &[u8], other: &[u8]) -> Ordering {
    match (one.is_empty(), other.is_empty()) {
        (false, false) => comparator.compare(one, other),
        (one_open, other_open) => other_open.cmp(&one_open),
    }
}

fn compare_finishes(comparator: &Class, one: &[u8], other: &[u8]) -> Ordering {
    match (one.is_empty(), other.is_empty()) {
        (false, false) => comparator.compare(one, other),
        (one_open, other_open) => one_open.cmp(&other_open),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Names of one letter; 0 and 9 stand for open bounds.
    const NAMES: [&[u8]; 10] = [b"", b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"8", b""];

    fn range(start: usize, finish: usize, timestamp: i64) -> RangeDeletion<'static> {
        RangeDeletion { start: NAMES[start], finish: NAMES[finish], deletion: Deletion { timestamp, at: 0 } }
    }

    proptest! {
        #[test]
        fn merged_ranges_delete_what_the_single_ones_do(
            ranges in proptest::collection::vec((0_usize..10, 0_usize..10, 1_i64..6), 0..12),
        ) {
            let mut deletions = Deletions::default();
            let mut single = Vec::new();
            for (one, other, timestamp) in ranges {
                let (start, finish) = (one.min(other), one.max(other));
                if start == 9 || finish == 0 {
                    continue;
                }
                single.push((start, finish, timestamp));
                deletions.add_range(&Class::Bytes, range(start, finish, timestamp));
            }
            for (name, bytes) in NAMES.iter().enumerate().take(9).skip(1) {
                let greatest = single.iter()
                    .filter(|(start, finish, _)| (*start..=*finish).contains(&name))
                    .map(|(.., timestamp)| *timestamp)
                    .max()
                    .unwrap_or(0);
                for timestamp in 0..7 {
                    prop_assert_eq!(
                        deletions.shadow(&Class::Bytes, bytes, timestamp),
                        timestamp <= greatest && greatest > 0,
                        "name {}, timestamp {}, {:?}", name, timestamp, deletions
                    );
                }
            }
            for pair in deletions.ranges.windows(2) {
                prop_assert!(!pair[0].finish.is_empty() && !pair[1].start.is_empty(), "{:?}", deletions);
                prop_assert!(pair[0].finish <= pair[1].start, "{:?}", deletions);
            }
        }
    }

    #[test]
    fn a_row_deletion_swallows_older_ranges() {
        let mut deletions = Deletions::default();
        deletions.add_range(&Class::Bytes, range(1, 3, 5));
        deletions.add_range(&Class::Bytes, range(5, 6, 9));
        let row = Deletions { row: Some(Deletion { timestamp: 5, at: 1 }), ranges: Vec::new() };
        deletions.merge(&Class::Bytes, &row);
        assert_eq!(deletions.ranges, [range(5, 6, 9)]);
        assert!(deletions.shadow(&Class::Bytes, b"zz", 5));
        assert!(!deletions.shadow(&Class::Bytes, b"zz", 6));
        assert!(deletions.shadow(&Class::Bytes, b"5", 9));
    }

    #[test]
    fn a_timestamp_of_the_minimum_is_not_deleted_by_nothing() {
        assert!(!Deletions::default().shadow(&Class::Bytes, b"1", i64::MIN));
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
