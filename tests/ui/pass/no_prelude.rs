#![no_implicit_prelude]
#![deny(warnings)]

/// Names that the expansion must not fall over.
#[allow(non_camel_case_types, dead_code)]
mod shadows {
    pub struct str;
    pub struct i32;
    pub struct bool;
    pub struct Option;
    pub struct Some;
}

#[allow(unused_imports)]
use shadows::*;

// Without serde's derives, which do fall over them.
#[derive(::cassa::ColumnFamilyMap)]
#[cassa(nulls = "delete", ttl = 60, comparator = "AsciiType")]
#[serde(deny_unknown_fields)]
pub struct Plane {
    #[cassa(key)]
    #[serde(rename = "tail")]
    pub tailnum: ::std::string::String,
    pub year: ::std::option::Option<::std::primitive::i32>,
    #[cassa(json)]
    #[serde(alias = "labels", default)]
    pub tags: ::std::vec::Vec<::std::string::String>,
}

#[derive(::cassa::ColumnFamilyMap)]
#[cassa(part)]
pub struct Place {
    pub city: ::std::string::String,
}

#[derive(::cassa::ColumnFamilyMap)]
#[cassa(keyspace = "Flights", comment = "engines", key_type = "BytesType")]
pub struct Engine {
    #[cassa(key)]
    pub carrier: ::std::string::String,
    #[cassa(key)]
    pub number: ::std::primitive::i32,
    #[cassa(super_column)]
    pub position: ::std::primitive::i32,
    #[cassa(flatten(prefix = "home_"))]
    pub home: ::std::option::Option<Place>,
    #[cassa(rest)]
    pub others: ::std::collections::BTreeMap<::std::string::String, ::std::primitive::i64>,
    #[cassa(ttl)]
    pub ttl: ::std::option::Option<::std::primitive::i32>,
    #[cassa(timestamp)]
    pub written: ::std::primitive::i64,
}

#[derive(::cassa::ColumnFamilyMap)]
pub struct Hits {
    #[cassa(key)]
    pub page: ::std::string::String,
    #[cassa(counter)]
    pub views: ::std::primitive::i64,
}

#[derive(::cassa::ColumnFamilyMap)]
pub struct Account {
    #[cassa(key)]
    pub owner: ::std::string::String,
    #[cassa(index)]
    pub city: ::std::string::String,
    #[cassa(version)]
    pub version: ::std::primitive::u32,
}

#[derive(::cassa::ColumnFamilyMap)]
pub struct Reading<'a> {
    #[cassa(key)]
    pub sensor: &'a ::std::primitive::str,
    #[cassa(clustering, reversed)]
    pub minute: ::std::primitive::i64,
    #[cassa(value)]
    pub degrees: ::std::option::Option<::std::primitive::f64>,
}

#[derive(::cassa::ColumnFamilyMap)]
pub struct Flight<T> {
    #[cassa(key)]
    pub tailnum: ::std::string::String,
    #[cassa(clustering)]
    pub day: ::std::primitive::i32,
    #[cassa(clustering)]
    pub number: T,
    pub dest: ::std::string::String,
    #[cassa(static)]
    pub model: ::std::option::Option<::std::string::String>,
}

fn main() {}
