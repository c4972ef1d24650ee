//! A call on one server after the other.

use super::ConnectionPool;
use crate::connection::Connection;
use crate::error::{Error, Result, ServerFailure};

/// Back-off doubles with each retry, up to this many times.
const MAX_DOUBLINGS: u32 = 6;

impl ConnectionPool {
    /// Runs `operation` on a connection, and again on another server when it fails in a way that another
    /// server may not: the connection broke, no answer came in time, too few replicas were up. Each retry
    /// waits longer.
    ///
    /// Only for what may be done twice: reads, and writes with a fixed timestamp.
    ///
    /// # Errors
    /// [`Error::MaximumRetry`] with every attempt where the retries are used up; the operation's own error
    /// where no other server can help; those of [`ConnectionPool::get`].
    ///
    /// ```
    /// # use cassa::{ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager, wire};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let partitioner = pool.execute(|connection| connection.call(&wire::methods::DescribePartitioner {}))?;
    /// assert!(partitioner.ends_with("Murmur3Partitioner"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn execute<T>(&self, mut operation: impl FnMut(&mut Connection) -> Result<T>) -> Result<T> {
        let options = &self.0.options;
        let mut failures: Vec<ServerFailure> = Vec::new();
        let mut but = None;
        loop {
            let mut connection = self.check_out(but)?;
            let e = match operation(&mut connection) {
                Ok(value) => return Ok(value),
                Err(e) if e.is_retryable() => e,
                Err(e) => return Err(e),
            };
            let host = connection.host();
            drop(connection);
            if e.blames_server() {
                self.0.hosts[host].put_aside(&e, options.cool_off);
            }
            but = Some(host);
            failures.push(ServerFailure { server: self.0.hosts[host].server().into(), cause: e });
            if failures.len() > options.max_retries {
                return Err(given_up(failures));
            }
            let doublings = (failures.len() as u32 - 1).min(MAX_DOUBLINGS);
            std::thread::sleep(options.backoff * (1 << doublings));
        }
    }

    /// Runs `operation` on a connection, once. A server that cannot be reached is passed over, as nothing
    /// was sent to it; whatever fails after that is the caller's to judge.
    ///
    /// For what must not be done twice: counters, schema calls.
    ///
    /// ```
    /// # use cassa::{ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager, wire};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let cf_def = wire::CfDef { keyspace: "Keyspace1".into(), name: "Planes".into(), ..Default::default() };
    /// pool.execute_once(|connection| connection.call(&wire::methods::SystemAddColumnFamily { cf_def }))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The operation's own; those of [`ConnectionPool::get`].
    pub fn execute_once<T>(&self, operation: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        let mut connection = self.check_out(None)?;
        operation(&mut connection).inspect_err(|e| {
            if e.blames_server() {
                self.0.hosts[connection.host()].put_aside(e, self.0.options.cool_off);
            }
        })
    }
}

/// A single attempt fails with its own error.
fn given_up(mut failures: Vec<ServerFailure>) -> Error {
    match failures.pop() {
        Some(only) if failures.is_empty() => only.cause,
        last => {
            failures.extend(last);
            Error::MaximumRetry(failures.into())
        }
    }
}
