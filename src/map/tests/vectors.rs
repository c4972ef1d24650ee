//! The bytes of fields are those that pycassa wrote, so that each reads what the other writes.

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDateTime, Utc};
use num_bigint::BigInt;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{read, value};
use crate::ColumnFamilyMap;

const VECTORS: &str = include_str!("../../../tests/data/marshal_vectors.jsonl");

/// The recorded values of a class, and their bytes. Ends of slices are no values.
fn recorded(class: &str) -> Vec<(Json, Vec<u8>)> {
    let vectors = VECTORS.lines().map(|line| serde_json::from_str::<Json>(line).expect("a line is JSON"));
    let of_class = vectors.filter(|vector| vector["type"] == class && vector["slice"].is_null());
    let vectors: Vec<_> =
        of_class.map(|vector| (vector["value"].clone(), unhex(text(&vector["hex"])))).collect();
    assert!(!vectors.is_empty(), "{class}");
    vectors
}

fn unhex(text: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&text[at..at + 2], 16).expect("two digits");
    (0..text.len()).step_by(2).map(byte).collect()
}

fn text(json: &Json) -> &str {
    json.as_str().expect("a text")
}

/// Holds the values that `make` finds a Rust value of to the recorded bytes, both ways; gives how many there were.
macro_rules! held {
    ($class:literal, $type:ty, $make:expr) => {{
        #[derive(Serialize, Deserialize, ColumnFamilyMap, Debug)]
        #[cassa(crate = "crate")]
        struct One {
            #[cassa(key)]
            id: i64,
            #[cassa(validator = $class)]
            column: $type,
        }
        let make: fn(&Json) -> Option<$type> = $make;
        let mut held = 0;
        for (json, bytes) in recorded($class) {
            let Some(column) = make(&json) else { continue };
            let object = One { id: 1, column };
            assert_eq!(value(&object, "column"), bytes, "{} of {json}", stringify!($type));
            let read: One = read(&[0; 8], &[(b"column", &bytes)]).expect("it is a value of the class");
            assert_eq!(format!("{:?}", read.column), format!("{:?}", object.column), "{json}");
            held += 1;
        }
        assert!(held > 0, "{} of {}", stringify!($type), $class);
        held
    }};
}

macro_rules! integers {
    ($class:literal, $($type:ty),+) => {
        [$(held!($class, $type, |json| text(&json["long"]).parse().ok())),+]
    };
}

#[test]
fn integers_are_pycassas() {
    assert_eq!(integers!("LongType", i64, i128), [26; 2]);
    let _ = integers!("LongType", i8, i16, i32, u8, u16, u32, u64, u128);
    assert_eq!(integers!("Int32Type", i32, i64, i128), [22; 3]);
    let _ = integers!("Int32Type", i8, i16, u8, u16, u32, u64, u128);
    assert_eq!(integers!("IntegerType", BigInt), [33]);
    let _ = integers!("IntegerType", i8, i16, i32, i64, i128, u8, u16, u32, u64, u128);
}

#[test]
fn texts_and_bytes_are_pycassas() {
    held!("UTF8Type", String, |json| Some(text(&json["text"]).to_owned()));
    held!("UTF8Type", Option<String>, |json| Some(Some(text(&json["text"]).to_owned())));
    held!("UTF8Type", char, |json| text(&json["text"]).parse().ok());
    held!("AsciiType", String, |json| Some(text(&json["text"]).to_owned()));
    held!("BytesType", Vec<u8>, |json| Some(unhex(text(&json["bytes"]))));
    held!("BytesType", bytes::Bytes, |json| Some(unhex(text(&json["bytes"])).into()));
}

#[test]
fn numbers_and_booleans_are_pycassas() {
    held!("DoubleType", f64, |json| text(&json["double"]).parse().ok());
    held!("FloatType", f32, |json| text(&json["float"]).parse().ok());
    held!("BooleanType", bool, |json| json["bool"].as_bool());
    // The crate's text has no scale below zero (1E+3 is 1000) and none of zero (0.000 is 0): the number is the same, the
    // bytes are not.
    let held = held!("DecimalType", BigDecimal, |json| {
        let decimal: BigDecimal = text(&json["decimal"]).parse().ok()?;
        (decimal.to_string() == text(&json["decimal"])).then_some(decimal)
    });
    assert!(held >= 10, "{held}");
}

#[test]
fn times_and_uuids_are_pycassas() {
    fn time(json: &Json) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_millis(text(&json["date_ms"]).parse().ok()?)
    }
    fn naive(json: &Json) -> Option<NaiveDateTime> {
        time(json).map(|time| time.naive_utc())
    }
    fn uuid(json: &Json) -> Option<Uuid> {
        text(&json["uuid"]).parse().ok()
    }
    held!("DateType", DateTime<Utc>, time);
    held!("DateType", NaiveDateTime, naive);
    held!("TimestampType", DateTime<Utc>, time);
    held!("UUIDType", Uuid, uuid);
    held!("TimeUUIDType", Uuid, uuid);
    held!("LexicalUUIDType", Uuid, uuid);
}

#[test]
fn composites_are_pycassas() {
    held!("CompositeType(LongType, UTF8Type)", (i64, String), |json| {
        let parts = json["composite"].as_array().filter(|parts| parts.len() == 2)?;
        Some((parts[0]["long"].as_str()?.parse().ok()?, parts[1]["text"].as_str()?.to_owned()))
    });
    held!("CompositeType(DoubleType, DecimalType, BooleanType)", (f64, BigDecimal, bool), |json| {
        let [double, decimal, boolean] = &json["composite"].as_array()?[..] else { return None };
        let decimal = text(&decimal["decimal"]).parse().ok()?;
        Some((text(&double["double"]).parse().ok()?, decimal, boolean["bool"].as_bool()?))
    });
}
