//! Four layouts of objects on one month of flights: rows, super columns, columns of a wide row, and composite prefixes.
//!
//! ```sh
//! cargo run --example flights
//! ```

mod common;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use cassa::{ColumnFamilyMap, Mapper};
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use comfy_table::{Cell, CellAlignment};
use common::{Cluster, Result, grouped, heading, table};
use serde::{Deserialize, Serialize};

/// A row an airport: found by its code, or by the index of its time zone.
#[derive(Serialize, Deserialize, ColumnFamilyMap, Debug)]
#[cassa(name = "Airports")]
struct Airport {
    #[cassa(key)]
    faa: String,
    name: String,
    feet: i32,
    #[cassa(index)]
    tzone: Option<String>,
}

/// A row a maker, a super column each of its planes.
#[derive(Serialize, Deserialize, ColumnFamilyMap, Debug)]
#[cassa(name = "Planes")]
struct Plane {
    #[cassa(key)]
    manufacturer: String,
    #[cassa(super_column)]
    tailnum: String,
    year: Option<i32>,
    model: String,
    seats: i32,
}

/// A column an airline: all of them are one short row, read at once.
#[derive(Serialize, Deserialize, ColumnFamilyMap, Debug)]
#[cassa(name = "Airlines")]
struct Airline {
    #[cassa(key)]
    list: String,
    #[cassa(clustering)]
    carrier: String,
    #[cassa(value)]
    name: String,
}

/// A row a plane, its flights in the order of their departure: the columns whose names begin alike are one flight.
#[derive(Serialize, Deserialize, ColumnFamilyMap, Debug)]
#[cassa(name = "Flights")]
struct Flight {
    #[cassa(key)]
    tailnum: String,
    #[cassa(clustering)]
    scheduled: DateTime<Utc>,
    // two flights may leave in one minute
    #[cassa(clustering)]
    carrier: String,
    #[cassa(clustering)]
    number: i32,
    origin: String,
    dest: String,
    /// None of a flight that was cancelled.
    delay: Option<i32>,
}

/// A row a carrier, a counter a day.
#[derive(Serialize, Deserialize, ColumnFamilyMap, Debug)]
#[cassa(name = "Departures")]
struct Departures {
    #[cassa(key)]
    carrier: String,
    #[cassa(clustering)]
    day: u8,
    #[cassa(value, counter)]
    flights: i64,
}

/// The row of the flights whose plane is not known.
const UNKNOWN: &str = "NA";

fn main() -> ExitCode {
    common::main(run)
}

struct Fleet {
    airports: Mapper<Airport>,
    planes: Mapper<Plane>,
    airlines: Mapper<Airline>,
    flights: Mapper<Flight>,
    departures: Mapper<Departures>,
}

fn run() -> Result<()> {
    let cluster = Cluster::start("cassa_flights")?;
    let (system, keyspace) = (&cluster.system, cluster.keyspace);
    system.create_column_family_for::<Airport>(keyspace)?;
    system.create_column_family_for::<Plane>(keyspace)?;
    system.create_column_family_for::<Airline>(keyspace)?;
    system.create_column_family_for::<Flight>(keyspace)?;
    system.create_column_family_for::<Departures>(keyspace)?;
    let pool = cluster.pool()?;
    let fleet = Fleet {
        airports: pool.map()?,
        planes: pool.map()?,
        airlines: pool.map()?,
        flights: pool.map()?,
        departures: pool.map()?,
    };
    load(&fleet)?;
    let names: BTreeMap<String, String> = fleet
        .airlines
        .xget("all")
        .map(|airline| airline.map(|it| (it.carrier, it.name)))
        .collect::<Result<_, _>>()?;
    busy_carriers(&fleet, &names)?;
    a_week(&fleet, &names)?;
    islands(&fleet)?;
    makers(&fleet)?;
    cancelled(&fleet)
}

fn load(fleet: &Fleet) -> Result<()> {
    heading("Loaded");
    let mut rows = table(["objects", "layout", "", "in"]);
    let mut timed = |what: &str, layout: &str, load: &mut dyn FnMut() -> Result<usize>| -> Result<()> {
        let start = Instant::now();
        let count = grouped(load()?);
        rows.add_row(numbers([what, layout, &count, &format!("{:.1?}", start.elapsed())], 2));
        Ok(())
    };
    timed("airports", "rows", &mut || {
        let airports = records("airports.csv", |row| {
            let (faa, name) = (row[0].to_owned(), row[1].to_owned());
            Ok(Airport { faa, name, feet: row[4].parse()?, tzone: known(&row[7]) })
        })?;
        fleet.airports.batch_insert(&airports)?;
        Ok(airports.len())
    })?;
    timed("planes", "super columns of their maker", &mut || {
        let planes: Vec<Plane> = common::planes()?
            .into_iter()
            .map(|common::Plane { tailnum, year, manufacturer, model, seats }| Plane {
                manufacturer,
                tailnum,
                year,
                model,
                seats,
            })
            .collect();
        fleet.planes.batch_insert(&planes)?;
        Ok(planes.len())
    })?;
    timed("airlines", "columns of one row", &mut || {
        let airlines = records("airlines.csv", |row| {
            Ok(Airline { list: "all".into(), carrier: row[0].to_owned(), name: row[1].to_owned() })
        })?;
        fleet.airlines.batch_insert(&airlines)?;
        Ok(airlines.len())
    })?;
    let month = common::flights()?;
    timed("flights", "prefixes in a row a plane", &mut || {
        let flights: Vec<Flight> = month.iter().map(flight).collect();
        fleet.flights.batch_insert(&flights)?;
        Ok(flights.len())
    })?;
    timed("departures", "counters, a column a day", &mut || {
        let mut sums: BTreeMap<(&str, u32), i64> = BTreeMap::new();
        for flight in &month {
            *sums.entry((&flight.carrier, flight.scheduled().day())).or_default() += 1;
        }
        let batch = fleet.departures.batch();
        for ((carrier, day), flights) in &sums {
            batch.add_to((carrier, day), Departures::COLUMNS.flights, *flights)?;
        }
        batch.send()?;
        Ok(sums.len())
    })?;
    println!("{rows}");
    Ok(())
}

fn flight(flight: &common::Flight) -> Flight {
    Flight {
        tailnum: flight.tailnum.clone().unwrap_or_else(|| UNKNOWN.into()),
        scheduled: flight.scheduled(),
        carrier: flight.carrier.clone(),
        number: flight.number,
        origin: flight.origin.clone(),
        dest: flight.dest.clone(),
        delay: flight.dep_delay,
    }
}

fn busy_carriers(fleet: &Fleet, names: &BTreeMap<String, String>) -> Result<()> {
    heading("Departures a day, from the counters: the first two weeks (UTC)");
    let carriers: Vec<&String> = names.keys().collect();
    let rows = fleet.departures.select().range(1..15).multiget_rows(&carriers)?;
    let mut busy: Vec<(i64, &String, Vec<Departures>)> = carriers
        .into_iter()
        .zip(rows)
        .map(|(carrier, days)| (days.iter().map(|day| day.flights).sum(), carrier, days))
        .collect();
    busy.sort_by_key(|(flights, ..)| -flights);
    let most = busy.iter().flat_map(|(.., days)| days).map(|day| day.flights).max().unwrap_or(1);
    let mut rows = table(["carrier", "day 1 to 14", "flights"]);
    for (flights, carrier, days) in busy.iter().take(8) {
        let bars: String = days.iter().map(|day| bar(day.flights, most)).collect();
        rows.add_row(numbers([&names[*carrier], &bars, &grouped(usize::try_from(*flights)?)], 2));
    }
    println!("{rows}");
    Ok(())
}

/// A row of a table: numbers, which stand to the right, from this cell on.
fn numbers<const N: usize>(cells: [impl ToString; N], from: usize) -> impl Iterator<Item = Cell> {
    cells.into_iter().enumerate().map(move |(i, text)| {
        let side = if i < from { CellAlignment::Left } else { CellAlignment::Right };
        Cell::new(text.to_string()).set_alignment(side)
    })
}

fn bar(n: i64, most: i64) -> char {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let step = (n * 7).checked_div(most).and_then(|step| usize::try_from(step).ok());
    BARS[step.unwrap_or(0).min(7)]
}

fn a_week(fleet: &Fleet, names: &BTreeMap<String, String>) -> Result<()> {
    heading("N14228 in the second week of January, the latest flight first");
    let monday: DateTime<Utc> = "2013-01-07T00:00:00Z".parse()?;
    let week = fleet.flights.select().range(monday..monday + TimeDelta::days(7)).reversed();
    let mut rows = table(["departure", "flight", "airline", "from", "to", "minutes late"]);
    for flight in week.xget("N14228") {
        let Flight { scheduled, carrier, number, origin, dest, delay, .. } = flight?;
        let airport = fleet.airports.get(&dest)?;
        let row = [
            scheduled.format("%a %e %b %H:%M").to_string(),
            format!("{carrier} {number}"),
            names.get(&carrier).cloned().unwrap_or_default(),
            origin,
            airport.map_or(dest, |airport| airport.name),
            delay.map_or("cancelled".into(), |minutes| minutes.to_string()),
        ];
        rows.add_row(numbers(row, 5));
    }
    println!("{rows}");
    Ok(())
}

fn islands(fleet: &Fleet) -> Result<()> {
    heading("The highest airports on Hawaii's time, by the index");
    let mut found = fleet
        .airports
        .get_indexed_slices(Airport::COLUMNS.tzone.eq("Pacific/Honolulu"))
        .collect::<cassa::Result<Vec<_>>>()?;
    found.sort_by_key(|airport| -airport.feet);
    for airport in found.iter().take(3) {
        println!("  {}  {:32} {:>5} ft", airport.faa, airport.name, airport.feet);
    }
    println!("  … of {}", found.len());
    Ok(())
}

fn makers(fleet: &Fleet) -> Result<()> {
    heading("Cessna's planes, the super columns of one row");
    let mut planes = fleet.planes.get_row("CESSNA")?;
    planes.sort_by_key(|plane| plane.year.unwrap_or(i32::MAX));
    for plane in planes {
        let year = plane.year.map_or("?".into(), |year| year.to_string());
        println!("  {:6}  {:10} {:>4}  {} seats", plane.tailnum, plane.model, year, plane.seats);
    }
    Ok(())
}

fn cancelled(fleet: &Fleet) -> Result<()> {
    heading("Flights whose plane is not known, a stream over one row");
    let (mut all, mut cancelled) = (0, 0);
    for flight in fleet.flights.xget(UNKNOWN) {
        all += 1;
        cancelled += usize::from(flight?.delay.is_none());
    }
    println!("  {all}, of which {cancelled} never left");
    let (first, last) = (fleet.flights.first(UNKNOWN)?, fleet.flights.last(UNKNOWN)?);
    for (when, flight) in [("first", first), ("last", last)] {
        let flight = flight.ok_or("there is none")?;
        println!(
            "  the {when}: {} {} on {}",
            flight.carrier,
            flight.number,
            flight.scheduled.format("%e %B")
        );
    }
    Ok(())
}

fn known(text: &str) -> Option<String> {
    (text != "NA" && text != "\\N").then(|| text.to_owned())
}

fn records<T>(file: &str, parse: impl Fn(&csv::StringRecord) -> Result<T>) -> Result<Vec<T>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data").join(file);
    let mut reader =
        csv::Reader::from_path(&path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    reader.records().map(|record| parse(&record?)).collect()
}
