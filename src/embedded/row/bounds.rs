//! The order of names and of the bounds of ranges.

use std::cmp::Ordering;

use crate::marshal::Class;

/// Compares names with bounds; an empty start comes before, an empty finish after everything.
#[derive(Clone, Copy)]
pub(super) struct Order<'c>(pub(super) &'c Class);

impl Order<'_> {
    pub(super) fn name_with_start(self, name: &[u8], start: &[u8]) -> Ordering {
        if start.is_empty() { Ordering::Greater } else { self.0.compare(name, start) }
    }

    pub(super) fn name_with_finish(self, name: &[u8], finish: &[u8]) -> Ordering {
        if finish.is_empty() { Ordering::Less } else { self.0.compare(name, finish) }
    }

    pub(super) fn start_with_finish(self, start: &[u8], finish: &[u8]) -> Ordering {
        if start.is_empty() { Ordering::Less } else { self.name_with_finish(start, finish) }
    }

    pub(super) fn finish_with_start(self, finish: &[u8], start: &[u8]) -> Ordering {
        self.start_with_finish(start, finish).reverse()
    }

    pub(super) fn starts(self, one: &[u8], other: &[u8]) -> Ordering {
        match (one.is_empty(), other.is_empty()) {
            (false, false) => self.0.compare(one, other),
            (one_open, other_open) => other_open.cmp(&one_open),
        }
    }

    pub(super) fn finishes(self, one: &[u8], other: &[u8]) -> Ordering {
        match (one.is_empty(), other.is_empty()) {
            (false, false) => self.0.compare(one, other),
            (one_open, other_open) => one_open.cmp(&other_open),
        }
    }
}

/// A binary search that meets equal elements in the order in which Java's does.
pub(super) fn binary_search<T>(items: &[T], compare: impl Fn(&T) -> Ordering) -> Result<usize, usize> {
    let (mut low, mut end) = (0, items.len());
    while low < end {
        let middle = (low + end - 1) / 2;
        match compare(&items[middle]) {
            Ordering::Less => low = middle + 1,
            Ordering::Greater => end = middle,
            Ordering::Equal => return Ok(middle),
        }
    }
    Err(low)
}
