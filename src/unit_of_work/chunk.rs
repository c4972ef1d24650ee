//! What goes out in one call: rows, encoded, as many as the limits allow.

use super::counters::Sums;
use super::pending::{Change, Packed, Scope, Scopes, Stamp};
use crate::error::{Error, Result};
use crate::pool::{Call, ConnectionPool};
use crate::wire::hot::{Batch, Column, CounterColumn, Deletion, SlicePredicate, SliceRange};
use crate::wire::{ApplicationErrorKind, ConsistencyLevel, methods};

/// Rows in one message.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    pub(super) batch: Batch,
    pub(super) keys: Vec<Packed>,
}

/// A chunk that is not acknowledged, or by a batch log, which comes as an error.
#[derive(Debug)]
pub(super) struct Unsent {
    pub(super) error: Error,
    /// One of the attempts may have taken effect, in whole or in part, whatever the last one came to.
    pub(super) is_doubtful: bool,
}

impl Chunk {
    /// Sends it to a server.
    pub(super) fn send(
        &self,
        pool: &ConnectionPool,
        call: Call<'_>,
        level: ConsistencyLevel,
        atomic: bool,
    ) -> Result<(), Unsent> {
        let (mut is_doubtful, rows) = (false, if atomic { 1 } else { self.keys.len() });
        let call = match &self.keys[..] {
            [only] => call.routing_key(only),
            _ => call,
        };
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
    /// For one row, or for a unit that must not be split.
    pub(super) most: usize,
    pub(super) rows: usize,
    pub(super) atomic: bool,
}

/// A row, or a unit that must not be split, that passes the limit.
#[derive(Debug)]
pub(super) struct TooLarge {
    /// The row; none where the unit as a whole is too large.
    pub(super) key: Option<Packed>,
    pub(super) length: usize,
}

/// Rows cut into chunks, between rows.
pub(super) fn cut<'r, R: 'r>(
    rows: impl Iterator<Item = (&'r Packed, &'r R)>,
    limits: Limits,
    encode: impl Fn(&R, &mut Batch),
) -> Result<Vec<Chunk>, TooLarge> {
    let mut chunks: Vec<Chunk> = Vec::new();
    for (key, row) in rows {
        let put = |batch: &mut Batch| {
            batch.row(key);
            encode(row, batch);
            batch.message_size(limits.atomic)
        };
        if let Some(chunk) = chunks.last_mut().filter(|chunk| limits.atomic || chunk.keys.len() < limits.rows)
        {
            let mark = chunk.batch.mark();
            let length = put(&mut chunk.batch);
            if length <= if limits.atomic { limits.most } else { limits.bytes } {
                chunk.keys.push(key.clone());
                continue;
            }
            if limits.atomic {
                return Err(TooLarge { key: None, length });
            }
            chunk.batch.rewind(mark);
        }
        let mut chunk = Chunk::default();
        let length = put(&mut chunk.batch);
        if length > limits.most {
            return Err(TooLarge { key: Some(key.clone()), length });
        }
        chunk.keys.push(key.clone());
        chunks.push(chunk);
    }
    Ok(chunks)
}

/// Encodes what waits for one row of a column family: deletions, then what is written.
pub(super) fn put_scopes(scopes: &Scopes, batch: &mut Batch) {
    for (super_column, scope) in scopes {
        put_scope(super_column.as_deref(), scope, batch);
    }
}

fn put_scope(super_column: Option<&[u8]>, scope: &Scope, batch: &mut Batch) {
    let delete = |timestamp: Stamp, predicate: Option<SlicePredicate<'_>>, batch: &mut Batch| {
        batch.deletion(&Deletion { timestamp, super_column, predicate });
    };
    if let Some(stamp) = scope.deleted {
        delete(stamp, None, batch);
    }
    for range in &scope.ranges {
        let slice_range =
            SliceRange { start: &range.start, finish: &range.finish, reversed: false, count: i32::MAX };
        delete(
            range.stamp,
            Some(SlicePredicate { column_names: None, slice_range: Some(slice_range) }),
            batch,
        );
    }
    // most often all have one timestamp: they go in one deletion
    let mut deleted: Vec<(Stamp, Vec<&[u8]>)> = Vec::new();
    for (name, cell) in scope.cells.iter().filter(|(_, cell)| cell.change == Change::Delete) {
        match deleted.last_mut() {
            Some((stamp, names)) if *stamp == cell.stamp => names.push(name),
            _ => deleted.push((cell.stamp, vec![name])),
        }
    }
    for (stamp, names) in deleted {
        delete(stamp, Some(SlicePredicate { column_names: Some(names), slice_range: None }), batch);
    }
    let mut written = scope.cells.iter().filter_map(|(name, cell)| match &cell.change {
        Change::Write { value, ttl } => {
            Some(Column { name, value: Some(value), timestamp: cell.stamp, ttl: *ttl })
        }
        Change::Delete => None,
    });
    match super_column {
        None => written.for_each(|Column { name, value, timestamp, ttl }| {
            batch.column(name, value.unwrap_or_default(), timestamp.unwrap_or_default(), ttl);
        }),
        Some(super_column) => {
            if let Some(first) = written.next() {
                batch.super_column(super_column, std::iter::once(first).chain(written));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(lengths: &[usize]) -> Vec<(Packed, usize)> {
        let keys = (0_u8..).map(|n| Packed::from([n]));
        keys.zip(lengths.iter().copied()).collect()
    }

    fn cut_rows(rows: &[(Packed, usize)], limits: Limits) -> Result<Vec<Chunk>, TooLarge> {
        cut(rows.iter().map(|(key, length)| (key, length)), limits, |length, batch| {
            batch.family("F");
            batch.column(b"c", &vec![0; *length], 1, None);
        })
    }

    #[test]
    fn chunks_keep_to_the_limits_and_lose_no_row() {
        let rows = rows(&[10, 900, 10, 10, 500, 500, 10]);
        for (bytes, most) in [(500, 100), (1_200, 100), (2_000, 3), (4_000, 1), (100_000, 100)] {
            let limits = Limits { bytes, most: 2_000, rows: most, atomic: false };
            let chunks = cut_rows(&rows, limits).expect("each row fits");
            let keys: Vec<_> = chunks.iter().flat_map(|chunk| &chunk.keys).collect();
            assert!(keys.iter().copied().eq(rows.iter().map(|(key, _)| key)));
            for chunk in &chunks {
                assert!(
                    chunk.batch.message_size(false) <= bytes || chunk.keys.len() == 1,
                    "a row goes alone"
                );
                assert!(chunk.keys.len() <= most);
                assert_eq!(chunk.batch.rows(), chunk.keys.len());
            }
        }
    }

    #[test]
    fn what_cannot_be_cut_is_named() {
        let limits = Limits { bytes: 600, most: 600, rows: 100, atomic: false };
        let error = cut_rows(&rows(&[10, 900]), limits).expect_err("the second row is too large");
        assert_eq!(error.key.as_deref(), Some(&[1][..]));
        assert!(error.length > 900);
        let error = cut_rows(&rows(&[400, 400]), Limits { atomic: true, ..limits }).expect_err("both are");
        assert!(error.key.is_none() && error.length > 800);
    }
}
