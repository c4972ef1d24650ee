//! The bytes of a column to one value: the column's class decides what they are, serde's visitor what it takes.

use std::net::IpAddr;

use bigdecimal::BigDecimal;
use num_bigint::BigInt;
use serde::de::value::{BorrowedStrDeserializer, U32Deserializer};
use serde::de::{Deserializer, Visitor};
use serde::forward_to_deserialize_any;
use uuid::Uuid;

use super::parts::{Address, Components, IntegerParts, SingleBytes};
use crate::map::fault::{Fault, Result};
use crate::map::time;
use crate::marshal::{Class, Mismatch, decimal};

const LONGEST_DECIMAL: usize = 16 * 1024;

#[derive(Clone, Copy)]
pub(super) struct ColumnDeserializer<'a, 'de> {
    class: &'a Class,
    bytes: &'de [u8],
}

impl<'a, 'de> ColumnDeserializer<'a, 'de> {
    #[inline]
    pub(super) fn new(class: &'a Class, bytes: &'de [u8]) -> Self {
        ColumnDeserializer { class, bytes }
    }

    #[inline]
    fn array<const N: usize>(&self) -> Result<[u8; N]> {
        self.bytes.try_into().map_err(|_| self.malformed())
    }

    #[inline]
    fn long(&self) -> Result<i64> {
        self.array().map(i64::from_be_bytes)
    }

    #[inline]
    fn text(&self) -> Result<&'de str> {
        match std::str::from_utf8(self.bytes) {
            Ok(text) if *self.class != Class::Ascii || text.is_ascii() => Ok(text),
            Ok(_) => Err(self.mismatch("7-bit characters")),
            Err(_) => Err(self.mismatch("UTF-8")),
        }
    }

    fn uuid(&self) -> Result<Uuid> {
        self.array().map(Uuid::from_bytes)
    }

    pub(super) fn address(&self) -> Result<IpAddr> {
        match self.bytes.len() {
            4 => self.array::<4>().map(IpAddr::from),
            _ => self.array::<16>().map(IpAddr::from),
        }
    }

    fn integer<V: Visitor<'de>>(&self, visitor: V) -> Result<V::Value> {
        let negative = match self.bytes.first() {
            Some(first) => *first >= 0x80,
            None => return Err(self.malformed()),
        };
        let fill = if negative { 0xff } else { 0 };
        if let Some(leading) = 8_usize.checked_sub(self.bytes.len()) {
            let mut bytes = [fill; 8];
            bytes[leading..].copy_from_slice(self.bytes);
            return visitor.visit_i64(i64::from_be_bytes(bytes));
        }
        self.any_integer(&BigInt::from_signed_bytes_be(self.bytes), visitor)
    }

    fn any_integer<V: Visitor<'de>>(&self, integer: &BigInt, visitor: V) -> Result<V::Value> {
        if let Ok(integer) = i64::try_from(integer) {
            visitor.visit_i64(integer)
        } else if let Ok(integer) = u64::try_from(integer) {
            visitor.visit_u64(integer)
        } else if let Ok(integer) = i128::try_from(integer) {
            visitor.visit_i128(integer)
        } else if let Ok(integer) = u128::try_from(integer) {
            visitor.visit_u128(integer)
        } else {
            // Not in digits: making them of a value of megabytes takes minutes.
            Err(self.mismatch("an integer of at most 128 bits"))
        }
    }

    /// A decimal as an integer, if it is one.
    fn whole<V: Visitor<'de>>(&self, visitor: V) -> Result<V::Value> {
        let decimal = self.decimal()?;
        // No integer type has more digits; the zeros of a far greater scale would fill the memory.
        let is_near = (-40..=40).contains(&decimal.fractional_digit_count());
        let whole = is_near.then(|| decimal.with_scale(0)).filter(|whole| *whole == decimal);
        match whole {
            Some(whole) => self.any_integer(&whole.into_bigint_and_exponent().0, visitor),
            None => Err(self.mismatch("a whole number")),
        }
    }

    fn decimal(&self) -> Result<BigDecimal> {
        // As of integers: the digits of a number of megabytes take minutes.
        if self.bytes.len() > LONGEST_DECIMAL {
            return Err(self.mismatch(&format!("a decimal of at most {LONGEST_DECIMAL} bytes")));
        }
        decimal::unpack(self.bytes).ok_or_else(|| self.malformed())
    }

    #[cold]
    fn mismatch(&self, expected: &str) -> Fault {
        Fault::new(Mismatch::of_bytes(self.class, expected, self.bytes).to_string())
    }

    #[cold]
    fn malformed(&self) -> Fault {
        match self.class.validate(self.bytes) {
            Err(mismatch) => Fault::new(mismatch.to_string()),
            Ok(()) if self.bytes.is_empty() => Fault::new(format!(
                "expected a value of {}, got an empty one; an `Option` reads it as `None`",
                self.class
            )),
            Ok(()) => self.mismatch("other bytes"),
        }
    }

    #[cold]
    fn refused(&self, wanted: &str) -> Fault {
        Fault::new(format!(
            "a column of {} cannot be read as {wanted}; `#[cassa(json)]` stores one",
            self.class
        ))
    }
}

macro_rules! integers {
    ($($method:ident)+) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            match self.class {
                Class::Long | Class::Counter | Class::Date | Class::Timestamp => visitor.visit_i64(self.long()?),
                Class::Int32 => visitor.visit_i32(self.array().map(i32::from_be_bytes)?),
                Class::Decimal => self.whole(visitor),
                _ => self.deserialize_any(visitor),
            }
        }
    )+};
}

impl<'de> Deserializer<'de> for ColumnDeserializer<'_, 'de> {
    type Error = Fault;

    fn is_human_readable(&self) -> bool {
        false
    }

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.class {
            Class::Utf8 | Class::Ascii => visitor.visit_borrowed_str(self.text()?),
            Class::Long | Class::Counter | Class::Date | Class::Timestamp => visitor.visit_i64(self.long()?),
            Class::Int32 => visitor.visit_i32(self.array().map(i32::from_be_bytes)?),
            Class::Double => visitor.visit_f64(self.array().map(f64::from_be_bytes)?),
            Class::Float => visitor.visit_f32(self.array().map(f32::from_be_bytes)?),
            Class::Boolean => visitor.visit_bool(self.array::<1>()? != [0]),
            Class::Integer => self.integer(visitor),
            // As text, which every type of decimals reads.
            Class::Decimal => visitor.visit_string(self.decimal()?.to_string()),
            Class::Composite(classes) => visitor.visit_seq(Components::new(classes, self.bytes)),
            Class::Inet
            | Class::Uuid
            | Class::LexicalUuid
            | Class::TimeUuid
            | Class::Bytes
            | Class::Custom(_) => visitor.visit_borrowed_bytes(self.bytes),
            _ => Err(self.refused("a field of its own")),
        }
    }

    /// No bytes at all are a value of text and of bytes; everything else has none then.
    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let may_be_empty = matches!(self.class, Class::Utf8 | Class::Ascii | Class::Bytes | Class::Custom(_));
        if self.bytes.is_empty() && !may_be_empty { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    integers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128 deserialize_u8 deserialize_u16
        deserialize_u32 deserialize_u64 deserialize_u128
    }

    /// serde would take any integer for a float, and round it.
    #[inline]
    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.class {
            Class::Double => visitor.visit_f64(self.array().map(f64::from_be_bytes)?),
            Class::Float => visitor.visit_f32(self.array().map(f32::from_be_bytes)?),
            _ => Err(Fault::new(format!("a column of {} cannot be read as a float", self.class))),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if *self.class == Class::Double {
            let double = self.array().map(f64::from_be_bytes)?;
            let float = double as f32;
            return if f64::from(float) == double || double.is_nan() {
                visitor.visit_f32(float)
            } else {
                Err(Fault::new(format!("expected a value that an `f32` holds, got {double}; write `f64`")))
            };
        }
        self.deserialize_f64(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.class {
            Class::Bytes | Class::Custom(_) => visitor.visit_borrowed_str(self.text()?),
            Class::Date | Class::Timestamp => {
                let text = time::print(self.long()?, time::is_with_offset::<V>());
                visitor.visit_str(
                    text.ok_or_else(|| self.mismatch("a time between the years -262143 and 262142"))?
                        .as_str(),
                )
            }
            Class::Uuid | Class::LexicalUuid | Class::TimeUuid => {
                visitor.visit_str(self.uuid()?.hyphenated().encode_lower(&mut Uuid::encode_buffer()))
            }
            Class::Inet => visitor.visit_string(self.address()?.to_string()),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    /// The raw bytes of any class. Those of a UUID are what `Uuid` itself reads, so they have to be one.
    #[inline]
    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if let Class::Uuid | Class::LexicalUuid | Class::TimeUuid = self.class {
            self.array::<16>()?;
        }
        visitor.visit_borrowed_bytes(self.bytes)
    }

    #[inline]
    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_bytes(visitor)
    }

    /// The raw bytes of any class, one by one.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.class {
            Class::Composite(_) => self.deserialize_any(visitor),
            _ => visitor.visit_seq(SingleBytes::new(self.class, self.bytes)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value> {
        match self.class {
            Class::Composite(classes) if classes.len() == length => self.deserialize_any(visitor),
            Class::Composite(classes) => {
                Err(self.refused(&format!("{length} values: it has {} components", classes.len())))
            }
            Class::Integer if length == 2 => visitor.visit_seq(IntegerParts::new(self.bytes)),
            _ if self.bytes.len() == length => visitor.visit_seq(SingleBytes::new(self.class, self.bytes)),
            _ => Err(self.mismatch(&format!("{length} bytes"))),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        n: usize,
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_tuple(n, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, _: V) -> Result<V::Value> {
        Err(self.refused("a map"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value> {
        Err(self.refused(&format!("the struct `{name}`")))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        match self.class {
            Class::Utf8 | Class::Ascii => visitor.visit_enum(BorrowedStrDeserializer::new(self.text()?)),
            Class::Int32 | Class::Long | Class::Integer => {
                let index = self.deserialize_any(Index)?;
                visitor.visit_enum(U32Deserializer::new(index))
            }
            Class::Inet if name == "IpAddr" => visitor.visit_enum(Address::new(self)?),
            _ => Err(self.refused(&format!("the enum `{name}`"))),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool unit unit_struct identifier
    }
}

/// The number of an enum's variant.
struct Index;

impl Visitor<'_> for Index {
    type Value = u32;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the number of a variant")
    }

    fn visit_i64<E: serde::de::Error>(self, index: i64) -> std::result::Result<u32, E> {
        u32::try_from(index).map_err(|_| E::invalid_value(serde::de::Unexpected::Signed(index), &self))
    }
}
