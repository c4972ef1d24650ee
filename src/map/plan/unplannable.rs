//! Why there is no plan for a struct.

use std::fmt;

use crate::marshal::Class;

/// Why there is no plan. The derive refuses what one struct alone can show; names of parts meet only here.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unplannable {
    Class { field: Option<&'static str>, text: String },
    Comparator(Class),
    NoKey,
    Name(String),
    Twice(&'static str),
    Counters(&'static str),
    NoClustering(&'static str),
    Unsupported(&'static str),
}

impl fmt::Display for Unplannable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unplannable::Class { field: Some(field), text } => write!(f, "field {field:?}: {text}"),
            Unplannable::Class { field: None, text } => write!(f, "comparator: {text}"),
            Unplannable::Comparator(class) => {
                write!(
                    f,
                    "expected AsciiType, BytesType or UTF8Type as the comparator of named fields, got {class}"
                )
            }
            Unplannable::NoKey => f.write_str("expected a field with the role of the row key, got none"),
            Unplannable::Name(name) => {
                write!(
                    f,
                    "two fields have the column {name:?}; a part may get a prefix: `flatten(prefix = \"…\")`"
                )
            }
            Unplannable::Twice(role) => write!(f, "expected one field with the role `{role}`, got two"),
            Unplannable::Counters(field) => write!(
                f,
                "field {field:?}: a column family holds either counters or plain columns; those of a part that are \
                 counters are flattened by `#[cassa(flatten, counter)]`"
            ),
            Unplannable::NoClustering(role) => {
                write!(f, "expected a field with the role `clustering` beside `{role}`, got none")
            }
            Unplannable::Unsupported(what) => write!(f, "{what}: there is no place for it"),
        }
    }
}
