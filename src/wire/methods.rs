//! The methods of Cassandra's Thrift interface, one row a method: `id argument: type`, result, exceptions.
//!
//! Each is a struct of its arguments, so a call reads
//! `connection.call(&DescribeRing { keyspace: "Keyspace1".into() })`.

use bytes::Bytes;
use thrift::protocol::{TFieldIdentifier, TInputProtocol, TOutputProtocol, TType};

use super::DecodeError;
use super::exception::{ApplicationErrorKind, Exception, ExceptionKind};
use super::field::{Field, Struct, encode, structs, write_field};
use super::message::{MessageKind, begin_message, end_message, split_message};
use super::protocol::{FrameInput, FrameOutput};
use super::types::*;

/// A method: the struct of its arguments, with its name, its result, and what it throws.
///
/// ```
/// use cassa::wire::{Exception, decode_reply, encode_call, encode_reply, methods::SetKeyspace};
///
/// let (mut call, mut reply) = (Vec::new(), Vec::new());
/// encode_call(&SetKeyspace { keyspace: "Fleet".to_owned() }, 7, &mut call);
/// assert_eq!(cassa::wire::split_message(&call[4..])?.0.method, "set_keyspace");
/// let refused = Err(Exception::InvalidRequest("no keyspace Fleet".to_owned()));
/// encode_reply::<SetKeyspace>(&refused, 7, &mut reply);
/// assert_eq!(decode_reply::<SetKeyspace>(&reply[4..], 7)?, refused);
/// # Ok::<(), cassa::wire::DecodeError>(())
/// ```
pub trait Method: Struct {
    /// The name on the wire.
    const METHOD: &'static str;
    /// What it gives.
    type Output: Field;
    /// The exceptions it declares; the first has field id 1.
    const THROWS: &'static [ExceptionKind];
}

/// Appends a call as a whole frame.
pub fn encode_call<M: Method>(call: &M, sequence: i32, out: &mut Vec<u8>) {
    let start = begin_message(out, MessageKind::Call, M::METHOD, sequence);
    encode(call, out);
    end_message(out, start);
}

/// The result of a reply (a frame without its four bytes of length).
///
/// # Errors
/// [`DecodeError`] where the frame is not a reply to this method and sequence number, or not well formed.
/// The inner result is what the server answered.
pub fn decode_reply<M: Method>(
    frame: &[u8],
    sequence: i32,
) -> Result<Result<M::Output, Exception>, DecodeError> {
    match reply_body(frame, M::METHOD, sequence)? {
        Ok(body) => Ok(read_result::<M>(body)?),
        Err(e) => Ok(Err(e)),
    }
}

/// The body of a reply to this call; the inner error is a `TApplicationException`.
pub(crate) fn reply_body<'a>(
    frame: &'a [u8],
    method: &'static str,
    sequence: i32,
) -> Result<Result<&'a [u8], Exception>, DecodeError> {
    let (header, body) = split_message(frame)?;
    if header.kind == MessageKind::Exception {
        return Ok(Err(Exception::read_application(&mut FrameInput::new(body))?));
    }
    if header.kind != MessageKind::Reply || header.method != method {
        return Err(DecodeError::WrongReply(
            method,
            format!("{:?} of {}", header.kind, header.method).into(),
        ));
    }
    if header.sequence != sequence {
        return Err(DecodeError::WrongSequence(sequence, header.sequence));
    }
    Ok(Ok(body))
}

fn read_result<M: Method>(body: &[u8]) -> thrift::Result<Result<M::Output, Exception>> {
    let mut input = FrameInput::new(body);
    let mut output = None;
    let mut exception = None;
    input.read_struct_begin()?;
    loop {
        let field = input.read_field_begin()?;
        let id = field.id.unwrap_or(0);
        let thrown = usize::try_from(id).ok().and_then(|id| M::THROWS.get(id.checked_sub(1)?));
        match (field.field_type, thrown) {
            (TType::Stop, _) => break,
            (kind, None) if id == 0 && kind == M::Output::TYPE => output = Some(Field::read(&mut input)?),
            (TType::Struct, Some(kind)) => exception = Some(Exception::read(*kind, &mut input)?),
            (other, _) => input.skip(other)?,
        }
    }
    Ok(match (exception, output.or_else(M::Output::absent)) {
        (Some(e), _) => Err(e),
        (None, Some(output)) => Ok(output),
        (None, None) => Err(missing_result(M::METHOD)),
    })
}

/// What a client makes of a reply that has neither a result nor an exception.
pub(crate) fn missing_result(method: &str) -> Exception {
    Exception::Application(
        ApplicationErrorKind::MissingResult,
        format!("{method}: the reply holds no result"),
    )
}

/// Appends a reply as a whole frame. An exception that the method does not declare goes out as a
/// `TApplicationException`.
pub fn encode_reply<M: Method>(result: &Result<M::Output, Exception>, sequence: i32, out: &mut Vec<u8>) {
    match result {
        Ok(output) => {
            let start = begin_message(out, MessageKind::Reply, M::METHOD, sequence);
            let mut protocol = FrameOutput(out);
            write_field(0, output, &mut protocol)
                .and_then(|()| protocol.write_field_stop())
                .expect("writing to a vector does not fail");
            end_message(out, start);
        }
        Err(e) => encode_exception(e, M::METHOD, M::THROWS, sequence, out),
    }
}

pub(crate) fn encode_exception(
    e: &Exception,
    method: &str,
    throws: &[ExceptionKind],
    sequence: i32,
    out: &mut Vec<u8>,
) {
    let declared = throws.iter().position(|kind| Some(*kind) == e.kind());
    let start = match declared {
        Some(_) => begin_message(out, MessageKind::Reply, method, sequence),
        None => begin_message(out, MessageKind::Exception, method, sequence),
    };
    let mut protocol = FrameOutput(out);
    let written = match (declared, e) {
        (Some(i), e) => protocol
            .write_field_begin(&TFieldIdentifier {
                name: None,
                field_type: TType::Struct,
                id: Some(i as i16 + 1),
            })
            .and_then(|()| e.write(&mut protocol))
            .and_then(|()| protocol.write_field_stop()),
        (None, Exception::Application(..)) => e.write(&mut protocol),
        (None, e) => {
            Exception::Application(ApplicationErrorKind::InternalError, e.to_string()).write(&mut protocol)
        }
    };
    written.expect("writing to a vector does not fail");
    end_message(out, start);
}

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

        /// Decodes a recorded call and its reply by the table, and encodes them again.
        #[cfg(test)]
        pub(super) fn again(method: &str, request: &[u8], reply: &[u8]) -> Result<[Vec<u8>; 2], DecodeError> {
            let (header, body) = split_message(request)?;
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
