//! What a pool does on any cluster, also one that `CASSA_TEST_SERVERS` names: nothing here fails on purpose, and nothing
//! depends on how many hosts there are, on the partitioner, or on being alone.
//!
//! The other tests of the pool break servers, or have them say what a server never says; they bring their own.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use cassa::wire::methods::DescribeVersion;
use cassa::{
    Call, ColumnFamily, Connection, ConnectionPool, ConnectionPoolBuilder, Error, HostState, LatencyScore,
    LeastPending, Result, RoundRobin, StatisticsListener, TokenAware,
};

use crate::pool_support::version;
use crate::support::Keyspace;

fn options(keyspace: &Keyspace) -> ConnectionPoolBuilder {
    let patient = Duration::from_secs(10);
    ConnectionPool::builder(&keyspace.name)
        .servers(&keyspace.servers)
        .timeout(patient)
        .connect_timeout(patient)
}

#[test]
fn it_is_filled_emptied_and_filled_again() {
    let keyspace = Keyspace::new();
    let pool = options(&keyspace).pool_size(3).max_overflow(1).pool_timeout(Duration::ZERO).build();
    let pool = pool.expect("a pool");
    assert_eq!((pool.checked_in(), pool.checked_out(), pool.overflow()), (3, 0, 0));
    let held: Vec<_> = (0..4).map(|_| pool.get().expect("a connection")).collect();
    assert!(held.iter().all(|connection| connection.keyspace() == Some(&*keyspace.name)));
    assert!(matches!(pool.get(), Err(Error::NoConnectionAvailable { size: 3, overflow: 1, .. })));
    assert_eq!((pool.checked_in(), pool.checked_out(), pool.overflow()), (0, 4, 1));
    drop(held);
    assert_eq!((pool.checked_in(), pool.checked_out(), pool.overflow()), (3, 0, 0));
    pool.dispose();
    assert_eq!(pool.checked_in(), 0);
    pool.fill().expect("filled");
    assert_eq!(pool.checked_in(), 3);
    pool.execute(version).expect("a version");
}

#[test]
fn connections_are_recycled_and_what_listeners_are_told_adds_up() {
    let keyspace = Keyspace::new();
    let statistics = Arc::new(StatisticsListener::default());
    let pool = options(&keyspace).pool_size(2).recycle(5).listener(statistics.clone()).build();
    let pool = pool.expect("a pool");
    for _ in 0..40 {
        pool.execute(version).expect("a version");
    }
    assert!(statistics.recycled() >= 6, "{statistics:?}");
    assert_eq!((statistics.checked_out(), statistics.failed()), (40, 0));
    drop(pool);
    assert_eq!(statistics.created(), statistics.recycled() + statistics.disposed());
}

#[test]
fn threads_share_it() {
    let keyspace = Keyspace::new();
    let planes = keyspace.column_family("Planes");
    let pool = options(&keyspace).pool_size(2).max_overflow(1).build().expect("a pool");
    thread::scope(|scope| {
        for thread in 0..8 {
            let pool = &pool;
            scope.spawn(move || {
                let planes = ColumnFamily::open(pool, "Planes").expect("opened");
                for i in 0..20 {
                    planes.insert(format!("{thread}-{i}"), [("a", "b")]).expect("written");
                }
            });
        }
    });
    assert_eq!(planes.get_range().filter(|row| row.is_ok()).count(), 160);
    assert_eq!(pool.checked_out(), 0);
    assert!(pool.checked_in() <= 2 && pool.stats().failed == 0);
}

#[test]
fn every_policy_reaches_the_servers() {
    let keyspace = Keyspace::new();
    let planes = keyspace.column_family("Planes");
    let policies = [
        options(&keyspace).balancing(RoundRobin),
        options(&keyspace).balancing(LeastPending),
        options(&keyspace).balancing(LatencyScore),
        options(&keyspace).balancing(TokenAware(LeastPending)),
        // the ring may have hosts that cannot be reached from here; the servers that were given are used then
        options(&keyspace).discover(true).datacenter("datacenter1"),
    ];
    for (i, policy) in policies.into_iter().enumerate() {
        let pool = policy.pool_size(4).build().expect("a pool");
        let written = ColumnFamily::open(&pool, "Planes").expect("opened");
        for key in 0..10 {
            written.insert(format!("{i}-{key}"), [("a", "b")]).expect("written");
        }
        let call = Call::idempotent().routing_key(b"N14228").within(Duration::from_secs(10));
        pool.execute_with(call, |connection| connection.call(&DescribeVersion {})).expect("a version");
        assert!(pool.stats().hosts.iter().any(|host| host.state == HostState::Up));
    }
    assert_eq!(planes.get_range().filter(|row| row.is_ok()).count(), 50);
}

#[test]
fn hosts_take_turns() {
    let keyspace = Keyspace::new();
    let pool = options(&keyspace).pool_size(2 * keyspace.servers.len()).build().expect("a pool");
    let whereabouts = |connection: &mut Connection| -> Result<String> {
        version(connection)?;
        Ok(connection.server().to_string())
    };
    let reached: Vec<String> =
        (0..3 * keyspace.servers.len()).map(|_| pool.execute(whereabouts).expect("up")).collect();
    let all: BTreeSet<&String> = keyspace.servers.iter().collect();
    assert_eq!(reached.iter().collect::<BTreeSet<_>>(), all);
    assert!(all.iter().all(|server| reached.iter().filter(|at| at == server).count() == 3));
}

#[test]
fn a_keyspace_that_is_not_there_is_told_at_once() {
    let keyspace = Keyspace::new();
    let missing = ConnectionPool::builder("NoSuchKeyspace").servers(&keyspace.servers).build();
    let e = missing.expect_err("there is none");
    assert!(matches!(e, Error::NoSuchKeyspace { .. }), "{e:?}");
}
