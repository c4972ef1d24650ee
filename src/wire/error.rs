//! What can be wrong with bytes that claim to be a message.

use std::fmt;

/// Bytes that are not the message they should be.
///
/// After such an error nothing is known about what follows on the connection: close it.
///
/// ```
/// use cassa::wire::{Column, decode};
///
/// let error = decode::<Column>(b"\x0b\0\x01\0\0\0\x04ye").unwrap_err();
/// assert_eq!(error.to_string(), "a length reaches beyond the end of the frame");
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// A length or a count reaches beyond the end of the frame.
    PastTheEnd,
    /// A length or a count is negative.
    NegativeLength(i32),
    /// Structs or containers nest deeper than any message of the interface.
    TooDeep,
    /// No Thrift type has this number.
    UnknownType(u8),
    /// The message does not start with the version of the strict binary protocol.
    BadVersion(u32),
    /// A text is not UTF-8.
    NotUtf8,
    /// A field that must be there is not; names struct and field.
    Missing(&'static str, &'static str),
    /// No value of this enum has this number.
    UnknownEnum(&'static str, i32),
    /// A container holds another type than the interface says.
    WrongElement,
    /// Columns, counters and super columns stand in one row, or several of them in one entry.
    Mixed,
    /// More elements than the bytes that they came in can hold in earnest: almost all of them are empty.
    Hollow,
    /// A reply came to another call: what was expected, and what came.
    WrongReply(&'static str, Box<str>),
    /// A reply came with another sequence number: expected, and what came.
    WrongSequence(i32, i32),
    /// The `thrift` crate's protocol reports this.
    Thrift(Box<str>),
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PastTheEnd => f.write_str("a length reaches beyond the end of the frame"),
            Self::NegativeLength(n) => write!(f, "a negative length ({n})"),
            Self::TooDeep => f.write_str("nested too deep"),
            Self::UnknownType(t) => write!(f, "unknown thrift type {t}"),
            Self::BadVersion(v) => write!(f, "expected a message of the strict binary protocol, got {v:08x}"),
            Self::NotUtf8 => f.write_str("a text that is not UTF-8"),
            Self::Missing(owner, field) => write!(f, "{owner} lacks the field {field}"),
            Self::UnknownEnum(name, n) => write!(f, "{n} is no value of {name}"),
            Self::WrongElement => f.write_str("a container of another type than the interface has"),
            Self::Mixed => f.write_str("entries of several kinds in one row"),
            Self::Hollow => f.write_str("a container of almost only empty elements"),
            Self::WrongReply(expected, came) => write!(f, "expected a reply to {expected}, got {came}"),
            Self::WrongSequence(expected, came) => {
                write!(f, "expected the reply to call number {expected}, got number {came}")
            }
            Self::Thrift(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for DecodeError {}

/// Through the `thrift` crate's traits and back, as it is.
impl From<DecodeError> for thrift::Error {
    #[cold]
    fn from(e: DecodeError) -> Self {
        thrift::Error::User(Box::new(e))
    }
}

impl From<thrift::Error> for DecodeError {
    #[cold]
    fn from(e: thrift::Error) -> Self {
        let other = match e {
            thrift::Error::User(e) => match e.downcast::<DecodeError>() {
                Ok(ours) => return *ours,
                Err(other) => other.to_string(),
            },
            thrift::Error::Protocol(e) => e.message,
            other => other.to_string(),
        };
        Self::Thrift(other.into())
    }
}
