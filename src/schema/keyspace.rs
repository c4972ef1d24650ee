//! A keyspace's definition.

use super::{ColumnFamilyDefinition, Strategy};
use crate::error::Result;
use crate::wire::KsDef;

/// A keyspace: where its replicas stand, and its column families.
///
/// ```
/// # use cassa::{EmbeddedServer, SimpleStrategy, SystemManager};
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// system.create_column_family("Keyspace1", "Standard1")?;
///
/// let keyspace = system.describe_keyspace("Keyspace1")?;
/// assert_eq!(keyspace.strategy(), &SimpleStrategy(1).into());
/// assert!(keyspace.durable_writes());
/// assert!(keyspace.column_family("Standard1").is_some());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct KeyspaceDefinition {
    name: String,
    strategy: Strategy,
    durable_writes: bool,
    column_families: Vec<ColumnFamilyDefinition>,
}

impl KeyspaceDefinition {
    /// Reads what a server says of a keyspace.
    ///
    /// ```
    /// use cassa::KeyspaceDefinition;
    /// use cassa::wire::KsDef;
    ///
    /// # fn main() -> cassa::Result<()> {
    /// let ks_def = KsDef { name: "Fleet".to_owned(), ..KsDef::default() };
    /// assert_eq!(KeyspaceDefinition::from_ks_def(ks_def)?.name(), "Fleet");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of [`ColumnFamilyDefinition::from_cf_def`], for any of its column families.
    pub fn from_ks_def(ks_def: KsDef) -> Result<Self> {
        let mut strategy = Strategy::new(ks_def.strategy_class);
        // Cassandra 0.8 still knows the factor as a field of its own
        if let Some(replicas) = ks_def.replication_factor {
            strategy = strategy.option("replication_factor", replicas.to_string());
        }
        for (name, value) in ks_def.strategy_options.unwrap_or_default() {
            strategy = strategy.option(name, value);
        }
        let mut column_families = ks_def
            .cf_defs
            .into_iter()
            .map(ColumnFamilyDefinition::from_cf_def)
            .collect::<Result<Vec<_>>>()?;
        column_families.sort_by(|a, b| a.name().cmp(b.name()));
        let durable_writes = ks_def.durable_writes.unwrap_or(true);
        Ok(KeyspaceDefinition { name: ks_def.name, strategy, durable_writes, column_families })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where its replicas stand.
    pub fn strategy(&self) -> &Strategy {
        &self.strategy
    }

    /// Whether writes go through the commit log.
    pub fn durable_writes(&self) -> bool {
        self.durable_writes
    }

    /// Its column families, in order of their names.
    pub fn column_families(&self) -> &[ColumnFamilyDefinition] {
        &self.column_families
    }

    /// One of its column families.
    pub fn column_family(&self, name: &str) -> Option<&ColumnFamilyDefinition> {
        self.column_families.iter().find(|definition| definition.name() == name)
    }
}
