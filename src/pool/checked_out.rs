//! A connection in a caller's hands, and what becomes of it when it comes back.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Instant;

use super::Inner;
use super::host::Host;
use super::listener::Disposal;
use super::slot::{Occupant, Place};
use crate::connection::Connection;

/// A connection of a [`ConnectionPool`](crate::ConnectionPool); it returns itself when it is dropped.
///
/// It goes back into the pool if it is whole: a call that was begun and not answered, or another keyspace,
/// closes it instead.
///
/// ```
/// # use cassa::{ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager, wire};
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
/// let mut connection = pool.get()?;
/// assert_eq!(pool.checked_out(), 1);
/// connection.call(&wire::methods::DescribeVersion {})?;
/// drop(connection);
/// assert_eq!(pool.checked_out(), 0);
/// # Ok(())
/// # }
/// ```
pub struct PooledConnection {
    pool: Arc<Inner>,
    host: Arc<Host>,
    /// `None` only while it is dropped.
    place: Option<Place>,
    quietly: bool,
}

/// What becomes of a connection that comes back.
enum Fate {
    Kept,
    Recycled,
    Closed(Disposal),
}

impl PooledConnection {
    pub(super) fn new(pool: Arc<Inner>, host: Arc<Host>, place: Place, quietly: bool) -> Self {
        PooledConnection { pool, host, place: Some(place), quietly }
    }

    pub(super) fn host(&self) -> &Arc<Host> {
        &self.host
    }

    fn occupant(&self) -> &Occupant {
        let occupant = self.place.as_ref().and_then(|place| place.occupant.as_ref());
        occupant.expect("a place is filled before it is handed out, and held until the drop")
    }

    /// The number by which listeners know it.
    pub(super) fn id(&self) -> u64 {
        self.occupant().id
    }

    /// When it was checked out.
    pub(super) fn since(&self) -> Instant {
        self.occupant().used
    }

    /// Whether it was there before it was checked out.
    pub(super) fn is_reused(&self) -> bool {
        !self.occupant().fresh
    }

    fn fate(&self, occupant: &mut Occupant, kept: bool) -> Fate {
        let (pool, host) = (&*self.pool, &*self.host);
        let Occupant { connection, id, operations, fresh, generation, .. } = occupant;
        connection.set_deadline(None);
        if let Some(fault) = connection.fault() {
            pool.tell_failed(host, Some(*id), &fault.error(host.server()));
            pool.connection_broke(host, fault, *generation, !*fresh);
            return Fate::Closed(Disposal::Broken);
        }
        if connection.is_broken() {
            return Fate::Closed(Disposal::Abandoned);
        }
        if connection.keyspace() != Some(&*pool.keyspace) {
            return Fate::Closed(Disposal::OtherKeyspace);
        }
        if pool.is_closed() {
            return Fate::Closed(Disposal::PoolDisposed);
        }
        if host.is_removed() {
            return Fate::Closed(Disposal::HostRemoved);
        }
        if *generation != host.generation() {
            return Fate::Closed(Disposal::HostFailed);
        }
        if *operations >= pool.options.recycle {
            return Fate::Recycled;
        }
        let most = pool.options.pool_size;
        if kept
            && (host.enter_idle(&pool.idle, most) || self.makes_room() && host.enter_idle(&pool.idle, most))
        {
            Fate::Kept
        } else {
            Fate::Closed(Disposal::Surplus)
        }
    }

    /// A host that has less than its share of the connections takes the place of one that has the most.
    #[cold]
    fn makes_room(&self) -> bool {
        let pool = &*self.pool;
        let list = pool.hosts.load();
        let share = pool.options.pool_size / list.entries.len().max(1);
        // it is still among those that are out
        if self.host.idle() + self.host.out() > share {
            return false;
        }
        let richest = list.entries.iter().map(|entry| &entry.host).max_by_key(|host| host.idle());
        let Some(richest) = richest.filter(|richest| richest.idle() > share) else { return false };
        let taken = richest.take_idle(&pool.idle);
        taken.map(|slot| pool.dispose_of(richest, slot, Disposal::Surplus)).is_some()
    }
}

impl Drop for PooledConnection {
    fn drop(&mut self) {
        let Some(mut place) = self.place.take() else { return };
        let kept = matches!(place, Place::Kept(_));
        let (fate, id) = match &mut place.occupant {
            Some(occupant) => (self.fate(occupant, kept), occupant.id),
            None => (Fate::Closed(Disposal::Broken), 0),
        };
        if !matches!(fate, Fate::Kept) {
            place.occupant = None;
        }
        // in this order: the slot is back before the next caller is let in, and listeners hold nothing up
        self.host.came_back();
        drop(place);
        self.pool.gate.leave();
        match fate {
            Fate::Kept if self.quietly => {}
            Fate::Kept => self.pool.tell_checked_in(&self.host, id),
            Fate::Recycled => self.pool.tell_recycled(&self.host, id),
            Fate::Closed(reason) => self.pool.tell_disposed(&self.host, id, reason),
        }
        // the pool or the host may have gone while the slot went back
        if matches!(fate, Fate::Kept) && (self.host.is_removed() || self.pool.is_closed()) {
            self.pool.drain(&self.host, Disposal::HostRemoved);
        }
    }
}

impl Deref for PooledConnection {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.occupant().connection
    }
}

impl DerefMut for PooledConnection {
    fn deref_mut(&mut self) -> &mut Connection {
        let occupant = self.place.as_mut().and_then(|place| place.occupant.as_mut());
        &mut occupant.expect("a place is filled before it is handed out, and held until the drop").connection
    }
}

impl fmt::Debug for PooledConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
