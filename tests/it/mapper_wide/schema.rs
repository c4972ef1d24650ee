//! The column families of wide rows: made, checked, in CQL, and made in CQL.

use cassa::{Class, ColumnFamilyBuilder, ColumnFamilyMap, Error, Mapper, Value};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Cluster, Flight, Reading, day, flight, reading};

#[test]
fn every_difference_is_told() {
    let cluster = Cluster::start();
    let names = Class::composite([Class::Date, Class::Int32, Class::Utf8]);
    let definition = ColumnFamilyBuilder::new("Flights")
        .comparator(names)
        .key_validation_class(Class::Int32)
        .default_validation_class(Class::Utf8);
    cluster.create(definition);
    let error = cluster.pool.map::<Flight>().expect_err("it differs");
    let Error::SchemaMismatch { differences, .. } = &error else { panic!("{error}") };
    let found: Vec<String> =
        differences.iter().map(|d| d.to_string().replace("org.apache.cassandra.db.marshal.", "")).collect();
    assert_eq!(
        found,
        [
            "the comparator: expected CompositeType(ReversedType(DateType),Int32Type,UTF8Type), the schema has \
             CompositeType(DateType,Int32Type,UTF8Type)",
            "the class of the row key (field `tailnum`): expected UTF8Type, the schema has Int32Type",
            "the default validator, for field `delay`: expected Int32Type, the schema has UTF8Type",
        ]
    );
    cluster.create(ColumnFamilyBuilder::new("Reading").comparator(Class::Int32).counters());
    let error = cluster.pool.map::<Reading>().expect_err("it differs");
    let Error::SchemaMismatch { differences, .. } = &error else { panic!("{error}") };
    assert_eq!(differences.len(), 1, "{error}");
    let by_id =
        cluster.keyspace.system.differences_for::<Reading>(&cluster.keyspace.name).expect("described");
    assert_eq!(by_id.len(), 1);
}

#[test]
fn what_the_struct_describes_is_what_it_fits() {
    let cluster = Cluster::start();
    let readings = cluster.map::<Reading>();
    let definition = readings.column_family().definition();
    assert_eq!(
        (definition.comparator(), definition.default_validation_class()),
        (&Class::Int32, &Class::Double)
    );
    let flights = cluster.map::<Flight>();
    assert_eq!(flights.column_family().definition().default_validation_class(), &Class::Bytes);
    let (system, keyspace) = (&cluster.keyspace.system, &cluster.keyspace.name);
    system.alter_column_family_for::<Flight>(keyspace).expect("nothing to alter");
    assert_eq!(system.differences_for::<Flight>(keyspace).expect("described"), []);
}

#[derive(Serialize, Deserialize, ColumnFamilyMap)]
#[cassa(keyspace = "Fleet", comment = "one's own", ttl = 60)]
struct Plane {
    #[cassa(key)]
    tailnum: String,
    #[cassa(index)]
    model: String,
    year: Option<i32>,
}

#[derive(Serialize, Deserialize, ColumnFamilyMap)]
#[cassa(name = "engines")]
struct Engine {
    #[cassa(key)]
    carrier: String,
    #[cassa(key)]
    number: i32,
    #[cassa(super_column)]
    position: i64,
    kind: String,
}

#[test]
fn each_layout_has_its_table() {
    assert_eq!(
        Mapper::<Plane>::create_table().expect("a table"),
        "CREATE TABLE \"Fleet\".\"Plane\" (\n    tailnum text,\n    model text,\n    year int,\n    PRIMARY KEY (tailnum)\n) \
         WITH COMPACT STORAGE\n    AND comment = 'one''s own'\n    AND default_time_to_live = 60;\n\
         CREATE INDEX ON \"Fleet\".\"Plane\" (model);\n"
    );
    assert_eq!(
        Mapper::<Engine>::create_table().expect("a table"),
        "-- the same objects, in other cells: CQL makes no super columns\n\
         CREATE TABLE engines (\n    carrier text,\n    number int,\n    position bigint,\n    kind text,\n    \
         PRIMARY KEY ((carrier, number), position)\n);\n"
    );
    assert_eq!(
        Mapper::<Reading>::create_table().expect("a table"),
        "CREATE TABLE \"Reading\" (\n    sensor text,\n    minute int,\n    degrees double,\n    \
         PRIMARY KEY (sensor, minute)\n) WITH COMPACT STORAGE;\n"
    );
    assert_eq!(
        Mapper::<Flight>::create_table().expect("a table"),
        "CREATE TABLE \"Flights\" (\n    tailnum text,\n    scheduled timestamp,\n    number int,\n    dest text,\n    \
         delay int,\n    model text static,\n    PRIMARY KEY (tailnum, scheduled, number)\n) \
         WITH CLUSTERING ORDER BY (scheduled DESC, number ASC);\n"
    );
}

/// The cells of `INSERT INTO "Flights" (tailnum, scheduled, number, …)` as Cassandra keeps them: one a column, and one
/// with neither a column's name nor a value, which is the row marker.
#[test]
fn a_table_of_cql_with_clustering_is_read_and_written() {
    let cluster = Cluster::start();
    let names = Class::composite([Class::reversed(Class::Date), Class::Int32, Class::Utf8]);
    cluster.create(ColumnFamilyBuilder::new("Flights").comparator(names));
    let flights: Mapper<Flight> = Mapper::open_unlisted(&cluster.pool).expect("by the struct alone");
    let raw = cluster.column_family("Flights");
    let name = |number: i32, field: &str| Value::Composite(vec![day(1).into(), number.into(), field.into()]);
    // only the marker: all other columns are null
    raw.insert(
        "N1",
        [(name(7, ""), Value::from("")), (name(8, ""), "".into()), (name(8, "dest"), "IAH".into())],
    )
    .expect("written");
    assert_eq!(flights.get_count("N1").expect("counted"), 2);
    let error = flights.get(("N1", day(1), 7)).expect_err("it has no `dest`");
    assert!(matches!(error, Error::MissingColumn { .. }), "{error}");
    let found = flights.get(("N1", day(1), 8)).expect("read").expect("it is there");
    assert_eq!((found.number, &*found.dest, found.delay), (8, "IAH", None));

    flights.insert(&flight(1, 9)).expect("written");
    let row = raw.get("N14228").expect("read").expect("written");
    let written: Vec<_> = row.iter().skip(1).map(|(name, _)| name.clone()).collect();
    assert_eq!(written, [name(9, ""), name(9, "dest")], "behind the static one");
    flights.remove(&flight(1, 9)).expect("removed");
    assert_eq!(flights.get_row("N14228").expect("read"), []);
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
#[cassa(name = "owners")]
struct Owner {
    #[cassa(key)]
    name: String,
    planes: Option<i32>,
    since: Option<DateTime<Utc>>,
}

/// A table without clustering columns and without compact storage: each column's name is a composite of one.
#[test]
fn a_table_of_cql_without_clustering_is_read_and_written() {
    let cluster = Cluster::start();
    cluster.create(ColumnFamilyBuilder::new("owners").comparator(Class::composite([Class::Utf8])));
    let owners: Mapper<Owner> = Mapper::open_unlisted(&cluster.pool).expect("by the struct alone");
    let nothing = Owner { name: "ann".into(), planes: None, since: None };
    owners.insert(&nothing).expect("the row marker is written");
    let two = Owner { name: "bob".into(), planes: Some(2), since: Some(day(3)) };
    owners.insert(&two).expect("written");
    assert_eq!(owners.get("ann").expect("read"), Some(nothing.clone()));
    assert_eq!(owners.multiget(["bob", "ann"]).expect("read"), [two.clone(), nothing]);
    assert_eq!(owners.count().expect("counted"), 2);
    owners.update("bob", [Owner::COLUMNS.planes.set(3)]).expect("written");
    owners.remove_columns("bob", [Owner::COLUMNS.since]).expect("removed");
    assert_eq!(owners.get("bob").expect("read"), Some(Owner { planes: Some(3), since: None, ..two }));
    let raw = cluster.column_family("owners").get("bob").expect("read").expect("written");
    let names: Vec<_> = raw.iter().map(|(name, _)| name.clone()).collect();
    let name = |text: &str| Value::Composite(vec![text.into()]);
    assert_eq!(names, [name(""), name("planes")]);
    owners.remove_key("bob").expect("removed");
    assert_eq!(owners.get("bob").expect("read"), None);
}

/// With compact storage the cells are those of a column family, and there is no marker.
#[test]
fn a_compact_table_of_cql_is_read_and_written() {
    let cluster = Cluster::start();
    let listed = cluster.map::<Reading>();
    let readings: Mapper<Reading> = Mapper::open_unlisted(&cluster.pool).expect("by the struct alone");
    readings.insert(&reading(3)).expect("written");
    assert_eq!(listed.get(("attic", 3)).expect("read"), Some(reading(3)));
    assert_eq!(listed.column_family().get_count("attic").expect("counted"), 1);
}

#[test]
fn what_has_no_place_is_refused() {
    let cluster = Cluster::start();
    // That of a struct with a `clustering` field is a compile error.
    cluster.create(ColumnFamilyBuilder::new("owners").comparator(Class::composite([Class::Utf8])));
    let owners: Mapper<Owner> = Mapper::open_unlisted(&cluster.pool).expect("by the struct alone");
    let error =
        owners.get_indexed_slices(Owner::COLUMNS.planes.eq(2)).next().expect("one").expect_err("no index");
    assert!(matches!(error, Error::Mapping { .. }), "{error}");
    let error = Mapper::<Versioned>::open_unlisted(&cluster.pool).expect_err("it has a version");
    assert!(error.to_string().contains("version"), "{error}");
}

#[derive(Serialize, Deserialize, ColumnFamilyMap)]
struct Versioned {
    #[cassa(key)]
    id: String,
    #[cassa(version)]
    version: i64,
}
