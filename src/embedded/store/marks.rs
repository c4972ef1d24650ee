//! Marks as they are written into the store.

use std::path::PathBuf;

use fjall::{Keyspace, PersistMode};
use parking_lot::Mutex;

use super::StoreError;
use super::engine::{Failure, engine};
use super::witness::{MARK, Witness, read_mark, write_mark};

/// Writes marks into a store, and the witness beside it.
pub(super) struct Marks {
    directory: PathBuf,
    database: fjall::Database,
    state: Mutex<State>,
}

struct State {
    witness: Witness,
    /// Where marks are kept; none are written before it is known.
    records: Option<Keyspace>,
    /// How many journals there were at the last mark.
    journals: usize,
}

impl Marks {
    pub(super) fn new(directory: PathBuf, database: fjall::Database) -> Marks {
        let state = State { witness: Witness::default(), records: None, journals: database.journal_count() };
        Marks { directory, database, state: Mutex::new(state) }
    }

    /// Keeps marks in this partition from now on.
    pub(super) fn keep_in(&self, records: &Keyspace) -> Result<(), StoreError> {
        let mark = last_mark(records)?.unwrap_or_default();
        let mut state = self.state.lock();
        state.witness.mark = mark;
        state.witness.records = number(records);
        state.records = Some(records.clone());
        Ok(())
    }

    pub(super) fn created(&self, partition: &Keyspace) {
        self.state.lock().witness.partitions.insert(number(partition));
    }

    /// Forgets partitions that are about to go, once what makes them go is on the disk.
    pub(super) fn dropping(&self, partitions: &[Keyspace], failure: &Failure) -> Result<(), StoreError> {
        {
            let gone = &mut self.state.lock().witness.partitions;
            partitions.iter().for_each(|partition| {
                gone.remove(&number(partition));
            });
        }
        self.mark(failure)
    }

    /// Brings all that was written to the disk, and has it written beside the store that it is there.
    pub(super) fn mark(&self, failure: &Failure) -> Result<(), StoreError> {
        let mut state = self.state.lock();
        if let Some(records) = &state.records {
            let mut batch = self.database.batch();
            batch.insert(records, MARK, write_mark(state.witness.mark + 1));
            batch.commit().map_err(|error| failure.of_write(error))?;
        }
        self.database.persist(PersistMode::SyncData).map_err(|error| failure.of_write(error))?;
        let Some(records) = state.records.clone() else {
            return Ok(());
        };
        state.witness.mark += 1;
        state.witness.write(&self.directory)?;
        // a journal goes once all that stands in it is in tables, and there is a mark in each
        let journals = self.database.journal_count();
        if journals > state.journals {
            records.rotate_memtable().map_err(|error| failure.of_write(error))?;
        }
        state.journals = journals;
        Ok(())
    }
}

/// The number of a partition, which is the name of its directory.
pub(super) fn number(partition: &Keyspace) -> u64 {
    let name = partition.path().file_name().and_then(|name| name.to_str());
    name.and_then(|name| name.parse().ok()).unwrap_or_default()
}

/// The mark that a partition holds.
pub(super) fn last_mark(records: &Keyspace) -> Result<Option<u64>, StoreError> {
    Ok(records.get(MARK).map_err(engine)?.and_then(|value| read_mark(&value)))
}
