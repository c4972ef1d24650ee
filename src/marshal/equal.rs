//! A [`Value`] beside Rust's values: `columns["year"] == 2004`.
//!
//! Text and bytes are equal to each other by their bytes, integers of every variant by their number.

use std::net::IpAddr;

use bigdecimal::BigDecimal;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use num_bigint::BigInt;
use uuid::Uuid;

use super::value::Number;
use super::{Text, Value};

/// Each line: the types, and whether a value equals one of them. Both directions follow.
macro_rules! equal {
    ($($($type:ty),+ => |$value:ident, $other:ident| $equal:expr;)+) => {$($(
        impl PartialEq<$type> for Value {
            fn eq(&self, $other: &$type) -> bool {
                let $value = self;
                $equal
            }
        }

        impl PartialEq<Value> for $type {
            fn eq(&self, value: &Value) -> bool {
                value == self
            }
        }
    )+)+};
}

equal! {
    str, &str, String, Text => |value, other| value.raw() == Some(other.as_bytes());
    [u8] => |value, other| value.raw() == Some(other);
    &[u8] => |value, other| value.raw() == Some(*other);
    Vec<u8>, Bytes => |value, other| value.raw() == Some(&other[..]);
    i8, i16, i32, i64, i128, u8, u16, u32, u64, u128 => |value, other| {
        value.number().and_then(Number::narrow) == Some(*other)
    };
    BigInt => |value, other| match value.number() {
        Some(Number::Small(number)) => BigInt::from(number) == *other,
        Some(Number::Big(number)) => number == other,
        None => false,
    };
    BigDecimal => |value, other| matches!(value, Value::Decimal(number) if number == other);
    bool => |value, other| matches!(value, Value::Boolean(boolean) if boolean == other);
    f32 => |value, other| matches!(value, Value::Float(number) if number == other);
    f64 => |value, other| match value {
        Value::Double(number) => number == other,
        Value::Float(number) => f64::from(*number) == *other,
        _ => false,
    };
    Uuid => |value, other| value.uuid() == Some(*other);
    DateTime<Utc> => |value, other| {
        matches!(value, Value::Date(time) | Value::Timestamp(time) if time == other)
    };
    IpAddr => |value, other| matches!(value, Value::Inet(address) if address == other);
}

impl<const N: usize> PartialEq<[u8; N]> for Value {
    fn eq(&self, other: &[u8; N]) -> bool {
        *self == other[..]
    }
}

impl<const N: usize> PartialEq<&[u8; N]> for Value {
    fn eq(&self, other: &&[u8; N]) -> bool {
        *self == other[..]
    }
}
