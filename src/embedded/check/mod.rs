//! What a request may say, by Cassandra's rules.

mod column;
pub(crate) mod filter;
pub(crate) mod level;
pub(crate) mod mutation;
pub(crate) mod predicate;
pub(crate) mod range;

use super::failure::{Failure, invalid};
use super::schema::ColumnFamily;
use crate::marshal::Class;
use crate::wire::hot::{ColumnParent, ColumnPath};

/// The longest column name.
const LONGEST: usize = 65_535;

/// Checks a row key.
pub(crate) fn key(family: &ColumnFamily, key: &[u8]) -> Result<(), Failure> {
    if key.is_empty() {
        return Err(invalid("Key may not be empty"));
    }
    let longest = family.partitioner.longest_key();
    if key.len() > longest {
        return Err(invalid(format!("Key length of {} is longer than maximum of {longest}", key.len())));
    }
    family.key_validator.validate(key).map_err(|mismatch| invalid(format!("row key: {mismatch}")))
}

/// Checks the name of a column, in a super column where one is given; without one, that of a super column if
/// the column family has them.
pub(crate) fn name(family: &ColumnFamily, super_column: Option<&[u8]>, name: &[u8]) -> Result<(), Failure> {
    if super_column.is_some() && !family.is_super() {
        let name = family.name();
        return Err(invalid(format!(
            "supercolumn specified to ColumnFamily {name} containing normal columns"
        )));
    }
    if let Some(super_column) = super_column {
        length("supercolumn", super_column)?;
    }
    length("column", name)?;
    let class = order(family, super_column);
    class.validate(name).map_err(|mismatch| invalid(format!("column name: {mismatch}")))?;
    // Cassandra keeps the parts of a composite; names of any other class it keeps as they are
    if !family.is_super() && matches!(class, Class::Composite(_)) && class.is_slice_end(name) {
        return Err(invalid(
            "column name: this is the end of a slice, its last byte has to be zero in a name",
        ));
    }
    Ok(())
}

/// What orders the names that a client gives.
fn order<'f>(family: &'f ColumnFamily, super_column: Option<&[u8]>) -> &'f Class {
    match (&family.super_names, super_column) {
        (None, _) => &family.comparator,
        (Some(names), None) => &names.super_columns,
        (Some(names), Some(_)) => &names.columns,
    }
}

fn length(what: &str, name: &[u8]) -> Result<(), Failure> {
    if name.is_empty() {
        return Err(invalid(format!("{what} name must not be empty")));
    }
    if name.len() > LONGEST {
        return Err(invalid(format!("{what} name length must not be greater than {LONGEST}")));
    }
    Ok(())
}

/// Checks that the column family has counters, or that it has none.
pub(crate) fn counters(family: &ColumnFamily, wanted: bool) -> Result<(), Failure> {
    match (family.is_counter(), wanted) {
        (false, true) => {
            Err(invalid(format!("invalid operation for non commutative columnfamily {}", family.name())))
        }
        (true, false) => {
            Err(invalid(format!("invalid operation for commutative columnfamily {}", family.name())))
        }
        _ => Ok(()),
    }
}

/// Checks where columns are read.
pub(crate) fn parent(family: &ColumnFamily, parent: &ColumnParent<'_>) -> Result<(), Failure> {
    match parent.super_column {
        Some(_) if !family.is_super() => {
            Err(invalid(format!("columnfamily alone is required for standard CF {}", family.name())))
        }
        Some(super_column) => name(family, None, super_column),
        None => Ok(()),
    }
}

/// Checks where a column is written: a super column is not optional there.
pub(crate) fn parent_of_written(
    family: &ColumnFamily,
    given: &ColumnParent<'_>,
    column: &[u8],
) -> Result<(), Failure> {
    parent(family, given)?;
    if family.is_super() && given.super_column.is_none() {
        return Err(invalid(format!("missing mandatory super column name for super CF {}", family.name())));
    }
    name(family, given.super_column, column)
}

/// Checks the path of a column, or of a super column.
pub(crate) fn column_path(
    family: &ColumnFamily,
    super_column: Option<&[u8]>,
    column: Option<&[u8]>,
) -> Result<(), Failure> {
    match (family.is_super(), super_column, column) {
        (false, Some(_), _) => {
            Err(invalid(format!("supercolumn parameter is invalid for standard CF {}", family.name())))
        }
        (false, None, None) => {
            Err(invalid(format!("column parameter is not optional for standard CF {}", family.name())))
        }
        (true, None, _) => {
            Err(invalid(format!("supercolumn parameter is not optional for super CF {}", family.name())))
        }
        _ => names_of(family, super_column, column),
    }
}

/// Checks the path of what is removed: a row, a super column, or a column.
pub(crate) fn removed_path(family: &ColumnFamily, path: &ColumnPath<'_>) -> Result<(), Failure> {
    match (family.is_super(), path.super_column, path.column) {
        (false, Some(_), _) => {
            Err(invalid(format!("supercolumn may not be specified for standard CF {}", family.name())))
        }
        (true, None, Some(_)) => Err(invalid(format!(
            "A column cannot be specified without specifying a super column for removal on super CF {}",
            family.name()
        ))),
        (_, super_column, column) => names_of(family, super_column, column),
    }
}

fn names_of(
    family: &ColumnFamily,
    super_column: Option<&[u8]>,
    column: Option<&[u8]>,
) -> Result<(), Failure> {
    if let Some(column) = column {
        name(family, super_column, column)?;
    }
    super_column.map_or(Ok(()), |super_column| name(family, None, super_column))
}
