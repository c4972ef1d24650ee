//! `system_add_column_family`, `system_update_column_family`, `system_drop_column_family`.

use super::Context;
use crate::embedded::schema::check_families_of;
use crate::wire::DecodeError;
use crate::wire::methods::{SystemAddColumnFamily, SystemDropColumnFamily, SystemUpdateColumnFamily};

pub(super) fn add(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |context, SystemAddColumnFamily { cf_def }| {
        context.node.change_schema(|schema, store| {
            // whoever makes a column family must have the keyspace that is set, whichever that is
            check_families_of(context.session_keyspace()?)?;
            schema.add_column_family(store, &cf_def)
        })
    })
}

pub(super) fn update(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |context, SystemUpdateColumnFamily { cf_def }| {
        let now = context.node.now();
        context.node.change_schema(|schema, store| schema.update_column_family(store, &cf_def, now))
    })
}

pub(super) fn drop(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |context, SystemDropColumnFamily { column_family }| {
        context.node.change_schema(|schema, _| {
            let keyspace = context.keyspace_in(schema)?.definition.name.clone();
            schema.drop_column_family(&keyspace, &column_family)
        })
    })
}
