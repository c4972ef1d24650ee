//! A Cassandra-compatible Thrift server on an embedded store.
//!
//! It answers as Cassandra 2.1 does, from a data directory of its own, to every client of the Thrift
//! interface. It knows the messages (`wire`), the types (`marshal`) and the crate's error, and nothing of the
//! clients in this crate: they meet on a socket.
//!
//! What it does not serve, it refuses, and the refusal says so: CQL, triggers.
//!
//! # Layout
//!
//! From the socket down to the disk; a file may use only what stands below it.
//!
//! | file | holds |
//! |---|---|
//! | `builder`, `server` | [`EmbeddedServer`]: its options, its start and its end |
//! | `host` | one address as a host of the cluster: stop, kill, start, slow, pause |
//! | `listener` | a thread that takes connections, a thread for each connection, and the end of them all |
//! | `connection` | frames in, replies out |
//! | `serving` | what connections share: node, limits, faults, and how many they are |
//! | `stats` | what is counted |
//! | `gate` | what every call passes first |
//! | `transport`, `tls`, `stream`, `busy_poll` | frames on TLS or not; a socket on which every wait is bounded; how a wait begins |
//! | `users` | who may log in |
//! | `faults` | what goes wrong on request |
//! | `call` | one file a method or group of siblings: arguments → checks → work → reply |
//! | `check` | what a request may say: keys, names, values, ttls, predicates, ranges, mutations |
//! | `node` | what connections share: store, schema, row locks, clock; all or nothing of a call's writes |
//! | `schema` | keyspaces and column families: checks, defaults, changes, records |
//! | `index` | secondary indexes: their entries, what is asked of rows, the rows that are found |
//! | `row` | how a row is stored, read, scanned and changed; which write wins |
//! | `purge` | what compaction leaves out |
//! | `store` | the ordered store: a trait, the engine behind it, the directory, durability |
//! | `ring` | the hosts that clients see, and the token of each |
//! | `room` | the memory that large requests share |
//! | `clock`, `stripes`, `failure` | seconds, row locks, why a call fails |
//!
//! # On the disk
//!
//! A data directory holds `cassa.lock` (held while a server runs), `cassa.format` (the version of the layout,
//! and the partitioner), `cassa.witness` (what the store holds at least) and `store`. In the store, the schema
//! has a partition, and each column family and each index one, named by an id that is never used again. In that
//! of a column family, a row is a *head* under the row's prefix (token, key, end) and, beyond 4 KiB of cells,
//! *chunks* of about 4 KiB each, under prefix and separator; see `row::key`, `row::head`, `row::cell`.
//! A head or a chunk begins with a byte of format, and every length in it is checked when it is read.

mod builder;
mod busy_poll;
mod call;
mod check;
mod clock;
mod connection;
mod failure;
mod index;
mod faults;
mod gate;
mod host;
mod listener;
mod node;
mod purge;
mod ring;
mod room;
mod row;
mod schema;
mod server;
mod serving;
mod stats;
mod store;
mod stream;
mod stripes;
#[cfg(feature = "tls")]
mod tls;
mod transport;
mod users;
#[cfg(test)]
mod tests;

pub use builder::EmbeddedServerBuilder;
pub use clock::ManualClock;
pub use faults::{Fault, Faults, InjectedFault};
pub use host::Host;
pub use server::EmbeddedServer;
pub use stats::{CallStats, ServerStats};
pub use store::Durability;
#[cfg(feature = "tls")]
pub use tls::ServerTls;
pub use users::Users;
