//! One server of the pool: its slots, and how it stands.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use scheduled_thread_pool::ScheduledThreadPool;

use super::health::Health;
use super::latency::Latency;
use super::slot::{Place, Slots};

pub(super) type PooledSlot = r2d2::PooledConnection<Slots>;

/// How long `r2d2`'s thread may take to make an empty slot, which needs nothing but the thread.
const SLOT_TIMEOUT: Duration = Duration::from_secs(1);

pub(super) struct Host {
    server: Arc<str>,
    slots: r2d2::Pool<Slots>,
    most_slots: usize,
    idle: AtomicUsize,
    out: AtomicUsize,
    /// Connections of an older generation are closed when they are next seen.
    generation: AtomicU64,
    removed: AtomicBool,
    health: Health,
    latency: Latency,
    pub(super) created: AtomicU64,
    pub(super) failed: AtomicU64,
}

impl Host {
    /// A host with room for so many connections.
    pub(super) fn new(
        server: &str,
        slots: usize,
        threads: &Arc<ScheduledThreadPool>,
        epoch: Instant,
    ) -> Self {
        // each host may hold the whole pool, so that only the gate makes callers wait; without idle and
        // life times, as their threads would outlive the pool
        let pool = r2d2::Pool::builder()
            .max_size(u32::try_from(slots).unwrap_or(u32::MAX))
            .min_idle(Some(0))
            .test_on_check_out(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .thread_pool(threads.clone())
            .build_unchecked(Slots);
        Host {
            server: server.into(),
            slots: pool,
            most_slots: slots,
            idle: AtomicUsize::new(0),
            out: AtomicUsize::new(0),
            generation: AtomicU64::new(0),
            removed: AtomicBool::new(false),
            health: Health::new(epoch),
            latency: Latency::new(epoch),
            created: AtomicU64::new(0),
            failed: AtomicU64::new(0),
        }
    }

    pub(super) fn server(&self) -> &Arc<str> {
        &self.server
    }

    pub(super) fn health(&self) -> &Health {
        &self.health
    }

    pub(super) fn latency(&self) -> &Latency {
        &self.latency
    }

    /// Its connections that wait in the pool.
    pub(super) fn idle(&self) -> usize {
        self.idle.load(Ordering::Relaxed)
    }

    /// Its connections that are in callers' hands.
    pub(super) fn out(&self) -> usize {
        self.out.load(Ordering::Relaxed)
    }

    pub(super) fn went_out(&self) {
        self.out.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn came_back(&self) {
        self.out.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Relaxed)
    }

    /// Ends a generation of connections; whether it was the present one.
    pub(super) fn end_generation(&self, generation: u64) -> bool {
        self.generation
            .compare_exchange(generation, generation + 1, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
    }

    pub(super) fn end_present_generation(&self) {
        self.generation.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn is_removed(&self) -> bool {
        self.removed.load(Ordering::Relaxed)
    }

    pub(super) fn set_removed(&self) {
        self.removed.store(true, Ordering::Relaxed);
    }

    /// A slot with a connection, the last that came back; `all` idle ones of the pool are one less.
    pub(super) fn take_idle(&self, all: &AtomicUsize) -> Option<PooledSlot> {
        while let Some(slot) = self.slots.try_get() {
            // an empty one was made for a caller who took another; its drop removes it
            if slot.occupant.is_some() {
                self.left_idle(all);
                return Some(slot);
            }
        }
        None
    }

    fn left_idle(&self, all: &AtomicUsize) {
        all.fetch_sub(1, Ordering::Relaxed);
        self.idle.fetch_sub(1, Ordering::Relaxed);
    }

    /// Takes a place among the idle ones of the pool, of which there are `most`.
    pub(super) fn enter_idle(&self, all: &AtomicUsize, most: usize) -> bool {
        let next = |idle| (idle < most).then_some(idle + 1);
        let entered = all.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).is_ok();
        if entered {
            self.idle.fetch_add(1, Ordering::Relaxed);
        }
        entered
    }

    /// A place for a connection, mostly an empty one: another caller may return a connection sooner than a
    /// place is made.
    pub(super) fn place(&self, all: &AtomicUsize) -> Place {
        if self.out() + self.idle() < self.most_slots
            && let Ok(slot) = self.slots.get_timeout(SLOT_TIMEOUT)
        {
            if slot.occupant.is_some() {
                self.left_idle(all);
            }
            return Place::Kept(slot);
        }
        Place::beyond()
    }
}
