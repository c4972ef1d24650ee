//! Rust's values as a [`Value`].

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use bigdecimal::BigDecimal;
use bytes::Bytes;
use chrono::{DateTime, NaiveDateTime, Utc};
use num_bigint::BigInt;
use uuid::Uuid;

use super::{Text, Value};

/// For types that are `Copy`: the type itself and a reference to it.
macro_rules! from_copy {
    ($($type:ty => |$it:ident| $value:expr;)+) => {$(
        impl From<$type> for Value {
            fn from($it: $type) -> Value {
                $value
            }
        }

        impl From<&$type> for Value {
            fn from(it: &$type) -> Value {
                Value::from(*it)
            }
        }
    )+};
}

/// For types that own memory: the type itself, and a reference to it, which is copied.
macro_rules! from_owned {
    ($($type:ty => |$it:ident| $value:expr;)+) => {$(
        impl From<$type> for Value {
            fn from($it: $type) -> Value {
                $value
            }
        }

        impl From<&$type> for Value {
            fn from(it: &$type) -> Value {
                Value::from(it.clone())
            }
        }
    )+};
}

from_copy! {
    bool => |it| Value::Boolean(it);
    i8 => |it| Value::Int32(it.into());
    i16 => |it| Value::Int32(it.into());
    i32 => |it| Value::Int32(it);
    i64 => |it| Value::Long(it);
    i128 => |it| Value::Integer(it.into());
    u8 => |it| Value::Int32(it.into());
    u16 => |it| Value::Int32(it.into());
    u32 => |it| Value::Long(it.into());
    u64 => |it| Value::Integer(it.into());
    u128 => |it| Value::Integer(it.into());
    f32 => |it| Value::Float(it);
    f64 => |it| Value::Double(it);
    Uuid => |it| Value::Uuid(it);
    DateTime<Utc> => |it| Value::Date(it);
    // a time without a zone is taken as UTC
    NaiveDateTime => |it| Value::Date(it.and_utc());
    IpAddr => |it| Value::Inet(it);
    Ipv4Addr => |it| Value::Inet(it.into());
    Ipv6Addr => |it| Value::Inet(it.into());
    &str => |it| Value::Utf8(it.into());
    &[u8] => |it| Value::Bytes(Bytes::copy_from_slice(it));
}

from_owned! {
    String => |it| Value::Utf8(it.into());
    Text => |it| Value::Utf8(it);
    Cow<'_, str> => |it| Value::Utf8(it.into());
    Vec<u8> => |it| Value::Bytes(it.into());
    Bytes => |it| Value::Bytes(it);
    BigInt => |it| Value::Integer(it);
    BigDecimal => |it| Value::Decimal(it);
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(bytes: &[u8; N]) -> Value {
        Value::from(bytes.as_slice())
    }
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(bytes: [u8; N]) -> Value {
        Value::from(bytes.as_slice())
    }
}

impl From<&Value> for Value {
    fn from(value: &Value) -> Value {
        value.clone()
    }
}

/// Nothing is [`Value::Empty`].
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Empty, T::into)
    }
}

/// Tuples are composites, or the first components of one.
macro_rules! from_tuple {
    ($(($($name:ident)+))+) => {$(
        impl<$($name: Into<Value>),+> From<($($name,)+)> for Value {
            fn from(($($name,)+): ($($name,)+)) -> Value {
                Value::Composite(vec![$($name.into()),+])
            }
        }
    )+};
}

#[allow(non_snake_case, reason = "the names of the types serve for the values")]
mod tuples {
    use super::Value;

    from_tuple! {
        (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H)
    }
}
