//! What a store that was created before must hold: looked at before the engine opens it, which may leave it with less,
//! and held against what the engine has opened.

use std::fs::{self, OpenOptions};
use std::iter;
use std::path::{Path, PathBuf};

use fjall::AbstractTree;

use super::StoreError;
use super::engine::engine;
use super::files;
use super::journal::Journals;
use super::marks::{last_mark, number};
use super::witness::Witness;

/// The version of the engine's layout; without this file it takes a store for a new one.
pub(super) const VERSION: &str = "version";

/// The engine's lock, which holds nothing, and is not needed beneath the one of the directory.
const LOCK: &str = "lock";

/// What a store must hold.
pub(super) struct Expected {
    directory: PathBuf,
    journals: Journals,
    /// `None` where it was removed: the store is served as it is.
    witness: Option<Witness>,
}

impl Expected {
    /// Looks at the files of a store, and refuses those that the engine would serve with less than they held.
    pub(super) fn look(directory: &Path, store: &Path) -> Result<Expected, StoreError> {
        let needed = store.join(VERSION);
        if !fs::metadata(&needed).is_ok_and(|file| file.is_file()) {
            return Err(files::missing(needed));
        }
        let witness = Witness::read(directory)?;
        let partitions = witness.iter().flat_map(|witness| witness.partitions.iter().copied());
        iter::once(files::NAMES).chain(partitions).try_for_each(|number| files::check(store, number))?;
        let journals = Journals::read(store, witness.as_ref().map(|witness| witness.records))?;
        let lock = store.join(LOCK);
        if let Err(source) = OpenOptions::new().create(true).append(true).open(&lock) {
            return Err(StoreError::Io { path: lock, source });
        }
        let expected = Expected { directory: directory.to_owned(), journals, witness };
        match &expected.witness {
            // no mark at all is all right where the journals have just begun
            Some(witness) if expected.journals.mark.is_some_and(|mark| mark < witness.mark) => {
                return Err(expected.lost());
            }
            Some(_) => {}
            None => tracing::warn!(
                path = %Witness::path(directory).display(),
                "the file is missing: the store is served as it is, whether or not it has lost writes"
            ),
        }
        Ok(expected)
    }

    /// Refuses a store that has lost its last mark, or whose tables hold what its journals do not: batches may have
    /// been halved.
    pub(super) fn hold(&self, database: &fjall::Database) -> Result<(), StoreError> {
        let Some(witness) = &self.witness else {
            return Ok(());
        };
        let mut mark = None;
        let mut in_tables = None;
        for name in database.list_keyspace_names() {
            let partition = database.keyspace(&name, Default::default).map_err(engine)?;
            in_tables = in_tables.max(partition.tree.get_highest_persisted_seqno());
            if number(&partition) == witness.records {
                mark = last_mark(&partition)?;
            }
        }
        // where the journals have just begun, all is in tables
        let is_behind = self.journals.last.is_some() && self.journals.last < in_tables;
        if is_behind || mark.is_none_or(|mark| mark < witness.mark) {
            return Err(self.lost());
        }
        let torn = self.journals.end.torn();
        if torn > 0 {
            tracing::warn!(
                path = %self.journals.active.display(),
                bytes = torn,
                "the journal ends with a write that was cut short, which is left out"
            );
        }
        Ok(())
    }

    /// Puts back what the engine has changed of a store that is refused.
    pub(super) fn restore(&self) {
        if let Err(error) = self.journals.restore() {
            tracing::warn!(path = %self.journals.active.display(), %error, "cannot put back the end of the journal");
        }
    }

    fn lost(&self) -> StoreError {
        let what = format!(
            "the store is damaged: the journal has lost writes that were on the disk; without {}, the store is served \
             as it is",
            Witness::path(&self.directory).display()
        );
        StoreError::Directory { path: self.journals.active.clone(), what }
    }
}
