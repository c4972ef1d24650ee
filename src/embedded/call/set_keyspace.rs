//! `set_keyspace`: the keyspace of the connection's further calls.

use super::Context;
use crate::embedded::failure::invalid;
use crate::wire::DecodeError;
use crate::wire::methods::SetKeyspace;

pub(super) fn set_keyspace(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |context, SetKeyspace { keyspace }| {
        // some clients set the keyspace first and log in then: until then, what there is stays untold
        if !context.session.needs_login() && context.node.schema().keyspace(&keyspace).is_none() {
            return Err(invalid(format!("Keyspace '{keyspace}' does not exist")));
        }
        context.session.keyspace = Some(keyspace);
        Ok(())
    })
}
