//! `insert` and `add`: write one column, or add to one counter.

use typed_arena::Arena;

use super::Context;
use crate::embedded::check;
use crate::embedded::check::mutation::Update;
use crate::embedded::failure::Failure;
use crate::embedded::node::RowWrite;
use crate::wire::hot::{Add, Insert};
use crate::wire::{DecodeError, methods};

pub(super) fn insert(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    let call = Insert::decode(body)?;
    let outcome = write(context, &call);
    context.reply::<methods::Insert>(outcome);
    Ok(())
}

fn write(context: &Context<'_>, call: &Insert<'_>) -> Result<(), Failure> {
    let writing = context.node.writing();
    let parent = &call.column_parent;
    let (keyspace, family) = context.family_in(&writing.schema, parent.column_family)?;
    check::counters(&family, false)?;
    check::key(&family, call.key)?;
    check::parent_of_written(&family, parent, call.column.name)?;
    let names = Arena::with_capacity(0);
    let mut update = Update::new(&family, &names, writing.moment);
    update.column(parent.super_column, &call.column)?;
    keyspace.replication.check_write(call.consistency_level)?;

    let update = update.finish();
    writing.commit(vec![RowWrite { family, key: call.key, update }])
}

pub(super) fn add(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    let call = Add::decode(body)?;
    let outcome = count(context, &call);
    context.reply::<methods::Add>(outcome);
    Ok(())
}

fn count(context: &Context<'_>, call: &Add<'_>) -> Result<(), Failure> {
    let writing = context.node.writing();
    let parent = &call.column_parent;
    let (keyspace, family) = context.family_in(&writing.schema, parent.column_family)?;
    check::counters(&family, true)?;
    check::key(&family, call.key)?;
    check::level::counter_write(&family, call.consistency_level)?;
    check::parent_of_written(&family, parent, call.column.name)?;
    let names = Arena::with_capacity(0);
    let mut update = Update::new(&family, &names, writing.moment);
    update.counter(parent.super_column, &call.column)?;
    keyspace.replication.check_write(call.consistency_level)?;

    let update = update.finish();
    writing.commit(vec![RowWrite { family, key: call.key, update }])
}
