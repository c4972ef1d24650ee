//! What is said of a column, and where it stands.

use super::Packed;
use crate::marshal::Class;
use crate::unit_of_work::cells::Attempt;

/// Where a column stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot<'a> {
    pub(crate) key: &'a [u8],
    pub(crate) family: usize,
    pub(crate) super_column: Option<&'a [u8]>,
}

/// What is to become of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change<'c> {
    Write { value: &'c [u8], ttl: Option<i32> },
    Delete,
}

/// A range of names that is deleted, bounds included; an empty one is open.
#[derive(Debug)]
pub(crate) struct Range {
    pub(crate) start: Packed,
    pub(crate) finish: Packed,
    pub(crate) attempt: Attempt,
}

impl<'c> Change<'c> {
    #[inline]
    pub(crate) fn value(&self) -> Option<&'c [u8]> {
        if let Change::Write { value, .. } = self { Some(value) } else { None }
    }

    #[inline]
    pub(crate) fn ttl(&self) -> Option<i32> {
        if let Change::Write { ttl, .. } = self { *ttl } else { None }
    }

    #[inline]
    pub(crate) fn length(&self) -> usize {
        self.value().map_or(0, <[u8]>::len)
    }
}

impl Range {
    pub(crate) fn of(start: &[u8], finish: &[u8]) -> Range {
        Range { start: start.into(), finish: finish.into(), attempt: 0 }
    }

    pub(crate) fn covers(&self, comparator: &Class, name: &[u8]) -> bool {
        (self.start.is_empty() || comparator.compare(&self.start, name).is_le())
            && (self.finish.is_empty() || comparator.compare(name, &self.finish).is_le())
    }
}
