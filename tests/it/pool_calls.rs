//! What becomes of a call that fails: whether it is made again, and by when it ends.

use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use cassa::wire::methods::{Insert, Truncate};
use cassa::wire::{Column, ColumnParent, Exception, MessageHeader};
use cassa::{
    Call, Connection, ConnectionPool, ConsistencyLevel, EmbeddedServer, Error, FailedAttempt, Fault,
    HostState, Result, RetryPolicy, SimpleStrategy, Socket, SystemManager, Transport, TransportFactory,
};

use crate::pool_support::{cluster, eventually, quick, server, state, version, well, whereabouts};
use crate::scripted::{Answer, frame, refusing};

fn insert(value: usize) -> Insert {
    Insert {
        key: Bytes::from_static(b"N14228"),
        column_parent: ColumnParent { column_family: "Planes".into(), super_column: None },
        column: Column {
            name: Bytes::from_static(b"c"),
            value: Some(vec![b'v'; value].into()),
            timestamp: Some(1),
            ttl: None,
        },
        consistency_level: ConsistencyLevel::One,
    }
}

// deadlines

#[test]
fn retries_without_a_limit_end_at_the_deadline() {
    let bad = server(|_, _| Answer::Close);
    let pool = quick([bad.address()]).max_retries(None).build().expect("a pool");
    let start = Instant::now();
    let e = pool.execute_with(Call::idempotent().within(Duration::from_millis(300)), version);
    let took = start.elapsed();
    let Err(Error::DeadlineExceeded { within, attempts, failures }) = &e else { panic!("{e:?}") };
    assert!(*within <= Duration::from_millis(300) && took < Duration::from_secs(5), "{took:?}");
    assert!(*attempts > 1 && failures.len() >= (*attempts).min(32), "{e:?}");
    assert!(matches!(failures[0].cause, Error::Io { .. }));

    let pool = quick([bad.address()]).max_retries(None).call_timeout(Duration::from_millis(50)).build();
    let e = pool.expect("a pool").execute(version);
    assert!(matches!(e, Err(Error::DeadlineExceeded { .. })), "{e:?}");
}

#[test]
fn the_deadline_bounds_the_wait_for_an_answer() {
    let silent = server(|_, _| Answer::Silence);
    let never = Duration::from_secs(600);
    let pool = quick([silent.address()]).timeout(Duration::from_secs(60)).cool_off(never).build();
    let pool = pool.expect("a pool");
    let start = Instant::now();
    let e = pool.execute_with(Call::idempotent().within(Duration::from_millis(60)), version);
    assert!(matches!(e, Err(Error::DeadlineExceeded { .. })), "{e:?}");
    // the machine may be so busy that the time is up before the call was sent
    let e = pool.execute_with(Call::once().within(Duration::from_millis(200)), version);
    assert!(matches!(e, Err(Error::NoAnswer { .. } | Error::DeadlineExceeded { attempts: 0, .. })), "{e:?}");
    assert!(start.elapsed() < Duration::from_secs(10));
    // that the caller had little time says little of the server: it passes the check
    eventually("it is up", || state(&pool, silent.address()) == HostState::Up);
    assert_eq!((pool.checked_in(), pool.checked_out()), (0, 0));
}

#[test]
fn the_deadline_bounds_the_wait_for_a_connection() {
    let one = server(well);
    let pool = quick([one.address()]).pool_size(1).pool_timeout(None).build().expect("a pool");
    let held = pool.get().expect("the only one");
    let start = Instant::now();
    let e = pool.execute_with(Call::idempotent().within(Duration::from_millis(60)), version);
    assert!(matches!(e, Err(Error::NoConnectionAvailable { size: 1, overflow: 0, .. })), "{e:?}");
    assert!(start.elapsed() < Duration::from_secs(10));
    drop(held);
    let past = Instant::now();
    let e = pool.execute_with(Call::idempotent().deadline(past), version);
    assert!(matches!(e, Err(Error::DeadlineExceeded { attempts: 0, .. })), "{e:?}");
    // a deadline is a call's, not the connection's
    pool.execute(version).expect("there is time");
    assert_eq!(one.count("describe_version"), 1);
}

#[test]
fn a_caller_who_waits_for_ever_is_served_at_last() {
    let one = server(well);
    let pool = quick([one.address()]).pool_size(1).pool_timeout(None).build().expect("a pool");
    let held = pool.get().expect("the only one");
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| pool.get().map(drop));
        eventually("it waits", || pool.stats().at_max == 1);
        drop(held);
        waiting.join().expect("no panic").expect("a connection");
    });
}

// what may be made again

#[test]
fn what_may_not_be_made_twice_is_not_once_it_was_sent() {
    let cluster = cluster(2);
    let pool = quick(cluster.addresses()).build().expect("a pool");
    let call = insert(1);
    for fault in [Fault::disconnect(), Fault::time_out(), Fault::cut_frame(), Fault::unavailable()] {
        let injected = cluster.faults().add(fault.method("insert").times(1));
        pool.execute_with(Call::once(), |connection| connection.call(&call)).expect_err("not made again");
        assert_eq!(injected.hits(), 1);
        let injected = cluster.faults().add(Fault::disconnect().method("insert").times(1));
        pool.execute_with(Call::idempotent(), |connection| connection.call(&call)).expect("made again");
        assert_eq!(injected.hits(), 1);
    }
    let injected = cluster.faults().add(Fault::disconnect().after_work().method("truncate").times(1));
    let truncate = Truncate { cfname: "Planes".into() };
    let e = pool.execute_once(|connection| connection.call(&truncate)).expect_err("not made again");
    assert!(matches!(e, Error::Io { method: "truncate", .. }), "{e:?}");
    assert_eq!(injected.hits(), 1);
}

#[test]
fn what_cannot_be_sent_to_one_server_goes_to_another() {
    let one = server(well);
    let pool = quick([refusing(), one.address(), refusing()]).build().expect("a pool");
    for _ in 0..6 {
        pool.execute_once(version).expect("nothing was sent to the others");
    }
    assert_eq!(one.count("describe_version"), 6);
}

/// Breaks where the second frame of the first connection (the first is `set_keyspace`) is half sent.
#[derive(Debug)]
struct BreaksHalfWay(AtomicUsize);

struct Breaking(Socket, Option<usize>);

impl TransportFactory for BreaksHalfWay {
    fn open(&self, socket: Socket, _: &str) -> io::Result<Box<dyn Transport>> {
        let first = self.0.fetch_add(1, Ordering::Relaxed) == 0;
        Ok(Box::new(Breaking(socket, first.then_some(0))))
    }
}

impl Read for Breaking {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Breaking {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.1 {
            Some(frames) if *frames == 2 => Err(io::ErrorKind::BrokenPipe.into()),
            Some(frames) => {
                *frames += 1;
                let sent = if *frames == 2 { bytes.len() / 2 } else { bytes.len() };
                self.0.write_all(&bytes[..sent])?;
                Ok(sent)
            }
            None => self.0.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Transport for Breaking {
    fn socket(&self) -> &Socket {
        &self.0
    }

    fn socket_mut(&mut self) -> &mut Socket {
        &mut self.0
    }
}

#[test]
fn a_frame_that_was_half_sent_may_be_sent_again() {
    let one = server(well);
    let breaks = BreaksHalfWay(AtomicUsize::new(0));
    let pool = quick([one.address()]).transport(breaks).build().expect("a pool");
    pool.execute_once(version).expect("a server does nothing on half a frame");
    assert_eq!((pool.stats().failed, pool.stats().retries), (1, 1));
}

#[test]
fn a_transport_that_cannot_be_made_is_a_server_that_cannot_be_reached() {
    #[derive(Debug)]
    struct Refuses;
    impl TransportFactory for Refuses {
        fn open(&self, _: Socket, server: &str) -> io::Result<Box<dyn Transport>> {
            Err(io::Error::other(format!("{server} knows no mechanism")))
        }
    }
    let one = server(well);
    let e = quick([one.address()]).transport(Refuses).prefill(true).build().expect_err("refused");
    let text = e.to_string();
    assert!(matches!(e, Error::AllServersUnavailable(_)), "{e:?}");
    assert!(text.ends_with(&format!("{} knows no mechanism", one.address())), "{text}");
}

/// Tries twice whatever happens, and remembers what it was asked.
#[derive(Debug, Default)]
struct Twice(Arc<Mutex<Vec<Asked>>>);

/// Which attempt, whether it may be made twice, was sent, and broke.
type Asked = (usize, bool, bool, bool);

impl RetryPolicy for Twice {
    fn pause(&self, failed: &FailedAttempt<'_>) -> Option<Duration> {
        let FailedAttempt { attempt, idempotent, sent, error, .. } = *failed;
        let seen = (attempt, idempotent, sent, matches!(error, Error::Io { .. }));
        self.0.lock().expect("no panic under it").push(seen);
        (attempt < 2).then_some(Duration::ZERO)
    }
}

#[test]
fn a_policy_is_asked_with_error_attempt_and_kind_of_call() {
    let (one, two) = (server(|_, _| Answer::Close), server(|_, _| Answer::Close));
    let policy = Twice::default();
    let seen = policy.0.clone();
    let pool = quick([one.address(), two.address()]).retry_policy(policy).build().expect("a pool");
    let e = pool.execute_once(version).expect_err("both break");
    assert!(matches!(e, Error::MaximumRetry { attempts: 2, .. }), "{e:?}");
    assert_eq!(
        std::mem::take(&mut *seen.lock().expect("free")),
        [(1, false, true, true), (2, false, true, true)]
    );
    // an operation that fails on its own
    let own =
        |_: &mut Connection| -> Result<()> { Err(Error::InvalidOption { option: "own", why: "no".into() }) };
    let good = server(well);
    pool.set_servers([good.address()]).expect("a server");
    pool.execute(own).expect_err("its own error");
    assert_eq!(*seen.lock().expect("free"), [(1, true, false, false), (2, true, false, false)]);
}

#[test]
fn a_call_stays_off_the_hosts_on_which_it_failed() {
    let refuse = |header: &MessageHeader<'_>, _: usize| {
        Answer::Frame(frame::<Truncate>(header, Err(Exception::Unavailable)))
    };
    let (one, two) = (server(refuse), server(refuse));
    let good = server(|header, _| Answer::Frame(frame::<Truncate>(header, Ok(()))));
    let truncate = Truncate { cfname: "Planes".into() };
    let pool = quick([one.address(), two.address(), good.address()]).max_retries(2).build().expect("a pool");
    for _ in 0..9 {
        pool.execute(|connection| connection.call(&truncate)).expect("the third one can");
    }
}

// restarts and frames

#[test]
fn a_restart_under_a_busy_pool_costs_no_call() {
    let cluster = cluster(1);
    let pool = quick(cluster.addresses()).prefill(true).max_retries(0).build().expect("a pool");
    let call = insert(1);
    for kind in [Call::idempotent(), Call::once()] {
        for _ in 0..5 {
            // all sockets were in use a moment ago
            let held: Vec<_> = (0..5).map(|_| pool.get().expect("a connection")).collect();
            drop(held);
            cluster.hosts()[0].stop();
            cluster.hosts()[0].start().expect("its address is free");
            pool.execute_with(kind, |connection| connection.call(&call)).expect("nobody notices");
        }
    }
}

#[test]
fn a_frame_over_the_clients_limit_is_not_sent() {
    let cluster = cluster(1);
    let pool = quick(cluster.addresses()).max_frame(2000).build().expect("a pool");
    let call = insert(5000);
    let e = pool.execute(|connection| connection.call(&call)).expect_err("too large");
    assert!(matches!(e, Error::FrameTooLarge { method: "insert", length: 5000.., limit: 2000, .. }), "{e:?}");
    assert_eq!((pool.checked_in(), pool.stats().failed, pool.stats().created), (1, 0, 1));
}

#[test]
fn a_frame_over_the_servers_limit_is_not_taken_for_dead_servers() {
    let limited = || EmbeddedServer::builder().max_frame(1024 * 1024).start().expect("a server");
    let servers = [limited(), limited()];
    for server in &servers {
        let system = SystemManager::connect(server.addresses()).expect("up");
        system.create_keyspace("K", SimpleStrategy(1)).expect("created");
        system.create_column_family("K", "Planes").expect("created");
    }
    for some in [&servers[..], &servers[..1]] {
        let addresses = some.iter().flat_map(EmbeddedServer::addresses);
        let pool = quick(addresses).cool_off(Duration::from_secs(600)).timeout(Duration::from_secs(10));
        let pool = pool.build().expect("a pool");
        let call = insert(2 * 1024 * 1024);
        let e = pool.execute(|connection| connection.call(&call)).expect_err("too large for them");
        assert!(matches!(e, Error::FrameRefused { method: "insert", length: 2_097_152.., .. }), "{e:?}");
        eventually("they are up", || pool.stats().hosts.iter().all(|host| host.state == HostState::Up));
        let used: Vec<String> = (0..4).map(|_| pool.execute(whereabouts).expect("up")).collect();
        assert_eq!(used.iter().collect::<std::collections::HashSet<_>>().len(), some.len());
    }
}

#[test]
fn a_panic_in_a_retry_policy_or_an_operation_loses_no_connection() {
    #[derive(Debug)]
    struct Panics;
    impl RetryPolicy for Panics {
        fn pause(&self, _: &FailedAttempt<'_>) -> Option<Duration> {
            std::panic::resume_unwind(Box::new("oops"))
        }
    }
    let one = server(|header, before| if before % 2 == 0 { well(header, before) } else { Answer::Close });
    let pool = quick([one.address()]).pool_size(2).retry_policy(Panics).build().expect("a pool");
    let caught = |f: &dyn Fn()| std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).is_err();
    for _ in 0..5 {
        caught(&|| drop(pool.execute(version)));
        caught(&|| {
            let _: Result<()> = pool.execute(|_| std::panic::resume_unwind(Box::new("oops")));
        });
        assert_eq!(pool.checked_out(), 0);
    }
    let mut held: Vec<_> = (0..2).map(|_| pool.get().expect("no place was lost")).collect();
    held.clear();
    assert_eq!(pool.checked_out(), 0);
}

#[test]
fn pools_with_and_without_defaults_reach_a_server() {
    let e = ConnectionPool::builder("K").prefill(false).build().expect("nothing is opened").servers();
    assert_eq!(e.iter().map(|server| &**server).collect::<Vec<_>>(), ["localhost:9160"]);
}
