//! How fields go together.

use std::collections::BTreeMap;

use cassa::ColumnFamilyMap;

#[derive(ColumnFamilyMap)]
struct Twice {
    #[cassa(key)]
    id: String,
    #[cassa(super_column)]
    one: String,
    #[cassa(super_column)]
    two: String,
    #[cassa(rest)]
    rest: BTreeMap<String, String>,
    #[cassa(rest)]
    more: BTreeMap<String, String>,
    #[cassa(ttl)]
    ttl: i32,
    #[cassa(ttl)]
    other_ttl: i32,
}

#[derive(ColumnFamilyMap)]
struct Super {
    #[cassa(key)]
    id: String,
    #[cassa(super_column)]
    name: String,
    #[cassa(index)]
    model: String,
    #[cassa(version)]
    version: i64,
    #[cassa(value)]
    value: String,
}

#[derive(ColumnFamilyMap)]
#[cassa(nulls = "delete")]
struct Versioned {
    #[cassa(key)]
    id: String,
    #[cassa(version)]
    version: i64,
    #[cassa(static)]
    all: String,
}

#[derive(ColumnFamilyMap)]
struct Wide {
    #[cassa(key)]
    id: String,
    #[cassa(clustering)]
    when: i64,
    #[cassa(value)]
    what: String,
    other: String,
    #[cassa(super_column)]
    group: String,
    #[cassa(rest)]
    rest: BTreeMap<String, String>,
    #[cassa(version)]
    version: i64,
}

fn main() {}
