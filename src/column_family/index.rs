//! Conditions on the values of columns, for queries by an index.

use super::ColumnFamily;
use crate::error::Result;
use crate::marshal::Value;
use crate::wire::IndexOperator;

/// A condition on a column: pycassa's `create_index_expression`. The value is packed by the column's validator.
///
/// ```
/// use cassa::{IndexClause, IndexExpression};
///
/// let in_utah = IndexExpression::eq("state", "UT");
/// let clause = IndexClause::new([in_utah, IndexExpression::gt("birthdate", 1970)]);
/// assert_eq!(clause.to_string(), "state = UT and birthdate > 1970");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct IndexExpression {
    name: Value,
    operator: IndexOperator,
    value: Value,
}

impl IndexExpression {
    /// The column has this value.
    pub fn eq(name: impl Into<Value>, value: impl Into<Value>) -> Self {
        Self::new(name, IndexOperator::Eq, value)
    }

    /// The column's value is greater than this one.
    pub fn gt(name: impl Into<Value>, value: impl Into<Value>) -> Self {
        Self::new(name, IndexOperator::Gt, value)
    }

    /// The column's value is this one or greater.
    pub fn gte(name: impl Into<Value>, value: impl Into<Value>) -> Self {
        Self::new(name, IndexOperator::Gte, value)
    }

    /// The column's value is less than this one.
    pub fn lt(name: impl Into<Value>, value: impl Into<Value>) -> Self {
        Self::new(name, IndexOperator::Lt, value)
    }

    /// The column's value is this one or less.
    pub fn lte(name: impl Into<Value>, value: impl Into<Value>) -> Self {
        Self::new(name, IndexOperator::Lte, value)
    }

    fn new(name: impl Into<Value>, operator: IndexOperator, value: impl Into<Value>) -> Self {
        IndexExpression { name: name.into(), operator, value: value.into() }
    }
}

/// Conditions that all hold, at least one of them an equality on an indexed column: what
/// [`Select::get_indexed_slices`](crate::Select::get_indexed_slices) finds rows by.
///
/// ```
/// # use cassa::{Class, ColumnFamily, ColumnFamilyBuilder, ConnectionPool, EmbeddedServer, IndexClause};
/// # use cassa::{SimpleStrategy, SystemManager};
/// let clause = IndexClause::default().eq("state", "UT").gte("birthdate", 1970).lt("birthdate", 1980);
/// assert_eq!(clause.to_string(), "state = UT and birthdate >= 1970 and birthdate < 1980");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use = "conditions do nothing until rows are asked for"]
pub struct IndexClause {
    expressions: Vec<IndexExpression>,
    pub(super) start_key: Option<Value>,
    pub(super) count: Option<usize>,
}

impl IndexClause {
    /// Conditions that all hold.
    pub fn new(expressions: impl IntoIterator<Item = IndexExpression>) -> Self {
        IndexClause { expressions: expressions.into_iter().collect(), ..Self::default() }
    }

    /// And the column has this value.
    pub fn eq(self, name: impl Into<Value>, value: impl Into<Value>) -> Self {
        self.and(IndexExpression::eq(name, value))
    }

    /// And the column's value is greater than this one.
    pub fn gt(self, name: impl Into<Value>, value: impl Into<Value>) -> Self {
        self.and(IndexExpression::gt(name, value))
    }

    /// And the column's value is this one or greater.
    pub fn gte(self, name: impl Into<Value>, value: impl Into<Value>) -> Self {
        self.and(IndexExpression::gte(name, value))
    }

    /// And the column's value is less than this one.
    pub fn lt(self, name: impl Into<Value>, value: impl Into<Value>) -> Self {
        self.and(IndexExpression::lt(name, value))
    }

    /// And the column's value is this one or less.
    pub fn lte(self, name: impl Into<Value>, value: impl Into<Value>) -> Self {
        self.and(IndexExpression::lte(name, value))
    }

    /// And this condition holds.
    pub fn and(mut self, expression: IndexExpression) -> Self {
        self.expressions.push(expression);
        self
    }

    /// The row to start at, which is part of the result; rows stand in the order of their tokens. Defaults to the first
    /// on the ring.
    pub fn start_key(mut self, key: impl Into<Value>) -> Self {
        self.start_key = Some(key.into());
        self
    }

    /// At most so many rows. Defaults to all of them.
    pub fn count(mut self, rows: usize) -> Self {
        self.count = Some(rows);
        self
    }

    pub(super) fn pack(&self, cf: &ColumnFamily) -> Result<Vec<PackedExpression>> {
        let pack = |expression: &IndexExpression| {
            let column = cf.pack_name(&expression.name, true)?;
            let value = cf.pack_value_of(&column, &expression.name, &expression.value)?;
            Ok(PackedExpression { column, operator: expression.operator, value })
        };
        self.expressions.iter().map(pack).collect()
    }
}

impl From<IndexExpression> for IndexClause {
    fn from(expression: IndexExpression) -> Self {
        Self::new([expression])
    }
}

impl std::fmt::Display for IndexExpression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let operator = match self.operator {
            IndexOperator::Eq => "=",
            IndexOperator::Gte => ">=",
            IndexOperator::Gt => ">",
            IndexOperator::Lte => "<=",
            IndexOperator::Lt => "<",
        };
        write!(f, "{} {operator} {}", self.name, self.value)
    }
}

impl std::fmt::Display for IndexClause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, expression) in self.expressions.iter().enumerate() {
            f.write_str(if i == 0 { "" } else { " and " })?;
            expression.fmt(f)?;
        }
        Ok(())
    }
}

/// A condition, packed.
#[derive(Clone, Debug)]
pub(crate) struct PackedExpression {
    pub(crate) column: Vec<u8>,
    pub(crate) operator: IndexOperator,
    pub(crate) value: Vec<u8>,
}
