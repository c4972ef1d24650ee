//! The ring: the hosts that clients see, and which of them hold a row. The partitioner gives each its token.
//!
//! All hosts share one store, so each of them serves every row; what the ring says is what a client of a
//! cluster is told.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The hosts in the order of their tokens.
pub(crate) struct Ring {
    hosts: Vec<RingHost>,
}

/// One host: the interface knows hosts without ports, so addresses with one IP are one host.
pub(crate) struct RingHost {
    ip: IpAddr,
    up: Vec<Arc<AtomicBool>>,
}

impl RingHost {
    /// The address without its port. A host that listens at all addresses of its machine has no name of its
    /// own: to a client it has the one by which that client came.
    pub(crate) fn name(&self, asked_at: IpAddr) -> String {
        if self.ip.is_unspecified() { asked_at.to_string() } else { self.ip.to_string() }
    }

    /// One of its addresses is served.
    pub(crate) fn is_up(&self) -> bool {
        self.up.iter().any(|up| up.load(Ordering::Relaxed))
    }
}

impl Ring {
    /// A ring of these addresses, each with whether it is served.
    pub(crate) fn new(addresses: impl IntoIterator<Item = (SocketAddr, Arc<AtomicBool>)>) -> Ring {
        let mut hosts: Vec<RingHost> = Vec::new();
        for (address, up) in addresses {
            let ip = address.ip();
            match hosts.iter_mut().find(|host| host.ip == ip) {
                Some(host) => host.up.push(up),
                None => hosts.push(RingHost { ip, up: vec![up] }),
            }
        }
        Ring { hosts }
    }

    /// A ring of one host that is always up.
    #[cfg(test)]
    pub(crate) fn alone() -> Ring {
        Ring::new([(SocketAddr::from(([127, 0, 0, 1], 9160)), Arc::new(AtomicBool::new(true)))])
    }

    pub(crate) fn hosts(&self) -> &[RingHost] {
        &self.hosts
    }

    /// The hosts that hold the rows of a range, the owner of its end first.
    pub(crate) fn replicas(&self, end: usize, copies: usize) -> impl Iterator<Item = &RingHost> {
        let count = self.hosts.len();
        (0..copies.clamp(1, count)).map(move |step| &self.hosts[(end + step) % count])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(hosts: &[&str]) -> Ring {
        let up = || Arc::new(AtomicBool::new(true));
        Ring::new(hosts.iter().map(|host| (host.parse().expect("an address"), up())))
    }

    #[test]
    fn replicas_follow_the_owner_around_the_ring() {
        let ring = ring(&["127.0.0.1:1", "127.0.0.2:1", "127.0.0.3:1"]);
        let here = IpAddr::from([127, 0, 0, 1]);
        let names = |end, copies| ring.replicas(end, copies).map(|host| host.name(here)).collect::<Vec<_>>();
        assert_eq!(names(2, 2), ["127.0.0.3", "127.0.0.1"]);
        assert_eq!(names(1, 9), ["127.0.0.2", "127.0.0.3", "127.0.0.1"]);
        assert_eq!(names(0, 0), ["127.0.0.1"]);
    }

    #[test]
    fn addresses_with_one_ip_are_one_host() {
        let (first, second) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(true)));
        let address = |port| SocketAddr::from(([0, 0, 0, 0], port));
        let ring = Ring::new([(address(1), first), (address(2), Arc::clone(&second))]);
        let [host] = ring.hosts() else { panic!("one host") };
        assert_eq!(host.name(IpAddr::from([10, 0, 0, 7])), "10.0.0.7");
        assert!(host.is_up());
        second.store(false, Ordering::Relaxed);
        assert!(!host.is_up());
    }
}
