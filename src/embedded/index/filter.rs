//! What is asked of rows: comparisons of columns with values.

use std::cmp::Ordering;

use crate::embedded::row::cell::{Cell, Content};
use crate::embedded::row::find::Row;
use crate::embedded::schema::{ColumnFamily, Index};
use crate::embedded::store::{Snapshot, StoreError};
use crate::marshal::Class;
use crate::wire::IndexOperator;

/// One comparison.
#[derive(Clone, Debug)]
pub(crate) struct Expression<'a> {
    pub(crate) column: &'a [u8],
    pub(crate) operator: IndexOperator,
    pub(crate) value: &'a [u8],
    pub(crate) validator: &'a Class,
}

/// Comparisons all of which must hold.
#[derive(Clone, Debug)]
pub(crate) struct Filter<'a>(pub(crate) Vec<Expression<'a>>);

impl<'a> Filter<'a> {
    /// The first comparison that an index answers.
    pub(crate) fn indexed<'f>(&self, family: &'f ColumnFamily) -> Option<(&'f Index, &'a [u8])> {
        let equal = self.0.iter().filter(|expression| expression.operator == IndexOperator::Eq);
        equal.filter_map(|expression| Some((family.index(expression.column)?, expression.value))).next()
    }

    /// Whether a row is what is asked for.
    pub(crate) fn admits<S: Snapshot>(&self, row: &Row<'_, S>) -> Result<bool, StoreError> {
        for Expression { column, operator, value, validator } in &self.0 {
            let holds = row.find(column, |cell| compare(cell, validator, value, *operator))?;
            if holds != Some(true) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// How what Cassandra stores of a counter begins: one share, counted by the node it was added on. That, and not
/// the count, is what it compares.
const COUNTER: &[u8] = &[0, 1, 0x80, 0];

/// Compares what is stored in a cell. Cassandra looks at cells without regard to whether they are live: the
/// value of an expired one still counts, and a deletion is compared by its second in four bytes.
fn compare(cell: &Cell<'_>, validator: &Class, value: &[u8], operator: IndexOperator) -> bool {
    let order = match cell.content {
        Content::Live(stored) | Content::Expiring { value: stored, .. } => validator.compare(stored, value),
        Content::Counter(_) => COUNTER.cmp(value),
        Content::Deleted { at } => validator.compare(&at.to_be_bytes(), value),
    };
    match operator {
        IndexOperator::Eq => order == Ordering::Equal,
        IndexOperator::Gte => order != Ordering::Less,
        IndexOperator::Gt => order == Ordering::Greater,
        IndexOperator::Lte => order != Ordering::Greater,
        IndexOperator::Lt => order == Ordering::Less,
    }
}
