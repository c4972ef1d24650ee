//! `get_paged_slice`: all columns of rows one after the other, up to a number of columns; of the first row,
//! those from a column on.

use std::ops::ControlFlow;

use super::Context;
use super::columns::{Columns, Shown};
use crate::embedded::check;
use crate::embedded::failure::{Failure, invalid};
use crate::embedded::row::cell::LiveCell;
use crate::embedded::row::read::{Most, Visitor};
use crate::embedded::row::scan::scan;
use crate::wire::hot::{GetPagedSlice, RowsMethod, RowsReply, SliceRange};
use crate::wire::{DecodeError, methods};

pub(super) fn get_paged_slice(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    let call = GetPagedSlice::decode(body)?;
    context.in_place::<methods::GetPagedSlice>(|context| {
        let (keyspace, family) = context.family(call.column_family)?;
        let scans = check::range::key_range(family.partitioner, &call.range)?;
        if call.range.row_filter.as_ref().is_some_and(|filter| !filter.is_empty()) {
            return Err(invalid("Cross-row paging is not supported along with index clauses"));
        }
        check::predicate::bound_as_it_is(&family, call.start_column)?;
        keyspace.replication.check_read(call.consistency_level)?;

        let shown = Shown::of(&family, false, false);
        let largest = context.node.largest_reply();
        // an empty start key is the beginning of the ring, and no row
        let first_key = call.range.start_key.filter(|key| !key.is_empty());
        let mut left = usize::try_from(call.range.count).unwrap_or_default();
        let rules = family.rules(context.node.now());
        let snapshot = context.node.snapshot();
        let mut reply = RowsReply::begin(RowsMethod::GetPagedSlice, context.sequence, context.out);
        for bounds in &scans {
            let flow = scan(&snapshot, &family.partition, bounds, rules, |key, row| {
                let start = if first_key == Some(key) { call.start_column } else { b"" };
                let range = SliceRange { start, finish: b"", reversed: false, count: 0 };
                let predicate = check::predicate::slice(&family, None, &range).with_most(Most::Columns(left));
                reply.row(key);
                let mut columns = Counting { columns: Columns::new(&mut reply, shown, largest), left };
                row.read(&predicate, &mut columns)?;
                left = columns.left;
                columns.columns.finish()?;
                let full = left == 0;
                Ok::<_, Failure>(if full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
            })?;
            if flow.is_break() {
                break;
            }
        }
        reply.finish();
        Ok(())
    });
    Ok(())
}

/// Counts down the columns that it takes, also those of super columns one by one.
struct Counting<C> {
    columns: C,
    left: usize,
}

impl<C: Visitor> Visitor for Counting<C> {
    fn cell(&mut self, cell: LiveCell<'_>) -> ControlFlow<()> {
        self.left = self.left.saturating_sub(1);
        self.columns.cell(cell)
    }
}
