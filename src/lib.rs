//! cassa maps Rust structs to Apache Cassandra column families.

mod error;
mod schema;
mod connection;
mod system_manager;
pub mod marshal;
pub mod wire;

pub use connection::{Connection, ConnectionOptions};
pub use error::{Difference, Error, Place, Result, ServerFailure};
pub use schema::{
    ColumnFamilyBuilder, ColumnFamilyDefinition, KeyspaceDefinition, NetworkTopologyStrategy, SimpleStrategy,
    Strategy,
};
pub use system_manager::SystemManager;
