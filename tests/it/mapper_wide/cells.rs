//! Which cells the objects are.

use cassa::{ColumnFamilyMap, Value};
use serde::{Deserialize, Serialize};

use super::{Cluster, Flight, day, flight, reading};

fn names(columns: &cassa::Columns) -> Vec<String> {
    columns.iter().map(|(name, _)| name.to_string()).collect()
}

#[test]
fn a_timeline_is_a_column_an_object() {
    let cluster = Cluster::start();
    let readings = cluster.map();
    readings.insert(&reading(5)).expect("written");
    readings.insert(&reading(-1)).expect("written");
    let row = readings.column_family().get("attic").expect("read").expect("there are two");
    let cells: Vec<_> = row.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    assert_eq!(cells, [(Value::from(-1), Value::from(-0.25)), (Value::from(5), Value::from(1.25))]);
}

#[test]
fn a_prefix_is_a_column_a_field_and_statics_stand_in_front() {
    let cluster = Cluster::start();
    let flights = cluster.map();
    flights.batch_insert(&[flight(1, 7), flight(2, 4)]).expect("written");
    let class = flights.column_family().definition().comparator().to_string();
    let package = "org.apache.cassandra.db.marshal.";
    assert_eq!(class.replace(package, ""), "CompositeType(ReversedType(DateType),Int32Type,UTF8Type)");
    let raw = flights.column_family().clone().autopack(false);
    let row = raw.get("N14228").expect("read").expect("there are two");
    let bytes = |(name, _): (&Value, &Value)| match name {
        Value::Bytes(bytes) => bytes.to_vec(),
        other => panic!("{other:?}"),
    };
    let found: Vec<Vec<u8>> = row.iter().map(bytes).collect();
    let component = |value: &[u8]| {
        let mut bytes = u16::try_from(value.len()).expect("short").to_be_bytes().to_vec();
        bytes.extend_from_slice(value);
        bytes.push(0);
        bytes
    };
    let name = |of: u32, number: i32, field: &str| {
        let time = day(of).timestamp_millis().to_be_bytes();
        [component(&time), component(&number.to_be_bytes()), component(field.as_bytes())].concat()
    };
    let model = [vec![0xff, 0xff], component(b""), component(b""), component(b"model")].concat();
    assert_eq!(
        found,
        [model, name(2, 4, "delay"), name(2, 4, "dest"), name(1, 7, "dest")],
        "the static one, then the newest flight"
    );
}

#[test]
fn an_object_can_be_found_updated_and_removed() {
    let cluster = Cluster::start();
    let flights = cluster.map::<Flight>();
    flights.batch_insert(&[flight(1, 7), flight(1, 8), flight(2, 4)]).expect("written");
    let id = ("N14228", day(1), 8);
    assert_eq!(flights.get(id).expect("read"), Some(flight(1, 8)));
    assert_eq!(flights.get(("N14228", day(3), 8)).expect("read"), None, "the static one is no object");

    flights
        .update(id, [Flight::COLUMNS.dest.set("MIA"), Flight::COLUMNS.delay.set(None::<i32>)])
        .expect("written");
    let changed = Flight { dest: "MIA".into(), delay: None, ..flight(1, 8) };
    assert_eq!(flights.get(id).expect("read"), Some(changed));

    flights.update(id, [Flight::COLUMNS.model.set("A320")]).expect("written");
    let other = flights.get(("N14228", day(2), 4)).expect("read").expect("it is there");
    assert_eq!(other.model.as_deref(), Some("A320"), "a static field is one for all of the row");

    flights.remove(&flight(1, 8)).expect("removed");
    assert_eq!(flights.get(id).expect("read"), None);
    assert_eq!(flights.get_row("N14228").expect("read").len(), 2);
    flights.remove_columns(("N14228", day(2), 4), [Flight::COLUMNS.delay]).expect("removed");
    assert_eq!(flights.get(("N14228", day(2), 4)).expect("read").expect("it is there").delay, None);
    flights.remove_row("N14228").expect("removed");
    assert_eq!(flights.get_row("N14228").expect("read"), []);
}

#[test]
fn several_are_got_in_the_order_asked_for() {
    let cluster = Cluster::start();
    let flights = cluster.map::<Flight>();
    let mut all: Vec<Flight> = (1..=200).map(|number| flight(1, number)).collect();
    all.extend((1..=5).map(|number| Flight { tailnum: "N2".into(), ..flight(3, number) }));
    flights.batch_insert(&all).expect("written");
    let ids = [
        ("N2", day(3), 4),
        ("N14228", day(1), 200),
        ("N2", day(9), 4),
        ("N14228", day(1), 1),
        ("N2", day(3), 4),
    ];
    let found = flights.multiget(ids).expect("read");
    let numbers: Vec<_> = found.iter().map(|flight| (&*flight.tailnum, flight.number)).collect();
    assert_eq!(numbers, [("N2", 4), ("N14228", 200), ("N14228", 1)]);
    let many = flights.multiget((1..=200).rev().map(|number| ("N14228", day(1), number))).expect("read");
    assert_eq!(many.len(), 200);
    assert!(many.iter().rev().eq(&all[..200]));
}

#[test]
fn items_of_one_row_in_one_batch_and_the_later_of_two_wins() {
    let cluster = Cluster::start();
    let flights = cluster.map::<Flight>();
    // in turns, so that no row's objects come together
    let mut all = Vec::new();
    for number in 1..=300 {
        for tailnum in ["N1", "N2", "N3"] {
            all.push(Flight { tailnum: tailnum.into(), ..flight(1, number) });
        }
    }
    let again = Flight { dest: "AAA".into(), ..all[0].clone() };
    all.push(again.clone());
    flights.batch_insert(&all).expect("written");
    assert_eq!(flights.get(("N1", day(1), 1)).expect("read"), Some(again));
    assert_eq!(flights.count().expect("read"), 900);
    let batch = flights.batch();
    for flight in &all {
        batch.remove(flight).expect("queued");
    }
    batch.send().expect("sent");
    assert_eq!(flights.count().expect("read"), 0);
}

#[test]
fn ranges_in_a_batch_go_in_the_order_of_its_operations() {
    let cluster = Cluster::start();
    let (flights, readings) = (cluster.map::<Flight>(), cluster.map::<super::Reading>());
    flights.batch_insert(&(1..=9).map(|number| flight(1, number)).collect::<Vec<_>>()).expect("written");
    readings.batch_insert(&(0..30).map(reading).collect::<Vec<_>>()).expect("written");
    readings.insert(&super::Reading { sensor: "cellar".into(), ..reading(1) }).expect("written");

    let batch = flights.batch();
    batch.remove_range("N14228", (day(1), 3)..=(day(1), 6)).expect("queued");
    batch.insert(&flight(1, 4)).expect("queued").remove_prefix("N14228", (day(1), 9)).expect("queued");
    batch
        .write()
        .timestamp(1)
        .remove_range("N14228", (day(1), 1)..=(day(1), 9))
        .expect("queued: older than all");
    assert_eq!(flights.get_count("N14228").expect("counted"), 9, "nothing was sent so far");
    batch.send().expect("sent");
    let left: Vec<i32> = flights.xget("N14228").map(|flight| flight.expect("read").number).collect();
    assert_eq!(left, [1, 2, 4, 7, 8]);

    let batch = readings.batch();
    let error = batch.remove_range::<i32>("attic", ..).expect_err("no end").to_string();
    assert!(error.contains("remove the row"), "{error}");
    let error = batch.remove_range("attic", 5..29).expect_err("an end that is left out").to_string();
    assert!(error.contains("a..=b"), "{error}");
    batch.remove_range("attic", 5..=29).expect("queued").remove_row("cellar").expect("queued");
    batch.insert(&reading(7)).expect("queued");
    batch.send().expect("sent");
    let left: Vec<i32> = readings.xget("attic").map(|reading| reading.expect("read").minute).collect();
    assert_eq!(left, [0, 1, 2, 3, 4, 7]);
    assert_eq!(readings.get_row("cellar").expect("read"), []);
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
struct Departures {
    #[cassa(key)]
    carrier: String,
    #[cassa(key)]
    year: i32,
    #[cassa(clustering)]
    day: i32,
    #[cassa(value, counter)]
    flights: i64,
}

#[test]
fn counters_are_added_to() {
    let cluster = Cluster::start();
    let departures = cluster.map::<Departures>();
    let one = Departures { carrier: "UA".into(), year: 2013, day: 5, flights: 2 };
    departures.add(&one).expect("added");
    departures.add_to(("UA", 2013, 5), Departures::COLUMNS.flights, 40).expect("added");
    departures.add_to(("UA", 2013, 6), Departures::COLUMNS.flights, 1).expect("added");
    assert_eq!(departures.get(("UA", 2013, 5)).expect("read"), Some(Departures { flights: 42, ..one }));
    assert_eq!(departures.xget(("UA", 2013)).count(), 2);
    assert_eq!(departures.get_count(("UA", 2013)).expect("read"), 2);
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
struct Session {
    #[cassa(key)]
    user: String,
    #[cassa(clustering)]
    at: i64,
    page: String,
    #[cassa(ttl)]
    ttl: Option<i32>,
    #[cassa(timestamp)]
    #[serde(default)]
    written: i64,
}

#[test]
fn each_object_has_its_time_to_live_and_timestamp() {
    let cluster = Cluster::start();
    let sessions = cluster.map::<Session>();
    let session = |at, ttl| Session { user: "ann".into(), at, page: "/".into(), ttl, written: 0 };
    sessions.write().timestamp(7).insert(&session(1, Some(600))).expect("written");
    sessions.write().timestamp(8).insert(&session(2, None)).expect("written");
    sessions.write().timestamp(9).ttl(60).insert(&session(3, None)).expect("written");
    let found = sessions.get_row("ann").expect("read");
    let told: Vec<_> = found.iter().map(|session| (session.at, session.ttl, session.written)).collect();
    assert_eq!(told, [(1, Some(600), 7), (2, None, 8), (3, Some(60), 9)]);
}

#[test]
fn nothing_to_write_and_what_does_not_fit_is_told_with_the_object() {
    let cluster = Cluster::start();
    let flights = cluster.map::<Flight>();
    flights.insert(&flight(1, 7)).expect("written");
    flights.remove_columns(("N14228", day(1), 7), [Flight::COLUMNS.dest]).expect("removed");
    flights.write().insert_columns(&flight(1, 8), [Flight::COLUMNS.delay]).expect("written");
    let error = flights.xget("N14228").next().expect("one is there").expect_err("it has no `dest`");
    assert_eq!(
        cluster.text(&error),
        "keyspace Flights, column family Flights, row key \"N14228\", column (2013-01-01T10:00:00Z, 8), \"dest\": \
         the column is missing, and field `dest` has no default"
    );
    let error = flights.get(("N14228", "yesterday", 8)).expect_err("no time");
    assert!(cluster.text(&error).contains("field `scheduled`"), "{}", cluster.text(&error));
    let raw = flights.column_family();
    let value = cassa::columns! { Value::Composite(vec![day(5).into(), 1.into(), "delay".into()]) => "x" };
    raw.insert("N14228", value).expect("written");
    let error = flights.first("N14228").expect_err("it is no integer");
    let text = cluster.text(&error);
    assert!(text.contains("(2013-01-05T10:00:00Z, 1), \"delay\", field `delay`"), "{text}");
    assert_eq!(names_of(&flights, "N14228"), 3);
}

fn names_of(flights: &cassa::Mapper<Flight>, key: &str) -> usize {
    names(&flights.column_family().get(key).expect("read").expect("it has columns")).len()
}

#[test]
fn a_unit_of_work_takes_an_object_for_a_part_of_its_row() {
    let cluster = Cluster::start();
    let (flights, departures) = (cluster.map::<Flight>(), cluster.map::<Departures>());
    let readings = cluster.map();
    flights.batch_insert(&[flight(1, 7), flight(1, 8), flight(2, 4)]).expect("written");
    readings.batch_insert(&[reading(1), reading(2)]).expect("written");
    let mut work = cluster.pool.unit_of_work();
    let mut found: Flight = work.get(("N14228", day(1), 8)).expect("read").expect("it is there");
    found.dest = "MIA".into();
    work.save(&found).expect("taken");
    work.remove(&flight(2, 4)).expect("taken");
    work.remove_key::<super::Reading>(("attic", 1)).expect("taken");
    work.add::<Departures>(("UA", 2013, 5), "flights", 3).expect("taken");
    work.commit().expect("committed");
    assert_eq!(flights.get_row("N14228").expect("read"), [flight(1, 7), found]);
    assert_eq!(readings.get_row("attic").expect("read"), [reading(2)]);
    assert_eq!(departures.get(("UA", 2013, 5)).expect("read").expect("added").flights, 3);
}
