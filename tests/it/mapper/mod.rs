//! Objects through a server and back.

mod errors;
mod kinds;
mod round_trip;
mod verbs;

use cassa::ColumnFamilyMap;
use serde::{Deserialize, Serialize};

use crate::mapper_cluster::Cluster;

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
