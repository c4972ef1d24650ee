//! `trace_next_query`: the id of a trace. Nothing is traced, so that whoever looks for it finds no events.

use super::Context;
use crate::embedded::failure::invalid;
use crate::marshal::lowest_time_uuid;
use crate::wire::DecodeError;
use crate::wire::methods::TraceNextQuery;

pub(super) fn trace_next_query(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |_, TraceNextQuery {}| {
        // a version 1 UUID as Cassandra's, of this moment and with random bytes in place of an address
        let moment =
            lowest_time_uuid(chrono::Utc::now()).map_err(|mismatch| invalid(mismatch.to_string()))?;
        let mut id = moment.into_bytes();
        id[8..].copy_from_slice(&fastrand::u64(..).to_be_bytes());
        id[8] = id[8] & 0x3f | 0x80;
        Ok(id.to_vec().into())
    })
}
