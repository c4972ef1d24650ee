//! The names of Cassandra's types.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The package in which Cassandra's own types live; a name without a package is looked for there.
const PACKAGE: &str = "org.apache.cassandra.db.marshal.";

/// A Cassandra type: what a schema calls the *class* of a row key, a column name (the comparator) or a value
/// (the validator).
///
/// A class prints as Cassandra's short name, `UTF8Type`; [`qualified`](Class::qualified) adds the package.
/// It turns a [`Value`](crate::Value) into the bytes that Cassandra stores and back, says which bytes it accepts, and
/// orders names:
///
/// ```
/// use std::cmp::Ordering;
///
/// use bytes::Bytes;
/// use cassa::{Class, Value};
///
/// let class: Class = "org.apache.cassandra.db.marshal.LongType".parse()?;
/// assert_eq!(class, Class::Long);
/// assert_eq!(class.to_string(), "LongType");
///
/// let packed = class.packed(&Value::from(5))?;
/// assert_eq!(packed, [0, 0, 0, 0, 0, 0, 0, 5]);
/// assert_eq!(class.compare(&class.packed(&Value::from(-5))?, &packed), Ordering::Less);
/// assert_eq!(class.unpack(&Bytes::from(packed))?, 5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Class {
    /// `AsciiType`: text of 7-bit characters.
    Ascii,
    /// `BooleanType`: one byte, 0 for false.
    Boolean,
    /// `BytesType`: any bytes. The class of a schema that names none.
    #[default]
    Bytes,
    /// `CounterColumnType`: a 64-bit counter.
    Counter,
    /// `DateType`: milliseconds since 1970 in 8 bytes, ordered as unsigned: times before 1970 come last.
    Date,
    /// `TimestampType`: milliseconds since 1970 in 8 bytes, ordered by time.
    Timestamp,
    /// `DoubleType`: a 64-bit floating-point number.
    Double,
    /// `FloatType`: a 32-bit floating-point number.
    Float,
    /// `InetAddressType`: an IPv4 or IPv6 address.
    Inet,
    /// `Int32Type`: a 32-bit integer.
    Int32,
    /// `IntegerType`: an integer of any size.
    Integer,
    /// `LexicalUUIDType`: a UUID of any version, ordered as two signed 64-bit numbers.
    LexicalUuid,
    /// `LongType`: a 64-bit integer.
    Long,
    /// `TimeUUIDType`: a UUID of version 1, ordered by its time.
    TimeUuid,
    /// `UTF8Type`: text.
    Utf8,
    /// `UUIDType`: a UUID of any version, ordered by version, then version 1 by time and others by bytes.
    Uuid,
    /// Any other class, under the name it was given. Its values are plain bytes, ordered as bytes.
    Custom(Arc<str>),
}

/// A text that cannot be the name of a class.
///
/// ```
/// use cassa::Class;
///
/// let error = Class::parse("Utf8 Type").unwrap_err();
/// assert_eq!(error.text(), "Utf8 Type");
/// assert_eq!(
///     error.to_string(),
///     "expected the name of a Cassandra type, got \"Utf8 Type\": \
///      only letters, digits and . _ - + & may stand in a name"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidClass {
    text: Box<str>,
    why: &'static str,
}

impl Class {
    /// Every class that has a variant of its own.
    pub(crate) const KNOWN: [Class; 16] = [
        Class::Ascii,
        Class::Boolean,
        Class::Bytes,
        Class::Counter,
        Class::Date,
        Class::Timestamp,
        Class::Double,
        Class::Float,
        Class::Inet,
        Class::Int32,
        Class::Integer,
        Class::LexicalUuid,
        Class::Long,
        Class::TimeUuid,
        Class::Utf8,
        Class::Uuid,
    ];

    /// Cassandra's name for this class, without the package: `UTF8Type`. A custom class gives its whole name.
    pub fn name(&self) -> &str {
        match self {
            Class::Ascii => "AsciiType",
            Class::Boolean => "BooleanType",
            Class::Bytes => "BytesType",
            Class::Counter => "CounterColumnType",
            Class::Date => "DateType",
            Class::Timestamp => "TimestampType",
            Class::Double => "DoubleType",
            Class::Float => "FloatType",
            Class::Inet => "InetAddressType",
            Class::Int32 => "Int32Type",
            Class::Integer => "IntegerType",
            Class::LexicalUuid => "LexicalUUIDType",
            Class::Long => "LongType",
            Class::TimeUuid => "TimeUUIDType",
            Class::Utf8 => "UTF8Type",
            Class::Uuid => "UUIDType",
            Class::Custom(name) => name,
        }
    }

    /// The name with its package, as it stands in a column family's definition:
    /// `org.apache.cassandra.db.marshal.UTF8Type`. A custom class gives its name as it was given.
    pub fn qualified(&self) -> String {
        match self {
            Class::Custom(name) => name.to_string(),
            known => format!("{PACKAGE}{}", known.name()),
        }
    }

    /// Whether this class has a variant of its own, so that its values have a meaning here.
    pub fn is_known(&self) -> bool {
        !matches!(self, Class::Custom(_))
    }

    /// Reads a class name, with or without its package and with spaces around it.
    ///
    /// A name that has no variant of its own becomes [`Class::Custom`]. The parameter `reversed=false`, which
    /// pycassa writes after each name, changes nothing.
    ///
    /// ```
    /// use cassa::Class;
    ///
    /// assert_eq!(Class::parse("UTF8Type")?, Class::Utf8);
    /// assert_eq!(Class::parse("org.apache.cassandra.db.marshal.UTF8Type(reversed=false)")?, Class::Utf8);
    /// assert_eq!(Class::parse("com.example.PointType")?, Class::Custom("com.example.PointType".into()));
    /// # Ok::<(), cassa::InvalidClass>(())
    /// ```
    ///
    /// # Errors
    /// If the text is empty or cannot be the name of a class: a character that Cassandra's names never have, or
    /// parentheses that do not match.
    pub fn parse(text: &str) -> Result<Class, InvalidClass> {
        let name = text.trim();
        check_name(name).map_err(|why| InvalidClass { text: text.into(), why })?;
        let short = unreversed(name.strip_prefix(PACKAGE).unwrap_or(name));
        let known = Class::KNOWN.into_iter().find(|class| class.name() == short);
        Ok(known.unwrap_or_else(|| Class::Custom(name.into())))
    }
}

/// `LongType` for `LongType(reversed=false)`.
fn unreversed(name: &str) -> &str {
    let plain = name.split_once('(').filter(|(_, parameters)| {
        parameters.chars().filter(|c| !c.is_whitespace()).eq("reversed=false)".chars())
    });
    plain.map_or(name, |(name, _)| name.trim_end())
}

/// Checks the shape `name` or `name(parameters)`; parameters are characters of names, separators and nested
/// parentheses.
fn check_name(name: &str) -> Result<(), &'static str> {
    let bytes = name.as_bytes();
    let end = bytes.iter().position(|byte| !is_name_byte(*byte)).unwrap_or(bytes.len());
    if end == 0 {
        return Err(if name.is_empty() { "the text is empty" } else { "a name has to come first" });
    }
    let parameters = name[end..].trim_start_matches([' ', '\t', '\n']).as_bytes();
    if parameters.is_empty() {
        return Ok(());
    }
    if parameters[0] != b'(' {
        return Err("only letters, digits and . _ - + & may stand in a name");
    }
    let mut depth = 0_usize;
    for (at, byte) in parameters.iter().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => {
                depth -= 1;
                if depth == 0 && at + 1 < parameters.len() {
                    return Err("nothing may follow the last parenthesis");
                }
            }
            b',' | b'=' | b'>' | b':' | b' ' | b'\t' | b'\n' => {}
            other if is_name_byte(*other) => {}
            _ => return Err("a parameter has a character that Cassandra does not know"),
        }
    }
    if depth == 0 { Ok(()) } else { Err("a parenthesis is not closed") }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".-_+&".contains(&byte)
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Class {
    type Err = InvalidClass;

    fn from_str(text: &str) -> Result<Class, InvalidClass> {
        Class::parse(text)
    }
}

impl InvalidClass {
    /// The text that was refused.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for InvalidClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected the name of a Cassandra type, got {:?}: {}", self.text, self.why)
    }
}

impl std::error::Error for InvalidClass {}
