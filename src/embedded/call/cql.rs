//! CQL, which this server does not speak: `set_cql_version` is answered as Cassandra does, everything else is
//! refused.

use super::Context;
use crate::embedded::failure::invalid;
use crate::wire::methods::{
    ExecuteCql3Query, ExecuteCqlQuery, ExecutePreparedCql3Query, ExecutePreparedCqlQuery, PrepareCql3Query,
    PrepareCqlQuery, SetCqlVersion,
};
use crate::wire::{DecodeError, Method};

/// The versions that Cassandra 2.1 takes, and the earlier ones of the same major number.
const SUPPORTED: [[u32; 3]; 2] = [[2, 0, 0], [3, 2, 1]];

pub(super) fn set_cql_version(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |_, SetCqlVersion { version }| {
        let Some(wanted) = parse(&version) else {
            return Err(invalid(format!(
                "Invalid version value: {version} (see http://semver.org/ for details)"
            )));
        };
        if SUPPORTED.iter().any(|supported| supported[0] == wanted[0] && wanted <= *supported) {
            return Ok(());
        }
        Err(invalid(format!(
            "Provided version {version} is not supported by this server (supported: 2.0.0, 3.2.1)"
        )))
    })
}

/// A version of three numbers, perhaps with a suffix.
fn parse(text: &str) -> Option<[u32; 3]> {
    let numbers = text.split(['-', '+']).next()?;
    let mut parts = numbers.split('.').map(|part| part.parse().ok());
    let version = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(version)
}

fn refuse<M: Method>(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    context.table(body, |_, _: M| Err(invalid(format!("{}: this server does not serve CQL", M::METHOD))))
}

pub(super) fn execute_cql_query(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    refuse::<ExecuteCqlQuery>(context, body)
}

pub(super) fn execute_cql3_query(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    refuse::<ExecuteCql3Query>(context, body)
}

pub(super) fn prepare_cql_query(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    refuse::<PrepareCqlQuery>(context, body)
}

pub(super) fn prepare_cql3_query(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    refuse::<PrepareCql3Query>(context, body)
}

pub(super) fn execute_prepared_cql_query(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    refuse::<ExecutePreparedCqlQuery>(context, body)
}

pub(super) fn execute_prepared_cql3_query(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    refuse::<ExecutePreparedCql3Query>(context, body)
}
