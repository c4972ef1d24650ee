//! The verbs on keyspaces.

use super::SystemManager;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::schema::{KeyspaceBuilder, KeyspaceDefinition};
use crate::wire::KsDef;
use crate::wire::methods::{
    DescribeKeyspace, DescribeKeyspaces, SystemAddKeyspace, SystemDropKeyspace, SystemUpdateKeyspace,
};

impl SystemManager {
    /// Creates a keyspace: with this strategy and no column families, where only a strategy is given.
    ///
    /// ```
    /// use cassa::{EmbeddedServer, KeyspaceBuilder, NetworkTopologyStrategy, SimpleStrategy, SystemManager};
    ///
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// system.create_keyspace("Keyspace2", NetworkTopologyStrategy::new().data_center("datacenter1", 1))?;
    /// system.create_keyspace("Keyspace3", KeyspaceBuilder::new(SimpleStrategy(1)).column_family("Standard1"))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidRequest`] where there is one of this name already, the name has other characters than
    /// letters, digits and underscores, or the strategy does not take these options; those of
    /// [`KeyspaceBuilder::build`]; [`Error::SchemaDisagreement`] where the nodes do not agree in time; those
    /// of a [call](crate::Connection::call).
    pub fn create_keyspace(&self, name: &str, keyspace: impl Into<KeyspaceBuilder>) -> Result<()> {
        let ks_def = keyspace.into().build(name)?;
        self.change(None, &SystemAddKeyspace { ks_def }).map_err(|e| in_keyspace(e, name))
    }

    /// Alters a keyspace: what `change` does not say stays as it is.
    ///
    /// It reads the definition and sends the changed one, so of two who alter one keyspace at once the later
    /// holds. The data are not moved to other nodes by it; a repair of the cluster does.
    ///
    /// ```
    /// # use cassa::{EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// system.alter_keyspace("Keyspace1", |keyspace| keyspace.durable_writes(false))?;
    ///
    /// let keyspace = system.describe_keyspace("Keyspace1")?;
    /// assert!(!keyspace.durable_writes());
    /// assert_eq!(keyspace.strategy(), &SimpleStrategy(1).into());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NoSuchKeyspace`]; [`Error::InvalidOption`] where `change` adds a column family; else as
    /// [`create_keyspace`](Self::create_keyspace).
    pub fn alter_keyspace(
        &self,
        name: &str,
        change: impl FnOnce(KeyspaceBuilder) -> KeyspaceBuilder,
    ) -> Result<()> {
        let mut connection = self.usable()?;
        // the message may not name the column families
        let ks_def = KsDef { cf_defs: Vec::new(), ..self.ks_def_on(&mut connection, name)? };
        let ks_def = change(KeyspaceDefinition::from_ks_def(ks_def)?.into()).build(name)?;
        if let Some(family) = ks_def.cf_defs.first() {
            let why =
                format!("expected a change of keyspace {name} alone, got column family {}", family.name);
            return Err(Error::InvalidOption { option: "column_family", why: why.into() });
        }
        let call = SystemUpdateKeyspace { ks_def };
        self.change_on(&mut connection, None, &call).map_err(|e| in_keyspace(e, name))
    }

    /// Drops a keyspace with all its data.
    ///
    /// ```
    /// # use cassa::{EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// system.drop_keyspace("Keyspace1")?;
    /// assert!(!system.list_keyspaces()?.contains(&"Keyspace1".to_owned()));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidRequest`] where there is none of this name; else as
    /// [`create_keyspace`](Self::create_keyspace).
    pub fn drop_keyspace(&self, name: &str) -> Result<()> {
        let call = SystemDropKeyspace { keyspace: name.to_owned() };
        self.change(None, &call).map_err(|e| in_keyspace(e, name))
    }

    /// The names of all keyspaces, the cluster's own among them, in order.
    ///
    /// ```
    /// # use cassa::{EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// assert!(system.list_keyspaces()?.contains(&"Keyspace1".to_owned()));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of a [call](crate::Connection::call).
    pub fn list_keyspaces(&self) -> Result<Vec<String>> {
        let mut names: Vec<String> =
            self.read(&DescribeKeyspaces {})?.into_iter().map(|ks_def| ks_def.name).collect();
        names.sort();
        Ok(names)
    }

    /// A keyspace's definition, with those of its column families.
    ///
    /// ```
    /// # use cassa::{EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// let keyspace = system.describe_keyspace("Keyspace1")?;
    /// assert_eq!(keyspace.strategy(), &SimpleStrategy(1).into());
    /// assert!(keyspace.column_families().is_empty());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NoSuchKeyspace`]; [`Error::Class`] where the schema has a class that cannot be one; those of
    /// a [call](crate::Connection::call).
    pub fn describe_keyspace(&self, name: &str) -> Result<KeyspaceDefinition> {
        KeyspaceDefinition::from_ks_def(self.ks_def(name)?)
    }

    pub(super) fn ks_def(&self, name: &str) -> Result<KsDef> {
        let mut connection = self.usable()?;
        self.ks_def_on(&mut connection, name)
    }

    pub(super) fn ks_def_on(&self, connection: &mut Connection, name: &str) -> Result<KsDef> {
        self.read_on(connection, &DescribeKeyspace { keyspace: name.to_owned() }).map_err(|e| match e {
            Error::NotFound { .. } => {
                Error::NoSuchKeyspace { server: connection.server().clone(), keyspace: name.into() }
            }
            other => in_keyspace(other, name),
        })
    }
}

/// Says which keyspace a call was about; the one that the connection is set to has no part in it.
pub(super) fn in_keyspace(mut e: Error, name: &str) -> Error {
    if let Some(place) = e.place_mut() {
        place.keyspace = Some(name.into());
    }
    e
}
