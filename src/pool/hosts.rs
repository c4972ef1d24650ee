//! The hosts of a pool: the list, which may change while the pool is used, and the choice among them.

use std::sync::Arc;
use std::time::Instant;

use super::balance::{BalancingPolicy, HostView};
use super::health::HostState;
use super::host::Host;
use super::ring::Ring;

/// The hosts at one time. A list is never changed, it is replaced.
#[derive(Default)]
pub(super) struct HostList {
    pub(super) entries: Box<[Entry]>,
    pub(super) ring: Option<Ring>,
    /// Whether the ring gave the list, not the user.
    pub(super) discovered: bool,
}

pub(super) struct Entry {
    pub(super) host: Arc<Host>,
    pub(super) datacenter: Option<Arc<str>>,
    /// In another data centre than the preferred one.
    pub(super) remote: bool,
}

/// What a choice is made by.
pub(super) struct Choice<'a> {
    pub(super) policy: &'a dyn BalancingPolicy,
    /// The replicas of the row, as indices into the list.
    pub(super) replicas: &'a [u32],
    /// Hosts on which the call has failed.
    pub(super) avoid: &'a [Arc<Host>],
    /// Hosts that could not be reached just now, as indices.
    pub(super) tried: &'a [usize],
    /// Whether the pool has as many connections as it keeps.
    pub(super) full: bool,
    pub(super) pool_size: usize,
    /// Whose turn it is.
    pub(super) turn: usize,
    pub(super) now: Instant,
}

/// What counts before the score of a policy: how usable a host is, whether it is far away, whether using it
/// takes a connection more than the pool keeps.
type Rank = (u8, bool, bool, u64);

const BEST: Rank = (0, false, false, 0);

impl HostList {
    /// The best host that was not tried; of equal ones that whose turn it is.
    pub(super) fn choose(&self, choice: &Choice<'_>) -> Option<usize> {
        let n = self.entries.len();
        let mut best: Option<(Rank, usize)> = None;
        for i in 0..n {
            let index = (choice.turn % n + i) % n;
            if choice.tried.contains(&index) {
                continue;
            }
            let rank = self.rank(index, choice);
            if rank == BEST {
                return Some(index);
            }
            if best.is_none_or(|(least, _)| rank < least) {
                best = Some((rank, index));
            }
        }
        best.map(|(_, index)| index)
    }

    fn rank(&self, index: usize, choice: &Choice<'_>) -> Rank {
        let Entry { host, datacenter, remote } = &self.entries[index];
        let usable = match host.health().state() {
            HostState::Aside => 3,
            _ if choice.avoid.iter().any(|avoid| Arc::ptr_eq(avoid, host)) => 2,
            HostState::Suspect => 1,
            HostState::Up => 0,
        };
        // a host may grow to its fair share at the cost of others; beyond it, connections that are there
        // already are used first
        let cold = choice.full && host.idle() == 0 && host.out() >= choice.pool_size / self.entries.len();
        let view = HostView {
            host,
            datacenter: datacenter.as_deref(),
            replica: choice.replicas.iter().position(|replica| *replica as usize == index),
            now: choice.now,
        };
        (usable, *remote, cold, choice.policy.score(&view))
    }
}
