//! What the server is, and its schema: the `describe_` calls beside those of the ring.

use super::Context;
use crate::embedded::ring::RingHost;
use crate::embedded::schema::Keyspace;
use crate::wire::methods::{
    DescribeClusterName, DescribeKeyspace, DescribeKeyspaces, DescribePartitioner, DescribeSchemaVersions,
    DescribeSnitch, DescribeVersion,
};
use crate::wire::{DecodeError, Exception};

/// The version of the Thrift interface of Cassandra 2.1.
const INTERFACE_VERSION: &str = "19.39.0";

pub(super) fn version(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |_, DescribeVersion {}| Ok(INTERFACE_VERSION.to_owned()))
}

pub(super) fn cluster_name(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |context, DescribeClusterName {}| Ok(context.node.cluster_name().to_owned()))
}

pub(super) fn partitioner(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |context, DescribePartitioner {}| Ok(context.node.partitioner().qualified()))
}

pub(super) fn snitch(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |_, DescribeSnitch {}| Ok("org.apache.cassandra.locator.SimpleSnitch".to_owned()))
}

pub(super) fn keyspaces(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |context, DescribeKeyspaces {}| {
        Ok(context.node.schema().keyspaces().map(Keyspace::describe).collect())
    })
}

pub(super) fn keyspace(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |context, DescribeKeyspace { keyspace }| {
        let schema = context.node.schema();
        let found = schema.keyspace(&keyspace).ok_or(Exception::NotFound)?;
        Ok(found.describe())
    })
}

pub(super) fn schema_versions(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |context, DescribeSchemaVersions {}| {
        let version = context.node.schema().version().to_string();
        let asked_at = context.session.asked_at;
        let (up, down): (Vec<_>, Vec<_>) = context.node.ring().hosts().iter().partition(|host| host.is_up());
        let names = |hosts: Vec<&RingHost>| hosts.into_iter().map(|host| host.name(asked_at)).collect();
        let mut versions = vec![(version, names(up))];
        if !down.is_empty() {
            versions.push(("UNREACHABLE".to_owned(), names(down)));
        }
        Ok(versions)
    })
}
