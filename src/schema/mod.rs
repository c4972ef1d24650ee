//! Definitions of keyspaces and column families, as typed values.

mod builder;
mod column_family;
mod keyspace;
mod strategy;
#[cfg(test)]
mod tests;

pub use builder::ColumnFamilyBuilder;
pub use column_family::ColumnFamilyDefinition;
pub use keyspace::KeyspaceDefinition;
pub use strategy::{NetworkTopologyStrategy, SimpleStrategy, Strategy};
