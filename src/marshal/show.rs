//! Values in words: for people, and for the texts of errors.

use std::fmt::{self, Write as _};

use chrono::{DateTime, SecondsFormat, Utc};

use super::Value;
use super::value::Number;

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Ascii(text) | Value::Utf8(text) => f.write_str(text),
            Value::Bytes(bytes) => match printable(bytes) {
                Some(text) => f.write_str(text),
                None => write!(f, "0x{}", Hex(bytes)),
            },
            Value::Empty => Ok(()),
            Value::Boolean(boolean) => write!(f, "{boolean}"),
            Value::Int32(number) => write!(f, "{number}"),
            Value::Long(number) | Value::Counter(number) => write!(f, "{number}"),
            Value::Integer(number) => write!(f, "{number}"),
            // `{:?}` keeps ".0" on whole numbers and writes 1e300 as such instead of 301 digits
            Value::Double(number) => write!(f, "{number:?}"),
            Value::Float(number) => write!(f, "{number:?}"),
            Value::Date(time) | Value::Timestamp(time) => f.write_str(&rfc3339(time)),
            Value::Inet(address) => write!(f, "{address}"),
            Value::LexicalUuid(uuid) | Value::TimeUuid(uuid) | Value::Uuid(uuid) => write!(f, "{uuid}"),
            Value::Decimal(number) => write!(f, "{number}"),
            several => write_several(several, f, |value, f| write!(f, "{value}")),
        }
    }
}

type Write = fn(&Value, &mut fmt::Formatter<'_>) -> fmt::Result;

/// A value that is made of others, each written by `write`.
fn write_several(value: &Value, f: &mut fmt::Formatter<'_>, write: Write) -> fmt::Result {
    let list = |f: &mut fmt::Formatter<'_>, open, values: &[Value], close| {
        f.write_str(open)?;
        for (i, value) in values.iter().enumerate() {
            f.write_str(if i == 0 { "" } else { ", " })?;
            write(value, f)?;
        }
        f.write_str(close)
    };
    match value {
        Value::Composite(values) => list(f, "(", values, ")"),
        Value::List(values) => list(f, "[", values, "]"),
        Value::Set(values) => list(f, "{", values, "}"),
        Value::DynamicComposite(components) => {
            f.write_str("(")?;
            for (i, (kind, value)) in components.iter().enumerate() {
                write!(f, "{}{kind}@", if i == 0 { "" } else { ", " })?;
                write(value, f)?;
            }
            f.write_str(")")
        }
        Value::Map(entries) => {
            f.write_str("{")?;
            for (i, (key, value)) in entries.iter().enumerate() {
                f.write_str(if i == 0 { "" } else { ", " })?;
                write(key, f)?;
                f.write_str(": ")?;
                write(value, f)?;
            }
            f.write_str("}")
        }
        simple => write(simple, f),
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Ascii(text) | Value::Utf8(text) => write!(f, "{text:?}"),
            Value::Bytes(bytes) => match printable(bytes) {
                Some(text) => write!(f, "{text:?}"),
                None => write!(f, "0x{}", Hex(bytes)),
            },
            Value::Empty => f.write_str("Empty"),
            Value::Composite(_)
            | Value::DynamicComposite(_)
            | Value::List(_)
            | Value::Set(_)
            | Value::Map(_) => write_several(self, f, |value, f| write!(f, "{value:?}")),
            other => write!(f, "{other}"),
        }
    }
}

fn rfc3339(time: &DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn printable(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    (!text.chars().any(char::is_control)).then_some(text)
}

struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What came, in the words of an error; whatever is long is cut.
pub(crate) enum Clipped<'a> {
    Value(&'a Value),
    Bytes(&'a [u8]),
}

const MOST_BYTES: usize = 32;
const MOST_CHARS: usize = 64;
const MOST_BITS: u64 = 256;

impl<'a> Clipped<'a> {
    pub(crate) fn value(value: &'a Value) -> Clipped<'a> {
        Clipped::Value(value)
    }

    pub(crate) fn bytes(bytes: &'a [u8]) -> Clipped<'a> {
        Clipped::Bytes(bytes)
    }
}

impl fmt::Display for Clipped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = match self {
            Clipped::Bytes(bytes) => return write_bytes(f, bytes),
            Clipped::Value(value) => *value,
        };
        match value {
            Value::Ascii(text) | Value::Utf8(text) => write_text(f, text),
            Value::Boolean(boolean) => write!(f, "the boolean {boolean}"),
            Value::Bytes(bytes) => write_bytes(f, bytes),
            Value::Counter(_) | Value::Int32(_) | Value::Integer(_) | Value::Long(_) => {
                match value.number() {
                    Some(Number::Big(number)) if number.bits() > MOST_BITS => {
                        write!(f, "an integer of {} bits", number.bits())
                    }
                    _ => write!(f, "the integer {value}"),
                }
            }
            Value::Date(time) | Value::Timestamp(time) => write!(f, "the time {}", rfc3339(time)),
            Value::Double(_) => write!(f, "the double {value}"),
            Value::Float(_) => write!(f, "the float {value}"),
            Value::Inet(address) => write!(f, "the address {address}"),
            Value::LexicalUuid(uuid) | Value::TimeUuid(uuid) | Value::Uuid(uuid) => {
                write!(f, "the UUID {uuid} of version {}", uuid.get_version_num())
            }
            Value::Empty => write_bytes(f, &[]),
            Value::Decimal(number) => {
                let (unscaled, scale) = number.as_bigint_and_exponent();
                if unscaled.bits() > MOST_BITS {
                    write!(f, "a decimal of {} bits and scale {scale}", unscaled.bits())
                } else {
                    write!(f, "the decimal {number}")
                }
            }
            Value::Composite(values) => write!(f, "a composite of {}", values.len()),
            Value::DynamicComposite(components) => {
                write!(f, "a dynamic composite of {}", components.len())
            }
            Value::List(values) => write!(f, "a list of {}", values.len()),
            Value::Set(values) => write!(f, "a set of {}", values.len()),
            Value::Map(entries) => write!(f, "a map of {}", entries.len()),
        }
    }
}

fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    match text.char_indices().nth(MOST_CHARS) {
        None => write!(f, "the text {text:?}"),
        Some((end, _)) => write!(f, "a text of {} bytes that begins with {:?}", text.len(), &text[..end]),
    }
}

fn write_bytes(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    match bytes.len() {
        0 => return f.write_str("no bytes"),
        1 => f.write_str("1 byte (")?,
        count => write!(f, "{count} bytes (")?,
    }
    write!(f, "{}", Hex(&bytes[..bytes.len().min(MOST_BYTES)]))?;
    if bytes.len() > MOST_BYTES {
        f.write_char('…')?;
    }
    f.write_char(')')
}
