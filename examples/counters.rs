//! Counters: how many flights each carrier had a day, counted by the servers.
//!
//! ```sh
//! cargo run --example counters
//! ```

mod common;

use std::process::ExitCode;
use std::time::Instant;

use cassa::{Class, ColumnFamily, ColumnFamilyBuilder, Fault};
use common::{Cluster, Result, flights, grouped, heading, table};

const DAYS: [&str; 3] = ["2013-01-01", "2013-01-02", "2013-01-03"];
const CARRIERS: [&str; 6] = ["UA", "B6", "EV", "DL", "AA", "MQ"];

fn main() -> ExitCode {
    common::main(run)
}

fn run() -> Result<()> {
    let cluster = Cluster::start("cassa_counters")?;
    let daily = ColumnFamilyBuilder::new("Daily")
        .key_validation_class(Class::Utf8)
        .comparator(Class::Utf8)
        .counters()
        .comment("by day: flights of each carrier");
    cluster.system.create_column_family(cluster.keyspace, daily)?;
    let daily = ColumnFamily::open(&cluster.pool()?, "Daily")?;

    heading("Three days of flights, counted one by one, sent in batches");
    let start = Instant::now();
    let batch = daily.batch().queue_size(500);
    let mut counted = 0;
    for flight in flights()? {
        let day = flight.scheduled().format("%F").to_string();
        if DAYS.contains(&&*day) {
            batch.add(day, &*flight.carrier, 1)?;
            counted += 1;
        }
    }
    batch.send()?;
    println!("  {} additions in {:.0?}", grouped(counted), start.elapsed());

    let mut rows = table(["day", "UA", "B6", "EV", "DL", "AA", "MQ", "all"]);
    let mut total = 0;
    for (day, carriers) in daily.multiget(DAYS)? {
        let count = |carrier: &str| carriers.get(carrier).map_or(Ok(0), i64::try_from);
        let mut all = 0;
        for (_, count) in &carriers {
            all += i64::try_from(count)?;
        }
        let cells = CARRIERS.map(|carrier| count(carrier).map(|count| count.to_string()));
        let cells = cells.into_iter().collect::<std::result::Result<Vec<_>, _>>()?;
        rows.add_row([day.to_string()].into_iter().chain(cells).chain([all.to_string()]));
        total += all;
    }
    println!("{rows}");
    if total != counted as i64 {
        return Err(format!("{counted} were counted, and the counters say {total}").into());
    }

    heading("More and less");
    let united = || -> Result<String> { Ok(daily.get(DAYS[0])?.ok_or("no row")?["UA"].to_string()) };
    daily.add(DAYS[0], "UA", 10)?;
    println!("  10 more: {}", united()?);
    daily.add(DAYS[0], "UA", -10)?;
    println!("  10 less: {}", united()?);

    if let Some(faults) = cluster.faults() {
        heading("A time-out: it may have been counted or not, so it is not sent again by itself");
        faults.add(Fault::time_out().after_work().method("add").times(1));
        match daily.add(DAYS[0], "UA", 1) {
            Err(error) => println!("  {error}\n  and now: {}", united()?),
            Ok(()) => return Err("the time-out was not noticed".into()),
        }
    }
    Ok(())
}
