//! cassa maps Rust structs to Apache Cassandra column families.

mod connection;
mod error;
mod map;
pub mod marshal;
mod pool;
pub mod wire;

pub use connection::{Connection, ConnectionOptions};
pub use error::{Difference, Error, Place, Result, ServerFailure};
#[doc(hidden)]
pub use map::bare;
pub use map::{ColumnFamilyMap, Columns, Field, FieldClass, Nulls, Role, Typed};
pub use pool::{ConnectionPool, ConnectionPoolBuilder, PooledConnection};
