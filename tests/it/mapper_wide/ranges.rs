//! Ranges of a row beside a plain sorted list, in both directions and over pages of any size.

use std::cmp::Reverse;
use std::ops::Bound;

use cassa::{Error, Mapper};
use chrono::{DateTime, Utc};
use proptest::prelude::*;
use serde::Serialize;

use super::{Cluster, Flight, Reading, day, flight, reading};

pub(super) fn bound<T: std::fmt::Debug + Clone + 'static>(
    value: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Bound<T>> {
    let value = value.boxed();
    prop_oneof![
        2 => value.clone().prop_map(Bound::Included),
        2 => value.prop_map(Bound::Excluded),
        1 => Just(Bound::Unbounded),
    ]
}

pub(super) fn page() -> impl Strategy<Value = usize> {
    prop_oneof![1_usize..8, 1_usize..200, 1_usize..=10_000]
}

pub(super) fn limit() -> impl Strategy<Value = Option<usize>> {
    prop_oneof![2 => Just(None), 1 => (0_usize..70).prop_map(Some)]
}

/// What the mapper gives must be what the list has; a range against the order of the row is an error, and has nothing.
pub(super) fn agree<T: PartialEq + std::fmt::Debug + Clone>(
    found: Result<Vec<T>, Error>,
    expected: impl Iterator<Item = T>,
    reversed: bool,
    limit: Option<usize>,
) -> Result<(), TestCaseError> {
    let mut expected: Vec<T> = expected.collect();
    if reversed {
        expected.reverse();
    }
    expected.truncate(limit.unwrap_or(usize::MAX));
    match found {
        Ok(found) => prop_assert_eq!(found, expected),
        Err(Error::InvalidOption { option: "range", .. }) => prop_assert_eq!(expected, []),
        Err(error) => prop_assert!(false, "{error}"),
    }
    Ok(())
}

#[test]
fn a_timeline() {
    let cluster = Cluster::start();
    let readings: Mapper<Reading> = cluster.map();
    let minutes: Vec<i32> = (-20..40).filter(|minute| minute % 3 != 1).collect();
    readings
        .batch_insert(&minutes.iter().map(|minute| reading(*minute)).collect::<Vec<_>>())
        .expect("written");
    let range = || (bound(-25..45_i32), bound(-25..45_i32));
    proptest!(ProptestConfig::with_cases(256), |(range in range(), reversed: bool, page in page(), limit in limit())| {
        let select = || {
            let mut select = readings.select().range(range).column_buffer_size(page);
            if reversed {
                select = select.reversed();
            }
            match limit {
                Some(limit) => select.limit(limit),
                None => select,
            }
        };
        let of_model = || minutes.iter().filter(|minute| std::ops::RangeBounds::contains(&range, *minute)).map(|m| reading(*m));
        agree(select().xget("attic").collect(), of_model(), reversed, limit)?;
        agree(select().get_range().collect(), of_model(), reversed, limit)?;
        agree(select().multiget_rows(["attic"]).map(|rows| rows.concat()), of_model(), reversed, limit)?;
        agree(select().first("attic").map(Vec::from_iter), of_model(), reversed, Some(limit.map_or(1, |l| l.min(1))))?;
        agree(select().last("attic").map(Vec::from_iter), of_model(), !reversed, Some(limit.map_or(1, |l| l.min(1))))?;
        if let Ok(count) = select().get_count("attic") {
            prop_assert_eq!(count, of_model().count().min(limit.unwrap_or(usize::MAX)));
        }
    });
}

/// The first clustering field alone, or both.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
enum End {
    Day(DateTime<Utc>),
    Both(DateTime<Utc>, i32),
}

fn end() -> impl Strategy<Value = End> {
    let alone = (1_u32..12).prop_map(|of| End::Day(day(of)));
    prop_oneof![alone, (1_u32..12, 0..9).prop_map(|(of, number)| End::Both(day(of), number))]
}

impl End {
    /// Where an object is, beside all of those that begin so.
    fn compare(&self, flight: &Flight) -> std::cmp::Ordering {
        match self {
            End::Day(day) => Reverse(flight.scheduled).cmp(&Reverse(*day)),
            End::Both(day, number) => {
                (Reverse(flight.scheduled), flight.number).cmp(&(Reverse(*day), *number))
            }
        }
    }
}

fn holds(range: &(Bound<End>, Bound<End>), flight: &Flight) -> bool {
    let starts = match &range.0 {
        Bound::Included(end) => end.compare(flight).is_ge(),
        Bound::Excluded(end) => end.compare(flight).is_gt(),
        Bound::Unbounded => true,
    };
    let finishes = match &range.1 {
        Bound::Included(end) => end.compare(flight).is_le(),
        Bound::Excluded(end) => end.compare(flight).is_lt(),
        Bound::Unbounded => true,
    };
    starts && finishes
}

#[test]
fn composite_prefixes_whose_cells_lie_across_pages() {
    let cluster = Cluster::start();
    let flights: Mapper<Flight> = cluster.map();
    let mut all: Vec<Flight> = (2..11).flat_map(|of| (1..8).map(move |number| flight(of, number))).collect();
    flights.batch_insert(&all).expect("written");
    all.sort_by_key(|flight| (Reverse(flight.scheduled), flight.number));
    let range = || (bound(end()), bound(end()));
    proptest!(ProptestConfig::with_cases(256), |(range in range(), reversed: bool, page in page(), limit in limit())| {
        let select = || {
            let mut select = flights.select().range(range).column_buffer_size(page);
            if reversed {
                select = select.reversed();
            }
            match limit {
                Some(limit) => select.limit(limit),
                None => select,
            }
        };
        let of_model = || all.iter().filter(|flight| holds(&range, flight)).cloned();
        agree(select().xget("N14228").collect(), of_model(), reversed, limit)?;
        agree(select().get_range().collect(), of_model(), reversed, limit)?;
        agree(select().multiget_rows(["N14228"]).map(|rows| rows.concat()), of_model(), reversed, limit)?;
        agree(select().last("N14228").map(Vec::from_iter), of_model(), !reversed, Some(limit.map_or(1, |l| l.min(1))))?;
        if let Ok(count) = select().get_count("N14228") {
            prop_assert_eq!(count, of_model().count().min(limit.unwrap_or(usize::MAX)));
        }
    });
}

#[test]
fn a_prefix_and_a_range_behind_it() {
    let cluster = Cluster::start();
    let flights: Mapper<Flight> = cluster.map();
    flights
        .batch_insert(
            &(1..=20).map(|n| flight(1 + u32::try_from(n % 2).expect("small"), n)).collect::<Vec<_>>(),
        )
        .expect("written");
    let numbers = |select: cassa::SelectObjects<'_, Flight>| -> Vec<i32> {
        select.xget("N14228").map(|flight| flight.expect("read").number).collect()
    };
    assert_eq!(numbers(flights.select().prefix(day(1)).range(6..=12)), [6, 8, 10, 12]);
    assert_eq!(numbers(flights.select().prefix((day(1),)).range(..6).reversed()), [4, 2]);
    assert_eq!(numbers(flights.select().prefix((day(2), 7))), [7]);
    assert_eq!(numbers(flights.select().prefix(day(3))), [0; 0]);
    let error =
        flights.select().range(1..).prefix(day(1)).get_count("N14228").expect_err("the other way round");
    assert!(matches!(error, Error::Field { .. } | Error::InvalidOption { option: "prefix", .. }), "{error}");
    let error = flights.select().range(day(1)..day(2)).get_count("N14228").expect_err("against the order");
    assert!(error.to_string().contains("`scheduled` is reversed"), "{error}");
}

#[test]
fn ranges_are_removed() {
    let cluster = Cluster::start();
    let readings: Mapper<Reading> = cluster.map();
    readings.batch_insert(&(0..30).map(reading).collect::<Vec<_>>()).expect("written");
    readings.remove_range("attic", 10..=19).expect("removed");
    readings.remove_range("attic", ..=4).expect("removed");
    let error = readings.remove_range("attic", 25..).expect_err("no end to stop at");
    assert!(error.to_string().contains("in the order of the row"), "{error}");
    let left: Vec<i32> = readings.xget("attic").map(|reading| reading.expect("read").minute).collect();
    assert_eq!(left, (5..10).chain(20..30).collect::<Vec<_>>());
    let error = readings.remove_range("attic", 1..3).expect_err("the interface cannot");
    assert!(error.to_string().contains("a..=b"), "{error}");
    let error = readings.remove_range::<i32>("attic", ..).expect_err("no end");
    assert!(error.to_string().contains("remove the row"), "{error}");

    let flights: Mapper<Flight> = cluster.map();
    flights
        .batch_insert(&(1..=9).flat_map(|of| [flight(of, 1), flight(of, 2)]).collect::<Vec<_>>())
        .expect("written");
    flights.remove_range("N14228", day(8)..day(3)).expect("removed");
    flights.remove_prefix("N14228", (day(1), 2)).expect("removed");
    flights.remove_range("N14228", ..=day(9)).expect("removed");
    let left: Vec<Flight> = flights.xget("N14228").collect::<Result<_, _>>().expect("read");
    assert_eq!(
        left,
        [flight(3, 1), flight(3, 2), flight(2, 1), flight(2, 2), flight(1, 1)],
        "the model is there, too"
    );
}
