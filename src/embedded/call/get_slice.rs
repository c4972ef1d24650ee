//! `get_slice`: columns of one row.

use std::ops::ControlFlow;

use super::Context;
use super::context::{LARGEST_REPLY, too_large};
use crate::embedded::check;
use crate::embedded::row::cell::LiveCell;
use crate::embedded::row::read::read_row;
use crate::wire::hot::{GetSlice, SliceReply};
use crate::wire::{DecodeError, methods};

pub(super) fn get_slice(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    let call = GetSlice::decode(body)?;
    context.in_place::<methods::GetSlice>(|context| {
        let (keyspace, family) = context.family(call.column_parent.column_family)?;
        check::key(&family, call.key)?;
        check::parent(&family, &call.column_parent)?;
        let predicate = check::predicate::predicate(&family, &call.predicate)?;
        keyspace.replication.check_read(call.consistency_level)?;

        let mut reply = SliceReply::begin(context.sequence, context.out);
        let mut append = |LiveCell { name, value, timestamp, ttl }: LiveCell<'_>| {
            reply.column(name, value, timestamp, ttl);
            if reply.size() > LARGEST_REPLY { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let rules = family.rules(context.node.now());
        let snapshot = context.node.snapshot();
        read_row(&snapshot, &family.partition, call.key, &predicate, rules, &mut append)?;
        if reply.size() > LARGEST_REPLY {
            return Err(too_large(reply.size()));
        }
        reply.finish();
        Ok(())
    });
    Ok(())
}
