//! A call, on one server after the other until it is done.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::check_out::Wish;
use super::host::Host;
use super::stats::Counters;
use super::{Call, ConnectionPool, FailedAttempt, Inner};
use crate::connection::{Connection, Fault, FaultKind};
use crate::error::{Error, Result, ServerFailure};

/// Of more failures than these the first and the last are kept: retries may have no end.
const KEPT_FAILURES: usize = 32;

/// How long a connection is trusted to be open, for a call that is made again if it is not. Before a call that
/// may not be made twice there is always a look.
const TRUSTED: Duration = Duration::from_millis(100);

/// So many servers that are up and close the connection on one large frame do not like the frame.
const LARGE_FRAMES: usize = 2;

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
        operation: impl FnMut(&mut Connection) -> Result<T>,
    ) -> Result<T> {
        self.execute_from(Instant::now(), call, operation)
    }

    /// As [`execute_with`](Self::execute_with), by a caller who has just read the clock.
    pub(crate) fn execute_from<T>(
        &self,
        start: Instant,
        call: Call<'_>,
        mut operation: impl FnMut(&mut Connection) -> Result<T>,
    ) -> Result<T> {
        let inner = self.inner();
        let deadline = call.deadline.unwrap_or(start + inner.options.call_timeout);
        let mut failed = Failures::new(start, deadline);
        let mut now = start;
        loop {
            let wish = Wish {
                routing_key: call.routing_key,
                avoid: &failed.hosts,
                deadline: Some(deadline),
                trusted_for: if call.idempotent { TRUSTED } else { Duration::ZERO },
                quietly: false,
            };
            let mut connection = match inner.check_out(&wish, now) {
                Ok(connection) => connection,
                Err(Error::AllServersUnavailable(causes)) => {
                    let pause = failed.none_reached(inner, call.idempotent, causes)?;
                    std::thread::sleep(pause);
                    now = Instant::now();
                    continue;
                }
                Err(e) => return Err(e),
            };
            connection.set_deadline(Some(deadline));
            let sent_before = connection.sent();
            let began = if connection.is_reused() { connection.since() } else { Instant::now() };
            let done = operation(&mut connection);
            let fault = connection.fault();
            let closed = fault.filter(|fault| matches!(fault.kind, FaultKind::Closed(_)));
            now = Instant::now();
            if closed.is_none() {
                connection.host().latency().record(now - began, now);
            }
            let error = match done {
                Ok(value) => return Ok(value),
                Err(e) => e,
            };
            let sent = connection.sent() != sent_before;
            let large = closed.filter(|fault| fault.is_of_large_frame());
            if let Some(Fault { method, length, .. }) = large {
                failed.large_frames += 1;
                if failed.large_frames == LARGE_FRAMES {
                    let server = connection.server().clone();
                    return Err(Error::FrameRefused { server, method, length: *length });
                }
            } else if closed.is_some() && call.idempotent && connection.is_reused() && !failed.stale {
                // the server has closed it for its age, or was restarted: that was no attempt, but a write that went
                // out whole may have taken effect
                failed.stale = true;
                if sent {
                    failed.resent = 1;
                    failed.keep(ServerFailure { server: connection.server().clone(), cause: error });
                }
                continue;
            }
            let host = connection.host().clone();
            // it tells its host of the fault
            drop(connection);
            let attempt = failed.attempts + 1;
            let attempt = FailedAttempt { error: &error, attempt, idempotent: call.idempotent, sent };
            let Some(pause) = inner.options.retry.pause(&attempt) else {
                return Err(failed.given_up(host.server(), error));
            };
            failed.add(host, error);
            if Instant::now() + pause >= deadline {
                return Err(failed.out_of_time());
            }
            Counters::add(&inner.counters.retries);
            std::thread::sleep(pause);
            now = Instant::now();
        }
    }
}

/// What went wrong with a call so far.
struct Failures {
    start: Instant,
    deadline: Instant,
    /// Attempts that reached a server and failed.
    attempts: usize,
    kept: Vec<ServerFailure>,
    hosts: Vec<Arc<Host>>,
    /// Rounds in which no server could be reached.
    rounds: usize,
    /// Connections that broke on a large frame.
    large_frames: usize,
    /// Whether a connection was found to be closed by its server.
    stale: bool,
    /// How often it was made again so after it went out whole: 0 or 1.
    resent: usize,
}

impl Failures {
    fn new(start: Instant, deadline: Instant) -> Failures {
        Failures {
            start,
            deadline,
            attempts: 0,
            kept: Vec::new(),
            hosts: Vec::new(),
            rounds: 0,
            large_frames: 0,
            stale: false,
            resent: 0,
        }
    }

    fn keep(&mut self, failure: ServerFailure) {
        if self.kept.len() == KEPT_FAILURES {
            self.kept.remove(KEPT_FAILURES / 2);
        }
        self.kept.push(failure);
    }

    fn add(&mut self, host: Arc<Host>, cause: Error) {
        self.attempts += 1;
        self.keep(ServerFailure { server: host.server().clone(), cause });
        if !self.hosts.iter().any(|known| Arc::ptr_eq(known, &host)) {
            self.hosts.push(host);
        }
    }

    /// No further attempt after this error: a single one fails with its own, and so does what no other server
    /// could do better.
    fn given_up(mut self, server: &Arc<str>, last: Error) -> Error {
        if self.kept.is_empty() || !last.is_retryable() {
            return last;
        }
        self.keep(ServerFailure { server: server.clone(), cause: last });
        Error::MaximumRetry { attempts: self.attempts + 1 + self.resent, failures: self.kept.into() }
    }

    /// That no server is reached now says nothing of an earlier attempt that may have taken effect: it is told as well.
    fn with_writes(&mut self, error: Error) -> Error {
        let earlier = std::mem::take(&mut self.kept);
        let mut earlier: Vec<_> = earlier.into_iter().filter(|it| it.cause.may_have_written()).collect();
        match error {
            Error::AllServersUnavailable(causes) if !earlier.is_empty() => {
                earlier.extend(causes);
                Error::AllServersUnavailable(earlier.into())
            }
            other => other,
        }
    }

    fn out_of_time(self) -> Error {
        let within = self.deadline.saturating_duration_since(self.start);
        Error::DeadlineExceeded { within, attempts: self.attempts, failures: self.kept.into() }
    }

    /// The pause before a further round over servers of which none could be reached just now: one of them may
    /// be about to come back. All rounds together take no longer than connecting to one server may.
    fn none_reached(
        &mut self,
        pool: &Inner,
        idempotent: bool,
        causes: Box<[ServerFailure]>,
    ) -> Result<Duration> {
        self.rounds += 1;
        if self.deadline <= Instant::now() {
            causes.into_iter().for_each(|cause| self.keep(cause));
            let failed = std::mem::replace(self, Failures::new(self.start, self.deadline));
            return Err(failed.out_of_time());
        }
        let error = Error::AllServersUnavailable(causes);
        let attempt = self.attempts + self.rounds;
        let attempt = FailedAttempt { error: &error, attempt, idempotent, sent: false };
        let end = self.deadline.min(self.start + pool.connection.longest_connect());
        let pause = pool.options.retry.pause(&attempt);
        match pause.filter(|pause| Instant::now() + *pause < end) {
            Some(pause) => Ok(pause),
            None => Err(self.with_writes(error)),
        }
    }
}
