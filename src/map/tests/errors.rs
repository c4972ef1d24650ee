//! Each error names the column and says what was expected and what came.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{cells, read};
use crate::ColumnFamilyMap;

#[derive(Serialize, Deserialize, ColumnFamilyMap, Debug)]
#[cassa(crate = "crate")]
struct Plane {
    #[cassa(key)]
    tailnum: String,
    model: String,
    year: Option<i32>,
    #[serde(default)]
    seats: u8,
    built: Option<DateTime<Utc>>,
    #[cassa(json)]
    tags: Option<Vec<String>>,
}

fn reading(columns: &[(&[u8], &[u8])]) -> String {
    read::<Plane>(b"N1", columns).expect_err("the row is no plane").to_string()
}

#[test]
fn a_missing_column_is_named() {
    assert_eq!(reading(&[(b"year", &[0, 0, 7, 0xd4])]), "column \"model\": missing");
}

#[test]
fn bytes_that_are_no_value_are_shown() {
    let model: (&[u8], &[u8]) = (b"model", b"A320");
    assert_eq!(
        reading(&[model, (b"year", b"abc")]),
        "column \"year\": expected 4 bytes or none for Int32Type, got 3 bytes (616263)"
    );
    assert_eq!(
        reading(&[(b"model", b"\xff\xfe")]),
        "column \"model\": expected UTF-8 for UTF8Type, got 2 bytes (fffe)"
    );
    let error = reading(&[model, (b"seats", &[0, 0, 1, 0x2c])]);
    assert_eq!(error, "column \"seats\": invalid value: integer `300`, expected u8");
    let error = reading(&[model, (b"seats", b"")]);
    assert_eq!(
        error,
        "column \"seats\": expected a value of Int32Type, got an empty one; an `Option` reads it as `None`"
    );
    let error = reading(&[model, (b"built", &[0x7f; 8])]);
    assert_eq!(
        error,
        "column \"built\": expected a time between the years -262143 and 262142 for DateType, got 8 bytes \
         (7f7f7f7f7f7f7f7f)"
    );
    let error = reading(&[model, (b"tags", b"[1]")]);
    assert!(
        error.starts_with("column \"tags\": expected the field as JSON for UTF8Type, got an error in it: "),
        "{error}"
    );
    let error = reading(&[model, (b"tags", b"[] []")]);
    assert!(error.contains("trailing characters"), "{error}");
    let error = read::<Plane>(b"\xff", &[model]).expect_err("the row is no object").to_string();
    assert_eq!(error, "field `tailnum`: expected UTF-8 for UTF8Type, got 1 byte (ff)");
}

#[test]
fn unknown_columns_are_denied_where_serde_says_so() {
    #[derive(Serialize, Deserialize, ColumnFamilyMap, Debug)]
    #[cassa(crate = "crate")]
    #[serde(deny_unknown_fields)]
    struct Strict {
        #[cassa(key)]
        id: String,
        known: String,
    }
    let error = read::<Strict>(b"a", &[(b"known", b"x"), (b"other", b"y")])
        .expect_err("the row is no object")
        .to_string();
    assert!(
        error.starts_with("column \"other\": the row has this column, the struct no such field"),
        "{error}"
    );
    assert_eq!(read::<Strict>(b"a", &[(b"known", b"x")]).expect("nothing is unknown").known, "x");
}

/// The fault of writing this value into a column of this class.
macro_rules! writing {
    ($class:literal, $type:ty, $value:expr) => {{
        #[derive(Serialize, Deserialize, ColumnFamilyMap)]
        #[cassa(crate = "crate")]
        struct One {
            #[cassa(key)]
            id: i64,
            #[cassa(validator = $class)]
            column: $type,
        }
        let fault = cells(&One { id: 1, column: $value }).expect_err("the value is none of the class");
        assert_eq!(fault.column(), Some("column"));
        fault.reason().expect("nothing is missing in a write").to_owned()
    }};
}

#[test]
fn values_that_do_not_fit_are_refused() {
    assert_eq!(
        writing!("Int32Type", i64, 3_000_000_000),
        "expected an integer from -2147483648 to 2147483647 for Int32Type, got 3000000000"
    );
    assert_eq!(
        writing!("LongType", u64, u64::MAX),
        "expected an integer from -9223372036854775808 to 9223372036854775807 for LongType, got 18446744073709551615"
    );
    assert_eq!(
        writing!("LongType", u128, u128::MAX),
        "expected an integer from -9223372036854775808 to 9223372036854775807 for LongType, got \
         340282366920938463463374607431768211455"
    );
    assert_eq!(writing!("UTF8Type", i32, 5), "expected a value of UTF8Type, got an integer");
    assert_eq!(writing!("BytesType", i32, 5), "expected a value of BytesType, got an integer");
    assert_eq!(writing!("LongType", String, "5".into()), "expected a value of LongType, got a text");
    assert_eq!(writing!("LongType", bool, true), "expected a value of LongType, got a boolean");
    assert_eq!(
        writing!("FloatType", f64, 0.1),
        "expected a value of FloatType, got an `f64`, which it would round"
    );
    assert_eq!(
        writing!("AsciiType", String, "é".into()),
        "expected 7-bit characters for AsciiType, got \"é\""
    );
    assert_eq!(
        writing!("DateType", String, "today".into()),
        "expected an RFC 3339 time for DateType, got \"today\""
    );
    assert_eq!(
        writing!("UUIDType", String, "x".into()),
        "expected the text of a UUID for UUIDType, got \"x\""
    );
    assert_eq!(
        writing!("InetAddressType", String, "x".into()),
        "expected the text of an address for InetAddressType, got \"x\""
    );
    let error = writing!("TimeUUIDType", Uuid, Uuid::from_u128(7));
    assert!(
        error.starts_with("expected the 16 bytes of a version 1 UUID or none for TimeUUIDType"),
        "{error}"
    );
    assert_eq!(
        writing!("UTF8Type", HashMap<String, i32>, HashMap::new()),
        "expected a value of UTF8Type, got a map; `#[cassa(json)]` stores it as text"
    );
    assert_eq!(
        writing!("UTF8Type", Vec<String>, vec!["x".into()]),
        "expected a value of UTF8Type, got a sequence with a text in it; `#[cassa(json)]` stores it as text"
    );
    assert_eq!(
        writing!("LongType", Vec<u8>, vec![1, 2, 3]),
        "expected 8 bytes or none for LongType, got 3 bytes (010203)"
    );
}

/// The fault of reading this type from a column of this class.
macro_rules! reading {
    ($class:literal, $type:ty, $bytes:expr) => {{
        #[derive(Serialize, Deserialize, ColumnFamilyMap, Debug)]
        #[cassa(crate = "crate")]
        struct One {
            #[cassa(key)]
            id: i64,
            #[cassa(validator = $class)]
            column: $type,
        }
        let fault = read::<One>(&[0; 8], &[(b"column", $bytes)]).expect_err("the bytes are none of the type");
        assert_eq!(fault.column(), Some("column"));
        fault.reason().expect("the column is there").to_owned()
    }};
}

#[test]
fn bytes_that_do_not_fit_the_type_are_refused() {
    assert_eq!(
        reading!("LongType", i8, &[0, 0, 0, 0, 0, 0, 0, 200]),
        "invalid value: integer `200`, expected i8"
    );
    assert_eq!(reading!("IntegerType", u64, &[0xff]), "invalid value: integer `-1`, expected u64");
    assert_eq!(
        reading!("IntegerType", i128, &[1; 17]),
        "expected an integer of at most 128 bits for IntegerType, got 17 bytes (0101010101010101010101010101010101)"
    );
    assert_eq!(reading!("LongType", f64, &[0; 8]), "a column of LongType cannot be read as a float");
    assert_eq!(
        reading!("DoubleType", f32, &0.1_f64.to_be_bytes()),
        "expected a value that an `f32` holds, got 0.1; write `f64`"
    );
    assert_eq!(
        reading!("BytesType", [u8; 2], b"abc"),
        "expected 2 bytes for BytesType, got 3 bytes (616263)"
    );
    assert_eq!(
        reading!("UTF8Type", HashMap<String, i32>, b"{}"),
        "a column of UTF8Type cannot be read as a map; `#[cassa(json)]` stores one"
    );
    assert_eq!(
        reading!("UUIDType", Uuid, b"abc"),
        "expected 16 bytes or none for UUIDType, got 3 bytes (616263)"
    );
}

#[test]
fn a_row_key_has_to_be_one() {
    #[derive(Serialize, Deserialize, ColumnFamilyMap)]
    #[cassa(crate = "crate")]
    struct Keyed {
        #[cassa(key)]
        id: Option<String>,
        column: i32,
    }
    let fault = |id: Option<String>| cells(&Keyed { id, column: 1 }).expect_err("that is no key").to_string();
    assert_eq!(fault(None), "field `id`: expected a value, got none: the object is found by it");
    assert_eq!(fault(Some(String::new())), "field `id`: expected a row key, got an empty one");
    assert_eq!(
        fault(Some("x".repeat(65_536))),
        "field `id`: expected a row key of at most 65535 bytes, got 65536"
    );
}
