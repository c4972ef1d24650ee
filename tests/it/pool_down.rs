//! Hosts of which none answers, or only one: how soon that is said or found.
//!
//! The bounds are far from what is measured, and as far from the sum of the hosts' timeouts.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use cassa::{Error, HostState, Socket, Transport, TransportFactory};

use crate::pool_support::{cluster, eventually, quick, server, state, version, well, whereabouts};
use crate::scripted::{Answer, ScriptedServer};

/// Takes connections and says nothing.
fn mute() -> ScriptedServer {
    ScriptedServer::start(|_, _| Answer::Silence)
}

const HOSTS: usize = 10;
const TIMEOUT: Duration = Duration::from_secs(1);
/// Less than half of what one host after the other would take.
const SOON: Duration = Duration::from_secs(5);

#[test]
fn hosts_that_stay_silent_are_waited_for_together() {
    let servers: Vec<ScriptedServer> = (0..HOSTS).map(|_| mute()).collect();
    let pool = quick(servers.iter().map(ScriptedServer::address));
    let pool = pool.timeout(TIMEOUT).connect_timeout(TIMEOUT).max_retries(0).build().expect("a pool");
    // before anything is known of them, and when all are aside
    for _ in 0..2 {
        let start = Instant::now();
        let e = pool.execute(version).expect_err("silence");
        assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
        let Error::AllServersUnavailable(failures) = &e else { panic!("{e:?}") };
        assert_eq!(failures.len(), HOSTS);
        assert!(failures.iter().all(|failure| matches!(failure.cause, Error::NoAnswer { .. })), "{e:?}");
    }
    assert!(servers.iter().all(|server| state(&pool, server.address()) == HostState::Aside));
    assert_eq!((pool.checked_out(), pool.checked_in()), (0, 0));
}

/// No host takes a connection, or says that it takes none. Remembers how long it was to wait.
#[derive(Debug, Default)]
struct BlackHole(Arc<Mutex<Vec<Duration>>>);

impl TransportFactory for BlackHole {
    fn connect(&self, _: SocketAddr, timeout: Duration) -> io::Result<TcpStream> {
        self.0.lock().expect("no panic under it").push(timeout);
        thread::sleep(timeout);
        Err(io::ErrorKind::TimedOut.into())
    }

    fn open(&self, socket: Socket, _: &str) -> io::Result<Box<dyn Transport>> {
        Ok(Box::new(socket))
    }
}

#[test]
fn hosts_that_cannot_be_connected_to_are_waited_for_together() {
    let hosts = (1..=HOSTS).map(|host| format!("127.9.8.{host}"));
    let transport = BlackHole::default();
    let waits = transport.0.clone();
    let pool = quick(hosts).connect_timeout(TIMEOUT).transport(transport).build().expect("a pool");
    let start = Instant::now();
    let e = pool.execute(version).expect_err("no host");
    // the connect timeout is that of all together, and leaves no time for a further round
    assert!((TIMEOUT..SOON).contains(&start.elapsed()), "{:?}", start.elapsed());
    let Error::AllServersUnavailable(failures) = &e else { panic!("{e:?}") };
    assert_eq!(failures.len(), HOSTS);
    assert!(failures.iter().all(|failure| matches!(failure.cause, Error::Connect { .. })), "{e:?}");
    assert_eq!(pool.stats().failed, HOSTS as u64);
    let waits = waits.lock().expect("free");
    let whole = waits.iter().filter(|wait| **wait > TIMEOUT * 7 / 8).count();
    assert!(whole <= 1 && waits.len() == HOSTS, "only the first has all of it: {waits:?}");
}

/// Refuses until it is told otherwise; then one host takes its time.
#[derive(Debug)]
struct Late {
    up: Arc<AtomicBool>,
    late: SocketAddr,
}

impl TransportFactory for Late {
    fn connect(&self, address: SocketAddr, timeout: Duration) -> io::Result<TcpStream> {
        if !self.up.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        if address == self.late {
            thread::sleep(Duration::from_millis(600));
        }
        TcpStream::connect_timeout(&address, timeout)
    }

    fn open(&self, socket: Socket, _: &str) -> io::Result<Box<dyn Transport>> {
        Ok(Box::new(socket))
    }
}

#[test]
fn a_host_that_was_not_waited_for_is_up_once_it_has_answered() {
    let (good, late) = (server(well), server(well));
    let up = Arc::new(AtomicBool::new(false));
    let pool = quick([good.address(), late.address()])
        .transport(Late { up: up.clone(), late: late.address() })
        .connect_timeout(Duration::from_secs(2))
        .cool_off(Duration::from_secs(600))
        .max_retries(0)
        .build()
        .expect("a pool");
    let next = || pool.servers()[pool.stats().check_outs as usize % 2].to_string();
    pool.execute(version).expect_err("both refuse");
    if next() != late.address().to_string() {
        pool.execute(version).expect_err("both refuse");
    }
    assert_eq!(state(&pool, late.address()), HostState::Aside);
    up.store(true, Ordering::Relaxed);
    let held = pool.get().expect("one answers");
    assert_eq!(**held.server(), *good.address().to_string());
    eventually("the other has answered as well", || state(&pool, late.address()) == HostState::Up);
    assert_eq!(pool.stats().created, 1);
}

#[test]
fn the_one_host_that_answers_is_found_before_the_others_have_timed_out() {
    let timeout = Duration::from_secs(8);
    let (good, silent) = (server(well), [mute(), mute(), mute()]);
    let hosts = silent.iter().chain([&good]).map(ScriptedServer::address);
    let options =
        quick(hosts).timeout(timeout).connect_timeout(timeout / 8).cool_off(Duration::from_secs(600));
    for _ in 0..3 {
        let pool = options.clone().build().expect("a pool");
        let start = Instant::now();
        assert_eq!(pool.execute(whereabouts).expect("one answers"), good.address().to_string());
        assert!(start.elapsed() < timeout, "{:?}", start.elapsed());
        assert_eq!((pool.stats().created, pool.checked_in()), (1, 1));
    }
}

#[test]
fn a_host_that_was_not_waited_for_is_put_aside_all_the_same() {
    let (good, silent) = (server(well), mute());
    let options = quick([good.address(), silent.address()]).connect_timeout(Duration::from_millis(80));
    let pool = options.cool_off(Duration::from_secs(600)).timeout(Duration::from_secs(2)).build();
    let pool = pool.expect("a pool");
    // whoever's turn it is, the silent one is tried by the second
    for _ in 0..2 {
        pool.execute(version).expect("one answers");
    }
    eventually("it is aside", || state(&pool, silent.address()) == HostState::Aside);
    assert_eq!(state(&pool, good.address()), HostState::Up);
    let failed = pool.stats().failed;
    pool.execute(version).expect("one answers");
    assert_eq!((failed, pool.stats().failed), (1, 1));
}

#[test]
fn a_cluster_that_fell_silent_is_served_at_the_first_call_after() {
    let cluster = cluster(3);
    let pool = quick(cluster.addresses()).prefill(true).max_retries(1);
    let pool = pool.connect_timeout(TIMEOUT).timeout(TIMEOUT / 2).build().expect("a pool");
    cluster.hosts().iter().for_each(|host| host.pause());
    let start = Instant::now();
    let e = pool.execute(version).expect_err("all are silent");
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    assert!(matches!(e, Error::MaximumRetry { attempts: 2, .. }), "{e:?}");
    for _ in 0..2 {
        pool.execute(version).expect_err("all are silent");
    }
    cluster.hosts().iter().for_each(|host| host.resume());
    pool.execute(version).expect("all are well");
}

#[derive(Debug)]
struct Panics;

impl TransportFactory for Panics {
    fn open(&self, _: Socket, _: &str) -> io::Result<Box<dyn Transport>> {
        std::panic::resume_unwind(Box::new("oops"))
    }
}

#[test]
fn a_panic_while_connecting_is_the_callers_and_loses_no_connection() {
    let servers = [server(well), server(well)];
    for hosts in [&servers[..1], &servers[..]] {
        let pool = quick(hosts.iter().map(ScriptedServer::address)).pool_size(1).transport(Panics);
        let pool = pool.build().expect("a pool");
        for _ in 0..3 {
            let panic = catch_unwind(AssertUnwindSafe(|| drop(pool.get()))).expect_err("it panics");
            assert_eq!(panic.downcast_ref::<&str>(), Some(&"oops"));
            assert_eq!((pool.checked_out(), pool.checked_in()), (0, 0));
        }
    }
}
