//! `get` after `insert` gives the same object, for every type that has a class of its own.

use std::net::IpAddr;

use bytes::Bytes;
use chrono::{DateTime, NaiveDateTime, Utc};
use num_bigint::BigInt;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::turn;
use crate::ColumnFamilyMap;

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
#[cassa(crate = "crate")]
struct Everything {
    #[cassa(key)]
    key: String,
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
    f32: Bits32,
    f64: Bits64,
    boolean: bool,
    uuid: Uuid,
    time: DateTime<Utc>,
    naive: NaiveDateTime,
    address: IpAddr,
    vec: Vec<u8>,
    bytes: Bytes,
    option: Option<String>,
    #[cassa(json)]
    json: Vec<(String, Option<i32>)>,
}

macro_rules! bits {
    ($name:ident, $float:ty) => {
        /// Equal by bits, so that a NaN equals itself.
        #[derive(Clone, Copy, Serialize, Deserialize, Debug)]
        struct $name($float);

        impl PartialEq for $name {
            fn eq(&self, other: &$name) -> bool {
                self.0.to_bits() == other.0.to_bits()
            }
        }

        impl crate::Typed for $name {
            const CLASS: crate::FieldClass = <$float as crate::Typed>::CLASS;
        }
    };
}

bits!(Bits32, f32);
bits!(Bits64, f64);

/// The times of the years 0 to 9999, and the farthest ones.
fn milliseconds() -> impl Strategy<Value = DateTime<Utc>> {
    let farthest = DateTime::<Utc>::MIN_UTC.timestamp_millis()..=DateTime::<Utc>::MAX_UTC.timestamp_millis();
    prop_oneof![-62_167_219_200_000_i64..253_402_300_800_000, farthest].prop_map(|milliseconds| {
        DateTime::from_timestamp_millis(milliseconds).expect("it is in chrono's range")
    })
}

fn everything() -> impl Strategy<Value = Everything> {
    let text = ("\\PC{1,20}", ".{0,40}", any::<char>());
    let signed = (any::<i8>(), any::<i16>(), any::<i32>(), any::<i64>(), any::<i128>());
    let unsigned = (any::<u8>(), any::<u16>(), any::<u32>(), any::<u64>(), any::<u128>());
    let floats = (any::<u32>(), any::<u64>(), any::<bool>());
    let others = (any::<u128>(), milliseconds(), milliseconds(), any::<IpAddr>());
    let bytes = (any::<Vec<u8>>(), any::<Vec<u8>>(), any::<Vec<u8>>(), any::<Option<String>>());
    let json = any::<Vec<(String, Option<i32>)>>();
    (text, signed, unsigned, floats, others, bytes, json).prop_map(
        |(text, signed, unsigned, floats, others, bytes, json)| Everything {
            key: text.0,
            string: text.1,
            character: text.2,
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
            big: BigInt::from_signed_bytes_be(&bytes.0),
            f32: Bits32(f32::from_bits(floats.0)),
            f64: Bits64(f64::from_bits(floats.1)),
            boolean: floats.2,
            uuid: Uuid::from_u128(others.0),
            time: others.1,
            naive: others.2.naive_utc(),
            address: others.3,
            vec: bytes.1,
            bytes: Bytes::from(bytes.2),
            option: bytes.3,
            json,
        },
    )
}

proptest! {
    #[test]
    fn an_object_comes_back_as_it_was(object in everything()) {
        prop_assert_eq!(turn(&object).map_err(|fault| TestCaseError::fail(fault.to_string()))?, object);
    }
}
