//! A secondary index on a column.

use std::collections::BTreeMap;
use std::fmt;

use crate::marshal::Class;
use crate::wire::{ColumnDef, IndexType};

/// Under this option a `CUSTOM` index names the class that implements it.
const CLASS_NAME: &str = "class_name";

/// A secondary index on a column: the class of the column's values, the kind of the index, its name.
///
/// A [`Class`] alone stands for a `KEYS` index under the server's own name for it.
///
/// ```
/// use cassa::{Class, ColumnFamilyBuilder, Index};
///
/// # fn main() -> cassa::Result<()> {
/// let planes = ColumnFamilyBuilder::new("Planes")
///     .comparator(Class::Utf8)
///     .index("model", Class::Utf8)
///     .index("year", Index::keys(Class::Int32).name("planes_by_year"))
///     .build("Fleet")?;
/// let index = planes.index(b"year").expect("there is one");
/// assert_eq!((index.index_name(), index.validator()), (Some("planes_by_year"), &Class::Int32));
/// assert_eq!(index.to_string(), "KEYS planes_by_year");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    validator: Class,
    index_type: IndexType,
    name: Option<String>,
    options: BTreeMap<String, String>,
}

impl Index {
    /// `KEYS`: for each value a row with the keys of the rows that have it. The one kind that Cassandra lets
    /// clients of the Thrift interface create on its own column families.
    pub fn keys(validator: Class) -> Self {
        Self::new(IndexType::Keys, validator)
    }

    /// `CUSTOM`: by a class that the servers have.
    pub fn custom(validator: Class, class: impl Into<String>) -> Self {
        Self::new(IndexType::Custom, validator).option(CLASS_NAME, class)
    }

    /// `COMPOSITES`: of tables made in CQL.
    pub fn composites(validator: Class) -> Self {
        Self::new(IndexType::Composites, validator)
    }

    fn new(index_type: IndexType, validator: Class) -> Self {
        Index { validator, index_type, name: None, options: BTreeMap::new() }
    }

    /// Its name, unlike any other in the keyspace. Defaults to what the server makes of the names of column
    /// family and column: `Planes_model_idx`.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Adds an option. Defaults to none.
    #[must_use]
    pub fn option(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.insert(name.into(), value.into());
        self
    }

    /// The class of the column's values.
    pub fn validator(&self) -> &Class {
        &self.validator
    }

    /// Its kind.
    pub fn index_type(&self) -> IndexType {
        self.index_type
    }

    /// Its name, where it has been given one.
    pub fn index_name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Its options, in order of their names.
    pub fn options(&self) -> impl Iterator<Item = (&str, &str)> {
        self.options.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The index that a column's definition has.
    pub(super) fn of(column: &ColumnDef, validator: &Class) -> Option<Index> {
        Some(Index {
            validator: validator.clone(),
            index_type: column.index_type?,
            name: column.index_name.clone(),
            options: column.index_options.iter().flatten().cloned().collect(),
        })
    }

    /// Puts the index into a column's definition, in place of any other.
    pub(super) fn set(self, column: &mut ColumnDef) {
        column.validation_class = self.validator.qualified();
        let same_kind = column.index_type == Some(self.index_type);
        // one that is there keeps its name, unless another is asked for
        column.index_name = self.name.or(column.index_name.take().filter(|_| same_kind));
        column.index_type = Some(self.index_type);
        // servers before 1.1 do not know the field
        column.index_options = (!self.options.is_empty()).then(|| self.options.into_iter().collect());
    }
}

impl From<Class> for Index {
    fn from(validator: Class) -> Self {
        Index::keys(validator)
    }
}

impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.index_type)?;
        if let Some(name) = &self.name {
            write!(f, " {name}")?;
        }
        if !self.options.is_empty() {
            write!(f, " {}", super::Pairs(&self.options))?;
        }
        Ok(())
    }
}
