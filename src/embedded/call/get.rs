//! `get`: one column, or one super column.

use super::Context;
use super::columns::{Columns, Shown};
use crate::embedded::check;
use crate::embedded::row::read::read_row;
use crate::wire::hot::{Get, SliceReply};
use crate::wire::{DecodeError, Exception, methods};

pub(super) fn get(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    let call = Get::decode(body)?;
    context.in_place::<methods::Get>(|context| {
        let (keyspace, family) = context.family(call.column_path.column_family)?;
        let (super_column, column) = (call.column_path.super_column, call.column_path.column);
        check::column_path(&family, super_column, column)?;
        check::key(&family, call.key)?;
        keyspace.replication.check_read(call.consistency_level)?;

        let within = super_column.filter(|_| column.is_some());
        let predicate =
            check::predicate::names(&family, within, column.or(super_column).into_iter().collect());
        let shown = Shown::of(&family, within.is_some(), false);
        let rules = family.rules(context.node.now());
        let snapshot = context.node.snapshot();
        let mut reply = SliceReply::begin_get(context.sequence, context.out);
        let mut columns = Columns::new(&mut reply, shown, context.node.largest_reply());
        read_row(&snapshot, &family.partition, call.key, &predicate, rules, &mut columns)?;
        columns.finish()?;
        if reply.is_empty() {
            return Err(Exception::NotFound.into());
        }
        reply.finish();
        Ok(())
    });
    Ok(())
}
