//! `multiget_slice` and `multiget_count`: columns of several rows, or how many they are.

use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;

use super::Context;
use super::columns::{Columns, Count, Shown};
use crate::embedded::check;
use crate::embedded::failure::{Failure, invalid};
use crate::embedded::row::read::{Predicate, read_row};
use crate::embedded::schema::{ColumnFamily, Replication};
use crate::wire::hot::{ColumnParent, MultigetCount, MultigetSlice, RowsMethod, RowsReply, SlicePredicate};
use crate::wire::{ConsistencyLevel, DecodeError, methods};

/// A call that has been checked.
struct Checked<'a> {
    family: Arc<ColumnFamily>,
    /// Each key once: the reply is a map.
    keys: Vec<&'a [u8]>,
    predicate: Predicate<'a>,
    shown: Shown,
}

pub(super) fn multiget_slice(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    let call = MultigetSlice::decode(body)?;
    context.in_place::<methods::MultigetSlice>(|context| {
        let Checked { family, keys, predicate, shown } =
            check(context, &call.keys, &call.column_parent, &call.predicate, call.consistency_level)?;
        let rules = family.rules(context.node.now());
        let snapshot = context.node.snapshot();
        let mut reply = RowsReply::begin(RowsMethod::MultigetSlice, context.sequence, context.out);
        for key in keys {
            reply.row(key);
            let mut columns = Columns::new(&mut reply, shown, context.node.largest_reply());
            read_row(&snapshot, &family.partition, key, &predicate, rules, &mut columns)?;
            columns.finish()?;
        }
        reply.finish();
        Ok(())
    });
    Ok(())
}

pub(super) fn multiget_count(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    let call = MultigetCount::decode(body)?;
    let outcome = counts(context, &call);
    context.reply::<methods::MultigetCount>(outcome);
    Ok(())
}

fn counts(context: &Context<'_>, call: &MultigetCount<'_>) -> Result<Vec<(Bytes, i32)>, Failure> {
    let Checked { family, keys, predicate, shown } =
        check(context, &call.keys, &call.column_parent, &call.predicate, call.consistency_level)?;
    let rules = family.rules(context.node.now());
    let snapshot = context.node.snapshot();
    let mut counts = Vec::with_capacity(keys.len());
    for key in keys {
        let mut count = Count::new(shown);
        read_row(&snapshot, &family.partition, key, &predicate, rules, &mut count)?;
        counts.push((Bytes::copy_from_slice(key), count.finish()?));
    }
    Ok(counts)
}

fn check<'a>(
    context: &Context<'_>,
    keys: &[&'a [u8]],
    parent: &ColumnParent<'a>,
    predicate: &SlicePredicate<'a>,
    level: ConsistencyLevel,
) -> Result<Checked<'a>, Failure> {
    let (keyspace, family) = context.family(parent.column_family)?;
    check::parent(&family, parent)?;
    let predicate = check::predicate::predicate(&family, parent.super_column, predicate)?;
    for key in keys {
        check::key(&family, key)?;
    }
    if keys.len() > 1 && matches!(level, ConsistencyLevel::Serial | ConsistencyLevel::LocalSerial) {
        return Err(invalid("SERIAL/LOCAL_SERIAL consistency may only be requested for one row at a time"));
    }
    Replication::check_read_level(level)?;
    if !keys.is_empty() {
        keyspace.replication.check_available(level)?;
    }
    let mut seen = HashSet::with_capacity(keys.len());
    let keys: Vec<&[u8]> = keys.iter().copied().filter(|key| seen.insert(*key)).collect();
    let shown = Shown::of(&family, parent.super_column.is_some(), predicate.is_reversed());
    Ok(Checked { family, keys, predicate, shown })
}
