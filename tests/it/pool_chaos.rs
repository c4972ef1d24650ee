//! Threads read, write and count while hosts are stopped, killed, silenced, slowed and started again.
//!
//! `CASSA_CHAOS_SECONDS` says for how long (8 s without it), `CASSA_CHAOS_SEED` with which sequence.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cassa::wire::methods::{Add, Get, Insert};
use cassa::wire::{Column, ColumnParent, ColumnPath, CounterColumn};
use cassa::{
    Call, ColumnFamilyBuilder, ConnectionPool, ConsistencyLevel, EmbeddedServer, Error, Host, Result,
    SimpleStrategy, SystemManager,
};
use fastrand::Rng;

const THREADS: usize = 16;
const COUNTERS: usize = 8;
const DEADLINE: Duration = Duration::from_secs(10);

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().expect("a number"))
}

fn parent(column_family: &str) -> ColumnParent {
    ColumnParent { column_family: column_family.into(), super_column: None }
}

fn path(column_family: &str) -> ColumnPath {
    let column = Some(Bytes::from_static(b"c"));
    ColumnPath { column_family: column_family.into(), super_column: None, column }
}

fn insert(pool: &ConnectionPool, key: &str, value: u64) -> Result<()> {
    let call = Insert {
        key: key.to_owned().into(),
        column_parent: parent("Plain"),
        column: Column {
            name: Bytes::from_static(b"c"),
            value: Some(value.to_string().into()),
            timestamp: Some(value as i64),
            ttl: None,
        },
        consistency_level: ConsistencyLevel::One,
    };
    pool.execute_with(Call::idempotent().routing_key(key.as_bytes()), |connection| connection.call(&call))
}

fn get(pool: &ConnectionPool, column_family: &str, key: &str) -> Result<cassa::wire::ColumnOrSuperColumn> {
    let call = Get {
        key: key.to_owned().into(),
        column_path: path(column_family),
        consistency_level: ConsistencyLevel::One,
    };
    pool.execute_with(Call::idempotent().routing_key(key.as_bytes()), |connection| connection.call(&call))
}

fn add(pool: &ConnectionPool, key: &str) -> Result<()> {
    let call = Add {
        key: key.to_owned().into(),
        column_parent: parent("Counters"),
        column: CounterColumn { name: Bytes::from_static(b"c"), value: 1 },
        consistency_level: ConsistencyLevel::One,
    };
    pool.execute_with(Call::once().routing_key(key.as_bytes()), |connection| connection.call(&call))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Condition {
    Well,
    Slow,
    Silent,
    Down,
}

/// Does something to one host after the other; one is always well, or slow.
fn havoc(hosts: &[Host], rng: &mut Rng, until: Instant) -> usize {
    let mut conditions = vec![Condition::Well; hosts.len()];
    let mut deeds = 0;
    while Instant::now() < until {
        let i = rng.usize(..hosts.len());
        let serves = |condition: &Condition| matches!(condition, Condition::Well | Condition::Slow);
        let others = conditions.iter().enumerate().any(|(j, condition)| j != i && serves(condition));
        let (host, condition) = (&hosts[i], &mut conditions[i]);
        match condition {
            Condition::Down => host.start().expect("its address is free again"),
            Condition::Silent => host.resume(),
            Condition::Slow => host.slow(Duration::ZERO),
            Condition::Well => {}
        }
        *condition = match (*condition, rng.u8(..4)) {
            (Condition::Well, 0) => {
                host.slow(Duration::from_millis(rng.u64(1..60)));
                Condition::Slow
            }
            (Condition::Well, 1) if others => {
                host.stop();
                Condition::Down
            }
            (Condition::Well, 2) if others => {
                host.kill();
                Condition::Down
            }
            (Condition::Well, 3) if others => {
                host.pause();
                Condition::Silent
            }
            _ => Condition::Well,
        };
        deeds += 1;
        thread::sleep(Duration::from_millis(rng.u64(20..400)));
    }
    for host in hosts {
        host.slow(Duration::ZERO);
        host.resume();
        if !host.is_up() {
            host.start().expect("its address is free again");
        }
    }
    deeds
}

#[test]
fn callers_do_not_notice_hosts_that_come_and_go() {
    let seconds = variable("CASSA_CHAOS_SECONDS").unwrap_or(8);
    let seed = variable("CASSA_CHAOS_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("seed {seed}");
    let cluster = EmbeddedServer::builder().cluster(3).start().expect("a cluster");
    let system = SystemManager::connect(cluster.addresses()).expect("up");
    system.create_keyspace("K", SimpleStrategy(1)).expect("created");
    system.create_column_family("K", "Plain").expect("created");
    system.create_column_family("K", ColumnFamilyBuilder::new("Counters").counters()).expect("created");
    let pool = ConnectionPool::builder("K")
        .servers(cluster.addresses())
        .pool_size(8)
        .max_overflow(2)
        .call_timeout(DEADLINE)
        .build()
        .expect("a pool");

    let over = AtomicBool::new(false);
    let (slowest, calls) = (AtomicU64::new(0), AtomicU64::new(0));
    let counted: Vec<(AtomicU64, AtomicU64)> = (0..COUNTERS).map(|_| Default::default()).collect();
    let written: Mutex<HashMap<String, u64>> = Mutex::default();
    let mut rng = Rng::with_seed(seed);
    let deeds = thread::scope(|scope| {
        for thread in 0..THREADS {
            let mut rng = rng.fork();
            let (pool, over, slowest, calls) = (&pool, &over, &slowest, &calls);
            let (counted, written) = (&counted, &written);
            scope.spawn(move || {
                let mut mine: HashMap<String, u64> = HashMap::new();
                let mut stamp = 0;
                while !over.load(Ordering::Relaxed) {
                    let key = format!("{thread}-{}", rng.u8(..20));
                    let start = Instant::now();
                    match rng.u8(..10) {
                        0..4 => {
                            stamp += 1;
                            insert(pool, &key, stamp).expect("a host is well");
                            mine.insert(key, stamp);
                        }
                        4..8 => match (get(pool, "Plain", &key), mine.get(&key)) {
                            (Ok(came), Some(written)) => {
                                let value = came.column.expect("a column").value.expect("a value");
                                assert_eq!(value, written.to_string(), "{key}");
                            }
                            (Err(Error::NotFound { .. }), None) => {}
                            (other, written) => panic!("{key}: {other:?}, written {written:?}"),
                        },
                        _ => {
                            let i = rng.usize(..COUNTERS);
                            let (acknowledged, unknown) = &counted[i];
                            match add(pool, &format!("counter{i}")) {
                                Ok(()) => acknowledged.fetch_add(1, Ordering::Relaxed),
                                Err(Error::NoAnswer { .. } | Error::Io { .. }) => {
                                    unknown.fetch_add(1, Ordering::Relaxed)
                                }
                                Err(e) => panic!("a counter must fail as unknown, or not at all: {e}"),
                            };
                        }
                    }
                    slowest.fetch_max(start.elapsed().as_micros() as u64, Ordering::Relaxed);
                    calls.fetch_add(1, Ordering::Relaxed);
                }
                written.lock().expect("no panic under it").extend(mine);
            });
        }
        let deeds = havoc(cluster.hosts(), &mut rng, Instant::now() + Duration::from_secs(seconds));
        over.store(true, Ordering::Relaxed);
        deeds
    });

    let slowest = Duration::from_micros(slowest.into_inner());
    println!("{} calls, {deeds} deeds, the slowest call took {slowest:?}", calls.into_inner());
    println!("{:#?}", pool.stats());
    assert!(slowest < DEADLINE, "{slowest:?}");
    assert_eq!((pool.checked_out(), pool.overflow()), (0, 0));
    for (key, value) in written.into_inner().expect("no panic under it") {
        let came = get(&pool, "Plain", &key).expect("it was acknowledged").column.expect("a column");
        assert_eq!(came.value.expect("a value"), value.to_string(), "{key}");
    }
    for (i, (acknowledged, unknown)) in counted.into_iter().enumerate() {
        let (acknowledged, unknown) = (acknowledged.into_inner() as i64, unknown.into_inner() as i64);
        let value = match get(&pool, "Counters", &format!("counter{i}")) {
            Ok(came) => came.counter_column.expect("a counter").value,
            Err(Error::NotFound { .. }) => 0,
            Err(e) => panic!("{e}"),
        };
        println!("counter {i}: {value}, acknowledged {acknowledged}, unknown {unknown}");
        assert!((acknowledged..=acknowledged + unknown).contains(&value), "counter {i}");
    }
}
