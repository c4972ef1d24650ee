//! `system_add_keyspace`, `system_update_keyspace`, `system_drop_keyspace`.

use super::Context;
use crate::wire::DecodeError;
use crate::wire::methods::{SystemAddKeyspace, SystemDropKeyspace, SystemUpdateKeyspace};

pub(super) fn add(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |context, SystemAddKeyspace { ks_def }| {
        context.node.change_schema(|schema, store| schema.add_keyspace(store, &ks_def))
    })
}

pub(super) fn update(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |context, SystemUpdateKeyspace { ks_def }| {
        context.node.change_schema(|schema, _| schema.update_keyspace(&ks_def))
    })
}

pub(super) fn drop(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |context, SystemDropKeyspace { keyspace }| {
        context.node.change_schema(|schema, _| schema.drop_keyspace(&keyspace))
    })
}
