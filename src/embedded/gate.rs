//! What every call at a host passes first: a host may be ending, paused or slow.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex, MutexGuard};

/// The state of one host. All waits end when the host does.
pub(super) struct Gate {
    /// The host is served: it has been started, and is not ending.
    up: Arc<AtomicBool>,
    /// Calls do not just pass.
    hindered: AtomicBool,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    paused: bool,
    delay: Duration,
}

impl Gate {
    pub(super) fn new() -> Gate {
        Gate {
            up: Arc::default(),
            hindered: AtomicBool::new(false),
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    pub(super) fn up(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.up)
    }

    pub(super) fn is_up(&self) -> bool {
        self.up.load(Ordering::Acquire)
    }

    /// Lets calls pass, or ends all waits.
    pub(super) fn set_up(&self, up: bool) {
        let _state = self.state.lock();
        self.up.store(up, Ordering::Release);
        self.changed.notify_all();
    }

    pub(super) fn set_paused(&self, paused: bool) {
        self.change(|state| state.paused = paused);
    }

    pub(super) fn set_delay(&self, delay: Duration) {
        self.change(|state| state.delay = delay);
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state.lock();
        change(&mut state);
        self.hindered.store(state.paused || !state.delay.is_zero(), Ordering::Release);
        self.changed.notify_all();
    }

    /// Waits until a call may be served; false where the host is ending.
    pub(super) fn pass(&self) -> bool {
        if !self.hindered.load(Ordering::Acquire) {
            return self.is_up();
        }
        let mut state = self.state.lock();
        while state.paused && self.is_up() {
            self.changed.wait(&mut state);
        }
        let delay = state.delay;
        self.wait_in(state, delay)
    }

    /// Waits so long; false where the host is ending.
    pub(super) fn wait(&self, delay: Duration) -> bool {
        if delay.is_zero() {
            return self.is_up();
        }
        self.wait_in(self.state.lock(), delay)
    }

    fn wait_in(&self, mut state: MutexGuard<'_, State>, delay: Duration) -> bool {
        // a delay beyond what the clock can hold is one without an end
        let end = Instant::now().checked_add(delay);
        while self.is_up() {
            match end {
                None => self.changed.wait(&mut state),
                Some(end) if Instant::now() < end => {
                    self.changed.wait_until(&mut state, end);
                }
                Some(_) => return true,
            }
        }
        false
    }
}
