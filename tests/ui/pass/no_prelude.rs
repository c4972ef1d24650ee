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

fn main() {}
