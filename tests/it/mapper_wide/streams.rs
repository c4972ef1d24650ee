//! Rows of any width, and rows that others write to.

use cassa::{ColumnFamilyMap, Mapper};
use serde::{Deserialize, Serialize};

use super::{Cluster, Flight, Reading, day, flight, reading};

#[test]
fn a_wide_row_comes_whole_and_in_order() {
    let cluster = Cluster::start();
    let readings: Mapper<Reading> = cluster.map();
    readings.batch_insert(&(0..20_000).map(reading).collect::<Vec<_>>()).expect("written");
    let mut next = 0;
    for found in readings.xget("attic") {
        assert_eq!(found.expect("read"), reading(next));
        next += 1;
    }
    assert_eq!(next, 20_000);
    assert_eq!(readings.get_count("attic").expect("counted"), 20_000);
    assert_eq!(readings.last("attic").expect("read"), Some(reading(19_999)));
    assert!(
        readings
            .select()
            .reversed()
            .limit(3)
            .xget("attic")
            .map(|r| r.expect("read").minute)
            .eq([19_999, 19_998, 19_997])
    );
}

#[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
struct Line<'a> {
    #[cassa(key)]
    log: &'a str,
    #[cassa(clustering)]
    number: i64,
    text: &'a str,
    #[serde(default)]
    kind: Option<&'a str>,
}

#[test]
fn objects_that_borrow_are_lent() {
    let cluster = Cluster::start();
    let lines: Mapper<Line<'_>> = cluster.map();
    let texts: Vec<String> = (0..100).map(|number| format!("line {number}")).collect();
    let kind = |number: i64| (number % 3 == 0).then_some("fizz");
    let all: Vec<Line<'_>> = (0..)
        .zip(&texts)
        .map(|(number, text)| Line { log: "boot", number, text, kind: kind(number) })
        .collect();
    lines.batch_insert(&all).expect("written");
    for page in [1, 2, 7, 1024] {
        let (mut rows, mut next) = (lines.select().column_buffer_size(page).lend("boot"), 0);
        while let Some(line) = rows.next() {
            assert_eq!(line.expect("read"), all[next]);
            next += 1;
        }
        assert_eq!(next, 100, "pages of {page}");
    }
    assert_eq!(lines.get_count("boot").expect("counted"), 100);
}

#[test]
fn many_rows_one_after_the_other_and_at_once() {
    let cluster = Cluster::start();
    let flights: Mapper<Flight> = cluster.map();
    let tailnums: Vec<String> = (0..30).map(|n| format!("N{n}")).collect();
    let all: Vec<Flight> = tailnums
        .iter()
        .flat_map(|tailnum| (1..=7).map(move |n| Flight { tailnum: tailnum.clone(), ..flight(3, n) }))
        .collect();
    flights.batch_insert(&all).expect("written");
    let rows = flights.multiget_rows(&tailnums).expect("read");
    assert_eq!(rows.concat(), all);
    let firsts = flights.select().limit(2).multiget_rows(["N3", "none", "N1"]).expect("read");
    assert_eq!(firsts.iter().map(Vec::len).collect::<Vec<_>>(), [2, 0, 2]);
    let mut found: Vec<Flight> =
        flights.select().row_buffer_size(4).get_range().collect::<Result<_, _>>().expect("read");
    let place = |flight: &Flight| tailnums.iter().position(|tailnum| *tailnum == flight.tailnum);
    found.sort_by_key(place);
    assert_eq!(found, all);
    assert_eq!(flights.count().expect("counted"), 210);
    assert_eq!(flights.select().row_count(10).count().expect("counted"), 70);
}

#[test]
fn a_page_border_that_is_deleted_meanwhile_loses_nothing() {
    let cluster = Cluster::start();
    let flights: Mapper<Flight> = cluster.map();
    flights.batch_insert(&(1..=40).map(|n| flight(1, n)).collect::<Vec<_>>()).expect("written");
    let mut numbers = Vec::new();
    for found in flights.select().column_buffer_size(3).xget("N14228") {
        let found = found.expect("read");
        flights.remove(&found).expect("removed");
        numbers.push(found.number);
    }
    assert_eq!(numbers, (1..=40).collect::<Vec<_>>());
    assert_eq!(flights.first("N14228").expect("read"), None);
}

#[test]
fn statics_are_read_with_each_object_and_are_none_themselves() {
    let cluster = Cluster::start();
    let flights: Mapper<Flight> = cluster.map();
    let id = ("N14228", day(1), 1);
    flights.update(id, [Flight::COLUMNS.model.set("737-824")]).expect("written");
    assert_eq!(flights.get_row("N14228").expect("read"), []);
    assert_eq!(flights.get(id).expect("read"), None);
    assert_eq!(flights.count().expect("counted"), 0);
    flights.insert(&Flight { model: None, ..flight(1, 1) }).expect("written");
    for page in [1, 2, 3, 100] {
        for found in flights.select().column_buffer_size(page).reversed().xget("N14228") {
            assert_eq!(found.expect("read"), flight(1, 1));
        }
    }
    let part = flights.part::<Model>().expect("it fits");
    assert_eq!(part.get(id).expect("read").map(|part| part.dest), Some("IAH".into()));
}

#[derive(Deserialize, ColumnFamilyMap)]
#[cassa(part)]
struct Model {
    dest: String,
}
