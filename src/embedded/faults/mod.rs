//! Faults on request: what a client may meet on a cluster, at the call that a test picks.
//!
//! `fault`: what happens, and to which calls. Here: the rules of a server, and which call meets which.

mod fault;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;

pub use fault::Fault;
pub(super) use fault::Kind;

/// The faults of an [`EmbeddedServer`](crate::EmbeddedServer), for the tests of a client or an application.
/// A clone stands for the same faults.
///
/// Each call goes through the faults in the order in which they were added, and meets the first that picks
/// it; delays come in addition.
///
/// ```
/// use cassa::{ColumnFamily, ConnectionPool, EmbeddedServer, Fault, SimpleStrategy, SystemManager};
///
/// let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// # system.create_column_family("Keyspace1", "Standard1")?;
/// let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
/// let cf = ColumnFamily::open(&pool, "Standard1")?;
///
/// let fault = server.faults().add(Fault::unavailable().method("get_slice").times(1));
/// assert_eq!(cf.get("foo")?, None); // the pool asked once more
/// assert_eq!(fault.hits(), 1);
/// server.faults().clear();
/// # Ok::<(), cassa::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Faults(Arc<Shared>);

#[derive(Default)]
struct Shared {
    /// How many rules there are: a server without faults pays for reading this.
    count: AtomicUsize,
    rules: Mutex<Vec<Rule>>,
}

struct Rule {
    id: Arc<Hits>,
    fault: Fault,
    /// The calls that it would have picked but for `skip` and the dice.
    seen: u64,
    dice: u64,
}

#[derive(Default)]
struct Hits(AtomicUsize);

/// A fault that was added to a server.
///
/// ```
/// use cassa::{EmbeddedServer, Fault, SystemManager};
///
/// let server = EmbeddedServer::start()?;
/// let fault = server.faults().add(Fault::silence().method("truncate"));
/// SystemManager::connect(server.addresses())?.describe_version()?;
/// assert_eq!(fault.hits(), 0);
/// # Ok::<(), cassa::Error>(())
/// ```
#[derive(Clone)]
pub struct InjectedFault {
    shared: Arc<Shared>,
    id: Arc<Hits>,
}

/// What a call meets.
#[derive(Debug, Default)]
pub(super) struct Strike {
    /// To wait before the call is served, and after it.
    pub(super) delay: Duration,
    pub(super) delay_after: Duration,
    pub(super) fault: Option<Blow>,
}

/// A fault other than a delay.
#[derive(Debug)]
pub(super) struct Blow {
    pub(super) kind: Kind,
    /// The call is served first, and its result thrown away.
    pub(super) after_work: bool,
}

impl Faults {
    /// Adds a fault behind those that are there.
    pub fn add(&self, fault: Fault) -> InjectedFault {
        let id = Arc::new(Hits::default());
        let dice = fault.random.map_or(0, |random| random.seed);
        let mut rules = self.0.rules.lock();
        rules.push(Rule { id: Arc::clone(&id), fault, seen: 0, dice });
        self.0.count.store(rules.len(), Ordering::Release);
        InjectedFault { shared: Arc::clone(&self.0), id }
    }

    /// Removes all faults. Calls that wait for a delay go on waiting.
    pub fn clear(&self) {
        let mut rules = self.0.rules.lock();
        rules.clear();
        self.0.count.store(0, Ordering::Release);
    }

    /// What a call of this method at this address meets.
    pub(super) fn strike(&self, address: SocketAddr, method: &str) -> Strike {
        let mut strike = Strike::default();
        if self.0.count.load(Ordering::Acquire) == 0 {
            return strike;
        }
        for rule in self.0.rules.lock().iter_mut() {
            if !rule.picks(address, method) {
                continue;
            }
            match (&rule.fault.kind, rule.fault.after_work) {
                (Kind::Delay(by), false) => strike.delay = strike.delay.saturating_add(*by),
                (Kind::Delay(by), true) => strike.delay_after = strike.delay_after.saturating_add(*by),
                (kind, after_work) => {
                    strike.fault = Some(Blow { kind: kind.clone(), after_work });
                    break;
                }
            }
        }
        strike
    }
}

impl Rule {
    fn picks(&mut self, address: SocketAddr, method: &str) -> bool {
        let fault = &self.fault;
        let of_host = fault.hosts.is_empty() || fault.hosts.contains(&address);
        let of_method = fault.methods.is_empty() || fault.methods.iter().any(|name| name == method);
        if !of_host || !of_method {
            return false;
        }
        let hits = self.id.0.load(Ordering::Relaxed);
        if fault.times.is_some_and(|times| hits >= times) {
            return false;
        }
        self.seen += 1;
        if self.seen <= fault.skip {
            return false;
        }
        if fault.random.is_some_and(|random| roll(&mut self.dice) >= random.probability) {
            return false;
        }
        self.id.0.store(hits + 1, Ordering::Relaxed);
        true
    }
}

/// The next number of a sequence (SplitMix64), in 0..1.
fn roll(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    (z >> 11) as f64 / (1_u64 << 53) as f64
}

impl InjectedFault {
    /// How many calls have met it.
    pub fn hits(&self) -> usize {
        self.id.0.load(Ordering::Relaxed)
    }

    /// Removes it from the server.
    pub fn remove(&self) {
        let mut rules = self.shared.rules.lock();
        rules.retain(|rule| !Arc::ptr_eq(&rule.id, &self.id));
        self.shared.count.store(rules.len(), Ordering::Release);
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.rules.lock().iter().map(|rule| &rule.fault)).finish()
    }
}

impl fmt::Debug for InjectedFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InjectedFault").field("hits", &self.hits()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(last: u8) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, last], 9160))
    }

    fn met(faults: &Faults, calls: &[(u8, &str)]) -> Vec<bool> {
        calls.iter().map(|(last, method)| faults.strike(host(*last), method).fault.is_some()).collect()
    }

    #[test]
    fn calls_are_picked_by_host_method_and_count() {
        let faults = Faults::default();
        let fault = faults.add(Fault::silence().host(host(1)).method("get").method("add").skip(1).times(2));
        let calls = [(2, "get"), (1, "insert"), (1, "get"), (1, "add"), (2, "add"), (1, "get"), (1, "get")];
        assert_eq!(met(&faults, &calls), [false, false, false, true, false, true, false]);
        assert_eq!(fault.hits(), 2);
        fault.remove();
        assert_eq!(met(&faults, &[(1, "get")]), [false]);
    }

    #[test]
    fn delays_add_up_and_go_with_one_other() {
        let faults = Faults::default();
        let second = Duration::from_secs(1);
        faults.add(Fault::delay(second));
        faults.add(Fault::delay(second));
        faults.add(Fault::delay(second).after_work());
        faults.add(Fault::time_out().times(1));
        let behind = faults.add(Fault::unavailable());
        let strike = faults.strike(host(1), "get");
        assert_eq!((strike.delay, strike.delay_after), (2 * second, second));
        assert!(matches!(strike.fault, Some(Blow { kind: Kind::TimeOut(_), after_work: false })));
        assert_eq!(behind.hits(), 0, "a call meets one");
        assert!(matches!(faults.strike(host(1), "get").fault, Some(Blow { kind: Kind::Unavailable, .. })));
        faults.clear();
        assert_eq!(faults.strike(host(1), "get").delay, Duration::ZERO);
    }

    #[test]
    fn a_seed_gives_the_same_faults_again() {
        let of = |seed| {
            let faults = Faults::default();
            faults.add(Fault::silence().at_random(0.25, seed));
            met(&faults, &[(1, "get"); 1000])
        };
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
        let hits = of(3).into_iter().filter(|met| *met).count();
        assert!((150..350).contains(&hits), "{hits}");
        let (never, always) = (Faults::default(), Faults::default());
        never.add(Fault::silence().at_random(0.0, 1));
        always.add(Fault::silence().at_random(1.0, 1));
        assert_eq!(met(&never, &[(1, "get"); 100]), [false; 100]);
        assert_eq!(met(&always, &[(1, "get"); 100]), [true; 100]);
    }
}
