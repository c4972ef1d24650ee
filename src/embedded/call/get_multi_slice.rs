//! `get_multi_slice`: several ranges of columns of one row.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::Context;
use super::columns::{Columns, Shown};
use crate::embedded::check;
use crate::embedded::failure::{Failure, invalid};
use crate::embedded::row::read::{Most, Predicate, Slice, read_row};
use crate::embedded::schema::ColumnFamily;
use crate::wire::hot::{ColumnSlice, GetMultiSlice, MultiSliceRequest, SliceReply};
use crate::wire::{DecodeError, methods};

/// The columns that are given where the request does not say how many.
const DEFAULT_COUNT: i32 = 1000;

pub(super) fn get_multi_slice(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    let call = GetMultiSlice::decode(body)?;
    context.in_place::<methods::GetMultiSlice>(|context| {
        let MultiSliceRequest { key, column_parent, column_slices, reversed, count, consistency_level } =
            &call.request;
        let missing = |what: &str| invalid(format!("the request has no {what}"));
        let parent = column_parent.as_ref().ok_or_else(|| missing("column_parent"))?;
        let (keyspace, family) = context.family(parent.column_family)?;
        if family.is_super() {
            return Err(invalid("get_multi_slice does not support super columns"));
        }
        check::parent(&family, parent)?;
        let slices = column_slices.as_ref().ok_or_else(|| missing("column_slices"))?;
        let reversed = reversed.unwrap_or_default();
        let slices = disjoint(&family, slices, reversed)?;
        let key = key.ok_or_else(|| missing("key"))?;
        check::key(&family, key)?;
        // as in Cassandra, which checks no count here, a negative one is none
        let most = usize::try_from(count.unwrap_or(DEFAULT_COUNT)).unwrap_or(0);
        keyspace.replication.check_read(consistency_level.unwrap_or_default())?;

        let predicate = Predicate::Slices { slices, reversed, most: Most::Columns(most) };
        let rules = family.rules(context.node.now());
        let snapshot = context.node.snapshot();
        let mut reply = SliceReply::begin_multi(context.sequence, context.out);
        let mut columns = Columns::new(&mut reply, Shown::Columns, context.node.largest_reply());
        read_row(&snapshot, &family.partition, key, &predicate, rules, &mut columns)?;
        columns.finish()?;
        reply.finish();
        Ok(())
    });
    Ok(())
}

/// The slices in the order of the reading; those that touch are made one.
fn disjoint<'a>(
    family: &ColumnFamily,
    given: &[ColumnSlice<'a>],
    reversed: bool,
) -> Result<Vec<Slice<'a>>, Failure> {
    let compare = |one: &[u8], other: &[u8]| {
        let order = family.comparator.compare(one, other);
        if reversed { order.reverse() } else { order }
    };
    let mut slices: Vec<(&'a [u8], &'a [u8])> = Vec::with_capacity(given.len());
    for (index, slice) in given.iter().enumerate() {
        let (start, finish) = (slice.start.unwrap_or_default(), slice.finish.unwrap_or_default());
        check::predicate::bound_as_it_is(family, start)?;
        check::predicate::bound_as_it_is(family, finish)?;
        if !start.is_empty() && !finish.is_empty() && compare(start, finish) == Ordering::Greater {
            return Err(invalid(if reversed {
                format!("Reversed column slice at index {index} had start less than finish")
            } else {
                format!("Column slice at index {index} had start greater than finish")
            }));
        }
        slices.push((start, finish));
    }
    slices.sort_by(|one, other| match (one.0, other.0) {
        ([], _) | (_, []) => other.0.is_empty().cmp(&one.0.is_empty()),
        (one, other) => compare(one, other),
    });
    let mut merged: Vec<(&'a [u8], &'a [u8])> = Vec::with_capacity(slices.len());
    for (start, finish) in slices {
        match merged.last_mut() {
            Some((_, end))
                if end.is_empty() || start.is_empty() || compare(start, end) != Ordering::Greater =>
            {
                if !end.is_empty() && (finish.is_empty() || compare(finish, end) == Ordering::Greater) {
                    *end = finish;
                }
            }
            _ => merged.push((start, finish)),
        }
    }
    let slice = |(start, finish)| Slice { start: Cow::Borrowed(start), finish: Cow::Borrowed(finish) };
    Ok(merged.into_iter().map(slice).collect())
}
