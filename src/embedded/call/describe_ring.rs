//! The ring: `describe_ring`, `describe_local_ring`, `describe_token_map`.

use super::Context;
use crate::embedded::failure::{Failure, invalid};
use crate::embedded::schema::{DATA_CENTRE, SYSTEM};
use crate::wire::methods::{DescribeLocalRing, DescribeRing, DescribeTokenMap};
use crate::wire::{DecodeError, EndpointDetails, TokenRange};

pub(super) fn ring(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |context, DescribeRing { keyspace }| ranges(context, &keyspace))
}

pub(super) fn local_ring(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |context, DescribeLocalRing { keyspace }| ranges(context, &keyspace))
}

pub(super) fn token_map(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |context, DescribeTokenMap {}| {
        let (ring, asked_at) = (context.node.ring(), context.session.asked_at);
        let names = ring.hosts().iter().map(|host| host.name(asked_at));
        Ok(tokens(context).into_iter().zip(names).collect())
    })
}

/// The token of each host.
fn tokens(context: &Context<'_>) -> Vec<String> {
    let hosts = context.node.ring().hosts().len();
    context.node.partitioner().spread(hosts).iter().map(ToString::to_string).collect()
}

/// One range a host: from the token before its own to its own. Hosts that are down stand there, too.
fn ranges(context: &Context<'_>, keyspace: &str) -> Result<Vec<TokenRange>, Failure> {
    let schema = context.node.schema();
    let Some(found) = schema.keyspace(keyspace) else {
        return Err(invalid(format!("No such keyspace: {keyspace}")));
    };
    if keyspace == SYSTEM {
        return Err(invalid(format!("There is no ring for the keyspace: {keyspace}")));
    }
    let ring = context.node.ring();
    let tokens = tokens(context);
    let range = |end: usize| {
        let start = end.checked_sub(1).unwrap_or(tokens.len() - 1);
        let replicas = ring.replicas(end, found.replication.copies());
        let names: Vec<String> = replicas.map(|host| host.name(context.session.asked_at)).collect();
        let details = |host: &String| EndpointDetails {
            host: Some(host.clone()),
            datacenter: Some(DATA_CENTRE.to_owned()),
            rack: Some("rack1".to_owned()),
        };
        TokenRange {
            start_token: tokens[start].clone(),
            end_token: tokens[end].clone(),
            endpoint_details: Some(names.iter().map(details).collect()),
            rpc_endpoints: Some(names.clone()),
            endpoints: names,
        }
    };
    Ok((0..tokens.len()).map(range).collect())
}
