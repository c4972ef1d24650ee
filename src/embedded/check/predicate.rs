//! Slice predicates.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::super::failure::{Failure, invalid};
use super::super::row::read::{Most, Predicate, Slice};
use super::super::row::super_column::{self, end_of, start_of};
use super::super::schema::ColumnFamily;
use super::{LONGEST, name, order};
use crate::marshal::Class;
use crate::wire::hot::{SlicePredicate, SliceRange};

/// Checks a predicate; gives the form in which rows are read.
pub(crate) fn predicate<'a>(
    family: &ColumnFamily,
    super_column: Option<&'a [u8]>,
    given: &SlicePredicate<'a>,
) -> Result<Predicate<'a>, Failure> {
    match (&given.column_names, &given.slice_range) {
        (None, None) => Err(invalid("predicate column_names and slice_range may not both be null")),
        (Some(_), Some(_)) => Err(invalid("predicate column_names and slice_range may not both be present")),
        (Some(columns), None) => {
            for column in columns {
                name(family, super_column, column)?;
            }
            Ok(names(family, super_column, columns.clone()))
        }
        (None, Some(range)) => {
            slice_range(family, super_column, range)?;
            Ok(slice(family, super_column, range))
        }
    }
}

/// Checks a range of names.
pub(super) fn slice_range(
    family: &ColumnFamily,
    super_column: Option<&[u8]>,
    range: &SliceRange<'_>,
) -> Result<(), Failure> {
    if range.count < 0 {
        return Err(invalid("get_slice requires non-negative count"));
    }
    let order = order(family, super_column);
    for (which, bound) in [("start", range.start), ("finish", range.finish)] {
        if bound.len() > LONGEST {
            return Err(invalid(format!("range {which} length cannot be larger than {LONGEST}")));
        }
        order.validate(bound).map_err(|mismatch| invalid(format!("range {which}: {mismatch}")))?;
    }
    let wrong = if range.reversed { Ordering::Less } else { Ordering::Greater };
    if !range.start.is_empty()
        && !range.finish.is_empty()
        && order.compare(range.start, range.finish) == wrong
    {
        return Err(invalid("range finish must come after start in the order of traversal"));
    }
    Ok(())
}

/// Checks a bound that Cassandra takes without a look at its class: a composite it must be able to take apart
/// all the same.
pub(crate) fn bound_as_it_is(family: &ColumnFamily, bound: &[u8]) -> Result<(), Failure> {
    let Class::Composite(components) = &family.comparator else {
        return Ok(());
    };
    if family.is_super() {
        return Ok(());
    }
    let bad = || invalid(format!("a bound of the range is no name for {}", family.comparator));
    // what a name of a static column begins with
    let mut rest = bound.strip_prefix(&[0xff, 0xff]).unwrap_or(bound);
    let mut count = 0;
    while let Some((length, after)) = rest.split_first_chunk() {
        let end = usize::from(u16::from_be_bytes(*length)) + 1;
        rest = after.get(end..).ok_or_else(bad)?;
        count += 1;
    }
    if rest.is_empty() && count <= components.len() { Ok(()) } else { Err(bad()) }
}

/// Reads these columns, or super columns.
pub(crate) fn names<'a>(
    family: &ColumnFamily,
    super_column: Option<&'a [u8]>,
    mut columns: Vec<&'a [u8]>,
) -> Predicate<'a> {
    let order = order(family, super_column);
    columns.sort_by(|one, other| order.compare(one, other));
    columns.dedup_by(|one, other| order.compare(one, other) == Ordering::Equal);
    match (family.is_super(), super_column) {
        (true, None) => {
            let most = Most::SuperColumns(columns.len());
            let slice = |name: &[u8]| Slice { start: start_of(name).into(), finish: end_of(name).into() };
            Predicate::Slices { slices: columns.into_iter().map(slice).collect(), reversed: false, most }
        }
        (true, Some(super_column)) => {
            let name = |column: &[u8]| Cow::Owned(super_column::name(super_column, column));
            Predicate::Names(columns.into_iter().map(name).collect())
        }
        (false, _) => Predicate::Names(columns.into_iter().map(Cow::Borrowed).collect()),
    }
}

/// Reads a range of columns, or of super columns.
pub(crate) fn slice<'a>(
    family: &ColumnFamily,
    super_column: Option<&'a [u8]>,
    &SliceRange { start, finish, reversed, count }: &SliceRange<'a>,
) -> Predicate<'a> {
    let count = usize::try_from(count).unwrap_or_default();
    // a bound lies before or after all that begins with it, by the end at which it stands
    let before = |name: &[u8]| if reversed { end_of(name) } else { start_of(name) };
    let after = |name: &[u8]| if reversed { start_of(name) } else { end_of(name) };
    let (slice, most) = match (family.is_super(), super_column) {
        (false, _) => return Predicate::slice(start, finish, reversed, count),
        (true, None) => {
            let slice = Slice {
                start: if start.is_empty() { Cow::Borrowed(start) } else { before(start).into() },
                finish: if finish.is_empty() { Cow::Borrowed(finish) } else { after(finish).into() },
            };
            (slice, Most::SuperColumns(count))
        }
        (true, Some(name)) => {
            let within = |column| super_column::name(name, column);
            let slice = Slice {
                start: if start.is_empty() { before(name) } else { within(start) }.into(),
                finish: if finish.is_empty() { after(name) } else { within(finish) }.into(),
            };
            (slice, Most::Columns(count))
        }
    };
    Predicate::Slices { slices: vec![slice], reversed, most }
}
