//! Objects of a wide row as a stream, beside the bare `get_slice` pages of the same cells; and the memory that a stream
//! takes, by the width of the row.
//!
//! ```sh
//! cargo bench --bench wide_rows            # a row of 200,000 objects
//! cargo bench --bench wide_rows 1000000    # of as many as one likes
//! ```
//!
//! The server is a process of its own. Both sides ask for pages of the same size and decode the replies to cells; the
//! stream makes objects of them. For the memory each row is read by a process that does nothing else.

mod support;

use std::env;
use std::hint::black_box;
use std::process::Stdio;
use std::time::{Duration, Instant};

use cassa::wire::ConsistencyLevel;
use cassa::wire::hot::{ColumnParent, GetSlice, SlicePredicate, SliceRange};
use cassa::{ColumnFamilyMap, ConnectionPool, Mapper, SimpleStrategy, SystemManager};
use serde::{Deserialize, Serialize};

use support::process::Server;
use support::{Any, figures, process};

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

/// The columns that a call asks for: the default of [`cassa::SelectObjects::column_buffer_size`].
const PAGE: usize = 1024;
const KEYSPACE: &str = "Bench";

fn main() -> Any<()> {
    if let Ok(role) = env::var(process::ROLE) {
        return match role.split_once('*') {
            Some((server, row)) => read(server, row),
            None => process::serve(),
        };
    }
    let objects = env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(200_000_i64);
    let server = Server::start()?;
    measure(&server.address.to_string(), objects)
}

fn measure(server: &str, objects: i64) -> Any<()> {
    let system = SystemManager::connect([server])?;
    system.create_keyspace(KEYSPACE, SimpleStrategy(1))?;
    system.create_column_family_for::<Reading>(KEYSPACE)?;
    system.create_column_family_for::<Flight>(KEYSPACE)?;
    let pool = ConnectionPool::new(KEYSPACE, [server])?;
    let (readings, flights): (Mapper<Reading>, Mapper<Flight>) = (pool.map()?, pool.map()?);
    // Row 1 is of full width, row 10 of a tenth, row 100 of a hundredth.
    for row in [1, 10, 100] {
        let width = objects / i64::from(row);
        for start in (0..width).step_by(10_000) {
            let minutes = || start..width.min(start + 10_000);
            let some = minutes().map(|minute| Reading { sensor: row, minute, degrees: minute as f64 });
            readings.batch_insert(&some.collect::<Vec<_>>())?;
            let some = minutes().map(|minute| Flight {
                plane: row,
                minute,
                number: 7,
                dest: minute,
                delay: Some(3),
            });
            flights.batch_insert(&some.collect::<Vec<_>>())?;
        }
    }
    println!(
        "{:26}{:>12}{:>24}{:>24}{:>24}",
        "objects a second", "bare pages", "stream", "lent", "page by page"
    );
    for _ in 0..2 {
        compare(
            "one column an object",
            objects,
            &[&|| pages(&pool, "Reading"), &|| drain(readings.xget(1)), &|| lend(&readings), &|| {
                drain(readings.select().read_ahead(false).xget(1))
            }],
        )?;
        compare(
            "three columns an object",
            objects,
            &[&|| pages(&pool, "Flight"), &|| drain(flights.xget(1)), &|| lend(&flights), &|| {
                drain(flights.select().read_ahead(false).xget(1))
            }],
        )?;
    }
    println!(
        "\n{:26}{:>24}{:>24}",
        "greatest resident memory", "one column an object", "three columns an object"
    );
    for row in [100, 10, 1] {
        let of = |family| peak(server, family, row);
        let width = objects / i64::from(row);
        println!("{width:>18} objects{:>24}{:>24}", of("Reading")?, of("Flight")?);
    }
    Ok(())
}

fn drain<T>(items: impl Iterator<Item = cassa::Result<T>>) -> cassa::Result<()> {
    items.into_iter().try_for_each(|item| item.map(|item| drop(black_box(item))))
}

fn lend<T>(mapper: &Mapper<T>) -> cassa::Result<()>
where
    T: cassa::Clustered,
    for<'de> T::Lent<'de>: Deserialize<'de>,
{
    let mut items = mapper.lend(1);
    while let Some(item) = items.next() {
        black_box(item?);
    }
    Ok(())
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

/// One way to read the row.
type Way<'a> = &'a dyn Fn() -> cassa::Result<()>;

fn compare(what: &str, objects: i64, ways: &[Way<'_>]) -> cassa::Result<()> {
    let mut best = vec![Duration::MAX; ways.len()];
    for _ in 0..5 {
        for (best, way) in best.iter_mut().zip(ways) {
            let start = Instant::now();
            way()?;
            *best = start.elapsed().min(*best);
        }
    }
    let a_second = |time: &Duration| objects as f64 / time.as_secs_f64();
    print!("{what:26}{:>12.0}", a_second(&best[0]));
    for time in &best[1..] {
        let ratio = best[0].as_secs_f64() / time.as_secs_f64();
        print!("{:>24}", format!("{:.0} ({ratio:.2})", a_second(time)));
    }
    println!();
    Ok(())
}

/// What a process comes to that reads this row.
fn peak(server: &str, family: &str, row: i32) -> Any<String> {
    let role = format!("{server}*{family} {row}");
    let output = process::again(&role)?.stderr(Stdio::inherit()).output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// Reads one row and says what memory that took; nothing where the system does not tell.
fn read(server: &str, row: &str) -> Any<()> {
    let (family, row) = row.split_once(' ').ok_or("expected a column family and a row")?;
    let row: i32 = row.parse()?;
    let pool = ConnectionPool::new(KEYSPACE, [server])?;
    match family {
        "Reading" => drain(pool.map::<Reading>()?.xget(row))?,
        _ => drain(pool.map::<Flight>()?.xget(row))?,
    }
    println!("{}", figures::peak_memory().unwrap_or_else(|| "?".to_owned()));
    Ok(())
}
