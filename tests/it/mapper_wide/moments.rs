//! Ranges over a TimeUUID that goes backwards, with a further field behind it, beside a plain sorted list: an end is a
//! moment, a UUID, or both fields.

use std::cmp::{Ordering, Reverse};
use std::ops::Bound;

use cassa::{ColumnFamilyMap, Mapper};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Cluster;
use super::ranges::{agree, bound, limit, page};

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
struct Event {
    #[cassa(key)]
    log: String,
    #[cassa(clustering, reversed, validator = "TimeUUIDType")]
    at: Uuid,
    #[cassa(clustering)]
    source: String,
    level: Option<i32>,
    text: String,
}

fn time(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).expect("a time")
}

/// One of the UUIDs of a moment. Their last byte is compared as a signed one.
fn at(second: i64, node: i8) -> Uuid {
    let within = time(second) + TimeDelta::microseconds(300);
    let mut bytes = cassa::lowest_time_uuid(within).expect("after 1582").into_bytes();
    bytes[15] = node as u8;
    Uuid::from_bytes(bytes)
}

const NODES: [i8; 3] = [-5, 0, 7];
const SOURCES: [&str; 2] = ["engine", "wing"];

/// Where an event stands in the order of the row.
fn place(second: i64, node: i8, source: &str) -> (Reverse<(i64, i8)>, String) {
    (Reverse((second, node)), source.to_owned())
}

#[derive(Clone, Debug)]
enum End {
    Moment(i64),
    One(i64, i8),
    Both(i64, i8, &'static str),
}

/// As the mapper takes it: each is the first fields.
#[derive(Serialize)]
#[serde(untagged)]
enum Given {
    Moment(DateTime<Utc>),
    One(Uuid),
    Both(Uuid, &'static str),
}

impl End {
    fn given(&self) -> Given {
        match *self {
            End::Moment(second) => Given::Moment(time(second)),
            End::One(second, node) => Given::One(at(second, node)),
            End::Both(second, node, source) => Given::Both(at(second, node), source),
        }
    }

    fn compare(&self, (second, node, source): (i64, i8, &str)) -> Ordering {
        match *self {
            End::Moment(end) => Reverse(second).cmp(&Reverse(end)),
            End::One(end, of) => Reverse((second, node)).cmp(&Reverse((end, of))),
            End::Both(end, of, named) => place(second, node, source).cmp(&place(end, of, named)),
        }
    }
}

fn end() -> impl Strategy<Value = End> {
    let node = || prop::sample::select(&NODES[..]);
    let source = prop::sample::select(&SOURCES[..]);
    prop_oneof![
        (0_i64..9).prop_map(End::Moment),
        (0_i64..9, node()).prop_map(|(second, node)| End::One(second, node)),
        (0_i64..9, node(), source).prop_map(|(second, node, source)| End::Both(second, node, source)),
    ]
}

fn holds(range: &(Bound<End>, Bound<End>), id: (i64, i8, &str)) -> bool {
    let starts = match &range.0 {
        Bound::Included(end) => end.compare(id).is_ge(),
        Bound::Excluded(end) => end.compare(id).is_gt(),
        Bound::Unbounded => true,
    };
    let finishes = match &range.1 {
        Bound::Included(end) => end.compare(id).is_le(),
        Bound::Excluded(end) => end.compare(id).is_lt(),
        Bound::Unbounded => true,
    };
    starts && finishes
}

#[test]
fn ranges_of_moments_backwards() {
    let cluster = Cluster::start();
    let events: Mapper<Event> = cluster.map();
    let mut ids: Vec<(i64, i8, &str)> = (1..8)
        .flat_map(|second| NODES.map(|node| (second, node)))
        .flat_map(|(second, node)| SOURCES.map(|source| (second, node, source)))
        .collect();
    let event = |(second, node, source): (i64, i8, &str)| Event {
        log: "N14228".into(),
        at: at(second, node),
        source: source.into(),
        level: (node > 0).then_some(node.into()),
        text: format!("{second} {node}"),
    };
    events.batch_insert(&ids.iter().map(|id| event(*id)).collect::<Vec<_>>()).expect("written");
    ids.sort_by_key(|(second, node, source)| place(*second, *node, source));
    let range = || (bound(end()), bound(end()));
    proptest!(ProptestConfig::with_cases(256), |(range in range(), reversed: bool, page in page(), limit in limit())| {
        let given = (range.0.as_ref().map(End::given), range.1.as_ref().map(End::given));
        let select = || {
            let mut select = events.select().range::<Given>((given.0.as_ref(), given.1.as_ref())).column_buffer_size(page);
            if reversed {
                select = select.reversed();
            }
            match limit {
                Some(limit) => select.limit(limit),
                None => select,
            }
        };
        let of_model = || ids.iter().filter(|id| holds(&range, **id)).map(|id| event(*id));
        agree(select().xget("N14228").collect(), of_model(), reversed, limit)?;
        agree(select().multiget_rows(["N14228"]).map(|rows| rows.concat()), of_model(), reversed, limit)?;
        agree(select().last("N14228").map(Vec::from_iter), of_model(), !reversed, Some(limit.map_or(1, |l| l.min(1))))?;
        if let Ok(count) = select().get_count("N14228") {
            prop_assert_eq!(count, of_model().count().min(limit.unwrap_or(usize::MAX)));
        }
    });
}
