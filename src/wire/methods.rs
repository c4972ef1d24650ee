//! The methods of Cassandra's Thrift interface, one row a method: `id argument: type`, result, exceptions.
//!
//! Each is a struct of its arguments, so a call reads
//! `connection.call(&DescribeRing { keyspace: "Keyspace1".into() })`.

use bytes::Bytes;

use super::call::Method;
use super::exception::ExceptionKind;
use super::field::structs;
use super::types::*;

macro_rules! methods {
    ($(
        $(#[$doc:meta])*
        $name:ident $wire:literal { $( $id:literal $argument:ident: $type:ty ),* $(,)? }
            -> $output:ty, throws [$($exception:ident),*];
    )*) => {
        structs! { $(
            $(#[$doc])*
            $name { $( $id $argument: $type ),* }
        )* }
        $(
            impl Method for $name {
                const METHOD: &'static str = $wire;
                type Output = $output;
                const THROWS: &'static [ExceptionKind] = &[$(ExceptionKind::$exception),*];
            }
        )*
        /// The names of all methods of the interface.
        pub const NAMES: &[&str] = &[$($wire),*];

        /// The exceptions that a method of this name declares; `None` where the interface has no such method.
        #[cfg(feature = "embedded")]
        pub(crate) fn throws(method: &str) -> Option<&'static [ExceptionKind]> {
            match method {
                $($wire => Some($name::THROWS),)*
                _ => None,
            }
        }

        /// Decodes a recorded call and its reply by the table, and encodes them again.
        #[cfg(test)]
        pub(super) fn again(method: &str, request: &[u8], reply: &[u8]) -> Result<[Vec<u8>; 2], super::DecodeError> {
            use super::call::{decode_reply, encode_call, encode_reply};
            let (header, body) = super::split_message(request)?;
            let (mut call, mut answer) = (Vec::new(), Vec::new());
            match method {
                $( $wire => {
                    encode_call(&super::decode::<$name>(body)?, header.sequence, &mut call);
                    let result = decode_reply::<$name>(reply, header.sequence)?;
                    encode_reply::<$name>(&result, header.sequence, &mut answer);
                } )*
                other => panic!("{other} is no method of the interface"),
            }
            Ok([call, answer])
        }
    };
}

methods! {
/// Logs the connection in.
Login "login" { 1 auth_request: AuthenticationRequest } -> (), throws [Authentication, Authorization];
/// Chooses the keyspace of the calls that follow on this connection.
SetKeyspace "set_keyspace" { 1 keyspace: String } -> (), throws [InvalidRequest];
/// One column.
Get "get" {
    1 key: Bytes,
    2 column_path: ColumnPath,
    3 consistency_level: ConsistencyLevel,
} -> ColumnOrSuperColumn, throws [InvalidRequest, NotFound, Unavailable, TimedOut];
/// Columns of one row.
GetSlice "get_slice" {
    1 key: Bytes,
    2 column_parent: ColumnParent,
    3 predicate: SlicePredicate,
    4 consistency_level: ConsistencyLevel,
} -> Vec<ColumnOrSuperColumn>, throws [InvalidRequest, Unavailable, TimedOut];
/// The number of columns that a slice would give.
GetCount "get_count" {
    1 key: Bytes,
    2 column_parent: ColumnParent,
    3 predicate: SlicePredicate,
    4 consistency_level: ConsistencyLevel,
} -> i32, throws [InvalidRequest, Unavailable, TimedOut];
/// Columns of several rows.
MultigetSlice "multiget_slice" {
    1 keys: Vec<Bytes>,
    2 column_parent: ColumnParent,
    3 predicate: SlicePredicate,
    4 consistency_level: ConsistencyLevel,
} -> Vec<(Bytes, Vec<ColumnOrSuperColumn>)>, throws [InvalidRequest, Unavailable, TimedOut];
/// The number of columns, for several rows.
MultigetCount "multiget_count" {
    1 keys: Vec<Bytes>,
    2 column_parent: ColumnParent,
    3 predicate: SlicePredicate,
    4 consistency_level: ConsistencyLevel,
} -> Vec<(Bytes, i32)>, throws [InvalidRequest, Unavailable, TimedOut];
/// Columns of a range of rows.
GetRangeSlices "get_range_slices" {
    1 column_parent: ColumnParent,
    2 predicate: SlicePredicate,
    3 range: KeyRange,
    4 consistency_level: ConsistencyLevel,
} -> Vec<KeySlice>, throws [InvalidRequest, Unavailable, TimedOut];
/// Columns of consecutive rows, from a column of the first one on.
GetPagedSlice "get_paged_slice" {
    1 column_family: String,
    2 range: KeyRange,
    3 start_column: Bytes,
    4 consistency_level: ConsistencyLevel,
} -> Vec<KeySlice>, throws [InvalidRequest, Unavailable, TimedOut];
/// Columns of the rows that an index finds.
GetIndexedSlices "get_indexed_slices" {
    1 column_parent: ColumnParent,
    2 index_clause: IndexClause,
    3 column_predicate: SlicePredicate,
    4 consistency_level: ConsistencyLevel,
} -> Vec<KeySlice>, throws [InvalidRequest, Unavailable, TimedOut];
/// Writes a column.
Insert "insert" {
    1 key: Bytes,
    2 column_parent: ColumnParent,
    3 column: Column,
    4 consistency_level: ConsistencyLevel,
} -> (), throws [InvalidRequest, Unavailable, TimedOut];
/// Adds to a counter.
Add "add" {
    1 key: Bytes,
    2 column_parent: ColumnParent,
    3 column: CounterColumn,
    4 consistency_level: ConsistencyLevel,
} -> (), throws [InvalidRequest, Unavailable, TimedOut];
/// Writes columns if others stand as expected.
Cas "cas" {
    1 key: Bytes,
    2 column_family: String,
    3 expected: Option<Vec<Column>>,
    4 updates: Vec<Column>,
    5 serial_consistency_level: ConsistencyLevel,
    6 commit_consistency_level: ConsistencyLevel,
} -> CASResult, throws [InvalidRequest, Unavailable, TimedOut];
/// Deletes a row, a super column or a column.
Remove "remove" {
    1 key: Bytes,
    2 column_path: ColumnPath,
    3 timestamp: i64,
    4 consistency_level: ConsistencyLevel,
} -> (), throws [InvalidRequest, Unavailable, TimedOut];
/// Deletes a row, a super column or a column of counters.
RemoveCounter "remove_counter" {
    1 key: Bytes,
    2 path: ColumnPath,
    3 consistency_level: ConsistencyLevel,
} -> (), throws [InvalidRequest, Unavailable, TimedOut];
/// Writes and deletes in several rows and column families.
BatchMutate "batch_mutate" {
    1 mutation_map: Vec<(Bytes, Vec<(String, Vec<Mutation>)>)>,
    2 consistency_level: ConsistencyLevel,
} -> (), throws [InvalidRequest, Unavailable, TimedOut];
/// As `batch_mutate`, through the batch log.
AtomicBatchMutate "atomic_batch_mutate" {
    1 mutation_map: Vec<(Bytes, Vec<(String, Vec<Mutation>)>)>,
    2 consistency_level: ConsistencyLevel,
} -> (), throws [InvalidRequest, Unavailable, TimedOut];
/// Deletes all rows of a column family.
Truncate "truncate" { 1 cfname: String } -> (), throws [InvalidRequest, Unavailable, TimedOut];
/// Several ranges of columns of one row.
GetMultiSlice "get_multi_slice" {
    1 request: MultiSliceRequest,
} -> Vec<ColumnOrSuperColumn>, throws [InvalidRequest, Unavailable, TimedOut];
/// Which hosts have which version of the schema.
DescribeSchemaVersions "describe_schema_versions" {} -> Vec<(String, Vec<String>)>, throws [InvalidRequest];
/// All keyspaces.
DescribeKeyspaces "describe_keyspaces" {} -> Vec<KsDef>, throws [InvalidRequest];
/// The cluster's name.
DescribeClusterName "describe_cluster_name" {} -> String, throws [];
/// The version of the Thrift interface.
DescribeVersion "describe_version" {} -> String, throws [];
/// The ranges of the ring, with their replicas.
DescribeRing "describe_ring" { 1 keyspace: String } -> Vec<TokenRange>, throws [InvalidRequest];
/// The ring's ranges, with the replicas of this data centre.
DescribeLocalRing "describe_local_ring" {
    1 keyspace: String,
} -> Vec<TokenRange>, throws [InvalidRequest];
/// The token of each host.
DescribeTokenMap "describe_token_map" {} -> Vec<(String, String)>, throws [InvalidRequest];
/// The class that makes tokens of keys.
DescribePartitioner "describe_partitioner" {} -> String, throws [];
/// The class that knows where hosts are.
DescribeSnitch "describe_snitch" {} -> String, throws [];
/// One keyspace with its column families.
DescribeKeyspace "describe_keyspace" { 1 keyspace: String } -> KsDef, throws [NotFound, InvalidRequest];
/// Tokens that cut a range into parts.
DescribeSplits "describe_splits" {
    1 cf_name: String,
    2 start_token: String,
    3 end_token: String,
    4 keys_per_split: i32,
} -> Vec<String>, throws [InvalidRequest];
/// Traces the next call.
TraceNextQuery "trace_next_query" {} -> Bytes, throws [];
/// Parts of a range, with their sizes.
DescribeSplitsEx "describe_splits_ex" {
    1 cf_name: String,
    2 start_token: String,
    3 end_token: String,
    4 keys_per_split: i32,
} -> Vec<CfSplit>, throws [InvalidRequest];
/// Creates a column family.
SystemAddColumnFamily "system_add_column_family" {
    1 cf_def: CfDef,
} -> String, throws [InvalidRequest, SchemaDisagreement];
/// Drops a column family.
SystemDropColumnFamily "system_drop_column_family" {
    1 column_family: String,
} -> String, throws [InvalidRequest, SchemaDisagreement];
/// Creates a keyspace.
SystemAddKeyspace "system_add_keyspace" {
    1 ks_def: KsDef,
} -> String, throws [InvalidRequest, SchemaDisagreement];
/// Drops a keyspace.
SystemDropKeyspace "system_drop_keyspace" {
    1 keyspace: String,
} -> String, throws [InvalidRequest, SchemaDisagreement];
/// Alters a keyspace.
SystemUpdateKeyspace "system_update_keyspace" {
    1 ks_def: KsDef,
} -> String, throws [InvalidRequest, SchemaDisagreement];
/// Alters a column family.
SystemUpdateColumnFamily "system_update_column_family" {
    1 cf_def: CfDef,
} -> String, throws [InvalidRequest, SchemaDisagreement];
/// Runs a CQL 2 statement.
ExecuteCqlQuery "execute_cql_query" {
    1 query: Bytes,
    2 compression: Compression,
} -> CqlResult, throws [InvalidRequest, Unavailable, TimedOut, SchemaDisagreement];
/// Runs a CQL 3 statement.
ExecuteCql3Query "execute_cql3_query" {
    1 query: Bytes,
    2 compression: Compression,
    3 consistency: ConsistencyLevel,
} -> CqlResult, throws [InvalidRequest, Unavailable, TimedOut, SchemaDisagreement];
/// Prepares a CQL 2 statement.
PrepareCqlQuery "prepare_cql_query" {
    1 query: Bytes,
    2 compression: Compression,
} -> CqlPreparedResult, throws [InvalidRequest];
/// Prepares a CQL 3 statement.
PrepareCql3Query "prepare_cql3_query" {
    1 query: Bytes,
    2 compression: Compression,
} -> CqlPreparedResult, throws [InvalidRequest];
/// Runs a prepared CQL 2 statement.
ExecutePreparedCqlQuery "execute_prepared_cql_query" {
    1 item_id: i32,
    2 values: Vec<Bytes>,
} -> CqlResult, throws [InvalidRequest, Unavailable, TimedOut, SchemaDisagreement];
/// Runs a prepared CQL 3 statement.
ExecutePreparedCql3Query "execute_prepared_cql3_query" {
    1 item_id: i32,
    2 values: Vec<Bytes>,
    3 consistency: ConsistencyLevel,
} -> CqlResult, throws [InvalidRequest, Unavailable, TimedOut, SchemaDisagreement];
/// Chooses the version of CQL.
SetCqlVersion "set_cql_version" { 1 version: String } -> (), throws [InvalidRequest];}
