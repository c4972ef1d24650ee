//! A column family that is to be created, or what one is to become.

use bytes::Bytes;

use super::column_family::{class, is_super};
use super::{ColumnFamilyDefinition, Index};
use crate::error::{Error, Place, Result};
use crate::marshal::{Class, Value};
use crate::wire::{CfDef, ColumnDef};

/// A column family that is to be created, or what one is to become.
///
/// It starts from a name ([`create_column_family`](crate::SystemManager::create_column_family)), or from what
/// is there ([`alter_column_family`](crate::SystemManager::alter_column_family)).
///
/// ```
/// use cassa::{Class, ColumnFamilyBuilder};
/// # use cassa::{EmbeddedServer, SimpleStrategy, SystemManager};
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Flights", SimpleStrategy(1))?;
/// let planes = ColumnFamilyBuilder::new("Planes")
///     .key_validation_class(Class::Utf8)
///     .comparator(Class::Utf8)
///     .column("year", Class::Int32)
///     .comment("planes by tail number");
/// system.create_column_family("Flights", planes)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnFamilyBuilder {
    pub(super) cf_def: CfDef,
    /// In the order in which they were said; the names cannot be packed before the comparator is known.
    columns: Vec<(Value, Change)>,
}

/// What is to become of a column's definition.
#[derive(Clone, Debug, PartialEq)]
enum Change {
    Validator(Class),
    Index(Index),
    WithoutIndex,
    Without,
}

impl ColumnFamilyBuilder {
    /// A column family of bytes.
    pub fn new(name: impl Into<String>) -> Self {
        let bytes = || Some(Class::Bytes.qualified());
        let cf_def = CfDef {
            name: name.into(),
            comparator_type: bytes(),
            key_validation_class: bytes(),
            default_validation_class: bytes(),
            ..CfDef::default()
        };
        ColumnFamilyBuilder { cf_def, columns: Vec::new() }
    }

    /// The class of column names, which also orders them. Defaults to `BytesType`.
    #[must_use]
    pub fn comparator(mut self, class: Class) -> Self {
        self.cf_def.comparator_type = Some(class.qualified());
        self
    }

    /// Makes it a super column family, whose rows hold super columns, and those columns: the class of the
    /// names of columns in a super column. The [`comparator`](Self::comparator) is then that of the names of super
    /// columns. Defaults to none: a standard column family.
    #[must_use]
    pub fn subcomparator(mut self, class: Class) -> Self {
        self.cf_def.column_type = Some("Super".to_owned());
        self.cf_def.subcomparator_type = Some(class.qualified());
        self
    }

    /// Makes it a column family of counters: its default validation class is `CounterColumnType`. Defaults to
    /// a column family of values.
    #[must_use]
    pub fn counters(self) -> Self {
        self.default_validation_class(Class::Counter)
    }

    /// The class of row keys. Defaults to `BytesType`.
    #[must_use]
    pub fn key_validation_class(mut self, class: Class) -> Self {
        self.cf_def.key_validation_class = Some(class.qualified());
        self
    }

    /// The class of values in columns that have none of their own. Defaults to `BytesType`.
    #[must_use]
    pub fn default_validation_class(mut self, class: Class) -> Self {
        self.cf_def.default_validation_class = Some(class.qualified());
        self
    }

    /// The class of one column's values. Its name is packed by the comparator. A column that is named twice
    /// has the class that came last. Defaults to none, so that the default validation class holds for all.
    #[must_use]
    pub fn column(mut self, name: impl Into<Value>, validator: Class) -> Self {
        self.columns.push((name.into(), Change::Validator(validator)));
        self
    }

    /// Takes a column's class away, and its index: the default validation class then holds for it. The values
    /// that are stored stay.
    #[must_use]
    pub fn without_column(mut self, name: impl Into<Value>) -> Self {
        self.columns.push((name.into(), Change::Without));
        self
    }

    /// A secondary index on a column, and the class of its values; a [`Class`] alone stands for a `KEYS` index
    /// under the server's own name for it. Defaults to none.
    ///
    /// ```
    /// use cassa::{Class, ColumnFamilyBuilder, Index};
    ///
    /// # fn main() -> cassa::Result<()> {
    /// let planes = ColumnFamilyBuilder::new("Planes").index("model", Class::Utf8).build("Fleet")?;
    /// assert_eq!(planes.index(b"model"), Some(Index::keys(Class::Utf8)));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn index(mut self, name: impl Into<Value>, index: impl Into<Index>) -> Self {
        self.columns.push((name.into(), Change::Index(index.into())));
        self
    }

    /// Takes a column's index away; its class stays.
    #[must_use]
    pub fn without_index(mut self, name: impl Into<Value>) -> Self {
        self.columns.push((name.into(), Change::WithoutIndex));
        self
    }

    /// Changes anything of the message that creates it.
    ///
    /// ```
    /// use cassa::ColumnFamilyBuilder;
    ///
    /// # fn main() -> cassa::Result<()> {
    /// let clicks = ColumnFamilyBuilder::new("Clicks").with(|cf_def| cf_def.caching = Some("ALL".to_owned()));
    /// assert_eq!(clicks.build("Site")?.cf_def().caching.as_deref(), Some("ALL"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut CfDef)) -> Self {
        change(&mut self.cf_def);
        self
    }

    /// The definition that this makes in `keyspace`.
    ///
    /// ```
    /// use cassa::{Class, ColumnFamilyBuilder};
    ///
    /// # fn main() -> cassa::Result<()> {
    /// let events = ColumnFamilyBuilder::new("Events").comparator(Class::Long);
    /// let definition = events.clone().column(5, Class::Utf8).build("Site")?;
    /// assert_eq!(definition.column_validator(&[0, 0, 0, 0, 0, 0, 0, 5]), Some(&Class::Utf8));
    ///
    /// let error = events.column("five", Class::Utf8).build("Site").unwrap_err();
    /// assert_eq!(error.to_string(), "keyspace Site, column family Events, column \"five\"");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Type`] where the name of a column does not fit the comparator; [`Error::Class`] where a class
    /// has a name that cannot be one. Both name keyspace, column family and column.
    pub fn build(self, keyspace: &str) -> Result<ColumnFamilyDefinition> {
        let ColumnFamilyBuilder { mut cf_def, columns } = self;
        cf_def.keyspace = keyspace.to_owned();
        let at = Place::column_family(keyspace, &cf_def.name);
        let names = if is_super(&cf_def) { &cf_def.subcomparator_type } else { &cf_def.comparator_type };
        let name_class = class(names.as_deref().unwrap_or("BytesType"), || at.clone())?;
        let metadata = cf_def.column_metadata.get_or_insert_default();
        for (name, change) in columns {
            let packed = name_class.packed(&name).map_err(|source| {
                let at = Place { column: Some(format!("{name:?}").into()), ..at.clone() };
                Error::Type { at: Box::new(at), source }
            })?;
            change.make(metadata, packed.into());
        }
        ColumnFamilyDefinition::from_cf_def(cf_def)
    }
}

impl Change {
    fn make(self, metadata: &mut Vec<ColumnDef>, name: Bytes) {
        if matches!(self, Change::Without) {
            return metadata.retain(|known| known.name != name);
        }
        let known = metadata.iter().position(|known| known.name == name);
        if known.is_none() {
            if matches!(self, Change::WithoutIndex) {
                return;
            }
            metadata.push(ColumnDef { name, ..ColumnDef::default() });
        }
        let at = known.unwrap_or(metadata.len() - 1);
        let column = &mut metadata[at];
        match self {
            Change::Validator(validator) => column.validation_class = validator.qualified(),
            Change::Index(index) => index.set(column),
            Change::WithoutIndex | Change::Without => {
                (column.index_type, column.index_name, column.index_options) = (None, None, None);
            }
        }
    }
}

impl From<&str> for ColumnFamilyBuilder {
    /// A column family of bytes.
    fn from(name: &str) -> Self {
        ColumnFamilyBuilder::new(name)
    }
}

impl From<String> for ColumnFamilyBuilder {
    /// A column family of bytes.
    fn from(name: String) -> Self {
        ColumnFamilyBuilder::new(name)
    }
}

impl From<CfDef> for ColumnFamilyBuilder {
    /// A column family as the message says.
    fn from(cf_def: CfDef) -> Self {
        ColumnFamilyBuilder { cf_def, columns: Vec::new() }
    }
}

impl From<ColumnFamilyDefinition> for ColumnFamilyBuilder {
    /// A column family like one that is there, for another keyspace or under another name.
    fn from(definition: ColumnFamilyDefinition) -> Self {
        // the id is the server's to give
        CfDef { id: None, ..definition.into_cf_def() }.into()
    }
}
