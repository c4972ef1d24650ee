//! The ordered store beneath the rows: what is asked of it, and the files that name the engine.
//!
//! `engine` is the store, of a `directory` that one process holds; `sync` says when its writes reach the disk, `filter`
//! what its compaction leaves out. The rest is about damage: `marks` are written into the store, and a `witness` beside
//! it says how far they were on the disk; a start looks at the `journal`s and the `files` of a store from outside, and
//! refuses it where it holds less than `expected`.

mod directory;
mod engine;
mod expected;
mod files;
mod filter;
mod journal;
mod marks;
mod sync;
mod witness;

use std::ops::{Bound, Deref};
use std::path::PathBuf;

pub(crate) use engine::Engine;
pub use sync::Durability;

/// The store that the server runs on.
pub(crate) type Database = Engine;

/// Named, ordered maps of bytes, changed by atomic batches and read in snapshots.
pub(crate) trait Store: Send + Sync {
    /// A handle on one map.
    type Partition: Clone + Send + Sync;
    type Snapshot: Snapshot<Partition = Self::Partition>;
    type Batch: Batch<Partition = Self::Partition>;

    /// The state of all partitions at this moment.
    fn snapshot(&self) -> Self::Snapshot;

    /// Begins a batch.
    fn batch(&self) -> Self::Batch;

    /// Applies a batch, whole or not at all.
    fn commit(&self, batch: Self::Batch) -> Result<(), StoreError>;

    /// Returns when what was committed is as durable as the store was opened for.
    fn settle(&self) -> Result<(), StoreError>;

    /// Opens a partition, which is created when it is missing.
    fn create_partition(&self, name: &str) -> Result<Self::Partition, StoreError>;

    /// Removes partitions and what they hold, once the batches before it are on the disk.
    fn drop_partitions(&self, partitions: Vec<Self::Partition>) -> Result<(), StoreError>;

    /// Removes what a partition holds.
    fn clear(&self, partition: &Self::Partition) -> Result<(), StoreError>;

    /// Rewrites a partition, and leaves out what the [`Purge`] does not keep.
    fn compact(&self, partition: &Self::Partition) -> Result<(), StoreError>;

    /// Has marks kept in a partition, under the key `mark`; without one, damage is not noticed.
    fn keep_marks(&self, partition: &Self::Partition) -> Result<(), StoreError>;

    /// Returns when what was committed is on the disk; a start that does not find it there refuses the store.
    fn mark(&self) -> Result<(), StoreError>;

    /// The names of the partitions that exist.
    fn partitions(&self) -> Vec<String>;
}

/// Decides what compaction leaves of an entry. It runs beside readers and writers, and may be shown versions
/// that have been overwritten since.
pub(crate) trait Purge: Send + Sync {
    fn purge(&self, partition: &str, key: &[u8], value: &[u8]) -> Purged;
}

/// What is left of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purged {
    Keep,
    Replace(Vec<u8>),
    Remove,
}

/// A state that later batches do not change.
pub(crate) trait Snapshot {
    type Partition;
    type Value: Deref<Target = [u8]>;
    type Range: DoubleEndedIterator<Item = Result<(Self::Value, Self::Value), StoreError>>;

    fn get(&self, partition: &Self::Partition, key: &[u8]) -> Result<Option<Self::Value>, StoreError>;

    /// The entries between two bounds, in the order of their keys' bytes.
    fn range(&self, partition: &Self::Partition, bounds: (Bound<&[u8]>, Bound<&[u8]>)) -> Self::Range;
}

/// Changes that are applied together. Keys are at most [`LONGEST_KEY`] bytes.
pub(crate) trait Batch {
    type Partition;

    fn put(&mut self, partition: &Self::Partition, key: &[u8], value: &[u8]);

    fn remove(&mut self, partition: &Self::Partition, key: &[u8]);

    fn is_empty(&self) -> bool;
}

/// The longest key that the store takes.
pub(crate) const LONGEST_KEY: usize = 65_535;

/// What can go wrong below the rows.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("{path} is in use by another server")]
    InUse { path: PathBuf },
    #[error("{path}: {what}")]
    Directory { path: PathBuf, what: String },
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: std::io::Error },
    #[error("the store failed: {0}")]
    Engine(Box<dyn std::error::Error + Send + Sync>),
    #[error(
        "the store takes no more writes since one of them failed ({0}); what is stored can be read, and writes go \
         on when the server is started again and there is room"
    )]
    Halted(Box<dyn std::error::Error + Send + Sync>),
    #[error("another row key has the same cut prefix and hash")]
    Collision,
    #[error("damaged data: {0}")]
    Damaged(&'static str),
}

/// Stored bytes that are not what was written. Says what is wrong; whoever knows the place adds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Damage(pub(crate) &'static str);

impl From<Damage> for StoreError {
    fn from(Damage(what): Damage) -> StoreError {
        StoreError::Damaged(what)
    }
}
