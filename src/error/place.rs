//! Where something went wrong.

use std::fmt;

use super::Error;
use crate::marshal::{Class, Value};

/// Where something went wrong, as far as it is known.
///
/// ```
/// # use cassa::{EmbeddedServer, Error, SimpleStrategy, SystemManager};
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Fleet", SimpleStrategy(1))?;
/// let error = system.drop_column_family("Fleet", "Planes").unwrap_err();
/// let place = error.place().expect("a server refused a call");
/// assert_eq!(place.method, Some("system_drop_column_family"));
/// assert_eq!(place.column_family.as_deref(), Some("Planes"));
/// assert!(place.to_string().ends_with(", keyspace Fleet, column family Planes"), "{place}");
/// # Ok(())
/// # }
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The method of the interface.
    pub method: Option<&'static str>,
    /// The server.
    pub server: Option<Box<str>>,
    /// The keyspace.
    pub keyspace: Option<Box<str>>,
    /// The column family.
    pub column_family: Option<Box<str>>,
    /// The row key, as text.
    pub row_key: Option<Box<str>>,
    /// The super column's name, as text.
    pub super_column: Option<Box<str>>,
    /// The column's name, as text.
    pub column: Option<Box<str>>,
}

impl Place {
    /// A call to a server.
    pub(crate) fn call(server: &str, method: &'static str) -> Self {
        Place { method: Some(method), server: Some(server.into()), ..Place::default() }
    }

    /// A keyspace.
    pub(crate) fn keyspace(keyspace: &str) -> Self {
        Place { keyspace: Some(keyspace.into()), ..Place::default() }
    }

    /// A column family.
    pub(crate) fn column_family(keyspace: &str, column_family: &str) -> Self {
        Place {
            keyspace: Some(keyspace.into()),
            column_family: Some(column_family.into()),
            ..Place::default()
        }
    }

    /// Takes over what is not known yet.
    fn fill(&mut self, known: Place) {
        self.method = self.method.or(known.method);
        let mine = [
            &mut self.server,
            &mut self.keyspace,
            &mut self.column_family,
            &mut self.row_key,
            &mut self.super_column,
            &mut self.column,
        ];
        let theirs = [
            known.server,
            known.keyspace,
            known.column_family,
            known.row_key,
            known.super_column,
            known.column,
        ];
        for (mine, theirs) in mine.into_iter().zip(theirs) {
            if mine.is_none() {
                *mine = theirs;
            }
        }
    }

    /// Adds a packed row key.
    pub(crate) fn key(mut self, class: &Class, packed: &[u8]) -> Self {
        self.row_key = Some(shown(class, packed));
        self
    }

    /// Adds a packed name of a super column.
    pub(crate) fn super_column(mut self, class: &Class, packed: &[u8]) -> Self {
        self.super_column = Some(shown(class, packed));
        self
    }

    /// Adds a packed column name.
    pub(crate) fn name(mut self, class: &Class, packed: &[u8]) -> Self {
        self.column = Some(shown(class, packed));
        self
    }
}

/// Longer keys and names are cut where they are printed.
const SHOWN: usize = 200;

/// Packed bytes as text: the value if they are one, else as bytes are shown.
fn shown(class: &Class, packed: &[u8]) -> Box<str> {
    let bytes = bytes::Bytes::copy_from_slice(packed);
    let value = class.unpack(&bytes).unwrap_or(Value::Bytes(bytes));
    let mut text = format!("{value:?}");
    if let Some((cut, _)) = text.char_indices().nth(SHOWN) {
        text.truncate(cut);
        text.push('…');
    }
    text.into()
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if let Some(method) = self.method {
            f.write_str(method)?;
            separator = " ";
        }
        if let Some(server) = &self.server {
            write!(f, "{separator}on {server}")?;
            separator = ", ";
        }
        let parts = [
            ("keyspace", &self.keyspace),
            ("column family", &self.column_family),
            ("row key", &self.row_key),
            ("super column", &self.super_column),
            ("column", &self.column),
        ];
        for (what, part) in parts {
            if let Some(part) = part {
                write!(f, "{separator}{what} {part}")?;
                separator = ", ";
            }
        }
        Ok(())
    }
}

/// The place of an error, as it is borrowed.
macro_rules! placed {
    ($error:expr) => {
        match $error {
            Error::InvalidRequest { at, .. }
            | Error::NotFound { at }
            | Error::Unavailable { at }
            | Error::TimedOut { at, .. }
            | Error::Authentication { at, .. }
            | Error::Authorization { at, .. }
            | Error::SchemaDisagreement { at, .. }
            | Error::Application { at, .. }
            | Error::Type { at, .. }
            | Error::Class { at, .. }
            | Error::SchemaChanged { at, .. }
            | Error::WrongKind { at, .. }
            | Error::TooLarge { at, .. }
            | Error::Field { at, .. }
            | Error::MissingColumn { at, .. }
            | Error::NothingToWrite { at }
            | Error::Conflict { at, .. }
            | Error::SchemaMismatch { at, .. }
            | Error::Unsupported { at, .. } => Some(at),
            _ => None,
        }
    };
}

impl Error {
    /// The place of the error, where it has one.
    pub fn place(&self) -> Option<&Place> {
        placed!(self)
    }

    /// Adds to the place what a layer above knows.
    pub(crate) fn at(mut self, known: Place) -> Self {
        if let Some(place) = self.place_mut() {
            place.fill(known);
        }
        self
    }

    /// The place of the error, to be changed.
    pub(crate) fn place_mut(&mut self) -> Option<&mut Place> {
        placed!(self)
    }
}
