//! A value of any class.

use std::net::IpAddr;

use bigdecimal::BigDecimal;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use num_bigint::BigInt;
use uuid::Uuid;

use super::{Class, Text};

/// A value, one variant for each [`Class`](super::Class).
///
/// Plain Rust values become a `Value` by [`From`] and are had back by [`TryFrom`]; they can also be compared with one:
///
/// ```
/// use cassa::Value;
///
/// let name = Value::from("column1");
/// assert_eq!(name, "column1");
/// assert_eq!(format!("{name} {name:?}"), r#"column1 "column1""#);
///
/// let seats = Value::from(55_i64);
/// assert_eq!(i32::try_from(&seats)?, 55);
/// assert!(u8::try_from(Value::from(300)).is_err());
/// # Ok::<(), cassa::Mismatch>(())
/// ```
///
/// [`Display`](std::fmt::Display) writes a value for people: text as it is, times as RFC 3339, bytes as text where they
/// can be printed and as `0x…` otherwise. [`Debug`] is the same with text in quotes.
#[non_exhaustive]
#[derive(Clone, PartialEq)]
pub enum Value {
    /// Text of 7-bit characters.
    Ascii(Text),
    /// True or false.
    Boolean(bool),
    /// Any bytes; they may share the frame in which they were received.
    Bytes(Bytes),
    /// A 64-bit counter.
    Counter(i64),
    /// A time, kept to the millisecond.
    Date(DateTime<Utc>),
    /// A decimal of any size, with its scale. Two of the same number are equal, also with different scales.
    Decimal(BigDecimal),
    /// A 64-bit floating-point number.
    Double(f64),
    /// A 32-bit floating-point number.
    Float(f32),
    /// An IPv4 or IPv6 address.
    Inet(IpAddr),
    /// A 32-bit integer.
    Int32(i32),
    /// An integer of any size.
    Integer(BigInt),
    /// A UUID of any version.
    LexicalUuid(Uuid),
    /// A 64-bit integer.
    Long(i64),
    /// A UUID of version 1.
    TimeUuid(Uuid),
    /// A time, kept to the millisecond.
    Timestamp(DateTime<Utc>),
    /// Text.
    Utf8(Text),
    /// A UUID of any version.
    Uuid(Uuid),
    /// The components of a `CompositeType`, or the first ones of it.
    Composite(Vec<Value>),
    /// The components of a `DynamicCompositeType`, each with what names its type.
    DynamicComposite(Vec<(ComponentType, Value)>),
    /// The elements of a `ListType`.
    List(Vec<Value>),
    /// The elements of a `SetType`, in the order of their class.
    Set(Vec<Value>),
    /// The keys and values of a `MapType`, in the order of the keys' class.
    Map(Vec<(Value, Value)>),
    /// No bytes at all where the class wants some: a number, a time, a UUID … that is there without a value.
    /// Cassandra accepts it for every class.
    Empty,
}

/// What names the type of a component in a `DynamicCompositeType`.
///
/// ```
/// use cassa::{Class, Value};
///
/// let class: Class = "DynamicCompositeType(a=>AsciiType,l=>LongType)".parse()?;
/// let name = Value::DynamicComposite(vec![('a'.into(), "x".into()), ("LongType".into(), 7_i64.into())]);
/// assert_eq!(class.packed(&name)?, b"\x80a\0\x01x\0\0\x08LongType\0\x08\0\0\0\0\0\0\0\x07\0");
/// assert_eq!(name.to_string(), "(a@x, LongType@7)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ComponentType {
    /// A letter that the comparator declares.
    Alias(char),
    /// The name of a class, as it stands in the column's name.
    Name(String),
}

impl From<char> for ComponentType {
    fn from(alias: char) -> ComponentType {
        ComponentType::Alias(alias)
    }
}

impl From<&str> for ComponentType {
    fn from(name: &str) -> ComponentType {
        ComponentType::Name(name.to_owned())
    }
}

impl From<&Class> for ComponentType {
    fn from(class: &Class) -> ComponentType {
        ComponentType::Name(class.to_string())
    }
}

impl std::fmt::Display for ComponentType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ComponentType::Alias(alias) => write!(f, "{alias}"),
            ComponentType::Name(name) => f.write_str(name),
        }
    }
}

/// The number in a variant that holds an integer.
#[derive(Clone, Copy)]
pub(crate) enum Number<'a> {
    Small(i64),
    Big(&'a BigInt),
}

impl<'a> Number<'a> {
    /// The number as a narrower type, if it fits.
    pub(crate) fn narrow<T: TryFrom<i64> + TryFrom<&'a BigInt>>(self) -> Option<T> {
        match self {
            Number::Small(number) => T::try_from(number).ok(),
            Number::Big(number) => T::try_from(number).ok(),
        }
    }

    /// The number as a big one.
    pub(crate) fn big(self) -> BigInt {
        match self {
            Number::Small(number) => number.into(),
            Number::Big(number) => number.clone(),
        }
    }
}

impl Value {
    /// The number, if the variant holds an integer.
    pub(crate) fn number(&self) -> Option<Number<'_>> {
        match self {
            Value::Int32(number) => Some(Number::Small((*number).into())),
            Value::Long(number) | Value::Counter(number) => Some(Number::Small(*number)),
            Value::Integer(number) => Some(Number::Big(number)),
            _ => None,
        }
    }

    /// The bytes, if the variant holds text or bytes, or nothing.
    pub(crate) fn raw(&self) -> Option<&[u8]> {
        match self {
            Value::Ascii(text) | Value::Utf8(text) => Some(text.as_bytes()),
            Value::Bytes(bytes) => Some(bytes),
            Value::Empty => Some(&[]),
            _ => None,
        }
    }

    /// The UUID, whatever its class.
    pub(crate) fn uuid(&self) -> Option<Uuid> {
        match self {
            Value::LexicalUuid(uuid) | Value::TimeUuid(uuid) | Value::Uuid(uuid) => Some(*uuid),
            _ => None,
        }
    }
}
