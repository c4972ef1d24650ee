//! Cassandra's types: their names, how values are packed and unpacked, and how column names are ordered.
//!
//! A column family's schema names a [`Class`] for its row keys, its column names and its values. A class turns a
//! [`Value`] into the bytes that Cassandra stores and back, says which bytes it accepts, and orders names.

mod class;
mod compare;
mod equal;
mod from;
mod into;
mod mismatch;
mod ordered;
mod pack;
mod show;
mod time_uuid;
mod unpack;
mod validate;
mod value;
pub(crate) mod varint;

pub use class::{Class, InvalidClass};
pub use mismatch::Mismatch;
pub use time_uuid::{highest_time_uuid, lowest_time_uuid};
pub use value::Value;

#[cfg(test)]
mod tests;
