//! `get_range_slices`: columns of a range of rows, in the order of their tokens.

use std::ops::ControlFlow;

use super::Context;
use super::columns::{Columns, Shown};
use crate::embedded::check;
use crate::embedded::failure::Failure;
use crate::embedded::index::search::search;
use crate::wire::hot::{GetRangeSlices, RowsMethod, RowsReply};
use crate::wire::{DecodeError, methods};

pub(super) fn get_range_slices(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    let call = GetRangeSlices::decode(body)?;
    context.in_place::<methods::GetRangeSlices>(|context| {
        let (keyspace, family) = context.family(call.column_parent.column_family)?;
        let super_column = call.column_parent.super_column;
        check::parent(&family, &call.column_parent)?;
        let predicate = check::predicate::predicate(&family, super_column, &call.predicate)?;
        let scans = check::range::key_range(family.partitioner, &call.range)?;
        let filter = check::filter::filter(&family, call.range.row_filter.as_deref().unwrap_or_default())?;
        keyspace.replication.check_read(call.consistency_level)?;

        let shown = Shown::of(&family, super_column.is_some(), predicate.is_reversed());
        let largest = context.node.largest_reply();
        let most = usize::try_from(call.range.count).unwrap_or_default();
        let rules = family.rules(context.node.now());
        let snapshot = context.node.snapshot();
        let mut reply = RowsReply::begin(RowsMethod::GetRangeSlices, context.sequence, context.out);
        let stale = search(&snapshot, &family, &scans, &filter, rules, |key, row| {
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
