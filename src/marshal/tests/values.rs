use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use bytes::Bytes;
use chrono::{DateTime, NaiveDateTime, Utc};
use num_bigint::BigInt;
use uuid::Uuid;

use crate::marshal::{Class, FromValue, Text, Value};

const TIME: &str = "2013-01-01T05:17:00.123456789Z";

fn time() -> DateTime<Utc> {
    TIME.parse().expect("a time")
}

fn uuid(version: u8) -> Uuid {
    Uuid::from_u128(0xe902893a_9d22_0c7e_a7b8_d6e313b71d9f | u128::from(version) << 76)
}

#[test]
fn rust_values_become_the_natural_variant() {
    let text = "abc".to_owned();
    for value in
        [Value::from("abc"), Value::from(&text), Value::from(Cow::from("abc")), Value::from(text.clone())]
    {
        assert_eq!(value, Value::Utf8("abc".into()));
    }
    let bytes = Bytes::from_static(b"abc");
    for value in [
        Value::from(b"abc"),
        Value::from(*b"abc"),
        Value::from(&b"abc"[..]),
        Value::from(b"abc".to_vec()),
        Value::from(&bytes),
    ] {
        assert_eq!(value, Value::Bytes(bytes.clone()));
    }
    for value in
        [Value::from(7_i8), Value::from(7_i16), Value::from(7), Value::from(7_u8), Value::from(&7_u16)]
    {
        assert_eq!(value, Value::Int32(7));
    }
    for value in [Value::from(7_i64), Value::from(&7_u32)] {
        assert_eq!(value, Value::Long(7));
    }
    for value in [Value::from(7_i128), Value::from(7_u64), Value::from(7_u128), Value::from(&BigInt::from(7))]
    {
        assert_eq!(value, Value::Integer(7.into()));
    }
    assert_eq!(Value::from(1.5_f32), Value::Float(1.5));
    assert_eq!(Value::from(&1.5), Value::Double(1.5));
    assert_eq!(Value::from(true), Value::Boolean(true));
    assert_eq!(Value::from(uuid(4)), Value::Uuid(uuid(4)));
    assert_eq!(Value::from(time()), Value::Date(time()));
    assert_eq!(Value::from(time().naive_utc()), Value::Date(time()));
    assert_eq!(Value::from(Ipv4Addr::LOCALHOST), Value::Inet(Ipv4Addr::LOCALHOST.into()));
    assert_eq!(Value::from(&IpAddr::from(Ipv6Addr::LOCALHOST)), Value::from(Ipv6Addr::LOCALHOST));
    assert_eq!(Value::from(&Value::Empty), Value::Empty);
}

#[test]
fn integers_convert_when_they_fit() {
    for value in [Value::Int32(200), Value::Long(200), Value::Counter(200), Value::Integer(200.into())] {
        assert_eq!(u8::try_from(&value), Ok(200));
        assert_eq!(i64::try_from(&value), Ok(200));
        assert_eq!(u128::try_from(&value), Ok(200));
        assert_eq!(BigInt::try_from(value.clone()), Ok(200.into()));
        assert_eq!(
            i8::try_from(value).map_err(|error| error.to_string()),
            Err("expected an i8, got the integer 200".to_owned())
        );
    }
    assert!(u64::try_from(Value::Int32(-1)).is_err());
    assert!(i32::try_from(Value::Long(1 << 31)).is_err());
    assert!(i128::try_from(Value::Integer(BigInt::from(1) << 127)).is_err());
    assert_eq!(u128::try_from(Value::Integer(BigInt::from(1) << 127)), Ok(1 << 127));
    assert!(i64::try_from(Value::Double(1.0)).is_err());
    assert!(i64::try_from(Value::Empty).is_err());
}

#[test]
fn other_values_convert_to_their_own_kind() {
    assert_eq!(String::try_from(Value::Ascii("abc".into())), Ok("abc".to_owned()));
    assert_eq!(String::try_from(&Value::from(b"abc")), Ok("abc".to_owned()));
    assert_eq!(Text::try_from(Value::Ascii("abc".into())), Ok("abc".into()));
    assert_eq!(Text::from_value(Value::from(b"abc")), Ok("abc".into()));
    let text = Text::from("abc");
    assert_eq!(Value::from(&text), text);
    assert_eq!(String::try_from(Value::Empty), Ok(String::new()));
    assert_eq!(
        String::try_from(Value::from(b"\xff")).map_err(|error| error.to_string()),
        Err("expected text, got 1 byte (ff)".to_owned())
    );
    assert!(String::try_from(Value::Int32(1)).is_err());
    assert_eq!(Vec::try_from(Value::from("abc")), Ok(b"abc".to_vec()));
    assert_eq!(Bytes::try_from(&Value::from("abc")), Ok(Bytes::from_static(b"abc")));
    assert_eq!(bool::try_from(Value::Boolean(true)), Ok(true));
    assert_eq!(f64::try_from(Value::Float(1.5)), Ok(1.5));
    assert!(f32::try_from(Value::Double(1.5)).is_err());
    assert_eq!(Uuid::try_from(Value::LexicalUuid(uuid(4))), Ok(uuid(4)));
    assert_eq!(DateTime::<Utc>::try_from(Value::Timestamp(time())), Ok(time()));
    assert_eq!(NaiveDateTime::try_from(Value::Date(time())), Ok(time().naive_utc()));
    assert_eq!(Ipv4Addr::try_from(Value::from(Ipv4Addr::LOCALHOST)), Ok(Ipv4Addr::LOCALHOST));
    assert!(Ipv6Addr::try_from(Value::from(Ipv4Addr::LOCALHOST)).is_err());
}

#[test]
fn bytes_are_shared_and_not_copied() {
    let frame = Bytes::from(b"a frame with bytes".to_vec());
    let part = frame.slice(2..7);
    let Ok(Value::Bytes(value)) = Class::Bytes.unpack(&part) else { panic!("bytes are bytes") };
    assert_eq!(value.as_ptr(), part.as_ptr());
    assert_eq!(Bytes::try_from(Value::Bytes(value)).map(|bytes| bytes.as_ptr()), Ok(part.as_ptr()));
}

#[test]
fn values_pack_into_other_classes_where_nothing_is_lost() {
    let packed = |class: Class, value: Value| class.packed(&value).expect("it fits");
    assert_eq!(packed(Class::Bytes, "é".into()), "é".as_bytes());
    assert_eq!(packed(Class::Ascii, "abc".into()), b"abc");
    assert_eq!(packed(Class::Utf8, Value::Ascii("abc".into())), b"abc");
    assert_eq!(packed(Class::Double, 1.5_f32.into()), 1.5_f64.to_be_bytes());
    assert_eq!(packed(Class::Counter, 7.into()), 7_i64.to_be_bytes());
    assert_eq!(packed(Class::TimeUuid, uuid(1).into()), uuid(1).as_bytes());
    assert_eq!(packed(Class::Uuid, Value::LexicalUuid(uuid(7))), uuid(7).as_bytes());
    assert_eq!(packed(Class::Timestamp, time().into()), 1_357_017_420_123_i64.to_be_bytes());
    assert_eq!(packed(Class::Long, b"12345678".into()), b"12345678");
    assert_eq!(packed(Class::Custom("a.B".into()), b"\x00".into()), b"\x00");
    let just_before_1970 = DateTime::from_timestamp_micros(-1).expect("a time");
    assert_eq!(packed(Class::Date, just_before_1970.into()), (-1_i64).to_be_bytes());
    for class in Class::KNOWN {
        assert_eq!(packed(class, Value::Empty), b"");
    }
}

#[test]
fn a_value_that_does_not_fit_is_named_and_nothing_is_appended() {
    let cases: [(Class, Value, &str); 15] = [
        (Class::Long, "abc".into(), r#"expected a LongType, got the text "abc""#),
        (Class::Int32, "5".into(), r#"expected an Int32Type, got the text "5""#),
        (Class::Utf8, 5.into(), "expected a UTF8Type, got the integer 5"),
        (Class::Ascii, "é".into(), r#"expected 7-bit text for AsciiType, got the text "é""#),
        (
            Class::Int32,
            5_000_000_000_i64.into(),
            "expected an integer from -2147483648 to 2147483647 for Int32Type, got the integer 5000000000",
        ),
        (
            Class::Long,
            u64::MAX.into(),
            "expected an integer from -9223372036854775808 to 9223372036854775807 for LongType, \
             got the integer 18446744073709551615",
        ),
        (Class::Date, 5.into(), "expected a DateType, got the integer 5"),
        (Class::Double, 5.into(), "expected a DoubleType, got the integer 5"),
        (Class::Float, 1.5.into(), "expected a FloatType, got the double 1.5"),
        (Class::Boolean, Value::Float(1.0), "expected a BooleanType, got the float 1.0"),
        (Class::Bytes, true.into(), "expected a BytesType, got the boolean true"),
        (
            Class::Inet,
            time().into(),
            "expected an InetAddressType, got the time 2013-01-01T05:17:00.123456789Z",
        ),
        (
            Class::TimeUuid,
            uuid(4).into(),
            "expected a UUID of version 1 for TimeUUIDType, \
             got the UUID e902893a-9d22-4c7e-a7b8-d6e313b71d9f of version 4",
        ),
        (Class::Long, b"abc".into(), "expected 8 bytes or none for LongType, got 3 bytes (616263)"),
        (Class::Custom("a.B".into()), "x".into(), r#"expected bytes for a.B, got the text "x""#),
    ];
    for (class, value, text) in cases {
        let mut out = b"before".to_vec();
        let mismatch = class.pack(&value, &mut out).expect_err(text);
        assert_eq!(mismatch.to_string(), text);
        assert_eq!(mismatch.class(), &class);
        assert_eq!(out, b"before");
    }
    let long = Class::Long.packed(&"é".repeat(1000).into()).expect_err("a text");
    assert_eq!(long.got(), format!("a text of 2000 bytes that begins with {:?}", "é".repeat(64)));
    let big = Class::Long.packed(&Value::Integer(BigInt::from(1) << 100_000)).expect_err("a big one");
    assert_eq!(big.got(), "an integer of 100001 bits");
}

#[test]
fn some_stored_bytes_have_no_value() {
    let unpack = |class: Class, bytes: &'static [u8]| class.unpack(&Bytes::from_static(bytes));
    let far =
        unpack(Class::Timestamp, &[0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]).expect_err("too far");
    assert_eq!(
        far.to_string(),
        "expected a time between the years -262143 and 262142 for TimestampType, got 8 bytes (7fffffffffffffff)"
    );
    let surrogate = unpack(Class::Utf8, b"\xed\xa0\x80").expect_err("not a character");
    assert_eq!(surrogate.to_string(), "expected UTF-8 for UTF8Type, got 3 bytes (eda080)");
    assert_eq!(unpack(Class::Boolean, b"\x02"), Ok(Value::Boolean(true)));
    assert_eq!(unpack(Class::Utf8, b""), Ok(Value::Utf8("".into())));
    assert_eq!(unpack(Class::Integer, b""), Ok(Value::Empty));
    assert_eq!(unpack(Class::Integer, b"\x00\x00\x05"), Ok(Value::Integer(5.into())));
}

#[test]
fn values_compare_with_rust_values() {
    let (text, bytes, big) = ("x".to_owned(), b"x".to_vec(), BigInt::from(5));
    for value in [Value::from("x"), Value::Ascii("x".into()), Value::from(b"x")] {
        assert_eq!(value, "x");
        assert_eq!(value, text);
        assert_eq!("x", value);
        assert_eq!(value, b"x");
        assert_eq!(value, bytes);
        assert_eq!(value, bytes[..]);
        assert_ne!(value, "y");
        assert_ne!(value, 1);
    }
    for value in [Value::Int32(5), Value::Long(5), Value::Counter(5), Value::Integer(5.into())] {
        assert_eq!(value, 5);
        assert_eq!(value, 5_i64);
        assert_eq!(value, 5_u128);
        assert_eq!(value, big);
        assert_eq!(5, value);
        assert_ne!(value, 6);
        assert_ne!(value, "5");
        assert_ne!(value, 5.0);
    }
    assert_ne!(Value::Long(-1), u64::MAX);
    assert_ne!(Value::Long(300), 44_u8);
    assert_eq!(Value::Double(1.5), 1.5);
    assert_eq!(Value::Float(1.5), 1.5);
    assert_eq!(Value::Float(1.5), 1.5_f32);
    assert_eq!(Value::Boolean(false), false);
    assert_ne!(Value::Int32(0), false);
    assert_eq!(Value::Date(time()), time());
    assert_eq!(Value::TimeUuid(uuid(1)), uuid(1));
    assert_eq!(Value::Empty, "");
    assert_ne!(Value::Empty, 0);
    // the same number in another variant is another value
    assert_ne!(Value::Int32(5), Value::Long(5));
}

#[test]
fn values_print_for_people() {
    let row = BTreeMap::from([("column1", Value::from("val1")), ("column2", Value::from(b"val\"2"))]);
    assert_eq!(format!("{row:?}"), r#"{"column1": "val1", "column2": "val\"2"}"#);
    let address: IpAddr = Ipv6Addr::LOCALHOST.into();
    let cases: [(Value, &str, &str); 14] = [
        ("é".into(), "é", "\"é\""),
        (b"abc".into(), "abc", "\"abc\""),
        (b"\x00\xff".into(), "0x00ff", "0x00ff"),
        (b"a\nb".into(), "0x610a62", "0x610a62"),
        (b"".into(), "", "\"\""),
        (Value::Empty, "", "Empty"),
        ((-5).into(), "-5", "-5"),
        (Value::Counter(5), "5", "5"),
        (
            u128::MAX.into(),
            "340282366920938463463374607431768211455",
            "340282366920938463463374607431768211455",
        ),
        (1.0.into(), "1.0", "1.0"),
        (1e300.into(), "1e300", "1e300"),
        (time().into(), TIME, TIME),
        (address.into(), "::1", "::1"),
        (uuid(1).into(), "e902893a-9d22-1c7e-a7b8-d6e313b71d9f", "e902893a-9d22-1c7e-a7b8-d6e313b71d9f"),
    ];
    for (value, display, debug) in cases {
        assert_eq!((value.to_string().as_str(), format!("{value:?}").as_str()), (display, debug));
    }
}
