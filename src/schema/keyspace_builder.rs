//! A keyspace that is to be created, or what one is to become.

use super::{
    ColumnFamilyBuilder, KeyspaceDefinition, LocalStrategy, NetworkTopologyStrategy,
    OldNetworkTopologyStrategy, SimpleStrategy, Strategy,
};
use crate::error::Result;
use crate::wire::KsDef;

/// A keyspace that is to be created, or what one is to become; a strategy alone stands for one.
///
/// ```
/// use cassa::{ColumnFamilyBuilder, KeyspaceBuilder, SimpleStrategy};
/// # use cassa::{EmbeddedServer, SystemManager};
///
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// let site = KeyspaceBuilder::new(SimpleStrategy(1)).durable_writes(false).column_family("Pages");
/// system.create_keyspace("Site", site)?;
/// assert!(!system.describe_keyspace("Site")?.durable_writes());
/// assert_eq!(system.list_column_families("Site")?, ["Pages"]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct KeyspaceBuilder {
    strategy: Strategy,
    durable_writes: Option<bool>,
    column_families: Vec<ColumnFamilyBuilder>,
}

impl KeyspaceBuilder {
    /// A keyspace without column families, whose replicas stand where the strategy says.
    pub fn new(strategy: impl Into<Strategy>) -> Self {
        KeyspaceBuilder { strategy: strategy.into(), durable_writes: None, column_families: Vec::new() }
    }

    /// Where its replicas stand. After a change of it, the data are moved by a repair of the cluster.
    #[must_use]
    pub fn strategy(mut self, strategy: impl Into<Strategy>) -> Self {
        self.strategy = strategy.into();
        self
    }

    /// Whether writes go through the commit log; without it a node that fails loses what stands in memory.
    /// Defaults to true.
    #[must_use]
    pub fn durable_writes(mut self, durable: bool) -> Self {
        self.durable_writes = Some(durable);
        self
    }

    /// A column family that is created with it, in one change of the schema. Defaults to none.
    #[must_use]
    pub fn column_family(mut self, column_family: impl Into<ColumnFamilyBuilder>) -> Self {
        self.column_families.push(column_family.into());
        self
    }

    /// The message that this makes under a name.
    ///
    /// # Errors
    /// Those of [`ColumnFamilyBuilder::build`], for any of its column families.
    pub fn build(self, name: &str) -> Result<KsDef> {
        let options = self.strategy.options().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let strategy_options = Some(options.collect());
        let families = self.column_families.into_iter();
        let cf_defs = families.map(|family| Ok(family.build(name)?.into_cf_def())).collect::<Result<_>>()?;
        Ok(KsDef {
            name: name.to_owned(),
            strategy_class: self.strategy.qualified(),
            strategy_options,
            replication_factor: None,
            cf_defs,
            durable_writes: self.durable_writes,
        })
    }
}

impl From<KeyspaceDefinition> for KeyspaceBuilder {
    /// A keyspace like one that is there, with its column families, under another name or on another cluster.
    fn from(definition: KeyspaceDefinition) -> Self {
        KeyspaceBuilder {
            strategy: definition.strategy().clone(),
            durable_writes: Some(definition.durable_writes()),
            column_families: definition.column_families().iter().cloned().map(Into::into).collect(),
        }
    }
}

macro_rules! from_strategies {
    ($($strategy:ty),*) => { $(
        impl From<$strategy> for KeyspaceBuilder {
            fn from(strategy: $strategy) -> Self {
                KeyspaceBuilder::new(strategy)
            }
        }
    )* };
}
from_strategies!(
    Strategy,
    SimpleStrategy,
    NetworkTopologyStrategy,
    OldNetworkTopologyStrategy,
    LocalStrategy
);
