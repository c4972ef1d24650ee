//! Objects of a wide row as a stream, beside the bare `get_slice` pages of the same cells.
//!
//! ```sh
//! cargo bench --bench wide_rows            # a row of 200,000 objects
//! cargo bench --bench wide_rows 1000000    # of as many as one likes, with the memory that the process came to
//! ```

use std::hint::black_box;
use std::time::{Duration, Instant};

use cassa::wire::ConsistencyLevel;
use cassa::wire::hot::{ColumnParent, GetSlice, SlicePredicate, SliceRange};
use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, Mapper, SimpleStrategy, SystemManager};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, ColumnFamilyMap)]
struct Reading {
    #[cassa(key)]
    sensor: i32,
    #[cassa(clustering)]
    minute: i64,
    #[cassa(value)]
    degrees: f64,
}

#[derive(Serialize, Deserialize, ColumnFamilyMap)]
struct Flight {
    #[cassa(key)]
    plane: i32,
    #[cassa(clustering)]
    minute: i64,
    number: i32,
    dest: i64,
    delay: Option<i32>,
}

const PAGE: usize = 1024;

fn main() -> cassa::Result<()> {
    let objects = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(200_000_i64);
    let server = EmbeddedServer::start()?;
    let system = SystemManager::connect(server.addresses())?;
    system.create_keyspace("Bench", SimpleStrategy(1))?;
    system.create_column_family_for::<Reading>("Bench")?;
    system.create_column_family_for::<Flight>("Bench")?;
    let pool = ConnectionPool::new("Bench", server.addresses())?;
    let (readings, flights): (Mapper<Reading>, Mapper<Flight>) = (pool.map()?, pool.map()?);
    for start in (0..objects).step_by(10_000) {
        let minutes = || start..objects.min(start + 10_000);
        let some = minutes().map(|minute| Reading { sensor: 1, minute, degrees: minute as f64 });
        readings.batch_insert(&some.collect::<Vec<_>>())?;
        let some =
            minutes().map(|minute| Flight { plane: 1, minute, number: 7, dest: minute, delay: Some(3) });
        flights.batch_insert(&some.collect::<Vec<_>>())?;
    }
    let stored = memory();
    for _ in 0..2 {
        compare("a column an object", objects, || pages(&pool, "Reading"), || drain(readings.xget(1)))?;
        compare("three columns an object", objects, || pages(&pool, "Flight"), || drain(flights.xget(1)))?;
    }
    println!("resident: {} MB when all was stored, {} MB at the end", stored / 1024, memory() / 1024);
    Ok(())
}

fn drain<T>(items: impl Iterator<Item = cassa::Result<T>>) -> cassa::Result<()> {
    items.into_iter().try_for_each(|item| item.map(|item| drop(black_box(item))))
}

/// The same cells, and nothing done with them.
fn pages(pool: &ConnectionPool, family: &str) -> cassa::Result<()> {
    let mut start = Vec::new();
    loop {
        let count = i32::try_from(PAGE).unwrap_or(i32::MAX) + i32::from(!start.is_empty());
        let range = SliceRange { start: &start, finish: b"", reversed: false, count };
        let rows = pool.execute(|connection| {
            connection.get_slice(&GetSlice {
                key: &1_i32.to_be_bytes(),
                column_parent: ColumnParent { column_family: family, super_column: None },
                predicate: SlicePredicate { column_names: None, slice_range: Some(range.clone()) },
                consistency_level: ConsistencyLevel::One,
            })
        })?;
        let Some(row) = rows.get(0) else { return Ok(()) };
        for cell in row.cells() {
            black_box(cell);
        }
        match row.cells().next_back() {
            Some(last) if row.len() >= PAGE => start = last.name.to_vec(),
            _ => return Ok(()),
        }
    }
}

fn compare(
    what: &str,
    objects: i64,
    raw: impl Fn() -> cassa::Result<()>,
    mapped: impl Fn() -> cassa::Result<()>,
) -> cassa::Result<()> {
    let (mut bare, mut stream) = (Duration::MAX, Duration::MAX);
    for _ in 0..3 {
        bare = bare.min(timed(&raw)?);
        stream = stream.min(timed(&mapped)?);
    }
    let a_second = |time: Duration| objects as f64 / time.as_secs_f64();
    println!(
        "{what:24} bare pages {:>9.0} objects/s   stream {:>9.0} objects/s   ratio {:.2}",
        a_second(bare),
        a_second(stream),
        bare.as_secs_f64() / stream.as_secs_f64()
    );
    Ok(())
}

fn timed(work: &impl Fn() -> cassa::Result<()>) -> cassa::Result<Duration> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

/// Kilobytes that the process has in memory; 0 where the system does not tell.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse().ok()).unwrap_or(0)
}
