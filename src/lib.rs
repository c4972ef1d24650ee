#![doc = include_str!("../README.md")]

pub mod wire;
mod marshal;
mod partitioner;
mod error;
mod schema;
mod connection;
mod pool;
mod system_manager;
mod column_family;
mod batch;
mod map;
mod unit_of_work;
#[cfg(feature = "embedded")]
mod embedded;
#[cfg(all(feature = "derive", feature = "embedded"))]
pub mod guide;

pub use batch::{CfMutator, Mutator, Operation};
pub use column_family::{
    Cas, Column, ColumnFamily, ColumnStream, ColumnValue, Columns, IndexClause, IndexExpression, IntoColumns,
    Iter, Keys, Range, Select, Write,
};
#[cfg(feature = "tls")]
pub use connection::TlsOptions;
pub use connection::{Connection, ConnectionOptions, Socket, Transport, TransportFactory};
#[cfg(all(feature = "embedded", feature = "tls"))]
pub use embedded::ServerTls;
#[cfg(feature = "embedded")]
pub use embedded::{
    CallStats, Durability, EmbeddedServer, EmbeddedServerBuilder, Fault, Faults, Host, InjectedFault,
    ManualClock, ServerStats, Users,
};
pub use error::{
    ChunkKind, ChunkReport, CommitReport, Difference, Error, LoadReport, Outcome, Place, Result,
    ServerFailure,
};
#[doc(hidden)]
pub use map::bare;
pub use map::{
    Assignment, Clustered, ColumnFamilyMap, ColumnOf, Condition, CounterColumns, Field, FieldClass, Fields,
    Items, LentItems, Mapper, MapperBatch, MapperOperation, Nulls, Objects, Part, PlainColumns, Rest, Role,
    SelectObjects, Typed, Unclustered, Version, VersionedColumns, WriteObjects,
};
pub use marshal::{
    Class, ComponentType, CustomType, FromValue, IntermediateDate, InvalidClass, Mismatch, OldPycassaDate,
    Own, Text, Value, highest_time_uuid, lowest_time_uuid, time_of_uuid,
};
pub use partitioner::Partitioner;
pub use pool::{
    Backoff, BalancingPolicy, Call, ConnectionEvent, ConnectionPool, ConnectionPoolBuilder, Disposal,
    FailedAttempt, FailureEvent, HostState, HostStats, HostView, LatencyScore, LeastPending, LoggingListener,
    PoolListener, PoolStats, PooledConnection, RetryPolicy, RingHost, RoundRobin, StatisticsListener,
    TokenAware,
};
pub use schema::{
    Caching, CellsPerRow, ColumnFamilyBuilder, ColumnFamilyDefinition, Compaction, Compression, Index,
    KeyspaceBuilder, KeyspaceDefinition, LocalStrategy, NetworkTopologyStrategy, OldNetworkTopologyStrategy,
    SimpleStrategy, SpeculativeRetry, Strategy,
};
pub use system_manager::SystemManager;
pub use unit_of_work::{LoadColumns, LoadProgress, LoadTtl, Loader, UnitOfWork, WorkColumns, WorkTtl};
pub use wire::ConsistencyLevel;
