//! A Cassandra-compatible Thrift server on an embedded store.

mod clock;
mod partitioner;
mod row;
mod store;
