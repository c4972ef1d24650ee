//! Cassandra's types: their names, how values are packed and unpacked, and how column names are ordered.
//!
//! A column family's schema names a [`Class`] for its row keys, its column names and its values. A class turns a
//! [`Value`] into the bytes that Cassandra stores and back, says which bytes it accepts, and orders names.
//!
//! # Layout
//!
//! `class` and `parse` (names) · `value`, with `text`, `from`, `into`, `from_value`, `equal`, `show` (Rust's values and words) ·
//! `pack`, `unpack`, `validate` (bytes) · `compare`, `ordered` (order) · `bound`, `time_uuid` (ends of slices). What bytes
//! look like inside: `varint`, `decimal`, `component`, `collection`. Types of the user's own: `own`, and `legacy` made
//! with it.

mod bound;
mod class;
mod collection;
mod compare;
mod component;
pub(crate) mod decimal;
mod equal;
mod from;
mod from_value;
mod into;
mod legacy;
mod mismatch;
mod ordered;
mod own;
mod pack;
mod parse;
mod show;
mod text;
mod time_uuid;
mod unpack;
mod validate;
mod value;
pub(crate) mod varint;

pub use class::{Class, InvalidClass};
pub use from_value::FromValue;
pub use legacy::{IntermediateDate, OldPycassaDate};
pub use mismatch::Mismatch;
pub use own::{CustomType, Own};
pub use text::Text;
pub use time_uuid::{highest_time_uuid, lowest_time_uuid, time_of_uuid};
pub use value::{ComponentType, Value};

#[cfg(test)]
mod tests;
