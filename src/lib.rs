//! cassa maps Rust structs to Apache Cassandra column families.

mod error;
mod connection;
mod pool;
pub mod marshal;
pub mod wire;

pub use connection::{Connection, ConnectionOptions};
pub use error::{Difference, Error, Place, Result, ServerFailure};
pub use pool::{ConnectionPool, ConnectionPoolBuilder, PooledConnection};
