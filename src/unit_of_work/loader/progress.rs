//! How far a load is.

use super::Loader;

pub(super) type OnProgress = Box<dyn FnMut(&LoadProgress) + Send>;

/// How far a load is.
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
/// loader.column_family(&cf)?.insert("foo", [("column1", "val1")])?;
/// assert_eq!((loader.progress().objects, loader.progress().acknowledged), (1, 0));
/// loader.flush()?;
/// assert_eq!((loader.progress().chunks, loader.progress().acknowledged), (1, 1));
/// loader.finish()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadProgress {
    /// How many objects the loader was given.
    pub objects: u64,
    /// How many of them, from the first on, are all acknowledged.
    pub acknowledged: u64,
    /// The chunks that are acknowledged.
    pub chunks: u64,
    /// Their messages, in bytes.
    pub bytes: u64,
}

impl Loader {
    /// Has `callback` called, in the thread that loads, when more is acknowledged than at the last call.
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
    /// let (sender, receiver) = std::sync::mpsc::channel();
    /// let mut loader = pool.loader().row_limit(10).on_progress(move |progress| {
    ///     sender.send(progress.acknowledged).expect("somebody listens");
    /// });
    /// for n in 0..100 {
    ///     loader.column_family(&cf)?.insert(format!("row {n}"), [("column1", "val1")])?;
    /// }
    /// loader.finish()?;
    /// assert_eq!(receiver.iter().last(), Some(100));
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_progress(mut self, callback: impl FnMut(&LoadProgress) + Send + 'static) -> Self {
        self.on_progress = Some(Box::new(callback));
        self
    }

    /// How far it is.
    pub fn progress(&self) -> LoadProgress {
        let state = self.crew.state();
        let (acknowledged, chunks, bytes) = (state.acknowledged, state.chunks, state.bytes);
        LoadProgress { objects: self.objects, acknowledged, chunks, bytes }
    }

    /// How many objects, from the first on, are all acknowledged: so many of the source may be left out by the load that goes
    /// on from here.
    pub fn acknowledged(&self) -> u64 {
        self.crew.state().acknowledged
    }

    /// Calls back where more is acknowledged.
    pub(super) fn tell(&mut self) {
        let progress = self.progress();
        if let Some(callback) = &mut self.on_progress
            && progress.acknowledged > self.told
        {
            self.told = progress.acknowledged;
            callback(&progress);
        }
    }
}
