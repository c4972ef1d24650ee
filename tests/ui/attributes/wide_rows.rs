//! Parsed and checked, and not supported yet.

use cassa::ColumnFamilyMap;

#[derive(ColumnFamilyMap)]
struct Event {
    #[cassa(key)]
    id: String,
    #[cassa(clustering, reversed)]
    when: i64,
    #[cassa(value)]
    what: String,
}

fn main() {}
