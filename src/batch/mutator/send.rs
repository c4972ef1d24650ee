//! What waits goes out, message by message; what is not acknowledged is kept.

use std::collections::VecDeque;

use super::Mutator;
use crate::batch::chunk::Chunk;
use crate::batch::queue::Row;
use crate::column_family::ColumnFamily;
use crate::error::{Error, Place, Result};
use crate::pool::Call;
use crate::wire::{ApplicationErrorKind, methods};

impl Mutator {
    /// Sends what waits: first everything else, then counters, in messages of their own.
    ///
    /// # Errors
    /// The first one of a message. What was acknowledged before it is done; what was not is kept, and the next call
    /// sends it, with the timestamps that it has. Only additions to counters that may have taken effect are not sent
    /// again, see [`doubtful`](Self::doubtful). [`Error::TooLarge`] where an [`atomic`](Self::atomic) batch is larger than
    /// a frame, [`Error::Unsupported`] where the server does not know such; [`Error::SchemaChanged`]; those of
    /// [`ConnectionPool::execute`](crate::ConnectionPool::execute).
    pub fn send(&self) -> Result<()> {
        let (plain, counters) = {
            let mut state = self.state.lock();
            (std::mem::take(&mut state.plain), std::mem::take(&mut state.counters))
        };
        let (mut plain, mut counters) = (plain.into_inner(), counters.into_inner());
        let sent = self.send_plain(&mut plain).and_then(|()| self.send_counters(&mut counters));
        if sent.is_err() {
            let mut state = self.state.lock();
            state.plain.prepend(plain);
            state.counters.prepend(counters);
        }
        sent
    }

    fn send_plain(&self, rows: &mut VecDeque<Row>) -> Result<()> {
        if self.options.atomic {
            let Some(chunk) = Chunk::of_all(rows) else { return Ok(()) };
            let (length, limit) = (chunk.batch.message_size(true), self.pool.max_frame());
            if length > limit {
                let at = Place::keyspace(self.pool.keyspace());
                return Err(Error::TooLarge { at: Box::new(at), length, limit });
            }
            self.send_chunk(&chunk, rows, Call::idempotent())?;
            rows.clear();
            return Ok(());
        }
        while let Some(chunk) = Chunk::of(rows, self.limit()) {
            self.send_chunk(&chunk, rows, Call::idempotent())?;
            chunk.acknowledged(rows);
        }
        Ok(())
    }

    fn send_counters(&self, rows: &mut VecDeque<Row>) -> Result<()> {
        let retry = self.options.retry_counters;
        while let Some(chunk) = Chunk::of(rows, self.limit()) {
            let sent = self.send_chunk(&chunk, rows, if retry { Call::idempotent() } else { Call::once() });
            if let Err(e) = sent {
                if !retry && e.may_have_written_some(chunk.batch.rows()) {
                    let doubtful = chunk.set_aside(rows);
                    self.state.lock().doubtful.append(doubtful);
                }
                return Err(e);
            }
            chunk.acknowledged(rows);
        }
        Ok(())
    }

    fn send_chunk(&self, chunk: &Chunk, rows: &VecDeque<Row>, call: Call<'_>) -> Result<()> {
        let (atomic, level, batch) = (self.options.atomic, self.options.consistency_level, &chunk.batch);
        let key = chunk.only_row(rows);
        let call = key.map_or(call, |key| call.routing_key(key));
        let sent = self.pool.execute_with(call, |connection| {
            let encode = |sequence, out: &mut Vec<u8>| batch.encode(atomic, level, sequence, out);
            if atomic {
                connection.call_in_place::<methods::AtomicBatchMutate>(encode)
            } else {
                connection.call_in_place::<methods::BatchMutate>(encode)
            }
        });
        sent.map_err(|e| self.explain(e, chunk, rows))
    }

    /// Says where an error was, and what it means.
    #[cold]
    fn explain(&self, e: Error, chunk: &Chunk, rows: &VecDeque<Row>) -> Error {
        if let Error::Application { at, kind: ApplicationErrorKind::UnknownMethod, .. } = e {
            return Error::Unsupported { at, what: "an atomic batch (Cassandra has it since 1.2)".into() };
        }
        let mut families: Vec<ColumnFamily> = {
            let state = self.state.lock();
            chunk.families(rows).filter_map(|name| state.families.get(name)).cloned().collect()
        };
        families.sort_by(|a, b| a.name().cmp(b.name()));
        families.dedup_by(|a, b| a.name() == b.name());
        let mut e = e;
        for family in &families {
            e = family.explain(e);
        }
        match (&families[..], chunk.only_row(rows)) {
            ([only], Some(key)) => e.at(only.key_place(key)),
            ([only], None) => e.at(only.place()),
            _ => e.at(Place::keyspace(self.pool.keyspace())),
        }
    }

    /// No message is larger.
    pub(super) fn limit(&self) -> usize {
        self.options.byte_limit.min(self.pool.max_frame())
    }
}
