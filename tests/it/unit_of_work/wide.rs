//! Objects of wide rows, many a row, in units of work and in loads.

use cassa::{ColumnFamilyMap, ConnectionPool, Error, Mapper, UnitOfWork};
use serde::{Deserialize, Serialize};

use super::super::support::Keyspace;

/// One a composite prefix.
#[derive(Serialize, Deserialize, ColumnFamilyMap, Clone, Debug, PartialEq)]
#[cassa(name = "Stops")]
struct Stop {
    #[cassa(key)]
    flight: String,
    #[cassa(clustering)]
    day: i32,
    #[cassa(clustering)]
    number: i32,
    airport: String,
    delay: Option<i32>,
    /// Once a row.
    #[cassa(static)]
    carrier: Option<String>,
}

/// One a column.
#[derive(Serialize, Deserialize, ColumnFamilyMap, Clone, Debug, PartialEq)]
#[cassa(name = "Readings")]
struct Reading {
    #[cassa(key)]
    sensor: String,
    #[cassa(clustering)]
    minute: i32,
    #[cassa(value)]
    degrees: i64,
}

#[derive(Serialize, Deserialize, ColumnFamilyMap, Clone, Debug, PartialEq)]
#[cassa(name = "Landings")]
struct Landings {
    #[cassa(key)]
    airport: String,
    #[cassa(clustering)]
    day: i32,
    #[serde(default)]
    #[cassa(counter)]
    landed: i64,
    #[serde(default)]
    #[cassa(counter)]
    diverted: i64,
}

struct Wide {
    _keyspace: Keyspace,
    pool: ConnectionPool,
    stops: Mapper<Stop>,
    readings: Mapper<Reading>,
    landings: Mapper<Landings>,
}

impl Wide {
    fn new() -> Wide {
        let keyspace = Keyspace::new();
        keyspace.system.create_column_family_for::<Stop>(&keyspace.name).expect("created");
        keyspace.system.create_column_family_for::<Reading>(&keyspace.name).expect("created");
        keyspace.system.create_column_family_for::<Landings>(&keyspace.name).expect("created");
        let pool = keyspace.pool();
        let (stops, readings) = (pool.map().expect("a mapper"), pool.map().expect("a mapper"));
        Wide { landings: pool.map().expect("a mapper"), stops, readings, pool, _keyspace: keyspace }
    }
}

fn stop(day: i32, number: i32, airport: &str, delay: Option<i32>) -> Stop {
    let (flight, carrier) = ("UA1".to_owned(), Some("United".to_owned()));
    Stop { flight, day, number, airport: airport.to_owned(), delay, carrier }
}

fn lines(work: &UnitOfWork) -> Vec<String> {
    work.to_string().lines().map(str::to_owned).collect()
}

#[test]
fn of_an_object_of_a_wide_row_only_what_has_changed_is_sent() {
    let wide = Wide::new();
    let stored = [stop(1, 1, "EWR", Some(5)), stop(1, 2, "IAH", None), stop(2, 1, "ORD", Some(7))];
    let mut work = wide.pool.unit_of_work();
    stored.iter().for_each(|stop| work.insert(stop).expect("it fits"));
    work.commit().expect("all is well");

    let mut work = wide.pool.unit_of_work();
    let mut read: Stop = work.get(("UA1", 1, 1)).expect("read").expect("it is there");
    assert_eq!(read, stored[0]);
    work.save(&read).expect("it fits");
    assert!(!work.is_dirty(), "nothing has changed");
    (read.airport, read.delay) = ("LGA".to_owned(), None);
    work.save(&read).expect("it fits");
    let at = r#"column family Stops, row key "UA1": "#;
    assert_eq!(lines(&work), [format!(r#"{at}delete (1, 1, "delay"); write (1, 1, "airport")"#)]);
    work.commit().expect("all is well");
    // what was committed is what is known from then on
    work.save(&read).expect("it fits");
    assert!(!work.is_dirty());
    // of its neighbours in the row nothing is known
    work.save(&stored[1]).expect("it fits");
    assert_eq!(lines(&work), [format!(r#"{at}delete (1, 2, "delay"); write (1, 2, "airport")"#)]);
    work.discard();

    let mut several: Vec<Stop> = work.multiget([("UA1", 2, 1), ("UA1", 9, 9), ("UA1", 1, 2)]).expect("read");
    assert_eq!(several, [stored[2].clone(), stored[1].clone()]);
    several.iter().for_each(|stop| work.save(stop).expect("it fits"));
    assert!(!work.is_dirty(), "all are as they were read: {work}");
    // one that was asked for and is not there is known not to be there
    work.save(&stop(9, 9, "SFO", None)).expect("it fits");
    assert_eq!(lines(&work), [format!(r#"{at}write (9, 9, "airport")"#)]);
    several[0].carrier = None;
    work.save(&several[0]).expect("it fits");
    work.commit().expect("all is well");
    let left: Vec<Stop> = wide.stops.get_row("UA1").expect("read");
    let expected = [read, stored[1].clone(), stored[2].clone(), stop(9, 9, "SFO", None)];
    assert_eq!(left, expected.map(|stop| Stop { carrier: None, ..stop }));
}

#[test]
fn an_object_that_is_a_column_is_clean_as_it_was_read() {
    let wide = Wide::new();
    let reading = |minute, degrees| Reading { sensor: "attic".to_owned(), minute, degrees };
    let mut work = wide.pool.unit_of_work();
    (0..3).for_each(|minute| work.insert(&reading(minute, 20)).expect("it fits"));
    work.commit().expect("all is well");
    let mut work = wide.pool.unit_of_work();
    let read: Option<Reading> = work.get(("attic", 1)).expect("read");
    assert_eq!(read, Some(reading(1, 20)));
    work.save(&reading(1, 20)).expect("it fits");
    assert!(!work.is_dirty());
    work.save(&reading(1, 21)).expect("it fits");
    work.remove(&reading(2, 0)).expect("it fits");
    assert_eq!(lines(&work), [r#"column family Readings, row key "attic": delete 2; write 1"#]);
    work.commit().expect("all is well");
    assert_eq!(wide.readings.get_row("attic").expect("read"), [reading(0, 20), reading(1, 21)]);
}

#[test]
fn an_object_that_is_removed_takes_what_waits_for_its_counters() {
    let wide = Wide::new();
    let mut work = wide.pool.unit_of_work();
    for day in 1..4 {
        work.add::<Landings>(("EWR", day), "landed", 10).expect("it fits");
        work.add::<Landings>(("EWR", day), "diverted", 1).expect("it fits");
    }
    work.remove_key::<Landings>(("EWR", 2)).expect("it fits");
    assert!(!work.to_string().contains("to (2, "), "{work}");
    assert_eq!(work.len(), 5, "four counters and a deletion: {work}");
    let refused = work.add::<Landings>(("EWR", 2), "landed", 1).expect_err("it would be lost");
    assert!(matches!(refused, Error::WrongKind { .. }), "{refused}");
    work.commit().expect("all is well");
    let left: Vec<Landings> = wide.landings.get_row("EWR").expect("read");
    let days: Vec<_> = left.iter().map(|it| (it.day, it.landed, it.diverted)).collect();
    assert_eq!(days, [(1, 10, 1), (3, 10, 1)]);
}

#[test]
fn a_load_takes_objects_of_wide_rows() {
    let wide = Wide::new();
    let mut loader = wide.pool.loader().byte_limit(2_000).requests(3);
    loader
        .load(0..500, |loader, n| {
            loader.insert(&stop(n / 100, n % 100, "EWR", (n % 2 == 0).then_some(n)))?;
            loader.insert(&Reading { sensor: "attic".to_owned(), minute: n, degrees: 20 })?;
            loader.add::<Landings>(("EWR", n / 100), "landed", 1)
        })
        .expect("all is well");
    let report = loader.finish().expect("all is well");
    assert_eq!((report.objects, report.acknowledged), (500, 500));
    let stops: Vec<Stop> = wide.stops.get_row("UA1").expect("read");
    let expected = (0..500).map(|n| stop(n / 100, n % 100, "EWR", (n % 2 == 0).then_some(n)));
    assert_eq!(stops, expected.collect::<Vec<_>>());
    assert_eq!(wide.readings.get_count("attic").expect("read"), 500);
    let landings: Vec<Landings> = wide.landings.get_row("EWR").expect("read");
    assert_eq!(landings.iter().map(|day| day.landed).collect::<Vec<_>>(), [100; 5]);
}
