//! Which columns of a row, packed.

use std::sync::Arc;

use crate::marshal::Class;
use crate::wire::hot::{SlicePredicate, SliceRange};

/// Which columns of a row, packed, and how many of them a call asks for.
#[derive(Clone, Debug)]
pub(crate) enum Predicate {
    /// By name. Shared, as a predicate is copied for each call.
    Names {
        names: Arc<[Vec<u8>]>,
        /// The most names that one call asks for.
        page: usize,
    },
    /// A range; empty ends are open.
    Slice {
        start: Vec<u8>,
        finish: Vec<u8>,
        reversed: bool,
        /// The most columns that the caller wants of a row.
        count: Option<usize>,
        /// The most columns that one call asks for.
        page: usize,
    },
}

impl Predicate {
    /// By name, all in one call.
    pub(super) fn names(names: Arc<[Vec<u8>]>) -> Self {
        Self::Names { names, page: usize::MAX }
    }

    /// The columns that a first call asks for.
    pub(super) fn first_page(&self) -> usize {
        match self {
            Self::Names { names, page } => names.len().min(*page),
            Self::Slice { count, page, .. } => count.map_or(*page, |count| count.min(*page)),
        }
    }

    /// The most columns that a call may ask for.
    pub(super) fn page(&self) -> usize {
        match self {
            Self::Names { page, .. } | Self::Slice { page, .. } => *page,
        }
    }

    /// Whether a first call can give no column of a row that has some: of many names it asks for a part.
    pub(super) fn is_cut(&self) -> bool {
        matches!(self, Self::Names { names, page } if *page < names.len())
    }

    /// What a first call asks for.
    pub(super) fn as_wire(&self) -> SlicePredicate<'_> {
        match self {
            Self::Names { names, .. } => by_name(&names[..self.first_page()]),
            Self::Slice { start, finish, reversed, .. } => slice(start, finish, *reversed, self.first_page()),
        }
    }

    /// Half the columns a call, where that is possible: for a message that was too large. Names are put into the
    /// order in which their columns come, as the pages have to follow each other.
    pub(super) fn halve(&mut self, comparator: &Class) -> bool {
        if self.first_page() < 2 {
            return false;
        }
        let half = self.first_page() / 2;
        match self {
            Self::Names { names, page } => {
                if *page >= names.len() {
                    let mut sorted = names.to_vec();
                    sorted.sort_by(|a, b| comparator.compare(a, b));
                    sorted.dedup_by(|a, b| comparator.compare(a, b).is_eq());
                    *names = sorted.into();
                }
                *page = half;
            }
            Self::Slice { page, .. } => *page = half,
        }
        true
    }
}

pub(super) fn by_name(names: &[Vec<u8>]) -> SlicePredicate<'_> {
    SlicePredicate { column_names: Some(names.iter().map(Vec::as_slice).collect()), slice_range: None }
}

pub(super) fn slice<'a>(
    start: &'a [u8],
    finish: &'a [u8],
    reversed: bool,
    count: usize,
) -> SlicePredicate<'a> {
    let count = i32::try_from(count).unwrap_or(i32::MAX);
    SlicePredicate { column_names: None, slice_range: Some(SliceRange { start, finish, reversed, count }) }
}
