//! Definitions of keyspaces and column families, as typed values.
//!
//! A *definition* is what a server describes ([`ColumnFamilyDefinition`], [`KeyspaceDefinition`]), a *builder* what
//! it is asked for ([`ColumnFamilyBuilder`], with its options in `options`, and [`KeyspaceBuilder`]). The types
//! of their options ([`Strategy`], [`Compaction`], [`Compression`], [`Index`] …) stand in a file each, and read
//! and write Cassandra's words for themselves. `show` prints a definition.

mod builder;
mod caching;
mod column_family;
mod compaction;
mod compression;
mod described;
mod index;
mod keyspace;
mod keyspace_builder;
mod options;
mod show;
mod speculative_retry;
mod strategy;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

pub use builder::ColumnFamilyBuilder;
pub use caching::{Caching, CellsPerRow};
pub use column_family::ColumnFamilyDefinition;
pub use compaction::Compaction;
pub use compression::Compression;
pub use index::Index;
pub use keyspace::KeyspaceDefinition;
pub use keyspace_builder::KeyspaceBuilder;
pub use speculative_retry::SpeculativeRetry;
pub use strategy::{
    LocalStrategy, NetworkTopologyStrategy, OldNetworkTopologyStrategy, SimpleStrategy, Strategy,
};

/// Options in words: `{name: value, name: value}`.
struct Pairs<'a>(&'a BTreeMap<String, String>);

impl fmt::Display for Pairs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (i, (name, value)) in self.0.iter().enumerate() {
            write!(f, "{}{name}: {value}", if i == 0 { "" } else { ", " })?;
        }
        f.write_str("}")
    }
}
