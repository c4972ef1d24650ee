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
    /// `None` for a part of the key, and for an object as a whole.
    column: Option<Cow<'static, str>>,
    /// With the names of the fields that it is flattened into: `home.city`.
    field: Option<Cow<'static, str>>,
    /// `None` for a column that the row has not.
    reason: Option<Cow<'static, str>>,
}

impl Fault {
    #[cold]
    pub(super) fn new(reason: impl Into<Cow<'static, str>>) -> Fault {
        Fault(Box::new(Parts { column: None, field: None, reason: Some(reason.into()) }))
    }

    /// For a value that a column of this class cannot hold, or bytes that are none of its values.
    #[cold]
    pub(super) fn mismatch(class: &Class, expected: impl fmt::Display, got: impl fmt::Display) -> Fault {
        Fault::new(format!("expected {expected} for {class}, got {got}"))
    }

    /// Names the field, unless one is named already.
    #[cold]
    pub(super) fn at(mut self, field: impl Into<Cow<'static, str>>) -> Fault {
        self.0.field.get_or_insert(field.into());
        self
    }

    /// Names the column, and the field, unless they are named already.
    #[cold]
    pub(super) fn at_column(mut self, column: impl Into<Cow<'static, str>>, field: &'static str) -> Fault {
        if self.0.field.is_none() {
            self.0.column = Some(column.into());
        }
        self.at(field)
    }

    /// Names a column that is no field.
    #[cold]
    pub(super) fn at_unknown(mut self, column: String) -> Fault {
        self.0.column = Some(column.clone().into());
        self.at(column)
    }

    /// Says which field the one named is flattened into, and what stands before its name.
    #[cold]
    pub(super) fn within(mut self, outer: &'static str, prefix: &str) -> Fault {
        if let (true, Some(column)) = (self.0.reason.is_none(), &mut self.0.column) {
            column.to_mut().insert_str(0, prefix);
        }
        self.0.field = Some(match self.0.field.take() {
            Some(field) => format!("{outer}.{field}").into(),
            None => outer.into(),
        });
        self
    }

    pub(super) fn column(&self) -> Option<&str> {
        self.0.column.as_deref()
    }

    pub(super) fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// Why, without the column; `None` for a column that is missing.
    pub(super) fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.column(), self.field()) {
            (Some(column), Some(field)) if column != field => {
                write!(f, "column {column:?}, field `{field}`: ")?
            }
            (Some(column), _) => write!(f, "column {column:?}: ")?,
            (None, Some(field)) => write!(f, "field `{field}`: ")?,
            (None, None) => {}
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
        Fault(Box::new(Parts { column: Some(field.into()), field: Some(field.into()), reason: None }))
    }
}
