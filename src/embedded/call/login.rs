//! `login`, and what may be called without it.

use super::{Context, Session};
use crate::embedded::failure::Failure;
use crate::wire::methods::Login;
use crate::wire::{ApplicationErrorKind, DecodeError, Exception};

/// What a client may ask before it has logged in: what the server is, and how to go on.
const FREE: [&str; 12] = [
    "login",
    "set_keyspace",
    "set_cql_version",
    "describe_version",
    "describe_cluster_name",
    "describe_partitioner",
    "describe_snitch",
    "describe_schema_versions",
    "describe_ring",
    "describe_local_ring",
    "describe_token_map",
    "trace_next_query",
];

/// Where the server has no users, everybody is let in, as by Cassandra's `AllowAllAuthenticator`.
pub(super) fn login(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |context, Login { auth_request }| {
        let Some(users) = context.session.users.clone() else {
            return Ok(());
        };
        let given = |key: &str| {
            let found = auth_request.credentials.iter().find(|(name, _)| name == key);
            if found.is_none() {
                tracing::warn!(
                    peer = context.session.peer,
                    missing = key,
                    "login refused: incomplete credentials"
                );
            }
            found
                .map(|(_, value)| value.as_str())
                .ok_or_else(|| refused(format!("Required key '{key}' is missing")))
        };
        let (name, password) = (given("username")?, given("password")?);
        match users.verify(name, password) {
            Some(true) => {
                context.session.user = Some(name.to_owned());
                Ok(())
            }
            Some(false) => {
                tracing::warn!(
                    peer = context.session.peer,
                    user = name,
                    "login refused: wrong user or password"
                );
                Err(refused("Username and/or password are incorrect".to_owned()))
            }
            None => {
                tracing::warn!(peer = context.session.peer, user = name, "login refused: too many at once");
                let why = "login: too many logins at once".to_owned();
                Err(Exception::Application(ApplicationErrorKind::InternalError, why).into())
            }
        }
    })
}

fn refused(why: String) -> Failure {
    Exception::Authentication(why).into()
}

/// Checks that the client may call this method.
pub(super) fn check(session: &Session, method: &str) -> Result<(), Exception> {
    if session.needs_login() && !FREE.contains(&method) {
        tracing::warn!(peer = session.peer, method, "call refused: the client has not logged in");
        return Err(Exception::InvalidRequest("You have not logged in".to_owned()));
    }
    Ok(())
}
