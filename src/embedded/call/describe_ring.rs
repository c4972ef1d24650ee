//! The ring, which is one node: `describe_ring`, `describe_local_ring`, `describe_token_map`.

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
        Ok(vec![(context.node.partitioner().spread(1)[0].to_string(), context.node.host().to_owned())])
    })
}

/// One range: from the node's token around the ring to itself.
fn ranges(context: &Context<'_>, keyspace: &str) -> Result<Vec<TokenRange>, Failure> {
    if context.node.schema().keyspace(keyspace).is_none() {
        return Err(invalid(format!("No such keyspace: {keyspace}")));
    }
    if keyspace == SYSTEM {
        return Err(invalid(format!("There is no ring for the keyspace: {keyspace}")));
    }
    let host = context.node.host().to_owned();
    let token = context.node.partitioner().spread(1)[0].to_string();
    Ok(vec![TokenRange {
        start_token: token.clone(),
        end_token: token,
        endpoints: vec![host.clone()],
        rpc_endpoints: Some(vec![host.clone()]),
        endpoint_details: Some(vec![EndpointDetails {
            host: Some(host),
            datacenter: Some(DATA_CENTRE.to_owned()),
            rack: Some("rack1".to_owned()),
        }]),
    }])
}
