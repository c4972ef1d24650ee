//! How many connections may be out at a time, over all hosts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

/// Lets so many in at a time.
#[derive(Clone)]
pub(super) struct Gate(Arc<State>);

struct State {
    capacity: usize,
    out: Mutex<usize>,
    returned: Condvar,
}

/// One who is in; dropping it lets the next one in.
pub(super) struct Permit(Gate);

impl Gate {
    pub(super) fn new(capacity: usize) -> Self {
        Gate(Arc::new(State { capacity, out: Mutex::new(0), returned: Condvar::new() }))
    }

    /// Waits for a place for at most `timeout`; zero does not wait.
    pub(super) fn enter(&self, timeout: Duration) -> Option<Permit> {
        let mut out = self.0.out.lock();
        if *out == self.0.capacity {
            let deadline = Instant::now() + timeout;
            while *out == self.0.capacity {
                if self.0.returned.wait_until(&mut out, deadline).timed_out() {
                    break;
                }
            }
            if *out == self.0.capacity {
                return None;
            }
        }
        *out += 1;
        Some(Permit(self.clone()))
    }

    pub(super) fn out(&self) -> usize {
        *self.0.out.lock()
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        *self.0.0.out.lock() -= 1;
        self.0.0.returned.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_gate_lets_one_in_when_one_leaves() {
        let gate = Gate::new(1);
        let permit = gate.enter(Duration::ZERO).expect("empty");
        assert!(gate.enter(Duration::ZERO).is_none());
        assert!(gate.enter(Duration::from_millis(5)).is_none());
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| gate.enter(Duration::from_secs(60)).is_some());
            drop(permit);
            assert!(waiting.join().expect("no panic"));
        });
        assert_eq!(gate.out(), 0);
    }
}
