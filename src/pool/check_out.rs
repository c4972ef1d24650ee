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
use super::race::Race;
use super::slot::{Occupant, Place};
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
    /// A connection, as from `now`.
    pub(super) fn check_out(self: &Arc<Self>, wish: &Wish<'_>, now: Instant) -> Result<PooledConnection> {
        let now = if self.gate.try_enter() { now } else { self.wait_to_enter(wish.deadline, now)? };
        let entered = Entered(self);
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let (host, place) = self.find(wish, turn, now)?;
        host.went_out();
        std::mem::forget(entered);
        let connection = PooledConnection::new(self.clone(), host, place, wish.quietly);
        if !wish.quietly {
            self.tell_checked_out(connection.host(), connection.id());
        }
        Ok(connection)
    }

    /// Waits until there may be one connection more in callers' hands; since when there may.
    #[cold]
    fn wait_to_enter(&self, deadline: Option<Instant>, start: Instant) -> Result<Instant> {
        self.tell_at_max();
        let limit = self.options.pool_timeout.map(|timeout| start + timeout);
        let limit = match (limit, deadline) {
            (Some(limit), Some(deadline)) => Some(limit.min(deadline)),
            (limit, deadline) => limit.or(deadline),
        };
        if self.gate.enter(limit) {
            return Ok(Instant::now());
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
        let list = self.hosts.load();
        if wish.deadline.is_some_and(|deadline| deadline <= now) {
            return Err(Error::AllServersUnavailable(Box::default()));
        }
        if let Some(index) = self.choose(&list, wish, &[], turn, now) {
            let host = &list.entries[index].host;
            if let Some(place) = self.idle_place(host, wish, now) {
                return Ok((host.clone(), place));
            }
        }
        self.reach(wish, turn, now)
    }

    /// As [`find`](Self::find), where a connection must be made.
    #[cold]
    fn reach(self: &Arc<Self>, wish: &Wish<'_>, turn: usize, now: Instant) -> Result<(Arc<Host>, Place)> {
        let mut list = self.hosts.load();
        // hosts that were begun to be connected to, and what came of it
        let mut tried: Vec<usize> = Vec::new();
        let mut failures: Vec<ServerFailure> = Vec::new();
        let mut race: Option<Race> = None;
        let mut again = false;
        loop {
            let chosen = self.choose(&list, wish, &tried, turn, now);
            if let Some(index) = chosen {
                if wish.deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                    return Err(Error::AllServersUnavailable(failures.into()));
                }
                let host = &list.entries[index].host;
                if let Some(place) = self.idle_place(host, wish, Instant::now()) {
                    return Ok((host.clone(), place));
                }
                tried.push(index);
                let last = tried.len() == list.entries.len();
                let certain = race.is_none() && (last || self.has_served(host));
                let started = !certain && race.get_or_insert_with(Race::new).start(self, host, wish).is_ok();
                if !started {
                    match self.open(host, wish, now) {
                        Ok(place) => return Ok((host.clone(), place)),
                        Err(cause) => self.not_reached(host, cause, wish, &mut failures)?,
                    }
                    continue;
                }
            }
            let arrived = race.as_mut().and_then(|race| {
                let patience = race.head_start(self, list.entries.len());
                race.next(chosen.map(|_| patience))
            });
            match arrived {
                Some((host, generation, Ok(connection))) => {
                    let place = self.take_in(&host, generation, connection, wish, now);
                    return Ok((host, place));
                }
                Some((host, _, Err(cause))) => self.not_reached(&host, cause, wish, &mut failures)?,
                None if chosen.is_some() => {}
                None => {
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
                }
            }
        }
    }

    /// Whether a host is there beyond doubt: a connection to it is in use.
    fn has_served(&self, host: &Host) -> bool {
        host.health().state() == HostState::Up && host.out() > 0
    }

    /// Notes that a host was not reached, unless another would fare no better.
    fn not_reached(
        &self,
        host: &Host,
        cause: Error,
        wish: &Wish<'_>,
        failures: &mut Vec<ServerFailure>,
    ) -> Result<()> {
        if !cause.blames_server() {
            return Err(cause);
        }
        self.cannot_connect(host, &cause, wish.deadline);
        failures.retain(|failure| failure.server != *host.server());
        failures.push(ServerFailure { server: host.server().clone(), cause });
        Ok(())
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

    /// An idle connection to this host.
    fn idle_place(&self, host: &Host, wish: &Wish<'_>, now: Instant) -> Option<Place> {
        while let Some(mut slot) = host.take_idle(&self.idle) {
            let Some(occupant) = &mut slot.occupant else { continue };
            if let Some(reason) = self.unfit(host, occupant, wish, now) {
                self.dispose_of(host, slot, reason);
                continue;
            }
            occupant.goes_out(wish.quietly, now);
            return Some(Place::Kept(slot));
        }
        None
    }

    /// A new connection to this host, made in this thread.
    fn open(&self, host: &Host, wish: &Wish<'_>, now: Instant) -> Result<Place> {
        let mut place = self.place(host, wish, now);
        if place.occupant.is_some() {
            return Ok(place);
        }
        let generation = host.generation();
        let mut connection = Connection::open_by(host.server(), &self.connection, wish.deadline)?;
        connection.set_keyspace(&self.keyspace)?;
        self.fill_place(&mut place, host, generation, connection, wish, now);
        Ok(place)
    }

    /// Takes in a connection to this host that another thread has made.
    fn take_in(
        &self,
        host: &Host,
        generation: u64,
        connection: Connection,
        wish: &Wish<'_>,
        now: Instant,
    ) -> Place {
        let mut place = self.place(host, wish, now);
        if place.occupant.is_none() {
            self.fill_place(&mut place, host, generation, connection, wish, now);
        }
        place
    }

    /// A place for a connection: an empty one, or that of one that has come back meanwhile.
    fn place(&self, host: &Host, wish: &Wish<'_>, now: Instant) -> Place {
        let mut place = host.place(&self.idle);
        match &mut place.occupant {
            Some(occupant) if self.unfit(host, occupant, wish, now).is_none() => {
                occupant.goes_out(wish.quietly, now);
            }
            Some(_) => {
                let id = place.occupant.take().map(|occupant| occupant.id);
                id.into_iter().for_each(|id| self.tell_disposed(host, id, Disposal::Stale));
            }
            None => {}
        }
        place
    }

    fn fill_place(
        &self,
        place: &mut Place,
        host: &Host,
        generation: u64,
        mut connection: Connection,
        wish: &Wish<'_>,
        now: Instant,
    ) {
        connection.set_deadline(None);
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let operations = u64::from(!wish.quietly);
        let occupant = Occupant { connection, id, operations, fresh: true, generation, used: now };
        place.occupant = Some(Box::new(occupant));
        self.is_up(host);
        self.tell_created(host, id);
    }

    /// A host has answered.
    pub(super) fn is_up(&self, host: &Host) {
        if host.health().set_up() {
            tracing::info!(pool = &*self.name, server = %host.server(), "host is up again");
        }
    }

    /// Why an idle connection cannot be handed out.
    fn unfit(&self, host: &Host, occupant: &Occupant, wish: &Wish<'_>, now: Instant) -> Option<Disposal> {
        if occupant.generation != host.generation() {
            return Some(Disposal::HostFailed);
        }
        let trusted = now.saturating_duration_since(occupant.used) < wish.trusted_for;
        (!trusted && occupant.connection.is_stale()).then_some(Disposal::Stale)
    }

    /// A host could not be connected to.
    pub(super) fn cannot_connect(&self, host: &Host, cause: &Error, deadline: Option<Instant>) {
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
