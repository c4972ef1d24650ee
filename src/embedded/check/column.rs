//! Columns that are written.

use bytes::Bytes;

use super::super::failure::{Failure, invalid};
use super::super::index::VALUE_LIMIT;
use super::super::row::cell::Content;
use super::super::schema::ColumnFamily;
use crate::wire::hot::Column;

/// The longest ttl: 20 years of 365 days.
const LONGEST_TTL: i32 = 20 * 365 * 24 * 60 * 60;

/// The last second in which a column may expire.
const LAST_EXPIRY: i32 = i32::MAX - 1;

/// Checks what a column has beside its name; gives its timestamp and what it holds.
pub(super) fn content<'a>(
    family: &ColumnFamily,
    super_column: Option<&[u8]>,
    column: &Column<'a>,
    now: i32,
) -> Result<(i64, Content<'a>), Failure> {
    let expiry = expiry(family, column.ttl, now)?;
    let Some(value) = column.value else {
        return Err(invalid("Column value is required"));
    };
    let Some(timestamp) = column.timestamp else {
        return Err(invalid("Column timestamp is required"));
    };
    family.validator(column.name).validate(value).map_err(|mismatch| {
        let definition = &family.definition;
        let shown = show(family, super_column, column.name);
        invalid(format!(
            "({mismatch}) [{}][{}][{shown}] failed validation",
            definition.keyspace, definition.name
        ))
    })?;
    if value.len() >= VALUE_LIMIT && family.index(column.name).is_some() {
        let definition = &family.definition;
        return Err(invalid(format!(
            "Can't index column value of size {} for column {} in CF {} of KS {}: the limit is {VALUE_LIMIT}",
            value.len(),
            show(family, super_column, column.name),
            definition.name,
            definition.keyspace
        )));
    }
    let content = match expiry {
        None => Content::Live(value),
        Some((ttl, expiry)) => Content::Expiring { value, ttl, expiry },
    };
    Ok((timestamp, content))
}

/// The ttl of a column, which the column family may give, and the second in which it ends.
fn expiry(family: &ColumnFamily, ttl: Option<i32>, now: i32) -> Result<Option<(i32, i32)>, Failure> {
    if let Some(ttl) = ttl {
        if ttl <= 0 {
            return Err(invalid("ttl must be positive"));
        }
        if ttl > LONGEST_TTL {
            return Err(invalid(format!("ttl is too large. requested ({ttl}) maximum ({LONGEST_TTL})")));
        }
    }
    let Some(ttl) = ttl.or_else(|| family.default_time_to_live()) else {
        return Ok(None);
    };
    match now.checked_add(ttl).filter(|expiry| *expiry <= LAST_EXPIRY) {
        Some(expiry) => Ok(Some((ttl, expiry))),
        None => Err(invalid(format!(
            "column family {}.{}: with a ttl of {ttl} seconds the column would expire after \
             2038-01-19T03:14:06+00:00, the last date that can be stored",
            family.definition.keyspace, family.definition.name
        ))),
    }
}

/// A name for an error's text.
fn show(family: &ColumnFamily, super_column: Option<&[u8]>, name: &[u8]) -> String {
    match super::order(family, super_column).unpack(&Bytes::copy_from_slice(name)) {
        Ok(value) => value.to_string(),
        Err(_) => name.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}
