//! How the fields of a wide row's objects go together.

use std::collections::BTreeMap;

use cassa::ColumnFamilyMap;

/// A timeline has one column an object.
#[derive(ColumnFamilyMap)]
#[cassa(comparator = "AsciiType")]
struct Timeline {
    #[cassa(key)]
    id: String,
    #[cassa(clustering)]
    when: i64,
    #[cassa(value)]
    what: String,
    other: String,
    #[cassa(static)]
    all: String,
    #[cassa(flatten)]
    home: Home,
    #[cassa(value)]
    again: String,
}

#[derive(ColumnFamilyMap)]
#[cassa(part)]
struct Home {
    city: String,
    #[cassa(clustering)]
    floor: i32,
}

#[derive(ColumnFamilyMap)]
struct Prefix {
    #[cassa(key, reversed)]
    id: String,
    #[cassa(clustering)]
    when: i64,
    #[cassa(index)]
    what: String,
    #[cassa(super_column)]
    group: String,
    #[cassa(rest)]
    rest: BTreeMap<String, String>,
    #[cassa(version)]
    version: i64,
}

/// The objects themselves have nothing.
#[derive(ColumnFamilyMap)]
struct OnlyStatic {
    #[cassa(key)]
    id: String,
    #[cassa(clustering)]
    when: i64,
    #[cassa(static)]
    all: String,
}

#[derive(ColumnFamilyMap)]
struct OnlyNames {
    #[cassa(key)]
    id: String,
    #[cassa(clustering)]
    when: i64,
}

#[derive(ColumnFamilyMap)]
struct Counters {
    #[cassa(key)]
    id: String,
    #[cassa(clustering)]
    day: i32,
    #[cassa(counter)]
    flights: i64,
    #[cassa(static)]
    all: String,
    #[cassa(ttl)]
    ttl: i32,
}

fn main() {}
