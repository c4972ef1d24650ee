//! A [`Value`] as Rust's values.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use bigdecimal::BigDecimal;
use bytes::Bytes;
use chrono::{DateTime, NaiveDateTime, Utc};
use num_bigint::BigInt;
use uuid::Uuid;

use super::show::Clipped;
use super::value::Number;
use super::{Class, Mismatch, Text, Value};

/// Each line: the type, its name in an error, the class nearest to it, and how a reference to a value gives it.
macro_rules! from_reference {
    ($($type:ty, $name:literal, $class:ident, $convert:expr;)+) => {$(
        impl TryFrom<&Value> for $type {
            type Error = Mismatch;

            fn try_from(value: &Value) -> Result<$type, Mismatch> {
                let convert: fn(&Value) -> Option<$type> = $convert;
                convert(value)
                    .ok_or_else(|| Mismatch::new(&Class::$class, $name, Clipped::value(value).to_string()))
            }
        }
    )+};
}

/// For types that are had from a value no better than from a reference to it.
macro_rules! from_value {
    ($($type:ty),+) => {$(
        impl TryFrom<Value> for $type {
            type Error = Mismatch;

            fn try_from(value: Value) -> Result<$type, Mismatch> {
                <$type>::try_from(&value)
            }
        }
    )+};
}

from_reference! {
    i8, "an i8", Int32, |value| value.number()?.narrow();
    i16, "an i16", Int32, |value| value.number()?.narrow();
    i32, "an i32", Int32, |value| value.number()?.narrow();
    i64, "an i64", Long, |value| value.number()?.narrow();
    i128, "an i128", Integer, |value| value.number()?.narrow();
    u8, "a u8", Int32, |value| value.number()?.narrow();
    u16, "a u16", Int32, |value| value.number()?.narrow();
    u32, "a u32", Long, |value| value.number()?.narrow();
    u64, "a u64", Integer, |value| value.number()?.narrow();
    u128, "a u128", Integer, |value| value.number()?.narrow();
    BigInt, "an integer", Integer, |value| value.number().map(Number::big);
    BigDecimal, "a decimal", Decimal, |value| match value {
        Value::Decimal(number) => Some(number.clone()),
        other => other.number().map(|number| number.big().into()),
    };
    f32, "an f32", Float, |value| match value {
        Value::Float(number) => Some(*number),
        _ => None,
    };
    f64, "an f64", Double, |value| match value {
        Value::Double(number) => Some(*number),
        Value::Float(number) => Some(f64::from(*number)),
        _ => None,
    };
    bool, "a bool", Boolean, |value| match value {
        Value::Boolean(boolean) => Some(*boolean),
        _ => None,
    };
    Uuid, "a UUID", Uuid, Value::uuid;
    DateTime<Utc>, "a time", Date, time;
    NaiveDateTime, "a time", Date, |value| time(value).map(|time| time.naive_utc());
    IpAddr, "an IP address", Inet, address;
    Ipv4Addr, "an IPv4 address", Inet, |value| match address(value)? {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    };
    Ipv6Addr, "an IPv6 address", Inet, |value| match address(value)? {
        IpAddr::V6(address) => Some(address),
        IpAddr::V4(_) => None,
    };
    String, "text", Utf8, |value| std::str::from_utf8(value.raw()?).ok().map(str::to_owned);
    Text, "text", Utf8, |value| std::str::from_utf8(value.raw()?).ok().map(Text::from);
    Vec<u8>, "bytes", Bytes, |value| value.raw().map(<[u8]>::to_vec);
    Bytes, "bytes", Bytes, |value| match value {
        Value::Bytes(bytes) => Some(bytes.clone()),
        other => other.raw().map(Bytes::copy_from_slice),
    };
}

from_value! {
    i8, i16, i32, i64, i128, u8, u16, u32, u64, u128, f32, f64, bool, Uuid, DateTime<Utc>, NaiveDateTime, IpAddr,
    Ipv4Addr, Ipv6Addr, BigDecimal
}

impl TryFrom<Value> for String {
    type Error = Mismatch;

    fn try_from(value: Value) -> Result<String, Mismatch> {
        match value {
            Value::Ascii(text) | Value::Utf8(text) => Ok(text.into()),
            other => String::try_from(&other),
        }
    }
}

impl TryFrom<Value> for Text {
    type Error = Mismatch;

    fn try_from(value: Value) -> Result<Text, Mismatch> {
        match value {
            Value::Ascii(text) | Value::Utf8(text) => Ok(text),
            other => Text::try_from(&other),
        }
    }
}

impl TryFrom<Value> for Vec<u8> {
    type Error = Mismatch;

    fn try_from(value: Value) -> Result<Vec<u8>, Mismatch> {
        match value {
            Value::Ascii(text) | Value::Utf8(text) => Ok(String::from(text).into_bytes()),
            other => Vec::try_from(&other),
        }
    }
}

impl TryFrom<Value> for Bytes {
    type Error = Mismatch;

    fn try_from(value: Value) -> Result<Bytes, Mismatch> {
        match value {
            Value::Ascii(text) | Value::Utf8(text) => Ok(String::from(text).into()),
            Value::Bytes(bytes) => Ok(bytes),
            other => Bytes::try_from(&other),
        }
    }
}

impl TryFrom<Value> for BigInt {
    type Error = Mismatch;

    fn try_from(value: Value) -> Result<BigInt, Mismatch> {
        match value {
            Value::Integer(number) => Ok(number),
            other => BigInt::try_from(&other),
        }
    }
}

fn time(value: &Value) -> Option<DateTime<Utc>> {
    match value {
        Value::Date(time) | Value::Timestamp(time) => Some(*time),
        _ => None,
    }
}

fn address(value: &Value) -> Option<IpAddr> {
    match value {
        Value::Inet(address) => Some(*address),
        _ => None,
    }
}
