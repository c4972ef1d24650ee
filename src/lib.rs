//! cassa maps Rust structs to Apache Cassandra column families.

mod map;
pub mod marshal;
pub mod wire;

#[cfg(feature = "derive")]
pub use cassa_derive::ColumnFamilyMap;
pub use map::{ColumnFamilyMap, Columns, Field, FieldClass, Nulls, Role, Typed};
