//! What goes out in one call: rows, encoded, as many as the limits allow.

use super::counters::Sums;
use super::pending::{Packed, Row, Scope, Stamps};
use crate::error::{Error, Result};
use crate::pool::{Call, ConnectionPool};
use crate::wire::hot::{Batch, Column, CounterColumn, Deletion, SlicePredicate, SliceRange};
use crate::wire::{ApplicationErrorKind, ConsistencyLevel, methods};

/// Rows in one message.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    batch: Batch,
    /// The key of the first row.
    first: Packed,
}

/// A chunk that is not acknowledged, or by a batch log, which comes as an error.
#[derive(Debug)]
pub(super) struct Unsent {
    pub(super) error: Error,
    /// One of the attempts may have taken effect, in whole or in part, whatever the last one came to.
    pub(super) is_doubtful: bool,
}

impl Chunk {
    /// Takes rows in place of those held so far: the first ones, as many as the limits allow; at least one, whatever its size.
    pub(super) fn fill<'r, R: 'r>(
        &mut self,
        rows: impl IntoIterator<Item = (&'r Packed, &'r R)>,
        limits: Limits,
        encode: impl Fn(&R, &mut Batch),
    ) {
        let batch = &mut self.batch;
        batch.clear();
        for (key, row) in rows.into_iter().take(limits.rows) {
            if batch.is_empty() {
                self.first.clone_from(key);
                batch.row(key);
                encode(row, batch);
                continue;
            }
            let mark = batch.mark();
            batch.row(key);
            encode(row, batch);
            if batch.message_size(limits.atomic) > limits.bytes {
                batch.rewind(mark);
                break;
            }
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.batch.rows()
    }

    /// The length of its message.
    pub(super) fn bytes(&self, atomic: bool) -> usize {
        self.batch.message_size(atomic)
    }

    /// Sends it to a server.
    pub(super) fn send(
        &self,
        pool: &ConnectionPool,
        call: Call<'_>,
        level: ConsistencyLevel,
        atomic: bool,
    ) -> Result<(), Unsent> {
        let (mut is_doubtful, rows) = (false, if atomic { 1 } else { self.rows() });
        let call = if self.rows() == 1 { call.routing_key(&self.first) } else { call };
        let sent = pool.execute_with(call, |connection| {
            let encode = |sequence, out: &mut Vec<u8>| self.batch.encode(atomic, level, sequence, out);
            let sent = if atomic {
                connection.call_in_place::<methods::AtomicBatchMutate>(encode).map_err(unknown_method)
            } else {
                connection.call_in_place::<methods::BatchMutate>(encode)
            };
            is_doubtful |= sent.as_ref().is_err_and(|e| e.may_have_written_some(rows));
            sent
        });
        sent.map_err(|error| Unsent { error, is_doubtful })
    }
}

fn unknown_method(error: Error) -> Error {
    match error {
        Error::Application { at, kind: ApplicationErrorKind::UnknownMethod, .. } => {
            Error::Unsupported { at, what: "an atomic batch (Cassandra has it since 1.2)".into() }
        }
        other => other,
    }
}

/// How much may go out in one call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// For several rows together.
    pub(super) bytes: usize,
    pub(super) rows: usize,
    pub(super) atomic: bool,
}

/// Encodes what waits for one row: of each column family deletions, then what is written.
pub(super) fn put_row<'f>(
    row: &Row,
    stamps: &Stamps,
    family_name: impl Fn(usize) -> &'f str,
    batch: &mut Batch,
) {
    for (family, scopes) in row.families() {
        batch.family(family_name(family));
        scopes.iter().for_each(|scope| put_scope(scope, stamps, batch));
    }
}

/// What the row takes of a message at the most: found without encoding it.
pub(super) fn at_most<'f>(row: &Row, family_name: impl Fn(usize) -> &'f str) -> usize {
    let scopes = row.scopes.iter().map(|scope| {
        let super_column = scope.super_column.as_ref().map_or(0, |name| name.len());
        let deletions =
            scope.cells.iter().filter(|cell| cell.value.is_none()).count() + scope.ranges.len() + 1;
        let ranges: usize = scope.ranges.iter().map(|range| range.start.len() + range.finish.len()).sum();
        let cells = scope.cells.len() * 64 + scope.cells.bytes();
        64 + family_name(scope.family).len() + (deletions + 1) * (128 + super_column) + ranges + cells
    });
    64 + row.key.len() + scopes.sum::<usize>()
}

fn put_scope(scope: &Scope, stamps: &Stamps, batch: &mut Batch) {
    let super_column = scope.super_column.as_deref();
    let delete = |attempt, predicate: Option<SlicePredicate<'_>>, batch: &mut Batch| {
        batch.deletion(&Deletion { timestamp: stamps.of_deletions(attempt), super_column, predicate });
    };
    if let Some(attempt) = scope.deleted {
        delete(attempt, None, batch);
    }
    for range in &scope.ranges {
        let slice_range =
            SliceRange { start: &range.start, finish: &range.finish, reversed: false, count: i32::MAX };
        delete(
            range.attempt,
            Some(SlicePredicate { column_names: None, slice_range: Some(slice_range) }),
            batch,
        );
    }
    // most often all have one timestamp: they go in one deletion
    let mut deleted: Vec<(_, Vec<&[u8]>)> = Vec::new();
    for cell in scope.cells.iter().filter(|cell| cell.value.is_none()) {
        match deleted.last_mut() {
            Some((attempt, names)) if *attempt == cell.attempt => names.push(cell.name),
            _ => deleted.push((cell.attempt, vec![cell.name])),
        }
    }
    for (attempt, names) in deleted {
        delete(attempt, Some(SlicePredicate { column_names: Some(names), slice_range: None }), batch);
    }
    let written = scope.cells.iter().filter_map(|cell| Some((cell, cell.value?)));
    match super_column {
        None => written.for_each(|(cell, value)| {
            let timestamp = stamps.of_writes(cell.attempt).unwrap_or_default();
            batch.column(cell.name, value, timestamp, cell.ttl);
        }),
        Some(super_column) => {
            let columns = written.map(|(cell, value)| Column {
                name: cell.name,
                value: Some(value),
                timestamp: stamps.of_writes(cell.attempt),
                ttl: cell.ttl,
            });
            let mut columns = columns.peekable();
            if columns.peek().is_some() {
                batch.super_column(super_column, columns);
            }
        }
    }
}

/// Encodes what is added to the counters of one row of a column family.
pub(super) fn put_sums(sums: &Sums, batch: &mut Batch) {
    for (super_column, names) in sums {
        match super_column {
            None => names.iter().for_each(|(name, value)| batch.counter(name, *value)),
            Some(super_column) => {
                let counters = names.iter().map(|(name, value)| CounterColumn { name, value: *value });
                batch.counter_super_column(super_column, counters);
            }
        }
    }
}

/// What the counters of one row take of a message at the most, beside its key.
pub(super) fn sums_at_most<'r>(row: impl Iterator<Item = (&'r str, &'r Sums)>) -> usize {
    let families = row.map(|(family_name, sums)| {
        let sums = sums.iter().map(|(super_column, names)| {
            let names: usize = names.keys().map(|name| 64 + name.len()).sum();
            64 + super_column.as_ref().map_or(0, |name| name.len()) + names
        });
        64 + family_name.len() + sums.sum::<usize>()
    });
    64 + families.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::unit_of_work::pending::{Change, Pending, Range, Spot};

    fn rows(lengths: &[usize]) -> Vec<(Packed, usize)> {
        let keys = (0_u8..).map(|n| Packed::from([n]));
        keys.zip(lengths.iter().copied()).collect()
    }

    #[test]
    fn chunks_keep_to_the_limits_and_lose_no_row() {
        let rows = rows(&[10, 900, 10, 10, 500, 500, 10]);
        for (bytes, most) in [(500, 100), (1_200, 100), (2_000, 3), (4_000, 1), (100_000, 100)] {
            let limits = Limits { bytes, rows: most, atomic: false };
            let (mut chunk, mut done) = (Chunk::default(), 0);
            while done < rows.len() {
                let left = rows[done..].iter().map(|(key, length)| (key, length));
                chunk.fill(left, limits, |length, batch| {
                    batch.family("F");
                    batch.column(b"c", &vec![0; *length], 1, None);
                });
                assert_eq!(chunk.first, rows[done].0);
                assert!((1..=most).contains(&chunk.rows()));
                assert!(chunk.bytes(false) <= bytes || chunk.rows() == 1, "a row goes alone");
                done += chunk.rows();
            }
            assert_eq!(done, rows.len());
        }
    }

    fn change() -> impl Strategy<Value = (usize, Option<u8>, u8, u8)> {
        (0_usize..2, proptest::option::of(0_u8..2), 0_u8..30, 0_u8..10)
    }

    proptest! {
        #[test]
        fn no_row_takes_more_than_it_may_at_the_most(changes in proptest::collection::vec(change(), 1..60)) {
            let mut pending = Pending::default();
            for (n, (family, super_column, name, what)) in (1..).zip(changes) {
                let (super_column, name) = (super_column.map(|n| vec![n; 50]), vec![name; usize::from(name)]);
                let spot = Spot { key: b"row", family, super_column: super_column.as_deref() };
                match what {
                    0 => pending.delete(spot),
                    1 => pending.delete_range(spot, &crate::marshal::Class::Bytes, Range::of(&name, &name)),
                    2..5 => drop(pending.put(spot, &name, Change::Delete)),
                    _ => drop(pending.put(spot, &name, Change::Write { value: &name, ttl: Some(n) })),
                }
                // each with a timestamp of its own, so that no two deletions go in one
                pending.stamp(n.into(), n.into());
            }
            let (row, mut batch) = (&pending.rows()[0], Batch::default());
            batch.row(&row.key);
            put_row(row, pending.stamps(), |_| "Family", &mut batch);
            prop_assert!(batch.size() <= at_most(row, |_| "Family"));
        }
    }
}
