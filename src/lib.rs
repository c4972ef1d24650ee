//! cassa maps Rust structs to Apache Cassandra column families.

mod error;
pub mod marshal;
pub mod wire;

pub use error::{Difference, Error, Place, Result, ServerFailure};
