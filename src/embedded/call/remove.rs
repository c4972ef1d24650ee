//! `remove`: deletes a column or a row.

use super::Context;
use crate::embedded::check;
use crate::embedded::failure::{Failure, invalid};
use crate::embedded::node::RowWrite;
use crate::embedded::row::cell::{Cell, Content};
use crate::embedded::row::deletion::Deletion;
use crate::embedded::row::write::RowUpdate;
use crate::wire::hot::Remove;
use crate::wire::{DecodeError, methods};

pub(super) fn remove(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    let call = Remove::decode(body)?;
    let outcome = write(context, &call);
    context.reply::<methods::Remove>(outcome);
    Ok(())
}

fn write(context: &Context<'_>, call: &Remove<'_>) -> Result<(), Failure> {
    let writing = context.node.writing();
    let path = &call.column_path;
    let (keyspace, family) = context.family_in(&writing.schema, path.column_family)?;
    check::key(&family, call.key)?;
    if path.super_column.is_some() {
        return Err(invalid(format!("supercolumn may not be specified for standard CF {}", family.name())));
    }
    let (timestamp, at) = (call.timestamp, writing.now);
    let mut update = RowUpdate::default();
    match path.column {
        None => update.deletions.add_row(Deletion { timestamp, at }),
        Some(name) => {
            check::name(&family, name)?;
            update.cells.push(Cell { name, timestamp, content: Content::Deleted { at } });
        }
    }
    keyspace.replication.check_write(call.consistency_level)?;

    writing.commit(vec![RowWrite { family, key: call.key, update }])
}
