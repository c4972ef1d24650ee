//! A connection in a caller's hands.

use std::fmt;
use std::ops::{Deref, DerefMut};

use super::gate::Permit;
use super::host::PooledSlot;
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
    // dropped in this order: the slot is back before the next caller is let in
    slot: PooledSlot,
    _permit: Permit,
    host: usize,
}

impl PooledConnection {
    pub(super) fn new(host: usize, mut slot: PooledSlot, permit: Permit) -> Self {
        slot.operations += 1;
        PooledConnection { slot, _permit: permit, host }
    }

    /// The index of its host in the pool.
    pub(super) fn host(&self) -> usize {
        self.host
    }
}

impl Deref for PooledConnection {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.slot.connection.as_ref().expect("a slot is filled before it is handed out")
    }
}

impl DerefMut for PooledConnection {
    fn deref_mut(&mut self) -> &mut Connection {
        self.slot.connection.as_mut().expect("a slot is filled before it is handed out")
    }
}

impl fmt::Debug for PooledConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
