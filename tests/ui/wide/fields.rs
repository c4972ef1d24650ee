//! What may not be said of the fields that tell a row's objects apart.

use cassa::ColumnFamilyMap;

#[derive(ColumnFamilyMap)]
struct Event {
    #[cassa(key)]
    id: String,
    #[cassa(clustering, json)]
    group: Vec<String>,
    #[cassa(clustering, counter)]
    number: i64,
    #[cassa(clustering, index)]
    kind: String,
    #[cassa(clustering)]
    #[serde(skip_serializing_if = "Option::is_none", alias = "until")]
    since: Option<i64>,
    #[cassa(clustering = "DESC")]
    order: i64,
    #[cassa(clustering, validator = "ReversedType(LongType)")]
    at: i64,
    #[cassa(value, index)]
    #[serde(skip_deserializing)]
    what: String,
    #[cassa(clustering, value)]
    both: String,
    #[cassa(clustering)]
    level: usize,
}

fn main() {}
