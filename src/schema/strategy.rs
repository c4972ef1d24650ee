//! Where the replicas of a keyspace stand.

use std::collections::BTreeMap;
use std::fmt;

use super::Pairs;

/// The package in which Cassandra's own strategies live; a name without a package is looked for there.
const PACKAGE: &str = "org.apache.cassandra.locator.";

/// A replication strategy: its class and options.
///
/// Made from [`SimpleStrategy`], [`NetworkTopologyStrategy`], [`OldNetworkTopologyStrategy`] or
/// [`LocalStrategy`], or from the name of any class:
///
/// ```
/// use cassa::{SimpleStrategy, Strategy};
///
/// let strategy = Strategy::new("SimpleStrategy").option("replication_factor", "3");
/// assert_eq!(strategy, SimpleStrategy(3).into());
/// assert_eq!(strategy.to_string(), "SimpleStrategy {replication_factor: 3}");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strategy {
    class: String,
    options: BTreeMap<String, String>,
}

impl Strategy {
    /// A strategy by the name of its class; Cassandra's own need no package. Has no options.
    pub fn new(class: impl Into<String>) -> Self {
        let class = class.into();
        let class = class.strip_prefix(PACKAGE).map(str::to_owned).unwrap_or(class);
        Strategy { class, options: BTreeMap::new() }
    }

    /// Adds an option. Defaults to none.
    #[must_use]
    pub fn option(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.insert(name.into(), value.into());
        self
    }

    /// The name of the class; Cassandra's own strategies come without their package.
    pub fn class(&self) -> &str {
        &self.class
    }

    /// The options, in order of their names.
    pub fn options(&self) -> impl Iterator<Item = (&str, &str)> {
        self.options.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The name of the class with its package, as it stands in a keyspace's definition.
    pub(crate) fn qualified(&self) -> String {
        if self.class.contains('.') { self.class.clone() } else { format!("{PACKAGE}{}", self.class) }
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.class)?;
        if !self.options.is_empty() {
            write!(f, " {}", Pairs(&self.options))?;
        }
        Ok(())
    }
}

/// `SimpleStrategy`: so many replicas, on nodes that follow each other on the ring.
///
/// ```
/// assert_eq!(cassa::SimpleStrategy(1).to_string(), "SimpleStrategy {replication_factor: 1}");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SimpleStrategy(
    /// The replication factor.
    pub u32,
);

impl From<SimpleStrategy> for Strategy {
    fn from(SimpleStrategy(replicas): SimpleStrategy) -> Self {
        Strategy::new("SimpleStrategy").option("replication_factor", replicas.to_string())
    }
}

impl fmt::Display for SimpleStrategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Strategy::from(*self).fmt(f)
    }
}

/// `NetworkTopologyStrategy`: so many replicas in each data centre.
///
/// ```
/// use cassa::NetworkTopologyStrategy;
///
/// let strategy = NetworkTopologyStrategy::new().data_center("west", 3).data_center("east", 2);
/// assert_eq!(strategy.to_string(), "NetworkTopologyStrategy {east: 2, west: 3}");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkTopologyStrategy(BTreeMap<String, u32>);

impl NetworkTopologyStrategy {
    /// No replicas in any data centre.
    pub fn new() -> Self {
        Self::default()
    }

    /// So many replicas in the data centre that the cluster's snitch calls `name`. Defaults to none.
    #[must_use]
    pub fn data_center(mut self, name: impl Into<String>, replicas: u32) -> Self {
        self.0.insert(name.into(), replicas);
        self
    }
}

impl From<NetworkTopologyStrategy> for Strategy {
    fn from(NetworkTopologyStrategy(data_centers): NetworkTopologyStrategy) -> Self {
        let options = data_centers.into_iter().map(|(name, replicas)| (name, replicas.to_string()));
        Strategy { class: "NetworkTopologyStrategy".to_owned(), options: options.collect() }
    }
}

impl fmt::Display for NetworkTopologyStrategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Strategy::from(self.clone()).fmt(f)
    }
}

/// `OldNetworkTopologyStrategy`: so many replicas, the first two in different data centres, the next in another rack.
///
/// ```
/// let strategy = cassa::OldNetworkTopologyStrategy(3);
/// assert_eq!(strategy.to_string(), "OldNetworkTopologyStrategy {replication_factor: 3}");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OldNetworkTopologyStrategy(
    /// The replication factor.
    pub u32,
);

impl From<OldNetworkTopologyStrategy> for Strategy {
    fn from(OldNetworkTopologyStrategy(replicas): OldNetworkTopologyStrategy) -> Self {
        Strategy::new("OldNetworkTopologyStrategy").option("replication_factor", replicas.to_string())
    }
}

impl fmt::Display for OldNetworkTopologyStrategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Strategy::from(*self).fmt(f)
    }
}

/// `LocalStrategy`: on each node its own. Cassandra keeps it for its own keyspaces, and since 1.2 refuses to
/// create another with it.
///
/// ```
/// # use cassa::{EmbeddedServer, SystemManager};
/// use cassa::LocalStrategy;
///
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// assert_eq!(system.describe_keyspace("system")?.strategy(), &LocalStrategy.into());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalStrategy;

impl From<LocalStrategy> for Strategy {
    fn from(LocalStrategy: LocalStrategy) -> Self {
        Strategy::new("LocalStrategy")
    }
}

impl fmt::Display for LocalStrategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Strategy::from(*self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_classes_of_cassandra_get_its_package() {
        assert_eq!(Strategy::from(SimpleStrategy(1)).qualified(), format!("{PACKAGE}SimpleStrategy"));
        assert_eq!(Strategy::new("com.example.Mine").qualified(), "com.example.Mine");
        assert_eq!(Strategy::new(format!("{PACKAGE}LocalStrategy")).class(), "LocalStrategy");
    }
}
