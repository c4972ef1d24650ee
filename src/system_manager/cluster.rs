//! The verbs on the cluster.

use std::collections::BTreeMap;

use super::SystemManager;
use super::column_families::in_column_family;
use super::keyspaces::in_keyspace;
use crate::error::Result;
use crate::wire::methods::{
    DescribeClusterName, DescribeLocalRing, DescribePartitioner, DescribeRing, DescribeSchemaVersions,
    DescribeSnitch, DescribeSplits, DescribeSplitsEx, DescribeTokenMap, DescribeVersion,
};
use crate::wire::{CfSplit, TokenRange};

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

    /// As [`describe_ring`](Self::describe_ring), with the replicas in the data centre of the server alone.
    /// Since Cassandra 2.1.2.
    ///
    /// ```
    /// # use cassa::{EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// let ring = system.describe_local_ring("Keyspace1")?;
    /// assert_eq!(ring, system.describe_ring("Keyspace1")?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`describe_ring`](Self::describe_ring); [`Error::Application`](crate::Error::Application) where the
    /// server does not know the call.
    pub fn describe_local_ring(&self, keyspace: &str) -> Result<Vec<TokenRange>> {
        self.read(&DescribeLocalRing { keyspace: keyspace.to_owned() }).map_err(|e| in_keyspace(e, keyspace))
    }

    /// Each token of the ring, as the partitioner prints it, with the host that it belongs to. Since
    /// Cassandra 1.2.
    ///
    /// ```
    /// # use cassa::{EmbeddedServer, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// let tokens = system.describe_token_map()?;
    /// assert_eq!(tokens.values().next().map(String::as_str), Some("127.0.0.1"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of a [call](crate::Connection::call).
    pub fn describe_token_map(&self) -> Result<BTreeMap<String, String>> {
        Ok(self.read(&DescribeTokenMap {})?.into_iter().collect())
    }

    /// Tokens that cut the range between two tokens into parts of about so many rows: the first and the last
    /// are the range's own. For jobs that read a column family in pieces.
    ///
    /// ```
    /// # use cassa::{EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family("Keyspace1", "Standard1")?;
    /// for range in system.describe_ring("Keyspace1")? {
    ///     let (start, end) = (range.start_token, range.end_token);
    ///     let tokens = system.describe_splits("Keyspace1", "Standard1", &start, &end, 10_000)?;
    ///     assert_eq!((tokens.first(), tokens.last()), (Some(&start), Some(&end)));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NoSuchKeyspace`](crate::Error::NoSuchKeyspace);
    /// [`Error::InvalidRequest`](crate::Error::InvalidRequest) where there is no such column family, or a text
    /// is no token; those of a [call](crate::Connection::call).
    pub fn describe_splits(
        &self,
        keyspace: &str,
        column_family: &str,
        start_token: &str,
        end_token: &str,
        keys_per_split: i32,
    ) -> Result<Vec<String>> {
        let call = DescribeSplits {
            cf_name: column_family.to_owned(),
            start_token: start_token.to_owned(),
            end_token: end_token.to_owned(),
            keys_per_split,
        };
        self.read_in(keyspace, &call).map_err(|e| in_column_family(e, keyspace, column_family))
    }

    /// As [`describe_splits`](Self::describe_splits): the parts themselves, each with its number of rows as
    /// the server estimates it. Since Cassandra 1.2.
    ///
    /// ```
    /// # use cassa::{EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family("Keyspace1", "Standard1")?;
    /// let range = &system.describe_ring("Keyspace1")?[0];
    /// let (start, end) = (&range.start_token, &range.end_token);
    /// let parts = system.describe_splits_ex("Keyspace1", "Standard1", start, end, 10_000)?;
    /// assert_eq!((&parts[0].start_token, parts[0].row_count), (start, 128)); // no part counts fewer
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`describe_splits`](Self::describe_splits).
    pub fn describe_splits_ex(
        &self,
        keyspace: &str,
        column_family: &str,
        start_token: &str,
        end_token: &str,
        keys_per_split: i32,
    ) -> Result<Vec<CfSplit>> {
        let call = DescribeSplitsEx {
            cf_name: column_family.to_owned(),
            start_token: start_token.to_owned(),
            end_token: end_token.to_owned(),
            keys_per_split,
        };
        self.read_in(keyspace, &call).map_err(|e| in_column_family(e, keyspace, column_family))
    }
}
