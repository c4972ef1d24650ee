//! One value to the bytes of its column: the column's class decides, not the value.

use std::fmt::{self, Write as _};
use std::net::IpAddr;

use bigdecimal::BigDecimal;
use serde::Serialize;
use serde::ser::{Impossible, Serializer};
use uuid::Uuid;

use super::parts::Parts;
use super::refuse::refuse;
use crate::map::fault::{Fault, Result};
use crate::map::time;
use crate::marshal::{Class, decimal, varint};

pub(super) struct ColumnSerializer<'a> {
    class: &'a Class,
    out: &'a mut Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    Value,
    Null,
}

impl<'a> ColumnSerializer<'a> {
    #[inline]
    pub(super) fn new(class: &'a Class, out: &'a mut Vec<u8>) -> Self {
        ColumnSerializer { class, out }
    }

    #[inline]
    fn put(self, bytes: &[u8]) -> Result<Written> {
        self.out.extend_from_slice(bytes);
        Ok(Written::Value)
    }

    #[inline]
    fn integer(self, value: i64) -> Result<Written> {
        match self.class {
            // A time as an integer is its milliseconds, as `chrono::serde::ts_milliseconds` writes it.
            Class::Long | Class::Counter | Class::Date | Class::Timestamp => self.put(&value.to_be_bytes()),
            Class::Int32 => match i32::try_from(value) {
                Ok(value) => self.put(&value.to_be_bytes()),
                Err(_) => Err(self.out_of_range(value)),
            },
            Class::Integer => self.put(varint::minimal(&value.to_be_bytes())),
            Class::Decimal => self.decimal(&value.into()),
            _ => Err(self.refused("an integer")),
        }
    }

    fn wide_integer(self, value: i128) -> Result<Written> {
        match i64::try_from(value) {
            Ok(value) => self.integer(value),
            Err(_) if *self.class == Class::Integer => self.put(varint::minimal(&value.to_be_bytes())),
            Err(_) if *self.class == Class::Decimal => self.decimal(&value.into()),
            Err(_) => Err(self.out_of_range(value)),
        }
    }

    fn decimal(self, value: &BigDecimal) -> Result<Written> {
        match decimal::pack(value, self.out) {
            Some(()) => Ok(Written::Value),
            None => Err(Fault::mismatch(self.class, "a scale of 32 bits", clipped(&value.to_string()))),
        }
    }

    #[cold]
    fn out_of_range(&self, got: impl fmt::Display) -> Fault {
        match self.class {
            Class::Int32 => {
                let expected = format_args!("an integer from {} to {}", i32::MIN, i32::MAX);
                Fault::mismatch(self.class, expected, got)
            }
            Class::Long | Class::Counter | Class::Date | Class::Timestamp => {
                let expected = format_args!("an integer from {} to {}", i64::MIN, i64::MAX);
                Fault::mismatch(self.class, expected, got)
            }
            _ => self.refused("an integer"),
        }
    }

    #[cold]
    fn refused(&self, got: &str) -> Fault {
        let hint = match got {
            "a sequence"
            | "a tuple"
            | "a map"
            | "a struct"
            | "an enum that holds a value"
            | "an enum that holds values" => "; `#[cassa(json)]` stores it as text",
            _ => "",
        };
        Fault::new(format!("expected a value of {}, got {got}{hint}", self.class))
    }
}

impl<'a> Serializer for ColumnSerializer<'a> {
    type Ok = Written;
    type Error = Fault;
    type SerializeSeq = Parts<'a>;
    type SerializeTuple = Parts<'a>;
    type SerializeTupleStruct = Parts<'a>;
    type SerializeTupleVariant = Impossible<Written, Fault>;
    type SerializeMap = Impossible<Written, Fault>;
    type SerializeStruct = Impossible<Written, Fault>;
    type SerializeStructVariant = Impossible<Written, Fault>;

    fn is_human_readable(&self) -> bool {
        false
    }

    #[inline]
    fn serialize_bool(self, value: bool) -> Result<Written> {
        match self.class {
            Class::Boolean => self.put(&[u8::from(value)]),
            _ => Err(self.refused("a boolean")),
        }
    }

    #[inline]
    fn serialize_i8(self, value: i8) -> Result<Written> {
        self.integer(value.into())
    }

    #[inline]
    fn serialize_i16(self, value: i16) -> Result<Written> {
        self.integer(value.into())
    }

    #[inline]
    fn serialize_i32(self, value: i32) -> Result<Written> {
        self.integer(value.into())
    }

    #[inline]
    fn serialize_i64(self, value: i64) -> Result<Written> {
        self.integer(value)
    }

    fn serialize_i128(self, value: i128) -> Result<Written> {
        self.wide_integer(value)
    }

    #[inline]
    fn serialize_u8(self, value: u8) -> Result<Written> {
        self.integer(value.into())
    }

    #[inline]
    fn serialize_u16(self, value: u16) -> Result<Written> {
        self.integer(value.into())
    }

    #[inline]
    fn serialize_u32(self, value: u32) -> Result<Written> {
        self.integer(value.into())
    }

    #[inline]
    fn serialize_u64(self, value: u64) -> Result<Written> {
        self.wide_integer(value.into())
    }

    fn serialize_u128(self, value: u128) -> Result<Written> {
        match i128::try_from(value) {
            Ok(value) => self.wide_integer(value),
            // The leading zero keeps the highest bit from being read as a sign.
            Err(_) if *self.class == Class::Integer => {
                self.out.push(0);
                self.put(&value.to_be_bytes())
            }
            Err(_) if *self.class == Class::Decimal => self.decimal(&value.into()),
            Err(_) => Err(self.out_of_range(value)),
        }
    }

    #[inline]
    fn serialize_f32(self, value: f32) -> Result<Written> {
        match self.class {
            Class::Float => self.put(&value.to_be_bytes()),
            Class::Double => self.put(&f64::from(value).to_be_bytes()),
            _ => Err(self.refused("a float")),
        }
    }

    #[inline]
    fn serialize_f64(self, value: f64) -> Result<Written> {
        match self.class {
            Class::Double => self.put(&value.to_be_bytes()),
            Class::Float => Err(self.refused("an `f64`, which it would round")),
            _ => Err(self.refused("a float")),
        }
    }

    fn serialize_char(self, value: char) -> Result<Written> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<Written> {
        match self.class {
            Class::Utf8 | Class::Bytes | Class::Custom(_) => self.put(value.as_bytes()),
            Class::Ascii if value.is_ascii() => self.put(value.as_bytes()),
            Class::Ascii => Err(Fault::mismatch(self.class, "7-bit characters", clipped(value))),
            Class::Date | Class::Timestamp => match time::parse(value) {
                Some(milliseconds) => self.put(&milliseconds.to_be_bytes()),
                None => Err(Fault::mismatch(self.class, "an RFC 3339 time", clipped(value))),
            },
            Class::Uuid | Class::LexicalUuid | Class::TimeUuid => match Uuid::parse_str(value) {
                Ok(uuid) => self.serialize_bytes(uuid.as_bytes()),
                Err(_) => Err(Fault::mismatch(self.class, "the text of a UUID", clipped(value))),
            },
            Class::Decimal => match value.parse() {
                Ok(number) => self.decimal(&number),
                Err(_) => Err(Fault::mismatch(self.class, "the text of a decimal number", clipped(value))),
            },
            Class::Inet => match value.parse() {
                Ok(IpAddr::V4(address)) => self.put(&address.octets()),
                Ok(IpAddr::V6(address)) => self.put(&address.octets()),
                Err(_) => Err(Fault::mismatch(self.class, "the text of an address", clipped(value))),
            },
            _ => Err(self.refused("a text")),
        }
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result<Written> {
        match self.class {
            // Times come this way: chrono always writes text, and it is never longer than this.
            Class::Date | Class::Timestamp => {
                let mut text = time::Text::default();
                match write!(text, "{value}") {
                    Ok(()) => self.serialize_str(text.as_str()),
                    Err(_) => Err(self.refused("a longer text")),
                }
            }
            _ => {
                let mut text = String::new();
                match write!(text, "{value}") {
                    Ok(()) => self.serialize_str(&text),
                    Err(_) => Err(self.refused("a value whose `Display` fails")),
                }
            }
        }
    }

    /// The raw bytes of any class, if they are a value of it.
    #[inline]
    fn serialize_bytes(self, value: &[u8]) -> Result<Written> {
        self.class.validate(value).map_err(|mismatch| Fault::new(mismatch.to_string()))?;
        self.put(value)
    }

    #[inline]
    fn serialize_none(self) -> Result<Written> {
        Ok(Written::Null)
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Written> {
        value.serialize(self)
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<Written> {
        value.serialize(self)
    }

    /// By name in a column of text, by number in one of integers.
    fn serialize_unit_variant(self, _: &'static str, index: u32, variant: &'static str) -> Result<Written> {
        match self.class {
            Class::Utf8 | Class::Ascii => self.serialize_str(variant),
            Class::Int32 | Class::Long | Class::Integer => self.serialize_u32(index),
            _ => Err(self.refused("an enum")),
        }
    }

    /// An `IpAddr` is an enum to serde where text is not wanted.
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<Written> {
        match self.class {
            Class::Inet if name == "IpAddr" => value.serialize(self),
            _ => Err(self.refused("an enum that holds a value")),
        }
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Parts<'a>> {
        Ok(Parts::of_sequence(self.class, self.out))
    }

    fn serialize_tuple(self, _: usize) -> Result<Parts<'a>> {
        match self.class {
            Class::Integer => Ok(Parts::of_integer(self.class, self.out)),
            Class::Composite(classes) => Ok(Parts::of_components(self.class, classes, self.out)),
            _ => Ok(Parts::of_sequence(self.class, self.out)),
        }
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Parts<'a>> {
        self.serialize_tuple(length)
    }

    refuse! { unit unit_struct tuple_variant map struct struct_variant }
}

/// A text as an error shows it.
#[cold]
fn clipped(text: &str) -> String {
    const SHOWN: usize = 100;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}
