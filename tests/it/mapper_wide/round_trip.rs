//! Every type as a clustering, in both layouts, there and back.

use std::fmt::Debug;
use std::net::IpAddr;

use bytes::Bytes;
use cassa::{ColumnFamilyMap, Typed};
use chrono::{DateTime, NaiveDateTime, Utc};
use num_bigint::BigInt;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Cluster;

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
struct Point<C> {
    #[cassa(key)]
    key: Uuid,
    #[cassa(clustering)]
    clustering: C,
    #[cassa(value)]
    value: String,
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
struct Backwards<C> {
    #[cassa(key)]
    key: String,
    #[cassa(clustering, reversed)]
    clustering: C,
    #[cassa(clustering)]
    other: i32,
    #[cassa(value, json)]
    value: Vec<u8>,
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
struct Item<C> {
    #[cassa(key)]
    one: String,
    #[cassa(key)]
    two: i64,
    #[cassa(clustering)]
    first: i32,
    #[cassa(clustering, reversed)]
    clustering: C,
    text: Option<String>,
    number: i64,
    #[cassa(static)]
    shared: Option<bool>,
}

fn some<C: Debug>(strategy: impl Strategy<Value = C>) -> Vec<C> {
    let mut runner = TestRunner::default();
    (0..24).map(|_| strategy.new_tree(&mut runner).expect("a value").current()).collect()
}

/// Each object is found by its identity, and a stream has each of them once, in one order and in its reverse.
fn holds<C: Typed + Clone + PartialEq + Debug + Serialize + DeserializeOwned>(values: Vec<C>) {
    let mut distinct: Vec<C> = Vec::new();
    for value in values {
        if !distinct.contains(&value) {
            distinct.push(value);
        }
    }
    let cluster = Cluster::start();

    let points = cluster.map::<Point<C>>();
    let key = Uuid::from_u128(7);
    let all: Vec<Point<C>> =
        distinct.iter().map(|c| Point { key, clustering: c.clone(), value: format!("{c:?}") }).collect();
    points.batch_insert(&all).expect("written");
    for point in &all {
        assert_eq!(points.get((key, &point.clustering)).expect("read").as_ref(), Some(point));
    }
    let mut found: Vec<_> =
        points.select().column_buffer_size(5).xget(key).collect::<Result<_, _>>().expect("read");
    let back: Vec<_> =
        points.select().column_buffer_size(4).reversed().xget(key).collect::<Result<_, _>>().expect("read");
    assert!(found.iter().rev().eq(&back));
    assert_eq!(found.len(), all.len());
    found.retain(|point| !all.contains(point));
    assert_eq!(found, []);
    for (i, point) in back.iter().rev().enumerate() {
        let count = points.select().range(..=point.clustering.clone()).get_count(key).expect("counted");
        assert_eq!(count, i + 1, "up to {:?}", point.clustering);
    }

    let backwards = cluster.map::<Backwards<C>>();
    let key = "a".to_owned();
    let all: Vec<Backwards<C>> = (0..)
        .zip(&distinct)
        .map(|(other, c)| Backwards { key: key.clone(), clustering: c.clone(), other, value: vec![1, 2] })
        .collect();
    backwards.batch_insert(&all).expect("written");
    for object in &all {
        let id = (&key, &object.clustering, object.other);
        assert_eq!(backwards.get(id).expect("read").as_ref(), Some(object));
        let one = backwards.select().prefix((&object.clustering,)).xget(&key);
        assert_eq!(one.collect::<Result<Vec<_>, _>>().expect("read"), std::slice::from_ref(object));
    }

    let items = cluster.map::<Item<C>>();
    let all: Vec<Item<C>> = (0..)
        .zip(&distinct)
        .map(|(number, c)| Item {
            one: "a".into(),
            two: 2,
            first: (number % 2) as i32,
            clustering: c.clone(),
            text: (number % 3 == 0).then(|| "x".repeat(number as usize)),
            number,
            shared: Some(true),
        })
        .collect();
    items.batch_insert(&all).expect("written");
    for item in &all {
        let id = ("a", 2, item.first, &item.clustering);
        assert_eq!(items.get(id).expect("read").as_ref(), Some(item));
        let one = items.select().prefix((item.first, &item.clustering)).get_count(("a", 2));
        assert_eq!(one.expect("counted"), 1);
    }
    let mut found: Vec<_> =
        items.select().column_buffer_size(3).xget(("a", 2)).collect::<Result<_, _>>().expect("read");
    assert_eq!(found.len(), all.len());
    found.retain(|item| !all.contains(item));
    assert_eq!(found, []);
}

#[test]
fn integers() {
    holds(some(any::<i8>()));
    holds(some(any::<u16>()));
    holds(some(any::<i64>()));
    holds(some(any::<u32>()));
    holds(some(any::<u64>()));
    holds(some(any::<i128>()));
    holds(some(any::<Vec<u8>>().prop_map(|bytes| BigInt::from_signed_bytes_be(&bytes))));
}

#[test]
fn floats_and_booleans() {
    let finite = prop::num::f64::NORMAL | prop::num::f64::NEGATIVE | prop::num::f64::ZERO;
    // Rust's equality takes the two zeros for one, and a column's name does not.
    holds(some(finite.prop_filter("zero", |float| *float != 0.0)));
    holds(some(any::<i16>().prop_map(|n| f32::from(n) / 8.0)));
    holds(vec![true, false]);
}

#[test]
fn texts_and_bytes() {
    // The name of a column is not empty, of a clustering with one field.
    holds(some(".{1,40}"));
    holds(some(any::<char>()));
    holds(some(prop::collection::vec(any::<u8>(), 1..40)));
    holds(some(prop::collection::vec(any::<u8>(), 1..40).prop_map(Bytes::from)));
}

#[test]
fn times_uuids_and_addresses() {
    let time = |milliseconds| DateTime::<Utc>::from_timestamp_millis(milliseconds).expect("it is in range");
    let times = || (-62_167_219_200_000_i64..253_402_300_800_000).prop_map(time);
    holds(some(times()));
    holds::<NaiveDateTime>(some(times().prop_map(|time| time.naive_utc())));
    holds(some(any::<u128>().prop_map(Uuid::from_u128)));
    holds(some(any::<IpAddr>()));
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
struct Event {
    #[cassa(key)]
    log: String,
    #[cassa(clustering, reversed, validator = "TimeUUIDType")]
    at: Uuid,
    #[cassa(value)]
    text: String,
}

#[test]
fn time_uuids_are_found_by_their_moment() {
    let cluster = Cluster::start();
    let events = cluster.map::<Event>();
    let time = |seconds: i64| DateTime::<Utc>::from_timestamp(seconds, 0).expect("a time");
    let at = |seconds: i64, node: u8| {
        let within = time(seconds) + chrono::TimeDelta::microseconds(500);
        let mut bytes = cassa::lowest_time_uuid(within).expect("after 1582").into_bytes();
        bytes[15] = node;
        Uuid::from_bytes(bytes)
    };
    let all: Vec<Event> = (0..20)
        .flat_map(|seconds| [1_u8, 0x90].map(|node| (seconds, node)))
        .map(|(seconds, node)| Event {
            log: "a".into(),
            at: at(seconds, node),
            text: format!("{seconds} {node}"),
        })
        .collect();
    events.batch_insert(&all).expect("written");
    let count = |select: cassa::SelectObjects<'_, Event>| select.get_count("a").expect("counted");
    assert_eq!(count(events.select()), 40);
    assert_eq!(count(events.select().prefix(time(5))), 2);
    // newest first
    assert_eq!(count(events.select().range(time(9)..=time(5))), 10);
    assert_eq!(count(events.select().range(time(9)..time(5))), 8);
    assert_eq!(
        count(events.select().range((std::ops::Bound::Excluded(time(9)), std::ops::Bound::Unbounded))),
        18
    );
    assert_eq!(events.first("a").expect("read").expect("the newest").text[..2], *"19");
    assert_eq!(events.get(("a", at(3, 1))).expect("read").expect("it is there").text, "3 1");
    events.remove_range("a", time(9)..=time(5)).expect("removed");
    assert_eq!(count(events.select()), 30);
}
