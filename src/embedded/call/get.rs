//! `get`: one column.

use std::ops::ControlFlow;

use super::Context;
use crate::embedded::check;
use crate::embedded::row::cell::LiveCell;
use crate::embedded::row::read::{Predicate, read_row};
use crate::wire::hot::{Get, SliceReply};
use crate::wire::{DecodeError, Exception, methods};

pub(super) fn get(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    let call = Get::decode(body)?;
    context.in_place::<methods::Get>(|context| {
        let (keyspace, family) = context.family(call.column_path.column_family)?;
        let name = check::column_path(&family, &call.column_path)?;
        check::key(&family, call.key)?;
        keyspace.replication.check_read(call.consistency_level)?;

        let (sequence, mut found) = (context.sequence, false);
        let out = &mut *context.out;
        let mut reply = |LiveCell { name, value, timestamp, ttl }: LiveCell<'_>| {
            SliceReply::get(sequence, out, name, value, timestamp, ttl);
            found = true;
            ControlFlow::Break(())
        };
        let rules = family.rules(context.node.now());
        let snapshot = context.node.snapshot();
        read_row(&snapshot, &family.partition, call.key, &Predicate::Names(vec![name]), rules, &mut reply)?;
        if found { Ok(()) } else { Err(Exception::NotFound.into()) }
    });
    Ok(())
}
