//! Telling listeners and counters what happens.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Inner;
use super::host::{Host, PooledSlot};
use super::listener::{ConnectionEvent, Disposal, FailureEvent, PoolListener};
use super::stats::Counters;
use crate::error::Error;

thread_local! {
    /// Whether a listener is at work in this thread: what it does is not told, or it might not end.
    static LISTENING: Cell<bool> = const { Cell::new(false) };
}

impl Inner {
    fn tell(&self, event: impl Fn(&dyn PoolListener)) {
        if self.listeners.is_empty() || LISTENING.replace(true) {
            return;
        }
        for listener in &self.listeners {
            // events come from destructors too, where a second panic would end the process
            if catch_unwind(AssertUnwindSafe(|| event(&**listener))).is_err() {
                tracing::error!(pool = &*self.name, "a listener panicked");
            }
        }
        LISTENING.set(false);
    }

    fn connection<'a>(&'a self, host: &'a Host, connection: u64) -> ConnectionEvent<'a> {
        ConnectionEvent { pool: &self.name, server: host.server(), connection }
    }

    pub(super) fn tell_created(&self, host: &Host, id: u64) {
        Counters::add(&self.counters.created);
        Counters::add(&host.created);
        self.tell(|listener| listener.connection_created(&self.connection(host, id)));
    }

    pub(super) fn tell_checked_out(&self, host: &Host, id: u64) {
        self.tell(|listener| listener.connection_checked_out(&self.connection(host, id)));
    }

    pub(super) fn tell_checked_in(&self, host: &Host, id: u64) {
        self.tell(|listener| listener.connection_checked_in(&self.connection(host, id)));
    }

    pub(super) fn tell_disposed(&self, host: &Host, id: u64, reason: Disposal) {
        Counters::add(&self.counters.disposed);
        self.tell(|listener| listener.connection_disposed(&self.connection(host, id), reason));
    }

    pub(super) fn tell_recycled(&self, host: &Host, id: u64) {
        Counters::add(&self.counters.recycled);
        self.tell(|listener| listener.connection_recycled(&self.connection(host, id)));
    }

    pub(super) fn tell_failed(&self, host: &Host, connection: Option<u64>, error: &Error) {
        Counters::add(&self.counters.failed);
        Counters::add(&host.failed);
        let failure = FailureEvent { pool: &self.name, server: host.server(), connection, error };
        self.tell(|listener| listener.connection_failed(&failure));
    }

    pub(super) fn tell_servers(&self) {
        let list = self.hosts.load();
        let servers: Vec<&str> = list.entries.iter().map(|entry| &**entry.host.server()).collect();
        self.tell(|listener| listener.server_list_obtained(&self.name, &servers));
    }

    pub(super) fn tell_at_max(&self) {
        Counters::add(&self.counters.at_max);
        self.tell(|listener| listener.pool_at_max(&self.name, self.options.capacity()));
    }

    pub(super) fn tell_pool_disposed(&self) {
        self.tell(|listener| listener.pool_disposed(&self.name));
    }

    /// Closes an idle connection.
    pub(super) fn dispose_of(&self, host: &Host, mut slot: PooledSlot, reason: Disposal) {
        let occupant = slot.occupant.take();
        // the slot is gone before a listener is told
        drop(slot);
        if let Some(id) = occupant.map(|occupant| occupant.id) {
            self.tell_disposed(host, id, reason);
        }
    }

    /// Closes all idle connections of a host.
    pub(super) fn drain(&self, host: &Host, reason: Disposal) {
        let close = |mut slot: PooledSlot| slot.occupant.take().map(|occupant| occupant.id);
        let closed: Vec<u64> = std::iter::from_fn(|| host.take_idle(&self.idle)).filter_map(close).collect();
        // told when all are closed: a listener may open others to this host
        for id in closed {
            self.tell_disposed(host, id, reason);
        }
    }
}
