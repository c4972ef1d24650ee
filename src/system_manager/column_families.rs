//! The verbs on column families.

use super::SystemManager;
use super::keyspaces::in_keyspace;
use crate::error::{Error, Place, Result};
use crate::schema::{ColumnFamilyBuilder, ColumnFamilyDefinition};
use crate::wire::methods::{SystemAddColumnFamily, SystemDropColumnFamily};

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
        let cf_defs = self.ks_def(keyspace)?.cf_defs;
        let mut known: Vec<String> = Vec::new();
        for cf_def in cf_defs {
            if cf_def.name == name {
                return ColumnFamilyDefinition::from_cf_def(cf_def);
            }
            known.push(cf_def.name);
        }
        known.sort();
        Err(Error::NoSuchColumnFamily { keyspace: keyspace.into(), column_family: name.into(), known })
    }
}

fn in_column_family(e: Error, keyspace: &str, name: &str) -> Error {
    in_keyspace(e, keyspace).at(Place::column_family(keyspace, name))
}
