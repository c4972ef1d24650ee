//! What the pool costs: check-out and return on 1, 2, 8 and 32 threads beside plain `r2d2` of the same size in
//! the same run, over one host and over three; `execute` over the bare call on a connection; and the worst single
//! call while a host of three is killed or falls silent, while all are down, and once they are back.
//!
//! What is compared takes turns in many short rounds, so that whatever else the machine does hits all sides. Told
//! are the medians, and the quickest tenth of the rounds, which says more on a busy machine.
//!
//! `cargo bench --bench pool`

use std::convert::Infallible;
use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cassa::wire::methods::DescribeVersion;
use cassa::{ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};

const THREADS: [usize; 4] = [1, 2, 8, 32];
const CONNECTIONS: usize = 32;
const CHECK_OUTS: usize = 16_000;
const CALLS: usize = 400;
const ROUNDS: usize = 121;

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

/// Does something so many times.
type Work<'a> = &'a (dyn Fn(usize) + Sync);

/// Nanoseconds for each time that the work is done, on so many threads together.
fn time(threads: usize, times: usize, work: Work<'_>) -> f64 {
    let each = times / threads;
    let ready = Barrier::new(threads);
    let run = || {
        ready.wait();
        let start = Instant::now();
        work(each);
        (start, Instant::now())
    };
    // from when the first begins until the last ends
    let took = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        let times: Vec<_> = threads.into_iter().map(|thread| thread.join().expect("no panic")).collect();
        let start = times.iter().map(|(start, _)| *start).min();
        let end = times.iter().map(|(_, end)| *end).max();
        end.zip(start).map_or(Duration::ZERO, |(end, start)| end - start)
    });
    took.as_secs_f64() * 1e9 / (each * threads) as f64
}

/// The median time of each work and that of its quickest tenth, in rounds in which they take turns.
fn compare<const N: usize>(threads: usize, times: usize, works: [Work<'_>; N]) -> [[f64; 2]; N] {
    let mut taken = works.map(|_| Vec::with_capacity(ROUNDS));
    for round in 0..ROUNDS {
        for place in 0..N {
            // none always comes first
            let i = (round + place) % N;
            taken[i].push(time(threads, times, works[i]));
        }
    }
    taken.map(|mut times| {
        times.sort_by(f64::total_cmp);
        [times[ROUNDS / 2], times[ROUNDS / 10]]
    })
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
        // r2d2 does not count operations
        .recycle(u64::MAX)
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
    println!(
        "check-out and return, {CONNECTIONS} connections; medians of {ROUNDS} rounds, and quickest tenth"
    );
    let bare = |times| (0..times).for_each(|_| drop(black_box(plain.get().expect("one"))));
    let by = |pool: &ConnectionPool, times| {
        (0..times).for_each(|_| drop(black_box(black_box(pool).get().expect("a connection"))));
    };
    let (of_one, of_three) = (|times| by(&pool_of_one, times), |times| by(&pool_of_three, times));
    for threads in THREADS {
        let [bare, of_one, of_three] = compare(threads, CHECK_OUTS, [&bare, &of_one, &of_three]);
        for (i, what) in ["median  ", "quickest"].into_iter().enumerate() {
            let (bare, of_one, of_three) = (bare[i], of_one[i], of_three[i]);
            println!(
                "{threads:2} threads, {what}: r2d2 {bare:5.0} ns, pool {of_one:5.0} ns ({:.2} times), over three \
                 hosts {of_three:5.0} ns ({:.2} times)",
                of_one / bare,
                of_three / bare
            );
        }
    }
    // the connection that comes back last goes out first: both sides use the same
    let bare = |times| {
        let mut connection = pool_of_one.get().expect("a connection");
        (0..times).for_each(|_| {
            black_box(connection.call(&DescribeVersion {}).expect("a version"));
        });
    };
    let by_pool = |times| {
        (0..times).for_each(|_| {
            black_box(pool_of_one.execute(|c| c.call(&DescribeVersion {})).expect("a version"));
        });
    };
    let [bare, by_pool] = compare(1, CALLS, [&bare, &by_pool]);
    for (i, what) in ["median  ", "quickest"].into_iter().enumerate() {
        let (bare, by_pool) = (bare[i], by_pool[i]);
        println!(
            "a call, {what}: bare {bare:.0} ns, by execute {by_pool:.0} ns, {:.0} ns more ({:.2} times)",
            by_pool - bare,
            by_pool / bare
        );
    }
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
    hosts.iter().for_each(|host| host.pause());
    timed("all silent, the first call", &call);
    timed("all silent, the second call", &call);
    hosts.iter().for_each(|host| host.resume());
    timed("all well again, the first call", &call);
    hosts.iter().for_each(|host| host.stop());
    timed("all down, the first call", &call);
    timed("all down, the second call", &call);
    timed("all down, a connection asked for", &|| used.get().is_ok());
    hosts.iter().for_each(|host| host.start().expect("its address is free"));
    timed("all up again, the first call", &call);
}
