//! What an `r2d2` pool holds: a place for a connection.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use r2d2::ManageConnection;

use crate::connection::Connection;

/// A place for a connection; whoever checks it out empty fills it.
pub(super) struct Slot {
    pub(super) connection: Option<Connection>,
    /// Calls made on the connection.
    pub(super) operations: u64,
    /// The host's generation when the connection was made.
    pub(super) generation: u64,
    pub(super) returned: Instant,
}

/// Idle connections are counted over all hosts: what is beyond `pool_size` is overflow, and is closed.
#[derive(Clone)]
pub(super) struct IdleCount {
    pub(super) all: Arc<AtomicUsize>,
    pub(super) here: Arc<AtomicUsize>,
    /// `pool_size`
    pub(super) keep: usize,
}

impl IdleCount {
    /// Takes a place among the idle ones, if there is one.
    fn enter(&self) -> bool {
        let next = |idle| (idle < self.keep).then_some(idle + 1);
        let entered = self.all.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).is_ok();
        if entered {
            self.here.fetch_add(1, Ordering::Relaxed);
        }
        entered
    }

    /// A slot with a connection has left the idle ones.
    pub(super) fn leave(&self) {
        self.all.fetch_sub(1, Ordering::Relaxed);
        self.here.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Decides at check-in whether a slot's connection stays.
pub(super) struct Slots {
    pub(super) keyspace: Arc<str>,
    pub(super) recycle: u64,
    pub(super) idle: IdleCount,
    pub(super) generation: Arc<AtomicU64>,
}

impl ManageConnection for Slots {
    type Connection = Slot;
    type Error = Infallible;

    fn connect(&self) -> Result<Slot, Infallible> {
        Ok(Slot { connection: None, operations: 0, generation: 0, returned: Instant::now() })
    }

    fn is_valid(&self, _: &mut Slot) -> Result<(), Infallible> {
        Ok(())
    }

    /// Runs at check-in. An empty slot must go: the pool hands out the last one first, and would have the
    /// next caller connect although connected ones wait behind it.
    fn has_broken(&self, slot: &mut Slot) -> bool {
        let Some(connection) = &slot.connection else { return true };
        let good = !connection.is_broken()
            && connection.keyspace() == Some(&*self.keyspace)
            && slot.operations < self.recycle
            && slot.generation == self.generation.load(Ordering::Relaxed);
        if !good || !self.idle.enter() {
            slot.connection = None;
            return true;
        }
        slot.returned = Instant::now();
        false
    }
}
