//! `get_range_slices`: columns of a range of rows, in the order of their tokens.

use std::ops::ControlFlow;

use super::Context;
use super::context::{LARGEST_REPLY, too_large};
use crate::embedded::check;
use crate::embedded::failure::invalid;
use crate::embedded::row::cell::LiveCell;
use crate::embedded::row::scan::scan;
use crate::wire::hot::{GetRangeSlices, RowsMethod, RowsReply};
use crate::wire::{DecodeError, methods};

pub(super) fn get_range_slices(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    let call = GetRangeSlices::decode(body)?;
    context.in_place::<methods::GetRangeSlices>(|context| {
        let (keyspace, family) = context.family(call.column_parent.column_family)?;
        check::parent(&family, &call.column_parent)?;
        let predicate = check::predicate::predicate(&family, &call.predicate)?;
        let scans = check::range::key_range(family.partitioner, &call.range)?;
        if call.range.row_filter.as_ref().is_some_and(|filter| !filter.is_empty()) {
            return Err(invalid("this server does not serve row filters yet"));
        }
        keyspace.replication.check_read(call.consistency_level)?;

        let most = usize::try_from(call.range.count).unwrap_or_default();
        let rules = family.rules(context.node.now());
        let snapshot = context.node.snapshot();
        let mut reply = RowsReply::begin(RowsMethod::GetRangeSlices, context.sequence, context.out);
        for bounds in &scans {
            let flow = scan(&snapshot, &family.partition, bounds, rules, |key, row| {
                reply.row(key);
                let mut append = |LiveCell { name, value, timestamp, ttl }: LiveCell<'_>| {
                    reply.column(name, value, timestamp, ttl);
                    if reply.size() > LARGEST_REPLY {
                        ControlFlow::Break(())
                    } else {
                        ControlFlow::Continue(())
                    }
                };
                row.read(&predicate, &mut append)?;
                let full = reply.rows() >= most || reply.size() > LARGEST_REPLY;
                Ok(if full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
            })?;
            if flow.is_break() {
                break;
            }
        }
        if reply.size() > LARGEST_REPLY {
            return Err(too_large(reply.size()));
        }
        reply.finish();
        Ok(())
    });
    Ok(())
}
