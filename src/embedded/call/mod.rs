//! The calls, one method or one group of siblings a file. In each file: a function that takes the arguments
//! off the message, checks them, does what they ask for, and writes the reply.

mod batch_mutate;
mod cas;
mod columns;
mod context;
mod cql;
mod describe;
mod describe_ring;
mod describe_splits;
mod get;
mod get_count;
mod get_multi_slice;
mod get_paged_slice;
mod get_indexed_slices;
mod get_range_slices;
mod get_slice;
mod insert;
mod login;
mod multiget;
mod remove;
mod set_keyspace;
mod system_column_family;
mod system_keyspace;
mod trace;
mod truncate;

pub(crate) use context::{Context, Session};

use super::node::Node;
use crate::wire::{
    ApplicationErrorKind, ApplicationException, DecodeError, MessageKind, begin_message, encode,
    encode_exception, end_message, methods, split_message,
};

/// Answers one message: appends the reply, as a whole frame.
///
/// # Errors
/// [`DecodeError`] where the message is no call, or its arguments cannot be read. The reply, if there is one,
/// says so; the connection is to be closed after it.
pub(crate) fn answer(
    node: &Node,
    session: &mut Session,
    message: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), DecodeError> {
    let (header, body) = split_message(message)?;
    let method = header.method;
    if header.kind != MessageKind::Call {
        let text = format!("expected a call of {method}, got {:?}", header.kind);
        put_application_error(method, header.sequence, ApplicationErrorKind::InvalidMessageType, text, out);
        return Ok(());
    }
    if let Some(throws) = methods::throws(method)
        && let Err(exception) = login::check(session, method)
    {
        encode_exception(&exception, method, throws, header.sequence, out);
        return Ok(());
    }
    let start = out.len();
    let mut context = Context { node, session, sequence: header.sequence, out };
    let served = dispatch(&mut context, method, body);
    let (kind, text) = match served {
        Ok(true) => return Ok(()),
        Ok(false) => (ApplicationErrorKind::UnknownMethod, format!("this server does not serve {method}")),
        Err(ref error) => {
            (ApplicationErrorKind::ProtocolError, format!("cannot read the call of {method}: {error}"))
        }
    };
    out.truncate(start);
    put_application_error(method, header.sequence, kind, text, out);
    served.map(|_| ())
}

/// Serves a call of a method that this server has; false for any other.
fn dispatch(context: &mut Context<'_>, method: &str, body: &[u8]) -> Result<bool, DecodeError> {
    match method {
        "login" => login::login(context, body),
        "set_keyspace" => set_keyspace::set_keyspace(context, body),
        "get" => get::get(context, body),
        "get_slice" => get_slice::get_slice(context, body),
        "get_count" => get_count::get_count(context, body),
        "multiget_slice" => multiget::multiget_slice(context, body),
        "multiget_count" => multiget::multiget_count(context, body),
        "get_range_slices" => get_range_slices::get_range_slices(context, body),
        "get_paged_slice" => get_paged_slice::get_paged_slice(context, body),
        "get_multi_slice" => get_multi_slice::get_multi_slice(context, body),
        "get_indexed_slices" => get_indexed_slices::get_indexed_slices(context, body),
        "insert" => insert::insert(context, body),
        "add" => insert::add(context, body),
        "cas" => cas::cas(context, body),
        "remove" => remove::remove(context, body),
        "remove_counter" => remove::remove_counter(context, body),
        "batch_mutate" => batch_mutate::batch_mutate(context, body),
        "atomic_batch_mutate" => batch_mutate::atomic_batch_mutate(context, body),
        "truncate" => truncate::truncate(context, body),
        "describe_version" => describe::version(context, body),
        "describe_cluster_name" => describe::cluster_name(context, body),
        "describe_partitioner" => describe::partitioner(context, body),
        "describe_snitch" => describe::snitch(context, body),
        "describe_keyspaces" => describe::keyspaces(context, body),
        "describe_keyspace" => describe::keyspace(context, body),
        "describe_schema_versions" => describe::schema_versions(context, body),
        "describe_ring" => describe_ring::ring(context, body),
        "describe_local_ring" => describe_ring::local_ring(context, body),
        "describe_token_map" => describe_ring::token_map(context, body),
        "describe_splits" => describe_splits::splits(context, body),
        "describe_splits_ex" => describe_splits::splits_ex(context, body),
        "trace_next_query" => trace::trace_next_query(context, body),
        "system_add_keyspace" => system_keyspace::add(context, body),
        "system_update_keyspace" => system_keyspace::update(context, body),
        "system_drop_keyspace" => system_keyspace::drop(context, body),
        "system_add_column_family" => system_column_family::add(context, body),
        "system_update_column_family" => system_column_family::update(context, body),
        "system_drop_column_family" => system_column_family::drop(context, body),
        "set_cql_version" => cql::set_cql_version(context, body),
        "execute_cql_query" => cql::execute_cql_query(context, body),
        "execute_cql3_query" => cql::execute_cql3_query(context, body),
        "prepare_cql_query" => cql::prepare_cql_query(context, body),
        "prepare_cql3_query" => cql::prepare_cql3_query(context, body),
        "execute_prepared_cql_query" => cql::execute_prepared_cql_query(context, body),
        "execute_prepared_cql3_query" => cql::execute_prepared_cql3_query(context, body),
        _ => return Ok(false),
    }
    .map(|()| true)
}

/// Appends a `TApplicationException`, as a whole frame.
pub(crate) fn put_application_error(
    method: &str,
    sequence: i32,
    kind: ApplicationErrorKind,
    text: String,
    out: &mut Vec<u8>,
) {
    let start = begin_message(out, MessageKind::Exception, method, sequence);
    let exception = ApplicationException { message: Some(text), number: Some(kind as i32) };
    encode(&exception, out);
    end_message(out, start);
}
