//! A column family that is to be created.

use bytes::Bytes;

use super::ColumnFamilyDefinition;
use super::column_family::{class, is_super};
use crate::error::{Error, Place, Result};
use crate::marshal::{Class, Value};
use crate::wire::{CfDef, ColumnDef};

/// A column family that is to be created.
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
    cf_def: CfDef,
    columns: Vec<(Value, Class)>,
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
        self.columns.push((name.into(), validator));
        self
    }

    /// A comment for people. Defaults to none.
    #[must_use]
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.cf_def.comment = Some(comment.into());
        self
    }

    /// How many seconds a deletion is remembered, so that it reaches replicas that were down. Defaults to
    /// the server's default, which is 864,000: ten days.
    #[must_use]
    pub fn gc_grace_seconds(mut self, seconds: i32) -> Self {
        self.cf_def.gc_grace_seconds = Some(seconds);
        self
    }

    /// After how many seconds a column expires that is written without a TTL. Defaults to 0: never.
    #[must_use]
    pub fn default_time_to_live(mut self, seconds: i32) -> Self {
        self.cf_def.default_time_to_live = Some(seconds);
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
        for (name, validator) in columns {
            let packed = name_class.packed(&name).map_err(|source| {
                let at = Place { column: Some(format!("{name:?}").into()), ..at.clone() };
                Error::Type { at: Box::new(at), source }
            })?;
            let column = ColumnDef {
                name: Bytes::from(packed),
                validation_class: validator.qualified(),
                ..ColumnDef::default()
            };
            match metadata.iter_mut().find(|known| known.name == column.name) {
                Some(known) => known.validation_class = column.validation_class,
                None => metadata.push(column),
            }
        }
        ColumnFamilyDefinition::from_cf_def(cf_def)
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
