//! What a call is served with, and how its outcome becomes a reply.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use crate::embedded::failure::{Failure, invalid};
use crate::embedded::node::Node;
use crate::embedded::schema::{ColumnFamily, Keyspace, Schema};
use crate::embedded::users::Users;
use crate::wire::{self, ApplicationErrorKind, DecodeError, Exception, Method, encode_reply};

/// What a connection has set.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) keyspace: Option<String>,
    /// Who may log in; `None` where nobody has to.
    pub(crate) users: Option<Arc<Users>>,
    /// Who has logged in.
    pub(crate) user: Option<String>,
    /// The client, for the log.
    pub(crate) peer: String,
    /// The server's address, as the client reached it.
    pub(crate) asked_at: IpAddr,
}

impl Default for Session {
    /// A client on this machine, which need not log in.
    fn default() -> Session {
        let asked_at = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Session { keyspace: None, users: None, user: None, peer: String::new(), asked_at }
    }
}

impl Session {
    /// The client must log in, and has not.
    pub(crate) fn needs_login(&self) -> bool {
        self.users.is_some() && self.user.is_none()
    }
}

/// One call on its way.
pub(crate) struct Context<'a> {
    pub(crate) node: &'a Node,
    pub(crate) session: &'a mut Session,
    pub(crate) sequence: i32,
    /// Takes the reply.
    pub(crate) out: &'a mut Vec<u8>,
}

impl Context<'_> {
    /// Serves a method by the table: arguments in, result out.
    pub(super) fn table<M: Method>(
        &mut self,
        body: &[u8],
        serve: impl FnOnce(&mut Self, M) -> Result<M::Output, Failure>,
    ) -> Result<(), DecodeError> {
        let arguments: M = wire::decode(body)?;
        let outcome = serve(self, arguments);
        self.reply::<M>(outcome);
        Ok(())
    }

    /// Writes the reply to a method whose result is of the table.
    pub(super) fn reply<M: Method>(&mut self, outcome: Result<M::Output, Failure>) {
        let result = outcome.map_err(|failure| self.exception(M::METHOD, failure));
        encode_reply::<M>(&result, self.sequence, self.out);
    }

    /// Serves a method that writes its result to `out` itself, or gives why not: then what it wrote is taken
    /// back.
    pub(super) fn in_place<M: Method>(&mut self, serve: impl FnOnce(&mut Self) -> Result<(), Failure>) {
        let start = self.out.len();
        if let Err(failure) = serve(self) {
            self.out.truncate(start);
            let exception = self.exception(M::METHOD, failure);
            encode_reply::<M>(&Err(exception), self.sequence, self.out);
        }
    }

    fn exception(&self, method: &str, failure: Failure) -> Exception {
        match failure {
            Failure::Exception(exception) => exception,
            Failure::Store(error) => {
                let keyspace = self.session.keyspace.as_deref().unwrap_or_default();
                let path = self.node.path().display();
                tracing::error!(method, keyspace, %path, %error, "a call failed");
                Exception::Application(
                    ApplicationErrorKind::InternalError,
                    format!("{method}: keyspace \"{keyspace}\" in {path}: {error}"),
                )
            }
        }
    }

    /// The column family of the connection's keyspace with this name, as it is now.
    pub(super) fn family(&self, name: &str) -> Result<(Arc<Keyspace>, Arc<ColumnFamily>), Failure> {
        self.family_in(&self.node.schema(), name)
    }

    /// The same, in a given schema.
    pub(super) fn family_in(
        &self,
        schema: &Schema,
        name: &str,
    ) -> Result<(Arc<Keyspace>, Arc<ColumnFamily>), Failure> {
        let keyspace = self.keyspace_in(schema)?;
        let family = keyspace.family(name)?;
        Ok((Arc::clone(keyspace), Arc::clone(family)))
    }

    /// The name of the keyspace that is set.
    pub(super) fn session_keyspace(&self) -> Result<&str, Failure> {
        self.session.keyspace.as_deref().ok_or_else(|| {
            invalid(
                "No keyspace has been specified. USE a keyspace, or explicitly specify keyspace.tablename",
            )
        })
    }

    /// The connection's keyspace.
    pub(super) fn keyspace_in<'s>(&self, schema: &'s Schema) -> Result<&'s Arc<Keyspace>, Failure> {
        let name = self.session_keyspace()?;
        schema.keyspace(name).ok_or_else(|| invalid(format!("Keyspace {name} does not exist")))
    }
}
