//! What a request may say, by Cassandra's rules.

pub(crate) mod column;
pub(crate) mod mutation;
pub(crate) mod predicate;
pub(crate) mod range;

use super::failure::{Failure, invalid};
use super::schema::ColumnFamily;
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

/// Checks a column name.
pub(crate) fn name(family: &ColumnFamily, name: &[u8]) -> Result<(), Failure> {
    if name.is_empty() {
        return Err(invalid("column name must not be empty"));
    }
    if name.len() > LONGEST {
        return Err(invalid(format!("column name length must not be greater than {LONGEST}")));
    }
    family.comparator.validate(name).map_err(|mismatch| invalid(format!("column name: {mismatch}")))
}

/// Checks where columns are read or written.
pub(crate) fn parent(family: &ColumnFamily, parent: &ColumnParent<'_>) -> Result<(), Failure> {
    if parent.super_column.is_some() {
        return Err(invalid(format!("columnfamily alone is required for standard CF {}", family.name())));
    }
    Ok(())
}

/// Checks the path of a column that is read; gives its name.
pub(crate) fn column_path<'a>(family: &ColumnFamily, path: &ColumnPath<'a>) -> Result<&'a [u8], Failure> {
    if path.super_column.is_some() {
        return Err(invalid(format!("supercolumn parameter is invalid for standard CF {}", family.name())));
    }
    let Some(column) = path.column else {
        return Err(invalid(format!("column parameter is not optional for standard CF {}", family.name())));
    };
    name(family, column)?;
    Ok(column)
}
