//! The verbs on column families.

use super::SystemManager;
use super::keyspaces::in_keyspace;
use crate::error::{Error, Place, Result};
use crate::schema::{ColumnFamilyBuilder, ColumnFamilyDefinition};
use crate::wire::methods::{SystemAddColumnFamily, SystemDropColumnFamily, SystemUpdateColumnFamily};
use crate::wire::{CfDef, KsDef};

impl SystemManager {
    /// Creates a column family: of bytes, where only a name is given.
    ///
    /// ```
    /// use cassa::{Class, ColumnFamilyBuilder, EmbeddedServer, SimpleStrategy, SystemManager};
    ///
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// system.create_column_family("Keyspace1", "Standard1")?;
    ///
    /// let planes = ColumnFamilyBuilder::new("Planes").comparator(Class::Utf8).column("year", Class::Int32);
    /// system.create_column_family("Keyspace1", planes)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NoSuchKeyspace`]; [`Error::InvalidRequest`] where there is one of this name already or the
    /// server does not take its definition; [`Error::Type`] where the name of a column does not fit the
    /// comparator; [`Error::SchemaDisagreement`] where the nodes do not agree in time; those of a
    /// [call](crate::Connection::call).
    pub fn create_column_family(
        &self,
        keyspace: &str,
        column_family: impl Into<ColumnFamilyBuilder>,
    ) -> Result<()> {
        let definition = column_family.into().build(keyspace)?;
        let call = SystemAddColumnFamily { cf_def: definition.into_cf_def() };
        self.change(Some(keyspace), &call).map_err(|e| in_column_family(e, keyspace, &call.cf_def.name))
    }

    /// Alters a column family: what `change` does not say stays as it is.
    ///
    /// It reads the definition and sends the changed one, so of two who alter one column family at once the
    /// later holds. Stored cells stay as they are; a class is changed only for how they are read. A comparator
    /// can become another only where both order names alike.
    ///
    /// ```
    /// use cassa::{Caching, Class, ColumnFamilyBuilder, EmbeddedServer, SimpleStrategy, SystemManager};
    ///
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// let planes = ColumnFamilyBuilder::new("Planes").comparator(Class::Utf8).column("year", Class::Int32);
    /// system.create_column_family("Keyspace1", planes)?;
    /// system.alter_column_family("Keyspace1", "Planes", |planes| {
    ///     planes.gc_grace_seconds(3600).caching(Caching::All).column("model", Class::Utf8)
    /// })?;
    ///
    /// let planes = system.describe_column_family("Keyspace1", "Planes")?;
    /// assert_eq!((planes.gc_grace_seconds(), planes.caching()), (Some(3600), Some(Caching::All)));
    /// assert_eq!(planes.columns().len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NoSuchKeyspace`] and [`Error::NoSuchColumnFamily`]; [`Error::InvalidRequest`] where the server
    /// does not take the change; [`Error::InvalidOption`] where `change` gives it another name, which cannot be; else
    /// as [`create_column_family`](Self::create_column_family).
    pub fn alter_column_family(
        &self,
        keyspace: &str,
        name: &str,
        change: impl FnOnce(ColumnFamilyBuilder) -> ColumnFamilyBuilder,
    ) -> Result<()> {
        let mut connection = self.usable()?;
        let cf_def = find(self.ks_def_on(&mut connection, keyspace)?, name)?;
        let cf_def = change(cf_def.into()).build(keyspace)?.into_cf_def();
        if cf_def.name != name {
            let why = format!("expected column family {name} of keyspace {keyspace}, got {}", cf_def.name);
            return Err(Error::InvalidOption { option: "name", why: why.into() });
        }
        let call = SystemUpdateColumnFamily { cf_def };
        let result = self.change_on(&mut connection, Some(keyspace), &call);
        result.map_err(|e| in_column_family(e, keyspace, name))
    }

    /// Drops a column family with all its data.
    ///
    /// ```
    /// # use cassa::{EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// system.create_column_family("Keyspace1", "Standard1")?;
    /// system.drop_column_family("Keyspace1", "Standard1")?;
    /// assert!(system.list_column_families("Keyspace1")?.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NoSuchKeyspace`]; [`Error::InvalidRequest`] where there is none of this name; else as
    /// [`create_column_family`](Self::create_column_family).
    pub fn drop_column_family(&self, keyspace: &str, name: &str) -> Result<()> {
        let call = SystemDropColumnFamily { column_family: name.to_owned() };
        self.change(Some(keyspace), &call).map_err(|e| in_column_family(e, keyspace, name))
    }

    /// The names of a keyspace's column families, in order.
    ///
    /// ```
    /// # use cassa::{EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// system.create_column_family("Keyspace1", "Standard1")?;
    /// assert_eq!(system.list_column_families("Keyspace1")?, ["Standard1"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NoSuchKeyspace`]; those of a [call](crate::Connection::call).
    pub fn list_column_families(&self, keyspace: &str) -> Result<Vec<String>> {
        let cf_defs = self.ks_def(keyspace)?.cf_defs;
        let mut names: Vec<String> = cf_defs.into_iter().map(|cf_def| cf_def.name).collect();
        names.sort();
        Ok(names)
    }

    /// A column family's definition.
    ///
    /// ```
    /// use cassa::Class;
    /// # use cassa::{EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// system.create_column_family("Keyspace1", "Standard1")?;
    /// let definition = system.describe_column_family("Keyspace1", "Standard1")?;
    /// assert_eq!(definition.comparator(), &Class::Bytes);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NoSuchKeyspace`]; [`Error::NoSuchColumnFamily`], which lists those that the keyspace has;
    /// [`Error::Class`] where the schema has a class that cannot be one; those of a
    /// [call](crate::Connection::call).
    pub fn describe_column_family(&self, keyspace: &str, name: &str) -> Result<ColumnFamilyDefinition> {
        ColumnFamilyDefinition::from_cf_def(find(self.ks_def(keyspace)?, name)?)
    }
}

/// One of a keyspace's column families.
fn find(ks_def: KsDef, name: &str) -> Result<CfDef> {
    let mut known: Vec<String> = Vec::new();
    for cf_def in ks_def.cf_defs {
        if cf_def.name == name {
            return Ok(cf_def);
        }
        known.push(cf_def.name);
    }
    known.sort();
    Err(Error::NoSuchColumnFamily { keyspace: ks_def.name.into(), column_family: name.into(), known })
}

pub(super) fn in_column_family(e: Error, keyspace: &str, name: &str) -> Error {
    in_keyspace(e, keyspace).at(Place::column_family(keyspace, name))
}
