//! `truncate`: removes all rows of a column family.

use super::Context;
use crate::wire::DecodeError;
use crate::wire::methods::Truncate;

pub(super) fn truncate(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |context, Truncate { cfname }| {
        context.node.truncate(|schema| Ok(context.family_in(schema, &cfname)?.1))
    })
}
