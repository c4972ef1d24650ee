//! `get_slice`: columns of one row.

use super::Context;
use super::columns::{Columns, Shown};
use crate::embedded::check;
use crate::embedded::row::read::read_row;
use crate::wire::hot::{GetSlice, SliceReply};
use crate::wire::{DecodeError, methods};

pub(super) fn get_slice(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    let call = GetSlice::decode(body)?;
    context.in_place::<methods::GetSlice>(|context| {
        let (keyspace, family) = context.family(call.column_parent.column_family)?;
        let super_column = call.column_parent.super_column;
        check::parent(&family, &call.column_parent)?;
        let predicate = check::predicate::predicate(&family, super_column, &call.predicate)?;
        check::key(&family, call.key)?;
        keyspace.replication.check_read(call.consistency_level)?;

        let shown = Shown::of(&family, super_column.is_some(), predicate.is_reversed());
        let rules = family.rules(context.node.now());
        let snapshot = context.node.snapshot();
        let mut reply = SliceReply::begin(context.sequence, context.out);
        let mut columns = Columns::new(&mut reply, shown, context.node.largest_reply());
        read_row(&snapshot, &family.partition, call.key, &predicate, rules, &mut columns)?;
        columns.finish()?;
        reply.finish();
        Ok(())
    });
    Ok(())
}
