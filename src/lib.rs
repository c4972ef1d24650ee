//! cassa maps Rust structs to Apache Cassandra column families.

pub mod wire;
pub mod marshal;
mod error;
mod schema;
mod connection;
mod pool;
mod system_manager;
mod map;
#[cfg(feature = "embedded")]
mod embedded;

pub use connection::{Connection, ConnectionOptions};
#[cfg(feature = "embedded")]
pub use embedded::{Durability, EmbeddedServer, EmbeddedServerBuilder};
pub use error::{Difference, Error, Place, Result, ServerFailure};
#[doc(hidden)]
pub use map::bare;
pub use map::{ColumnFamilyMap, Columns, Field, FieldClass, Nulls, Role, Typed};
pub use pool::{ConnectionPool, ConnectionPoolBuilder, PooledConnection};
pub use schema::{
    ColumnFamilyBuilder, ColumnFamilyDefinition, KeyspaceDefinition, NetworkTopologyStrategy, SimpleStrategy,
    Strategy,
};
pub use system_manager::SystemManager;
