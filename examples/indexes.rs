//! Secondary indexes: planes found by what they are.
//!
//! ```sh
//! cargo run --example indexes
//! ```

mod common;

use std::process::ExitCode;
use std::time::Instant;

use cassa::{Class, ColumnFamily, ColumnFamilyBuilder, IndexClause, columns};
use common::{Cluster, Result, grouped, heading, planes, table};

fn main() -> ExitCode {
    common::main(run)
}

fn run() -> Result<()> {
    let cluster = Cluster::start("cassa_indexes")?;
    let definition = ColumnFamilyBuilder::new("Planes")
        .key_validation_class(Class::Utf8)
        .comparator(Class::Utf8)
        .default_validation_class(Class::Utf8)
        .column("seats", Class::Int32)
        .column("year", Class::Int32)
        .index("manufacturer", Class::Utf8);
    cluster.system.create_column_family(cluster.keyspace, definition)?;
    let by_tail = ColumnFamily::open(&cluster.pool()?, "Planes")?;
    let planes = planes()?;
    by_tail.batch_insert(planes.iter().map(|plane| {
        let columns = columns! {
            "manufacturer" => &*plane.manufacturer, "model" => &*plane.model, "seats" => plane.seats,
        };
        // a column that is not there is not found by a condition on it
        let year = plane.year.map(|year| ("year".into(), year.into()));
        (&*plane.tailnum, columns.into_iter().chain(year))
    }))?;
    println!("\n{} planes stored, with an index on their maker.", grouped(planes.len()));

    heading("The large Boeings of this century: one condition by the index, the others on what it finds");
    let start = Instant::now();
    let clause = IndexClause::new([]).eq("manufacturer", "BOEING").gte("seats", 330).gt("year", 2000);
    let mut rows = table(["plane", "model", "seats", "built"]);
    let mut found = 0;
    for row in by_tail.select().get_indexed_slices(clause) {
        let (tailnum, plane) = row?;
        let cell = |name: &str| plane[name].to_string();
        rows.add_row([tailnum.to_string(), cell("model"), cell("seats"), cell("year")]);
        found += 1;
    }
    println!("{rows}\n  {found} found in {:.0?}", start.elapsed());
    let expected = planes
        .iter()
        .filter(|plane| plane.manufacturer == "BOEING" && plane.seats >= 330 && plane.year > Some(2000));
    if found != expected.count() {
        return Err("the index does not agree with the file".into());
    }

    heading("An index on what is stored already");
    let model = |model: &str| IndexClause::new([]).eq("model", model);
    match by_tail.select().get_indexed_slices(model("A320-214")).next() {
        Some(Err(error)) => println!("  before: {error}"),
        _ => return Err("there is no index yet".into()),
    }
    cluster.system.create_index(cluster.keyspace, "Planes", "model", Class::Utf8)?;
    println!("\n{}\n", cluster.system.describe_column_family(cluster.keyspace, "Planes")?);
    let count = by_tail.select().columns(["seats"]).get_indexed_slices(model("A320-214")).count();
    println!("  after: {count} planes of model A320-214");

    heading("It follows the data");
    by_tail.insert("N201FR", [("model", "A320-251N")])?;
    let count = by_tail.select().get_indexed_slices(model("A320-214")).count();
    println!("  one is another model now: {count}");
    Ok(())
}
