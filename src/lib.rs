//! cassa maps Rust structs to Apache Cassandra column families.

pub mod wire;
pub mod marshal;
mod error;
mod schema;
mod connection;
mod pool;
mod system_manager;

pub use connection::{Connection, ConnectionOptions};
pub use error::{Difference, Error, Place, Result, ServerFailure};
pub use pool::{ConnectionPool, ConnectionPoolBuilder, PooledConnection};
pub use schema::{
    ColumnFamilyBuilder, ColumnFamilyDefinition, KeyspaceDefinition, NetworkTopologyStrategy, SimpleStrategy,
    Strategy,
};
pub use system_manager::SystemManager;
