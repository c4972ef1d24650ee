//! Values to bytes.

use super::component::{End, Kind, alias_class, named_class, put_component, put_kind};
use super::show::Clipped;
use super::value::Number;
use super::{Class, ComponentType, Mismatch, Value, collection, decimal, varint};

/// How the end of a slice packs.
#[derive(Clone, Copy)]
pub(super) struct Bounded {
    pub(super) end: End,
    /// Whether a time stands for the first TimeUUID of its moment, or the last.
    pub(super) lowest: bool,
}

impl Class {
    /// Appends the bytes of a value.
    ///
    /// A value of another variant is converted where nothing is lost: integers between the integer classes when they
    /// fit, a float to a double, text to `AsciiType` (if it is 7-bit), `UTF8Type` and `BytesType`, UUIDs between the
    /// UUID classes (`TimeUUIDType` takes version 1 only), times between `DateType` and `TimestampType`. Bytes go into
    /// every class that [accepts](Class::validate) them, and [`Value::Empty`] goes into every class. Integers go into
    /// `DecimalType`. A composite may have fewer components than its type.
    ///
    /// Both classes of time keep milliseconds: what is finer is cut off, towards the past also before 1970.
    ///
    /// ```
    /// use cassa::{Class, Value};
    ///
    /// let mut row_key = b"plane:".to_vec();
    /// Class::Utf8.pack(&Value::from("N10156"), &mut row_key)?;
    /// assert_eq!(row_key, b"plane:N10156");
    /// # Ok::<(), cassa::Mismatch>(())
    /// ```
    ///
    /// # Errors
    /// If the value does not fit; nothing is appended then.
    pub fn pack(&self, value: &Value, out: &mut Vec<u8>) -> Result<(), Mismatch> {
        match (self, value) {
            (Class::Own(own), _) => own.pack(value, out)?,
            (Class::Reversed(class) | Class::Frozen(class), _) => class.pack(value, out)?,
            (_, Value::Empty) => {}
            (_, Value::Bytes(bytes)) => {
                self.validate(bytes)?;
                out.extend_from_slice(bytes);
            }
            (Class::Utf8 | Class::Bytes, Value::Ascii(text) | Value::Utf8(text)) => {
                out.extend_from_slice(text.as_bytes());
            }
            (Class::Ascii, Value::Ascii(text) | Value::Utf8(text)) if text.is_ascii() => {
                out.extend_from_slice(text.as_bytes());
            }
            (Class::Boolean, Value::Boolean(boolean)) => out.push(u8::from(*boolean)),
            (Class::Double, Value::Double(number)) => out.extend_from_slice(&number.to_be_bytes()),
            (Class::Double, Value::Float(number)) => out.extend_from_slice(&f64::from(*number).to_be_bytes()),
            (Class::Float, Value::Float(number)) => out.extend_from_slice(&number.to_be_bytes()),
            (Class::Date | Class::Timestamp, Value::Date(time) | Value::Timestamp(time)) => {
                out.extend_from_slice(&time.timestamp_millis().to_be_bytes());
            }
            (Class::Inet, Value::Inet(std::net::IpAddr::V4(address))) => {
                out.extend_from_slice(&address.octets())
            }
            (Class::Inet, Value::Inet(std::net::IpAddr::V6(address))) => {
                out.extend_from_slice(&address.octets())
            }
            (Class::Int32 | Class::Long | Class::Counter | Class::Integer, _) => {
                self.pack_number(value, out)?
            }
            (Class::Uuid | Class::LexicalUuid | Class::TimeUuid, _) => self.pack_uuid(value, out)?,
            (Class::Decimal, Value::Decimal(number)) => {
                let length = out.len();
                decimal::pack(number, out).ok_or_else(|| {
                    out.truncate(length);
                    let expected = "a decimal with a scale of 32 bits for DecimalType";
                    Mismatch::new(self, expected, Clipped::value(value).to_string())
                })?;
            }
            (Class::Decimal, _) => {
                if value.number().is_none() {
                    return Err(self.mismatch(value));
                }
                out.extend_from_slice(&[0; 4]);
                Class::Integer.pack_number(value, out)?;
            }
            (
                Class::Composite(_)
                | Class::DynamicComposite(_)
                | Class::List(_)
                | Class::Set(_)
                | Class::Map(_),
                _,
            ) => {
                let length = out.len();
                self.pack_parts(value, None, out).inspect_err(|_| out.truncate(length))?;
            }
            _ => return Err(self.mismatch(value)),
        }
        Ok(())
    }

    /// The components or elements of a value; on an error something may have been appended. With a bound, composites
    /// end so, and times stand for the first or last TimeUUID of their moment.
    pub(super) fn pack_parts(
        &self,
        value: &Value,
        bound: Option<Bounded>,
        out: &mut Vec<u8>,
    ) -> Result<(), Mismatch> {
        let end = bound.map_or(End::Name, |bound| bound.end);
        let ends = |i, count| if i + 1 == count { end } else { End::Name };
        let pack = |class: &Class, value: &Value, out: &mut Vec<u8>| match bound {
            Some(bound) => class.pack_bounded(value, Bounded { end: End::Name, ..bound }, out),
            None => class.pack(value, out),
        };
        match (self, value) {
            (Class::Composite(classes), Value::Composite(values)) => {
                if values.is_empty() || values.len() > classes.len() {
                    let expected = format!("1 to {} components for {self}", classes.len());
                    return Err(Mismatch::new(self, expected, Clipped::value(value).to_string()));
                }
                for (i, (class, part)) in classes.iter().zip(values).enumerate() {
                    let packed = put_component(out, ends(i, values.len()), |out| pack(class, part, out));
                    self.check_part(packed, format_args!("component {}", i + 1))?;
                }
            }
            (Class::DynamicComposite(aliases), Value::DynamicComposite(components)) => {
                for (i, (kind, part)) in components.iter().enumerate() {
                    let unknown = || {
                        let expected = format!("a component of a type that is known for {self}");
                        Mismatch::new(self, expected, format!("the type {kind}"))
                    };
                    let named;
                    let (class, kind) = match kind {
                        ComponentType::Alias(alias) => {
                            let alias = u8::try_from(*alias).map_err(|_| unknown())?;
                            (alias_class(aliases, alias).ok_or_else(unknown)?, Kind::Alias(alias))
                        }
                        ComponentType::Name(name) => {
                            named = named_class(name).ok_or_else(unknown)?;
                            (&named, Kind::Name(name))
                        }
                    };
                    put_kind(kind, out).ok_or_else(unknown)?;
                    let packed = put_component(out, ends(i, components.len()), |out| pack(class, part, out));
                    self.check_part(packed, format_args!("component {}", i + 1))?;
                }
            }
            (Class::List(class), Value::List(values)) | (Class::Set(class), Value::Set(values)) => {
                self.check_part(Ok(collection::put_length(values.len(), out)), "the count")?;
                for (i, value) in values.iter().enumerate() {
                    let packed = collection::put_element(out, |out| class.pack(value, out));
                    self.check_part(packed, format_args!("element {}", i + 1))?;
                }
            }
            (Class::Map(classes), Value::Map(entries)) => {
                self.check_part(Ok(collection::put_length(entries.len(), out)), "the count")?;
                for (i, (key, value)) in entries.iter().enumerate() {
                    let packed = collection::put_element(out, |out| classes[0].pack(key, out));
                    self.check_part(packed, format_args!("key {}", i + 1))?;
                    let packed = collection::put_element(out, |out| classes[1].pack(value, out));
                    self.check_part(packed, format_args!("value {}", i + 1))?;
                }
            }
            _ => return Err(self.mismatch(value)),
        }
        Ok(())
    }

    /// Makes an error of a part that did not pack, or was too long for its length.
    fn check_part(
        &self,
        packed: Result<Option<()>, Mismatch>,
        part: impl std::fmt::Display,
    ) -> Result<(), Mismatch> {
        match packed {
            Ok(Some(())) => Ok(()),
            Ok(None) => {
                let most = match self {
                    Class::Composite(_) | Class::DynamicComposite(_) => "at most 65535 bytes",
                    _ => "less than 2 GiB",
                };
                Err(Mismatch::new(self, most, "more bytes").within(part, self))
            }
            Err(mismatch) => Err(mismatch.within(part, self)),
        }
    }

    /// The bytes of a value, see [`pack`](Class::pack).
    ///
    /// ```
    /// use cassa::{Class, Value};
    ///
    /// assert_eq!(Class::Int32.packed(&Value::from(2004_i64))?, [0, 0, 7, 212]);
    /// assert_eq!(Class::Int32.packed(&Value::Empty)?, b"");
    /// assert!(Class::Int32.packed(&Value::from("2004")).is_err());
    /// # Ok::<(), cassa::Mismatch>(())
    /// ```
    ///
    /// # Errors
    /// If the value does not fit.
    pub fn packed(&self, value: &Value) -> Result<Vec<u8>, Mismatch> {
        let mut out = Vec::new();
        self.pack(value, &mut out)?;
        Ok(out)
    }

    fn pack_number(&self, value: &Value, out: &mut Vec<u8>) -> Result<(), Mismatch> {
        let number = value.number().ok_or_else(|| self.mismatch(value))?;
        if *self == Class::Integer {
            match number {
                Number::Small(number) => out.extend_from_slice(varint::minimal(&number.to_be_bytes())),
                Number::Big(number) => out.extend_from_slice(&number.to_signed_bytes_be()),
            }
            return Ok(());
        }
        let outside = |low: i64, high: i64| {
            let expected = format!("an integer from {low} to {high} for {self}");
            Mismatch::new(self, expected, Clipped::value(value).to_string())
        };
        if *self == Class::Int32 {
            let number = number.narrow::<i32>().ok_or_else(|| outside(i32::MIN.into(), i32::MAX.into()))?;
            out.extend_from_slice(&number.to_be_bytes());
        } else {
            let number = number.narrow::<i64>().ok_or_else(|| outside(i64::MIN, i64::MAX))?;
            out.extend_from_slice(&number.to_be_bytes());
        }
        Ok(())
    }

    fn pack_uuid(&self, value: &Value, out: &mut Vec<u8>) -> Result<(), Mismatch> {
        let uuid = value.uuid().ok_or_else(|| self.mismatch(value))?;
        if *self == Class::TimeUuid && uuid.get_version_num() != 1 {
            return Err(self.mismatch(value));
        }
        out.extend_from_slice(uuid.as_bytes());
        Ok(())
    }

    /// For a value of a kind that this class does not take.
    fn mismatch(&self, value: &Value) -> Mismatch {
        let expected = match self {
            Class::Ascii => "7-bit text for AsciiType".to_owned(),
            Class::TimeUuid => "a UUID of version 1 for TimeUUIDType".to_owned(),
            Class::Custom(name) => format!("bytes for {name}"),
            Class::Empty => "no bytes for EmptyType".to_owned(),
            known => {
                let article = if known.name().starts_with(['A', 'E', 'I', 'O']) { "an" } else { "a" };
                format!("{article} {known}")
            }
        };
        Mismatch::new(self, expected, Clipped::value(value).to_string())
    }
}
