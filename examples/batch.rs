//! Batches: writes to several column families that go out together, and what becomes of them when a call fails.
//!
//! ```sh
//! cargo run --example batch
//! ```

mod common;

use std::process::ExitCode;
use std::time::Instant;

use cassa::{Class, ColumnFamily, ColumnFamilyBuilder, Fault, Mutator, columns};
use common::{Cluster, Result, grouped, heading, planes};

fn main() -> ExitCode {
    common::main(run)
}

fn run() -> Result<()> {
    let cluster = Cluster::start("cassa_batch")?;
    for name in ["Planes", "Models"] {
        let definition = ColumnFamilyBuilder::new(name)
            .key_validation_class(Class::Utf8)
            .comparator(Class::Utf8)
            .default_validation_class(Class::Utf8)
            .column("seats", Class::Int32);
        cluster.system.create_column_family(cluster.keyspace, definition)?;
    }
    let pool = cluster.pool()?;
    let (by_tail, by_model) = (ColumnFamily::open(&pool, "Planes")?, ColumnFamily::open(&pool, "Models")?);

    heading("Planes by tail number, and the tail numbers of each model: sent when 64 KiB have come together");
    let planes = planes()?;
    let start = Instant::now();
    let batch = Mutator::new(&pool).queue_size(None).byte_limit(64 * 1024);
    for plane in &planes {
        batch
            .insert(&by_tail, &*plane.tailnum, columns! { "model" => &*plane.model, "seats" => plane.seats })?
            .insert(&by_model, &*plane.model, [(&*plane.tailnum, "")])?;
    }
    batch.send()?;
    println!("  {} planes in {:.0?}", grouped(planes.len()), start.elapsed());
    println!("  {} of model A320-214", by_model.get_count("A320-214")?);

    heading("A plane changes its model: in one batch the order is that of the calls, also on one column");
    let batch = Mutator::new(&pool);
    batch
        .remove(&by_model, "A320-214", ["N201FR"])?
        .remove_row(&by_tail, "N201FR")?
        .insert(&by_tail, "N201FR", columns! { "model" => "A320-251N", "seats" => 186 })?
        .insert(&by_model, "A320-251N", [("N201FR", "")])?
        .send()?;
    println!("  N201FR: {:?}", by_tail.get("N201FR")?.ok_or("it is gone")?);
    println!("  {} of model A320-214", by_model.get_count("A320-214")?);

    heading("A scope sends when it ends well, and nothing when it fails");
    let failed: Result<()> = batch.scope(|batch| {
        batch.remove_row(&by_tail, "N14228")?;
        Err("the caller has changed its mind".into())
    });
    let plane = by_tail.get("N14228")?.ok_or("a scope that failed has sent something")?;
    println!("  {}: N14228 is still there, {plane:?}", failed.expect_err("it says so itself"));

    if let Some(faults) = cluster.faults() {
        heading("What was not acknowledged is kept, and can be sent again");
        let impatient =
            cassa::ConnectionPool::builder(cluster.keyspace).servers(&cluster.servers).max_retries(0);
        let batch = Mutator::new(&impatient.build()?);
        batch.insert(&by_tail, "N0001", [("model", "A320-251N")])?;
        faults.add(Fault::unavailable().method("batch_mutate").times(1));
        match batch.send() {
            Err(error) => println!("  {error}\n  {} operation waits", batch.len()),
            Ok(()) => return Err("the fault was not noticed".into()),
        }
        batch.send()?;
        println!("  sent again: {:?}", by_tail.get("N0001")?.ok_or("it was lost")?);
    }
    Ok(())
}
