//! What a unit of work and a loader cost beside bare `batch_mutate` frames of the same cells, what it costs to know which
//! columns of an object have changed, and what waits takes of memory. The server is a process of its own.
//!
//! ```sh
//! cargo bench --bench unit_of_work             # a load of 1,000,000 objects for the memory of a loader
//! cargo bench --bench unit_of_work -- 300000   # of another number
//! ```
//!
//! Each ratio is of one run: the two sides go in turns, each into an empty column family, and what counts is the median
//! of the rounds. Linux only: processor time and memory are read from `/proc`.

mod support;

use std::env;
use std::fmt::Display;
use std::hint::black_box;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use cassa::bare::Bare;
use cassa::wire::ConsistencyLevel;
use cassa::wire::hot::Batch;
use cassa::{ColumnFamilyMap, ConnectionPool, Mapper, SimpleStrategy, SystemManager, UnitOfWork};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use support::figures::{self, median};
use support::flight::Flight;
use support::line::Line;
use support::process::Server;
use support::{Any, process};

const KEYSPACE: &str = "Bench";
const COLUMNS: usize = 10;
/// Objects in a chunk: what a message of a unit of work and of a loader has by default.
const CHUNK: usize = 1_000;
const OBJECTS: usize = 20_000;
const ROUNDS: usize = 7;
/// Requests under way: what a loader has by default.
const REQUESTS: usize = 4;

#[derive(Serialize, Deserialize, ColumnFamilyMap)]
struct Reading {
    #[cassa(key)]
    id: i64,
    sensor: String,
    degrees: f64,
    minute: i64,
}

fn flight(number: usize) -> Flight {
    // not in the order of the keys, as objects come
    let id = format!("UA{:08}", (number as u32).wrapping_mul(2_654_435_761));
    let plane = Uuid::from_u128(number as u128);
    Flight { distance: number as i64, plane, ..Flight::of(id) }
}

fn main() -> Any<()> {
    match env::var(process::ROLE).as_deref() {
        Ok("server") => process::serve(),
        Ok(load) => load_readings(load),
        Err(_) => measure_all(),
    }
}

// the processes

fn pool(address: SocketAddr) -> Any<ConnectionPool> {
    let timeout = Duration::from_secs(30);
    Ok(ConnectionPool::builder(KEYSPACE).servers([address]).timeout(timeout).build()?)
}

/// A load in a process of its own, which tells the most memory that it had.
fn load_readings(role: &str) -> Any<()> {
    let (objects, address) = role.split_once('@').ok_or("expected OBJECTS@ADDRESS")?;
    let objects: i64 = objects.parse()?;
    let mut loader = pool(address.parse()?)?.loader();
    let start = Instant::now();
    loader.load(0..objects, |loader, n| {
        let id = n.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as i64);
        loader.insert(&Reading { id, sensor: "north".to_owned(), degrees: 4.5, minute: n })
    })?;
    let report = loader.finish()?;
    assert_eq!(report.acknowledged, objects as u64);
    let a_second = objects as f64 / start.elapsed().as_secs_f64();
    let peak = figures::peak_memory().ok_or("Linux tells it")?;
    println!("{} {a_second}", peak.trim_end_matches("kB").trim());
    Ok(())
}

fn memory_of_a_load(address: SocketAddr, objects: usize) -> Any<(f64, f64)> {
    pool(address)?.map::<Reading>()?.truncate()?;
    let output = process::again(&format!("{objects}@{address}"))?.output()?;
    let text = String::from_utf8(output.stdout)?;
    let (kilobytes, a_second) = text.trim().split_once(' ').ok_or("the load failed")?;
    Ok((kilobytes.parse::<f64>()? / 1024.0, a_second.parse()?))
}

/// Nanoseconds that this thread was on a processor.
fn processor_time() -> u64 {
    std::thread::sleep(Duration::from_micros(10));
    figures::processor_time()
}

// the bare side

/// The cells of all objects as messages that are ready to be sent.
fn frames(objects: &[Flight]) -> Any<Vec<Vec<u8>>> {
    let mut bare = Bare::new::<Flight>().map_err(|fault| format!("{fault:?}"))?;
    let timestamp = std::time::UNIX_EPOCH.elapsed()?.as_micros() as i64;
    let mut frames = Vec::new();
    for chunk in objects.chunks(CHUNK) {
        let (mut batch, mut frame) = (Batch::default(), Vec::new());
        for object in chunk {
            bare.write(object, &mut batch, timestamp).map_err(|fault| format!("{fault:?}"))?;
        }
        batch.encode(false, ConsistencyLevel::One, 1, &mut frame);
        frames.push(frame);
    }
    Ok(frames)
}

fn send(lines: &mut [Line], frames: &[Vec<u8>]) {
    let each = frames.len().div_ceil(lines.len());
    std::thread::scope(|scope| {
        for (line, frames) in lines.iter_mut().zip(frames.chunks(each)) {
            scope.spawn(|| frames.iter().for_each(|frame| line.exchange(frame).expect("it answers")));
        }
    });
}

// the table

fn row(what: &str, figure: impl Display, goal: &str, is_met: Option<bool>) {
    let verdict = is_met.map_or("", |is_met| if is_met { "met" } else { "missed" });
    println!("{what:58} {figure:>26}   {goal:10} {verdict}");
}

struct Bench {
    address: SocketAddr,
    pool: ConnectionPool,
    flights: Mapper<Flight>,
    objects: Vec<Flight>,
}

impl Bench {
    /// Objects a second, beside bare frames over so many connections.
    fn compare(&self, what: &str, connections: usize, ours: impl Fn() -> Any<()>) -> Any<()> {
        let lines = (0..connections).map(|_| Line::open(self.address, KEYSPACE));
        let mut lines = lines.collect::<Any<Vec<_>>>()?;
        let (mut ratios, mut rates) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            self.flights.truncate()?;
            let frames = frames(&self.objects)?;
            let start = Instant::now();
            send(&mut lines, &frames);
            let bare = start.elapsed();
            self.flights.truncate()?;
            let start = Instant::now();
            ours()?;
            let elapsed = start.elapsed();
            ratios.push(bare.as_secs_f64() / elapsed.as_secs_f64());
            rates.push(OBJECTS as f64 / elapsed.as_secs_f64());
        }
        let (ratio, rate) = (median(ratios), median(rates));
        row(what, format_args!("{rate:.0} objects/s, {ratio:.2}"), ">= 0.8", Some(ratio >= 0.8));
        Ok(())
    }

    fn unit_of_work(&self) -> Any<()> {
        for objects in self.objects.chunks(CHUNK) {
            let mut work = self.pool.unit_of_work();
            work.use_mapper(&self.flights)?;
            objects.iter().try_for_each(|flight| work.insert(flight))?;
            work.commit()?;
        }
        Ok(())
    }

    fn one_large_unit(&self) -> Any<()> {
        let mut work = self.pool.unit_of_work();
        work.use_mapper(&self.flights)?;
        self.objects.iter().try_for_each(|flight| work.insert(flight))?;
        work.commit()?;
        Ok(())
    }

    fn loader(&self) -> Any<()> {
        let mut loader = self.pool.loader();
        loader.use_mapper(&self.flights)?;
        loader.load(&self.objects, |loader, flight| loader.insert(flight))?;
        loader.finish()?;
        Ok(())
    }

    /// Processor time of the calling thread, in nanoseconds a cell.
    fn tracking(&self) -> Any<()> {
        self.unit_of_work()?;
        let objects = &self.objects[..CHUNK];
        let ids: Vec<&str> = objects.iter().map(|flight| &*flight.id).collect();
        let cells = (objects.len() * COLUMNS) as f64;
        let timed = |call: &mut dyn FnMut() -> cassa::Result<()>| -> Any<f64> {
            let before = processor_time();
            call()?;
            Ok((processor_time() - before) as f64 / cells)
        };
        let mut columns: [Vec<f64>; 9] = Default::default();
        for _ in 0..ROUNDS * 3 {
            let mut work = self.pool.unit_of_work();
            work.use_mapper(&self.flights)?;
            let (mut plain, mut read) = (Vec::new(), Vec::new());
            let batch = self.flights.batch().with(|mutator| mutator.queue_size(None));
            let commit = |work: &mut UnitOfWork| work.commit().map(|report| drop(black_box(report)));
            let figures = [
                timed(&mut || {
                    plain = self.flights.multiget(&ids)?;
                    Ok(())
                })?,
                timed(&mut || {
                    read = work.multiget::<Flight, _>(&ids)?;
                    Ok(())
                })?,
                timed(&mut || read.iter().try_for_each(|flight| work.save(flight)))?,
                {
                    assert!(!work.is_dirty());
                    read.iter_mut().for_each(|flight| flight.distance += 1);
                    timed(&mut || read.iter().try_for_each(|flight| work.save(flight)))?
                },
                timed(&mut || commit(&mut work))?,
                timed(&mut || plain.iter().try_for_each(|flight| batch.insert(flight).map(drop)))?,
                timed(&mut || batch.send())?,
                timed(&mut || plain.iter().try_for_each(|flight| work.insert(flight)))?,
                timed(&mut || commit(&mut work))?,
            ];
            columns.iter_mut().zip(figures).for_each(|(column, figure)| column.push(figure));
        }
        let [plain, read, unchanged, changed, commit, insert, send, gather, commit_all] = columns.map(median);
        let ns = |figure: f64| format!("{figure:.0} ns a cell");
        row("plain: multiget of objects of 10 columns", ns(plain), "", None);
        row("unit of work: multiget, which remembers them", ns(read), "", None);
        row("  what remembering costs", ns(read - plain), "<= 40 ns", Some(read - plain <= 40.0));
        row("unit of work: save, nothing changed", ns(unchanged), "<= 60 ns", Some(unchanged <= 60.0));
        row("unit of work: save, one of ten columns changed", ns(changed), "", None);
        row("unit of work: commit of that", ns(commit), "", None);
        row("plain: insert of all columns into a batch", ns(insert), "", None);
        row("plain: send of that", ns(send), "", None);
        row("unit of work: insert of all columns", ns(gather), "", None);
        row("unit of work: commit of that", ns(commit_all), "", None);
        let (tracked, all) = (read + changed + commit, plain + insert + send);
        let figure = format!("{tracked:.0} ns, {:.2} of plain", tracked / all);
        row("read, change one column, write: processor of the client", figure, "<= 1", Some(tracked <= all));
        Ok(())
    }

    /// What a pending cell takes beside its name and value.
    fn pending(&self) -> Any<()> {
        let packed = |flight: &Flight| -> usize {
            let names = "carrier origin distance delay speed cancelled number plane gate seats";
            let texts = flight.carrier.len() + flight.origin.len() + flight.gate.len();
            names.replace(' ', "").len() + texts + 8 + 4 + 8 + 1 + 4 + 16 + 8
        };
        let cells = (OBJECTS * COLUMNS) as f64;
        let packed = self.objects.iter().map(packed).sum::<usize>() as f64 / cells;
        let unit = || -> Any<UnitOfWork> {
            let mut work = self.pool.unit_of_work().max_pending_bytes(usize::MAX);
            work.use_mapper(&self.flights)?;
            Ok(work)
        };
        let mut work = unit()?;
        let objects = allocation_counter::measure(|| {
            self.objects.iter().try_for_each(|flight| work.insert(flight)).expect("they fit");
        });
        let overhead = objects.bytes_current as f64 / cells - packed;
        let count = objects.count_current as f64 / cells;
        row(
            "memory of a cell that waits, beside its bytes",
            format_args!("{overhead:.0} bytes"),
            "<= 64",
            Some(overhead <= 64.0),
        );
        row("  allocations a cell", format_args!("{count:.2}"), "", None);
        let peak = allocation_counter::measure(|| drop(black_box(work.commit().expect("they are written"))));
        let peak = peak.bytes_max as f64 / cells;
        row("  what a commit of them needs on top", format_args!("{peak:.0} bytes"), "", None);

        let cf = self.flights.column_family().clone();
        let mut work = unit()?;
        let wide = allocation_counter::measure(|| {
            for n in 0..OBJECTS * COLUMNS {
                let column = [(format!("{n:08}"), cassa::Value::from("0123456789ab"))];
                work.column_family(&cf)
                    .expect("it is of the keyspace")
                    .insert("wide", column)
                    .expect("it fits");
            }
        });
        work.discard();
        let overhead = wide.bytes_current as f64 / cells - 20.0;
        row(
            "  of one row of 200,000 columns, one by one",
            format_args!("{overhead:.0} bytes"),
            "<= 64",
            Some(overhead <= 64.0),
        );
        Ok(())
    }
}

fn measure_all() -> Any<()> {
    let objects = env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(1_000_000_usize);
    let server = Server::start()?;
    let address = server.address;
    let system = SystemManager::connect([address])?;
    system.create_keyspace(KEYSPACE, SimpleStrategy(1))?;
    system.create_column_family_for::<Flight>(KEYSPACE)?;
    system.create_column_family_for::<Reading>(KEYSPACE)?;
    let pool = pool(address)?;
    let flights = pool.map::<Flight>()?;
    let bench = Bench { address, pool, flights, objects: (0..OBJECTS).map(flight).collect() };

    row("", "figure", "goal", None);
    bench.compare("unit of work, 1,000 objects a commit; of bare frames", 1, || bench.unit_of_work())?;
    bench.compare("unit of work, 20,000 objects a commit; of bare frames", 1, || bench.one_large_unit())?;
    bench.compare("loader; of bare frames over 4 connections", REQUESTS, || bench.loader())?;
    bench.tracking()?;
    bench.pending()?;
    let (tenth, _) = memory_of_a_load(address, objects / 10)?;
    let (whole, a_second) = memory_of_a_load(address, objects)?;
    let what = |objects: usize| format!("loader: most memory of a process that loads {objects}");
    row(&what(objects / 10), format_args!("{tenth:.1} MB"), "", None);
    let is_met = Some(whole <= tenth * 1.1);
    row(&what(objects), format_args!("{whole:.1} MB"), "the same", is_met);
    row("  objects of three columns", format_args!("{a_second:.0} objects/s"), "", None);
    Ok(())
}
