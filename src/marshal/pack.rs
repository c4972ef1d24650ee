//! Values to bytes.

use super::show::Clipped;
use super::value::Number;
use super::{Class, Mismatch, Value, varint};

impl Class {
    /// Appends the bytes of a value.
    ///
    /// A value of another variant is converted where nothing is lost: integers between the integer classes when they
    /// fit, a float to a double, text to `AsciiType` (if it is 7-bit), `UTF8Type` and `BytesType`, UUIDs between the
    /// UUID classes (`TimeUUIDType` takes version 1 only), times between `DateType` and `TimestampType`. Bytes go into
    /// every class that [accepts](Class::validate) them, and [`Value::Empty`] goes into every class.
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
            _ => return Err(self.mismatch(value)),
        }
        Ok(())
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
            known => {
                let article = if known.name().starts_with(['A', 'E', 'I', 'O']) { "an" } else { "a" };
                format!("{article} {known}")
            }
        };
        Mismatch::new(self, expected, Clipped::value(value).to_string())
    }
}
