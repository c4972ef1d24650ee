//! `login`: everybody is let in, as by Cassandra's `AllowAllAuthenticator`.

use super::Context;
use crate::wire::DecodeError;
use crate::wire::methods::Login;

pub(super) fn login(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |_, Login { .. }| Ok(()))
}
