//! Structs as rows: the derive's constants, the plan compiled from them, serde's two directions, and the mapper.
//!
//! # Layout
//!
//! `field`, `typed` and `column_of` (what the derive emits) → `identity`, `plan` and `probe` (compiled and checked once),
//! `wide_name` (the names of a wide row's columns) →
//! `ser` and `de` (an object to cells and back), beside them `time` and `fault` → `schema` and `system` (a struct
//! and a live schema) → `mapper`.

#[doc(hidden)]
pub mod bare;
mod column_of;
mod de;
mod fault;
mod field;
mod identity;
mod mapper;
mod plan;
mod probe;
mod schema;
mod ser;
mod system;
#[cfg(all(test, feature = "derive"))]
mod tests;
mod time;
mod typed;
mod wide_name;

#[cfg(feature = "derive")]
#[doc = include_str!("derive.md")]
pub use cassa_derive::ColumnFamilyMap;
pub use column_of::{Assignment, ColumnOf, Condition, Version};
pub use field::{
    Clustered, ColumnFamilyMap, CounterColumns, Field, FieldClass, Fields, Nulls, Part, PlainColumns, Role,
    Unclustered, VersionedColumns,
};
pub use mapper::{
    Items, LentItems, Mapper, MapperBatch, MapperOperation, Objects, SelectObjects, WriteObjects,
};
pub(crate) use mapper::{PackedVersion, conflict};
pub(crate) use ser::{Cells, Packed};
pub use typed::{Rest, Typed};
