//! The store on fjall. Only this file, `filter`, `marks` and `expected` name it; `journal` and `files` read what it has
//! written.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Write};
use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use fjall::{
    AbstractTree, Iter, Keyspace, KeyspaceCreateOptions, OwnedWriteBatch, PersistMode, Readable, Slice,
};

use super::directory::Directory;
use super::expected::{Expected, VERSION};
use super::files;
use super::filter;
use super::marks::Marks;
use super::sync::{Durability, Syncer};
use super::{Batch, LONGEST_KEY, Purge, Snapshot, Store, StoreError};
use crate::partitioner::Partitioner;

/// The bytes at which what was written to a partition goes from memory to a file. The fourth such file makes fjall
/// merge them with what they overwrite, and only then is left out what is dead. With fjall's 64 MiB, a partition of
/// short TTLs grew to 250 MB of dead rows, which ranges had to pass over; the server took three times the memory; and
/// a start, which reads the journal back, took five times as long. With 8 MiB, the merging took a seventh of the inserts
/// of eight connections; with less, writes that go on at full speed wait for it.
const MEMTABLE: u64 = 32 << 20;

/// The bytes of full journals at which partitions that rarely write are made to give up theirs. A journal, of 64 MiB,
/// stays for as long as one write in it is in memory only.
const JOURNALS: u64 = 128 << 20;

/// The bytes of blocks of files that are kept in memory once they have been read. As memtables are small, most reads come
/// from files: of fjall's 32 MiB, 100,000 rows of ten columns were read at 0.6 to 0.7 of a bare echo, of these at 0.9.
const CACHE: u64 = 128 << 20;

/// More than there can be changes of partitions that no later batch stands behind.
const UNKNOWN: u64 = 1 << 20;

/// How long a compaction waits for the writes before it.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(60);

/// The store of one data directory. Dropped after its syncer and its database: the directory's lock goes last.
pub(crate) struct Engine {
    syncer: Syncer,
    marks: Arc<Marks>,
    failure: Arc<Failure>,
    database: fjall::Database,
    directory: Directory,
}

impl Engine {
    /// Opens the store of a data directory, which is created when it is missing.
    pub(crate) fn open(
        path: &Path,
        durability: Durability,
        partitioner: Option<Partitioner>,
        purge: Arc<dyn Purge>,
    ) -> Result<Engine, StoreError> {
        let directory = Directory::open(path, partitioner)?;
        let store = directory.store();
        let expected = if directory.is_new() { None } else { Some(Expected::look(path, &store)?) };
        // fjall answers most damage with an error, and some with a panic
        let factories = filter::factories(purge);
        let builder = fjall::Database::builder(&store)
            .max_journaling_size(JOURNALS)
            .cache_size(CACHE)
            .with_compaction_filter_factories(factories);
        let opened = catch_unwind(AssertUnwindSafe(|| builder.open()));
        let held = opened_or_refused(opened, path, &store).and_then(|database| match &expected {
            Some(expected) => expected.hold(&database).map(|()| database),
            None => Ok(database),
        });
        let database = match (held, expected) {
            (Ok(database), _) => database,
            (Err(refused), None) => return Err(refused),
            (Err(refused), Some(expected)) => {
                expected.restore();
                return Err(refused);
            }
        };
        // fjall counts on from the last batch that it finds. The names of partitions that were made or dropped behind it
        // have greater numbers, and would win over the name of one that is made later in a directory of the same number.
        // The first mark of a start stands behind these numbers, so they are not given twice.
        database.supervisor.seqno.fetch_max(database.seqno() + UNKNOWN);
        let failure = Arc::new(Failure { path: path.to_owned(), first: OnceLock::new() });
        let marks = Arc::new(Marks::new(path.to_owned(), database.clone()));
        let persist = {
            let (database, failure) = (database.clone(), Arc::clone(&failure));
            Arc::new(move || database.persist(PersistMode::SyncData).map_err(|error| failure.of_write(error)))
        };
        let mark = {
            let (marks, failure) = (Arc::clone(&marks), Arc::clone(&failure));
            Arc::new(move || marks.mark(&failure))
        };
        let syncer = Syncer::start(durability, persist, mark)?;
        Ok(Engine { syncer, marks, failure, database, directory })
    }

    /// The writes so far, and how many of them are on the disk.
    #[cfg(test)]
    pub(crate) fn progress(&self) -> (u64, u64) {
        self.syncer.progress()
    }

    /// The partitioner of the directory.
    pub(crate) fn partitioner(&self) -> Partitioner {
        self.directory.partitioner()
    }

    /// Whether the directory is being filled for the first time.
    pub(crate) fn is_new(&self) -> bool {
        self.directory.is_new()
    }

    /// Records that the store holds what each start needs: from now on, it is not taken for a new one.
    pub(crate) fn created(&self) -> Result<(), StoreError> {
        self.directory.created()
    }
}

/// What fjall has opened, or why it has not, with the name of the file if one is damaged.
fn opened_or_refused(
    opened: thread::Result<fjall::Result<fjall::Database>>,
    path: &Path,
    store: &Path,
) -> Result<fjall::Database, StoreError> {
    let what = match opened {
        Ok(Ok(database)) => return Ok(database),
        Ok(Err(fjall::Error::Locked)) => return Err(StoreError::InUse { path: path.to_owned() }),
        Ok(Err(fjall::Error::InvalidVersion(_))) => {
            let what = "the store is damaged, or of another version than this program reads".to_owned();
            return Err(StoreError::Directory { path: store.join(VERSION), what });
        }
        Ok(Err(error)) => format!("cannot open the store: {error}"),
        Err(panic) => {
            let what = panic.downcast_ref::<String>().map(String::as_str);
            let what = what.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("unknown damage");
            format!("the store is damaged: {what}")
        }
    };
    Err(files::find_damage(store).unwrap_or_else(|| StoreError::Directory { path: store.to_owned(), what }))
}

impl Store for Engine {
    type Partition = Keyspace;
    type Snapshot = fjall::Snapshot;
    type Batch = Changes;

    fn snapshot(&self) -> fjall::Snapshot {
        self.database.snapshot()
    }

    fn batch(&self) -> Changes {
        Changes { database: self.database.clone(), first: None, all: None }
    }

    // fjall's default hands what is written to the system before it returns
    fn commit(&self, batch: Changes) -> Result<(), StoreError> {
        match batch {
            Changes { all: Some(all), .. } => all.commit(),
            Changes { first: Some(Change { partition, key, value: Some(value) }), .. } => {
                partition.insert(key, value)
            }
            Changes { first: Some(Change { partition, key, value: None }), .. } => partition.remove(key),
            Changes { first: None, all: None, .. } => Ok(()),
        }
        .map_err(|error| self.failure.of_write(error))
    }

    fn settle(&self) -> Result<(), StoreError> {
        self.syncer.written()
    }

    fn create_partition(&self, name: &str) -> Result<Keyspace, StoreError> {
        let partition = self.database.keyspace(name, partition_options).map_err(engine)?;
        self.marks.created(&partition);
        Ok(partition)
    }

    fn drop_partitions(&self, partitions: Vec<Keyspace>) -> Result<(), StoreError> {
        if partitions.is_empty() {
            return Ok(());
        }
        self.marks.dropping(&partitions, &self.failure)?;
        partitions
            .into_iter()
            .try_for_each(|partition| self.database.delete_keyspace(partition).map_err(engine))
    }

    fn keep_marks(&self, partition: &Keyspace) -> Result<(), StoreError> {
        self.marks.keep_in(partition)
    }

    fn mark(&self) -> Result<(), StoreError> {
        self.marks.mark(&self.failure)
    }

    fn clear(&self, partition: &Keyspace) -> Result<(), StoreError> {
        let cleared = partition.tree.current_version();
        partition.clear().map_err(|error| self.failure.of_write(error))?;
        // fjall only forgets the files, and would remove them with the next start; marked so, each goes with the
        // last snapshot that sees it
        cleared.iter_tables().for_each(|table| table.is_deleted.store(true, Ordering::Release));
        Ok(())
    }

    fn compact(&self, partition: &Keyspace) -> Result<(), StoreError> {
        let by = Instant::now() + FLUSH_TIMEOUT;
        partition.rotate_memtable().map_err(|error| self.failure.of_write(error))?;
        while partition.sealed_memtable_count() > 0 {
            if Instant::now() > by {
                return Err(StoreError::Engine(
                    "the writes of a partition are not on the disk in time".into(),
                ));
            }
            thread::sleep(Duration::from_millis(1));
        }
        partition.major_compact().map_err(engine)
    }

    fn partitions(&self) -> Vec<String> {
        self.database.list_keyspace_names().iter().map(|name| name.to_string()).collect()
    }
}

impl Snapshot for fjall::Snapshot {
    type Partition = Keyspace;
    type Value = Slice;
    type Range = Entries;

    fn get(&self, partition: &Keyspace, key: &[u8]) -> Result<Option<Slice>, StoreError> {
        Readable::get(self, partition, key).map_err(engine)
    }

    fn range(&self, partition: &Keyspace, bounds: (Bound<&[u8]>, Bound<&[u8]>)) -> Entries {
        Entries(Readable::range::<&[u8], _>(self, partition, bounds))
    }
}

/// The entries of a range.
pub(crate) struct Entries(Iter);

impl Iterator for Entries {
    type Item = Result<(Slice, Slice), StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|entry| entry.into_inner().map_err(engine))
    }
}

impl DoubleEndedIterator for Entries {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(|entry| entry.into_inner().map_err(engine))
    }
}

/// A batch on its way. Most hold one change, for which fjall has a shorter way than a batch.
pub(crate) struct Changes {
    database: fjall::Database,
    /// The only one so far.
    first: Option<Change>,
    /// All of them, once there are more.
    all: Option<OwnedWriteBatch>,
}

struct Change {
    partition: Keyspace,
    key: Slice,
    /// `None` where the key is removed.
    value: Option<Slice>,
}

impl Changes {
    fn push(&mut self, change: Change) {
        if let Some(all) = &mut self.all {
            return change.add_to(all);
        }
        let Some(first) = self.first.take() else {
            self.first = Some(change);
            return;
        };
        let mut all = self.database.batch();
        first.add_to(&mut all);
        change.add_to(&mut all);
        self.all = Some(all);
    }
}

impl Change {
    fn add_to(self, batch: &mut OwnedWriteBatch) {
        match self.value {
            Some(value) => batch.insert(&self.partition, self.key, value),
            None => batch.remove(&self.partition, self.key),
        }
    }
}

impl Batch for Changes {
    type Partition = Keyspace;

    fn put(&mut self, partition: &Keyspace, key: &[u8], value: &[u8]) {
        debug_assert!(key.len() <= LONGEST_KEY);
        self.push(Change { partition: partition.clone(), key: key.into(), value: Some(value.into()) });
    }

    fn remove(&mut self, partition: &Keyspace, key: &[u8]) {
        self.push(Change { partition: partition.clone(), key: key.into(), value: None });
    }

    fn is_empty(&self) -> bool {
        self.first.is_none() && self.all.is_none()
    }
}

/// Why the store takes no more writes: after a write that failed, fjall refuses all that follow.
pub(super) struct Failure {
    /// Where the store writes.
    path: PathBuf,
    first: OnceLock<String>,
}

impl Failure {
    pub(super) fn of_write(&self, error: fjall::Error) -> StoreError {
        match error {
            fjall::Error::Poisoned => {
                StoreError::Halted(self.first.get_or_init(|| self.ask()).as_str().into())
            }
            fjall::Error::Io(source) => {
                // the first one counts, as those that follow come from it
                self.first.get_or_init(|| source.to_string());
                StoreError::Engine(Box::new(source))
            }
            error => {
                self.first.get_or_init(|| cause(&error));
                engine(error)
            }
        }
    }

    /// Where a thread of fjall's own failed, it told only its log. The disk says again what is wrong with it.
    fn ask(&self) -> String {
        let path = self.path.join("cassa.probe");
        let write = || -> io::Result<()> {
            let mut file = File::create(&path)?;
            let piece = [0; 64 << 10];
            // what that thread writes at a time
            for _ in 0..MEMTABLE / piece.len() as u64 {
                file.write_all(&piece)?;
            }
            file.sync_all()
        };
        let outcome = write();
        // nobody reads it: where it cannot be removed, it is written over
        let _ = fs::remove_file(&path);
        outcome.map_or_else(|error| error.to_string(), |()| "the cause is in the log".to_owned())
    }
}

/// What the system said, where the error comes from it.
fn cause(error: &fjall::Error) -> String {
    let mut source: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = source {
        if let Some(io) = error.downcast_ref::<io::Error>() {
            return io.to_string();
        }
        source = error.source();
    }
    error.to_string()
}

pub(super) fn engine(error: fjall::Error) -> StoreError {
    match error {
        // fjall reads a table when it is asked for what stands in it
        fjall::Error::Storage(source) if !matches!(source, fjall::LsmError::Io(_)) => {
            tracing::error!(%source, "a table of the store is damaged");
            StoreError::Damaged("a table of the store is not what was written")
        }
        error => StoreError::Engine(Box::new(error)),
    }
}

/// What a new partition is created with; fjall keeps it with the partition.
fn partition_options() -> KeyspaceCreateOptions {
    KeyspaceCreateOptions::default().max_memtable_size(MEMTABLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_halted_says_what_the_system_said_first() {
        let directory = tempfile::tempdir().expect("a directory");
        let failure = |path: PathBuf| Failure { path, first: OnceLock::new() };
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        let halted = |failure: &Failure| failure.of_write(fjall::Error::Poisoned).to_string();

        // a write that fails for its caller
        let known = failure(directory.path().to_owned());
        assert!(known.of_write(fjall::Error::Io(full())).to_string().contains(&full().to_string()));
        let later = fjall::Error::Io(io::ErrorKind::NotFound.into());
        known.of_write(later);
        assert!(halted(&known).contains(&full().to_string()), "{}", halted(&known));

        // a write of fjall's own: the disk is asked, once
        let missing = directory.path().join("missing");
        let asked = failure(missing.clone());
        let said = File::create(missing.join("file")).expect_err("no directory").to_string();
        assert!(halted(&asked).contains(&said), "{}", halted(&asked));
        fs::create_dir(&missing).expect("a directory");
        assert!(halted(&asked).contains(&said), "{}", halted(&asked));
        let well = failure(missing.clone());
        assert!(halted(&well).contains("the cause is in the log"), "{}", halted(&well));
        assert_eq!(fs::read_dir(&missing).expect("a directory").count(), 0);
    }
}
