//! Structs as rows: the derive's constants, the plan compiled from them, serde's two directions, and the mapper.
//!
//! # Layout
//!
//! `field` and `typed` (what the derive emits) → `plan` and `probe` (compiled and checked once) → `ser` and `de` (an
//! object to cells and back), beside them `time` and `fault` → `schema` (a struct and a live schema) → `mapper`.

#[doc(hidden)]
pub mod bare;
mod de;
mod fault;
mod field;
mod mapper;
mod plan;
mod probe;
mod schema;
mod ser;
#[cfg(all(test, feature = "derive"))]
mod tests;
mod time;
mod typed;

#[cfg(feature = "derive")]
#[doc = include_str!("derive.md")]
pub use cassa_derive::ColumnFamilyMap;
pub use field::{ColumnFamilyMap, Field, FieldClass, Fields, Nulls, Role};
pub use mapper::{Mapper, Objects};
pub use typed::Typed;
