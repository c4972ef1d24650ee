//! What all connections of a server share, whichever of its addresses they came to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::busy_poll::BusyPoll;
use super::faults::Faults;
use super::node::Node;
use super::room::SharedRoom;
use super::stats::{Counters, ServerStats};
use super::stream::Timeouts;
use super::users::Users;

/// How many connections over the limit are told so at once; further ones are closed without a word.
const REFUSALS: usize = 32;

pub(super) struct Serving {
    pub(super) node: Node,
    pub(super) limits: Limits,
    /// Of the requests that are large, while they come and are served.
    pub(super) room: SharedRoom,
    pub(super) busy_poll: Arc<BusyPoll>,
    pub(super) faults: Faults,
    /// Who may log in; `None` where nobody has to.
    pub(super) users: Option<Arc<Users>>,
    #[cfg(feature = "tls")]
    pub(super) tls: Option<super::tls::ServerTls>,
    pub(super) counters: Counters,
    /// Connections that are served, and those that are being refused.
    served: AtomicUsize,
    refused: AtomicUsize,
}

/// What holds for every connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) max_frame: usize,
    pub(super) request_memory: usize,
    pub(super) max_connections: usize,
    pub(super) timeouts: Timeouts,
    /// How long a connection looks for the next call before it sleeps.
    pub(super) busy_poll: Duration,
}

/// What becomes of a new connection.
pub(super) enum Place {
    Served(Counted),
    Refused(Counted),
    Closed,
}

/// One of the connections of a kind, while it lasts.
pub(super) struct Counted {
    serving: Arc<Serving>,
    kind: fn(&Serving) -> &AtomicUsize,
}

impl Drop for Counted {
    fn drop(&mut self) {
        (self.kind)(&self.serving).fetch_sub(1, Ordering::AcqRel);
    }
}

impl Serving {
    pub(super) fn new(node: Node, limits: Limits, users: Option<Users>) -> Serving {
        let (faults, users) = (Faults::default(), users.map(Arc::new));
        Serving {
            node,
            // one request alone always fits
            room: SharedRoom::new(limits.request_memory.max(limits.max_frame)),
            busy_poll: Arc::new(BusyPoll::new(limits.busy_poll)),
            limits,
            faults,
            users,
            #[cfg(feature = "tls")]
            tls: None,
            counters: Counters::new(),
            served: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
        }
    }

    pub(super) fn stats(&self) -> ServerStats {
        self.counters.snapshot(self.served.load(Ordering::Acquire))
    }

    /// Finds a place for a new connection.
    pub(super) fn place(self: &Arc<Serving>) -> Place {
        self.counters.accepted.add(1);
        if let Some(place) = self.take(|serving| &serving.served, self.limits.max_connections) {
            return Place::Served(place);
        }
        self.counters.refused.add(1);
        match self.take(|serving| &serving.refused, REFUSALS) {
            Some(place) => Place::Refused(place),
            None => Place::Closed,
        }
    }

    fn take(self: &Arc<Serving>, kind: fn(&Serving) -> &AtomicUsize, most: usize) -> Option<Counted> {
        kind(self)
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |count| (count < most).then_some(count + 1))
            .ok()
            .map(|_| Counted { serving: Arc::clone(self), kind })
    }
}
