//! `get_count`: how many columns, or super columns, a slice would give.

use super::Context;
use super::columns::{Count, Shown};
use crate::embedded::check;
use crate::embedded::failure::{Failure, invalid};
use crate::embedded::row::read::read_row;
use crate::wire::hot::{GetCount, SliceRange};
use crate::wire::{DecodeError, methods};

pub(super) fn get_count(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    let call = GetCount::decode(body)?;
    let outcome = count(context, &call);
    context.reply::<methods::GetCount>(outcome);
    Ok(())
}

fn count(context: &Context<'_>, call: &GetCount<'_>) -> Result<i32, Failure> {
    let (keyspace, family) = context.family(call.column_parent.column_family)?;
    let given = call.column_parent.super_column;
    let (super_column, predicate) = if call.predicate.column_names.is_some() {
        check::parent(&family, &call.column_parent)?;
        let predicate = check::predicate::predicate(&family, given, &call.predicate)?;
        check::key(&family, call.key)?;
        keyspace.replication.check_read(call.consistency_level)?;
        (given, predicate)
    } else {
        // Cassandra takes nearly everything here; no predicate is all columns
        let all = SliceRange { start: b"", finish: b"", reversed: false, count: i32::MAX };
        let range = call.predicate.slice_range.as_ref().unwrap_or(&all);
        if range.count < 0 {
            return Err(invalid("get_count requires non-negative count"));
        }
        check::predicate::bound_as_it_is(&family, range.start)?;
        check::predicate::bound_as_it_is(&family, range.finish)?;
        keyspace.replication.check_available(call.consistency_level)?;
        let super_column = given.filter(|_| family.is_super());
        (super_column, check::predicate::slice(&family, super_column, range))
    };

    let mut count = Count::new(Shown::of(&family, super_column.is_some(), false));
    let rules = family.rules(context.node.now());
    let snapshot = context.node.snapshot();
    read_row(&snapshot, &family.partition, call.key, &predicate, rules, &mut count)?;
    count.finish()
}
