//! What serde makes of a type, and what the column's class makes of that. The bytes are held to those of `marshal`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use bytes::Bytes;
use chrono::{DateTime, NaiveDateTime, Utc};
use num_bigint::BigInt;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{cells, read, turn, value};
use crate::marshal::{Class, Value};
use crate::{ColumnFamilyMap, Typed};

#[derive(Clone, Copy, Serialize, Deserialize, PartialEq, Debug)]
enum Kind {
    Jet,
    #[serde(rename = "turbo prop")]
    TurboProp,
}

#[derive(Clone, Serialize, Deserialize, PartialEq, Debug)]
struct Meters(i32);

impl Typed for Meters {
    const CLASS: crate::FieldClass = i32::CLASS;
}

mod hexadecimal {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(value: &u32, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{value:x}"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
        u32::from_str_radix(&String::deserialize(deserializer)?, 16).map_err(D::Error::custom)
    }
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
#[cassa(crate = "crate")]
struct Shapes {
    #[cassa(key)]
    id: i64,
    #[cassa(validator = "UTF8Type")]
    kind: Kind,
    #[cassa(validator = "Int32Type")]
    numbered: Kind,
    span: Meters,
    #[cassa(validator = "UTF8Type")]
    #[serde(with = "hexadecimal")]
    code: u32,
    #[cassa(json)]
    tags: BTreeMap<String, Vec<u8>>,
    #[cassa(json)]
    maybe: Option<Vec<Kind>>,
    #[cassa(validator = "DateType")]
    #[serde(with = "chrono::serde::ts_milliseconds")]
    fast: DateTime<Utc>,
    slow: DateTime<Utc>,
    naive: NaiveDateTime,
    #[cassa(validator = "UUIDType")]
    uuid_text: String,
    #[cassa(validator = "InetAddressType")]
    address_text: String,
    #[cassa(validator = "TimestampType")]
    time_text: String,
    #[cassa(validator = "AsciiType")]
    ascii: String,
    #[cassa(validator = "BytesType")]
    text_bytes: String,
    #[cassa(validator = "LongType")]
    raw_long: Vec<u8>,
    #[cassa(validator = "DoubleType")]
    widened: f32,
    array: [u8; 3],
    boxed: Box<Option<i32>>,
    borrowed: Cow<'static, str>,
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("an RFC 3339 time")
}

fn shapes() -> Shapes {
    Shapes {
        id: 7,
        kind: Kind::TurboProp,
        numbered: Kind::TurboProp,
        span: Meters(34),
        code: 255,
        tags: BTreeMap::from([("a".to_owned(), vec![1, 2])]),
        maybe: Some(vec![Kind::Jet]),
        fast: time("2013-01-01T05:17:00.123Z"),
        slow: time("1969-12-31T23:59:59.999Z"),
        naive: time("2013-01-01T05:17:00Z").naive_utc(),
        uuid_text: "67e55044-10b1-426f-9247-bb680e5fe0c8".to_owned(),
        address_text: "10.0.0.1".to_owned(),
        time_text: "2013-01-01T05:17:00.123Z".to_owned(),
        ascii: "plain".to_owned(),
        text_bytes: "é".to_owned(),
        raw_long: vec![0, 0, 0, 0, 0, 0, 0, 5],
        widened: 0.1,
        array: [1, 2, 3],
        boxed: Box::new(Some(-1)),
        borrowed: Cow::Borrowed("cow"),
    }
}

#[test]
fn every_shape_comes_back() {
    assert_eq!(turn(&shapes()).expect("it was written"), shapes());
}

#[test]
fn the_class_decides_the_bytes() {
    let object = shapes();
    for (column, class, expected) in [
        ("kind", Class::Utf8, Value::from("turbo prop")),
        ("numbered", Class::Int32, Value::from(1)),
        ("span", Class::Int32, Value::from(34)),
        ("code", Class::Utf8, Value::from("ff")),
        ("tags", Class::Utf8, Value::from(r#"{"a":[1,2]}"#)),
        ("maybe", Class::Utf8, Value::from(r#"["Jet"]"#)),
        ("fast", Class::Date, Value::from(object.fast)),
        ("slow", Class::Date, Value::from(object.slow)),
        ("naive", Class::Date, Value::from(object.naive.and_utc())),
        ("uuid_text", Class::Uuid, Value::from(Uuid::from_u128(0x67e5504410b1426f9247bb680e5fe0c8))),
        ("address_text", Class::Inet, Value::from(IpAddr::from([10, 0, 0, 1]))),
        ("time_text", Class::Timestamp, Value::from(object.fast)),
        ("text_bytes", Class::Bytes, Value::from("é".as_bytes())),
        ("raw_long", Class::Long, Value::from(5)),
        ("widened", Class::Double, Value::from(f64::from(0.1_f32))),
        ("array", Class::Bytes, Value::from([1_u8, 2, 3])),
        ("boxed", Class::Int32, Value::from(-1)),
    ] {
        assert_eq!(value(&object, column), class.packed(&expected).expect("it fits"), "{column}");
    }
}

#[test]
fn none_is_a_null_also_as_json() {
    let object = Shapes { maybe: None, boxed: Box::new(None), ..shapes() };
    let (_, columns) = cells(&object).expect("it is written");
    let nulls: Vec<&[u8]> =
        columns.iter().filter(|(_, value)| value.is_none()).map(|(name, _)| &name[..]).collect();
    assert_eq!(nulls, [&b"maybe"[..], b"boxed"]);
    assert_eq!(turn(&object).expect("it was written"), object);
}

#[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
#[cassa(crate = "crate")]
struct Attributes {
    #[cassa(key)]
    id: String,
    #[serde(default = "four")]
    seats: i64,
    #[serde(skip_serializing_if = "String::is_empty", default)]
    note: String,
    #[serde(alias = "old", alias = "older")]
    new: Option<i32>,
    #[serde(skip)]
    cache: u8,
    #[serde(skip_deserializing)]
    written: i32,
    #[serde(skip_serializing, default)]
    read: i32,
}

fn four() -> i64 {
    4
}

#[test]
fn serdes_attributes_are_obeyed() {
    let object = Attributes {
        id: "a".into(),
        seats: 5,
        note: String::new(),
        new: None,
        cache: 9,
        written: 1,
        read: 2,
    };
    let (key, columns) = cells(&object).expect("it is written");
    assert_eq!(key, b"a");
    let written: Vec<(&[u8], bool)> =
        columns.iter().map(|(name, value)| (&name[..], value.is_some())).collect();
    assert_eq!(written, [(&b"seats"[..], true), (b"note", false), (b"new", false), (b"written", true)]);

    let object: Attributes = read(
        b"a",
        &[
            (b"cache", &[1]),
            (b"old", &[0, 0, 0, 1]),
            (b"older", &[0, 0, 0, 2]),
            (b"read", &[0, 0, 0, 3]),
            (b"written", &[0, 0, 0, 4]),
        ],
    )
    .expect("all that is not there has a default");
    let expected = Attributes {
        id: "a".into(),
        seats: 4,
        note: String::new(),
        new: Some(1),
        cache: 0,
        written: 0,
        read: 3,
    };
    assert_eq!(object, expected);

    let object: Attributes = read(b"a", &[(b"new", &[0, 0, 0, 7]), (b"old", &[0, 0, 0, 1])])
        .expect("all that is not there has a default");
    assert_eq!(object.new, Some(7), "the field's own name comes first");
}

#[test]
fn columns_that_are_no_fields_are_left_alone_in_any_order() {
    let object: Attributes = read(
        b"a",
        &[(b"zzz", b"x"), (b"seats", &[0, 0, 0, 0, 0, 0, 0, 1]), (b"", b""), (b"note", b"n"), (b"mid", b"x")],
    )
    .expect("the fields are there");
    assert_eq!((object.seats, object.note.as_str()), (1, "n"));
}

#[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
#[cassa(crate = "crate")]
struct Pair<T> {
    #[cassa(key)]
    id: Uuid,
    one: T,
    other: Option<T>,
}

#[test]
fn generic_structs_take_the_types_class() {
    let pair = Pair { id: Uuid::from_u128(1), one: 5_i64, other: Some(-5) };
    assert_eq!(value(&pair, "other"), (-5_i64).to_be_bytes());
    assert_eq!(turn(&pair).expect("it was written"), pair);
    let pair = Pair { id: Uuid::from_u128(1), one: "x".to_owned(), other: None };
    assert_eq!(turn(&pair).expect("it was written"), pair);
}

#[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
#[cassa(crate = "crate")]
struct Borrowed<'a> {
    #[cassa(key)]
    id: &'a str,
    model: &'a str,
    #[serde(with = "raw")]
    #[cassa(validator = "BytesType")]
    raw: &'a [u8],
}

mod raw {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(value)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'de [u8], D::Error> {
        <&[u8]>::deserialize(deserializer)
    }
}

#[test]
fn a_struct_may_borrow_from_the_row() {
    let object = Borrowed { id: "a", model: "A320", raw: b"\xff" };
    let (key, _) = cells(&object).expect("it is written");
    let rows = super::rows(&key, &[(b"model", b"A320"), (b"raw", b"\xff")]);
    let row = rows.get(0).expect("one row");
    let read: Borrowed<'_> =
        super::object(&super::plan::<Borrowed<'_>>(), &super::found(row), &mut super::Slots::default())
            .expect("it was written");
    assert_eq!(read, object);
    assert!(std::ptr::eq(read.model.as_ptr(), row.get(0).expect("its cell").value.as_ptr()));
}

#[test]
fn empty_bytes_are_none_except_of_text_and_bytes() {
    #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    #[cassa(crate = "crate")]
    struct Options {
        #[cassa(key)]
        id: String,
        text: Option<String>,
        bytes: Option<Bytes>,
        long: Option<i64>,
        integer: Option<i128>,
        time: Option<DateTime<Utc>>,
        address: Option<Ipv4Addr>,
    }
    let names: [&[u8]; 6] = [b"address", b"bytes", b"integer", b"long", b"text", b"time"];
    let object: Options =
        read(b"a", &names.map(|name| (name, &b""[..]))).expect("no bytes are a value of all");
    let (text, bytes) = (Some(String::new()), Some(Bytes::new()));
    let expected =
        Options { id: "a".into(), text, bytes, long: None, integer: None, time: None, address: None };
    assert_eq!(object, expected);
}

#[test]
fn integers_of_any_size_take_the_shortest_form() {
    #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    #[cassa(crate = "crate")]
    struct Integers {
        #[cassa(key)]
        id: BigInt,
        a: i128,
        b: u64,
        c: u128,
        d: BigInt,
    }
    for (i, text) in ["0", "-1", "127", "128", "-128", "-129", "18446744073709551616"].into_iter().enumerate()
    {
        let big: BigInt = text.parse().expect("digits");
        let small = i128::try_from(&big).expect("it fits");
        let object = Integers {
            id: big.clone(),
            a: small,
            b: u64::MAX,
            c: u128::MAX - i as u128,
            d: big.clone() * &big,
        };
        let packed = |value: BigInt| Class::Integer.packed(&Value::from(value)).expect("any integer fits");
        assert_eq!(value(&object, "a"), packed(big.clone()));
        assert_eq!(value(&object, "b"), packed(BigInt::from(u64::MAX)));
        assert_eq!(value(&object, "c"), packed(BigInt::from(u128::MAX - i as u128)));
        assert_eq!(value(&object, "d"), packed(&big * &big));
        assert_eq!(turn(&object).expect("it was written"), object);
    }
}

#[test]
fn addresses_of_both_kinds() {
    #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    #[cassa(crate = "crate")]
    struct Host {
        #[cassa(key)]
        address: IpAddr,
        v4: Ipv4Addr,
        v6: Option<Ipv6Addr>,
        any: IpAddr,
    }
    let host = Host {
        address: IpAddr::from([10, 0, 0, 1]),
        v4: Ipv4Addr::LOCALHOST,
        v6: Some(Ipv6Addr::LOCALHOST),
        any: IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    assert_eq!(cells(&host).expect("it is written").0, [10, 0, 0, 1]);
    assert_eq!(turn(&host).expect("it was written"), host);
    let error = read::<Host>(&[10, 0, 0, 1], &[(b"any", &[0; 16]), (b"v4", &[0; 16])])
        .expect_err("the row is no object");
    assert!(error.to_string().contains("column \"v4\": expected 4 bytes for InetAddressType"), "{error}");
}
