//! Bytes to values.

use std::net::IpAddr;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use num_bigint::BigInt;
use uuid::Uuid;

use super::{Class, Mismatch, Value};

impl Class {
    /// Reads a value. [`Value::Bytes`] shares the bytes that are given, without a copy.
    ///
    /// No bytes at all are [`Value::Empty`], except for text and bytes, which may be empty themselves.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use cassa::{Class, Value};
    ///
    /// let bytes = Bytes::from_static(&[0, 0, 7, 212]);
    /// assert_eq!(Class::Int32.unpack(&bytes)?, Value::Int32(2004));
    /// assert_eq!(Class::Bytes.unpack(&bytes)?, Value::Bytes(bytes.clone()));
    /// assert_eq!(Class::Int32.unpack(&Bytes::new())?, Value::Empty);
    /// assert!(Class::Long.unpack(&bytes).is_err());
    /// # Ok::<(), cassa::Mismatch>(())
    /// ```
    ///
    /// # Errors
    /// If these are not the bytes of this class, see [`validate`](Class::validate). Two things that Cassandra stores
    /// cannot be read either: a `UTF8Type` that is not UTF-8 (it takes surrogates and a zero in two bytes), and a time
    /// that is more than 260,000 years away.
    pub fn unpack(&self, bytes: &Bytes) -> Result<Value, Mismatch> {
        match self {
            Class::Ascii | Class::Utf8 => self.unpack_text(bytes),
            Class::Bytes | Class::Custom(_) => Ok(Value::Bytes(bytes.clone())),
            _ if bytes.is_empty() => Ok(Value::Empty),
            _ => {
                self.validate(bytes)?;
                self.unpack_fixed(bytes).ok_or_else(|| self.out_of_range(bytes))
            }
        }
    }

    fn unpack_text(&self, bytes: &[u8]) -> Result<Value, Mismatch> {
        match std::str::from_utf8(bytes) {
            Ok(text) if *self == Class::Utf8 => Ok(Value::Utf8(text.to_owned())),
            Ok(text) if text.is_ascii() => Ok(Value::Ascii(text.to_owned())),
            _ if *self == Class::Utf8 => Err(Mismatch::of_bytes(self, "UTF-8", bytes)),
            _ => Err(Mismatch::of_bytes(self, "7-bit characters", bytes)),
        }
    }

    /// Reads bytes whose length is right.
    fn unpack_fixed(&self, bytes: &[u8]) -> Option<Value> {
        Some(match self {
            Class::Boolean => Value::Boolean(*bytes.first()? != 0),
            Class::Int32 => Value::Int32(i32::from_be_bytes(bytes.try_into().ok()?)),
            Class::Float => Value::Float(f32::from_be_bytes(bytes.try_into().ok()?)),
            Class::Double => Value::Double(f64::from_be_bytes(bytes.try_into().ok()?)),
            Class::Long => Value::Long(i64::from_be_bytes(bytes.try_into().ok()?)),
            Class::Counter => Value::Counter(i64::from_be_bytes(bytes.try_into().ok()?)),
            Class::Date => Value::Date(time(bytes)?),
            Class::Timestamp => Value::Timestamp(time(bytes)?),
            Class::Integer => Value::Integer(BigInt::from_signed_bytes_be(bytes)),
            Class::Inet => Value::Inet(address(bytes)?),
            Class::LexicalUuid => Value::LexicalUuid(Uuid::from_slice(bytes).ok()?),
            Class::TimeUuid => Value::TimeUuid(Uuid::from_slice(bytes).ok()?),
            Class::Uuid => Value::Uuid(Uuid::from_slice(bytes).ok()?),
            Class::Ascii | Class::Utf8 | Class::Bytes | Class::Custom(_) => return None,
        })
    }

    /// For bytes of the right length that still are no value: only times can be that.
    fn out_of_range(&self, bytes: &[u8]) -> Mismatch {
        Mismatch::of_bytes(self, "a time between the years -262143 and 262142", bytes)
    }
}

fn time(bytes: &[u8]) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(i64::from_be_bytes(bytes.try_into().ok()?))
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from),
        _ => <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from),
    }
}
