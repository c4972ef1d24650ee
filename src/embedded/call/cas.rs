//! `cas`: writes columns of a row if others stand there as expected.
//!
//! The server dates the columns, whatever timestamps are given, and as in Cassandra 2.1 a ttl that is given
//! has no effect; the default one of the column family has.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use bytes::Bytes;
use typed_arena::Arena;

use super::Context;
use super::columns::too_large;
use crate::embedded::check;
use crate::embedded::check::mutation::{Moment, Update};
use crate::embedded::failure::{Failure, invalid};
use crate::embedded::row::cell::{LiveCell, LiveValue};
use crate::embedded::row::read::{Predicate, read_row};
use crate::embedded::schema::ColumnFamily;
use crate::wire::hot::{Cas, Column};
use crate::wire::{self, CASResult, ConsistencyLevel, DecodeError, Exception, TimedOutException, methods};

/// A column that is dated ahead by less than so many microseconds was dated by a server, perhaps before a start
/// since which the clock has not moved; one that is dated ahead by more wins over the update, as in Cassandra.
const OWN: i64 = 60_000_000;

pub(super) fn cas(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    let call = Cas::decode(body)?;
    let outcome = write(context, &call);
    context.reply::<methods::Cas>(outcome);
    Ok(())
}

fn write(context: &Context<'_>, call: &Cas<'_>) -> Result<CASResult, Failure> {
    let writing = context.node.writing();
    let (keyspace, family) = context.family_in(&writing.schema, call.column_family)?;
    check::counters(&family, false)?;
    check::key(&family, call.key)?;
    if family.is_super() {
        return Err(invalid("CAS does not support supercolumns"));
    }
    for column in &call.updates {
        check::name(&family, None, column.name)?;
    }
    let names = Arena::with_capacity(0);
    updates(&family, &call.updates, &names, writing.moment)?;
    let Some(expected) = &call.expected else {
        return Err(invalid("the columns that are expected are missing; an empty list expects none"));
    };
    if expected.iter().any(|column| column.name.is_empty()) {
        return Err(invalid("column name must not be empty"));
    }
    if let Some(column) = expected.iter().find(|column| column.value.is_none()) {
        let name = String::from_utf8_lossy(column.name);
        return Err(invalid(format!("the column \"{name}\" that is expected has no value")));
    }
    check::level::conditional(&keyspace, call.serial_consistency_level, call.commit_consistency_level)?;
    keyspace.replication.check_available(call.serial_consistency_level)?;

    let expected = resolve(&family, expected);
    let largest = context.node.largest_reply();
    let mut conflict = None;
    writing.commit_if(&family, call.key, |snapshot, moment| {
        let predicate = if expected.is_empty() {
            Predicate::slice(b"", b"", false, 1)
        } else {
            check::predicate::names(&family, None, expected.iter().map(|column| column.name).collect())
        };
        let (mut current, mut size) = (Vec::new(), 0);
        let mut add = |cell: LiveCell<'_>| {
            size += cell.name.len();
            current.push(column_of(&cell, &mut size));
            if size > largest { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let rules = family.rules(moment.now);
        read_row(snapshot, &family.partition, call.key, &predicate, rules, &mut add)?;
        if size > largest {
            return Err(too_large(largest));
        }
        if is_as_expected(&family, &expected, &current) {
            let replaced = check::predicate::names(
                &family,
                None,
                call.updates.iter().map(|column| column.name).collect(),
            );
            let mut timestamp = moment.timestamp;
            let mut pass = |cell: LiveCell<'_>| {
                if (timestamp..timestamp.saturating_add(OWN)).contains(&cell.timestamp) {
                    timestamp = cell.timestamp.saturating_add(1);
                }
                ControlFlow::Continue(())
            };
            read_row(snapshot, &family.partition, call.key, &replaced, rules, &mut pass)?;
            let moment = Moment { timestamp, ..moment };
            updates(&family, &call.updates, &names, moment).map(Update::finish).map(Some)
        } else {
            conflict = Some(current);
            Ok(None)
        }
    })?;
    if conflict.is_some() {
        return Ok(CASResult { success: false, current_values: conflict });
    }
    match call.commit_consistency_level {
        ConsistencyLevel::Any => {}
        // accepted, but not known to enough replicas: it has been written
        level => keyspace.replication.check_available(level).map_err(|_| {
            Exception::TimedOut(TimedOutException {
                acknowledged_by: Some(1),
                acknowledged_by_batchlog: None,
                paxos_in_progress: None,
            })
        })?,
    }
    Ok(CASResult { success: true, current_values: None })
}

/// What is written, dated by the server.
fn updates<'f, 'a>(
    family: &'f ColumnFamily,
    columns: &[Column<'a>],
    names: &'a Arena<u8>,
    moment: Moment,
) -> Result<Update<'f, 'a>, Failure> {
    let mut update = Update::new(family, names, moment);
    update.touch();
    for column in columns {
        update.column_of_server(column)?;
    }
    Ok(update)
}

/// Of columns with one name, the one that Cassandra would keep.
fn resolve<'e, 'a>(family: &ColumnFamily, expected: &'e [Column<'a>]) -> Vec<&'e Column<'a>> {
    let mut kept: Vec<&Column<'_>> = Vec::with_capacity(expected.len());
    for column in expected {
        let same =
            |other: &&mut &Column<'_>| family.comparator.compare(other.name, column.name) == Ordering::Equal;
        match kept.iter_mut().find(same) {
            Some(other) => {
                let strength = |column: &Column<'a>| (column.timestamp.unwrap_or_default(), column.value);
                if strength(column) > strength(other) {
                    *other = column;
                }
            }
            None => kept.push(column),
        }
    }
    kept
}

fn is_as_expected(family: &ColumnFamily, expected: &[&Column<'_>], current: &[wire::Column]) -> bool {
    if expected.is_empty() {
        return current.is_empty();
    }
    expected.iter().all(|column| {
        current.iter().any(|there| {
            family.comparator.compare(&there.name, column.name) == Ordering::Equal
                && there.value.as_deref() == column.value
        })
    })
}

fn column_of(cell: &LiveCell<'_>, size: &mut usize) -> wire::Column {
    let value = match cell.value {
        LiveValue::Bytes(value) => Bytes::copy_from_slice(value),
        // no column family of counters comes here
        LiveValue::Counter(count) => Bytes::copy_from_slice(&count.to_be_bytes()),
    };
    *size += value.len();
    wire::Column {
        name: Bytes::copy_from_slice(cell.name),
        value: Some(value),
        timestamp: Some(cell.timestamp),
        ttl: cell.ttl,
    }
}
