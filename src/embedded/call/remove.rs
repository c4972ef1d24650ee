//! `remove` and `remove_counter`: delete a column, a super column, or a row.

use typed_arena::Arena;

use super::Context;
use crate::embedded::check;
use crate::embedded::check::mutation::Update;
use crate::embedded::failure::Failure;
use crate::embedded::node::RowWrite;
use crate::wire::hot::{ColumnPath, Remove, RemoveCounter};
use crate::wire::{ConsistencyLevel, DecodeError, methods};

pub(super) fn remove(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    let Remove { key, column_path, timestamp, consistency_level } = Remove::decode(body)?;
    let outcome = write(context, key, &column_path, Some(timestamp), consistency_level);
    context.reply::<methods::Remove>(outcome);
    Ok(())
}

pub(super) fn remove_counter(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    let RemoveCounter { key, path, consistency_level } = RemoveCounter::decode(body)?;
    let outcome = write(context, key, &path, None, consistency_level);
    context.reply::<methods::RemoveCounter>(outcome);
    Ok(())
}

/// Without a timestamp, what is removed are counters.
fn write(
    context: &Context<'_>,
    key: &[u8],
    path: &ColumnPath<'_>,
    timestamp: Option<i64>,
    level: ConsistencyLevel,
) -> Result<(), Failure> {
    let writing = context.node.writing();
    let (keyspace, family) = context.family_in(&writing.schema, path.column_family)?;
    check::counters(&family, timestamp.is_none())?;
    check::key(&family, key)?;
    check::removed_path(&family, path)?;
    if timestamp.is_none() {
        check::level::counter_write(&family, level)?;
    }
    let names = Arena::with_capacity(0);
    let mut update = Update::new(&family, &names, writing.moment);
    let timestamp = timestamp.unwrap_or(writing.moment.timestamp);
    update.remove(path.super_column, path.column, timestamp)?;
    keyspace.replication.check_write(level)?;

    let update = update.finish();
    writing.commit(vec![RowWrite { family, key, update }])
}
