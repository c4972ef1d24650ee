//! What became of a load: how far it is acknowledged, and what lies beyond.

use std::fmt;

use super::{ChunkReport, Place};

/// What became of a load by a [`Loader`](crate::Loader).
///
/// [`Loader::finish`](crate::Loader::finish) gives it where everything is acknowledged, and [`Error::Load`](crate::Error)
/// holds it where not. It takes no more memory for a larger load: chunks that are acknowledged are only counted.
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
/// let mut loader = pool.loader();
/// for n in 0..100 {
///     loader.column_family(&cf)?.insert(format!("row {n}"), [("column1", "val1")])?;
/// }
/// let report = loader.finish()?;
/// assert_eq!((report.objects, report.acknowledged), (100, 100));
/// assert!(report.failures.is_empty());
/// assert_eq!(report.to_string(), "100 of 100 objects acknowledged");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct LoadReport {
    /// How many objects the loader was given.
    pub objects: u64,
    /// How many of them, from the first on, are all acknowledged. A later load of the same source may skip them.
    pub acknowledged: u64,
    /// The chunks that are acknowledged.
    pub chunks: u64,
    /// Their messages, in bytes.
    pub bytes: u64,
    /// How often counters were added to, as far as that is acknowledged; what objects that go out together add to one counter
    /// counts once. To run the load again adds all of it again, where it writes columns over with themselves.
    pub counters: u64,
    /// The chunks that are not, with their rows and why; those of later objects, that were not sent, among them.
    pub failures: Vec<ChunkReport>,
    /// Counters of objects after [`acknowledged`](LoadReport::acknowledged) that were added to all the same: where, and by
    /// how much. A load that goes on from there adds them again.
    pub added: Vec<(Place, i64)>,
    /// Counters that were sent and may or may not have been added to: where, and by how much.
    pub unknown: Vec<(Place, i64)>,
}

impl fmt::Display for LoadReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} objects acknowledged", self.acknowledged, self.objects)?;
        match self.counters {
            0 => {}
            1 => f.write_str("; 1 addition to a counter, which a second run makes again")?,
            many => write!(f, "; {many} additions to counters, which a second run makes again")?,
        }
        let causes = self.failures.iter().filter(|chunk| chunk.outcome.error().is_some());
        let caused = causes.clone().count();
        causes.take(3).try_for_each(|chunk| write!(f, "; {chunk}"))?;
        if caused > 3 {
            write!(f, "; {} more failed", caused - 3)?;
        }
        match self.failures.len() - caused {
            0 => {}
            unsent => write!(f, "; {unsent} chunks not sent")?,
        }
        match self.unknown.len() {
            0 => {}
            1 => f.write_str("; 1 counter of unknown outcome")?,
            many => write!(f, "; {many} counters of unknown outcome")?,
        }
        match self.added.len() {
            0 => Ok(()),
            1 => f.write_str("; 1 counter was added to ahead of them"),
            many => write!(f, "; {many} counters were added to ahead of them"),
        }
    }
}
