//! The error that passes through serde, until the mapper adds where it happened.

use std::borrow::Cow;
use std::fmt;

use serde::{de, ser};

use crate::marshal::Class;

pub(super) type Result<T> = std::result::Result<T, Fault>;

/// One word wide, so that the results of a column's steps stay small.
#[derive(Debug)]
pub(crate) struct Fault(Box<Parts>);

#[derive(Debug)]
struct Parts {
    column: Option<Cow<'static, str>>,
    /// `None` for a column that the row has not.
    reason: Option<Cow<'static, str>>,
}

impl Fault {
    #[cold]
    pub(super) fn new(reason: impl Into<Cow<'static, str>>) -> Fault {
        Fault(Box::new(Parts { column: None, reason: Some(reason.into()) }))
    }

    /// For a value that a column of this class cannot hold, or bytes that are none of its values.
    #[cold]
    pub(super) fn mismatch(class: &Class, expected: impl fmt::Display, got: impl fmt::Display) -> Fault {
        Fault::new(format!("expected {expected} for {class}, got {got}"))
    }

    /// Names the column, unless one is named already.
    #[cold]
    pub(super) fn at(mut self, column: impl Into<Cow<'static, str>>) -> Fault {
        self.0.column.get_or_insert(column.into());
        self
    }

    /// The column or field.
    pub(super) fn column(&self) -> Option<&str> {
        self.0.column.as_deref()
    }

    /// Why, without the column; `None` for a column that is missing.
    pub(super) fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(column) = self.column() {
            write!(f, "column {column:?}: ")?;
        }
        f.write_str(self.reason().unwrap_or("missing"))
    }
}

impl std::error::Error for Fault {}

impl ser::Error for Fault {
    #[cold]
    fn custom<T: fmt::Display>(message: T) -> Fault {
        Fault::new(message.to_string())
    }
}

impl de::Error for Fault {
    #[cold]
    fn custom<T: fmt::Display>(message: T) -> Fault {
        Fault::new(message.to_string())
    }

    #[cold]
    fn missing_field(field: &'static str) -> Fault {
        Fault(Box::new(Parts { column: Some(field.into()), reason: None }))
    }
}
