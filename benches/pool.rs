//! What the pool costs: check-out and return on 1, 2, 8 and 32 threads beside plain `r2d2` of the same size in
//! the same run, over one host and over three; `execute` over the bare call on a connection; and the worst single
//! call while a host of three is killed or falls silent, while all are down, and once they are back.
//!
//! `cargo bench --bench pool`

use std::convert::Infallible;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cassa::wire::methods::DescribeVersion;
use cassa::{ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};

const THREADS: [usize; 4] = [1, 2, 8, 32];
const CONNECTIONS: usize = 32;
const CHECK_OUTS: usize = 400_000;
const CALLS: usize = 20_000;
const ROUNDS: usize = 5;

/// A plain pool of nothing.
struct Nothing;

impl r2d2::ManageConnection for Nothing {
    type Connection = u64;
    type Error = Infallible;

    fn connect(&self) -> Result<u64, Infallible> {
        Ok(0)
    }

    fn is_valid(&self, _: &mut u64) -> Result<(), Infallible> {
        Ok(())
    }

    fn has_broken(&self, _: &mut u64) -> bool {
        false
    }
}

/// Nanoseconds for each time that the work is done, on so many threads together.
fn time(threads: usize, times: usize, work: &(impl Fn() + Sync)) -> f64 {
    let each = times / threads;
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| (0..each).for_each(|_| work()));
        }
    });
    start.elapsed().as_secs_f64() * 1e9 / (each * threads) as f64
}

fn cluster(hosts: usize) -> EmbeddedServer {
    let cluster = EmbeddedServer::builder().cluster(hosts).start().expect("a cluster");
    let system = SystemManager::connect(cluster.addresses()).expect("up");
    system.create_keyspace("K", SimpleStrategy(1)).expect("created");
    cluster
}

fn pool(cluster: &EmbeddedServer) -> ConnectionPool {
    ConnectionPool::builder("K")
        .servers(cluster.addresses())
        .timeout(Duration::from_secs(10))
        .pool_size(CONNECTIONS)
        .build()
        .expect("a pool")
}

fn main() {
    let (one, three) = (cluster(1), cluster(3));
    let (pool_of_one, pool_of_three) = (pool(&one), pool(&three));
    let plain = r2d2::Pool::builder()
        .max_size(CONNECTIONS as u32)
        .test_on_check_out(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .build(Nothing)
        .expect("a pool");
    println!("check-out and return, best of {ROUNDS} rounds, {CONNECTIONS} connections");
    for threads in THREADS {
        let (mut bare, mut of_one, mut of_three) = (f64::MAX, f64::MAX, f64::MAX);
        // in turns, so that all see the same machine
        for _ in 0..ROUNDS {
            bare = bare.min(time(threads, CHECK_OUTS, &|| drop(black_box(plain.get().expect("one")))));
            let empty = |pool: &ConnectionPool| drop(black_box(pool.get().expect("a connection")));
            of_one = of_one.min(time(threads, CHECK_OUTS, &|| empty(black_box(&pool_of_one))));
            of_three = of_three.min(time(threads, CHECK_OUTS, &|| empty(black_box(&pool_of_three))));
        }
        println!(
            "{threads:2} threads: r2d2 {bare:5.0} ns, pool {of_one:5.0} ns ({:.2} times), over three hosts \
             {of_three:5.0} ns ({:.2} times)",
            of_one / bare,
            of_three / bare
        );
    }
    let (mut bare, mut by_pool) = (f64::MAX, f64::MAX);
    let held = std::sync::Mutex::new(pool_of_one.get().expect("a connection"));
    for _ in 0..ROUNDS {
        bare = bare.min(time(1, CALLS, &|| {
            let mut connection = held.lock().expect("no panic under it");
            black_box(connection.call(&DescribeVersion {}).expect("a version"));
        }));
        by_pool = by_pool.min(time(1, CALLS, &|| {
            black_box(pool_of_one.execute(|c| c.call(&DescribeVersion {})).expect("a version"));
        }));
    }
    println!(
        "a call: bare {bare:.0} ns, by execute {by_pool:.0} ns, {:.0} ns more ({:.2} times)",
        by_pool - bare,
        by_pool / bare
    );
    failover(&three);
}

/// The worst call of eight threads while something is done, in milliseconds.
fn worst(pool: &ConnectionPool, deed: impl FnOnce()) -> f64 {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let call = || {
            let mut worst = Duration::ZERO;
            while !over.load(Ordering::Relaxed) {
                let start = Instant::now();
                pool.execute(|c| c.call(&DescribeVersion {})).expect("a host is up");
                worst = worst.max(start.elapsed());
            }
            worst
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(call)).collect();
        std::thread::sleep(Duration::from_millis(300));
        deed();
        std::thread::sleep(Duration::from_secs(3));
        over.store(true, Ordering::Relaxed);
        let worst = threads.into_iter().map(|thread| thread.join().expect("no panic")).max();
        worst.unwrap_or_default().as_secs_f64() * 1e3
    })
}

fn failover(cluster: &EmbeddedServer) {
    let pool =
        || ConnectionPool::builder("K").servers(cluster.addresses()).pool_size(8).build().expect("a pool");
    let (hosts, used) = (cluster.hosts(), pool());
    println!("eight threads on three hosts, timeouts of 500 ms; the worst call");
    println!("  with all hosts well: {:.0} ms", worst(&used, || {}));
    println!("  while one is killed: {:.0} ms", worst(&used, || hosts[0].kill()));
    hosts[0].start().expect("its address is free");
    std::thread::sleep(Duration::from_secs(1));
    println!("  while one falls silent: {:.0} ms", worst(&used, || hosts[1].pause()));
    hosts[1].resume();
    std::thread::sleep(Duration::from_secs(2));
    hosts.iter().for_each(|host| host.stop());
    let timed = |what: &str, done: &dyn Fn() -> bool| {
        let start = Instant::now();
        let done = done();
        println!(
            "  {what}: {} after {:.0} ms",
            if done { "served" } else { "an error" },
            start.elapsed().as_secs_f64() * 1e3
        );
    };
    let call = || used.execute(|c| c.call(&DescribeVersion {})).is_ok();
    timed("all down, the first call", &call);
    timed("all down, the second call", &call);
    timed("all down, a connection asked for", &|| used.get().is_ok());
    hosts.iter().for_each(|host| host.start().expect("its address is free"));
    timed("all up again, the first call", &call);
}
