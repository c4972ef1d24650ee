//! Cassandra's types.
