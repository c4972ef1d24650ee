//! Objects of wide rows: many a row, in the order of their `clustering` fields.
//!
//! # Layout
//!
//! `slice` (which of a row's objects: options, and the ends of a slice made of them) → `cursor` (one row page by page,
//! cut into objects) → `items` and `lent` (streams of objects, owned or borrowing) → `read`, `insert` and `remove` (the
//! verbs) → `verbs` (the short forms, without options). Beside them `schema` and `cql` (the column family that a struct
//! describes, in Cassandra's two languages) and `unlisted` (tables made in CQL).

mod cql;
mod cursor;
mod insert;
mod items;
mod lent;
mod read;
mod remove;
pub(in crate::map) mod schema;
mod slice;
mod unlisted;
mod verbs;

pub(super) use cursor::Cursor;
pub use items::Items;
pub use lent::LentItems;
pub(super) use read::Reading;
pub(super) use slice::Slice;
