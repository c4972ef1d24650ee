//! A field is one thing only, and what it is decides what may be said of it.

use cassa::ColumnFamilyMap;

#[derive(ColumnFamilyMap)]
struct Plane {
    #[cassa(key, super_column)]
    tailnum: String,
    #[cassa(rest, ttl)]
    rest: std::collections::BTreeMap<String, String>,
    #[cassa(timestamp, timestamp)]
    written: i64,
    #[cassa(index, json)]
    fine: Vec<String>,
    #[cassa(flatten, json)]
    home: String,
    #[cassa(flatten, validator = "UTF8Type")]
    away: String,
    #[cassa(flatten("away_"))]
    syntax: String,
    #[cassa(flatten(suffix = "_away"))]
    suffix: String,
    #[cassa(flatten = "away_")]
    text: String,
    #[cassa(prefix = "away_")]
    prefix: String,
    #[cassa(ttl, index)]
    ttl: Option<i32>,
    #[cassa(reversed)]
    reversed: i32,
    #[cassa(flatten)]
    #[serde(with = "somehow")]
    with: String,
}

#[derive(ColumnFamilyMap)]
struct Skips {
    #[cassa(key)]
    tailnum: String,
    #[cassa(ttl = 60)]
    ttl: i32,
    #[cassa(timestamp)]
    #[serde(skip_deserializing)]
    written: i64,
    #[cassa(version)]
    #[serde(skip_serializing)]
    version: i64,
    #[cassa(rest)]
    #[serde(alias = "others")]
    rest: std::collections::BTreeMap<String, String>,
}

fn main() {}
