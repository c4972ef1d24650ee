//! The Cassandra type that a Rust type has of its own.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::rc::Rc;
use std::sync::Arc;

use bigdecimal::BigDecimal;
use bytes::Bytes;
use chrono::{DateTime, NaiveDateTime, Utc};
use num_bigint::BigInt;
use uuid::Uuid;

use super::FieldClass;

/// A Rust type with a Cassandra type of its own.
///
/// | Rust | Cassandra |
/// |---|---|
/// | `String`, `&str`, `Cow<str>`, `Box<str>`, `char` | `UTF8Type` |
/// | `i64`, `u32` | `LongType` |
/// | `i8`, `i16`, `i32`, `u8`, `u16` | `Int32Type` |
/// | `i128`, `u64`, `u128`, `num_bigint::BigInt` | `IntegerType` |
/// | `bigdecimal::BigDecimal` | `DecimalType` |
/// | `f64` | `DoubleType` |
/// | `f32` | `FloatType` |
/// | `bool` | `BooleanType` |
/// | `uuid::Uuid` | `UUIDType` |
/// | `chrono::DateTime<Utc>`, `chrono::NaiveDateTime` (taken as UTC) | `DateType` |
/// | `IpAddr`, `Ipv4Addr`, `Ipv6Addr` | `InetAddressType` |
/// | `Vec<u8>`, `&[u8]`, `Box<[u8]>`, `[u8; N]`, `bytes::Bytes` | `BytesType` |
/// | tuples of these, up to six | `CompositeType` |
/// | `Option<T>`, `&T`, `Box<T>`, `Rc<T>`, `Arc<T>`, `Cow<T>` | that of `T` |
///
/// A `BigDecimal` is stored with its scale, except that 1E+3 is stored as 1000, and 0.000 as 0.
///
/// A field of another type needs `#[cassa(validator = "…")]` or `#[cassa(json)]`. A type of your own that serde writes
/// as one of these may implement the trait:
///
/// ```
/// use cassa::{FieldClass, Typed};
///
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct TailNumber(String);
///
/// impl Typed for TailNumber {
///     const CLASS: FieldClass = String::CLASS;
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no Cassandra type of its own",
    label = "write `#[cassa(validator = \"…\")]` with the type that serde writes it as, or `#[cassa(json)]`"
)]
pub trait Typed {
    /// The Cassandra type.
    const CLASS: FieldClass;
}

macro_rules! typed {
    ($($class:literal: $($type:ty),+;)*) => {$($(
        impl Typed for $type {
            const CLASS: FieldClass = FieldClass::Named($class);
        }
    )+)*};
}

typed! {
    "UTF8Type": str, String, char;
    "LongType": i64, u32;
    "Int32Type": i8, i16, i32, u8, u16;
    "IntegerType": i128, u64, u128, BigInt;
    "DecimalType": BigDecimal;
    "DoubleType": f64;
    "FloatType": f32;
    "BooleanType": bool;
    "UUIDType": Uuid;
    "DateType": DateTime<Utc>, NaiveDateTime;
    "InetAddressType": IpAddr, Ipv4Addr, Ipv6Addr;
    "BytesType": [u8], Bytes;
}

impl Typed for Vec<u8> {
    const CLASS: FieldClass = <[u8]>::CLASS;
}

impl<const N: usize> Typed for [u8; N] {
    const CLASS: FieldClass = <[u8]>::CLASS;
}

impl<T: Typed> Typed for Option<T> {
    const CLASS: FieldClass = T::CLASS;
}

macro_rules! as_inner {
    ($($type:ty),+) => {$(
        impl<T: Typed + ?Sized> Typed for $type {
            const CLASS: FieldClass = T::CLASS;
        }
    )+};
}

as_inner!(&T, Box<T>, Rc<T>, Arc<T>);

impl<T: Typed + ToOwned + ?Sized> Typed for Cow<'_, T> {
    const CLASS: FieldClass = T::CLASS;
}

macro_rules! tuples {
    ($(($($part:ident),+))+) => {$(
        impl<$($part: Typed),+> Typed for ($($part,)+) {
            const CLASS: FieldClass = FieldClass::Composite(&[$($part::CLASS),+]);
        }
    )+};
}

tuples! { (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) }

/// A map that a `#[cassa(rest)]` field may be: of the names to the values of all columns that are no fields.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no map of columns with a Cassandra type of their own",
    label = "write a `BTreeMap` or a `HashMap`, or `#[cassa(rest, validator = \"…\")]` with the type of the values"
)]
pub trait Rest {
    /// The Cassandra type of the values of columns that the schema does not name.
    const VALUE: FieldClass;
}

impl<K, V: Typed> Rest for BTreeMap<K, V> {
    const VALUE: FieldClass = V::CLASS;
}

impl<K, V: Typed, S> Rest for HashMap<K, V, S> {
    const VALUE: FieldClass = V::CLASS;
}
