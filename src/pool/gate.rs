//! How many connections may be out at a time, over all hosts.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use parking_lot::{Condvar, Mutex};

/// Lets so many in at a time. Those who need not wait, and those who leave while nobody waits, take no lock.
pub(super) struct Gate {
    capacity: usize,
    out: AtomicUsize,
    waiting: AtomicUsize,
    lock: Mutex<()>,
    left: Condvar,
}

impl Gate {
    pub(super) fn new(capacity: usize) -> Self {
        Gate {
            capacity,
            out: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            lock: Mutex::new(()),
            left: Condvar::new(),
        }
    }

    /// Takes a place if there is one. Who takes one must [`leave`](Self::leave).
    pub(super) fn try_enter(&self) -> bool {
        let next = |out| (out < self.capacity).then_some(out + 1);
        // sequentially consistent with `leave`: either it sees who waits, or who waits sees the free place
        self.out.fetch_update(Ordering::SeqCst, Ordering::SeqCst, next).is_ok()
    }

    /// Waits for a place until the deadline, or for ever.
    pub(super) fn enter(&self, deadline: Option<Instant>) -> bool {
        if self.try_enter() {
            return true;
        }
        let mut lock = self.lock.lock();
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let entered = loop {
            if self.try_enter() {
                break true;
            }
            match deadline {
                Some(deadline) => {
                    if self.left.wait_until(&mut lock, deadline).timed_out() {
                        break self.try_enter();
                    }
                }
                None => self.left.wait(&mut lock),
            }
        };
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        entered
    }

    pub(super) fn leave(&self) {
        self.out.fetch_sub(1, Ordering::SeqCst);
        if self.waiting.load(Ordering::SeqCst) > 0 {
            // under the lock: who waits is not between its look at the places and its sleep
            let _lock = self.lock.lock();
            self.left.notify_one();
        }
    }

    pub(super) fn out(&self) -> usize {
        self.out.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn soon() -> Option<Instant> {
        Some(Instant::now() + Duration::from_millis(5))
    }

    #[test]
    fn a_full_gate_lets_one_in_when_one_leaves() {
        let gate = Gate::new(1);
        assert!(gate.try_enter() && !gate.try_enter());
        assert!(!gate.enter(soon()));
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| gate.enter(None));
            gate.leave();
            assert!(waiting.join().expect("no panic"));
        });
        assert_eq!(gate.out(), 1);
        gate.leave();
        assert_eq!((gate.out(), gate.waiting.into_inner()), (0, 0));
    }

    #[test]
    fn nobody_is_forgotten_at_a_gate_where_many_crowd() {
        let gate = Gate::new(2);
        let inside = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..2_000 {
                        assert!(gate.enter(None));
                        assert!(inside.fetch_add(1, Ordering::SeqCst) < 2);
                        inside.fetch_sub(1, Ordering::SeqCst);
                        gate.leave();
                    }
                });
            }
        });
        assert_eq!((gate.out(), gate.waiting.load(Ordering::SeqCst)), (0, 0));
    }
}
