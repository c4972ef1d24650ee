//! A call, on one server after the other until it is done.

use std::time::{Duration, Instant};

use super::{Call, ConnectionPool, FailedAttempt};
use crate::connection::{Connection, FaultKind};
use crate::error::{Error, Result, ServerFailure};

/// Of more failures than these the first and the last are kept: retries may have no end.
const KEPT_FAILURES: usize = 32;

impl ConnectionPool {
    /// Runs `operation` on a connection, and again on another server when it fails in a way that another
    /// server may not: the connection broke, no answer came in time, too few replicas were up. The pool's
    /// [`RetryPolicy`](crate::RetryPolicy) says how often and after which pause, the
    /// [`call_timeout`](crate::ConnectionPoolBuilder::call_timeout) how long it may take in all.
    ///
    /// Only for what may be done twice: reads, and writes with a fixed timestamp.
    ///
    /// # Errors
    /// [`Error::MaximumRetry`] with every attempt where the retries are used up;
    /// [`Error::DeadlineExceeded`] where the time is; the operation's own error where no other server can
    /// help; those of [`ConnectionPool::get`].
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
    pub fn execute<T>(&self, operation: impl FnMut(&mut Connection) -> Result<T>) -> Result<T> {
        self.execute_with(Call::idempotent(), operation)
    }

    /// As [`ConnectionPool::execute`], for what must not be done twice: counters, schema calls. Once a
    /// request has gone out whole, what fails is the caller's to judge; before that, servers that cannot be
    /// reached are passed over.
    ///
    /// ```
    /// # use cassa::{ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager, wire};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let cf_def = wire::CfDef { keyspace: "Keyspace1".into(), name: "Planes".into(), ..Default::default() };
    /// let call = wire::methods::SystemAddColumnFamily { cf_def };
    /// pool.execute_once(|connection| connection.call(&call))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`ConnectionPool::execute`].
    pub fn execute_once<T>(&self, operation: impl FnMut(&mut Connection) -> Result<T>) -> Result<T> {
        self.execute_with(Call::once(), operation)
    }

    /// As [`ConnectionPool::execute`], for a call of this kind. [`Call`] has an example.
    ///
    /// # Errors
    /// As [`ConnectionPool::execute`].
    pub fn execute_with<T>(
        &self,
        call: Call<'_>,
        mut operation: impl FnMut(&mut Connection) -> Result<T>,
    ) -> Result<T> {
        let start = Instant::now();
        let deadline = call.deadline.unwrap_or(start + self.0.options.call_timeout);
        let mut failures = Failures::default();
        loop {
            let mut connection = self.check_out(failures.last_host, Some(deadline))?;
            connection.set_deadline(Some(deadline));
            let sent_before = connection.sent();
            let error = match operation(&mut connection) {
                Ok(value) => {
                    connection.set_deadline(None);
                    return Ok(value);
                }
                Err(e) => e,
            };
            connection.set_deadline(None);
            let host = connection.host();
            let sent = connection.sent() != sent_before;
            // where only the caller's time was up, nothing speaks against the server
            let to_blame = connection.fault().is_some_and(|f| !matches!(f.kind, FaultKind::Late(_)));
            drop(connection);
            if to_blame {
                self.0.hosts[host].put_aside(&error, self.0.options.cool_off);
            }
            let failed = FailedAttempt {
                error: &error,
                attempt: failures.attempts + 1,
                idempotent: call.idempotent,
                sent,
            };
            let Some(pause) = self.0.options.retry.pause(&failed) else {
                return Err(failures.given_up(self.0.hosts[host].server(), error));
            };
            failures.add(self.0.hosts[host].server(), error);
            failures.last_host = Some(host);
            let wake = Instant::now() + pause;
            if wake >= deadline {
                return Err(failures.out_of_time(deadline.saturating_duration_since(start)));
            }
            std::thread::sleep(pause);
        }
    }
}

/// What went wrong so far.
#[derive(Default)]
struct Failures {
    attempts: usize,
    kept: Vec<ServerFailure>,
    last_host: Option<usize>,
}

impl Failures {
    fn add(&mut self, server: &str, cause: Error) {
        self.attempts += 1;
        if self.kept.len() == KEPT_FAILURES {
            self.kept.remove(KEPT_FAILURES / 2);
        }
        self.kept.push(ServerFailure { server: server.into(), cause });
    }

    /// No further attempt after this error: a single one fails with its own, and what no other server could
    /// do better is told as it is.
    fn given_up(mut self, server: &str, last: Error) -> Error {
        if self.attempts == 0 || !last.is_retryable() {
            return last;
        }
        self.add(server, last);
        Error::MaximumRetry { attempts: self.attempts, failures: self.kept.into() }
    }

    fn out_of_time(self, within: Duration) -> Error {
        Error::DeadlineExceeded { within, attempts: self.attempts, failures: self.kept.into() }
    }
}
