//! The verbs on the cluster.

use std::collections::BTreeMap;

use super::SystemManager;
use super::keyspaces::in_keyspace;
use crate::error::Result;
use crate::wire::TokenRange;
use crate::wire::methods::{
    DescribeClusterName, DescribePartitioner, DescribeRing, DescribeSchemaVersions, DescribeSnitch,
    DescribeVersion,
};

impl SystemManager {
    /// The ranges of the ring, with the nodes that hold a keyspace's replicas of each.
    ///
    /// ```
    /// # use cassa::{EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// let ring = system.describe_ring("Keyspace1")?;
    /// assert_eq!(ring[0].endpoints.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidRequest`](crate::Error::InvalidRequest) where there is no such keyspace, or it is on
    /// every node, as the cluster's own is; those of a [call](crate::Connection::call).
    pub fn describe_ring(&self, keyspace: &str) -> Result<Vec<TokenRange>> {
        self.read(&DescribeRing { keyspace: keyspace.to_owned() }).map_err(|e| in_keyspace(e, keyspace))
    }

    /// The version of the Thrift interface, such as `19.39.0`.
    ///
    /// ```
    /// # use cassa::{EmbeddedServer, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// assert_eq!(system.describe_version()?, "19.39.0");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of a [call](crate::Connection::call).
    pub fn describe_version(&self) -> Result<String> {
        self.read(&DescribeVersion {})
    }

    /// The cluster's name.
    ///
    /// ```
    /// # use cassa::{EmbeddedServer, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// assert!(!system.describe_cluster_name()?.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of a [call](crate::Connection::call).
    pub fn describe_cluster_name(&self) -> Result<String> {
        self.read(&DescribeClusterName {})
    }

    /// The class that makes tokens of row keys, with its package.
    ///
    /// ```
    /// # use cassa::{EmbeddedServer, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// assert_eq!(system.describe_partitioner()?, "org.apache.cassandra.dht.Murmur3Partitioner");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of a [call](crate::Connection::call).
    pub fn describe_partitioner(&self) -> Result<String> {
        self.read(&DescribePartitioner {})
    }

    /// The class that knows in which rack and data centre a node stands, with its package.
    ///
    /// ```
    /// # use cassa::{EmbeddedServer, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// assert_eq!(system.describe_snitch()?, "org.apache.cassandra.locator.SimpleSnitch");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of a [call](crate::Connection::call).
    pub fn describe_snitch(&self) -> Result<String> {
        self.read(&DescribeSnitch {})
    }

    /// The hosts at each version of the schema: one version, where all agree. Hosts that are down stand under
    /// `UNREACHABLE`.
    ///
    /// ```
    /// # use cassa::{EmbeddedServer, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// assert_eq!(system.describe_schema_versions()?.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of a [call](crate::Connection::call).
    pub fn describe_schema_versions(&self) -> Result<BTreeMap<String, Vec<String>>> {
        Ok(self.read(&DescribeSchemaVersions {})?.into_iter().collect())
    }
}
