use std::collections::HashMap;
use std::time::Duration;

use cassa::ColumnFamilyMap;
use chrono::NaiveDate;

enum Kind {}

#[derive(ColumnFamilyMap)]
struct Plane {
    #[cassa(key)]
    tailnum: usize,
    first_flight: NaiveDate,
    length: Option<Duration>,
    tags: Vec<String>,
    parts: HashMap<String, i32>,
    kind: Kind,
}

fn main() {}
