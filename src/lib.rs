//! cassa maps Rust structs to Apache Cassandra column families.

#[cfg(feature = "embedded")]
mod embedded;
pub mod marshal;
pub mod wire;
