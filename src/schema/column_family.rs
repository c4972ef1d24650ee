//! A column family's definition, as a server describes it.

use bytes::Bytes;

use crate::error::{Error, Place, Result};
use crate::marshal::Class;
use crate::wire::CfDef;

/// A column family as the schema has it: which types its keys, column names and values are.
///
/// ```
/// # fn main() -> cassa::Result<()> {
/// use cassa::{Class, ColumnFamilyBuilder};
///
/// let definition = ColumnFamilyBuilder::new("Planes")
///     .key_validation_class(Class::Ascii)
///     .comparator(Class::Utf8)
///     .column("year", Class::Int32)
///     .build("Flights")?;
/// assert_eq!((definition.keyspace(), definition.name()), ("Flights", "Planes"));
/// assert_eq!(definition.key_validation_class(), &Class::Ascii);
/// assert_eq!(definition.comparator(), &Class::Utf8);
/// assert_eq!(definition.column_validator(b"year"), Some(&Class::Int32));
/// assert_eq!(definition.validator_of(b"model"), &Class::Bytes);
/// assert_eq!(definition.columns().len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnFamilyDefinition {
    cf_def: CfDef,
    comparator: Class,
    subcomparator: Option<Class>,
    key_validation_class: Class,
    default_validation_class: Class,
    /// In order of the packed names, bytewise.
    columns: Vec<(Bytes, Class)>,
}

impl ColumnFamilyDefinition {
    /// Reads what a server says of a column family. A class that it does not name is `BytesType`.
    ///
    /// ```
    /// use cassa::wire::CfDef;
    /// use cassa::{Class, ColumnFamilyDefinition};
    ///
    /// # fn main() -> cassa::Result<()> {
    /// let comparator_type = Some("org.apache.cassandra.db.marshal.LongType".to_owned());
    /// let cf_def = CfDef { comparator_type, ..CfDef::default() };
    /// let definition = ColumnFamilyDefinition::from_cf_def(cf_def)?;
    /// assert_eq!(definition.comparator(), &Class::Long);
    /// assert_eq!(definition.key_validation_class(), &Class::Bytes);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Class`] where a text cannot be the name of a class; it names keyspace, column family and
    /// column.
    pub fn from_cf_def(cf_def: CfDef) -> Result<Self> {
        let at = || Place::column_family(&cf_def.keyspace, &cf_def.name);
        let parse = |name: &Option<String>| class(name.as_deref().unwrap_or("BytesType"), at);
        let comparator = parse(&cf_def.comparator_type)?;
        let key_validation_class = parse(&cf_def.key_validation_class)?;
        let default_validation_class = parse(&cf_def.default_validation_class)?;
        let subcomparator = is_super(&cf_def).then(|| parse(&cf_def.subcomparator_type)).transpose()?;
        let name_class = subcomparator.as_ref().unwrap_or(&comparator);
        let mut columns = Vec::new();
        for column in cf_def.column_metadata.iter().flatten() {
            let validator = class(&column.validation_class, || at().name(name_class, &column.name))?;
            columns.push((column.name.clone(), validator));
        }
        columns.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(ColumnFamilyDefinition {
            cf_def,
            comparator,
            subcomparator,
            key_validation_class,
            default_validation_class,
            columns,
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.cf_def.name
    }

    /// The keyspace that it belongs to.
    pub fn keyspace(&self) -> &str {
        &self.cf_def.keyspace
    }

    /// The class of column names; of the names of super columns, where there are such.
    pub fn comparator(&self) -> &Class {
        &self.comparator
    }

    /// The class of the names of the columns in a super column; `None` where there are no super columns.
    pub fn subcomparator(&self) -> Option<&Class> {
        self.subcomparator.as_ref()
    }

    /// The class of row keys.
    pub fn key_validation_class(&self) -> &Class {
        &self.key_validation_class
    }

    /// The class of values in columns that the schema does not list.
    pub fn default_validation_class(&self) -> &Class {
        &self.default_validation_class
    }

    /// The class that the schema lists for a column, by its packed name.
    pub fn column_validator(&self, name: &[u8]) -> Option<&Class> {
        let at = self.columns.binary_search_by(|(column, _)| column[..].cmp(name)).ok()?;
        Some(&self.columns[at].1)
    }

    /// The class of a column's values: the one that the schema lists for it, else the default.
    pub fn validator_of(&self, name: &[u8]) -> &Class {
        self.column_validator(name).unwrap_or(&self.default_validation_class)
    }

    /// The columns that the schema lists: packed name and class, in bytewise order.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = (&Bytes, &Class)> {
        self.columns.iter().map(|(name, validator)| (name, validator))
    }

    /// Whether its columns stand in super columns.
    pub fn is_super(&self) -> bool {
        self.subcomparator.is_some()
    }

    /// Whether its columns are counters.
    pub fn is_counter(&self) -> bool {
        self.default_validation_class == Class::Counter
    }

    /// Everything that the server says of it.
    pub fn cf_def(&self) -> &CfDef {
        &self.cf_def
    }

    /// The message itself.
    pub fn into_cf_def(self) -> CfDef {
        self.cf_def
    }
}

/// Whether the columns stand in super columns.
pub(super) fn is_super(cf_def: &CfDef) -> bool {
    cf_def.column_type.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("Super"))
}

/// Reads the name of a class that stands `at` a place.
pub(super) fn class(name: &str, at: impl FnOnce() -> Place) -> Result<Class> {
    Class::parse(name).map_err(|source| Error::Class { at: Box::new(at()), source })
}
