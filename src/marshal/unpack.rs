//! Bytes to values.

use std::net::IpAddr;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use num_bigint::BigInt;
use uuid::Uuid;

use super::collection::Elements;
use super::component::{Classes, Components, Kind};
use super::{Class, ComponentType, Mismatch, Text, Value, decimal};

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
        self.unpack_part(bytes, || bytes.clone())
    }

    /// As [`unpack`](Class::unpack), of bytes that lie in a larger piece: `share` is asked for bytes that outlive it
    /// only where the value may keep them, as sharing costs more than reading a number.
    #[inline]
    pub(crate) fn unpack_part(&self, bytes: &[u8], share: impl FnOnce() -> Bytes) -> Result<Value, Mismatch> {
        // what most columns are made of, without a call or two for each
        match self {
            Class::Utf8 => {
                if let Some(text) = Text::from_utf8(bytes) {
                    return Ok(Value::Utf8(text));
                }
            }
            Class::Long => {
                if let Ok(bytes) = <[u8; 8]>::try_from(bytes) {
                    return Ok(Value::Long(i64::from_be_bytes(bytes)));
                }
            }
            Class::Bytes => return Ok(Value::Bytes(share())),
            _ => {}
        }
        self.unpack_any(bytes, share)
    }

    fn unpack_any(&self, bytes: &[u8], share: impl FnOnce() -> Bytes) -> Result<Value, Mismatch> {
        if self.may_keep_bytes() { self.unpack_shared(&share()) } else { self.unpack_copied(bytes) }
    }

    fn may_keep_bytes(&self) -> bool {
        match self {
            Class::Reversed(class) | Class::Frozen(class) => class.may_keep_bytes(),
            Class::Bytes
            | Class::Custom(_)
            | Class::Own(_)
            | Class::Composite(_)
            | Class::DynamicComposite(_)
            | Class::List(_)
            | Class::Set(_)
            | Class::Map(_) => true,
            _ => false,
        }
    }

    fn unpack_shared(&self, bytes: &Bytes) -> Result<Value, Mismatch> {
        match self {
            Class::Bytes | Class::Custom(_) => Ok(Value::Bytes(bytes.clone())),
            Class::Own(own) => own.unpack(bytes),
            Class::Reversed(class) | Class::Frozen(class) => class.unpack_shared(bytes),
            _ if bytes.is_empty() => Ok(Value::Empty),
            Class::Composite(classes) => self.unpack_components(Classes::Fixed(classes), bytes),
            Class::DynamicComposite(aliases) => self.unpack_components(Classes::Dynamic(aliases), bytes),
            Class::List(_) | Class::Set(_) | Class::Map(_) => self.unpack_elements(bytes),
            _ => self.unpack_copied(bytes),
        }
    }

    fn unpack_copied(&self, bytes: &[u8]) -> Result<Value, Mismatch> {
        match self {
            Class::Ascii | Class::Utf8 => self.unpack_text(bytes),
            Class::Reversed(class) | Class::Frozen(class) => class.unpack_copied(bytes),
            _ if bytes.is_empty() => Ok(Value::Empty),
            _ => {
                self.validate(bytes)?;
                self.unpack_fixed(bytes).ok_or_else(|| self.out_of_range(bytes))
            }
        }
    }

    fn unpack_text(&self, bytes: &[u8]) -> Result<Value, Mismatch> {
        match (self, Text::from_utf8(bytes)) {
            (Class::Utf8, Some(text)) => Ok(Value::Utf8(text)),
            (Class::Utf8, None) => Err(Mismatch::of_bytes(self, "UTF-8", bytes)),
            (_, Some(text)) if text.is_ascii() => Ok(Value::Ascii(text)),
            _ => Err(Mismatch::of_bytes(self, "7-bit characters", bytes)),
        }
    }

    fn unpack_components(&self, classes: Classes<'_>, bytes: &Bytes) -> Result<Value, Mismatch> {
        let (mut values, mut dynamic) = (Vec::new(), Vec::new());
        for (i, component) in Components::new(classes, bytes).enumerate() {
            let component = component.map_err(|broken| self.broken(broken, bytes))?;
            let value = component.class.unpack_part(component.value, || bytes.slice_ref(component.value));
            let value = value.map_err(|e| e.within(format_args!("component {}", i + 1), self))?;
            match component.kind {
                None => values.push(value),
                Some(Kind::Alias(alias)) => dynamic.push((ComponentType::Alias(alias.into()), value)),
                Some(Kind::Name(name)) => dynamic.push((name.into(), value)),
            }
        }
        Ok(match classes {
            Classes::Fixed(_) => Value::Composite(values),
            Classes::Dynamic(_) => Value::DynamicComposite(dynamic),
        })
    }

    fn unpack_elements(&self, bytes: &Bytes) -> Result<Value, Mismatch> {
        let mut values = Vec::new();
        for (i, element) in Elements::new(self, bytes).enumerate() {
            let (element, class) = self.element(element, i, bytes)?;
            let value = class.unpack_part(element, || bytes.slice_ref(element));
            values.push(value.map_err(|e| e.within(format_args!("element {}", i + 1), self))?);
        }
        Ok(match self {
            Class::List(_) => Value::List(values),
            Class::Set(_) => Value::Set(values),
            _ => {
                let mut values = values.into_iter();
                Value::Map(std::iter::from_fn(|| values.next().zip(values.next())).collect())
            }
        })
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
            Class::Decimal => Value::Decimal(decimal::unpack(bytes)?),
            Class::Ascii
            | Class::Utf8
            | Class::Bytes
            | Class::Custom(_)
            | Class::Empty
            | Class::Own(_)
            | Class::Reversed(_)
            | Class::Frozen(_)
            | Class::Composite(_)
            | Class::DynamicComposite(_)
            | Class::List(_)
            | Class::Set(_)
            | Class::Map(_) => return None,
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
