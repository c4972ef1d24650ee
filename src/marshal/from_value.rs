//! What can be had from a [`Value`], tuples and options included.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use bigdecimal::BigDecimal;
use bytes::Bytes;
use chrono::{DateTime, NaiveDateTime, Utc};
use num_bigint::BigInt;
use uuid::Uuid;

use super::show::Clipped;
use super::{Class, Mismatch, Text, Value};

/// A Rust type that a [`Value`] can become.
///
/// Every type that has [`TryFrom<Value>`](TryFrom) here; `Option`, for which [`Value::Empty`] is `None`; and tuples, for
/// composites with as many components.
///
/// ```
/// use cassa::{FromValue, Value};
///
/// let name = Value::from(("N10156", 5_i64));
/// assert_eq!(<(String, i64)>::from_value(name.clone())?, ("N10156".to_owned(), 5));
/// assert_eq!(Option::<i32>::from_value(Value::Empty)?, None);
///
/// let error = <(String,)>::from_value(name).unwrap_err();
/// assert_eq!(error.to_string(), "expected a composite of 1, got a composite of 2");
/// # Ok::<(), cassa::Mismatch>(())
/// ```
pub trait FromValue: Sized {
    /// Converts the value.
    ///
    /// # Errors
    /// If it is of another kind, or does not fit.
    fn from_value(value: Value) -> Result<Self, Mismatch>;
}

macro_rules! by_try_from {
    ($($type:ty),+) => {$(
        impl FromValue for $type {
            fn from_value(value: Value) -> Result<Self, Mismatch> {
                <$type>::try_from(value)
            }
        }
    )+};
}

by_try_from! {
    i8, i16, i32, i64, i128, u8, u16, u32, u64, u128, f32, f64, bool, Uuid, DateTime<Utc>, NaiveDateTime, IpAddr,
    Ipv4Addr, Ipv6Addr, String, Text, Vec<u8>, Bytes, BigInt, BigDecimal
}

impl FromValue for Value {
    fn from_value(value: Value) -> Result<Self, Mismatch> {
        Ok(value)
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value) -> Result<Self, Mismatch> {
        match value {
            Value::Empty => Ok(None),
            some => T::from_value(some).map(Some),
        }
    }
}

macro_rules! tuple {
    ($($count:literal ($($name:ident)+))+) => {$(
        impl<$($name: FromValue),+> FromValue for ($($name,)+) {
            fn from_value(value: Value) -> Result<Self, Mismatch> {
                let Value::Composite(values) = value else {
                    return Err(mismatch($count, &value));
                };
                match <[Value; $count]>::try_from(values) {
                    Ok([$($name),+]) => Ok(($($name::from_value($name)?,)+)),
                    Err(values) => Err(mismatch($count, &Value::Composite(values))),
                }
            }
        }
    )+};
}

fn mismatch(count: usize, value: &Value) -> Mismatch {
    let class = Class::composite(vec![Class::Bytes; count]);
    Mismatch::new(&class, format!("a composite of {count}"), Clipped::value(value).to_string())
}

#[allow(non_snake_case, reason = "the names of the types serve for the values")]
mod tuples {
    use super::{FromValue, Mismatch, Value, mismatch};

    tuple! {
        1 (A)
        2 (A B)
        3 (A B C)
        4 (A B C D)
        5 (A B C D E)
        6 (A B C D E F)
        7 (A B C D E F G)
        8 (A B C D E F G H)
    }
}
