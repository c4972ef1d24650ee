//! cassa maps Rust structs to Apache Cassandra column families.

pub mod marshal;
pub mod wire;
