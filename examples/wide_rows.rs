//! Wide rows: the flights of each plane as the columns of one row, in the order of their departures.
//!
//! ```sh
//! cargo run --example wide_rows
//! ```

mod common;

use std::process::ExitCode;
use std::time::Instant;

use cassa::{Class, Column, ColumnFamily, ColumnFamilyBuilder, FromValue};
use chrono::{DateTime, TimeDelta, Utc};
use common::{Cluster, Flight, Result, flights, grouped, heading, table};

/// The row of the flights whose plane is not known.
const UNKNOWN: &str = "NA";

fn main() -> ExitCode {
    common::main(run)
}

fn run() -> Result<()> {
    let cluster = Cluster::start("cassa_wide_rows")?;
    let definition = ColumnFamilyBuilder::new("Flights")
        .key_validation_class(Class::Utf8)
        // two flights may leave in one minute, so the time alone is not enough of a name
        .comparator(Class::composite([Class::Timestamp, Class::Utf8, Class::Int32]))
        .default_validation_class(Class::Utf8)
        .comment("by tail number: departure, carrier, flight number");
    cluster.system.create_column_family(cluster.keyspace, definition)?;
    println!("\n{}", cluster.system.describe_column_family(cluster.keyspace, "Flights")?);
    let by_plane = ColumnFamily::open(&cluster.pool()?, "Flights")?;

    heading("A month of flights, stored");
    let flights = flights()?;
    let start = Instant::now();
    by_plane.batch_insert(flights.iter().map(|flight| (plane(flight), [column(flight)])))?;
    println!("  {} flights in {:.0?}", grouped(flights.len()), start.elapsed());
    let start = Instant::now();
    let (mut rows, mut columns) = (0, 0);
    for row in by_plane.get_range() {
        rows += 1;
        columns += row?.1.len();
    }
    println!(
        "  {} columns in {} rows counted back in {:.0?}",
        grouped(columns),
        grouped(rows),
        start.elapsed()
    );
    if columns != flights.len() {
        return Err(format!("{} flights were stored, and {columns} are there", flights.len()).into());
    }

    heading("A plane's third week, the latest flight first: a slice by the first part of the name, reversed");
    let first: DateTime<Utc> = "2013-01-15T00:00:00Z".parse()?;
    let week = by_plane.select().start((first + TimeDelta::days(7),)).finish((first,)).reversed();
    let mut rows = table(["departure", "flight", "from, to, minutes late"]);
    for column in week.count(8).get("N730MQ")?.ok_or("it did not fly")?.as_slice() {
        rows.add_row(cells(column)?);
    }
    println!("{rows}");

    heading("The first and the last flight of the month: slices of one");
    let first = by_plane.select().count(1).get("N730MQ")?;
    let last = by_plane.select().reversed().count(1).get("N730MQ")?;
    for columns in [first, last].into_iter().flatten() {
        let [departure, flight, what] = cells(&columns.as_slice()[0])?;
        println!("  {departure}  {flight}  {what}");
    }

    heading("Flights of a few planes: counted by the server");
    let planes = ["N730MQ", "N739MQ", "N14228", UNKNOWN];
    for (plane, count) in by_plane.multiget_count(planes)? {
        println!("  {:6} {count:3}", plane.to_string());
    }

    heading("A row of any width, as a stream that holds a page of it");
    let mut late = 0;
    for column in by_plane.select().column_buffer_size(20).xget("N739MQ") {
        let minutes = column?.value.to_string().rsplit(' ').next().and_then(|minutes| minutes.parse().ok());
        late += usize::from(minutes > Some(0));
    }
    println!("  N739MQ left late {late} times");
    Ok(())
}

fn plane(flight: &Flight) -> &str {
    flight.tailnum.as_deref().unwrap_or(UNKNOWN)
}

/// A flight as a column: what orders it is the name, the rest the value.
fn column(flight: &Flight) -> ((DateTime<Utc>, &str, i32), String) {
    let late = flight.dep_delay.map_or("cancelled".to_owned(), |minutes| format!("{minutes:+}"));
    (
        (flight.scheduled(), &flight.carrier, flight.number),
        format!("{} {} {late}", flight.origin, flight.dest),
    )
}

/// A column as a line of a table.
fn cells(column: &Column) -> Result<[String; 3]> {
    let (departure, carrier, number) = <(DateTime<Utc>, String, i32)>::from_value(column.name.clone())?;
    Ok([departure.format("%F %H:%M").to_string(), format!("{carrier}{number}"), column.value.to_string()])
}
