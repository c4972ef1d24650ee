//! The names of Cassandra's types.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::own::{CustomType, Own};
use super::parse;

/// The package in which Cassandra's own types live; a name without a package is looked for there.
pub(super) const PACKAGE: &str = "org.apache.cassandra.db.marshal.";

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
    /// `DecimalType`: a decimal of any size and scale; `1.0` and `1.00` are the same column name.
    Decimal,
    /// `DoubleType`: a 64-bit floating-point number.
    Double,
    /// `EmptyType`: no bytes at all.
    Empty,
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
    /// `CompositeType`: several components, ordered by the first, then the second and so on.
    /// [`composite`](Class::composite) makes one.
    Composite(Arc<[Class]>),
    /// `DynamicCompositeType`: components that each carry their type, by an alias of these or by its name. The aliases
    /// are in ascending order.
    DynamicComposite(Arc<[(u8, Class)]>),
    /// `ReversedType`: the values of another class, ordered backwards. [`reversed`](Class::reversed) makes one.
    Reversed(Arc<Class>),
    /// `FrozenType`: a collection that is stored as one value; the same values and order.
    Frozen(Arc<Class>),
    /// `ListType`: a list, as a CQL table has it.
    List(Arc<Class>),
    /// `SetType`: a set, as a CQL table has it.
    Set(Arc<Class>),
    /// `MapType`: keys and values, as a CQL table has them.
    Map(Arc<[Class; 2]>),
    /// A class of the user's own making, see [`CustomType`]. It prints as the class that the server knows.
    Own(Own),
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
    /// Every class without parameters that has a variant of its own.
    pub(crate) const KNOWN: [Class; 18] = [
        Class::Ascii,
        Class::Boolean,
        Class::Bytes,
        Class::Counter,
        Class::Date,
        Class::Timestamp,
        Class::Decimal,
        Class::Double,
        Class::Empty,
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

    /// A `CompositeType` of these components.
    ///
    /// ```
    /// use cassa::Class;
    ///
    /// let class = Class::composite([Class::Long, Class::reversed(Class::Utf8)]);
    /// assert_eq!(class, "CompositeType(LongType, UTF8Type(reversed=true))".parse()?);
    /// assert_eq!(class.to_string(), "CompositeType(LongType,ReversedType(UTF8Type))");
    /// # Ok::<(), cassa::InvalidClass>(())
    /// ```
    pub fn composite(components: impl Into<Arc<[Class]>>) -> Class {
        Class::Composite(components.into())
    }

    /// A `ReversedType` of a class.
    ///
    /// ```
    /// use cassa::Class;
    ///
    /// let newest_first = Class::reversed(Class::TimeUuid);
    /// assert_eq!(newest_first.to_string(), "ReversedType(TimeUUIDType)");
    /// ```
    pub fn reversed(class: Class) -> Class {
        Class::Reversed(class.into())
    }

    /// The class of the user's own type.
    ///
    /// ```
    /// use cassa::{Class, OldPycassaDate};
    ///
    /// assert_eq!(Class::own(OldPycassaDate).to_string(), "DateType");
    /// ```
    pub fn own(of: impl CustomType + 'static) -> Class {
        Class::Own(Own::new(of))
    }

    /// Cassandra's name for this class, without package and parameters: `UTF8Type`, `CompositeType`. A custom class
    /// gives its whole name.
    pub fn name(&self) -> &str {
        match self {
            Class::Ascii => "AsciiType",
            Class::Boolean => "BooleanType",
            Class::Bytes => "BytesType",
            Class::Counter => "CounterColumnType",
            Class::Date => "DateType",
            Class::Timestamp => "TimestampType",
            Class::Decimal => "DecimalType",
            Class::Double => "DoubleType",
            Class::Empty => "EmptyType",
            Class::Float => "FloatType",
            Class::Inet => "InetAddressType",
            Class::Int32 => "Int32Type",
            Class::Integer => "IntegerType",
            Class::LexicalUuid => "LexicalUUIDType",
            Class::Long => "LongType",
            Class::TimeUuid => "TimeUUIDType",
            Class::Utf8 => "UTF8Type",
            Class::Uuid => "UUIDType",
            Class::Composite(_) => "CompositeType",
            Class::DynamicComposite(_) => "DynamicCompositeType",
            Class::Reversed(_) => "ReversedType",
            Class::Frozen(_) => "FrozenType",
            Class::List(_) => "ListType",
            Class::Set(_) => "SetType",
            Class::Map(_) => "MapType",
            Class::Own(own) => own.class().name(),
            Class::Custom(name) => name,
        }
    }

    /// The name with its package, and its parameters with theirs, as it stands in a column family's definition:
    /// `org.apache.cassandra.db.marshal.UTF8Type`. A custom class gives its name as it was given.
    pub fn qualified(&self) -> String {
        Printed { class: self, package: PACKAGE }.to_string()
    }

    /// Whether this class has a variant of its own, and each of its parameters too, so that its values have a meaning
    /// here.
    pub fn is_known(&self) -> bool {
        match self {
            Class::Custom(_) => false,
            Class::Composite(components) => components.iter().all(Class::is_known),
            Class::DynamicComposite(aliases) => aliases.iter().all(|(_, class)| class.is_known()),
            Class::Reversed(class) | Class::Frozen(class) | Class::List(class) | Class::Set(class) => {
                class.is_known()
            }
            Class::Map(classes) => classes.iter().all(Class::is_known),
            _ => true,
        }
    }

    /// Whether its name alone does not say what it is.
    pub(super) fn has_parameters(&self) -> bool {
        !matches!(self, Class::Custom(_) | Class::Own(_)) && !Class::KNOWN.contains(self)
    }

    /// This class without what only changes its order or says how it is stored: `ReversedType` and `FrozenType`.
    ///
    /// ```
    /// use cassa::Class;
    ///
    /// assert_eq!(*Class::reversed(Class::Long).base(), Class::Long);
    /// ```
    pub fn base(&self) -> &Class {
        match self {
            Class::Reversed(class) | Class::Frozen(class) => class.base(),
            other => other,
        }
    }

    /// Reads a class name, with or without its package, with spaces, and with parameters, which may nest.
    ///
    /// A name that has no variant of its own becomes [`Class::Custom`]. Every class without parameters of its own takes
    /// `reversed=true`; `reversed=false`, which pycassa writes after each name, changes nothing.
    ///
    /// ```
    /// use cassa::Class;
    ///
    /// assert_eq!(Class::parse("UTF8Type")?, Class::Utf8);
    /// assert_eq!(Class::parse("org.apache.cassandra.db.marshal.UTF8Type(reversed=false)")?, Class::Utf8);
    /// assert_eq!(Class::parse("UTF8Type(reversed=true)")?, Class::reversed(Class::Utf8));
    /// assert_eq!(Class::parse("com.example.PointType")?, Class::Custom("com.example.PointType".into()));
    /// # Ok::<(), cassa::InvalidClass>(())
    /// ```
    ///
    /// # Errors
    /// If the text is empty or cannot be the name of a class: a character that Cassandra's names never have,
    /// parentheses that do not match, parameters that the class does not take or that nest deeper than 16.
    pub fn parse(text: &str) -> Result<Class, InvalidClass> {
        parse::parse(text)
    }
}

/// A class in words, with a package before each name that has a variant of its own.
struct Printed<'a> {
    class: &'a Class,
    package: &'static str,
}

impl fmt::Display for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let package = self.package;
        let mut list = |classes: &[&Class]| {
            write!(f, "{package}{}(", self.class.name())?;
            for (i, class) in classes.iter().enumerate() {
                let comma = if i == 0 { "" } else { "," };
                write!(f, "{comma}{}", Printed { class, package })?;
            }
            f.write_str(")")
        };
        match self.class {
            Class::Custom(name) => f.write_str(name),
            Class::Own(own) => write!(f, "{}", Printed { class: own.class(), package }),
            Class::Composite(components) => list(&components.iter().collect::<Vec<_>>()),
            Class::Map(classes) => list(&classes.iter().collect::<Vec<_>>()),
            Class::Reversed(class) | Class::Frozen(class) | Class::List(class) | Class::Set(class) => {
                list(&[class])
            }
            Class::DynamicComposite(aliases) => {
                write!(f, "{package}{}(", self.class.name())?;
                for (i, (alias, class)) in aliases.iter().enumerate() {
                    let comma = if i == 0 { "" } else { "," };
                    write!(f, "{comma}{}=>{}", char::from(*alias), Printed { class, package })?;
                }
                f.write_str(")")
            }
            plain => write!(f, "{package}{}", plain.name()),
        }
    }
}

/// The name and its parameters, without packages.
impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.width().is_none() && f.precision().is_none() {
            return Printed { class: self, package: "" }.fmt(f);
        }
        f.pad(&Printed { class: self, package: "" }.to_string())
    }
}

impl FromStr for Class {
    type Err = InvalidClass;

    fn from_str(text: &str) -> Result<Class, InvalidClass> {
        Class::parse(text)
    }
}

impl InvalidClass {
    pub(super) fn new(text: &str, why: &'static str) -> InvalidClass {
        InvalidClass { text: text.into(), why }
    }

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
