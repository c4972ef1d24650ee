//! Filters of rows: the comparisons of an index clause, or of a range's row filter.

use super::super::failure::{Failure, invalid};
use super::super::index::filter::{Expression, Filter};
use super::super::schema::ColumnFamily;
use crate::wire::hot::{IndexClause, IndexExpression};

/// The longest value that is compared.
const LONGEST_VALUE: usize = 65_535;

/// Checks an index clause: one of its comparisons must be answered by an index.
pub(crate) fn index_clause<'a>(
    family: &'a ColumnFamily,
    clause: &IndexClause<'a>,
) -> Result<Filter<'a>, Failure> {
    if clause.expressions.is_empty() {
        return Err(invalid("index clause list may not be empty"));
    }
    let filter = filter(family, &clause.expressions)?;
    if filter.indexed(family).is_none() {
        return Err(invalid("No indexed columns present in index clause with operator EQ"));
    }
    Ok(filter)
}

/// Checks comparisons; each value must be one of its column.
pub(crate) fn filter<'a>(
    family: &'a ColumnFamily,
    expressions: &[IndexExpression<'a>],
) -> Result<Filter<'a>, Failure> {
    if family.is_super() && !expressions.is_empty() {
        return Err(invalid("super columns are not supported for indexing"));
    }
    let mut checked = Vec::with_capacity(expressions.len());
    for &IndexExpression { column_name: column, op: operator, value } in expressions {
        let failed = |what: &str, why: &dyn std::fmt::Display| {
            let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            invalid(format!("[{}]=[{}] failed {what} validation ({why})", hex(column), hex(value)))
        };
        if column.is_empty() {
            return Err(invalid("column name must not be empty"));
        }
        super::order(family, None).validate(column).map_err(|mismatch| failed("name", &mismatch))?;
        if value.len() > LONGEST_VALUE {
            return Err(invalid("Index expression values may not be larger than 64K"));
        }
        let validator = family.validator(column);
        validator.validate(value).map_err(|mismatch| failed("value", &mismatch))?;
        checked.push(Expression { column, operator, value, validator });
    }
    Ok(Filter(checked))
}
