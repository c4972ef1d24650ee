//! The accounts of a pool of several hosts against the ledger of a listener, over random sequences: what a connection
//! may go through, and why it must end.
//!
//! `CASSA_POOL_SEED` repeats a sequence. `pool_accounts` holds a pool of one host to a model that foresees all.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cassa::wire::MessageHeader;
use cassa::wire::methods::DescribeClusterName;
use cassa::{Call, ConnectionEvent, ConnectionPool, Disposal, PoolListener, PooledConnection, Result};
use fastrand::Rng;

use crate::pool_support::{quick, server, version, well};
use crate::scripted::{Answer, ScriptedServer};

const HOSTS: usize = 3;
const SIZE: usize = 4;
const OVERFLOW: usize = 3;
const RECYCLE: usize = 6;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whereabouts {
    In,
    Out,
    Disposed(Disposal),
    Recycled,
}

#[derive(Clone, Debug)]
struct Account {
    server: String,
    operations: usize,
    at: Whereabouts,
}

/// Every connection that the pool has told of, by its number.
#[derive(Default)]
struct Ledger(Mutex<BTreeMap<u64, Account>>);

impl Ledger {
    /// A connection moves; `from` there, or it may not.
    fn moves(&self, event: &ConnectionEvent<'_>, from: &[Whereabouts], to: Whereabouts) {
        let mut accounts = self.0.lock().expect("no panic under it");
        let account = accounts.get_mut(&event.connection).expect("it was made");
        assert!(account.server == event.server && from.contains(&account.at), "{account:?} to {to:?}");
        account.operations += usize::from(to == Whereabouts::Out);
        account.at = to;
    }

    fn read(&self) -> BTreeMap<u64, Account> {
        self.0.lock().expect("no panic under it").clone()
    }
}

impl PoolListener for Ledger {
    fn connection_created(&self, event: &ConnectionEvent<'_>) {
        let account = Account { server: event.server.to_owned(), operations: 0, at: Whereabouts::In };
        let before = self.0.lock().expect("no panic under it").insert(event.connection, account);
        assert!(before.is_none(), "numbers are given once");
    }

    fn connection_checked_out(&self, event: &ConnectionEvent<'_>) {
        self.moves(event, &[Whereabouts::In], Whereabouts::Out);
    }

    fn connection_checked_in(&self, event: &ConnectionEvent<'_>) {
        self.moves(event, &[Whereabouts::Out], Whereabouts::In);
    }

    fn connection_disposed(&self, event: &ConnectionEvent<'_>, reason: Disposal) {
        self.moves(event, &[Whereabouts::In, Whereabouts::Out], Whereabouts::Disposed(reason));
    }

    fn connection_recycled(&self, event: &ConnectionEvent<'_>) {
        self.moves(event, &[Whereabouts::Out], Whereabouts::Recycled);
    }
}

/// A connection in hand, and what has happened to it or its host.
struct Held {
    connection: PooledConnection,
    id: u64,
    server: String,
    broke: bool,
    other_keyspace: bool,
    host_removed: bool,
    outdated: bool,
}

/// The pool, what it should have, and what is in hand.
struct Bench<'a> {
    pool: &'a ConnectionPool,
    ledger: &'a Ledger,
    held: Vec<Held>,
}

impl Bench<'_> {
    fn get(&mut self) {
        let before = self.ledger.read();
        let Ok(connection) = self.pool.get() else {
            assert_eq!(self.held.len(), SIZE + OVERFLOW, "refused only where all are out");
            return;
        };
        assert!(self.held.len() < SIZE + OVERFLOW);
        let server = connection.server().to_string();
        assert!(self.pool.servers().iter().any(|known| **known == *server));
        let went = |id: &u64, account: &Account| {
            account.at == Whereabouts::Out && before.get(id).is_none_or(|b| b.at != Whereabouts::Out)
        };
        let after = self.ledger.read();
        let out: Vec<u64> = after.iter().filter(|(id, a)| went(id, a)).map(|(id, _)| *id).collect();
        assert_eq!(out.len(), 1, "one goes out");
        self.held.push(Held {
            id: out[0],
            connection,
            server,
            broke: false,
            other_keyspace: false,
            host_removed: false,
            outdated: false,
        });
    }

    fn put_back(&mut self, index: usize) {
        let before = self.ledger.read();
        let idle = before.values().filter(|account| account.at == Whereabouts::In).count();
        let held = self.held.swap_remove(index);
        drop(held.connection);
        let at = self.ledger.read()[&held.id].at;
        let due = before[&held.id].operations >= RECYCLE;
        match at {
            Whereabouts::Disposed(reason) if held.broke => assert_eq!(reason, Disposal::Broken),
            Whereabouts::Disposed(reason) if held.other_keyspace => {
                assert_eq!(reason, Disposal::OtherKeyspace)
            }
            Whereabouts::Disposed(reason) if held.host_removed => assert_eq!(reason, Disposal::HostRemoved),
            Whereabouts::Disposed(reason) if held.outdated => assert_eq!(reason, Disposal::HostFailed),
            Whereabouts::Disposed(reason) => assert!(reason == Disposal::Surplus && idle == SIZE && !due),
            _ if held.broke || held.other_keyspace || held.host_removed || held.outdated => {
                panic!("{at:?}, but it must go")
            }
            Whereabouts::Recycled => assert!(due),
            Whereabouts::In => assert!(!due),
            Whereabouts::Out => panic!("it is back"),
        }
        if held.broke && !held.host_removed && !held.outdated {
            // all others of the same host are of a generation that has ended
            let same = |other: &&mut Held| other.server == held.server && !other.host_removed;
            self.held.iter_mut().filter(same).for_each(|other| other.outdated = true);
        }
    }

    fn agree(&self) {
        let accounts = self.ledger.read();
        let count = |at: Whereabouts, server: Option<&str>| {
            let here = |account: &&Account| account.at == at && server.is_none_or(|s| *account.server == *s);
            accounts.values().filter(here).count()
        };
        let (idle, out) = (count(Whereabouts::In, None), count(Whereabouts::Out, None));
        assert_eq!((self.pool.checked_in(), self.pool.checked_out()), (idle, out));
        assert!(idle <= SIZE && out == self.held.len());
        assert_eq!(self.pool.overflow(), (idle + out).saturating_sub(SIZE));
        let stats = self.pool.stats();
        let recycled = count(Whereabouts::Recycled, None);
        let gone = (accounts.len() - idle - out - recycled) as u64;
        assert_eq!(
            (stats.created, stats.disposed, stats.recycled),
            (accounts.len() as u64, gone, recycled as u64)
        );
        // those of hosts that have left the list are in hand only
        let listed: usize = stats.hosts.iter().map(|host| host.checked_in).sum();
        assert_eq!(listed, idle);
        for host in &stats.hosts {
            assert_eq!(host.checked_in, count(Whereabouts::In, Some(&host.server)), "{host:?}");
            let present = |held: &&Held| *held.server == *host.server && !held.host_removed;
            assert_eq!(host.checked_out, self.held.iter().filter(present).count(), "{host:?}");
        }
    }
}

fn break_off(connection: &mut cassa::Connection) -> Result<()> {
    connection.call(&DescribeClusterName {}).map(drop)
}

#[test]
fn every_connection_of_several_hosts_is_accounted_for() {
    let seed = std::env::var("CASSA_POOL_SEED").ok().map(|seed| seed.parse().expect("a number"));
    let seed = seed.unwrap_or_else(|| fastrand::u64(..));
    println!("seed {seed}");
    let mut rng = Rng::with_seed(seed);
    let behave = |header: &MessageHeader<'_>, before| match header.method {
        "describe_cluster_name" => Answer::Close,
        _ => well(header, before),
    };
    for _ in 0..15 {
        let servers: Vec<ScriptedServer> = (0..HOSTS).map(|_| server(behave)).collect();
        let addresses: Vec<String> = servers.iter().map(|server| server.address().to_string()).collect();
        let ledger = Arc::new(Ledger::default());
        let pool = quick(&addresses)
            .pool_size(SIZE)
            .max_overflow(OVERFLOW)
            .pool_timeout(Duration::ZERO)
            .recycle(RECYCLE as u64)
            .max_retries(0)
            .listener(ledger.clone())
            .build()
            .expect("a pool");
        let mut bench = Bench { pool: &pool, ledger: &ledger, held: Vec::new() };
        for _ in 0..120 {
            let some = (!bench.held.is_empty()).then(|| rng.usize(..bench.held.len()));
            match (rng.u8(..14), some) {
                (0..5, _) => bench.get(),
                (5..8, Some(index)) => bench.put_back(index),
                (8, Some(index)) => {
                    let held = &mut bench.held[index];
                    if !held.broke {
                        break_off(&mut held.connection).expect_err("closed");
                        held.broke = true;
                    }
                }
                (9, Some(index)) => {
                    let held = &mut bench.held[index];
                    if !held.broke {
                        held.connection.set_keyspace("Other").expect("set");
                        held.other_keyspace = true;
                    }
                }
                (10, _) => {
                    let free = bench.held.len() < SIZE + OVERFLOW;
                    assert_eq!(pool.execute_with(Call::once(), version).is_ok(), free);
                    let panics = |_: &mut cassa::Connection| -> Result<()> {
                        std::panic::resume_unwind(Box::new("oops"))
                    };
                    assert_eq!(catch_unwind(AssertUnwindSafe(|| pool.execute(panics))).is_err(), free);
                }
                (11, _) => pool.fill().expect("filled"),
                (12, _) => {
                    pool.dispose();
                    assert_eq!(pool.checked_in(), 0);
                    bench.held.iter_mut().for_each(|held| held.outdated |= !held.host_removed);
                }
                (13, _) => {
                    let count = rng.usize(1..=HOSTS);
                    let list: Vec<&String> = (0..HOSTS)
                        .cycle()
                        .skip(rng.usize(..HOSTS))
                        .take(count)
                        .map(|i| &addresses[i])
                        .collect();
                    pool.set_servers(&list).expect("servers");
                    for held in &mut bench.held {
                        held.host_removed |= !list.contains(&&held.server);
                    }
                }
                _ => {}
            }
            bench.agree();
        }
        while !bench.held.is_empty() {
            bench.put_back(0);
            bench.agree();
        }
        drop(pool);
        let accounts = ledger.read();
        let left = |account: &&Account| matches!(account.at, Whereabouts::In | Whereabouts::Out);
        assert_eq!(accounts.values().filter(left).count(), 0);
        for server in &servers {
            let address = server.address().to_string();
            server.wait_until_closed(accounts.values().filter(|account| account.server == address).count());
        }
    }
}
