//! cassa maps Rust structs to Apache Cassandra column families.

mod error;
mod connection;
#[cfg(feature = "embedded")]
mod embedded;
pub mod marshal;
pub mod wire;

pub use connection::{Connection, ConnectionOptions};
#[cfg(feature = "embedded")]
pub use embedded::{Durability, EmbeddedServer, EmbeddedServerBuilder};
pub use error::{Difference, Error, Place, Result, ServerFailure};
