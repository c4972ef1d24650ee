//! Objects of wide rows through a server and back.

mod ahead;
mod cells;
mod moments;
mod ranges;
mod round_trip;
mod schema;
mod sizes;
mod streams;

use std::error::Error as _;

use cassa::{ColumnFamily, ColumnFamilyBuilder, ColumnFamilyMap, ConnectionPool, Error, Mapper};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::support::Keyspace;

struct Cluster {
    keyspace: Keyspace,
    pool: ConnectionPool,
}

impl Cluster {
    fn start() -> Cluster {
        let keyspace = Keyspace::new();
        let pool = keyspace.pool();
        Cluster { keyspace, pool }
    }

    /// A mapper on the column family that its struct describes.
    fn map<T: ColumnFamilyMap>(&self) -> Mapper<T> {
        self.keyspace.system.create_column_family_for::<T>(&self.keyspace.name).expect("it is new");
        self.pool.map().expect("the struct fits its own column family")
    }

    fn create(&self, definition: impl Into<ColumnFamilyBuilder>) {
        self.keyspace.system.create_column_family(&self.keyspace.name, definition).expect("it is new");
    }

    fn column_family(&self, name: &str) -> ColumnFamily {
        ColumnFamily::open(&self.pool, name).expect("it was created")
    }

    /// An error with its sources, as a program prints it, on a keyspace `Flights`.
    fn text(&self, error: &Error) -> String {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            text.push_str(": ");
            text.push_str(&error.to_string());
            source = error.source();
        }
        text.replace(&self.keyspace.name, "Flights")
    }
}

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
