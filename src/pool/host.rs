//! One server of the pool: its slots, and whether it is up.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use scheduled_thread_pool::ScheduledThreadPool;

use super::slot::{IdleCount, Slot, Slots};
use crate::connection::{Connection, ConnectionOptions};
use crate::error::{Error, Result};

pub(super) type PooledSlot = r2d2::PooledConnection<Slots>;

/// How long `r2d2`'s thread may take to make an empty slot, which needs nothing but the thread.
const SLOT_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection that has waited longer than this is looked at before it is handed out: its server may have
/// closed it.
const TRUSTED_IDLE: Duration = Duration::from_millis(100);

pub(super) struct Host {
    server: Arc<str>,
    slots: r2d2::Pool<Slots>,
    idle: IdleCount,
    /// Connections of an older generation are closed when they are next seen.
    generation: Arc<AtomicU64>,
    aside_until: Mutex<Option<Instant>>,
}

/// What the hosts of a pool share.
pub(super) struct Shared {
    pub(super) keyspace: Arc<str>,
    pub(super) recycle: u64,
    pub(super) pool_size: usize,
    pub(super) capacity: usize,
    /// Idle connections over all hosts.
    pub(super) idle: Arc<AtomicUsize>,
    pub(super) threads: Arc<ScheduledThreadPool>,
}

impl Host {
    pub(super) fn new(server: &str, shared: &Shared) -> Self {
        let idle = IdleCount { all: shared.idle.clone(), here: Arc::default(), keep: shared.pool_size };
        let generation = Arc::new(AtomicU64::new(0));
        let slots = Slots {
            keyspace: shared.keyspace.clone(),
            recycle: shared.recycle,
            idle: idle.clone(),
            generation: generation.clone(),
        };
        // each host may hold the whole pool, so that only the gate makes callers wait; without idle and
        // life times, as their threads would outlive the pool
        let slots = r2d2::Pool::builder()
            .max_size(u32::try_from(shared.capacity).unwrap_or(u32::MAX))
            .min_idle(Some(0))
            .test_on_check_out(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .thread_pool(shared.threads.clone())
            .build_unchecked(slots);
        Host { server: server.into(), slots, idle, generation, aside_until: Mutex::new(None) }
    }

    pub(super) fn server(&self) -> &str {
        &self.server
    }

    pub(super) fn idle(&self) -> usize {
        self.idle.here.load(Ordering::Relaxed)
    }

    pub(super) fn is_up(&self, now: Instant) -> bool {
        self.aside_until.lock().is_none_or(|until| until <= now)
    }

    /// Puts the host aside for a while; its idle connections go with it.
    pub(super) fn put_aside(&self, cause: &Error, cool_off: Duration) {
        let error = cause as &(dyn std::error::Error + 'static);
        tracing::warn!(server = %self.server, error, ?cool_off, "host put aside");
        self.generation.fetch_add(1, Ordering::Relaxed);
        *self.aside_until.lock() = Some(Instant::now() + cool_off);
        // the idle ones go now rather than when they are next seen
        while let Some(mut slot) = self.slots.try_get() {
            if slot.connection.take().is_some() {
                self.idle.leave();
            }
        }
    }

    /// A slot with a connection to this host, set to the keyspace.
    pub(super) fn open(&self, options: &ConnectionOptions, keyspace: &str) -> Result<PooledSlot> {
        while let Some(mut slot) = self.slots.try_get() {
            if slot.connection.is_none() {
                continue; // made for a caller who took another; its drop removes it
            }
            self.idle.leave();
            if self.is_good(&slot) {
                return Ok(slot);
            }
            slot.connection = None;
        }
        let mut slot = self.slots.get_timeout(SLOT_TIMEOUT).map_err(|_| Error::Connect {
            server: self.server.clone(),
            source: io::Error::other("no slot for a connection could be made"),
        })?;
        if slot.connection.is_some() {
            self.idle.leave(); // another caller was faster to return one than to make one
            if self.is_good(&slot) {
                return Ok(slot);
            }
        }
        slot.generation = self.generation.load(Ordering::Relaxed);
        slot.operations = 0;
        slot.connection = None;
        let mut connection = Connection::open(&self.server, options)?;
        connection.set_keyspace(keyspace)?;
        slot.connection = Some(connection);
        *self.aside_until.lock() = None;
        Ok(slot)
    }

    fn is_good(&self, slot: &Slot) -> bool {
        slot.generation == self.generation.load(Ordering::Relaxed)
            && (slot.returned.elapsed() < TRUSTED_IDLE
                || slot.connection.as_ref().is_some_and(|connection| !connection.is_stale()))
    }
}
