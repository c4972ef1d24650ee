//! A load: a month of flights into four column families, counters among them, several requests at a time.
//!
//! ```sh
//! cargo run --example load_flights
//! ```

mod common;

use std::process::ExitCode;
use std::time::Instant;

use cassa::{Class, ColumnFamily, ColumnFamilyBuilder, ColumnFamilyMap, ConnectionPool, LoadReport};
use common::{Cluster, Flight, Result, flights, grouped, heading};
use serde::{Deserialize, Serialize};

/// A flight by its natural key.
#[derive(Serialize, Deserialize, ColumnFamilyMap)]
#[cassa(name = "Flights")]
struct StoredFlight {
    #[cassa(key)]
    id: String,
    carrier: String,
    number: i32,
    tailnum: Option<String>,
    origin: String,
    dest: String,
    distance: i64,
    dep_delay: Option<i32>,
}

/// What left an airport on a day.
#[derive(Serialize, Deserialize, ColumnFamilyMap)]
#[cassa(name = "Days")]
struct Day {
    #[cassa(key)]
    id: String,
    #[serde(default)]
    #[cassa(counter)]
    flights: i64,
    #[serde(default)]
    #[cassa(counter)]
    miles: i64,
}

struct Families {
    by_plane: ColumnFamily,
    by_route: ColumnFamily,
}

fn main() -> ExitCode {
    common::main(run)
}

fn load(pool: &ConnectionPool, families: &Families, flights: &[Flight]) -> Result<LoadReport> {
    let mut loader = pool.loader().byte_limit(256 * 1024);
    loader.load(flights, |loader, flight| {
        let left = flight.scheduled().format("%Y-%m-%d %H:%M").to_string();
        let tailnum = flight.tailnum.as_deref().unwrap_or("unknown");
        let id = format!("{left} {}{} {tailnum}", flight.carrier, flight.number);
        loader.column_family(&families.by_plane)?.insert(tailnum, [(&*id, "")])?;
        let route = format!("{}-{}", flight.origin, flight.dest);
        loader.column_family(&families.by_route)?.insert(route, [(&*id, tailnum)])?;
        let day = format!("{} {}", &left[..10], flight.origin);
        loader.add::<Day>(&*day, "flights", 1)?;
        loader.add::<Day>(&*day, "miles", flight.distance)?;
        loader.insert(&StoredFlight {
            id,
            carrier: flight.carrier.clone(),
            number: flight.number,
            tailnum: flight.tailnum.clone(),
            origin: flight.origin.clone(),
            dest: flight.dest.clone(),
            distance: flight.distance,
            dep_delay: flight.dep_delay,
        })
    })?;
    Ok(loader.finish()?)
}

fn run() -> Result<()> {
    let cluster = Cluster::start("cassa_load_flights")?;
    cluster.system.create_column_family_for::<StoredFlight>(cluster.keyspace)?;
    cluster.system.create_column_family_for::<Day>(cluster.keyspace)?;
    for name in ["FlightsByPlane", "FlightsByRoute"] {
        let definition = ColumnFamilyBuilder::new(name)
            .key_validation_class(Class::Utf8)
            .comparator(Class::Utf8)
            .default_validation_class(Class::Utf8);
        cluster.system.create_column_family(cluster.keyspace, definition)?;
    }
    let pool = cluster.pool()?;
    let by_plane = ColumnFamily::open(&pool, "FlightsByPlane")?;
    let families = Families { by_plane, by_route: ColumnFamily::open(&pool, "FlightsByRoute")? };
    let flights = flights()?;
    let days = pool.map::<Day>()?;

    let mut stored = Vec::new();
    for run in ["A month of flights, each in four column families", "The same again"] {
        heading(run);
        let start = Instant::now();
        let report = load(&pool, &families, &flights)?;
        let (chunks, bytes) = (grouped(report.chunks as usize), grouped(report.bytes as usize));
        println!("  {report}, in {chunks} chunks of {bytes} bytes together, in {:.0?}", start.elapsed());
        let of_a_plane = families.by_plane.get_count("N14228")?;
        let first = days.get("2013-01-01 JFK")?.ok_or("the day was not counted")?;
        let on_a_route = families.by_route.get_count("JFK-LAX")?;
        println!("  {of_a_plane} flights of N14228, {on_a_route} from JFK to LAX");
        println!("  {} flights and {} miles from JFK on 1 January", first.flights, first.miles);
        stored.push((of_a_plane, on_a_route, first.flights, first.miles));
    }
    let (once, twice) = (stored[0], stored[1]);
    if (once.0, once.1) != (twice.0, twice.1) || (once.2 * 2, once.3 * 2) != (twice.2, twice.3) {
        return Err(format!("expected equal columns and doubled counters, got {once:?} and {twice:?}").into());
    }
    println!("  Columns written again are what they were. What is added to counters was added twice: a load");
    println!("  that has stopped goes on after what is acknowledged, and is not repeated.");
    Ok(())
}
