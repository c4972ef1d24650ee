//! What a pool concludes from a failure: of the host, of its other connections, and of the call.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use cassa::wire::methods::{SetKeyspace, Truncate};
use cassa::wire::{Exception, MessageHeader};
use cassa::{
    Call, Connection, ConnectionEvent, Disposal, Error, HostState, PoolListener, Result, Socket, Transport,
    TransportFactory,
};

use crate::pool_support::{cluster, eventually, host, quick, server, state, version, well};
use crate::scripted::{Answer, ScriptedServer, frame};

/// So long that no host comes back by it.
const NEVER: Duration = Duration::from_secs(600);

// of the host

#[test]
fn a_call_whose_time_was_up_while_it_connected_says_little_of_the_host() {
    let slow_once = ScriptedServer::start(|header, before| match (header.method, before) {
        ("set_keyspace", 0) => Answer::Silence,
        ("set_keyspace", _) => Answer::Frame(frame::<SetKeyspace>(header, Ok(()))),
        _ => well(header, before),
    });
    let pool = quick([slow_once.address()]).timeout(Duration::from_secs(20)).cool_off(NEVER).build();
    let pool = pool.expect("a pool");
    let call = Call::idempotent().within(Duration::from_millis(100));
    pool.execute_with(call, version).expect_err("no time");
    eventually("the health check has passed", || state(&pool, slow_once.address()) == HostState::Up);
    pool.execute(version).expect("it answers");
}

#[test]
fn a_call_that_reaches_a_host_that_was_aside_brings_it_back() {
    let cluster = cluster(1);
    let pool = quick(cluster.addresses()).cool_off(NEVER).max_retries(0).build().expect("a pool");
    let address = cluster.addresses()[0];
    cluster.hosts()[0].stop();
    pool.execute(version).expect_err("it is down");
    assert_eq!(state(&pool, address), HostState::Aside);
    cluster.hosts()[0].start().expect("its address is free");
    pool.execute(version).expect("it is up");
    assert_eq!(state(&pool, address), HostState::Up);
}

/// Connects as often as it is told, and then no more.
#[derive(Debug)]
struct Connects(AtomicUsize);

impl TransportFactory for Connects {
    fn open(&self, socket: Socket, _: &str) -> io::Result<Box<dyn Transport>> {
        let left = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        left.map_err(|_| io::Error::other("no more"))?;
        Ok(Box::new(socket))
    }
}

#[test]
fn a_host_that_cannot_be_connected_to_loses_what_is_out_as_well() {
    let one = server(well);
    let pool = quick([one.address()]).transport(Connects(AtomicUsize::new(1))).max_retries(0).build();
    let pool = pool.expect("a pool");
    let held = pool.get().expect("the first one");
    pool.get().expect_err("no more");
    assert_eq!(state(&pool, one.address()), HostState::Aside);
    drop(held);
    assert_eq!((pool.checked_in(), pool.checked_out(), pool.stats().disposed), (0, 0, 1));
}

/// One host refuses its first connection at once; the other takes its time to take none.
#[derive(Debug)]
struct RefusesOnce {
    refuses: SocketAddr,
    refused: AtomicUsize,
    then: bool,
}

impl TransportFactory for RefusesOnce {
    fn connect(&self, address: SocketAddr, timeout: Duration) -> io::Result<TcpStream> {
        if address != self.refuses {
            thread::sleep(Duration::from_millis(80));
            return Err(io::ErrorKind::TimedOut.into());
        }
        match self.refused.fetch_add(1, Ordering::Relaxed) {
            1 if self.then => TcpStream::connect_timeout(&address, timeout),
            _ => Err(io::ErrorKind::ConnectionRefused.into()),
        }
    }

    fn open(&self, socket: Socket, _: &str) -> io::Result<Box<dyn Transport>> {
        Ok(Box::new(socket))
    }
}

#[test]
fn who_refused_is_asked_again_after_a_long_round() {
    let (one, other) = (server(well), server(well));
    for then in [true, false] {
        let factory = RefusesOnce { refuses: one.address(), refused: AtomicUsize::new(0), then };
        let pool = quick([one.address(), other.address()]).max_retries(0).transport(factory);
        match pool.build().expect("a pool").execute(version) {
            Ok(_) => assert!(then),
            Err(Error::AllServersUnavailable(failures)) => {
                assert_eq!((then, failures.len()), (false, 2), "each server once: {failures:?}");
            }
            Err(e) => panic!("{e:?}"),
        }
    }
}

// of the call

#[test]
fn no_pause_is_made_that_would_outlast_the_deadline() {
    let bad = server(|_, _| Answer::Close);
    let pool = quick([bad.address()]).backoff(Duration::from_secs(60)).jitter(0.0).build().expect("a pool");
    let start = Instant::now();
    let e = pool.execute(version).expect_err("closed");
    assert!(matches!(e, Error::DeadlineExceeded { attempts: 1, .. }), "{e:?}");
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    assert_eq!(pool.stats().retries, 0);
}

#[test]
fn what_no_server_could_do_better_is_its_own_error_also_after_a_retry() {
    let calls = Arc::new(AtomicUsize::new(0));
    let answer = {
        let calls = calls.clone();
        move |header: &MessageHeader<'_>, _| {
            let refusal = match calls.fetch_add(1, Ordering::Relaxed) {
                0 => Exception::Unavailable,
                _ => Exception::InvalidRequest("no such column family".into()),
            };
            Answer::Frame(frame::<Truncate>(header, Err(refusal)))
        }
    };
    let one = server(answer);
    let pool = quick([one.address()]).build().expect("a pool");
    let truncate = |connection: &mut Connection| connection.call(&Truncate { cfname: "Planes".into() });
    let e = pool.execute(truncate).expect_err("refused");
    assert!(matches!(e, Error::InvalidRequest { .. }), "{e:?}");
    assert_eq!(calls.load(Ordering::Relaxed), 2);
}

#[test]
fn a_call_that_went_out_on_a_connection_then_closed_is_told_where_none_is_reached_after_it() {
    let closes = server(|header, before| match before {
        0 => well(header, before),
        _ => Answer::Close,
    });
    let pool = quick([closes.address()]).transport(Connects(AtomicUsize::new(1))).max_retries(0).build();
    let pool = pool.expect("a pool");
    pool.execute(version).expect("a version");
    let e = pool.execute(version).expect_err("it went out, and was closed");
    let Error::AllServersUnavailable(failures) = &e else { panic!("{e:?}") };
    let causes: Vec<bool> = failures.iter().map(|it| matches!(it.cause, Error::Io { .. })).collect();
    assert_eq!(causes, [true, false], "{e:?}");
}

#[test]
fn a_deadline_does_not_stay_with_the_connection() {
    let one = server(well);
    let pool = quick([one.address()]).build().expect("a pool");
    let time = Duration::from_millis(500);
    pool.execute_with(Call::idempotent().within(time), version).expect("a version");
    thread::sleep(time);
    version(&mut pool.get().expect("a connection")).expect("there is time");
    assert_eq!(pool.stats().created, 1);
}

// of the pool

#[test]
fn who_finds_all_out_is_counted() {
    let one = server(well);
    let pool = quick([one.address()]).pool_size(1).pool_timeout(Duration::ZERO).build().expect("a pool");
    let held = pool.get().expect("the only one");
    pool.get().expect_err("all are out");
    pool.get().expect_err("all are out");
    drop(held);
    pool.get().expect("it is back");
    let stats = pool.stats();
    assert_eq!((stats.at_max, stats.refused, stats.check_outs), (2, 2, 2));
    assert_eq!(host(&pool, one.address()).created, 1);
}

#[derive(Default)]
struct Reasons(Mutex<Vec<Disposal>>);

impl PoolListener for Reasons {
    fn connection_disposed(&self, _: &ConnectionEvent<'_>, reason: Disposal) {
        self.0.lock().expect("no panic under it").push(reason);
    }
}

#[test]
fn what_comes_back_to_a_pool_that_was_dropped_is_closed_for_that() -> Result<()> {
    let (one, reasons) = (server(well), Arc::new(Reasons::default()));
    let pool = quick([one.address()]).listener(reasons.clone()).build()?;
    let mut held = pool.get()?;
    drop(pool);
    version(&mut held)?;
    drop(held);
    assert_eq!(*reasons.0.lock().expect("free"), [Disposal::PoolDisposed]);
    one.wait_until_closed(1);
    Ok(())
}
