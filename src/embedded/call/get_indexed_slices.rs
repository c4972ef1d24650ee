//! `get_indexed_slices`: columns of the rows that an index clause asks for, in the order of their tokens.

use std::ops::{Bound, ControlFlow};

use super::Context;
use super::columns::{Columns, Shown};
use crate::embedded::check;
use crate::embedded::failure::{Failure, invalid};
use crate::embedded::index::search::search;
use crate::embedded::row::scan::from_key;
use crate::wire::hot::{GetIndexedSlices, RowsMethod, RowsReply};
use crate::wire::{DecodeError, methods};

pub(super) fn get_indexed_slices(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    let call = GetIndexedSlices::decode(body)?;
    context.in_place::<methods::GetIndexedSlices>(|context| {
        let (keyspace, family) = context.family(call.column_parent.column_family)?;
        let super_column = call.column_parent.super_column;
        check::counters(&family, false)?;
        check::parent(&family, &call.column_parent)?;
        let predicate = check::predicate::predicate(&family, super_column, &call.column_predicate)?;
        let clause = &call.index_clause;
        let filter = check::filter::index_clause(&family, clause)?;
        keyspace.replication.check_read(call.consistency_level)?;
        let most = usize::try_from(clause.count).map_err(|_| {
            invalid(format!("the count of an index clause must not be negative, got {}", clause.count))
        })?;

        let from = match clause.start_key {
            [] => Bound::Unbounded,
            key => from_key(key, family.partitioner),
        };
        let shown = Shown::of(&family, super_column.is_some(), predicate.is_reversed());
        let largest = context.node.largest_reply();
        let rules = family.rules(context.node.now());
        let snapshot = context.node.snapshot();
        let mut reply = RowsReply::begin(RowsMethod::GetIndexedSlices, context.sequence, context.out);
        let bounds = if most == 0 { Vec::new() } else { vec![(from, Bound::Unbounded)] };
        let stale = search(&snapshot, &family, &bounds, &filter, rules, |key, row| {
            reply.row(key);
            let mut columns = Columns::new(&mut reply, shown, largest);
            row.read(&predicate, &mut columns)?;
            columns.finish()?;
            let full = reply.rows() >= most;
            Ok::<_, Failure>(if full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        reply.finish();
        context.node.forget_entries(&family, stale);
        Ok(())
    });
    Ok(())
}
