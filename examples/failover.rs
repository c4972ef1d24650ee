//! Failover: hosts are killed, silenced and brought back, and callers do not notice.
//!
//! ```sh
//! cargo run --example failover
//! ```
//!
//! On a cluster (`CASSA_SERVERS=host:port,…`) the hosts are yours to stop meanwhile.

mod common;

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use cassa::{Class, ColumnFamily, ColumnFamilyBuilder, ConnectionPool};
use common::{Cluster, Result, grouped, heading, table};

const THREADS: usize = 4;

/// How long a host may keep a call waiting before it is made on another.
const TIMEOUT: Duration = Duration::from_millis(200);

fn main() -> ExitCode {
    common::main(run)
}

fn run() -> Result<()> {
    let cluster = Cluster::of(3, "cassa_failover")?;
    let events =
        ColumnFamilyBuilder::new("Events").comparator(Class::Long).default_validation_class(Class::Long);
    cluster.system.create_column_family(cluster.keyspace, events)?;
    let pool =
        ConnectionPool::builder(cluster.keyspace).servers(&cluster.servers).timeout(TIMEOUT).build()?;
    let events = ColumnFamily::open(&pool, "Events")?;

    heading("Four threads write and read back, while hosts come and go");
    let load = Load::default();
    let mut stages = table(["meanwhile", "calls", "failed", "slowest"]);
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (load, events) = (&load, events.clone());
            scope.spawn(move || load.run(thread, &events));
        }
        let mut stage = |what: &str| {
            load.begin();
            thread::sleep(Duration::from_millis(500));
            stages.add_row(load.report(what));
        };
        let result = match cluster.hosts() {
            [] => (0..10).try_for_each(|_| {
                stage("half a second");
                Ok(())
            }),
            [_, second, third] => {
                stage("all three hosts are well");
                second.kill();
                stage("the second is killed");
                third.pause();
                stage("the third takes calls and never answers");
                third.resume();
                second.start().map(|()| stage("both are back"))
            }
            _ => Ok(()),
        };
        load.over.store(true, Ordering::Relaxed);
        result
    })?;
    println!("{stages}");

    heading("Every write that was acknowledged is there");
    for thread in 0..THREADS {
        let there = events.get_count(format!("thread {thread}"))?;
        let acknowledged = load.acknowledged[thread].load(Ordering::Relaxed);
        println!("  thread {thread}: {} acknowledged, {} there", grouped(acknowledged), grouped(there));
        if there < acknowledged {
            return Err("a write was lost".into());
        }
    }
    if load.failed.load(Ordering::Relaxed) > 0 && !cluster.hosts().is_empty() {
        return Err("a call failed although a host was well".into());
    }
    Ok(())
}

/// What the threads have done, and since the last report.
#[derive(Default)]
struct Load {
    over: AtomicBool,
    calls: AtomicUsize,
    failed: AtomicUsize,
    /// Microseconds.
    slowest: AtomicU64,
    acknowledged: [AtomicUsize; THREADS],
}

impl Load {
    /// Writes one column after the other into a row of the thread's own, and reads each back.
    fn run(&self, thread: usize, events: &ColumnFamily) {
        let key = format!("thread {thread}");
        for number in 0_i64.. {
            if self.over.load(Ordering::Relaxed) {
                return;
            }
            if self.call(|| events.insert(&*key, [(number, number)])).is_some() {
                self.acknowledged[thread].fetch_add(1, Ordering::Relaxed);
                let read = self.call(|| events.select().columns([number]).get(&*key));
                assert!(read.is_none_or(|columns| columns.is_some()), "column {number} was acknowledged");
            }
        }
    }

    fn call<T>(&self, call: impl FnOnce() -> cassa::Result<T>) -> Option<T> {
        let start = Instant::now();
        let result = call();
        let took = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.slowest.fetch_max(took, Ordering::Relaxed);
        self.calls.fetch_add(1, Ordering::Relaxed);
        if let Err(error) = &result {
            println!("  {error}");
            self.failed.fetch_add(1, Ordering::Relaxed);
        }
        result.ok()
    }

    fn begin(&self) {
        self.calls.store(0, Ordering::Relaxed);
        self.slowest.store(0, Ordering::Relaxed);
    }

    fn report(&self, what: &str) -> [String; 4] {
        let slowest = Duration::from_micros(self.slowest.load(Ordering::Relaxed));
        [
            what.to_owned(),
            grouped(self.calls.load(Ordering::Relaxed)),
            self.failed.load(Ordering::Relaxed).to_string(),
            format!("{slowest:.0?}"),
        ]
    }
}
