//! Slice predicates.

use std::cmp::Ordering;

use super::super::failure::{Failure, invalid};
use super::super::row::read::Predicate;
use super::super::schema::ColumnFamily;
use super::name;
use crate::wire::hot::{SlicePredicate, SliceRange};

/// Checks a predicate; gives the form in which rows are read.
pub(crate) fn predicate<'a>(
    family: &ColumnFamily,
    given: &SlicePredicate<'a>,
) -> Result<Predicate<'a>, Failure> {
    match (&given.column_names, &given.slice_range) {
        (None, None) => Err(invalid("predicate column_names and slice_range may not both be null")),
        (Some(_), Some(_)) => Err(invalid("predicate column_names and slice_range may not both be present")),
        (Some(names), None) => {
            for column in names {
                name(family, column)?;
            }
            let mut names = names.clone();
            let comparator = &family.comparator;
            names.sort_by(|one, other| comparator.compare(one, other));
            names.dedup_by(|one, other| comparator.compare(one, other) == Ordering::Equal);
            Ok(Predicate::Names(names))
        }
        (None, Some(range)) => {
            slice_range(family, range)?;
            let SliceRange { start, finish, reversed, count } = *range;
            let count = usize::try_from(count).unwrap_or_default();
            Ok(Predicate::Slice { start, finish, reversed, count })
        }
    }
}

/// Checks a range of column names.
pub(super) fn slice_range(family: &ColumnFamily, range: &SliceRange<'_>) -> Result<(), Failure> {
    for bound in [range.start, range.finish] {
        if !bound.is_empty() {
            name(family, bound)?;
        }
    }
    let wrong = if range.reversed { Ordering::Less } else { Ordering::Greater };
    if !range.start.is_empty()
        && !range.finish.is_empty()
        && family.comparator.compare(range.start, range.finish) == wrong
    {
        return Err(invalid("range finish must come after start in the order of traversal"));
    }
    if range.count < 0 {
        return Err(invalid("get_slice requires non-negative count"));
    }
    Ok(())
}
