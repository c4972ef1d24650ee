//! What became of a unit of work: chunk by chunk, the truth as far as it is known.

use std::fmt;

use super::detail::Chain;
use super::{Error, Place};

/// What became of the chunks of a commit.
///
/// A chunk is what goes out in one call. [`UnitOfWork::commit`](crate::UnitOfWork::commit) gives this report where all
/// are acknowledged, and [`Error::Commit`] holds it where not.
///
/// ```
/// # use cassa::{ColumnFamily, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// # system.create_column_family("Keyspace1", "Standard1")?;
/// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
/// # let cf = ColumnFamily::open(&pool, "Standard1")?;
/// let mut work = pool.unit_of_work();
/// work.column_family(&cf)?.insert("foo", [("column1", "val1")])?;
/// let report = work.commit()?;
/// assert_eq!(report.chunks().len(), 1);
/// assert!(report.is_acknowledged());
/// assert_eq!(report.to_string(), "1 of 1 chunk acknowledged");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
pub struct CommitReport {
    chunks: Vec<ChunkReport>,
}

/// What became of one chunk.
///
/// ```
/// # use cassa::{ChunkKind, ColumnFamily, ConnectionPool, EmbeddedServer, Error, Fault, SimpleStrategy, SystemManager};
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// # system.create_column_family("Keyspace1", "Standard1")?;
/// # let pool = ConnectionPool::builder("Keyspace1").servers(server.addresses()).max_retries(0).build()?;
/// # let cf = ColumnFamily::open(&pool, "Standard1")?;
/// let mut work = pool.unit_of_work();
/// work.column_family(&cf)?.insert("foo", [("column1", "val1")])?;
/// work.column_family(&cf)?.insert("bar", [("column1", "val1")])?;
/// server.faults().add(Fault::time_out().method("batch_mutate").times(1));
/// let Err(Error::Commit(report)) = work.commit() else { panic!("it timed out") };
/// let chunk = &report.chunks()[0];
/// assert_eq!((chunk.kind, chunk.rows), (ChunkKind::Columns, 2));
/// let mut keys: Vec<_> = chunk.places.iter().filter_map(|place| place.row_key.as_deref()).collect();
/// keys.sort();
/// assert_eq!(keys, [r#""bar""#, r#""foo""#]);
/// work.commit()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct ChunkReport {
    /// What it held.
    pub kind: ChunkKind,
    /// The number of rows.
    pub rows: usize,
    /// The length of the message in bytes.
    pub bytes: usize,
    /// The rows, where the chunk is not acknowledged: of each the column family and the row key.
    pub places: Box<[Place]>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What a chunk holds.
///
/// ```
/// # use cassa::{ChunkKind, ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
/// # struct PageHits { #[cassa(key)] page: String, #[serde(default)] #[cassa(counter)] hits: i64 }
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// # system.create_column_family_for::<PageHits>("Keyspace1")?;
/// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
/// let mut work = pool.unit_of_work();
/// work.add::<PageHits>("home", "hits", 1)?;
/// assert_eq!(work.commit()?.chunks()[0].kind, ChunkKind::Counters);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChunkKind {
    /// Columns and deletions. They carry their timestamps, so that the same chunk may be sent again.
    Columns,
    /// One object with a version, written only if nobody else has written it since.
    Version,
    /// What is added to counters. It must not be sent twice.
    Counters,
}

/// What became of a chunk.
///
/// ```
/// # use cassa::{ColumnFamily, ConnectionPool, EmbeddedServer, Error, Fault, Outcome, SimpleStrategy, SystemManager};
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// # system.create_column_family("Keyspace1", "Standard1")?;
/// # let pool = ConnectionPool::builder("Keyspace1").servers(server.addresses()).max_retries(0).build()?;
/// # let cf = ColumnFamily::open(&pool, "Standard1")?;
/// let mut work = pool.unit_of_work();
/// work.column_family(&cf)?.insert("foo", [("column1", "val1")])?;
/// let unavailable = Fault::unavailable().method("batch_mutate").times(1);
/// let too_late = Fault::time_out().method("batch_mutate").times(1);
/// for fault in [unavailable, too_late] {
///     server.faults().add(fault);
///     let Err(Error::Commit(report)) = work.commit() else { panic!("it failed") };
///     match &report.chunks()[0].outcome {
///         Outcome::NotSent(Some(Error::Unavailable { .. })) => {} // nothing is stored
///         Outcome::Unknown(Error::TimedOut { .. }) => {}          // all of it may be, or nothing
///         other => panic!("{other}"),
///     }
/// }
/// work.commit()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// As many replicas as were asked for have it.
    Applied,
    /// The replicas did not answer in time, but the coordinator has it in its batch log and will see to it:
    /// `acknowledged_by_batchlog`. It counts as acknowledged.
    InBatchlog(Error),
    /// A server refused it, and no other will take it. Nothing of it is stored.
    Rejected(Error),
    /// It was not sent, or no server took it; nothing of it is stored. With the cause where it is this chunk's own, and
    /// without one where an earlier chunk ended the commit.
    NotSent(Option<Error>),
    /// It was sent, and no answer tells whether it took effect: in whole, in part, or on some replicas. A chunk of several
    /// rows is also this where too few replicas were up, as servers check row by row.
    Unknown(Error),
}

impl CommitReport {
    pub(crate) fn push(&mut self, chunk: ChunkReport) {
        self.chunks.push(chunk);
    }

    /// The chunks in the order in which they were, or would have been, sent.
    pub fn chunks(&self) -> &[ChunkReport] {
        &self.chunks
    }

    /// Whether every chunk is applied or in the batch log.
    pub fn is_acknowledged(&self) -> bool {
        self.chunks.iter().all(|chunk| chunk.outcome.is_acknowledged())
    }

    /// The chunk that ended the commit.
    pub fn failure(&self) -> Option<&ChunkReport> {
        self.chunks.iter().find(|chunk| !chunk.outcome.is_acknowledged())
    }
}

impl Outcome {
    /// Whether the chunk is applied or in the batch log.
    pub fn is_acknowledged(&self) -> bool {
        matches!(self, Outcome::Applied | Outcome::InBatchlog(_))
    }

    /// The error behind it, where there is one.
    pub fn error(&self) -> Option<&Error> {
        match self {
            Outcome::Applied | Outcome::NotSent(None) => None,
            Outcome::InBatchlog(e)
            | Outcome::Rejected(e)
            | Outcome::NotSent(Some(e))
            | Outcome::Unknown(e) => Some(e),
        }
    }

    /// What a write that failed so has become; `is_doubtful` where an earlier attempt, or a part, may have taken effect.
    pub(crate) fn of(error: Error, is_doubtful: bool) -> Outcome {
        if error.is_in_batchlog() {
            Outcome::InBatchlog(error)
        } else if is_doubtful || error.may_have_written() {
            Outcome::Unknown(error)
        } else if error.was_refused() {
            Outcome::Rejected(error)
        } else {
            Outcome::NotSent(Some(error))
        }
    }
}

impl fmt::Display for CommitReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let acknowledged = self.chunks.iter().filter(|chunk| chunk.outcome.is_acknowledged()).count();
        let plural = if self.chunks.len() == 1 { "" } else { "s" };
        write!(f, "{acknowledged} of {} chunk{plural} acknowledged", self.chunks.len())?;
        let unsent = |chunk: &&ChunkReport| matches!(chunk.outcome, Outcome::NotSent(None));
        for chunk in self.chunks.iter().filter(|chunk| !chunk.outcome.is_acknowledged()) {
            if !unsent(&chunk) {
                write!(f, "; {chunk}")?;
            }
        }
        match self.chunks.iter().filter(unsent).count() {
            0 => Ok(()),
            unsent => write!(f, "; {unsent} not sent"),
        }
    }
}

impl fmt::Display for ChunkReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            ChunkKind::Columns => "",
            ChunkKind::Version => " of an object with a version",
            ChunkKind::Counters => " of counters",
        };
        let plural = if self.rows == 1 { "" } else { "s" };
        write!(f, "a chunk{what} of {} row{plural}", self.rows)?;
        if let Some(first) = self.places.first() {
            write!(f, " ({first}{})", if self.places.len() > 1 { ", …" } else { "" })?;
        }
        write!(f, " {}", self.outcome)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Outcome::Applied => "was applied",
            Outcome::InBatchlog(_) => "is in the batch log",
            Outcome::Rejected(_) => "was rejected",
            Outcome::NotSent(_) => "was not sent",
            Outcome::Unknown(_) => "has an unknown outcome",
        };
        match self.error() {
            Some(e) => write!(f, "{words}: {}", Chain(e)),
            None => f.write_str(words),
        }
    }
}
