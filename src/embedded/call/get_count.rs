//! `get_count`: how many columns a slice would give.

use std::ops::ControlFlow;

use super::Context;
use crate::embedded::check;
use crate::embedded::failure::Failure;
use crate::embedded::row::cell::LiveCell;
use crate::embedded::row::read::read_row;
use crate::wire::hot::GetCount;
use crate::wire::{DecodeError, methods};

pub(super) fn get_count(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    let call = GetCount::decode(body)?;
    let outcome = count(context, &call);
    context.reply::<methods::GetCount>(outcome);
    Ok(())
}

fn count(context: &Context<'_>, call: &GetCount<'_>) -> Result<i32, Failure> {
    let (keyspace, family) = context.family(call.column_parent.column_family)?;
    check::key(&family, call.key)?;
    check::parent(&family, &call.column_parent)?;
    let predicate = check::predicate::predicate(&family, &call.predicate)?;
    keyspace.replication.check_read(call.consistency_level)?;

    let mut count = 0;
    let mut add = |_: LiveCell<'_>| {
        count += 1;
        ControlFlow::Continue(())
    };
    let rules = family.rules(context.node.now());
    let snapshot = context.node.snapshot();
    read_row(&snapshot, &family.partition, call.key, &predicate, rules, &mut add)?;
    Ok(count)
}
