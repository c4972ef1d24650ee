//! Every type of field, there and back.

use std::net::IpAddr;

use bytes::Bytes;
use cassa::{ColumnFamilyMap, Error};
use chrono::{DateTime, NaiveDateTime, Utc};
use num_bigint::BigInt;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Cluster;

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
struct Everything {
    #[cassa(key)]
    key: Uuid,
    string: String,
    character: char,
    i8: i8,
    i16: i16,
    i32: i32,
    i64: i64,
    i128: i128,
    u8: u8,
    u16: u16,
    u32: u32,
    u64: u64,
    u128: u128,
    big: BigInt,
    f32: f32,
    f64: f64,
    boolean: bool,
    time: DateTime<Utc>,
    naive: NaiveDateTime,
    address: IpAddr,
    vec: Vec<u8>,
    bytes: Bytes,
    option: Option<String>,
    #[cassa(json)]
    json: Vec<(String, Option<i32>)>,
}

fn everything() -> impl Strategy<Value = Everything> {
    let time = || {
        let of = |milliseconds| DateTime::<Utc>::from_timestamp_millis(milliseconds).expect("it is in range");
        (-62_167_219_200_000_i64..253_402_300_800_000).prop_map(of)
    };
    let texts = (any::<u128>(), ".{0,40}", any::<char>(), any::<Option<String>>());
    let signed = (any::<i8>(), any::<i16>(), any::<i32>(), any::<i64>(), any::<i128>());
    let unsigned = (any::<u8>(), any::<u16>(), any::<u32>(), any::<u64>(), any::<u128>());
    let others = (any::<f32>(), any::<f64>(), any::<bool>(), time(), time(), any::<IpAddr>());
    let bytes = (any::<Vec<u8>>(), any::<Vec<u8>>(), any::<Vec<u8>>());
    (texts, signed, unsigned, others, bytes, any::<Vec<(String, Option<i32>)>>()).prop_map(
        |(texts, signed, unsigned, others, bytes, json)| Everything {
            key: Uuid::from_u128(texts.0),
            string: texts.1,
            character: texts.2,
            option: texts.3,
            i8: signed.0,
            i16: signed.1,
            i32: signed.2,
            i64: signed.3,
            i128: signed.4,
            u8: unsigned.0,
            u16: unsigned.1,
            u32: unsigned.2,
            u64: unsigned.3,
            u128: unsigned.4,
            f32: others.0,
            f64: others.1,
            boolean: others.2,
            time: others.3,
            naive: others.4.naive_utc(),
            address: others.5,
            big: BigInt::from_signed_bytes_be(&bytes.0),
            vec: bytes.1,
            bytes: Bytes::from(bytes.2),
            json,
        },
    )
}

#[test]
fn get_after_insert_gives_the_same_object() {
    let cluster = Cluster::start();
    let mapper = cluster.map::<Everything>();
    proptest!(ProptestConfig::with_cases(64), |(object in everything())| {
        let fail = |error: Error| TestCaseError::fail(cluster.text(&error));
        mapper.remove(&object).map_err(fail)?;
        mapper.insert(&object).map_err(fail)?;
        prop_assert_eq!(mapper.get(object.key).map_err(fail)?, Some(object));
    });
}
