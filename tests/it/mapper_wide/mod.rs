//! Objects of wide rows through a server and back.

mod ahead;
mod cells;
mod moments;
mod ranges;
mod round_trip;
mod schema;
mod sizes;
mod streams;

use cassa::ColumnFamilyMap;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::mapper_cluster::Cluster;

/// One object a column.
#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
struct Reading {
    #[cassa(key)]
    sensor: String,
    #[cassa(clustering)]
    minute: i32,
    #[cassa(value)]
    degrees: f64,
}

fn reading(minute: i32) -> Reading {
    Reading { sensor: "attic".into(), minute, degrees: f64::from(minute) / 4.0 }
}

/// One object a composite prefix, the newest first.
#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
#[cassa(name = "Flights")]
struct Flight {
    #[cassa(key)]
    tailnum: String,
    #[cassa(clustering, reversed)]
    scheduled: DateTime<Utc>,
    #[cassa(clustering)]
    number: i32,
    dest: String,
    delay: Option<i32>,
    #[cassa(static)]
    model: Option<String>,
}

fn day(day: u32) -> DateTime<Utc> {
    format!("2013-01-{day:02}T10:00:00Z").parse().expect("a time")
}

fn flight(of: u32, number: i32) -> Flight {
    Flight {
        tailnum: "N14228".into(),
        scheduled: day(of),
        number,
        dest: "IAH".into(),
        delay: (number % 2 == 0).then_some(number),
        model: Some("737-824".into()),
    }
}
