//! Which servers a pool has: those that were given, those that the ring names, none once it is closed.

use std::sync::Arc;

use super::Inner;
use super::host::Host;
use super::hosts::{Entry, HostList};
use super::listener::Disposal;
use super::ring::{ByAddress, Description, Ring};
use crate::error::{Error, Result};
use crate::partitioner::Partitioner;

/// `r2d2` reserves room for so many connections of each host; those beyond do without.
const MOST_SLOTS: usize = 1024;

/// The servers that were given. Its lock is held while the list of hosts is replaced.
#[derive(Default)]
pub(super) struct Servers {
    pub(super) seeds: Vec<String>,
    pub(super) closed: bool,
}

/// A host of a new list.
struct Named {
    server: Arc<str>,
    datacenter: Option<Arc<str>>,
}

impl Named {
    fn again(entry: &Entry) -> Named {
        Named { server: entry.host.server().clone(), datacenter: entry.datacenter.clone() }
    }
}

impl Inner {
    /// Replaces the servers that were given, and with them all hosts.
    pub(super) fn set_seeds(&self, mut seeds: Vec<String>) -> Result<()> {
        if seeds.is_empty() {
            let why = "expected at least one, got none".into();
            return Err(Error::InvalidOption { option: "servers", why });
        }
        // clients do not all start with the first
        fastrand::shuffle(&mut seeds);
        let changed = {
            let mut servers = self.servers.lock();
            servers.seeds = seeds;
            self.install_seeds(&servers)
        };
        self.changed(&changed);
        self.housekeeping.refresh();
        Ok(())
    }

    /// Back to the servers that were given, where the hosts that the ring named cannot be reached. Whether
    /// there is a host that was not in the list before.
    pub(super) fn fall_back(&self) -> bool {
        let before = self.hosts.load_full();
        let changed = self.install_seeds(&self.servers.lock());
        let known = |host: &Arc<Host>| before.entries.iter().any(|entry| Arc::ptr_eq(&entry.host, host));
        let more = self.hosts.load().entries.iter().any(|entry| !known(&entry.host));
        if !changed.is_empty() || more {
            tracing::warn!(
                pool = &*self.name,
                "no discovered host can be reached, back to the given servers"
            );
        }
        self.changed(&changed);
        more
    }

    /// Takes over what the ring says: where rows are, which data centres hosts are in and, if they are to be
    /// discovered, which hosts there are.
    pub(super) fn install_ring(&self, ring: &Description, partitioner: Option<Partitioner>) {
        let list = self.hosts.load_full();
        // the same host may go by a name here and by a number there
        let known = ByAddress::new(list.entries.iter().map(|entry| &**entry.host.server()));
        let known: Vec<Option<usize>> = ring.hosts.iter().map(|host| known.find(&host.server)).collect();
        let name = |place: usize| list.entries[place].host.server().clone();
        let mut places = known.clone();
        let named = match &self.options.discover {
            None => {
                let mut named: Vec<Named> = list.entries.iter().map(Named::again).collect();
                for (host, place) in ring.hosts.iter().zip(&places) {
                    if let Some(place) = place {
                        named[*place].datacenter.clone_from(&host.datacenter);
                    }
                }
                named
            }
            Some(filter) => {
                let mut named = Vec::new();
                for (i, host) in ring.hosts.iter().enumerate() {
                    let wanted = (filter.0)(host);
                    places[i] = wanted.then_some(named.len());
                    if wanted {
                        // a host that is known keeps its name, and its connections
                        let server = known[i].map_or_else(|| Arc::from(&*host.server), name);
                        named.push(Named { server, datacenter: host.datacenter.clone() });
                    }
                }
                named
            }
        };
        if named.is_empty() {
            self.fall_back();
            return;
        }
        let ring = partitioner.and_then(|partitioner| ring.ring(partitioner, &places));
        let changed = {
            let servers = self.servers.lock();
            self.install(&servers, named, ring, self.options.discover.is_some())
        };
        self.changed(&changed);
    }

    fn install_seeds(&self, servers: &Servers) -> Changed {
        let list = self.hosts.load();
        let datacenter = |server: &str| {
            list.entries.iter().find(|entry| **entry.host.server() == *server)?.datacenter.clone()
        };
        let named = servers
            .seeds
            .iter()
            .map(|server| Named { server: server.as_str().into(), datacenter: datacenter(server) });
        self.install(servers, named.collect(), None, false)
    }

    /// Replaces the list; hosts that stay are the same hosts.
    fn install(&self, servers: &Servers, named: Vec<Named>, ring: Option<Ring>, discovered: bool) -> Changed {
        if servers.closed {
            return Changed::default();
        }
        let old = self.hosts.load_full();
        let preferred = self.options.datacenter.as_deref();
        let mut changed = Changed::default();
        let entries: Box<[Entry]> = named
            .into_iter()
            .map(|Named { server, datacenter }| {
                let same = old.entries.iter().find(|entry| *entry.host.server() == server);
                let host = same.map_or_else(
                    || {
                        changed.more = true;
                        self.new_host(&server)
                    },
                    |entry| entry.host.clone(),
                );
                // a host that is not known to be elsewhere is taken to be near
                let remote = preferred.is_some_and(|near| datacenter.as_deref().is_some_and(|dc| dc != near));
                Entry { host, datacenter, remote }
            })
            .collect();
        for entry in &old.entries {
            if !entries.iter().any(|new| Arc::ptr_eq(&new.host, &entry.host)) {
                entry.host.set_removed();
                changed.removed.push(entry.host.clone());
            }
        }
        self.hosts.store(Arc::new(HostList { entries, ring, discovered }));
        changed
    }

    fn new_host(&self, server: &str) -> Arc<Host> {
        let slots = self.options.capacity().min(MOST_SLOTS.max(self.options.pool_size));
        Arc::new(Host::new(server, slots, &self.threads, self.epoch))
    }

    /// What is left to do without the lock.
    fn changed(&self, changed: &Changed) {
        for host in &changed.removed {
            self.drain(host, Disposal::HostRemoved);
        }
        if !changed.is_empty() {
            self.tell_servers();
        }
    }

    /// Closes all idle connections; those that are out are closed when they come back.
    pub(super) fn dispose(&self) {
        for entry in &self.hosts.load().entries {
            entry.host.end_present_generation();
            self.drain(&entry.host, Disposal::PoolDisposed);
        }
        self.tell_pool_disposed();
    }

    /// Ends the pool.
    pub(super) fn close(&self) {
        let closed = {
            let mut servers = self.servers.lock();
            servers.closed = true;
            // hosts and pool know of each other no longer
            self.hosts.swap(Arc::new(HostList::default()))
        };
        self.housekeeping.stop();
        for entry in &closed.entries {
            entry.host.set_removed();
            self.drain(&entry.host, Disposal::PoolDisposed);
        }
        self.tell_pool_disposed();
    }
}

/// How a new list differs from the one before.
#[derive(Default)]
struct Changed {
    more: bool,
    removed: Vec<Arc<Host>>,
}

impl Changed {
    fn is_empty(&self) -> bool {
        !self.more && self.removed.is_empty()
    }
}
