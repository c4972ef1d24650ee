//! Consistency levels of calls that have rules of their own.

use super::super::failure::{Failure, invalid};
use super::super::schema::{ColumnFamily, Keyspace};
use crate::wire::ConsistencyLevel;

/// Checks the level of a write of counters.
pub(crate) fn counter_write(family: &ColumnFamily, level: ConsistencyLevel) -> Result<(), Failure> {
    match level {
        ConsistencyLevel::Any => Err(invalid(format!(
            "Consistency level ANY is not yet supported for counter columnfamily {}",
            family.name()
        ))),
        ConsistencyLevel::Serial | ConsistencyLevel::LocalSerial => {
            Err(invalid("Counter operations are inherently non-serializable"))
        }
        _ => Ok(()),
    }
}

/// Checks the levels of a conditional update.
pub(crate) fn conditional(
    keyspace: &Keyspace,
    serial: ConsistencyLevel,
    commit: ConsistencyLevel,
) -> Result<(), Failure> {
    if !matches!(serial, ConsistencyLevel::Serial | ConsistencyLevel::LocalSerial) {
        return Err(invalid(
            "Invalid consistency for conditional update. Must be one of SERIAL or LOCAL_SERIAL",
        ));
    }
    let strategy = &keyspace.definition.strategy_class;
    match commit {
        ConsistencyLevel::EachQuorum if !strategy.ends_with(".NetworkTopologyStrategy") => Err(invalid(
            format!("consistency level {commit} not compatible with replication strategy ({strategy})"),
        )),
        ConsistencyLevel::Serial | ConsistencyLevel::LocalSerial => Err(invalid(format!(
            "{commit} is not supported as conditional update commit consistency. Use ANY if you mean \"make sure it \
             is accepted but I don't care how many replicas commit it for non-SERIAL reads\""
        ))),
        _ => Ok(()),
    }
}
