//! How a caller comes by a connection.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::Inner;
use super::checked_out::PooledConnection;
use super::health::HostState;
use super::host::Host;
use super::hosts::{Choice, HostList};
use super::listener::Disposal;
use super::slot::{Place, Slot};
use super::stats::Counters;
use crate::connection::{Connection, Fault, FaultKind};
use crate::error::{Error, Result, ServerFailure};

/// A round over all hosts that took longer is made again over those that refused: they may be back.
const LONG_ROUND: Duration = Duration::from_millis(50);

/// What a caller wants.
#[derive(Default)]
pub(super) struct Wish<'a> {
    /// A connection to a replica of this row, if the policy wants one.
    pub(super) routing_key: Option<&'a [u8]>,
    /// Rather not to these hosts: the call has failed there.
    pub(super) avoid: &'a [Arc<Host>],
    /// By when at the latest.
    pub(super) deadline: Option<Instant>,
    /// A connection that went out within so long is taken without a look whether its server has closed it.
    pub(super) trusted_for: Duration,
    /// Without telling listeners of check-out and check-in.
    pub(super) quietly: bool,
}

/// A place at the gate that is left again if no connection is found.
struct Entered<'a>(&'a Inner);

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.0.gate.leave();
    }
}

impl Inner {
    pub(super) fn check_out(self: &Arc<Self>, wish: &Wish<'_>) -> Result<PooledConnection> {
        self.enter(wish.deadline)?;
        let entered = Entered(self);
        let now = Instant::now();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let (host, place) = self.find(wish, turn, now)?;
        host.went_out();
        std::mem::forget(entered);
        let id = place.id;
        let connection = PooledConnection::new(self.clone(), host, place, wish.quietly);
        if !wish.quietly {
            self.tell_checked_out(connection.host(), id);
        }
        Ok(connection)
    }

    /// Waits until there may be one connection more in callers' hands.
    fn enter(&self, deadline: Option<Instant>) -> Result<()> {
        if self.gate.try_enter() {
            return Ok(());
        }
        self.tell_at_max();
        let start = Instant::now();
        let limit = self.options.pool_timeout.map(|timeout| start + timeout);
        let limit = match (limit, deadline) {
            (Some(limit), Some(deadline)) => Some(limit.min(deadline)),
            (limit, deadline) => limit.or(deadline),
        };
        if self.gate.enter(limit) {
            return Ok(());
        }
        Counters::add(&self.counters.refused);
        Err(Error::NoConnectionAvailable {
            size: self.options.pool_size,
            overflow: self.options.max_overflow.unwrap_or(usize::MAX),
            waited: start.elapsed(),
        })
    }

    /// A connection to the best host that can be reached.
    fn find(self: &Arc<Self>, wish: &Wish<'_>, turn: usize, now: Instant) -> Result<(Arc<Host>, Place)> {
        let mut list = self.hosts.load();
        let mut tried: Vec<usize> = Vec::new();
        let mut failures: Vec<ServerFailure> = Vec::new();
        let mut again = false;
        loop {
            let Some(index) = self.choose(&list, wish, &tried, turn, now) else {
                if list.discovered && self.fall_back() {
                    list = self.hosts.load();
                    tried.clear();
                    continue;
                }
                let refused = |failure: &ServerFailure| is_refusal(&failure.cause);
                if !again && now.elapsed() > LONG_ROUND && failures.iter().any(refused) {
                    again = true;
                    tried.retain(|i| {
                        let server = list.entries[*i].host.server();
                        !failures.iter().any(|f| f.server == *server && is_refusal(&f.cause))
                    });
                    continue;
                }
                return Err(Error::AllServersUnavailable(failures.into()));
            };
            if wish.deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                return Err(Error::AllServersUnavailable(failures.into()));
            }
            let host = &list.entries[index].host;
            match self.open(host, wish, now) {
                Ok(place) => return Ok((host.clone(), place)),
                Err(cause) if cause.blames_server() => {
                    self.cannot_connect(host, &cause, wish.deadline);
                    tried.push(index);
                    failures.retain(|failure| failure.server != *host.server());
                    failures.push(ServerFailure { server: host.server().clone(), cause });
                }
                Err(refused) => return Err(refused),
            }
        }
    }

    fn choose(
        &self,
        list: &HostList,
        wish: &Wish<'_>,
        tried: &[usize],
        turn: usize,
        now: Instant,
    ) -> Option<usize> {
        let replicas = match (wish.routing_key, &list.ring) {
            (Some(key), Some(ring)) if self.policy_uses_replicas => ring.replicas(key),
            _ => &[],
        };
        list.choose(&Choice {
            policy: &*self.options.balancing,
            replicas,
            avoid: wish.avoid,
            tried,
            // the caller is counted among those who are out
            full: self.idle.load(Ordering::Relaxed) + self.gate.out() > self.options.pool_size,
            pool_size: self.options.pool_size,
            turn,
            now,
        })
    }

    /// A connection to this host, an idle one or a new one.
    fn open(&self, host: &Arc<Host>, wish: &Wish<'_>, now: Instant) -> Result<Place> {
        while let Some(mut slot) = host.take_idle(&self.idle) {
            if let Some(reason) = self.unfit(host, &slot, wish, now) {
                self.dispose_of(host, slot, reason);
                continue;
            }
            slot.goes_out(wish.quietly, now);
            return Ok(Place::Kept(slot));
        }
        let mut place = host.place(&self.idle);
        if place.connection.is_some() && self.unfit(host, &place, wish, now).is_none() {
            place.goes_out(wish.quietly, now);
            return Ok(place);
        }
        if place.connection.take().is_some() {
            self.tell_disposed(host, place.id, Disposal::Stale);
        }
        place.generation = host.generation();
        place.operations = 0;
        place.goes_out(wish.quietly, now);
        place.fresh = true;
        let mut connection = Connection::open_by(host.server(), &self.connection, wish.deadline)?;
        connection.set_keyspace(&self.keyspace)?;
        connection.set_deadline(None);
        place.connection = Some(Box::new(connection));
        place.id = self.next_id.fetch_add(1, Ordering::Relaxed);
        if host.health().set_up() {
            tracing::info!(pool = &*self.name, server = %host.server(), "host is up again");
        }
        self.tell_created(host, place.id);
        Ok(place)
    }

    /// Why an idle connection cannot be handed out.
    fn unfit(&self, host: &Host, slot: &Slot, wish: &Wish<'_>, now: Instant) -> Option<Disposal> {
        if slot.generation != host.generation() {
            return Some(Disposal::HostFailed);
        }
        let trusted = now.saturating_duration_since(slot.used) < wish.trusted_for;
        let stale = !trusted && slot.connection.as_ref().is_none_or(|connection| connection.is_stale());
        stale.then_some(Disposal::Stale)
    }

    /// A host could not be connected to.
    fn cannot_connect(&self, host: &Host, cause: &Error, deadline: Option<Instant>) {
        self.tell_failed(host, None, cause);
        if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            // the caller's time was up, which says little of the host
            host.health().suspect();
            self.housekeeping.wake();
        } else {
            host.end_present_generation();
            self.put_aside(host, cause);
        }
    }

    /// A connection broke that was made in this generation of its host; `reused` if it had served before.
    pub(super) fn connection_broke(&self, host: &Host, fault: &Fault, generation: u64, reused: bool) {
        if !host.end_generation(generation) {
            return; // another connection has told of it
        }
        let closed = matches!(fault.kind, FaultKind::Closed(_));
        // what had served before may have been closed for its age, and a large frame for its size
        if matches!(fault.kind, FaultKind::Late(_)) || closed && (reused || fault.is_of_large_frame()) {
            if host.health().state() == HostState::Up {
                tracing::info!(pool = &*self.name, server = %host.server(), "connection broke, host is checked");
            }
            host.health().suspect();
            self.drain(host, Disposal::HostFailed);
            self.housekeeping.wake();
        } else {
            self.put_aside(host, &fault.error(host.server()));
        }
    }

    /// Passes a host over for a while; its idle connections go with it.
    pub(super) fn put_aside(&self, host: &Host, cause: &Error) {
        let error = cause as &(dyn std::error::Error + 'static);
        let cool_off = self.options.cool_off;
        tracing::warn!(pool = &*self.name, server = %host.server(), error, ?cool_off, "host put aside");
        host.health().put_aside(Instant::now() + cool_off);
        // the idle ones go now rather than when they are next seen
        self.drain(host, Disposal::HostFailed);
        self.housekeeping.wake();
    }
}

/// Whether a host said no at once, as one does whose server is not running.
fn is_refusal(cause: &Error) -> bool {
    matches!(cause, Error::Connect { source, .. } if source.kind() == io::ErrorKind::ConnectionRefused)
}
