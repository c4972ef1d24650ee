//! `insert`: writes one column.

use super::Context;
use crate::embedded::check;
use crate::embedded::failure::Failure;
use crate::embedded::node::RowWrite;
use crate::embedded::row::write::RowUpdate;
use crate::wire::hot::Insert;
use crate::wire::{DecodeError, methods};

pub(super) fn insert(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    let call = Insert::decode(body)?;
    let outcome = write(context, &call);
    context.reply::<methods::Insert>(outcome);
    Ok(())
}

fn write(context: &Context<'_>, call: &Insert<'_>) -> Result<(), Failure> {
    let writing = context.node.writing();
    let (keyspace, family) = context.family_in(&writing.schema, call.column_parent.column_family)?;
    check::key(&family, call.key)?;
    check::parent(&family, &call.column_parent)?;
    let cell = check::column::column(&family, &call.column, writing.now)?;
    keyspace.replication.check_write(call.consistency_level)?;

    let update = RowUpdate { cells: vec![cell], ..RowUpdate::default() };
    writing.commit(vec![RowWrite { family, key: call.key, update }])
}
