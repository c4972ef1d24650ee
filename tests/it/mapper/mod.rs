//! Objects through a server and back.

mod errors;
mod kinds;
mod round_trip;
mod verbs;

use std::error::Error as _;

use cassa::{ColumnFamily, ColumnFamilyBuilder, ColumnFamilyMap, ConnectionPool, Error, Mapper};
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

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
#[cassa(name = "Planes")]
struct Plane {
    #[cassa(key)]
    tailnum: String,
    year: Option<i32>,
    model: String,
    #[serde(default)]
    #[cassa(validator = "LongType")]
    seats: u16,
    #[cassa(json)]
    tags: Option<Vec<String>>,
}

fn plane(tailnum: &str) -> Plane {
    Plane { tailnum: tailnum.into(), year: Some(1999), model: "737-824".into(), seats: 149, tags: None }
}
