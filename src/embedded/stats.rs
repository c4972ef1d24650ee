//! What a server has done so far, counted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::wire::methods::NAMES;

/// What an [`EmbeddedServer`](crate::EmbeddedServer) has done since it was started, on all its addresses.
///
/// ```
/// use cassa::{EmbeddedServer, SystemManager};
///
/// let server = EmbeddedServer::start()?;
/// let system = SystemManager::connect(server.addresses())?;
/// system.describe_version()?;
/// let stats = server.stats();
/// assert_eq!(stats.connections_accepted, 1);
/// let calls = stats.calls.iter().find(|calls| calls.method == "describe_version");
/// assert!(calls.is_some_and(|calls| calls.count == 1 && calls.errors == 0));
/// # Ok::<(), cassa::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ServerStats {
    /// Connections that are open at the moment.
    pub connections: usize,
    /// Connections that were accepted, including those that were refused.
    pub connections_accepted: u64,
    /// Connections that were refused because too many were open.
    pub connections_refused: u64,
    /// Connections that were closed because their clients sent nothing, sent half a frame, or took no answer
    /// for too long.
    pub connections_timed_out: u64,
    /// Connections that were closed because what came was no message, or a frame over the limit.
    pub connections_broken: u64,
    /// Requests that were refused because those of all connections together took too much memory.
    pub requests_refused: u64,
    /// Connections that were closed because the handshake of TLS failed.
    pub tls_refused: u64,
    /// Calls that met a [fault](crate::Fault) other than a delay.
    pub faults: u64,
    /// Bytes of frames that were received, without TLS.
    pub bytes_received: u64,
    /// Bytes of frames that were sent, without TLS.
    pub bytes_sent: u64,
    /// The calls of each method that was called, in the order of the interface.
    pub calls: Vec<CallStats>,
}

/// The calls of one method, in [`ServerStats`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CallStats {
    /// The method's name in the interface.
    pub method: &'static str,
    /// How many calls were served.
    pub count: u64,
    /// How many of them were answered by an exception.
    pub errors: u64,
    /// The time that they took together, from the whole frame to the answer ready to be sent.
    pub time: Duration,
}

/// The counts behind it.
pub(super) struct Counters {
    pub(super) accepted: Count,
    pub(super) refused: Count,
    pub(super) timed_out: Count,
    pub(super) broken: Count,
    pub(super) requests_refused: Count,
    pub(super) tls_refused: Count,
    pub(super) faults: Count,
    received: Count,
    sent: Count,
    calls: Box<[MethodCounters]>,
}

#[derive(Default)]
struct MethodCounters {
    count: Count,
    errors: Count,
    nanoseconds: Count,
}

/// A number that only grows.
#[derive(Default)]
pub(super) struct Count(AtomicU64);

impl Count {
    pub(super) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Where a method stands in the table of the interface. A connection mostly calls what it has called before,
/// so it keeps the place.
#[derive(Default)]
pub(super) struct MethodIndex(usize);

impl MethodIndex {
    fn find(&mut self, method: &str) -> Option<usize> {
        if NAMES[self.0] != method {
            self.0 = NAMES.iter().position(|name| *name == method)?;
        }
        Some(self.0)
    }
}

impl Counters {
    pub(super) fn new() -> Counters {
        Counters {
            accepted: Count::default(),
            refused: Count::default(),
            timed_out: Count::default(),
            broken: Count::default(),
            requests_refused: Count::default(),
            tls_refused: Count::default(),
            faults: Count::default(),
            received: Count::default(),
            sent: Count::default(),
            calls: NAMES.iter().map(|_| MethodCounters::default()).collect(),
        }
    }

    /// Counts a call that was served. Methods that the interface has not are not counted.
    pub(super) fn served(&self, index: &mut MethodIndex, method: &str, reply: &[u8], time: Duration) {
        if let Some(index) = index.find(method) {
            let calls = &self.calls[index];
            calls.count.add(1);
            calls.nanoseconds.add(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
            if is_exception(reply, method) {
                calls.errors.add(1);
            }
        }
    }

    pub(super) fn exchanged(&self, received: usize, sent: usize) {
        self.received.add(received as u64);
        self.sent.add(sent as u64);
    }

    pub(super) fn snapshot(&self, connections: usize) -> ServerStats {
        let calls = NAMES.iter().zip(&self.calls).map(|(method, calls)| CallStats {
            method,
            count: calls.count.get(),
            errors: calls.errors.get(),
            time: Duration::from_nanos(calls.nanoseconds.get()),
        });
        ServerStats {
            connections,
            connections_accepted: self.accepted.get(),
            connections_refused: self.refused.get(),
            connections_timed_out: self.timed_out.get(),
            connections_broken: self.broken.get(),
            requests_refused: self.requests_refused.get(),
            tls_refused: self.tls_refused.get(),
            faults: self.faults.get(),
            bytes_received: self.received.get(),
            bytes_sent: self.sent.get(),
            calls: calls.filter(|calls| calls.count > 0).collect(),
        }
    }
}

/// Whether a frame of a reply that this server wrote holds an exception: Thrift's own, or a declared one,
/// which stands in a field other than 0.
fn is_exception(frame: &[u8], method: &str) -> bool {
    const EXCEPTION: u8 = 3;
    // length, version and kind, the name with its length, the sequence number
    let body = 4 + 4 + 4 + method.len() + 4;
    match (frame.get(7), frame.get(body..body + 3)) {
        (Some(&EXCEPTION), _) => true,
        (_, Some(&[kind, high, low])) => kind != 0 && (high, low) != (0, 0),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{ApplicationErrorKind, Exception, encode_reply, methods};

    #[test]
    fn answers_are_told_from_exceptions() {
        let mut counters = Counters::new();
        let mut index = MethodIndex::default();
        let mut serve = |counters: &mut Counters, reply: &[u8], method| {
            counters.served(&mut index, method, reply, Duration::from_nanos(5));
        };
        let reply = |result| {
            let mut reply = Vec::new();
            encode_reply::<methods::Truncate>(&result, 7, &mut reply);
            reply
        };
        let mut version = Vec::new();
        encode_reply::<methods::DescribeVersion>(&Ok("19.39.0".to_owned()), 7, &mut version);
        serve(&mut counters, &reply(Ok(())), "truncate");
        serve(&mut counters, &version, "describe_version");
        serve(&mut counters, &reply(Err(Exception::Unavailable)), "truncate");
        let failed = Exception::Application(ApplicationErrorKind::InternalError, "why".to_owned());
        serve(&mut counters, &reply(Err(failed)), "truncate");
        serve(&mut counters, &[], "no_such_method");
        counters.exchanged(10, 20);
        let stats = counters.snapshot(3);
        assert_eq!((stats.connections, stats.bytes_received, stats.bytes_sent), (3, 10, 20));
        let shown: Vec<_> =
            stats.calls.iter().map(|calls| (calls.method, calls.count, calls.errors, calls.time)).collect();
        let nanoseconds = Duration::from_nanos;
        assert_eq!(shown, [("truncate", 3, 2, nanoseconds(15)), ("describe_version", 1, 0, nanoseconds(5))]);
    }
}
