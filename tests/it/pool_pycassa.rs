//! What pycassa's documentation says of its pool, and what its listeners are told, holds here.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cassa::{
    ConnectionEvent, ConnectionPool, Disposal, EmbeddedServer, Error, FailureEvent, LoggingListener,
    PoolListener, SimpleStrategy, StatisticsListener, SystemManager, Users,
};

use crate::pool_support::{cluster, quick, server, version, well};
use crate::scripted::{Answer, refusing};

/// Writes down what it is told.
#[derive(Default)]
struct Diary(Mutex<Vec<String>>);

impl Diary {
    fn write(&self, line: impl Into<String>) {
        self.0.lock().expect("no panic under it").push(line.into());
    }

    fn read(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("no panic under it"))
    }
}

impl PoolListener for Diary {
    fn connection_created(&self, c: &ConnectionEvent<'_>) {
        self.write(format!("created {}", c.connection));
    }

    fn connection_checked_out(&self, c: &ConnectionEvent<'_>) {
        self.write(format!("out {}", c.connection));
    }

    fn connection_checked_in(&self, c: &ConnectionEvent<'_>) {
        self.write(format!("in {}", c.connection));
    }

    fn connection_disposed(&self, c: &ConnectionEvent<'_>, reason: Disposal) {
        self.write(format!("disposed {}: {reason}", c.connection));
    }

    fn connection_recycled(&self, c: &ConnectionEvent<'_>) {
        self.write(format!("recycled {}", c.connection));
    }

    fn connection_failed(&self, failure: &FailureEvent<'_>) {
        let which = failure.connection.map_or_else(|| "none".to_owned(), |id| id.to_string());
        self.write(format!("failed {which}"));
    }

    fn server_list_obtained(&self, pool: &str, servers: &[&str]) {
        self.write(format!("{pool} has {} servers", servers.len()));
    }

    fn pool_at_max(&self, pool: &str, connections: usize) {
        self.write(format!("{pool} at max {connections}"));
    }

    fn pool_disposed(&self, pool: &str) {
        self.write(format!("{pool} disposed"));
    }
}

#[test]
fn the_defaults_are_those_of_pycassa() {
    let text = format!("{:?}", ConnectionPool::builder("K"));
    for default in [
        "localhost:9160",
        "connect_timeout: 500ms",
        "timeout: 500ms",
        "pool_size: 5",
        "max_overflow: Some(0)",
        "pool_timeout: Some(30s)",
        "recycle: 10000",
        "max_retries: Some(5)",
        "first: 10ms",
        "prefill: true",
        "max_frame: 15728640",
        "credentials: false",
    ] {
        assert!(text.contains(default), "{default}: {text}");
    }
}

#[test]
fn events_come_in_their_order() {
    let one = server(well);
    let diary = Arc::new(Diary::default());
    let pool = quick([one.address()])
        .name("planes")
        .prefill(true)
        .pool_size(2)
        .max_overflow(1)
        .pool_timeout(Duration::ZERO)
        .recycle(3)
        .listener(diary.clone())
        .build()
        .expect("a pool");
    assert_eq!(diary.read(), ["planes has 1 servers", "created 1", "created 2"]);
    let first = pool.get().expect("a connection");
    let second = pool.get().expect("a connection");
    let overflow = pool.get().expect("overflow");
    pool.get().expect_err("all are out");
    let came = diary.read();
    assert_eq!(came.iter().filter(|line| line.starts_with("out")).count(), 3);
    assert_eq!(came[2..], ["created 3", "out 3", "planes at max 3"]);
    let id = |line: &str| line.rsplit_once(' ').expect("a number").1.to_owned();
    let (first_id, second_id) = (id(&came[0]), id(&came[1]));
    drop((first, second));
    drop(overflow);
    let surplus = format!("disposed 3: {}", Disposal::Surplus);
    assert_eq!(diary.read(), [format!("in {first_id}"), format!("in {second_id}"), surplus]);
    // the last that came back goes out first
    drop(pool.get().expect("a connection"));
    drop(pool.get().expect("a connection"));
    let [out, kept] = [format!("out {second_id}"), format!("in {second_id}")];
    assert_eq!(diary.read(), [out.clone(), kept, out, format!("recycled {second_id}")]);
    pool.dispose();
    let gone = format!("disposed {first_id}: {}", Disposal::PoolDisposed);
    assert_eq!(diary.read(), [gone, "planes disposed".to_owned()]);
    pool.execute(version).expect("it opens another");
    drop(pool);
    let gone = format!("disposed 4: {}", Disposal::PoolDisposed);
    assert_eq!(diary.read(), ["created 4", "out 4", "in 4", &*gone, "planes disposed"]);
}

#[test]
fn failures_are_told() {
    let (bad, diary) = (server(|_, _| Answer::Close), Arc::new(Diary::default()));
    let pool = quick([bad.address()]).max_retries(0).listener(diary.clone()).build().expect("a pool");
    pool.execute(version).expect_err("it breaks");
    let broke = format!("disposed 1: {}", Disposal::Broken);
    assert_eq!(diary.read(), ["K has 1 servers", "created 1", "out 1", "failed 1", &*broke]);
    pool.set_servers([refusing()]).expect("a server");
    pool.execute(version).expect_err("it refuses");
    assert_eq!(diary.read(), ["K has 1 servers", "failed none"]);
}

#[test]
fn statistics_add_up() {
    let cluster = cluster(2);
    let statistics = Arc::new(StatisticsListener::default());
    let options = quick(cluster.addresses()).pool_size(2).recycle(3).pool_timeout(Duration::ZERO);
    let options = options.listener(statistics.clone()).listener(Arc::new(LoggingListener));
    let pool = options.prefill(true).build().expect("a pool");
    for i in 0..20 {
        if i == 10 {
            cluster.hosts()[0].kill();
        }
        pool.execute(version).expect("one is up");
    }
    let held: Vec<_> = (0..2).map(|_| pool.get().expect("a connection")).collect();
    pool.get().expect_err("all are out");
    drop(held);
    drop(pool);
    assert_eq!(statistics.created(), statistics.disposed() + statistics.recycled());
    assert!(statistics.recycled() >= 5 && statistics.failed() >= 1 && statistics.checked_out() >= 22);
    assert_eq!((statistics.server_lists(), statistics.at_max(), statistics.pools_disposed()), (1, 1, 1));
    assert!(statistics.checked_in() < statistics.checked_out());
}

/// Calls the pool whenever it is told something.
#[derive(Default)]
struct Busy(Mutex<Option<ConnectionPool>>);

impl Busy {
    fn call(&self) {
        let pool = self.0.lock().expect("no panic under it").clone();
        if let Some(pool) = pool {
            assert!(pool.checked_out() <= 10 && pool.stats().checked_in <= 10);
            pool.execute(version).expect("it answers");
            pool.fill().expect("filled");
        }
    }
}

impl PoolListener for Busy {
    fn connection_created(&self, _: &ConnectionEvent<'_>) {
        self.call();
    }

    fn connection_checked_out(&self, _: &ConnectionEvent<'_>) {
        self.call();
    }

    fn connection_checked_in(&self, _: &ConnectionEvent<'_>) {
        self.call();
    }

    fn connection_disposed(&self, _: &ConnectionEvent<'_>, _: Disposal) {
        self.call();
    }

    fn connection_recycled(&self, _: &ConnectionEvent<'_>) {
        self.call();
    }

    fn connection_failed(&self, _: &FailureEvent<'_>) {
        self.call();
    }

    fn server_list_obtained(&self, _: &str, _: &[&str]) {
        self.call();
    }

    fn pool_disposed(&self, _: &str) {
        self.call();
    }
}

#[test]
fn a_listener_may_call_the_pool() {
    let (one, two) = (server(well), server(well));
    let busy = Arc::new(Busy::default());
    let pool = quick([one.address(), two.address(), refusing()]).pool_size(4).max_overflow(6).recycle(3);
    let pool = pool.listener(busy.clone()).build().expect("a pool");
    *busy.0.lock().expect("free") = Some(pool.clone());
    for _ in 0..20 {
        pool.execute(version).expect("it answers");
    }
    pool.set_servers([two.address()]).expect("a server");
    pool.dispose();
    assert_eq!(pool.checked_out(), 0);
    *busy.0.lock().expect("free") = None;
}

#[test]
fn a_listener_that_panics_changes_nothing() {
    struct Panics;
    impl PoolListener for Panics {
        fn connection_created(&self, _: &ConnectionEvent<'_>) {
            std::panic::resume_unwind(Box::new("oops"));
        }

        fn connection_checked_out(&self, _: &ConnectionEvent<'_>) {
            std::panic::resume_unwind(Box::new("oops"));
        }

        fn connection_checked_in(&self, _: &ConnectionEvent<'_>) {
            std::panic::resume_unwind(Box::new("oops"));
        }

        fn pool_disposed(&self, _: &str) {
            std::panic::resume_unwind(Box::new("oops"));
        }
    }
    let (one, diary) = (server(well), Arc::new(Diary::default()));
    let pool = quick([one.address()]).listener(Arc::new(Panics)).listener(diary.clone()).build();
    let pool = pool.expect("a pool");
    pool.execute(version).expect("it answers");
    assert_eq!((pool.checked_in(), pool.checked_out()), (1, 0));
    pool.dispose();
    assert_eq!(diary.read()[1..4], ["created 1", "out 1", "in 1"], "the other one is told all");
}

#[test]
fn no_time_to_wait_means_none_and_no_limit_means_none() {
    let one = server(well);
    let pool = quick([one.address()]).pool_size(1).pool_timeout(Duration::ZERO).build().expect("a pool");
    let held = pool.get().expect("the only one");
    let start = Instant::now();
    let Err(Error::NoConnectionAvailable { size: 1, overflow: 0, waited }) = pool.get() else {
        panic!("all are out");
    };
    assert!(waited <= start.elapsed() && start.elapsed() < Duration::from_secs(5), "{waited:?}");
    drop(held);

    let pool = quick([one.address()]).pool_size(2).max_overflow(None).pool_timeout(Duration::ZERO).build();
    let pool = pool.expect("a pool");
    let held: Vec<_> = (0..100).map(|_| pool.get().expect("no limit")).collect();
    assert_eq!((pool.size(), pool.checked_out(), pool.overflow(), pool.checked_in()), (2, 100, 98, 0));
    drop(held);
    assert_eq!((pool.checked_out(), pool.overflow(), pool.checked_in()), (0, 0, 2));
}

#[test]
fn a_pool_of_overflow_only_keeps_nothing() {
    let one = server(well);
    let pool = quick([one.address()]).pool_size(0).max_overflow(2).build().expect("a pool");
    for _ in 0..3 {
        pool.execute(version).expect("a version");
        assert_eq!(pool.checked_in(), 0);
    }
    assert_eq!(pool.stats().created, 3);
}

#[test]
fn filling_counts_those_that_are_out() {
    let one = server(well);
    let pool = quick([one.address()]).pool_size(4).build().expect("a pool");
    let held = [pool.get().expect("one"), pool.get().expect("two")];
    pool.fill().expect("filled");
    assert_eq!((pool.checked_out(), pool.checked_in()), (2, 2));
    pool.fill().expect("full already");
    assert_eq!(pool.stats().created, 4);
    drop(held);
    assert_eq!(pool.checked_in(), 4);
}

#[test]
fn connections_in_hand_are_closed_after_a_pool_was_disposed_of() {
    let one = server(well);
    let pool = quick([one.address()]).build().expect("a pool");
    let mut held = pool.get().expect("a connection");
    pool.dispose();
    version(&mut held).expect("it may be used further");
    drop(held);
    one.wait_until_closed(1);
    assert_eq!((pool.checked_in(), pool.checked_out()), (0, 0));
}

#[test]
fn the_list_of_servers_is_shuffled_and_taken_in_turns() {
    let servers: Vec<String> = (1..=20).map(|host| format!("127.9.9.{host}")).collect();
    let orders: BTreeSet<Vec<String>> = (0..5)
        .map(|_| {
            let pool = ConnectionPool::builder("K").servers(&servers).prefill(false).build().expect("a pool");
            pool.servers().iter().map(ToString::to_string).collect()
        })
        .collect();
    assert!(orders.len() > 1);
    assert!(orders.iter().all(|order| order.iter().collect::<BTreeSet<_>>() == servers.iter().collect()));

    let servers = [server(well), server(well), server(well)];
    let pool = quick(servers.iter().map(crate::scripted::ScriptedServer::address)).pool_size(3);
    let pool = pool.prefill(true).build().expect("a pool");
    assert!(pool.stats().hosts.iter().all(|host| host.created == 1), "each has one connection");
    let reached: Vec<String> =
        (0..6).map(|_| pool.execute(crate::pool_support::whereabouts).expect("up")).collect();
    assert_eq!(reached[..3], reached[3..]);
    assert_eq!(reached.iter().collect::<BTreeSet<_>>().len(), 3);
}

#[test]
fn a_wrong_password_is_told_at_once() {
    let server = EmbeddedServer::builder().start().expect("a server");
    SystemManager::connect(server.addresses())
        .expect("up")
        .create_keyspace("K", SimpleStrategy(1))
        .expect("made");
    // a server without users takes any
    let pool = ConnectionPool::builder("K").servers(server.addresses()).credentials("a", "b").build();
    pool.expect("a pool").execute(version).expect("a version");
    let users = Users::new().with("ann", "secret").expect("a user");
    let server = EmbeddedServer::builder().users(users).start().expect("a server");
    let options = |password: &str| {
        let options = ConnectionPool::builder("K").servers(server.addresses()).credentials("ann", password);
        options.timeout(Duration::from_secs(20))
    };
    let e = options("wrong").build().expect_err("refused");
    assert!(matches!(e, Error::Authentication { .. }), "{e:?}");
    let e = options("secret").build().expect_err("no keyspace");
    assert!(matches!(e, Error::NoSuchKeyspace { .. }), "{e:?}");
}
